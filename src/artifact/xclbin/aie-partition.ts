import { FormatError } from '../../errors.ts';
import { ByteWriter } from '../../tensor/byte-writer.ts';
import type { ByteReader } from '../../tensor/bytes.ts';
import { checkTable, fromHex64, type Hex64, readUuid, stringAt, toHex64, uuidBytes } from './fields.ts';

/** `CDO_Type` of XRT's xclbin.h by number. */
export const CDO_TYPES = ['UNKNOWN', 'PRIMARY', 'LITE', 'PREPOST'] as const;

/** Which kernels one configuration (CDO) of a PDI serves, `cdo_group` of xclbin.h. */
export interface CdoGroup {
  readonly name: string;
  /** Index into {@link CDO_TYPES}; NPU kernels use 1 (PRIMARY). */
  readonly type: number;
  readonly pdiId: number;
  /** The driver takes the PDI in whose group the kernel's `dpu_kernel_id` stands. */
  readonly dpuKernelIds: readonly number[];
  readonly preCdoGroups: readonly number[];
}

/** One device configuration of a partition, `aie_pdi` of xclbin.h. */
export interface PartitionPdi {
  readonly uuid: string;
  /** The PDI file itself. */
  readonly image: Uint8Array;
  readonly cdoGroups: readonly CdoGroup[];
}

/** What AIE_PARTITION says, `aie_partition` of xclbin.h (FORMATS.md 2). */
export interface AiePartition {
  readonly schemaVersion: number;
  readonly name: string;
  readonly operationsPerCycle: number;
  readonly inferenceFingerprint: Hex64;
  readonly prePostFingerprint: Hex64;
  /** Columns of the array that the partition takes. */
  readonly columnWidth: number;
  /** Physical columns it may start at. */
  readonly startColumns: readonly number[];
  /** Empty in files of mlir-aie and in old files without the field. */
  readonly kernelCommitId: string;
  readonly pdis: readonly PartitionPdi[];
}

/** Sizes in bytes (FORMATS.md 2). */
const PARTITION_BYTES = 184;
const PDI_BYTES = 96;
const GROUP_BYTES = 96;
const ID_BYTES = 8;

/** Count and offset of an array in the section, `array_offset` of xclbin.h. */
interface ArrayOffset {
  readonly count: number;
  readonly offset: number;
}

const arrayOffset = (reader: ByteReader): ArrayOffset => ({ count: reader.u32(), offset: reader.u32() });

/** Reads AIE_PARTITION; the PDI images share storage with the file. */
export function readAiePartition(reader: ByteReader): AiePartition {
  const heap = new Heap(reader);
  const schemaVersion = reader.u8('the schema version');
  reader.take(3);
  const nameAt = reader.u32();
  const operationsPerCycle = reader.u32();
  reader.take(4);
  const inferenceFingerprint = toHex64(reader.u64());
  const prePostFingerprint = toHex64(reader.u64());
  const columnWidth = reader.u16();
  reader.take(6);
  const startColumns = arrayOffset(reader);
  reader.take(72);
  const pdis = arrayOffset(reader);
  const commitAt = reader.u32();
  reader.take(52, 'the end of the fixed part');
  return {
    schemaVersion,
    name: heap.string(nameAt, 'the partition name'),
    operationsPerCycle,
    inferenceFingerprint,
    prePostFingerprint,
    columnWidth,
    startColumns: heap.array(startColumns, 2, 'start columns', () => reader.u16()),
    kernelCommitId: commitAt === 0 ? '' : heap.string(commitAt, 'the kernel commit id'),
    pdis: heap.array(pdis, PDI_BYTES, 'PDI entries', () => pdi(reader, heap)),
  };
}

function pdi(reader: ByteReader, heap: Heap): PartitionPdi {
  const uuid = readUuid(reader, 'the uuid of a PDI');
  const image = arrayOffset(reader);
  const groups = arrayOffset(reader);
  reader.take(64);
  return {
    uuid,
    image: heap.bytes(image, 'a PDI'),
    cdoGroups: heap.array(groups, GROUP_BYTES, 'CDO groups', () => cdoGroup(reader, heap)),
  };
}

function cdoGroup(reader: ByteReader, heap: Heap): CdoGroup {
  const nameAt = reader.u32();
  const type = reader.u8();
  reader.take(3);
  const pdiId = reader.size64('a PDI id');
  const kernelIds = arrayOffset(reader);
  const preGroups = arrayOffset(reader);
  reader.take(64);
  return {
    name: heap.string(nameAt, 'the name of a CDO group'),
    type,
    pdiId,
    dpuKernelIds: heap.array(kernelIds, ID_BYTES, 'DPU kernel ids', () => reader.size64('a DPU kernel id')),
    // The header's comment says 32 bits; xclbinutil writes 64 (FORMATS.md 2).
    preCdoGroups: heap.array(preGroups, ID_BYTES, 'pre-CDO groups', () => reader.size64('a pre-CDO group')),
  };
}

/**
 * Follows the offsets of a partition. Tables may point anywhere, also at each other's bytes, so that nested tables
 * could describe far more entries than the section has bytes: what has been read in all is bounded.
 */
class Heap {
  readonly #reader: ByteReader;
  #budget: number;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    // Names may be shared; real sections read each byte once at most.
    this.#budget = 2 * reader.bytes.length;
  }

  /** The entries of an array; the reader is left where it was, `read` starts at an entry. */
  array<T>({ count, offset }: ArrayOffset, size: number, what: string, read: () => T): T[] {
    if (count === 0) return [];
    const reader = this.#reader;
    const back = reader.offset;
    reader.seek(offset);
    checkTable(reader, count, size, what);
    this.#spend(count * size, what);
    const entries: T[] = [];
    for (let i = 0; i < count; i += 1) {
      reader.seek(offset + i * size);
      entries.push(read());
    }
    reader.seek(back);
    return entries;
  }

  bytes({ count, offset }: ArrayOffset, what: string): Uint8Array {
    if (count === 0) return new Uint8Array(0);
    const reader = this.#reader;
    const back = reader.offset;
    reader.seek(offset);
    const taken = reader.take(count, what);
    reader.seek(back);
    return taken;
  }

  string(offset: number, what: string): string {
    const back = this.#reader.offset;
    const text = stringAt(this.#reader, offset, what);
    this.#reader.seek(back);
    this.#spend(text.length + 1, what);
    return text;
  }

  #spend(bytes: number, what: string): void {
    this.#budget -= bytes;
    if (this.#budget >= 0) return;
    throw new FormatError(`${this.#reader.name}: ${what} overlap other tables`, 'the file is damaged');
  }
}

/** The bytes of AIE_PARTITION, its heap in the order in which xclbinutil writes it. */
export function encodeAiePartition(partition: AiePartition): Uint8Array {
  const heap = new ByteWriter();
  const position = (): number => PARTITION_BYTES + heap.length;
  const string = (text: string, what: string): number => {
    const at = position();
    heap.cString(text, what);
    heap.align(8);
    return at;
  };
  const ids = (values: readonly number[], what: string): ArrayOffset => {
    const at = { count: values.length, offset: values.length === 0 ? 0 : position() };
    for (const value of values) heap.u64(value, what);
    return at;
  };
  const structs = (parts: readonly Uint8Array[]): ArrayOffset => {
    const at = { count: parts.length, offset: parts.length === 0 ? 0 : position() };
    for (const part of parts) heap.raw(part);
    return at;
  };

  const nameAt = string(partition.name, 'partition name');
  const commitAt = string(partition.kernelCommitId, 'kernelCommitId');
  const startColumns = { count: partition.startColumns.length, offset: position() };
  for (const column of partition.startColumns) heap.u16(column, 'startColumns');
  heap.align(8);
  const pdis = structs(
    // `structs` runs after every PDI has put its own parts on the heap.
    partition.pdis.map((entry) => {
      const image = { count: entry.image.length, offset: position() };
      heap.raw(entry.image);
      heap.align(8);
      const groups = structs(
        entry.cdoGroups.map((group) =>
          encodeGroup(
            group,
            string(group.name, 'CDO group name'),
            ids(group.dpuKernelIds, 'dpuKernelIds'),
            ids(group.preCdoGroups, 'preCdoGroups'),
          ),
        ),
      );
      return encodePdi(entry.uuid, image, groups);
    }),
  );

  const writer = new ByteWriter();
  writer.u8(partition.schemaVersion, 'schemaVersion');
  writer.align(4);
  writer.u32(nameAt, 'name');
  writer.u32(partition.operationsPerCycle, 'operationsPerCycle');
  writer.align(8);
  writer.u64(fromHex64(partition.inferenceFingerprint, 'inferenceFingerprint'), 'inferenceFingerprint');
  writer.u64(fromHex64(partition.prePostFingerprint, 'prePostFingerprint'), 'prePostFingerprint');
  writer.u16(partition.columnWidth, 'columnWidth');
  writer.align(8);
  putArray(writer, startColumns);
  writer.fill(72);
  putArray(writer, pdis);
  writer.u32(commitAt, 'kernelCommitId');
  writer.fill(52);
  writer.raw(heap.finish());
  return writer.finish();
}

function encodePdi(uuid: string, image: ArrayOffset, groups: ArrayOffset): Uint8Array {
  const writer = new ByteWriter();
  writer.raw(uuidBytes(uuid, 'the uuid of a PDI'));
  putArray(writer, image);
  putArray(writer, groups);
  writer.fill(64);
  return writer.finish();
}

function encodeGroup(
  group: CdoGroup,
  nameAt: number,
  kernelIds: ArrayOffset,
  preGroups: ArrayOffset,
): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(nameAt, 'name');
  writer.u8(group.type, 'type');
  writer.align(8);
  writer.u64(group.pdiId, 'pdiId');
  putArray(writer, kernelIds);
  putArray(writer, preGroups);
  writer.fill(64);
  return writer.finish();
}

function putArray(writer: ByteWriter, { count, offset }: ArrayOffset): void {
  writer.u32(count, 'count');
  writer.u32(offset, 'offset');
}
