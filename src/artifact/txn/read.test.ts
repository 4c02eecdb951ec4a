import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import {
  buildLegacy,
  buildTxn,
  formatHexLines,
  readInstructions,
  requireWhole,
  writeInstructions,
} from './index.ts';
import { attention64 } from './testing/attention.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const stream = buildTxn(attention64);

const failure = (bytes: Uint8Array, name = 'insts.bin'): FormatError => {
  try {
    readInstructions(bytes, name);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
};

const codes = (bytes: Uint8Array, name = 'insts.bin'): string[] =>
  readInstructions(bytes, name).problems.map(({ code }) => code);

const edited = (edit: (view: DataView) => void, bytes = stream): Uint8Array => {
  const copy = bytes.slice();
  edit(new DataView(copy.buffer));
  return copy;
};

describe('readInstructions', () => {
  it('reads header, operations and their places', () => {
    const read = readInstructions(stream, 'insts.bin');
    expect(read).toMatchObject({ form: 'txn', encoding: 'binary', problems: [], restOffset: 300 });
    expect(read.header).toEqual({
      version: '0.1',
      generation: 3,
      rows: 6,
      columns: 4,
      memTileRows: 1,
      opCount: 8,
      totalBytes: 300,
    });
    expect(read.operations.map(({ offset }) => offset)).toEqual([
      0x10, 0x40, 0x70, 0x88, 0xb8, 0xe8, 0x104, 0x11c,
    ]);
    expect(read.operations.map(({ kind }) => kind).join(' ')).toBe(
      'blockwrite patch write blockwrite patch maskwrite write sync',
    );
    expect(requireWhole(read)).toBe(read);
  });

  it('reads the header without operations as an empty stream', () => {
    const read = readInstructions(
      Uint8Array.of(0, 1, 3, 6, 4, 1, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0),
      'insts.bin',
    );
    expect(read.operations).toEqual([]);
    expect(read.problems).toEqual([]);
  });

  it('reads from the middle of a larger buffer', () => {
    const padded = new Uint8Array(stream.length + 7);
    padded.set(stream, 3);
    expect(codes(padded.subarray(3, 303))).toEqual([]);
  });

  it('reads hex text, with or without 0x, either case, and any line end', () => {
    const text = formatHexLines(stream);
    for (const spelling of [
      text,
      text.toLowerCase(),
      text.replaceAll(/^/gm, '0x').slice(0, -2),
      text.replaceAll('\n', '\r\n\n'),
    ]) {
      const read = readInstructions(ascii(spelling), 'insts.txt');
      expect(read).toMatchObject({ encoding: 'text', problems: [] });
      expect(read.bytes).toEqual(stream);
    }
    expect(writeInstructions(readInstructions(ascii(text), 'insts.txt'))).toEqual(ascii(text));
  });

  it('tells text from binary by content and says where the name misleads', () => {
    expect(codes(stream, 'insts.txt')).toEqual(['NAME_SAYS_TEXT']);
    expect(codes(ascii(formatHexLines(stream)), 'insts.bin')).toEqual(['NAME_SAYS_BINARY']);
    expect(() => requireWhole(readInstructions(stream, 'insts.txt'))).not.toThrow();
  });

  it('names the line of a text that is not a hex word', () => {
    expect(failure(ascii('06030100\n00000104\nhello\n'), 'insts.txt').message).toContain('line 3');
    expect(failure(ascii('06030100\n123456789\n'), 'insts.txt').message).toContain('line 2');
    expect(failure(ascii('06030100 00000104\n'), 'insts.txt').message).toContain('not an instruction stream');
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'is empty'],
    [
      'a Git LFS pointer',
      ascii('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 300\n'),
      'Git LFS pointer',
    ],
    ['an HTML page', ascii('\n<!DOCTYPE html>\n<html>'), 'HTML'],
    ['an xclbin', ascii('xclbin2\0'), 'xclbin'],
    ['a PDI', Uint8Array.of(0xdd, 0, 0, 0, 0x44, 0x33, 0x22, 0x11), 'PDI'],
    ['an ELF file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0x45), 'ELF'],
    ['other bytes', Uint8Array.of(9, 9, 9, 9, 9), '09 09 09 09 09'],
    ['a single byte', Uint8Array.of(0), 'starts with 00'],
    ['a part of a header', stream.slice(0, 15), 'less than the 16'],
    ['big-endian words', Uint8Array.of(6, 3, 1, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 16), 'big-endian'],
  ])('refuses %s with its own message', (_, bytes, message) => {
    expect(failure(bytes).message).toContain(message);
  });

  it('refuses another version where TXN is asked for', () => {
    const bytes = edited((view) => view.setUint8(1, 2));
    expect(() => readInstructions(bytes, 'insts.bin', { form: 'txn' })).toThrow('version 0.2');
  });

  it('reports a truncated file and keeps the cut operation as bytes', () => {
    const read = readInstructions(stream.slice(0, 0x11c), 'insts.bin');
    expect(read.problems.map(({ code }) => code)).toEqual(['TRUNCATED', 'OP_COUNT']);
    const cut = readInstructions(stream.slice(0, 0x110), 'insts.bin');
    expect(cut.operations).toHaveLength(6);
    expect(cut.restOffset).toBe(0x104);
    expect(() => requireWhole(cut)).toThrow(FormatError);
    // A block write whose own size reaches beyond the end.
    expect(readInstructions(stream.slice(0, 0x3c), 'insts.bin').problems.at(-1)).toMatchObject({
      code: 'TRUNCATED',
      offset: 0x10,
    });
    expect(codes(stream.slice(0, 0x113))).toContain('PARTIAL_WORD');
  });

  it('reports counts and sizes that the header has wrong', () => {
    expect(codes(edited((view) => view.setUint32(8, 9, true)))).toEqual(['OP_COUNT']);
    expect(codes(edited((view) => view.setUint32(12, 3, true)))).toEqual(['TOTAL_BYTES']);
    const longer = new Uint8Array(304);
    longer.set(stream);
    const read = readInstructions(longer, 'insts.bin');
    expect(read.problems.map(({ code }) => code)).toEqual(['TRAILING_BYTES']);
    expect(read.restOffset).toBe(300);
    expect(codes(edited((view) => view.setUint8(2, 7)))).toEqual(['GENERATION']);
  });

  it('keeps sized unknown operations and goes on', () => {
    const known = buildTxn([
      {
        kind: 'raw',
        opcode: 0x82,
        name: 'READ_REGS',
        bytes: Uint8Array.of(0x82, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0),
      },
      { kind: 'noop' },
    ]);
    expect(readInstructions(known, 'a.bin')).toMatchObject({
      problems: [],
      operations: [{ kind: 'raw', name: 'READ_REGS', size: 12 }, { kind: 'noop' }],
    });
    const unknown = edited((view) => view.setUint8(16, 0xa0), known);
    expect(readInstructions(unknown, 'a.bin')).toMatchObject({
      problems: [{ code: 'UNKNOWN_OPCODE', offset: 16 }],
      operations: [{ kind: 'raw', opcode: 0xa0 }, { kind: 'noop' }],
    });
    expect(writeInstructions(readInstructions(unknown, 'a.bin'))).toEqual(unknown);
  });

  it('stops where the size of an operation is not known or cannot be', () => {
    for (const opcode of [2, 14, 99]) {
      const read = readInstructions(
        edited((view) => view.setUint8(0x70, opcode)),
        'insts.bin',
      );
      expect(read.operations).toHaveLength(2);
      expect(read.restOffset).toBe(0x70);
      expect(read.problems).toMatchObject([{ code: 'UNKNOWN_OPCODE', offset: 0x70 }]);
    }
    for (const size of [0, 8, 18]) {
      expect(codes(edited((view) => view.setUint32(0x1c, size, true)))).toEqual(['OP_SIZE']);
    }
  });

  it('keeps an operation whose fields make no sense as bytes', () => {
    const direction = readInstructions(
      edited((view) => view.setUint8(0x11c + 8, 2)),
      'insts.bin',
    );
    expect(direction.problems).toMatchObject([{ code: 'FIELD_RANGE', offset: 0x11c }]);
    expect(direction.operations.at(-1)).toMatchObject({ kind: 'raw', name: 'TCT', size: 16 });
    expect(codes(edited((view) => view.setUint32(0x40 + 44, 0x20_0000, true)))).toEqual(['FIELD_RANGE']);
  });
});

describe('the legacy form', () => {
  const words = (...list: number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);
  const prologue = [
    0x11,
    0x01000405,
    0x01000100,
    0x0b590100,
    0x000055ff,
    1,
    0x10,
    ...Array<number>(10).fill(0),
  ];

  it('reads descriptors, writes and syncs behind the prologue', () => {
    const bytes = words(
      ...prologue,
      ...[0x06010121, 0, 256, 64, 0, 0, 0x80000000, 0x02000000, 0, 0x02000000],
      ...[0x02010000, 0x1d214, 1],
      ...[0x03010000, 0x00010100],
    );
    const read = readInstructions(bytes, 'insts.bin');
    expect(read).toMatchObject({ form: 'legacy', header: undefined, problems: [], restOffset: bytes.length });
    expect(read.operations).toMatchObject([
      { kind: 'shimbd', column: 1, columns: 1, argument: 2, bd: 1, argumentOffset: 64, offset: 68, size: 40 },
      { kind: 'write', address: 0x0201d214, value: 1 },
      { kind: 'sync', direction: 'S2MM', column: 1, row: 0, channel: 0, columns: 1, rows: 1 },
    ]);
    expect(writeInstructions(read)).toEqual(bytes);
  });

  it('keeps other operations of known size and stops at the unknown', () => {
    const bytes = words(
      ...prologue,
      0x01000100,
      ...Array<number>(8).fill(7),
      0x01000200,
      ...Array<number>(6).fill(7),
      0x10000000,
      0x12000000,
      5,
    );
    const read = readInstructions(bytes, 'insts.bin');
    expect(read.operations).toMatchObject([
      { kind: 'raw', name: 'WRITEBD', size: 36 },
      { kind: 'raw', name: 'WRITEBD', size: 28 },
      { kind: 'raw', name: 'TIMESTAMP', size: 4 },
    ]);
    expect(read.problems).toMatchObject([{ code: 'UNKNOWN_OPCODE' }]);
    expect(read.restOffset).toBe(bytes.length - 8);
  });

  it('reports what is cut off or out of range', () => {
    expect(codes(words(0x11, 0x01000405))).toEqual(['TRUNCATED']);
    expect(codes(words(...prologue, 0x02000000, 4))).toEqual(['TRUNCATED']);
    expect(codes(words(...prologue, 0x02ff0000, 4, 4))).toEqual(['FIELD_RANGE']);
    expect(codes(words(...prologue, 0x02000000, 0x100000, 4))).toEqual(['FIELD_RANGE']);
    expect(codes(words(...prologue, 0x03000007, 0))).toEqual(['FIELD_RANGE']);
  });

  it('needs to be named where it has no prologue', () => {
    const bytes = buildLegacy([{ kind: 'write', address: 0x1d204, value: 1 }]);
    expect(() => readInstructions(bytes, 'insts.bin')).toThrow(FormatError);
    expect(readInstructions(bytes, 'insts.bin', { form: 'legacy' }).operations).toMatchObject([
      { kind: 'write', address: 0x1d204 },
    ]);
  });
});
