import { slicesOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one slice of the first axis (head, image) is wrong. */
export const oneSlice: Locator = (mismatch) =>
  confined(mismatch, slicesOf(mismatch), {
    one: 'one-slice',
    bits: 5,
    hint: 'other slices of the first axis are right: look at the offset of this slice, and at the core that computes it',
  });
