import { bestOf, type Hypothesis } from '../claim.ts';

/** NaN or infinity where finite values belong. */
export const notFinite: Hypothesis = (mismatch) => {
  if (mismatch.integer) return null;
  const { isWrong, expected } = mismatch;
  const hint =
    'an operation left the finite numbers: look for a division by zero, exp without the maximum subtracted, uninitialised memory read as floats';
  const claims = [
    { value: Number.NaN, text: 'actual is NaN' },
    { value: Infinity, text: 'actual is +Infinity' },
    { value: -Infinity, text: 'actual is -Infinity' },
  ].map(({ value, text }) => ({
    hypothesis: 'not-finite',
    bits: 4,
    predict: (i: number) => (isWrong[i] === 1 ? value : expected[i]!),
    text,
    hint,
    partial: true,
  }));
  return bestOf(claims, mismatch);
};
