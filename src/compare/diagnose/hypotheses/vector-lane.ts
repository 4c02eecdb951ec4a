import { combs } from '../partition.ts';
import { cheapestRegion, confined, type Locator } from '../region.ts';

/** Only one lane of every vector is wrong. */
export const vectorLane: Locator = (mismatch) => {
  const { size, columns } = mismatch;
  const regions = [2, 4, 8, 16, 32].map((lanes) => {
    if (lanes >= columns || size % lanes !== 0 || size < 8 * lanes) return null;
    return confined(
      mismatch,
      { ...combs('lane', size, lanes), label: (lane) => `lane ${lane} of every ${lanes} elements` },
      {
        one: 'vector-lane',
        bits: 6,
        hint: 'one lane of the vector code: look at shuffles, at interleaved loads and stores, and at masks',
      },
    );
  });
  return cheapestRegion(regions);
};
