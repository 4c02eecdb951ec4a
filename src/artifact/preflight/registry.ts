import type { Rule } from './rule.ts';
import { unreadableFile } from './rules/tc001-unreadable-file.ts';
import { brokenStream } from './rules/tc002-broken-stream.ts';
import { textOrBinary } from './rules/tc003-text-or-binary.ts';
import { noInstructions } from './rules/tc004-no-instructions.ts';
import { brokenPdi } from './rules/tc005-broken-pdi.ts';
import { deviceGeneration } from './rules/tc010-device-generation.ts';
import { columnOutside } from './rules/tc011-column-outside.ts';
import { partitionWidth } from './rules/tc012-partition-width.ts';
import { timeSlicing } from './rules/tc013-time-slicing.ts';
import { pdiOutside } from './rules/tc014-pdi-outside.ts';
import { unconfiguredColumn } from './rules/tc015-unconfigured-column.ts';
import { noRoute } from './rules/tc016-no-route.ts';
import { objectLength } from './rules/tc017-object-length.ts';
import { kernelName } from './rules/tc020-kernel-name.ts';
import { kernelId } from './rules/tc021-kernel-id.ts';
import { callArguments } from './rules/tc022-call-arguments.ts';
import { bufferCount } from './rules/tc023-buffer-count.ts';
import { opcode } from './rules/tc024-opcode.ts';
import { instructionCount } from './rules/tc025-instruction-count.ts';
import { groupId } from './rules/tc026-group-id.ts';
import { otherPdi } from './rules/tc027-other-pdi.ts';
import { descriptor } from './rules/tc030-descriptor.ts';
import { bufferTooSmall } from './rules/tc031-buffer-too-small.ts';
import { untouchedBytes } from './rules/tc032-untouched-bytes.ts';
import { direction } from './rules/tc033-direction.ts';
import { overlappingWrites } from './rules/tc034-overlapping-writes.ts';
import { writeOverRead } from './rules/tc035-write-over-read.ts';
import { sharedBuffer } from './rules/tc036-shared-buffer.ts';
import { transferShape } from './rules/tc037-transfer-shape.ts';
import { neverWaited } from './rules/tc040-never-waited.ts';
import { waitWithoutToken } from './rules/tc041-wait-without-token.ts';
import { queueOverflow } from './rules/tc042-queue-overflow.ts';
import { descriptorReuse } from './rules/tc043-descriptor-reuse.ts';
import { serialColumns } from './rules/tc044-serial-columns.ts';
import { tokenRoute } from './rules/tc045-token-route.ts';
import { coreProgram } from './rules/tc050-core-program.ts';
import { tileMemory } from './rules/tc051-tile-memory.ts';
import { memoryTileChannel } from './rules/tc052-memory-tile-channel.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
  unreadableFile,
  brokenStream,
  textOrBinary,
  noInstructions,
  brokenPdi,
  deviceGeneration,
  columnOutside,
  partitionWidth,
  timeSlicing,
  pdiOutside,
  unconfiguredColumn,
  noRoute,
  objectLength,
  kernelName,
  kernelId,
  callArguments,
  bufferCount,
  opcode,
  instructionCount,
  groupId,
  otherPdi,
  descriptor,
  bufferTooSmall,
  untouchedBytes,
  direction,
  overlappingWrites,
  writeOverRead,
  sharedBuffer,
  transferShape,
  neverWaited,
  waitWithoutToken,
  queueOverflow,
  descriptorReuse,
  serialColumns,
  tokenRoute,
  coreProgram,
  tileMemory,
  memoryTileChannel,
];
