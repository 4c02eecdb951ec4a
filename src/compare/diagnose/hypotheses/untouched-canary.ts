import { dtypeInfo } from '../../../tensor/index.ts';
import { type Hypothesis, tested } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { hex } from '../text.ts';

/** Value of an element whose every byte is the canary; null without one. */
export function canaryValue({ context, dtype }: Mismatch): number | null {
  const { canary } = context;
  if (canary === undefined) return null;
  const { bytes, storage, decode } = dtypeInfo(dtype);
  return decode(new storage(new Uint8Array(bytes).fill(canary).buffer)[0]!);
}

/** The output still holds what it was filled with before the run. */
export const untouchedCanary: Hypothesis = (mismatch) => {
  const value = canaryValue(mismatch);
  if (value === null) return null;
  return tested(
    {
      hypothesis: 'untouched-canary',
      bits: 2,
      predict: () => value,
      text: `actual is the canary ${hex(mismatch.context.canary!)} that the output was filled with`,
      hint: 'the device never wrote it: look at the output transfer (length, offset, buffer argument) and at the loop that produces it',
      share: 0.95,
      verbatim: true,
      partial: true,
    },
    mismatch,
  );
};
