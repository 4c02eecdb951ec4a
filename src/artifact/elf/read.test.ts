import { describe, expect, it } from 'vitest';
import { FormatError } from '../../errors.ts';
import { buildElf, type CoreImage, type Elf, type ElfDescription, readElf } from './index.ts';

const program = Uint8Array.from({ length: 48 }, (_, i) => i);
const table = Uint8Array.of(1, 2, 3, 4, 5);
const description: ElfDescription = {
  sections: [
    { name: '.text', bytes: program, address: 0, executable: true },
    { name: '.data', bytes: table, address: 0x7_8400 },
    { name: '.comment', bytes: Uint8Array.of(65, 0) },
  ],
  symbols: [
    { name: 'core_0_2', value: 0x20, size: 16, type: 2, section: 1 },
    { name: '_sp_start_value_DM_stack', value: 0x7_0000 },
    { name: 'out_buff_0', value: 0x7_0c00 },
    { name: 'in_buff_0', value: 0x7_0400 },
  ],
};
const file = buildElf(description);

function core(elf: Elf): CoreImage {
  if (elf.kind.role !== 'core') throw new Error(`a core was expected, not ${elf.kind.role}`);
  return elf.kind.image;
}
const coreOf = (change: Partial<ElfDescription>): CoreImage =>
  core(readElf(buildElf({ ...description, ...change }), 'core.elf'));

function changed(change: (view: DataView) => void): Uint8Array {
  const bytes = file.slice();
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('readElf', () => {
  const elf = readElf(file, 'core.elf');

  it('reads header, sections, segments and symbols', () => {
    expect(elf.header).toEqual({ osAbi: 0, abiVersion: 0, type: 2, machine: 264, entry: 0, flags: 2 });
    expect(elf.sections.map(({ name, address, size }) => [name, address, size])).toEqual([
      ['', 0, 0],
      ['.text', 0, 48],
      ['.data', 0x7_8400, 5],
      ['.comment', 0, 2],
      ['.symtab', 0, 5 * 16],
      ['.strtab', 0, expect.any(Number)],
      ['.shstrtab', 0, expect.any(Number)],
    ]);
    expect(elf.sections[1]!.bytes).toEqual(program);
    expect(
      elf.segments.map(({ virtualAddress, memorySize, flags }) => [virtualAddress, memorySize, flags]),
    ).toEqual([
      [0, 48, 5],
      [0x7_8400, 5, 6],
    ]);
    expect(elf.symbols).toHaveLength(5);
    expect(elf.symbols[1]).toEqual({
      name: 'core_0_2',
      value: 0x20,
      size: 16,
      type: 2,
      binding: 1,
      section: 1,
    });
  });

  it('finds fields where the ABI puts them', () => {
    const view = new DataView(file.buffer);
    expect(view.getUint16(18, true)).toBe(264);
    expect(view.getUint32(36, true)).toBe(2);
    expect(view.getUint16(44, true)).toBe(2);
    expect(file.subarray(view.getUint32(52 + 4, true)).subarray(0, 48)).toEqual(program);
  });

  it('says what goes where in the tile', () => {
    const image = core(elf);
    expect(image).toMatchObject({ generation: 'AIE2', entry: 0, programBytes: 48, dataBytes: 5, frames: [] });
    expect(image.loads).toMatchObject([
      { memory: 'program', tileOffset: 0x2_0000, bytes: program },
      { memory: 'data', address: 0x7_8400, tileOffset: 0x8400, bytes: table },
    ]);
    expect(image.largestFrame).toBeUndefined();
  });

  it('gives the stack the room up to the next buffer or data', () => {
    expect(core(elf).stack).toEqual({ start: 0x7_0000, room: 0x400 });
    const symbols = description.symbols!.slice(0, 2);
    expect(coreOf({ symbols }).stack).toEqual({ start: 0x7_0000, room: 0x8400 });
    expect(coreOf({ symbols, sections: description.sections.slice(0, 1) }).stack?.room).toBe(0x1_0000);
    expect(coreOf({ symbols: [] }).stack).toBeUndefined();
  });

  it('counts the program to its end and marks what is no memory of the tile', () => {
    const image = coreOf({
      sections: [
        { name: '.text', bytes: program, address: 0x5000, executable: true },
        { name: '.far', bytes: table, address: 0x4_0000 },
      ],
    });
    expect(image.programBytes).toBe(0x5000 + 48);
    expect(image.loads[1]).toMatchObject({ memory: 'elsewhere', tileOffset: undefined });
    expect(image.dataBytes).toBe(0);
  });

  it('reads .stack_sizes', () => {
    const bytes = Uint8Array.of(0x20, 0, 0, 0, 0xc0, 0x20, 0x90, 0, 0, 0, 0x40);
    const image = coreOf({ sections: [...description.sections, { name: '.stack_sizes', bytes }] });
    expect(image.frames).toEqual([
      { function: 'core_0_2', address: 0x20, bytes: 0x1040 },
      { function: undefined, address: 0x90, bytes: 0x40 },
    ]);
    expect(image.largestFrame).toEqual(image.frames[0]);
  });

  it.each([
    ['cut off', [0, 0, 0, 0, 0x80], /core\.elf: \.stack_sizes: wanted the size of a stack frame/],
    ['too large', [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f], /has more than 2\^32 bytes/],
    [
      'more than a core has functions',
      Array.from({ length: 5 * 5000 }, () => 0),
      /more than 4096 stack frames/,
    ],
  ])('refuses stack sizes: %s', (_, bytes, message) => {
    const sections = [{ name: '.stack_sizes', bytes: Uint8Array.from(bytes) }];
    expect(() => coreOf({ sections })).toThrow(message);
  });

  it.each([
    [1, 'AIE'],
    [3, 'AIE2P'],
    [9, undefined],
  ])('names the generation of flags %i', (flags, generation) => {
    expect(coreOf({ header: { flags } }).generation).toBe(generation);
  });

  it('tells object files, control code and others apart', () => {
    const kindOf = (change: Partial<ElfDescription>) =>
      readElf(buildElf({ ...description, ...change }), 'x').kind;
    expect(kindOf({ header: { type: 1 } })).toEqual({ role: 'object' });
    expect(kindOf({ header: { machine: 3 } })).toEqual({ role: 'other' });
    expect(kindOf({ header: { machine: 1, osAbi: 0x45, abiVersion: 2 } })).toEqual({
      role: 'control-code',
      platform: 'AIE2P',
      abiVersion: 2,
    });
    expect(kindOf({ header: { machine: 1 }, sections: [{ name: '.ctrltext.0', bytes: table }] })).toEqual({
      role: 'control-code',
      platform: 'unknown (OS/ABI 0)',
      abiVersion: 0,
    });
  });

  it('reads a file without any table', () => {
    const bytes = changed((view) => {
      for (const count of [44, 48]) view.setUint16(count, 0, true);
    });
    expect(readElf(bytes, 'core.elf')).toMatchObject({ sections: [], segments: [], symbols: [] });
  });
});

describe('readElf refuses', () => {
  const refuses = (bytes: Uint8Array, message: RegExp): void => {
    expect(() => readElf(bytes, 'core.elf')).toThrow(FormatError);
    expect(() => readElf(bytes, 'core.elf')).toThrow(message);
  };

  it.each([
    ['an empty file', new Uint8Array(0), /core\.elf is empty/],
    ['another file', new TextEncoder().encode('some text'), /is not an ELF file/],
    ['an archive', new TextEncoder().encode('!<arch>\n'), /is an archive/],
    ['a Git LFS pointer', new TextEncoder().encode('version https://git-lfs'), /Git LFS pointer/],
    ['a header cut off', file.slice(0, 51), /51 bytes, fewer than the 52/],
    ['a file cut off', file.slice(0, -1), /7 section headers of 40 bytes at offset \d+ lie beyond/],
    ['64 bits', changed((view) => view.setUint8(4, 2)), /not a 32-bit ELF/],
    ['big-endian', changed((view) => view.setUint8(5, 2)), /not little-endian/],
    ['small headers', changed((view) => view.setUint16(42, 31, true)), /program header of 31 bytes/],
    [
      'a segment outside',
      changed((view) => view.setUint32(52 + 4, 0xffff_ffff, true)),
      /a segment of 48 bytes/,
    ],
  ])('%s', (_, bytes, message) => refuses(bytes, message));

  it('names outside their table', () => {
    const sectionsAt = new DataView(file.buffer).getUint32(32, true);
    refuses(
      changed((view) => view.setUint32(sectionsAt + 40, 5000, true)),
      /no name ends behind offset 5000/,
    );
  });

  it('more symbols than any core has', () => {
    const symbols = Array.from({ length: 0x1_0000 }, (_, value) => ({ name: '', value }));
    refuses(buildElf({ sections: [], symbols }), /\.symtab: \d+ bytes are more than 65536 symbols/);
  });

  it('names that all are the same long one', () => {
    const long = 'x'.repeat(1000);
    const symbols = Array.from({ length: 200 }, (_, value) => ({ name: value === 0 ? long : '', value }));
    const bytes = buildElf({ sections: [], symbols });
    const view = new DataView(bytes.buffer);
    const symtabAt = readElf(bytes, 'x').sections.find(({ name }) => name === '.symtab')!.offset;
    for (let i = 1; i <= symbols.length; i += 1) view.setUint32(symtabAt + 16 * i, 1, true);
    refuses(bytes, /names overlap each other/);
  });
});
