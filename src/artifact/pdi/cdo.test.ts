import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError, ValueError } from '../../errors.ts';
import { type CdoCommand, commandLength, readCdo, writeCdo } from './index.ts';
import { aCommand, anyCommand, bare, exampleCommands, word } from './testing/commands.ts';
import { headerChecksum, WordWriter } from './words.ts';

const bytesOf = (...words: number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

/** A CDO whose body is these words. */
function rawCdo(...words: number[]): Uint8Array {
  const header = [4, 0x004f4443, 0x200, words.length];
  return new WordWriter().words(...header, headerChecksum(header), ...words).finish();
}

describe('CDO commands', () => {
  it('decodes every command of FORMATS 3.2 with its byte offset', () => {
    const cdo = readCdo(
      rawCdo(
        0x00030102,
        0x00232000,
        1,
        0,
        0x00020103,
        0x0021f000,
        2,
        0x00030105,
        0,
        0x00220000,
        0xabcd,
        0x00010111,
        0,
      ),
      'a.cdo',
    );
    expect(cdo.commands).toEqual([
      { op: 'MASK_WRITE', address: 0x232000, mask: 1, value: 0, offset: 20 },
      { op: 'WRITE', address: 0x21f000, value: 2, offset: 36 },
      { op: 'DMA_WRITE', addressHigh: 0, address: 0x220000, data: bytesOf(0xabcd), offset: 48 },
      { op: 'NOP', filler: bytesOf(0), offset: 64 },
    ]);
    expect(cdo).toMatchObject({ version: 0x200, form: 'plain', issues: [], end: 72 });
  });

  it('puts a count of 255 and more into a word of its own', () => {
    const block = (words: number): CdoCommand => ({
      op: 'DMA_WRITE',
      addressHigh: 0,
      address: 0,
      data: new Uint8Array(words * 4),
    });
    expect(word(writeCdo({ commands: [block(252)] }), 20)).toBe(0x00fe0105);
    const long = writeCdo({ commands: [block(253)] });
    expect([word(long, 20), word(long, 24)]).toEqual([0x00ff0105, 255]);
    expect(readCdo(long, 'a.cdo').commands.map(bare)).toEqual([block(253)]);
  });

  it('keeps a short count that stands in a word of its own', () => {
    const bytes = rawCdo(0x00ff0103, 2, 0x21f000, 1);
    const cdo = readCdo(bytes, 'a.cdo');
    expect(cdo.commands).toMatchObject([{ op: 'WRITE', longForm: true }]);
    expect(writeCdo(cdo)).toEqual(bytes);
  });

  it.each([
    ['a known name', [0x00020101, 1, 2], { code: 0x101, name: 'MASK_POLL', args: bytesOf(1, 2) }],
    ['an unknown code', [0x00010142, 7], { code: 0x142, args: bytesOf(7) }],
    ['another module', [0x00000203], { code: 0x203 }],
    ['reserved bits', [0x01020103, 1, 2], { code: 0x01000103, args: bytesOf(1, 2) }],
    ['a WRITE with three arguments', [0x00030103, 1, 2, 3], { code: 0x103, name: 'WRITE' }],
  ])('keeps and reports a command with %s', (_, words, expected) => {
    const bytes = rawCdo(...words, 0x00000111);
    const cdo = readCdo(bytes, 'a.cdo');
    expect(cdo.commands[0]).toMatchObject({ op: 'OTHER', offset: 20, ...expected });
    expect(cdo.commands[1]).toMatchObject({ op: 'NOP' });
    expect(cdo.issues).toMatchObject([{ code: 'UNKNOWN_COMMAND', offset: 20 }]);
    expect(writeCdo(cdo)).toEqual(bytes);
  });

  it('reading what was written gives the commands again', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 12 }), (commands) => {
        const bytes = writeCdo({ commands });
        const cdo = readCdo(bytes, 'a.cdo');
        const named = (command: CdoCommand): CdoCommand => {
          const { name: _, ...rest } = { name: undefined, ...command };
          return rest as CdoCommand;
        };
        expect(cdo.commands.map(bare).map(named)).toEqual(commands);
        expect(bytes.length).toBe(20 + commands.reduce((sum, command) => sum + commandLength(command), 0));
        cdo.commands.forEach((command, index) => {
          const next = cdo.commands[index + 1]?.offset ?? bytes.length;
          expect(next - command.offset).toBe(commandLength(command));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('reads a CDO inside a larger file', () => {
    const cdo = writeCdo({ commands: [aCommand] });
    const file = new Uint8Array(100).fill(0xee);
    file.set(cdo, 40);
    const read = readCdo(file, 'a.bin', { start: 40, end: 40 + cdo.length });
    expect(read.commands).toEqual([{ ...aCommand, offset: 60 }]);
    expect(read.issues).toEqual([]);
  });

  it.each([
    [
      'a command that runs beyond the end',
      rawCdo(0x00030103, 1, 2),
      /command 0x103 at offset 20 states 3 argument words/,
    ],
    ['a long count without end', rawCdo(0x00ff0105, 0xffffffff), /4294967295 argument words/],
    ['no header', bytesOf(1, 2, 3, 4, 5), /no CDO header/],
    ['a length beyond the file', rawCdo(1).slice(0, 20), /only 0 are left/],
    ['a cut header', rawCdo().slice(0, 18), /word of the CDO header/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readCdo(bytes, 'a.cdo')).toThrow(FormatError);
    expect(() => readCdo(bytes, 'a.cdo')).toThrow(message);
  });

  it('refuses to write cut words and codes that would be read as a count', () => {
    const odd: CdoCommand = { op: 'DMA_WRITE', addressHigh: 0, address: 0, data: new Uint8Array(3) };
    expect(() => writeCdo({ commands: [odd] })).toThrow(ValueError);
    const code: CdoCommand = { op: 'OTHER', code: 0x00010103, args: new Uint8Array(0) };
    expect(() => writeCdo({ commands: [code] })).toThrow(ValueError);
  });
});

describe('transformed CDO', () => {
  const read = (bytes: Uint8Array, transformedZone: number) => readCdo(bytes, 'a.cdo', { transformedZone });

  it('has groups of items and then the blocks (FORMATS 3.5)', () => {
    const commands: CdoCommand[] = [
      { op: 'WRITE', address: 1, value: 2 },
      { op: 'WRITE', address: 3, value: 4 },
      { op: 'DMA_WRITE', addressHigh: 0, address: 5, data: bytesOf(6), zeroFlag: true },
    ];
    const bytes = writeCdo({ commands, plainWords: 0 });
    expect(Array.from({ length: 13 }, (_, index) => word(bytes, 20 + 4 * index))).toEqual([
      3, 2, 1, 2, 3, 4, 5, 1, 0, 5, 0, 0x10001, 6,
    ]);
    expect(read(bytes, 48).commands.map(bare)).toEqual(commands);
  });

  it('keeps everything after a group it does not know', () => {
    const bytes = rawCdo(3, 1, 0x21f000, 2, 0x42, 1, 9);
    const cdo = read(bytes, 28);
    expect(cdo.commands).toMatchObject([
      { op: 'WRITE' },
      { op: 'OTHER', code: 0x142, args: bytesOf(1, 9), offset: 36 },
    ]);
    expect(cdo.issues).toMatchObject([{ code: 'UNKNOWN_COMMAND', offset: 36 }]);
    expect(writeCdo(cdo)).toEqual(bytes);
  });

  it.each([
    ['an empty group', [3, 0, 2, 1, 1, 1, 1], 28],
    ['a group in two parts', [3, 1, 1, 1, 3, 1, 1, 1], 32],
    ['a gap between blocks', [5, 1, 0, 0, 4, 1, 0, 7], 24],
  ])('reports %s', (_, words, zone) => {
    expect(read(rawCdo(...words), zone).issues).toMatchObject([{ code: 'LAYOUT' }]);
  });

  it('reports bytes that no block takes', () => {
    expect(read(rawCdo(5, 1, 0, 0, 0, 1, 7, 7), 24).issues).toMatchObject([{ code: 'PADDING', offset: 48 }]);
  });

  it('refuses more items than fit, and blocks that share their bytes', () => {
    expect(() => read(rawCdo(3, 0x40000000), 8)).toThrow(/1073741824 items/);
    const shared = [5, 3, 0, 0, 0, 2, 0, 4, 0, 2, 0, 8, 0, 2, 1, 1];
    expect(() => read(rawCdo(...shared), 56)).toThrow(/take 24 bytes of data, the data zone has 8/);
  });

  it('refuses to write what the form cannot hold', () => {
    const block = { op: 'DMA_WRITE', addressHigh: 0, address: 0, data: new Uint8Array(4 * 65536) } as const;
    expect(() => writeCdo({ commands: [block], plainWords: 0 })).toThrow(/16-bit length/);
    const other = { op: 'OTHER', code: 0x142, args: new Uint8Array(0) } as const;
    expect(() => writeCdo({ commands: [other, ...exampleCommands()], plainWords: 0 })).toThrow(ValueError);
    expect(() => writeCdo({ commands: [{ ...other, code: 1 }], plainWords: 0 })).toThrow(/no group/);
  });
});
