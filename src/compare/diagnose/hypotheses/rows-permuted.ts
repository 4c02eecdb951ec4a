import type { Hypothesis } from '../claim.ts';
import { rowsOf } from '../partition.ts';
import { permuted } from '../permuted.ts';

/** Right rows in wrong places. */
export const rowsPermuted: Hypothesis = (mismatch) =>
  permuted(mismatch, rowsOf(mismatch), {
    hypothesis: 'rows-permuted',
    hint: 'rows are right but arrive elsewhere: look at the row offset of each core, at the stride of the outer loop, at rows interleaved between buffers',
  });
