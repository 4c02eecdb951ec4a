import { dtypeInfo } from '../../../tensor/index.ts';
import { show, showIndex } from '../../numbers.ts';
import { choiceBits, entropyBits } from '../bits.ts';
import type { Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { indexOf, listed } from '../text.ts';

/** More are not isolated. */
const FEW = 16;

/** The only bit in which two values of the dtype differ; null if there are several. */
function flippedBit({ dtype, expected, actual }: Mismatch, ordinal: number): number | null {
  const { storage, encode, bytes } = dtypeInfo(dtype);
  const codes = new storage(2);
  codes[0] = encode(expected[ordinal]!);
  codes[1] = encode(actual[ordinal]!);
  const raw = new Uint8Array(codes.buffer);
  let found: number | null = null;
  for (let b = 0; b < bytes; b++) {
    const changed = raw[b]! ^ raw[bytes + b]!;
    if (changed === 0) continue;
    if (found !== null || (changed & (changed - 1)) !== 0) return null;
    found = 8 * b + 31 - Math.clz32(changed);
  }
  return found;
}

/** A few single elements, each perhaps with one bit flipped. */
export const isolatedElements: Hypothesis = (mismatch) => {
  const { wrong, size, scale, dtype, expected, actual, shape } = mismatch;
  if (wrong.length === 0 || wrong.length > FEW || wrong.length > size / 8) return null;
  const flips = Array.from(wrong, (ordinal) => flippedBit(mismatch, ordinal));
  const width = 8 * dtypeInfo(dtype).bytes;
  const bits = new Set(flips);
  const oneBit = bits.size === 1 && !bits.has(null);
  const valueBits = flips.reduce<number>(
    (sum, flip) => sum + Math.min(scale.valueBits, flip === null ? Infinity : 1 + choiceBits(width)),
    0,
  );
  const named = Array.from(wrong, (ordinal, k) => {
    const flip = flips[k] === null ? '' : `, bit ${flips[k]} flipped`;
    return `${showIndex(indexOf(shape, ordinal))} (expected ${show(expected[ordinal]!)}, actual ${show(actual[ordinal]!)}${flip})`;
  });
  const all =
    wrong.length === 1 ? 'one element differs' : `only ${wrong.length} elements differ, without a region`;
  const flipped = flips.filter((flip) => flip !== null).length;
  return {
    hypothesis: 'isolated-elements',
    bits:
      6 +
      entropyBits([wrong.length, size - wrong.length]) +
      (oneBit ? Math.min(valueBits, 1 + choiceBits(width)) : valueBits),
    evidence: `${all}: ${listed(named, 4)}`,
    hint:
      flipped === wrong.length
        ? 'single bits flip: look for memory errors, a clock too fast, a read-modify-write of shared words'
        : 'single elements are off: look at special inputs there (ties, extremes, the last of a vector), and for a race on these addresses',
  };
};
