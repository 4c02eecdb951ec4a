import { bandsOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one column of tiles is wrong. */
export const tileColumn: Locator = (mismatch) =>
  confined(mismatch, bandsOf(mismatch, 'tile column'), {
    one: 'tile-column',
    bits: 7,
    hint: 'one band of tiles: look at the column offset of its transfers, and at the core or column of the array that computes it',
  });
