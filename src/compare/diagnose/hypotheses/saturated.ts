import { saturate } from '../../../tensor/index.ts';
import { show } from '../../numbers.ts';
import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';

const HINT =
  'values are clamped too early or to a narrower type: look at the accumulator type, at a saturating pack, at the limits of the activation';

const NARROWER: readonly (readonly [name: string, least: number, greatest: number])[] = [
  ['int4', -8, 7],
  ['int8', -128, 127],
  ['uint8', 0, 255],
  ['int16', -32768, 32767],
];

function clampedTo(mismatch: Mismatch, low: number, high: number, bits: number, to: string): Claim {
  const { expected } = mismatch;
  return {
    hypothesis: 'saturated',
    bits,
    predict: (i) => saturate(expected[i]!, low, high),
    text: `actual = expected clamped to ${to}`,
    hint: HINT,
    share: 0.9,
  };
}

/** Values clamped to a range that is too narrow. */
export const saturated: Hypothesis = (mismatch) => {
  const { scale } = mismatch;
  const [least, greatest] = mismatch.extremes.expected;
  const [low, high] = mismatch.extremes.actual;
  const claims: Claim[] = [];
  for (const [name, from, to] of NARROWER) {
    // Nothing is clamped, or only negative values are, which needs no type.
    if (to >= greatest && (from <= least || from === 0)) continue;
    claims.push(clampedTo(mismatch, from, to, 5, `${name} (${from} to ${to})`));
  }
  if (low > least && low < high) {
    const bits = low === 0 ? 5 : 5 + scale.valueBits;
    claims.push(clampedTo(mismatch, low, Infinity, bits, `at least ${show(low)}`));
  }
  if (high < greatest && low < high) {
    const bits = high === 0 ? 5 : 5 + scale.valueBits;
    claims.push(clampedTo(mismatch, -Infinity, high, bits, `at most ${show(high)}`));
    if (low > least) {
      claims.push(clampedTo(mismatch, low, high, 5 + 2 * scale.valueBits, `${show(low)} to ${show(high)}`));
    }
  }
  return bestOf(claims, mismatch);
};
