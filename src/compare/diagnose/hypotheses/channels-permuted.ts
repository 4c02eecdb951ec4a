import type { Hypothesis } from '../claim.ts';
import { columnsOf } from '../partition.ts';
import { permuted } from '../permuted.ts';

/** Right columns (channels of the last axis) in wrong places. */
export const channelsPermuted: Hypothesis = (mismatch) =>
  permuted(mismatch, columnsOf(mismatch), {
    hypothesis: 'channels-permuted',
    hint: 'channels are right but arrive elsewhere: look at the layout of the weights (channel order, groups of lanes), at an interleaving shuffle in the vector code',
  });
