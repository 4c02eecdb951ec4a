import { coresOf, tilesIn } from '../partition.ts';
import { confined, type Locator } from '../region.ts';

/** Only one tile is wrong, or only some. */
export const oneTile: Locator = (mismatch) => {
  const tiles = tilesIn(mismatch);
  if (tiles === null) return null;
  const cores = coresOf(mismatch);
  const label = (tile: number): string => {
    if (cores === null) return tiles.label(tile);
    return `${tiles.label(tile)}, part of ${cores.label(cores.groupOf(tiles.first(tile)))}`;
  };
  return confined(
    mismatch,
    { ...tiles, label },
    {
      one: 'one-tile',
      several: 'several-tiles',
      bits: 5,
      hint: 'other tiles are right, so the program is: look at the offsets and the locks of this tile, and at state carried over from the tile before',
    },
    (tile) => ({ position: tiles.positionOf(tile) }),
  );
};
