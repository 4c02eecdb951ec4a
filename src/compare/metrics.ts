import type { Pair } from './pair.ts';
import type { Moments, Side, Sums } from './sums.ts';
import { sumsOverall } from './tile-sums.ts';

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
}

/** What the sums over some elements of a pair say. */
export function measurementOf(
  { count, expected, actual, counts, errors, moments }: Sums,
  integer: boolean,
): Measurement {
  const { finite } = errors;
  const mean = (sum: number): number | null => (finite === 0 ? null : orNull(sum / finite));
  const meanSquare = mean(errors.squares);
  const snr = errors.signal > 0 ? 10 * Math.log10(errors.signal / errors.squares) : Number.NaN;
  const constant = !(expected.max > expected.min && actual.max > actual.min);
  const metrics: Metrics = {
    count,
    mismatches: counts.mismatches,
    maxAbsError: finite === 0 ? null : orNull(errors.max),
    meanAbsError: mean(errors.absolute),
    rmse: meanSquare === null ? null : Math.sqrt(meanSquare),
    meanError: mean(errors.signed),
    signBias: errors.nonZero === 0 ? null : errors.positive / errors.nonZero,
    maxUlp: finite === 0 ? null : counts.maxUlp,
    correlation: constant ? null : correlationOf(moments),
    cosine: cosineOf(moments),
    snrDb: orNull(snr),
    saturated: integer ? counts.saturated : null,
    expected: sideMetrics(expected),
    actual: sideMetrics(actual),
  };
  return { metrics, snr };
}

function sideMetrics({ min, max, finite, zero, nan, infinite }: Side): SideMetrics {
  return { min: orNull(min), max: orNull(max), nonZero: finite - zero + nan + infinite, nan, infinite };
}

function correlationOf({ n, e1, a1, e2, a2, cross }: Moments): number | null {
  const spread = Math.sqrt((e2 - (e1 * e1) / n) * (a2 - (a1 * a1) / n));
  return ratio(cross - (e1 * a1) / n, spread);
}

function cosineOf({ n, eMean, aMean, e1, a1, e2, a2, cross }: Moments): number | null {
  const expected = e2 + 2 * eMean * e1 + n * eMean ** 2;
  const actual = a2 + 2 * aMean * a1 + n * aMean ** 2;
  return ratio(cross + eMean * a1 + aMean * e1 + n * eMean * aMean, Math.sqrt(expected * actual));
}

const OVERALL = {};

/** Measurement of the whole pair, made once. */
export function overall(pair: Pair): Measurement {
  return pair.once(OVERALL, () => measurementOf(sumsOverall(pair), pair.integer));
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
