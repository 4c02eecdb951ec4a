import { ShapeError } from '../errors.ts';
import type { Shape } from '../tensor/index.ts';

/** One tile of a tensor. All three have the tensor's rank. */
export interface Tile {
  /** Index of its first element. */
  readonly origin: readonly number[];
  /** Elements along each axis; less than the tile shape at a ragged edge. */
  readonly extent: readonly number[];
  /** Where it lies in the grid of tiles. */
  readonly position: readonly number[];
}

/**
 * The tile shape at the tensor's rank: `tile` applies to the trailing axes, leading axes get extent 1; without
 * `tile` the whole tensor is one tile. Throws {@link ShapeError} for a tile of more axes than the tensor or with an
 * extent that is not a whole number from 1.
 */
export function fullTile(shape: Shape, tile?: readonly number[]): readonly number[] {
  if (tile === undefined) return shape.map((extent) => Math.max(extent, 1));
  const named = `tile [${tile.join(', ')}]`;
  if (tile.length > shape.length) {
    throw new ShapeError(
      `${named} has ${tile.length} axes, but shape [${shape.join(', ')}] has ${shape.length}`,
      'give at most one tile extent for each axis of the tensor',
    );
  }
  const bad = tile.find((extent) => !Number.isSafeInteger(extent) || extent < 1);
  if (bad !== undefined) {
    throw new ShapeError(`${named} has extent ${bad}`, 'extents of a tile are whole numbers from 1');
  }
  return [...new Array<number>(shape.length - tile.length).fill(1), ...tile];
}

/** Tiles along each axis; 0 along an axis without elements. Throws as {@link fullTile} does. */
export function gridOf(shape: Shape, tile?: readonly number[]): readonly number[] {
  const full = fullTile(shape, tile);
  return shape.map((extent, axis) => Math.ceil(extent / full[axis]!));
}

/**
 * Partitions `shape` into tiles in C order of their grid positions: every element lies in exactly one. A scalar is
 * one tile of rank 0; a shape without elements has no tiles. Throws as {@link fullTile} does.
 */
export function tilesOf(shape: Shape, tile?: readonly number[]): Tile[] {
  if (tile === undefined) {
    const origin = shape.map(() => 0);
    return shape.includes(0) ? [] : [{ origin, extent: [...shape], position: origin }];
  }
  const full = fullTile(shape, tile);
  const grid = gridOf(shape, tile);
  let positions: number[][] = [[]];
  for (const count of grid) {
    positions = positions.flatMap((head) => Array.from({ length: count }, (_, i) => [...head, i]));
  }
  return positions.map((position) => {
    const origin = position.map((p, axis) => p * full[axis]!);
    const extent = origin.map((from, axis) => Math.min(full[axis]!, shape[axis]! - from));
    return { origin, extent, position };
  });
}

/** A tile's elements as stretches of equal length in the flat C-ordered array. */
export interface Runs {
  readonly starts: readonly number[];
  readonly length: number;
}

/** Where the elements of `tile` lie in a C-ordered array of `shape`; neighbouring stretches are joined. */
export function runsOf(shape: Shape, { origin, extent }: Pick<Tile, 'origin' | 'extent'>): Runs {
  let length = 1;
  let axis = shape.length - 1;
  // Axes inside one that the tile covers whole are contiguous with it.
  for (; axis >= 0; axis--) {
    length *= extent[axis]!;
    if (extent[axis] !== shape[axis]) break;
  }
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    stride[i] = step;
    step *= shape[i]!;
  }
  let starts = [origin.reduce((sum, from, i) => sum + from * stride[i]!, 0)];
  for (let outer = 0; outer < axis; outer++) {
    const count = extent[outer]!;
    const gap = stride[outer]!;
    starts = starts.flatMap((start) => Array.from({ length: count }, (_, i) => start + i * gap));
  }
  return length === 0 ? { starts: [], length } : { starts, length };
}

/** The same where the stretches are evenly spaced: `count` of them, `columns` long, `stride` apart. */
export interface Rows {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  readonly columns: number;
}

/** The elements of `tile` as {@link Rows}; null where it has three or more axes that a row does not cover. */
export function rowsOf(shape: Shape, { origin, extent }: Pick<Tile, 'origin' | 'extent'>): Rows | null {
  let start = 0;
  let step = 1;
  let columns = 1;
  let stride = 0;
  let count = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const along = extent[axis]!;
    start += origin[axis]! * step;
    if (along !== 1) {
      if (count === 1 && columns === step) columns *= along;
      else if (count === 1) [count, stride] = [along, step];
      else if (stride * count === step) count *= along;
      else return null;
    }
    step *= shape[axis]!;
  }
  return { start, stride, count, columns };
}
