import type { Hypothesis } from '../claim.ts';
import { tilesIn } from '../partition.ts';
import { permuted } from '../permuted.ts';

/** Right tiles in wrong places. */
export const tilesPermuted: Hypothesis = (mismatch) => {
  const tiles = tilesIn(mismatch);
  if (tiles === null) return null;
  const { positionOf } = tiles;
  return permuted(
    mismatch,
    tiles,
    {
      hypothesis: 'tiles-permuted',
      hint: 'tiles are right but arrive elsewhere: look at the order of cores in the join of the output, at offsets of the transfers, at the loop order over tiles',
    },
    ({ moved, source }) =>
      moved.map((tile) => ({ position: positionOf(tile), holds: positionOf(source[tile]!) })),
  );
};
