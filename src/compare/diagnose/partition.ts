import { fullTile, gridOf, runsOf, tilesOf } from '../tiles.ts';
import type { Mismatch } from './mismatch.ts';

/** The elements of a tensor in groups that hardware handles as one: tiles, rows, columns, slices. */
export interface Partition {
  /** Singular, for messages. */
  readonly name: string;
  readonly count: number;
  groupOf(ordinal: number): number;
  /** Ordinal of a group's first element. */
  first(group: number): number;
  /** Where a group's elements lie from its first on, in C order; one array for all groups of one shape. */
  pattern(group: number): Int32Array;
  shapeOf(group: number): readonly number[];
  label(group: number): string;
}

/** `count` ordinals from `start`, `step` apart. */
export function series(start: number, step: number, count: number): Int32Array {
  const ordinals = new Int32Array(count);
  for (let k = 0; k < count; k++) ordinals[k] = start + k * step;
  return ordinals;
}

/** Ordinals of a group's elements. */
export function ordinalsOf(partition: Partition, group: number): Int32Array {
  const first = partition.first(group);
  return partition.pattern(group).map((offset) => first + offset);
}

/** Groups of `width` elements one after another, each of `shape`. */
function blocks(name: string, size: number, shape: readonly number[]): Partition {
  const width = shape.reduce((product, extent) => product * extent, 1);
  const pattern = series(0, 1, width);
  return {
    name,
    count: size / width,
    groupOf: (ordinal) => Math.floor(ordinal / width),
    first: (group) => group * width,
    pattern: () => pattern,
    shapeOf: () => shape,
    label: (group) => `${name} ${group}`,
  };
}

/** Elements with one position in every `width`: columns of rows of that width, lanes of vectors. */
export function combs(name: string, size: number, width: number): Partition {
  const pattern = series(0, width, size / width);
  return {
    name,
    count: width,
    groupOf: (ordinal) => ordinal % width,
    first: (group) => group,
    pattern: () => pattern,
    shapeOf: () => [size / width],
    label: (group) => `${name} ${group}`,
  };
}

function isMatrix({ shape, size, columns }: Mismatch): boolean {
  return shape.length > 1 && columns > 1 && size > columns;
}

/** Rows along the last axis, numbered through all leading axes; null where there is only one. */
export function rowsOf(mismatch: Mismatch): Partition | null {
  const { shape, size, columns } = mismatch;
  if (!isMatrix(mismatch)) return null;
  const rows = blocks('row', size, [columns]);
  if (shape.length === 2) return rows;
  const perSlice = shape.at(-2)!;
  const label = (row: number): string => `row ${row % perSlice} of slice ${Math.floor(row / perSlice)}`;
  return { ...rows, label };
}

/** Columns: all elements with one index of the last axis. */
export function columnsOf(mismatch: Mismatch): Partition | null {
  return isMatrix(mismatch) ? combs('column', mismatch.size, mismatch.columns) : null;
}

/** Slices of the first axis of a tensor of three or more. */
export function slicesOf({ shape, size }: Mismatch): Partition | null {
  if (shape.length < 3 || shape[0]! < 2 || size === 0) return null;
  return blocks('slice', size, shape.slice(1));
}

/** The equal slices of the first axis that the cores of the context computed. */
export function coresOf({ shape, size, context }: Mismatch): Partition | null {
  const cores = context.cores ?? [];
  const extent = shape[0] ?? 1;
  if (cores.length < 2 || extent % cores.length !== 0 || size === 0) return null;
  const each = extent / cores.length;
  const axis = shape.length > 2 ? 'slice' : 'row';
  return {
    ...blocks('core', size, [each, ...shape.slice(1)]),
    label: (core) => {
      const { column, row } = cores[core]!;
      const from = core * each;
      const computed = each === 1 ? `${axis} ${from}` : `${axis}s ${from} to ${from + each - 1}`;
      return `what core ${core} at (column ${column}, row ${row}) computed, ${computed}`;
    },
  };
}

/** Tiles of the context's tile shape, in C order of their positions. */
export interface TilePartition extends Partition {
  positionOf(group: number): readonly number[];
  /** Tile shape at the tensor's rank, and tiles along each axis. */
  readonly tile: readonly number[];
  readonly grid: readonly number[];
}

/** Tiles of the context; null without a tile shape, or where one tile is the whole tensor. */
export function tilesIn(mismatch: Mismatch): TilePartition | null {
  return mismatch.once(TILES, () => makeTiles(mismatch));
}

const TILES = {};

function makeTiles({ shape, context: { tile } }: Mismatch): TilePartition | null {
  if (tile === undefined || tile.length > shape.length) return null;
  const full = fullTile(shape, tile);
  const grid = gridOf(shape, tile);
  const tiles = tilesOf(shape, tile);
  if (tiles.length < 2) return null;
  const byShape = new Map<string, Int32Array>();
  const patternOf = (extent: readonly number[]): Int32Array => {
    const key = extent.join();
    const known = byShape.get(key);
    if (known !== undefined) return known;
    const { starts, length } = runsOf(shape, { origin: extent.map(() => 0), extent });
    const pattern = joined(starts.map((start) => series(start, 1, length)));
    byShape.set(key, pattern);
    return pattern;
  };
  const patterns = tiles.map(({ extent }) => patternOf(extent));
  const firsts = tiles.map(({ origin }) => origin.reduce((sum, from, axis) => sum * shape[axis]! + from, 0));
  return {
    name: 'tile',
    count: tiles.length,
    tile: full,
    grid,
    positionOf: (group) => tiles[group]!.position,
    shapeOf: (group) => tiles[group]!.extent,
    groupOf: (ordinal) => {
      let group = 0;
      let weight = 1;
      let rest = ordinal;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const index = rest % shape[axis]!;
        group += Math.floor(index / full[axis]!) * weight;
        weight *= grid[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      return group;
    },
    first: (group) => firsts[group]!,
    pattern: (group) => patterns[group]!,
    label: (group) => `tile [${tiles[group]!.position.join(', ')}]`,
  };
}

/** Bands of tiles: all with one position along the last axis (tile columns) or the one before (tile rows). */
export function bandsOf(mismatch: Mismatch, name: 'tile row' | 'tile column'): Partition | null {
  const tiles = tilesIn(mismatch);
  const { shape, size } = mismatch;
  const axis = shape.length - (name === 'tile row' ? 2 : 1);
  // Where the other axes have one tile only, a band is a tile.
  if (tiles === null || axis < 0 || tiles.grid[axis]! < 2 || tiles.count === tiles.grid[axis]) return null;
  const width = tiles.tile[axis]!;
  const extent = shape[axis]!;
  const inner = name === 'tile row' ? shape.at(-1)! : 1;
  const outer = size / inner / extent;
  const heightOf = (band: number): number => Math.min(width, extent - band * width);
  const patterns = new Map<number, Int32Array>();
  return {
    name,
    count: tiles.grid[axis]!,
    groupOf: (ordinal) => Math.floor((Math.floor(ordinal / inner) % extent) / width),
    first: (band) => band * width * inner,
    pattern: (band) => {
      const height = heightOf(band);
      const known = patterns.get(height);
      if (known !== undefined) return known;
      const pattern = joined(
        Array.from({ length: outer }, (_, o) => series(o * extent * inner, 1, height * inner)),
      );
      patterns.set(height, pattern);
      return pattern;
    },
    shapeOf: (band) => (inner === 1 ? [outer, heightOf(band)] : [outer * heightOf(band), inner]),
    label: (band) => `${name} ${band}`,
  };
}

/** Ordinals of several groups one after another. */
export function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
