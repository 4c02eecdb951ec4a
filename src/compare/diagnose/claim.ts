import { show } from '../numbers.ts';
import { entropyBits } from './bits.ts';
import type { Mismatch } from './mismatch.ts';
import { count, elements } from './text.ts';
import type { DiagnosedTile } from './types.ts';

/** A hypothesis that holds for the data: what {@link Diagnosis} is made from. */
export interface Explanation {
  readonly hypothesis: string;
  /** Bits that the actual output takes under it, its own parameters included. */
  readonly bits: number;
  readonly evidence: string;
  readonly hint: string;
  readonly tiles?: readonly DiagnosedTile[];
}

/** A hypothesis: a pure function; null where it does not apply or explains too little. */
export type Hypothesis = (mismatch: Mismatch) => Explanation | null;

/** A hypothesis that predicts the value of every element. */
export interface Claim {
  readonly hypothesis: string;
  /** Bits of its parameters: the less likely in practice, the more. */
  readonly bits: number;
  /** Predicted value of the element at an ordinal; NaN where nothing is claimed. */
  readonly predict: (ordinal: number) => number;
  /** `actual = expected >> 1`. */
  readonly text: string;
  readonly hint: string;
  readonly tiles?: readonly DiagnosedTile[];
  /** Least share of the wrong elements that must be as predicted. Default 0.75. */
  readonly share?: number;
  /** Whether it may hold for some elements only, while others are right; else it must hold for most of all. */
  readonly partial?: boolean;
  /** |predicted - actual| that the claim itself expects, where it is more than usual. */
  readonly near?: number;
  /** Whether it must be met exactly: for values that no arithmetic of this run made. */
  readonly verbatim?: boolean;
}

/** How often a claim is right. */
interface Tally {
  /** Elements as predicted. */
  exact: number;
  /** Elements as expected, though not as predicted. */
  kept: number;
  near: number;
  other: number;
  wrongExact: number;
}

const MIN_SHARE = 0.75;
const MIN_EXACT = 0.25;
const SAMPLE = 192;
/** A prime above {@link SAMPLE}, so that steps of it visit every sample. */
const STRIDE = 197;
const EARLY = 24;
/** What a share on a sample may fall short of the share on all elements. */
const MARGIN = 0.12;
const SAMPLED = {};

/** How near a prediction is near, and how much that counts. */
function nearness({ near }: Claim, mismatch: Mismatch): { readonly near: number; readonly weight: number } {
  const { scale, nearWeight } = mismatch;
  if (near === undefined) return { near: scale.near, weight: nearWeight };
  const range = scale.greatest - scale.least;
  return { near, weight: Math.max(0, 1 - (4 * near + 2) / range) };
}

/** How well a claim does on a sample of the wrong elements; -1 where a full test is not worth while. */
function promise(claim: Claim, mismatch: Mismatch): number {
  const { predict, share = MIN_SHARE, verbatim = false } = claim;
  const { actual } = mismatch;
  const { near, weight } = nearness(claim, mismatch);
  const sample = sampleOf(mismatch);
  let explained = 0;
  let close = 0;
  // In an order that visits all parts of the output early, to give most claims up soon.
  for (let k = 0, s = 0; k < sample.length; k++, s = (s + STRIDE) % sample.length) {
    if (k === EARLY && explained < (share - 0.35) * EARLY) return -1;
    const i = sample[s]!;
    const p = predict(i);
    const a = actual[i]!;
    if (verbatim ? same(p, a) : mismatch.equal(p, a)) explained++;
    else if (!verbatim && Math.abs(p - a) <= near) {
      explained += weight;
      close += 0.5;
    }
  }
  if (explained < (share - MARGIN) * sample.length) return -1;
  if (claim.partial !== true) {
    const right = rightOf(mismatch);
    let held = 0;
    for (let k = 0; k < right.length; k++) {
      const i = right[k]!;
      if (mismatch.equal(predict(i), actual[i]!)) held++;
    }
    const { size } = mismatch;
    const wrong = mismatch.wrong.length;
    const inAll = (explained * wrong) / sample.length + (held * (size - wrong)) / Math.max(1, right.length);
    if (inAll < (MIN_SHARE - MARGIN) * size) return -1;
  }
  return explained - close;
}

function sampleOf(mismatch: Mismatch): Int32Array {
  return mismatch.once(SAMPLED, () => mismatch.sample(SAMPLE));
}

/** Some of the right elements, evenly spread. */
function rightOf(mismatch: Mismatch): Int32Array {
  return mismatch.once(RIGHT, () => {
    const { isWrong, size } = mismatch;
    const step = Math.max(1, Math.floor(size / SAMPLE));
    const right: number[] = [];
    for (let i = 0; i < size; i += step) if (isWrong[i] === 0) right.push(i);
    return Int32Array.from(right);
  });
}

const RIGHT = {};

function same(predicted: number, actual: number): boolean {
  return predicted === actual || (Number.isNaN(predicted) && Number.isNaN(actual));
}

function tally({ predict, verbatim = false }: Claim, limit: number, mismatch: Mismatch): Tally {
  const { actual, isWrong, size } = mismatch;
  const result: Tally = { exact: 0, kept: 0, near: 0, other: 0, wrongExact: 0 };
  for (let i = 0; i < size; i++) {
    const p = predict(i);
    const a = actual[i]!;
    const wrong = isWrong[i] === 1;
    if (verbatim ? same(p, a) : mismatch.equal(p, a)) {
      result.exact++;
      if (wrong) result.wrongExact++;
    } else if (!wrong) result.kept++;
    else if (!verbatim && Math.abs(p - a) <= limit) result.near++;
    else result.other++;
  }
  return result;
}

/** Tests a claim on every element; null if it explains too little of what is wrong. */
export function tested(claim: Claim, mismatch: Mismatch): Explanation | null {
  return promise(claim, mismatch) < 0 ? null : fullyTested(claim, mismatch);
}

function fullyTested(claim: Claim, mismatch: Mismatch): Explanation | null {
  const { scale, wrong, size } = mismatch;
  const { near: limit, weight } = nearness(claim, mismatch);
  const { exact, kept, near, other, wrongExact } = tally(claim, limit, mismatch);
  if (wrongExact + near * weight < (claim.share ?? MIN_SHARE) * wrong.length) return null;
  // Integers that are near alone are no evidence: where errors are small, those expected are as near.
  if (mismatch.integer && claim.near === undefined && wrongExact < MIN_EXACT * wrong.length) return null;
  if (claim.partial !== true && exact + near < MIN_SHARE * size) return null;
  const nearBits = claim.near === undefined ? scale.nearBits : Math.log2((2 * limit) / scale.resolution);
  const bits =
    claim.bits + entropyBits([exact, kept, near, other]) + near * nearBits + other * scale.valueBits;
  const close = near > 0 ? `, and within ${show(limit, 2)} in ${count(near)} more` : '';
  const right = kept > 0 ? `; ${count(kept)} others are right` : '';
  const { hypothesis, hint, tiles } = claim;
  return {
    hypothesis,
    bits,
    evidence: `${claim.text} in ${elements(exact, size)}${close}${right}`,
    hint,
    ...(tiles === undefined ? {} : { tiles }),
  };
}

/** The claim that takes the fewest bits, tested; null if none holds. */
export function bestOf(claims: readonly Claim[], mismatch: Mismatch): Explanation | null {
  const promises = claims.map((claim) => promise(claim, mismatch));
  // Variants of one hypothesis are many; those clearly behind on the sample need no full test.
  const enough = Math.max(...promises, 0) - Math.max(1, sampleOf(mismatch).length / 24);
  return cheapest(
    claims.map((claim, k) => (promises[k]! >= Math.max(0, enough) ? fullyTested(claim, mismatch) : null)),
  );
}

export function cheapest(explanations: readonly (Explanation | null)[]): Explanation | null {
  return explanations.reduce(
    (best, one) => (one !== null && (best === null || one.bits < best.bits) ? one : best),
    null,
  );
}
