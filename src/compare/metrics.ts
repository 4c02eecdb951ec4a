import { dtypeInfo } from '../tensor/index.ts';
import type { Pair } from './pair.ts';
import { type Runs, runsOf } from './tiles.ts';

/** What is known of one side. `min` and `max` are over its finite values; null if there are none. */
export interface SideMetrics {
  readonly min: number | null;
  readonly max: number | null;
  /** Elements other than zero (NaN counts as non-zero). */
  readonly nonZero: number;
  readonly nan: number;
  readonly infinite: number;
}

/**
 * Plain numbers on how far `actual` is from `expected`, over a tile or a whole tensor. Errors are actual - expected
 * with the raw expected values; they, and all that follows from them, are measured where both sides are finite.
 * null stands for what is undefined.
 */
export interface Metrics {
  readonly count: number;
  /** Elements that `exact()` rejects. */
  readonly mismatches: number;
  readonly maxAbsError: number | null;
  readonly meanAbsError: number | null;
  /** Root of the mean squared error. */
  readonly rmse: number | null;
  /** Mean of the signed errors. */
  readonly meanError: number | null;
  /** Fraction of positive errors among the non-zero ones: far from 0.5 it speaks of a rounding mode. */
  readonly signBias: number | null;
  /** ULPs of the actual tensor's dtype from the expected value rounded to it; LSBs for integers. */
  readonly maxUlp: number | null;
  /** Pearson's correlation; null where a side is constant. */
  readonly correlation: number | null;
  /** Cosine similarity; null where a side is all zero. */
  readonly cosine: number | null;
  /** 10 log10(sum of expected^2 / sum of error^2) in dB; null without a signal and where there is no error. */
  readonly snrDb: number | null;
  /** Actual elements at the least or greatest value of their dtype; null for floats. */
  readonly saturated: number | null;
  readonly expected: SideMetrics;
  readonly actual: SideMetrics;
}

/** {@link Metrics}, and the signal-to-noise ratio as a number that may be Infinity (no error) or NaN (undefined). */
export interface Measurement {
  readonly metrics: Metrics;
  readonly snr: number;
  /** Position (C order) of the greatest finite error; -1 if there is none but 0. */
  readonly worst: number;
}

/**
 * Elements summed at a time. Blocks keep the values in the first-level cache from one kind of sum to the next, and
 * short calls let V8 keep running sums in registers, which it does not do in a long loop it enters half-way.
 */
const BLOCK = 4096;

function forEachBlock({ starts, length }: Runs, visit: (start: number, end: number) => void): void {
  for (const from of starts) {
    const to = from + length;
    for (let start = from; start < to; start += BLOCK) visit(start, Math.min(to, start + BLOCK));
  }
}

/** Metrics of the elements in `runs`. */
export function measure(pair: Pair, runs: Runs): Measurement {
  const counts = new Counts();
  const errors = new Errors();
  const expected = new Side();
  const actual = new Side();
  forEachBlock(runs, (start, end) => {
    expected.add(pair.expected, start, end);
    actual.add(pair.actual, start, end);
    counts.add(pair, start, end);
    errors.add(pair, start, end);
  });
  const moments = new Moments(expected.mean, actual.mean);
  forEachBlock(runs, (start, end) => moments.add(pair, start, end));
  const mean = (sum: number): number | null => (errors.finite === 0 ? null : orNull(sum / errors.finite));
  const snr = errors.signal > 0 ? 10 * Math.log10(errors.signal / errors.squares) : Number.NaN;
  const meanSquare = mean(errors.squares);
  const metrics: Metrics = {
    count: runs.starts.length * runs.length,
    mismatches: counts.mismatches,
    maxAbsError: errors.finite === 0 ? null : orNull(errors.max),
    meanAbsError: mean(errors.absolute),
    rmse: meanSquare === null ? null : Math.sqrt(meanSquare),
    meanError: mean(errors.signed),
    signBias: errors.nonZero === 0 ? null : errors.positive / errors.nonZero,
    maxUlp: errors.finite === 0 ? null : counts.maxUlp,
    correlation: expected.constant || actual.constant ? null : moments.correlation,
    cosine: moments.cosine,
    snrDb: orNull(snr),
    saturated: pair.integer ? counts.saturated : null,
    expected: expected.metrics(),
    actual: actual.metrics(),
  };
  return { metrics, snr, worst: errors.worst };
}

class Side {
  min = Infinity;
  max = -Infinity;
  sum = 0;
  finite = 0;
  zero = 0;
  nan = 0;
  infinite = 0;

  add(values: Float64Array, start: number, end: number): void {
    let { min, max, sum, zero } = this;
    let special = 0;
    for (let i = start; i < end; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) {
        if (Number.isNaN(x)) this.nan++;
        else this.infinite++;
        special++;
        continue;
      }
      if (x === 0) zero++;
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
    }
    this.finite += end - start - special;
    this.min = min;
    this.max = max;
    this.sum = sum;
    this.zero = zero;
  }

  get constant(): boolean {
    return !(this.max > this.min);
  }

  get mean(): number {
    return this.sum / this.finite;
  }

  metrics(): SideMetrics {
    const { nan, infinite } = this;
    const nonZero = this.finite - this.zero + nan + infinite;
    return { min: orNull(this.min), max: orNull(this.max), nonZero, nan, infinite };
  }
}

class Counts {
  mismatches = 0;
  maxUlp = 0;
  saturated = 0;

  add(pair: Pair, start: number, end: number): void {
    const { target, actual, ulps } = pair;
    const { min, max } = dtypeInfo(pair.dtype);
    let { mismatches, maxUlp, saturated } = this;
    for (let i = start; i < end; i++) {
      const e = target[i]!;
      const a = actual[i]!;
      if (e !== a && !(Number.isNaN(e) && Number.isNaN(a))) mismatches++;
      if (a === min || a === max) saturated++;
      const ulp = ulps[i]!;
      if (ulp > maxUlp && ulp !== Infinity) maxUlp = ulp;
    }
    this.mismatches = mismatches;
    this.maxUlp = maxUlp;
    this.saturated = saturated;
  }
}

/** Errors, and the expected values' power, of the elements with both sides finite. */
class Errors {
  finite = 0;
  worst = -1;
  max = 0;
  absolute = 0;
  signed = 0;
  squares = 0;
  /** Sum of expected^2. */
  signal = 0;
  positive = 0;
  nonZero = 0;

  add({ expected, actual }: Pair, start: number, end: number): void {
    let { max, absolute, signed, squares, signal, positive, nonZero } = this;
    let special = 0;
    for (let i = start; i < end; i++) {
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
      if (magnitude > max) {
        max = magnitude;
        this.worst = i;
      }
      absolute += magnitude;
      signed += error;
      squares += error * error;
      signal += e * e;
    }
    this.finite += end - start - special;
    this.max = max;
    this.absolute = absolute;
    this.signed = signed;
    this.squares = squares;
    this.signal = signal;
    this.positive = positive;
    this.nonZero = nonZero;
  }
}

/**
 * Second moments of the elements with both sides finite, taken about the means, so that nothing cancels for a tensor
 * far from zero. What rounding left in the means is corrected at the end (the corrected two-pass algorithm of Chan,
 * Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
 */
class Moments {
  readonly eMean: number;
  readonly aMean: number;
  n = 0;
  e1 = 0;
  a1 = 0;
  e2 = 0;
  a2 = 0;
  cross = 0;

  constructor(eMean: number, aMean: number) {
    this.eMean = eMean;
    this.aMean = aMean;
  }

  add({ expected, actual }: Pair, start: number, end: number): void {
    const { eMean, aMean } = this;
    let { n, e1, a1, e2, a2, cross } = this;
    for (let i = start; i < end; i++) {
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
    this.n = n;
    this.e1 = e1;
    this.a1 = a1;
    this.e2 = e2;
    this.a2 = a2;
    this.cross = cross;
  }

  /** Pearson's correlation; null if a square left the range of float64. */
  get correlation(): number | null {
    const { n, e1, a1, e2, a2, cross } = this;
    const spread = Math.sqrt((e2 - (e1 * e1) / n) * (a2 - (a1 * a1) / n));
    return ratio(cross - (e1 * a1) / n, spread);
  }

  get cosine(): number | null {
    const { n, eMean, aMean, e1, a1, e2, a2, cross } = this;
    const expected = e2 + 2 * eMean * e1 + n * eMean ** 2;
    const actual = a2 + 2 * aMean * a1 + n * aMean ** 2;
    return ratio(cross + eMean * a1 + aMean * e1 + n * eMean * aMean, Math.sqrt(expected * actual));
  }
}

const OVERALL = {};

/** Measurement of the whole pair, made once. */
export function overall(pair: Pair): Measurement {
  return pair.once(OVERALL, () =>
    measure(pair, runsOf(pair.shape, { origin: pair.shape.map(() => 0), extent: pair.shape })),
  );
}

/** Null for what is not finite; + 0 because -0 would not survive JSON. */
function orNull(x: number): number | null {
  return Number.isFinite(x) ? x + 0 : null;
}

/** A quotient that mathematics bounds by 1 in magnitude, null where it is undefined. */
function ratio(numerator: number, denominator: number): number | null {
  const r = numerator / denominator;
  return denominator > 0 && Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) + 0 : null;
}
