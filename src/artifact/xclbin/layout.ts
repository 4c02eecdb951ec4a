import { FormatError } from '../../errors.ts';

/** Bytes of an xclbin that belong to no section, nor to anything else we know; kept and reported, not guessed at. */
export interface LooseBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A stretch of the file that something claims. */
export interface Extent {
  readonly offset: number;
  readonly size: number;
  /** What claims it, for messages. */
  readonly what: string;
}

/** Sections stand at multiples of this (FORMATS.md 1.1). */
export const ALIGNMENT = 8;

/**
 * What lies between and behind the extents. Fewer than eight zeros before the next extent are its alignment and not
 * listed. Throws {@link FormatError} where extents overlap: no tool writes that, and a reader that allowed it would
 * show the same bytes as two things.
 */
export function looseBytes(bytes: Uint8Array, extents: readonly Extent[], name: string): LooseBytes[] {
  const loose: LooseBytes[] = [];
  let end = 0;
  let before = 'the start';
  const sorted = extents.filter(({ size }) => size > 0).sort((a, b) => a.offset - b.offset);
  for (const { offset, size, what } of sorted) {
    if (offset < end) {
      throw new FormatError(`${name}: ${what} at offset ${offset} overlaps ${before}, which ends at ${end}`);
    }
    const gap = bytes.subarray(end, offset);
    if (gap.length >= ALIGNMENT || gap.some((byte) => byte !== 0)) loose.push({ offset: end, bytes: gap });
    end = offset + size;
    before = what;
  }
  if (end < bytes.length) loose.push({ offset: end, bytes: bytes.subarray(end) });
  return loose;
}
