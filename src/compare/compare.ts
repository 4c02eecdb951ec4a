import { at, type DType, type Tensor } from '../tensor/index.ts';
import type { Acceptance, AcceptanceResult } from './acceptance.ts';
import { type Metrics, measurementOf, overall } from './metrics.ts';
import { distance, Pair } from './pair.ts';
import { sumsByTile } from './tile-sums.ts';
import { fullTile, gridOf, runsOf, type Tile } from './tiles.ts';

export interface CompareOptions {
  readonly accept: Acceptance;
  /** Tile shape over the trailing axes; without it the whole tensor is one tile. */
  readonly tile?: readonly number[];
  /** `verdict` computes metrics and tiles only if the comparison failed. Default `full`. */
  readonly detail?: 'full' | 'verdict';
}

export interface TileResult extends Tile {
  /** Whether the elementwise parts of the acceptance accept every element of the tile. */
  readonly pass: boolean;
  /** Elements they reject; null if the acceptance has no elementwise part, so that tiles are not judged. */
  readonly rejected: number | null;
  readonly metrics: Metrics;
}

/** A number, or `NaN`, `Infinity`, `-Infinity`, which JSON cannot hold as numbers. */
export type JsonNumber = number | string;

/** The element that is furthest off: of those the acceptance rejects, or of all if it rejects none. */
export interface WorstElement {
  readonly index: readonly number[];
  /** Grid position of its tile. */
  readonly tile: readonly number[];
  readonly expected: JsonNumber;
  readonly actual: JsonNumber;
  /** actual - expected. */
  readonly error: JsonNumber;
}

/** All that is known of one comparison; plain data that survives JSON. */
export interface Comparison {
  readonly pass: boolean;
  /** dtype of the actual tensor. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Tile shape at the tensor's rank. */
  readonly tile: readonly number[];
  /** Tiles along each axis. */
  readonly grid: readonly number[];
  /** In C order of their positions. */
  readonly tiles: readonly TileResult[];
  readonly overall: Metrics;
  readonly acceptance: AcceptanceResult;
  /** Null if no element differs (nor is rejected). */
  readonly worst: WorstElement | null;
}

/** All that `detail: 'verdict'` says of a pair that passes. */
export interface Accepted {
  readonly pass: true;
  readonly acceptance: AcceptanceResult;
}

/**
 * Judges `actual` against `expected` (equal shapes) as a whole and tile by tile. A tile passes if the elementwise
 * parts of the acceptance pass on it; aggregates are judged overall only. With `detail: 'verdict'` only what the
 * acceptance needs is computed for a pair that passes. Throws {@link ShapeError} for different shapes or a tile that
 * does not fit.
 */
export function compare(
  expected: Tensor,
  actual: Tensor,
  options: CompareOptions & { readonly detail?: 'full' },
): Comparison;
export function compare(expected: Tensor, actual: Tensor, options: CompareOptions): Comparison | Accepted;
export function compare(
  expected: Tensor,
  actual: Tensor,
  { accept, tile, detail = 'full' }: CompareOptions,
): Comparison | Accepted {
  const { rtol } = accept;
  fullTile(expected.shape, tile);
  if (detail === 'verdict') {
    // Tiles are worth their trouble only to those who look at them.
    const acceptance = accept.judgePair(new Pair(expected, actual, { rtol }));
    if (acceptance.pass) return { pass: true, acceptance };
  }
  const pair = new Pair(expected, actual, { tile, rtol });
  const { shape, dtype } = pair;
  const full = fullTile(shape, tile);
  const acceptance = accept.judgePair(pair);
  const rejects = accept.rejects(pair);
  return {
    pass: acceptance.pass,
    dtype,
    shape: [...shape],
    tile: full,
    grid: gridOf(shape, full),
    tiles: sumsByTile(pair).map((sums, i) => {
      const { origin, extent, position } = pair.tiles[i]!;
      const { metrics } = measurementOf(sums, pair.integer);
      // What is accepted rejects no element, so that there is nothing to count.
      const rejected = rejects && (acceptance.pass ? 0 : rejectedIn(pair, pair.tiles[i]!, rejects));
      return { origin, extent, position, pass: !rejected, rejected, metrics };
    }),
    overall: overall(pair).metrics,
    acceptance,
    worst: worstElement(pair, rejects !== null && !acceptance.pass ? rejects : null, full),
  };
}

function rejectedIn(pair: Pair, tile: Tile, rejects: Uint8Array): number {
  const { starts, length } = runsOf(pair.shape, tile);
  let rejected = 0;
  for (const start of starts) {
    for (let i = start; i < start + length; i++) rejected += rejects[i]!;
  }
  return rejected;
}

function worstElement(pair: Pair, rejects: Uint8Array | null, tile: readonly number[]): WorstElement | null {
  const among = rejects?.includes(1) ? rejects : null;
  const worst = among === null ? greatestError(pair) : furthest(pair, among);
  if (worst < 0) return null;
  const index = pair.indexOf(worst);
  const e = at(pair.tensors.expected, ...index);
  const a = at(pair.tensors.actual, ...index);
  return {
    index,
    tile: index.map((i, axis) => Math.floor(i / tile[axis]!)),
    expected: jsonNumber(e),
    actual: jsonNumber(a),
    error: jsonNumber(a - e),
  };
}

/** The first element with the greatest error, any that is not finite before all others; -1 if all are equal. */
function greatestError(pair: Pair): number {
  const { nonFinite } = pair;
  const { maxAbsError } = overall(pair).metrics;
  const special =
    nonFinite.expected.nan + nonFinite.expected.infinite + nonFinite.actual.nan + nonFinite.actual.infinite;
  if (special > 0 || maxAbsError === null) return furthest(pair, null);
  if (maxAbsError === 0) return -1;
  let first = Infinity;
  for (const [i, { errors }] of sumsByTile(pair).entries()) {
    if (errors.max !== maxAbsError || ordinalOf(pair, pair.tiles[i]!.origin) > first) continue;
    first = Math.min(first, firstError(pair, i, maxAbsError));
  }
  return first;
}

function ordinalOf({ shape }: Pair, index: readonly number[]): number {
  return index.reduce((ordinal, i, axis) => ordinal * shape[axis]! + i, 0);
}

/** Where in the whole pair the first element of a tile lies whose error is `magnitude`. */
function firstError(pair: Pair, tile: number, magnitude: number): number {
  const { expected, actual } = pair.tilePair(tile);
  const { starts, length } = runsOf(pair.shape, pair.tiles[tile]!);
  const i = expected.findIndex((e, i) => Math.abs(actual[i]! - e) === magnitude);
  return starts[Math.floor(i / length)]! + (i % length);
}

/** The element furthest off among those marked, equal or not; without marks of all, -1 if all are equal. */
function furthest({ expected, actual, size }: Pair, among: Uint8Array | null): number {
  let worst = -1;
  let most = among === null ? 0 : -1;
  for (let i = 0; i < size; i++) {
    if (among !== null && among[i] === 0) continue;
    const d = distance(expected[i]!, actual[i]!);
    if (d > most) {
      most = d;
      worst = i;
    }
  }
  return worst;
}

function jsonNumber(x: number): JsonNumber {
  return Number.isFinite(x) ? x + 0 : String(x);
}
