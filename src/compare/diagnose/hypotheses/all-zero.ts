import { type Hypothesis, tested } from '../claim.ts';

/** Every value is zero. */
export const allZero: Hypothesis = (mismatch) =>
  tested(
    {
      hypothesis: 'all-zero',
      bits: 3,
      predict: () => 0,
      text: 'actual = 0',
      hint: 'the kernel wrote zeros or cleared memory was read back: look for an accumulator never added to, a shift that drops every bit, a missing sync from the device',
      share: 0.95,
      verbatim: true,
      partial: true,
    },
    mismatch,
  );
