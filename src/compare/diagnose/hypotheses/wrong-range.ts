import type { Locator } from '../region.ts';
import { boundaryBits, stretch } from '../region.ts';
import { count } from '../text.ts';

/** Only one stretch of memory is wrong. */
export const wrongRange: Locator = (mismatch) => {
  const { wrong, size } = mismatch;
  if (wrong.length < 2) return null;
  const from = wrong[0]!;
  const to = wrong.at(-1)! + 1;
  // Wrong to the end is a short transfer.
  if (to - from > 0.9 * size || (from > 0 && to > size - size / 32)) return null;
  return {
    hypothesis: 'wrong-range',
    bits: 4 + boundaryBits(mismatch, from) + boundaryBits(mismatch, to),
    loose: true,
    ...stretch(mismatch, from, to),
    where: `elements ${count(from)} to ${count(to - 1)}`,
    hint: 'one stretch of memory: look for a buffer overwritten by another, a burst that is lost, an offset off in one of several transfers',
  };
};
