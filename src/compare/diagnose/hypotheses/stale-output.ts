import { type Hypothesis, tested } from '../claim.ts';

/** The output of the run before. */
export const staleOutput: Hypothesis = (mismatch) => {
  const { previous } = mismatch;
  if (previous === null) return null;
  return tested(
    {
      hypothesis: 'stale-output',
      bits: 2,
      predict: (i) => previous[i]!,
      text: 'actual = output of the run before',
      hint: 'the result of this run did not arrive: look for a missing sync from the device, a completion that is not awaited, ping-pong buffers out of step',
      share: 0.9,
      verbatim: true,
      partial: true,
    },
    mismatch,
  );
};
