/**
 * The instruction stream of the functional emulator: a TXN header without operations. The functional emulator moves
 * data by the kernel's buffer layout, not by instructions; the header is there so that a host is held to the same
 * call convention as on hardware.
 *
 * Header of a TXN stream, 16 bytes: u8 major, u8 minor, u8 device generation (3 = Phoenix, 4 = Strix), u8 rows,
 * u8 columns, u8 memory-tile rows, u16 0, u32 operation count, u32 bytes of the stream with this header. Versions 0.1
 * and 1.0 exist (mlir-aie writes 0.1).
 */

const HEADER_WORDS = 4;
const PHOENIX = 3;
const ROWS = 6;

/** A version 0.1 stream for Phoenix with no operation. */
export function emptyTxn(columns: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(
    0 | (1 << 8) | (PHOENIX << 16) | (ROWS << 24),
    columns | (1 << 8),
    0,
    HEADER_WORDS * Uint32Array.BYTES_PER_ELEMENT,
  );
}

/** What is wrong with the header of `words`, or undefined. */
export function txnFault(words: Uint32Array): string | undefined {
  if (words.length < HEADER_WORDS) return `${words.length} words are too few for a TXN header of 4`;
  const major = words[0]! & 0xff;
  const minor = (words[0]! >>> 8) & 0xff;
  if (!(major === 0 && minor === 1) && !(major === 1 && minor === 0)) {
    return `header word 0x${words[0]!.toString(16).padStart(8, '0')} is not that of TXN version 0.1 or 1.0`;
  }
  if (words[3] !== words.byteLength) {
    return `the header says ${words[3]} bytes, the buffer holds ${words.byteLength}`;
  }
  return undefined;
}
