import { AIE_GENERATIONS, PF_X, PT_LOAD } from './names.ts';
import type { ElfHeader, ElfSection, ElfSegment, ElfSymbol } from './parts.ts';
import { readStackSizes, type StackFrame } from './stack-sizes.ts';

/** Memory of a compute tile in bytes (FORMATS.md 6.2). */
export const PROGRAM_MEMORY_BYTES = 0x4000;
export const DATA_MEMORY_BYTES = 0x1_0000;
/** Where the tile's registers map the program memory (FORMATS.md 6.2), */
const PROGRAM_AT = 0x2_0000;
/** and where a core sees its own data memory (FORMATS.md 6.2); the three windows below are its neighbours'. */
const OWN_DATA = 0x7_0000;

/** What one loadable segment puts into a tile: one DMA_WRITE of the CDO (FORMATS.md 3.4). */
export interface CoreLoad {
  /** `elsewhere` is no memory of this tile: nothing mlir-aie makes. */
  readonly memory: 'program' | 'data' | 'elsewhere';
  /** As the core sees it. */
  readonly address: number;
  /** Offset in the tile's address map where the bytes go; undefined elsewhere. */
  readonly tileOffset: number | undefined;
  readonly bytes: Uint8Array;
  /** Bytes in memory; those beyond `bytes` start as they are. */
  readonly memorySize: number;
}

/** The stack as far as the ELF tells; it begins at the lowest address and grows upwards. */
export interface CoreStack {
  /** Address of its first byte as the core sees it: the symbol `_sp_start_value_DM_stack`. */
  readonly start: number;
  /**
   * Bytes up to the next thing the ELF knows of in the same memory, a buffer's symbol or a data segment; what the
   * linker script reserved is not in the ELF, and this is the most it can be.
   */
  readonly room: number;
}

/** A core's program as it lies in its tile. */
export interface CoreImage {
  /** `AIE2` for npu1; undefined for flags that no known compiler writes. */
  readonly generation: string | undefined;
  readonly entry: number;
  readonly loads: readonly CoreLoad[];
  /** Bytes of program memory from 0 to the end of the program; the tile has {@link PROGRAM_MEMORY_BYTES}. */
  readonly programBytes: number;
  /** Bytes of data memory that the ELF itself fills or reserves. Buffers and stack are not among them. */
  readonly dataBytes: number;
  readonly stack: CoreStack | undefined;
  /** Frames of the section `.stack_sizes`, which a compiler writes only on request; empty without it. */
  readonly frames: readonly StackFrame[];
  /** The largest of them. The deepest stack is at least that, and more where functions call each other. */
  readonly largestFrame: StackFrame | undefined;
}

/** What an executable ELF of a core puts where (FORMATS.md 3.4). */
export function coreImage(
  header: ElfHeader,
  sections: readonly ElfSection[],
  segments: readonly ElfSegment[],
  symbols: readonly ElfSymbol[],
  name: string,
): CoreImage {
  const loads = segments.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0).map(load);
  const sizes = sections.find((section) => section.name === '.stack_sizes');
  const frames = sizes === undefined ? [] : readStackSizes(sizes.bytes, `${name}: .stack_sizes`, symbols);
  return {
    generation: AIE_GENERATIONS.get(header.flags),
    entry: header.entry,
    loads,
    programBytes: loads.reduce(
      (end, { memory, address, memorySize }) =>
        memory === 'program' ? Math.max(end, address + memorySize) : end,
      0,
    ),
    dataBytes: loads.reduce((sum, { memory, memorySize }) => (memory === 'data' ? sum + memorySize : sum), 0),
    stack: stackOf(loads, symbols),
    frames,
    largestFrame: frames.reduce<StackFrame | undefined>(
      (largest, frame) => (largest === undefined || frame.bytes > largest.bytes ? frame : largest),
      undefined,
    ),
  };
}

function load(segment: ElfSegment): CoreLoad {
  const { virtualAddress: address, bytes, memorySize } = segment;
  if ((segment.flags & PF_X) !== 0) {
    return { memory: 'program', address, tileOffset: PROGRAM_AT + address, bytes, memorySize };
  }
  if (isOwnData(address)) {
    return { memory: 'data', address, tileOffset: address - OWN_DATA, bytes, memorySize };
  }
  return { memory: 'elsewhere', address, tileOffset: undefined, bytes, memorySize };
}

const isOwnData = (address: number): boolean => address >= OWN_DATA && address < OWN_DATA + DATA_MEMORY_BYTES;

function stackOf(loads: readonly CoreLoad[], symbols: readonly ElfSymbol[]): CoreStack | undefined {
  const start = symbols.find(({ name }) => name === '_sp_start_value_DM_stack')?.value;
  if (start === undefined || !isOwnData(start)) return undefined;
  let next = OWN_DATA + DATA_MEMORY_BYTES;
  const bound = (address: number): void => {
    if (address > start && address < next) next = address;
  };
  for (const { memory, address } of loads) if (memory === 'data') bound(address);
  for (const { value } of symbols) bound(value);
  return { start, room: next - start };
}
