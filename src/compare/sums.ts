import { dtypeInfo } from '../tensor/index.ts';
import type { Pair } from './pair.ts';
import type { Runs } from './tiles.ts';

/** The sums that metrics are made of: taken block by block, then joined. */

/**
 * Elements summed at a time. Short calls let V8 keep running sums in registers, which it does not do in a long loop
 * that it optimises half-way through.
 */
const BLOCK = 4096;

/** The same elements in pieces of at most a block. */
function blocksOf({ starts, length }: Runs): Runs[] {
  if (length > BLOCK) {
    const pieces = Math.ceil(length / BLOCK);
    return starts.flatMap((from) =>
      Array.from({ length: pieces }, (_, i) => ({
        starts: [from + i * BLOCK],
        length: Math.min(BLOCK, length - i * BLOCK),
      })),
    );
  }
  const atATime = Math.floor(BLOCK / length);
  if (starts.length <= atATime) return starts.length === 0 ? [] : [{ starts, length }];
  return Array.from({ length: Math.ceil(starts.length / atATime) }, (_, i) => ({
    starts: starts.slice(i * atATime, (i + 1) * atATime),
    length,
  }));
}

/** Everything summed over some elements. */
export interface Sums {
  readonly count: number;
  readonly expected: Side;
  readonly actual: Side;
  readonly counts: Counts;
  readonly errors: Errors;
  readonly moments: Moments;
  /** The greatest |error| - rtol |expected| for the `rtol` of the pair; Infinity where it was not looked for. */
  readonly excess: number;
  /** Where among the elements the first with the greatest |error| lies; -1 where it was not looked for. */
  readonly furthest: number;
}

/** Over the elements in `runs`, which are at least one. */
export function sumsOf(pair: Pair, runs: Runs): Sums {
  const blocks = blocksOf(runs);
  const { min, max } = dtypeInfo(pair.dtype);
  const expected = blocks.map((block) => sideOf(pair.expected, block)).reduce(joinSides);
  const actual = blocks.map((block) => sideOf(pair.actual, block)).reduce(joinSides);
  const eMean = expected.sum / expected.finite;
  const aMean = actual.sum / actual.finite;
  return {
    count: runs.starts.length * runs.length,
    expected,
    actual,
    counts: blocks.map((block) => countsOf(pair, block, min, max)).reduce(joinCounts),
    errors: blocks.map((block) => errorsOf(pair, block)).reduce(joinErrors),
    moments: blocks.map((block) => momentsOf(pair, block, eMean, aMean)).reduce(joinMoments),
    excess: Infinity,
    furthest: -1,
  };
}

/** Of no element. */
export const NO_SUMS: Sums = {
  count: 0,
  expected: { min: Infinity, max: -Infinity, sum: 0, finite: 0, zero: 0, nan: 0, infinite: 0 },
  actual: { min: Infinity, max: -Infinity, sum: 0, finite: 0, zero: 0, nan: 0, infinite: 0 },
  counts: { mismatches: 0, maxUlp: 0, saturated: 0 },
  errors: { finite: 0, max: 0, absolute: 0, signed: 0, squares: 0, signal: 0, positive: 0, nonZero: 0 },
  moments: { n: 0, eMean: 0, aMean: 0, e1: 0, a1: 0, e2: 0, a2: 0, cross: 0 },
  excess: 0,
  furthest: -1,
};

/** Over the elements of all `parts` together. */
export function joinSums(parts: readonly Sums[]): Sums {
  if (parts.length <= 1) return parts[0] ?? NO_SUMS;
  const expected = parts.map((part) => part.expected).reduce(joinSides);
  const actual = parts.map((part) => part.actual).reduce(joinSides);
  const eMean = expected.sum / expected.finite;
  const aMean = actual.sum / actual.finite;
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    expected,
    actual,
    counts: parts.map((part) => part.counts).reduce(joinCounts),
    errors: parts.map((part) => part.errors).reduce(joinErrors),
    moments: parts.map((part) => about(part.moments, eMean, aMean)).reduce(joinMoments),
    excess: parts.reduce((most, part) => Math.max(most, part.excess), 0),
    furthest: -1,
  };
}

/** Sums over the finite values of one side. */
export interface Side {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly finite: number;
  readonly zero: number;
  readonly nan: number;
  readonly infinite: number;
}

function sideOf(values: Float64Array, { starts, length }: Runs): Side {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let zero = 0;
  let nan = 0;
  let infinite = 0;
  for (let run = 0; run < starts.length; run++) {
    const start = starts[run]!;
    for (let i = start; i < start + length; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) {
        if (Number.isNaN(x)) nan++;
        else infinite++;
        continue;
      }
      if (x === 0) zero++;
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
    }
  }
  return { min, max, sum, finite: starts.length * length - nan - infinite, zero, nan, infinite };
}

function joinSides(x: Side, y: Side): Side {
  return {
    min: Math.min(x.min, y.min),
    max: Math.max(x.max, y.max),
    sum: x.sum + y.sum,
    finite: x.finite + y.finite,
    zero: x.zero + y.zero,
    nan: x.nan + y.nan,
    infinite: x.infinite + y.infinite,
  };
}

export interface Counts {
  readonly mismatches: number;
  readonly maxUlp: number;
  readonly saturated: number;
}

function countsOf(
  { target, actual, ulps }: Pair,
  { starts, length }: Runs,
  min: number,
  max: number,
): Counts {
  let mismatches = 0;
  let maxUlp = 0;
  let saturated = 0;
  for (let run = 0; run < starts.length; run++) {
    const start = starts[run]!;
    for (let i = start; i < start + length; i++) {
      const e = target[i]!;
      const a = actual[i]!;
      if (e !== a && !(Number.isNaN(e) && Number.isNaN(a))) mismatches++;
      if (a === min || a === max) saturated++;
      const ulp = ulps[i]!;
      if (ulp > maxUlp && ulp !== Infinity) maxUlp = ulp;
    }
  }
  return { mismatches, maxUlp, saturated };
}

function joinCounts(x: Counts, y: Counts): Counts {
  return {
    mismatches: x.mismatches + y.mismatches,
    maxUlp: Math.max(x.maxUlp, y.maxUlp),
    saturated: x.saturated + y.saturated,
  };
}

/** Errors, and the power of the expected values, over the elements with both sides finite. */
export interface Errors {
  readonly finite: number;
  readonly max: number;
  readonly absolute: number;
  readonly signed: number;
  readonly squares: number;
  /** Sum of expected^2. */
  readonly signal: number;
  readonly positive: number;
  readonly nonZero: number;
}

function errorsOf({ expected, actual }: Pair, { starts, length }: Runs): Errors {
  let special = 0;
  let max = 0;
  let absolute = 0;
  let signed = 0;
  let squares = 0;
  let signal = 0;
  let positive = 0;
  let nonZero = 0;
  for (let run = 0; run < starts.length; run++) {
    const start = starts[run]!;
    for (let i = start; i < start + length; i++) {
      const e = expected[i]!;
      const error = actual[i]! - e;
      // Two finite numbers may be further apart than the greatest float64.
      if (!Number.isFinite(error) && !(Number.isFinite(actual[i]) && Number.isFinite(e))) {
        special++;
        continue;
      }
      const magnitude = Math.abs(error);
      if (error !== 0) nonZero++;
      if (error > 0) positive++;
      if (magnitude > max) max = magnitude;
      absolute += magnitude;
      signed += error;
      squares += error * error;
      signal += e * e;
    }
  }
  return {
    finite: starts.length * length - special,
    max,
    absolute,
    signed,
    squares,
    signal,
    positive,
    nonZero,
  };
}

function joinErrors(x: Errors, y: Errors): Errors {
  return {
    finite: x.finite + y.finite,
    max: Math.max(x.max, y.max),
    absolute: x.absolute + y.absolute,
    signed: x.signed + y.signed,
    squares: x.squares + y.squares,
    signal: x.signal + y.signal,
    positive: x.positive + y.positive,
    nonZero: x.nonZero + y.nonZero,
  };
}

/**
 * Second moments of the elements with both sides finite, taken about the means, so that nothing cancels for a tensor
 * far from zero. What rounding left in the means is corrected at the end (the corrected two-pass algorithm of Chan,
 * Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
 */
export interface Moments {
  readonly n: number;
  /** What the sums are about: the means, or near them. */
  readonly eMean: number;
  readonly aMean: number;
  readonly e1: number;
  readonly a1: number;
  readonly e2: number;
  readonly a2: number;
  readonly cross: number;
}

function momentsOf(
  { expected, actual }: Pair,
  { starts, length }: Runs,
  eMean: number,
  aMean: number,
): Moments {
  let n = 0;
  let e1 = 0;
  let a1 = 0;
  let e2 = 0;
  let a2 = 0;
  let cross = 0;
  for (let run = 0; run < starts.length; run++) {
    const start = starts[run]!;
    for (let i = start; i < start + length; i++) {
      const e = expected[i]! - eMean;
      const a = actual[i]! - aMean;
      if (!Number.isFinite(e + a)) continue;
      n++;
      e1 += e;
      a1 += a;
      e2 += e * e;
      a2 += a * a;
      cross += e * a;
    }
  }
  return { n, eMean, aMean, e1, a1, e2, a2, cross };
}

/** The same moments about other means. */
function about(of: Moments, eMean: number, aMean: number): Moments {
  const { n, e1, a1, e2, a2, cross } = of;
  if (n === 0) return { ...of, eMean, aMean };
  // First about their own means, so that only sums of squares are added.
  const e = of.eMean + e1 / n - eMean;
  const a = of.aMean + a1 / n - aMean;
  return {
    n,
    eMean,
    aMean,
    e1: n * e,
    a1: n * a,
    e2: e2 - (e1 * e1) / n + n * e * e,
    a2: a2 - (a1 * a1) / n + n * a * a,
    cross: cross - (e1 * a1) / n + n * e * a,
  };
}

/** Both about the same means. */
function joinMoments(x: Moments, y: Moments): Moments {
  return {
    n: x.n + y.n,
    eMean: x.eMean,
    aMean: x.aMean,
    e1: x.e1 + y.e1,
    a1: x.a1 + y.a1,
    e2: x.e2 + y.e2,
    a2: x.a2 + y.a2,
    cross: x.cross + y.cross,
  };
}
