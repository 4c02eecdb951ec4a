import { ByteWriter } from '../../tensor/byte-writer.ts';
import {
  EM_AIE,
  ET_EXEC,
  HEADER_BYTES,
  PF_X,
  PT_LOAD,
  SECTION_BYTES,
  SEGMENT_BYTES,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_PROGBITS,
  SHT_STRTAB,
  SHT_SYMTAB,
  SYMBOL_BYTES,
} from './names.ts';

/** What {@link buildElf} needs. */
export interface ElfDescription {
  /** Default that of a core's program: OS/ABI 0, EXEC, EM_AIE, flags 2 (AIE2), entry 0. */
  readonly header?: {
    readonly osAbi?: number;
    readonly abiVersion?: number;
    readonly type?: number;
    readonly machine?: number;
    readonly entry?: number;
    readonly flags?: number;
  };
  readonly sections: readonly {
    readonly name: string;
    readonly bytes: Uint8Array;
    /** Given, the section is loaded there and gets a program header of its own. */
    readonly address?: number;
    /** Whether it holds instructions; default false. */
    readonly executable?: boolean;
  }[];
  readonly symbols?: readonly {
    readonly name: string;
    readonly value: number;
    readonly size?: number;
    /** Default 0 (none); 1 object, 2 function. */
    readonly type?: number;
    /** Default 1 (global). */
    readonly binding?: number;
    /** Default 0xfff1 (absolute). */
    readonly section?: number;
  }[];
}

/** Alignment of what is loaded, that of an AIE2 instruction fetch. */
const ALIGNMENT = 16;
const ABSOLUTE = 0xfff1;

/**
 * Builds a little-endian ELF32 file in the layout of a linked AI Engine core (FORMATS.md 3.4), or with other header
 * values a control-code container. The tables of symbols and names come behind the given sections. Throws `ValueError`
 * where a value does not fit its field.
 */
export function buildElf(description: ElfDescription): Uint8Array {
  const {
    osAbi = 0,
    abiVersion = 0,
    type = ET_EXEC,
    machine = EM_AIE,
    entry = 0,
    flags = 2,
  } = description.header ?? {};
  const names = new StringTable();
  const symbolNames = new StringTable();
  const symbols = symbolTable(description.symbols ?? [], symbolNames);
  const given = description.sections.length;
  const parts: Part[] = [
    ...description.sections.map(
      ({ name, bytes, address, executable = false }): Part => ({
        name,
        bytes,
        type: SHT_PROGBITS,
        flags: address === undefined ? 0 : SHF_ALLOC | (executable ? SHF_EXECINSTR : SHF_WRITE),
        address,
        alignment: address === undefined ? 1 : ALIGNMENT,
      }),
    ),
    {
      name: '.symtab',
      bytes: symbols,
      type: SHT_SYMTAB,
      flags: 0,
      address: undefined,
      alignment: 4,
      link: given + 2,
    },
    {
      name: '.strtab',
      bytes: symbolNames.finish(),
      type: SHT_STRTAB,
      flags: 0,
      address: undefined,
      alignment: 1,
    },
  ];
  const nameOffsets = parts.map(({ name }) => names.add(name));
  const ownName = names.add('.shstrtab');
  parts.push({
    name: '.shstrtab',
    bytes: names.finish(),
    type: SHT_STRTAB,
    flags: 0,
    address: undefined,
    alignment: 1,
  });
  nameOffsets.push(ownName);

  const loaded = parts.filter(({ address }) => address !== undefined);
  const body = new ByteWriter();
  const bodyAt = HEADER_BYTES + loaded.length * SEGMENT_BYTES;
  const offsets = parts.map(({ bytes, alignment }) => {
    body.fill((alignment - ((bodyAt + body.length) % alignment)) % alignment);
    const offset = bodyAt + body.length;
    body.raw(bytes);
    return offset;
  });
  body.fill((4 - ((bodyAt + body.length) % 4)) % 4);

  const file = new ByteWriter();
  file.raw(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1));
  file.u8(osAbi, 'osAbi');
  file.u8(abiVersion, 'abiVersion');
  file.fill(7);
  file.u16(type, 'type');
  file.u16(machine, 'machine');
  file.u32(1, 'version');
  file.u32(entry, 'entry');
  file.u32(loaded.length === 0 ? 0 : HEADER_BYTES, 'program headers');
  file.u32(bodyAt + body.length, 'section headers');
  file.u32(flags, 'flags');
  file.u16(HEADER_BYTES, 'header size');
  file.u16(SEGMENT_BYTES, 'program header size');
  file.u16(loaded.length, 'program header count');
  file.u16(SECTION_BYTES, 'section header size');
  file.u16(parts.length + 1, 'section header count');
  file.u16(parts.length, 'index of the names');
  for (const part of loaded) {
    const executable = (part.flags & SHF_EXECINSTR) !== 0;
    file.u32(PT_LOAD, 'segment type');
    file.u32(offsets[parts.indexOf(part)]!, 'segment offset');
    file.u32(part.address!, 'address');
    file.u32(part.address!, 'address');
    file.u32(part.bytes.length, 'segment size');
    file.u32(part.bytes.length, 'segment size');
    file.u32(4 | (executable ? PF_X : 2), 'segment flags');
    file.u32(ALIGNMENT, 'alignment');
  }
  file.raw(body.finish());
  file.fill(SECTION_BYTES);
  for (const [index, part] of parts.entries()) {
    file.u32(nameOffsets[index]!, 'section name');
    file.u32(part.type, 'section type');
    file.u32(part.flags, 'section flags');
    file.u32(part.address ?? 0, 'address');
    file.u32(offsets[index]!, 'section offset');
    file.u32(part.bytes.length, 'section size');
    file.u32(part.link ?? 0, 'link');
    // For a symbol table: the first symbol that is not local.
    file.u32(part.type === SHT_SYMTAB ? 1 : 0, 'info');
    file.u32(part.alignment, 'alignment');
    file.u32(part.type === SHT_SYMTAB ? SYMBOL_BYTES : 0, 'entry size');
  }
  return file.finish();
}

interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: number;
  readonly flags: number;
  readonly address: number | undefined;
  readonly alignment: number;
  readonly link?: number;
}

function symbolTable(symbols: NonNullable<ElfDescription['symbols']>, names: StringTable): Uint8Array {
  const writer = new ByteWriter();
  writer.fill(SYMBOL_BYTES);
  for (const { name, value, size = 0, type = 0, binding = 1, section = ABSOLUTE } of symbols) {
    writer.u32(names.add(name), 'symbol name');
    writer.u32(value, 'symbol value');
    writer.u32(size, 'symbol size');
    writer.u8((binding << 4) | type, 'symbol info');
    writer.u8(0, 'symbol visibility');
    writer.u16(section, 'symbol section');
  }
  return writer.finish();
}

/** Names one behind the other; the first is empty. */
class StringTable {
  readonly #writer = new ByteWriter();

  constructor() {
    this.#writer.fill(1);
  }

  add(name: string): number {
    const at = this.#writer.length;
    this.#writer.cString(name, 'name');
    return at;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
