import { rowsOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one row is wrong, or only some. */
export const oneRow: Locator = (mismatch) =>
  confined(mismatch, rowsOf(mismatch), {
    one: 'one-row',
    several: 'several-rows',
    bits: 5,
    hint: 'other rows are right: look at what is computed for each row (maximum, sum, mean) and reset between rows, and at the first and last turn of the row loop',
  });
