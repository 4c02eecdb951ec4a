import { columnsOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one column is wrong, or only some. */
export const oneColumn: Locator = (mismatch) =>
  confined(mismatch, columnsOf(mismatch), {
    one: 'one-column',
    several: 'several-columns',
    bits: 5,
    hint: 'other columns are right: look at parameters of each channel (scale, bias, weight column), and at the remainder of the vector loop',
  });
