/** Field offsets and sizes of ELF32 come from the System V ABI, chapters 4 and 5; machine numbers from llvm-aie. */
export const HEADER_BYTES = 52;
export const SEGMENT_BYTES = 32;
export const SECTION_BYTES = 40;
export const SYMBOL_BYTES = 16;

/** `e_machine` of an AI Engine core (FORMATS.md 3.4). */
export const EM_AIE = 264;

/** Generation of the core by `e_flags`, as llvm-aie's BinaryFormat/ELF.h numbers them. */
export const AIE_GENERATIONS: ReadonlyMap<number, string> = new Map([
  [1, 'AIE'],
  [2, 'AIE2'],
  [3, 'AIE2P'],
]);

/** Platform of a control-code container by OS/ABI, `xrt::elf::platform` of XRT's xrt_elf.h. */
export const CONTROL_CODE_PLATFORMS: ReadonlyMap<number, string> = new Map([
  [64, 'AIE2PS'],
  [69, 'AIE2P'],
  [70, 'AIE2PS (older layout)'],
  [75, 'AIE4'],
]);

/** The section that every control-code container has, alone or followed by a dot and an index (XRT's elf_patcher.h). */
export const CONTROL_TEXT = '.ctrltext';

export const ET_REL = 1;
export const ET_EXEC = 2;
export const PT_LOAD = 1;
export const PF_X = 1;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHF_WRITE = 1;
export const SHF_ALLOC = 2;
export const SHF_EXECINSTR = 4;
