import { bandsOf } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one row of tiles is wrong. */
export const tileRow: Locator = (mismatch) =>
  confined(mismatch, bandsOf(mismatch, 'tile row'), {
    one: 'tile-row',
    bits: 7,
    hint: 'one band of tiles: look at the row offset of its transfers, and at the core or column of the array that computes it',
  });
