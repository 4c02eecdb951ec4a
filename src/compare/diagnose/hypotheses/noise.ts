import { show } from '../../numbers.ts';
import { entropyBits } from '../bits.ts';
import type { Hypothesis } from '../claim.ts';
import { elements } from '../text.ts';

/** Few errors are told one by one rather than called noise. */
const FEW = 8;

/** Small errors in both directions. */
export const noise: Hypothesis = (mismatch) => {
  const { expected, actual, wrong, size, scale, integer } = mismatch;
  if (wrong.length <= FEW) return null;
  const range = scale.greatest - scale.least;
  const most = Math.max(integer ? 1 : 0, range / 8);
  // Written so that NaN is no small error.
  const small = (i: number): boolean => Math.abs(actual[i]! - expected[i]!) <= most;
  if (!mismatch.sample(32).every(small)) return null;
  let greatest = 0;
  let up = 0;
  let squares = 0;
  for (const i of wrong) {
    if (!small(i)) return null;
    const error = actual[i]! - expected[i]!;
    if (error > 0) up++;
    squares += error * error;
    greatest = Math.max(greatest, Math.abs(error));
  }
  const deviation = Math.sqrt(squares / wrong.length);
  if (deviation > Math.max(integer ? 1 : 0, range / 32)) return null;
  // Bits of an error of normal distribution, log2(deviation * sqrt(2 pi e)), or of a uniform one.
  const each = Math.max(1, Math.log2(Math.min(4.13 * deviation, 2 * greatest) / scale.resolution));
  return {
    hypothesis: 'noise',
    bits:
      6 + entropyBits([wrong.length, size - wrong.length]) + wrong.length * Math.min(each, scale.valueBits),
    evidence:
      `errors of at most ${show(greatest, 3)}${integer ? ' LSB' : ''} in ${elements(wrong.length, size)}, ` +
      `${Math.round((100 * up) / wrong.length)} % of them upward`,
    hint: 'small errors without a pattern: run the same input twice; if outputs differ, look for a race (missing lock, buffer reused too early), else for another order or precision of the sums, an approximated function, or a tolerance too tight',
  };
};
