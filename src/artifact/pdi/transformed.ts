import { FormatError, ValueError } from '../../errors.ts';
import { ByteReader } from '../../tensor/bytes.ts';
import { type CdoCommand, cdoCodes, type DmaWrite, otherCommand, type PlacedCommand } from './command.ts';
import type { PdiIssue } from './issue.ts';
import { hex, WordWriter, wholeWords } from './words.ts';

// The compact form that `xclbinutil --transform-pdi` and AMD's own tools make (FORMATS 3.5): a command zone of
// groups [id][count][items], and a data zone with the payloads of the blocks. Ids are the low byte of the codes.
const itemWords = new Map<number, number>([
  [cdoCodes.MASK_WRITE, 3],
  [cdoCodes.WRITE, 2],
  [cdoCodes.DMA_WRITE, 4],
  [cdoCodes.MASK_WRITE64, 4],
  [cdoCodes.WRITE64, 3],
]);
const GROUP_BASE = 0x100;
const LENGTH_BITS = 0xffff;
const ZERO_FLAG = 0x10000;

/** Commands and end of the transformed body on which `reader` stands; its bytes run to the reader's end. */
export function readTransformed(
  reader: ByteReader,
  zoneBytes: number,
  issues: PdiIssue[],
): { commands: PlacedCommand[]; end: number } {
  const { name, bytes } = reader;
  const start = reader.offset;
  if (zoneBytes % 4 !== 0 || zoneBytes > reader.remaining) {
    throw new FormatError(
      `${name}: a command zone of ${zoneBytes} bytes at offset ${start} does not fit the ${reader.remaining} bytes left`,
      'the file is truncated',
    );
  }
  const dataStart = start + zoneBytes;
  const zone = new ByteReader(bytes.subarray(0, dataStart), name);
  zone.seek(start);
  const data = new DataZone(bytes.subarray(dataStart), name, dataStart, issues);
  const commands: PlacedCommand[] = [];
  let previous: number | undefined;
  while (zone.remaining > 0) {
    const groupOffset = zone.offset;
    const id = zone.u32('the id of a command group');
    const code = GROUP_BASE + id;
    const words = itemWords.get(code);
    if (words === undefined) {
      // The size of its items is not known, so nothing after it can be told apart either.
      const rest = zone.take(zone.remaining);
      commands.push({ ...otherCommand(code, rest), offset: groupOffset });
      issues.push({
        code: 'UNKNOWN_COMMAND',
        offset: groupOffset,
        message: `command group ${hex(id)} and the ${rest.length} bytes after it are kept raw`,
      });
      break;
    }
    const count = zone.u32('the item count of a command group');
    if (count * words * 4 > zone.remaining) {
      throw new FormatError(
        `${name}: command group ${hex(id)} at offset ${groupOffset} states ${count} items of ${words * 4} bytes, but only ${zone.remaining} bytes are left in the command zone`,
      );
    }
    if (count === 0 || code === previous) {
      issues.push({
        code: 'LAYOUT',
        offset: groupOffset,
        message: `command group ${hex(id)} with ${count} items is empty or continues the group before it`,
      });
    }
    previous = code;
    for (let item = 0; item < count; item++) commands.push(readItem(zone, code, data));
  }
  return { commands, end: dataStart + data.finish() };
}

function readItem(zone: ByteReader, code: number, data: DataZone): PlacedCommand {
  const offset = zone.offset;
  switch (code) {
    case cdoCodes.MASK_WRITE:
      return { op: 'MASK_WRITE', address: zone.u32(), mask: zone.u32(), value: zone.u32(), offset };
    case cdoCodes.WRITE:
      return { op: 'WRITE', address: zone.u32(), value: zone.u32(), offset };
    case cdoCodes.MASK_WRITE64: {
      const [addressHigh, address] = [zone.u32(), zone.u32()];
      return { op: 'MASK_WRITE64', addressHigh, address, mask: zone.u32(), value: zone.u32(), offset };
    }
    case cdoCodes.WRITE64:
      return { op: 'WRITE64', addressHigh: zone.u32(), address: zone.u32(), value: zone.u32(), offset };
    default: {
      const [addressHigh, address] = [zone.u32(), zone.u32()];
      return { ...data.block(addressHigh, address, zone.u32(), zone.u32(), offset), offset };
    }
  }
}

/** The data zone, checked for what the known writers guarantee: blocks lie one after the other and fill it. */
class DataZone {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #start: number;
  readonly #issues: PdiIssue[];
  #position = 0;
  #total = 0;

  constructor(bytes: Uint8Array, name: string, start: number, issues: PdiIssue[]) {
    this.#bytes = bytes;
    this.#name = name;
    this.#start = start;
    this.#issues = issues;
  }

  block(addressHigh: number, address: number, at: number, lengthWord: number, offset: number): DmaWrite {
    const length = (lengthWord & LENGTH_BITS) * 4;
    const data = this.#bytes.subarray(Math.min(at, this.#bytes.length), at + length);
    this.#total += data.length;
    // Blocks that share bytes would let a small file stand for an unbounded amount of data.
    if (this.#total > 2 * this.#bytes.length) {
      throw new FormatError(
        `${this.#name}: the blocks up to offset ${offset} take ${this.#total} bytes of data, the data zone has ${this.#bytes.length}`,
      );
    }
    if (at !== this.#position || lengthWord > (ZERO_FLAG | LENGTH_BITS)) {
      this.#issues.push({
        code: 'LAYOUT',
        offset,
        message: `block data at ${at} of the data zone with length word ${hex(lengthWord)}; the block before it ends at ${this.#position}`,
      });
    }
    this.#position = at + length;
    const short = data.length < length ? { declaredLength: length } : {};
    const zero = (lengthWord & ZERO_FLAG) !== 0 ? { zeroFlag: true as const } : {};
    if (data.length < length) {
      this.#issues.push({
        code: 'SHORT_DATA',
        offset,
        message: `a block of ${length} bytes for ${hex(address, 8)} ends ${length - data.length} bytes beyond the file`,
      });
    }
    return { op: 'DMA_WRITE', addressHigh, address, data, ...short, ...zero };
  }

  /** Bytes of the zone that blocks use. */
  finish(): number {
    const rest = this.#bytes.length - this.#position;
    if (rest > 0) {
      this.#issues.push({
        code: 'PADDING',
        offset: this.#start + this.#position,
        message: `${rest} bytes follow the last block`,
      });
    }
    return Math.min(this.#position, this.#bytes.length);
  }
}

/**
 * The transformed body: command zone and data zone. NOP commands have no place in it and are left out.
 * @throws ValueError for a block of more than 65,535 words, and for an undecoded command that is not the last
 */
export function writeTransformed(commands: readonly CdoCommand[]): { bytes: Uint8Array; zoneBytes: number } {
  const kept = commands.filter(({ op }) => op !== 'NOP');
  const zone = new WordWriter();
  const data = new WordWriter();
  for (let index = 0; index < kept.length; ) {
    const first = kept[index]!;
    if (first.op === 'OTHER') {
      if (index !== kept.length - 1) {
        throw new ValueError(`command ${hex(first.code)} cannot stand before others in the transformed form`);
      }
      zone.words(groupId(first.code)).bytes(first.args);
      break;
    }
    let end = index + 1;
    while (end < kept.length && kept[end]!.op === first.op) end++;
    zone.words(groupId(cdoCodes[first.op]), end - index);
    for (const command of kept.slice(index, end)) writeItem(zone, data, command);
    index = end;
  }
  return {
    bytes: new WordWriter().bytes(zone.finish()).bytes(data.finish()).finish(),
    zoneBytes: zone.length,
  };
}

function groupId(code: number): number {
  if (code >= GROUP_BASE) return code - GROUP_BASE;
  throw new ValueError(`command code ${hex(code)} has no group in the transformed form`);
}

function writeItem(zone: WordWriter, data: WordWriter, command: CdoCommand): void {
  switch (command.op) {
    case 'MASK_WRITE':
      zone.words(command.address, command.mask, command.value);
      break;
    case 'WRITE':
      zone.words(command.address, command.value);
      break;
    case 'MASK_WRITE64':
      zone.words(command.addressHigh, command.address, command.mask, command.value);
      break;
    case 'WRITE64':
      zone.words(command.addressHigh, command.address, command.value);
      break;
    case 'DMA_WRITE': {
      const words =
        command.declaredLength === undefined
          ? wholeWords(command.data, 'the data of a DMA_WRITE command')
          : command.declaredLength / 4;
      if (words > LENGTH_BITS) {
        throw new ValueError(
          `a block of ${words} words does not fit the 16-bit length of the transformed form`,
        );
      }
      zone.words(
        command.addressHigh,
        command.address,
        data.length,
        command.zeroFlag === true ? words | ZERO_FLAG : words,
      );
      data.bytes(command.data);
      break;
    }
    case 'NOP':
    case 'OTHER':
      break;
  }
}
