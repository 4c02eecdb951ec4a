import { show } from '../../numbers.ts';
import { type Hypothesis, tested } from '../claim.ts';

/** Every value is the same. */
export const constant: Hypothesis = (mismatch) => {
  const { actual, scale } = mismatch;
  const sample = mismatch.sample(32);
  const value = actual[sample[sample.length >> 1] ?? 0]!;
  if (sample.filter((i) => actual[i] === value).length < 0.9 * sample.length) return null;
  return tested(
    {
      hypothesis: 'constant',
      bits: 4 + scale.valueBits,
      predict: () => value,
      text: `actual = ${show(value)}`,
      hint: 'one value everywhere: look for an index that does not advance, a broadcast scalar, or everything clamped to one limit',
      share: 0.95,
      verbatim: true,
    },
    mismatch,
  );
};
