import { FormatError } from '../../errors.ts';
import { ByteReader } from '../../tensor/bytes.ts';
import type { ElfSymbol } from './parts.ts';

/** The stack that one function takes for itself. */
export interface StackFrame {
  /** Its name where a symbol gives it. */
  readonly function: string | undefined;
  readonly address: number;
  readonly bytes: number;
}

/** A core's 16 KB hold at most a thousand functions of one 16-byte line; bounds what a hostile section can cost. */
const MAX_FRAMES = 4096;

/**
 * Reads `.stack_sizes` as LLVM's `-stack-size-section` writes it: a function's address, 32 bits, and the size of its
 * frame as ULEB128. Throws {@link FormatError} where an entry is cut off or larger than 32 bits.
 */
export function readStackSizes(bytes: Uint8Array, name: string, symbols: readonly ElfSymbol[]): StackFrame[] {
  const functions = new Map<number, string>();
  for (const { type, value, name: symbol } of symbols) if (type === 2) functions.set(value, symbol);
  const reader = new ByteReader(bytes, name);
  const frames: StackFrame[] = [];
  while (reader.remaining > 0) {
    if (frames.length === MAX_FRAMES) throw new FormatError(`${name}: more than ${MAX_FRAMES} stack frames`);
    const address = reader.u32('the address of a function');
    frames.push({ function: functions.get(address), address, bytes: uleb128(reader) });
  }
  return frames;
}

function uleb128(reader: ByteReader): number {
  const start = reader.offset;
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = reader.u8('the size of a stack frame');
    value += (byte & 0x7f) * scale;
    if (value > 0xffff_ffff || scale > 2 ** 63) {
      throw new FormatError(`${reader.name}: the stack frame at offset ${start} has more than 2^32 bytes`);
    }
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
}
