import { FormatError, ValueError } from '../../errors.ts';
import { ByteReader } from '../../tensor/bytes.ts';
import { type CdoCommand, cdoCodes, otherCommand, type PlacedCommand } from './command.ts';
import type { PdiIssue } from './issue.ts';
import { readTransformed, writeTransformed } from './transformed.ts';
import { headerChecksum, hex, WordWriter, wholeWords } from './words.ts';

// FORMATS 3.1: words after the first one, "CDO\0", version, length in words, checksum.
const HEADER_WORDS = 4;
const IDENT = 0x004f4443;
const CDO_VERSION = 0x200;
export const CDO_HEADER_BYTES = 20;

// The count in a command's first word is one byte; 255 says that the next word has it (FORMATS 3.2).
const COUNT_BITS = 0x00ff0000;
const LONG_COUNT = 255;

/** What makes a CDO: enough to write it again. */
export interface CdoContent {
  /** 0x200 where absent. */
  readonly version?: number;
  readonly commands: readonly CdoCommand[];
  /**
   * Present in the transformed form only: the length in words that the plain form had. The tools leave it stale in
   * the headers (FORMATS 3.5).
   */
  readonly plainWords?: number;
}

export interface Cdo extends CdoContent {
  readonly version: number;
  readonly form: 'plain' | 'transformed';
  readonly commands: readonly PlacedCommand[];
  /** Byte in the file at which the CDO header starts, and the one after the last command or block. */
  readonly start: number;
  readonly end: number;
  readonly issues: readonly PdiIssue[];
}

/** Which part of the bytes is the CDO, and for the transformed form the length of its command zone in bytes. */
export interface CdoExtent {
  readonly start?: number;
  readonly end?: number;
  readonly transformedZone?: number;
}

/**
 * Reads a CDO: its 20-byte header and every command (FORMATS 3.1, 3.2, 3.5). Works on a raw CDO file and on a
 * partition inside a PDI.
 * @param bytes the whole file; `extent` says where in it the CDO lies (default: all of it)
 * @param name what the bytes are, for messages
 * @returns commands in file order with their byte offsets; block data share storage with `bytes`
 * @throws FormatError for a wrong header and for a command that runs beyond the end
 */
export function readCdo(bytes: Uint8Array, name: string, extent: CdoExtent = {}): Cdo {
  const { start = 0, end = bytes.length, transformedZone } = extent;
  const reader = new ByteReader(bytes.subarray(0, end), name);
  reader.seek(start);
  const header = Array.from({ length: 5 }, () => reader.u32('a word of the CDO header'));
  const [headerWords, ident, version, length, checksum] = header as [number, number, number, number, number];
  if (headerWords !== HEADER_WORDS || ident !== IDENT) {
    throw new FormatError(
      `${name}: no CDO header at offset ${start}: words ${hex(headerWords, 8)} ${hex(ident, 8)} instead of 0x00000004 0x004f4443`,
    );
  }
  const issues: PdiIssue[] = [];
  const computed = headerChecksum(header.slice(0, 4));
  if (computed !== checksum) {
    issues.push({
      code: 'CHECKSUM',
      offset: start + 16,
      message: `CDO header checksum is ${hex(checksum, 8)}, computed ${hex(computed, 8)}`,
    });
  }
  if (transformedZone !== undefined) {
    const body = readTransformed(reader, transformedZone, issues);
    return { version, form: 'transformed', plainWords: length, ...body, start, issues };
  }
  const commandBytes = length * 4;
  if (commandBytes > reader.remaining) {
    throw new FormatError(
      `${name}: the CDO header at offset ${start} states ${commandBytes} bytes of commands, but only ${reader.remaining} are left`,
      'the file is truncated',
    );
  }
  const stop = reader.offset + commandBytes;
  const commands = readCommands(bytes.subarray(0, stop), name, reader.offset, issues);
  if (bytes.subarray(stop, end).some((byte) => byte !== 0)) {
    issues.push({ code: 'PADDING', offset: stop, message: `bytes after the last command are not zero` });
  }
  return { version, form: 'plain', commands, start, end: stop, issues };
}

/**
 * Writes a CDO: header and commands, without padding after them.
 * @throws ValueError for block data or raw arguments whose length is no multiple of 4 (plain form)
 */
export function writeCdo(content: CdoContent): Uint8Array {
  const body = new WordWriter();
  if (content.plainWords === undefined) {
    for (const command of content.commands) writeCommand(body, command);
  } else {
    body.bytes(writeTransformed(content.commands).bytes);
  }
  const version = content.version ?? CDO_VERSION;
  const header = [HEADER_WORDS, IDENT, version, content.plainWords ?? body.length / 4];
  return new WordWriter()
    .words(...header, headerChecksum(header))
    .bytes(body.finish())
    .finish();
}

/** Length of one command in the plain form, in bytes. */
export function commandLength(command: CdoCommand): number {
  const [, words, payload] = encode(command);
  const long = words.length + payload.length / 4 >= LONG_COUNT || command.longForm === true;
  return 4 * (words.length + (long ? 2 : 1)) + payload.length;
}

/** Commands from `start` to the end of `bytes`. A large file has hundreds of thousands, hence no reader object. */
function readCommands(bytes: Uint8Array, name: string, start: number, issues: PdiIssue[]): PlacedCommand[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const commands: PlacedCommand[] = [];
  for (let offset = start; offset < bytes.length; ) {
    const first = view.getUint32(offset, true);
    const code = (first & ~COUNT_BITS) >>> 0;
    const short = (first & COUNT_BITS) >>> 16;
    const own = short === LONG_COUNT;
    if (own && offset + 8 > bytes.length) {
      throw new FormatError(`${name}: command ${hex(code, 3)} at offset ${offset} has no argument count`);
    }
    const count = own ? view.getUint32(offset + 4, true) : short;
    const args = offset + (own ? 8 : 4);
    const end = args + count * 4;
    if (end > bytes.length) {
      throw new FormatError(
        `${name}: command ${hex(code, 3)} at offset ${offset} states ${count} argument words, but only ${bytes.length - args} bytes are left`,
      );
    }
    const command = decode(view, code, args, end, offset);
    if (command.op === 'OTHER') {
      issues.push({
        code: 'UNKNOWN_COMMAND',
        offset,
        message: `command ${hex(code, 3)}${command.name === undefined ? '' : ` (${command.name})`} with ${count} argument words is kept raw`,
      });
    }
    commands.push(own && count < LONG_COUNT ? { ...command, longForm: true } : command);
    offset = end;
  }
  return commands;
}

/** A command with a foreign number of arguments is not the command its code says; it is kept raw. */
function decode(view: DataView, code: number, args: number, end: number, offset: number): PlacedCommand {
  const count = (end - args) / 4;
  const word = (index: number): number => view.getUint32(args + index * 4, true);
  const slice = (from: number): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + from, end - from);
  if (code === cdoCodes.WRITE && count === 2) {
    return { op: 'WRITE', address: word(0), value: word(1), offset };
  }
  if (code === cdoCodes.MASK_WRITE && count === 3) {
    return { op: 'MASK_WRITE', address: word(0), mask: word(1), value: word(2), offset };
  }
  if (code === cdoCodes.DMA_WRITE && count >= 2) {
    return { op: 'DMA_WRITE', addressHigh: word(0), address: word(1), data: slice(args + 8), offset };
  }
  if (code === cdoCodes.MASK_WRITE64 && count === 4) {
    return {
      op: 'MASK_WRITE64',
      addressHigh: word(0),
      address: word(1),
      mask: word(2),
      value: word(3),
      offset,
    };
  }
  if (code === cdoCodes.WRITE64 && count === 3) {
    return { op: 'WRITE64', addressHigh: word(0), address: word(1), value: word(2), offset };
  }
  if (code === cdoCodes.NOP) return { op: 'NOP', filler: slice(args), offset };
  return { ...otherCommand(code, slice(args)), offset };
}

function writeCommand(writer: WordWriter, command: CdoCommand): void {
  const [code, words, payload] = encode(command);
  const count = words.length + wholeWords(payload, `the payload of a ${command.op} command`);
  if ((code & COUNT_BITS) !== 0) {
    throw new ValueError(`command code ${hex(code, 8)} has bits where the argument count stands`);
  }
  if (count >= LONG_COUNT || command.longForm === true) writer.words((code | COUNT_BITS) >>> 0, count);
  else writer.words((code | (count << 16)) >>> 0);
  writer.words(...words).bytes(payload);
}

const nothing = new Uint8Array(0);

function encode(command: CdoCommand): readonly [number, readonly number[], Uint8Array] {
  switch (command.op) {
    case 'WRITE':
      return [cdoCodes.WRITE, [command.address, command.value], nothing];
    case 'MASK_WRITE':
      return [cdoCodes.MASK_WRITE, [command.address, command.mask, command.value], nothing];
    case 'DMA_WRITE':
      return [cdoCodes.DMA_WRITE, [command.addressHigh, command.address], command.data];
    case 'MASK_WRITE64': {
      const { addressHigh, address, mask, value } = command;
      return [cdoCodes.MASK_WRITE64, [addressHigh, address, mask, value], nothing];
    }
    case 'WRITE64':
      return [cdoCodes.WRITE64, [command.addressHigh, command.address, command.value], nothing];
    case 'NOP':
      return [cdoCodes.NOP, [], command.filler];
    case 'OTHER':
      return [command.code, [], command.args];
  }
}
