import { type Acceptance, type AcceptanceResult, acceptance } from '../acceptance.ts';
import { overall } from '../metrics.ts';
import { downward, show, upward } from '../numbers.ts';
import { distance, type Pair } from '../pair.ts';
import { checkRange, checkTolerance } from './parameters.ts';

/**
 * Acceptances that hold of the tensor as a whole. They are additional to an elementwise one, never instead of it:
 * correlation accepts an output times two, a mean error accepts one element that is far off. All fail on an empty
 * tensor and on any NaN; where the quantity is undefined they fail and say why.
 */

interface Quantity {
  readonly pass: boolean;
  readonly evidence: string;
  readonly minimum: string | null;
}

const undefinedQuantity = (evidence: string): Quantity => ({ pass: false, evidence, minimum: null });

function aggregate(
  kind: string,
  text: string,
  because: string | undefined,
  measure: (pair: Pair) => Quantity,
): Acceptance {
  const judgePair = (pair: Pair): AcceptanceResult => ({ text, ...(unfit(pair) ?? measure(pair)) });
  return acceptance({ kind, text, because, scope: 'aggregate', judgePair, rejects: () => null });
}

function unfit(pair: Pair): Quantity | null {
  if (pair.size === 0) return undefinedQuantity(`nothing to compare: shape [${pair.shape.join(', ')}]`);
  const { expected, actual } = pair.nonFinite;
  if (expected.nan + actual.nan === 0) return null;
  return undefinedQuantity(
    `NaN in ${expected.nan} expected and ${actual.nan} actual of ${pair.size} elements`,
  );
}

/** A measured quantity that must be at least `min`; `why` explains a null. */
function atLeast(
  kind: string,
  name: string,
  min: number,
  value: number | null,
  why: (pair: Pair) => string,
  pair: Pair,
): Quantity {
  const { expected, actual } = pair.nonFinite;
  if (expected.infinite + actual.infinite > 0) {
    return undefinedQuantity(
      `${name} undefined: infinities in ${expected.infinite} expected and ${actual.infinite} actual elements`,
    );
  }
  if (value === null) return undefinedQuantity(`${name} undefined: ${why(pair)}`);
  return {
    pass: value >= min,
    evidence: `${name} ${show(value)}`,
    minimum: `${kind}(${downward(value)})`,
  };
}

/** Pearson's correlation of at least `min` in [-1, 1]. Undefined, and so failed, where either side is constant. */
export function correlation(min: number, because?: string): Acceptance {
  checkRange('correlation', min, -1, 1);
  return aggregate('correlation', `correlation(${min})`, because, (pair) =>
    atLeast('correlation', 'correlation', min, overall(pair).metrics.correlation, whyNoCorrelation, pair),
  );
}

function whyNoCorrelation(pair: Pair): string {
  const { expected, actual } = overall(pair).metrics;
  const constant = [
    expected.min === expected.max ? `expected is constant at ${show(expected.min ?? 0)}` : '',
    actual.min === actual.max ? `actual is constant at ${show(actual.min ?? 0)}` : '',
  ].filter((text) => text !== '');
  if (constant.length === 0) return 'the values leave the range of float64 when squared';
  return `${constant.join(', ')}; judge constant data with exact() or lsb(n)`;
}

/** Cosine similarity of at least `min` in [-1, 1]. Undefined, and so failed, where either side is all zero. */
export function cosine(min: number, because?: string): Acceptance {
  checkRange('cosine', min, -1, 1);
  return aggregate('cosine', `cosine(${min})`, because, (pair) =>
    atLeast('cosine', 'cosine', min, cosineOf(pair), whyNoCosine, pair),
  );
}

/** Undefined for constant data too: any two constants of one sign have cosine 1, which says nothing. */
function cosineOf(pair: Pair): number | null {
  const { cosine: value, expected, actual } = overall(pair).metrics;
  return expected.min === expected.max && actual.min === actual.max ? null : value;
}

function whyNoCosine(pair: Pair): string {
  const { expected, actual } = overall(pair).metrics;
  if (expected.min === expected.max && actual.min === actual.max) return whyNoCorrelation(pair);
  if (expected.nonZero === 0) return 'expected is all zero; judge it with exact() or lsb(n)';
  if (actual.nonZero === 0) return 'actual is all zero';
  return 'the values leave the range of float64 when squared';
}

/** Signal-to-noise ratio 10 log10(sum of expected^2 / sum of error^2) of at least `minDb` decibels. */
export function snr(minDb: number, because?: string): Acceptance {
  checkRange('snr', minDb, -Infinity, Infinity);
  return aggregate('snr', `snr(${minDb})`, because, (pair) => {
    const value = overall(pair).snr;
    const result = atLeast('snr', 'SNR', minDb, Number.isNaN(value) ? null : value, whyNoSnr, pair);
    return result.minimum === null ? result : { ...result, evidence: `${result.evidence} dB` };
  });
}

function whyNoSnr(pair: Pair): string {
  return overall(pair).metrics.expected.nonZero === 0
    ? 'no signal, expected is all zero; judge it with exact() or lsb(n)'
    : 'the values leave the range of float64 when squared';
}

/** Mean of |actual - expected| of at most `max`, in units of the output (LSBs for an integer output). */
export function meanAbs(max: number, because?: string): Acceptance {
  checkTolerance('meanAbs', max);
  return aggregate('meanAbs', `meanAbs(${max})`, because, (pair) => {
    const { expected, actual, size } = pair;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += distance(expected[i]!, actual[i]!);
    const mean = sum / size;
    const finite = Number.isFinite(mean);
    return {
      pass: mean <= max,
      evidence: finite
        ? `mean |error| ${show(mean)}${pair.integer ? ' LSB' : ''}`
        : 'mean |error| infinite: an infinity on one side only',
      minimum: finite ? `meanAbs(${upward(mean)})` : null,
    };
  });
}

/**
 * At least the fraction `ratio` in (0, 1] of the elements within `n`: LSBs of the correctly rounded ideal for an
 * integer output (see `lsb`), absolute error for a float output.
 */
export function within(ratio: number, n: number, because?: string): Acceptance {
  checkRange('within ratio', ratio, Number.MIN_VALUE, 1);
  checkTolerance('within', n);
  return aggregate('within', `within(${ratio}, ${n})`, because, (pair) => {
    const { target, actual, size } = pair;
    let inside = 0;
    for (let i = 0; i < size; i++) if (distance(target[i]!, actual[i]!) <= n) inside++;
    const fraction = inside / size;
    return {
      pass: fraction >= ratio,
      evidence: `${inside} of ${size} elements (${show(fraction * 100, 4)} %) within ${show(n)}${pair.integer ? ' LSB' : ''}`,
      minimum: inside > 0 ? `within(${downward(fraction)}, ${n})` : null,
    };
  });
}
