import type { Hypothesis } from '../claim.ts';
import { slicesOf } from '../partition.ts';
import { permuted } from '../permuted.ts';

/** Right slices of the first axis (heads, images, shares of cores) in wrong places. */
export const slicesPermuted: Hypothesis = (mismatch) =>
  permuted(mismatch, slicesOf(mismatch), {
    hypothesis: 'slices-permuted',
    hint: 'slices of the first axis are right but arrive elsewhere: look at which core gets which slice, and at the order in which their outputs are joined',
  });
