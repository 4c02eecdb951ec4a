import type { Mismatch } from '../mismatch.ts';
import { boundaryBits, type Locator, stretch } from '../region.ts';
import { count } from '../text.ts';

/**
 * Where the end may begin: before the first wrong element there can be some that are right by chance, because the
 * end, all of one value, happens to hold what is expected there. The likeliest of those places.
 */
function cutOf(mismatch: Mismatch, firstWrong: number): number {
  const { actual, size } = mismatch;
  let best = firstWrong;
  for (let at = firstWrong - 1; at > 0 && actual[at] === actual[size - 1]; at--) {
    if (boundaryBits(mismatch, at) < boundaryBits(mismatch, best)) best = at;
  }
  return best;
}

/** Share of the output, one in so many, that must be right. */
const LEAST_RIGHT = 32;

/** Right up to an index, wrong beyond it. */
export const shortTransfer: Locator = (mismatch) => {
  const { wrong, size } = mismatch;
  const firstWrong = wrong[0] ?? 0;
  // That the first few elements are right shows nothing.
  if (firstWrong < size / LEAST_RIGHT || wrong.length < 2 || wrong.at(-1)! < size - Math.max(2, size / 32))
    return null;
  const from = cutOf(mismatch, firstWrong);
  return {
    hypothesis: 'short-transfer',
    bits: 2 + boundaryBits(mismatch, from),
    ...stretch(mismatch, from, size),
    where: `the elements from ${count(from)} on (the ${count(from)} before are right)`,
    typical: ['untouched-canary', 'all-zero', 'stale-output', 'constant', 'input-copy'],
    hint: 'the end is missing: look at the length of the output transfer (elements against bytes against words), at the trip count of the loop, at a completion signalled too early',
  };
};
