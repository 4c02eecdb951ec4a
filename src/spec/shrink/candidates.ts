import { copyOf, isContiguous } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { type Level, levels, liveBlocks } from './blocks.ts';
import { fewest } from './fewest.ts';
import { magnitudes } from './magnitudes.ts';
import { wholesale } from './wholesale.ts';

/** What a candidate tries. */
export type ShrinkLevel = Level | 'wholesale' | 'magnitudes';

/** A smaller input and the level it comes from. */
export interface Candidate {
  readonly level: ShrinkLevel;
  readonly inputs: Tensors;
}

export interface SearchOptions {
  /** Tile of the kernel over the trailing axes. Default a quarter along each of the last two axes. */
  readonly tile?: readonly number[] | undefined;
  /** Which parts are cleared first. Default `first`. */
  readonly clears?: 'first' | 'last';
  /** Level before which all values are changed at once. Default `elements`. */
  readonly wholesaleBefore?: Level;
  /** Leave a part alone at a level where it needs more blocks than this. Default 24. */
  readonly most?: number;
}

/** Passes over the elements: clearing one may make another superfluous. */
const PASSES = 3;

/**
 * The one source of smaller inputs: clears parts, tiles, rows, columns and elements, then brings magnitudes nearer to 0
 * and to powers of two. Yields candidates, takes whether each still fails, and goes on from the last that did; returns
 * that.
 *
 * Every candidate is smaller than the last that failed, so that no search loops: it has fewer non-zero elements; or as
 * many, none of them further from 0, and at least one nearer or without its minus sign.
 */
export function* candidates(
  inputs: Tensors,
  { tile, clears = 'first', most = 24, wholesaleBefore = 'elements' }: SearchOptions = {},
): Generator<Candidate, Tensors, boolean> {
  let current: Tensors = Object.fromEntries(
    Object.entries(inputs).map(([part, t]) => [part, isContiguous(t) ? t : copyOf(t)]),
  );
  // Blocks are cleared from the last of the list.
  const parts = clears === 'first' ? Object.keys(inputs).reverse() : Object.keys(inputs);
  const search = function* (level: Level): Generator<Candidate, void, boolean> {
    const blocks = liveBlocks(current, parts, level, tile);
    current = yield* at(level, fewest(current, blocks, most));
  };
  for (const level of levels) {
    if (level === wholesaleBefore)
      current = yield* at('wholesale', wholesale(current, wholesaleBefore === 'elements'));
    yield* search(level);
  }
  for (let pass = 1, before: Tensors | null = null; pass < PASSES && current !== before; pass++) {
    before = current;
    if (liveBlocks(current, parts, 'elements', tile).length > 8 * most) break;
    yield* search('elements');
  }
  return yield* at('magnitudes', magnitudes(current));
}

function* at(
  level: ShrinkLevel,
  search: Generator<Tensors, Tensors, boolean>,
): Generator<Candidate, Tensors, boolean> {
  let next = search.next(false);
  while (!next.done) next = search.next(yield { level, inputs: next.value });
  return next.value;
}
