export {
  type CoreImage,
  type CoreLoad,
  type CoreStack,
  DATA_MEMORY_BYTES,
  PROGRAM_MEMORY_BYTES,
} from './core.ts';
export type { ElfHeader, ElfSection, ElfSegment, ElfSymbol } from './parts.ts';
export { type Elf, type ElfRole, readElf } from './read.ts';
export type { StackFrame } from './stack-sizes.ts';
export { buildElf, type ElfDescription } from './write.ts';
