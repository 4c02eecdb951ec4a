import { FormatError } from '../../errors.ts';
import { ByteReader, refuseLfsPointer } from '../../tensor/bytes.ts';
import { type CoreImage, coreImage } from './core.ts';
import {
  CONTROL_CODE_PLATFORMS,
  CONTROL_TEXT,
  EM_AIE,
  ET_EXEC,
  ET_REL,
  HEADER_BYTES,
  SECTION_BYTES,
  SEGMENT_BYTES,
  SHT_NOBITS,
  SHT_SYMTAB,
  SYMBOL_BYTES,
} from './names.ts';
import type { ElfHeader, ElfSection, ElfSegment, ElfSymbol } from './parts.ts';

/** What an ELF file is to an NPU; `platform` is what the file says it is for. */
export type ElfRole =
  | { readonly role: 'core'; readonly image: CoreImage }
  /** A compiled kernel that is not linked yet. */
  | { readonly role: 'object' }
  /** Instructions and data for the NPU's controller in one file; recognised, its sections not decoded. */
  | { readonly role: 'control-code'; readonly platform: string; readonly abiVersion: number }
  | { readonly role: 'other' };

/** An ELF32 file as plain data; bytes share storage with the file. */
export interface Elf {
  readonly header: ElfHeader;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
  readonly kind: ElfRole;
}

/**
 * Reads a little-endian ELF32 file: the program of an AI Engine core (FORMATS.md 3.4), an object file of one, or a
 * control-code container (4.6).
 *
 * Throws {@link FormatError} naming the offset where the file is no such ELF, is truncated, or its tables lie outside
 * it. That a program is too large for its tile is no error here: `kind.image` says what it needs.
 */
export function readElf(bytes: Uint8Array, name: string): Elf {
  const reader = new ByteReader(bytes, name);
  checkIdentity(reader);
  reader.seek(7);
  const osAbi = reader.u8();
  const abiVersion = reader.u8();
  reader.seek(16);
  const type = reader.u16('the ELF header');
  const machine = reader.u16('the ELF header');
  reader.u32('the ELF header');
  const entry = reader.u32('the ELF header');
  const segmentsAt = reader.u32('the ELF header');
  const sectionsAt = reader.u32('the ELF header');
  const flags = reader.u32('the ELF header');
  reader.u16('the ELF header');
  const segmentTable = { at: segmentsAt, size: reader.u16(), count: reader.u16() };
  const sectionTable = { at: sectionsAt, size: reader.u16(), count: reader.u16() };
  const namesIndex = reader.u16('the ELF header');

  const names = new Names(bytes.length, name);
  const segments = entries(reader, segmentTable, SEGMENT_BYTES, 'program header', () => segment(reader));
  const sections = named(
    entries(reader, sectionTable, SECTION_BYTES, 'section header', () => section(reader)),
    namesIndex,
    names,
  );
  const header: ElfHeader = { osAbi, abiVersion, type, machine, entry, flags };
  const symbols = readSymbols(sections, names, name);
  return {
    header,
    sections,
    segments,
    symbols,
    kind: roleOf(header, sections, segments, symbols, name),
  };
}

function checkIdentity(reader: ByteReader): void {
  const { bytes, name } = reader;
  if (bytes.length === 0) throw new FormatError(`${name} is empty`, 'build the kernel again');
  refuseLfsPointer(bytes, name);
  if (![0x7f, 0x45, 0x4c, 0x46].every((byte, i) => bytes[i] === byte)) {
    if ([0x21, 0x3c, 0x61, 0x72].every((byte, i) => bytes[i] === byte)) {
      throw new FormatError(`${name} is an archive of object files, not one ELF file`, 'unpack it with ar x');
    }
    throw new FormatError(`${name} is not an ELF file: it does not begin with 7f 45 4c 46 (\\x7fELF)`);
  }
  if (bytes.length < HEADER_BYTES) {
    throw new FormatError(
      `${name} has ${bytes.length} bytes, fewer than the ${HEADER_BYTES} of an ELF header`,
    );
  }
  if (bytes[4] !== 1) {
    throw new FormatError(
      `${name} is not a 32-bit ELF file (class ${bytes[4]} at offset 4)`,
      'a 64-bit one is a program or library of the host',
    );
  }
  if (bytes[5] !== 1) throw new FormatError(`${name} is not little-endian (data ${bytes[5]} at offset 5)`);
}

interface Table {
  readonly at: number;
  readonly size: number;
  readonly count: number;
}

/** The entries of a header table; `read` finds the reader at the start of each. */
function entries<T>(
  reader: ByteReader,
  { at, size, count }: Table,
  least: number,
  what: string,
  read: () => T,
): T[] {
  if (count === 0 || at === 0) return [];
  if (size < least) {
    throw new FormatError(`${reader.name}: a ${what} of ${size} bytes is smaller than the ${least} of ELF32`);
  }
  if (at + size * count > reader.bytes.length) {
    throw new FormatError(
      `${reader.name}: ${count} ${what}s of ${size} bytes at offset ${at} lie beyond the ${reader.bytes.length} bytes of the file`,
      'the file is truncated or damaged',
    );
  }
  return Array.from({ length: count }, (_, index) => {
    reader.seek(at + index * size);
    return read();
  });
}

function segment(reader: ByteReader): ElfSegment {
  const type = reader.u32();
  const offset = reader.u32();
  const virtualAddress = reader.u32();
  const physicalAddress = reader.u32();
  const fileSize = reader.u32();
  const memorySize = reader.u32();
  const flags = reader.u32();
  const alignment = reader.u32();
  const bytes = stretch(reader, offset, fileSize, 'a segment');
  return { type, flags, offset, virtualAddress, physicalAddress, memorySize, alignment, bytes };
}

/** A section whose name is still an offset. */
function section(reader: ByteReader): Omit<ElfSection, 'name'> & { readonly nameAt: number } {
  const nameAt = reader.u32();
  const type = reader.u32();
  const flags = reader.u32();
  const address = reader.u32();
  const offset = reader.u32();
  const size = reader.u32();
  const link = reader.u32();
  const info = reader.u32();
  const alignment = reader.u32();
  const entrySize = reader.u32();
  // The null section may use `size` for something else, and NOBITS has nothing in the file.
  const bytes = stretch(reader, offset, type === 0 || type === SHT_NOBITS ? 0 : size, 'a section');
  return { nameAt, type, flags, address, offset, size, link, info, alignment, entrySize, bytes };
}

function stretch(reader: ByteReader, offset: number, size: number, what: string): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  if (offset + size > reader.bytes.length) {
    throw new FormatError(
      `${reader.name}: ${what} of ${size} bytes at offset ${offset} lies beyond the ${reader.bytes.length} bytes of the file`,
      'the file is truncated or damaged',
    );
  }
  return reader.bytes.subarray(offset, offset + size);
}

function named(
  sections: readonly (Omit<ElfSection, 'name'> & { readonly nameAt: number })[],
  namesIndex: number,
  names: Names,
): ElfSection[] {
  const table = sections[namesIndex]?.bytes;
  return sections.map(({ nameAt, ...rest }) => ({ name: table ? names.at(table, nameAt) : '', ...rest }));
}

/** More than any core has; bounds what a hostile table can make us allocate. */
const MAX_SYMBOLS = 0x1_0000;

function readSymbols(sections: readonly ElfSection[], names: Names, name: string): ElfSymbol[] {
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  if (table === undefined) return [];
  const strings = sections[table.link]?.bytes;
  const reader = new ByteReader(table.bytes, `${name}: ${table.name}`);
  const symbols: ElfSymbol[] = [];
  if (reader.remaining > MAX_SYMBOLS * SYMBOL_BYTES) {
    throw new FormatError(`${reader.name}: ${reader.remaining} bytes are more than ${MAX_SYMBOLS} symbols`);
  }
  while (reader.remaining >= SYMBOL_BYTES) {
    const nameAt = reader.u32();
    const value = reader.u32();
    const size = reader.u32();
    const info = reader.u8();
    reader.u8();
    const section = reader.u16();
    symbols.push({
      name: strings ? names.at(strings, nameAt) : '',
      value,
      size,
      type: info & 15,
      binding: info >>> 4,
      section,
    });
  }
  return symbols;
}

/** Names out of string tables. Offsets may all point at one long name, so what is copied in all is bounded. */
class Names {
  readonly #name: string;
  #budget: number;

  constructor(fileBytes: number, name: string) {
    this.#name = name;
    this.#budget = 2 * fileBytes;
  }

  at(table: Uint8Array, offset: number): string {
    if (offset === 0 && table[0] === 0) return '';
    const end = offset < table.length ? table.indexOf(0, offset) : -1;
    if (end < 0)
      throw new FormatError(`${this.#name}: no name ends behind offset ${offset} of a string table`);
    this.#budget -= end - offset;
    if (this.#budget < 0)
      throw new FormatError(`${this.#name}: names overlap each other`, 'the file is damaged');
    return nameDecoder.decode(table.subarray(offset, end));
  }
}

const nameDecoder = new TextDecoder('utf-8');

function roleOf(
  header: ElfHeader,
  sections: readonly ElfSection[],
  segments: readonly ElfSegment[],
  symbols: readonly ElfSymbol[],
  name: string,
): ElfRole {
  if (header.machine === EM_AIE && header.type === ET_EXEC) {
    return { role: 'core', image: coreImage(header, sections, segments, symbols, name) };
  }
  if (header.machine === EM_AIE && header.type === ET_REL) return { role: 'object' };
  const isControlText = sections.some(
    ({ name }) => name === CONTROL_TEXT || name.startsWith(`${CONTROL_TEXT}.`),
  );
  const platform = CONTROL_CODE_PLATFORMS.get(header.osAbi);
  if (isControlText || platform !== undefined) {
    return {
      role: 'control-code',
      platform: platform ?? `unknown (OS/ABI ${header.osAbi})`,
      abiVersion: header.abiVersion,
    };
  }
  return { role: 'other' };
}
