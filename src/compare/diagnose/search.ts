import type { Mismatch } from './mismatch.ts';

/** Finds where values of the actual output come from. */

const WINDOW = 8;
const ANCHORS = 8;
/** Anchors that must find something before the others are tried. */
const FIRST = 4;
/** A stretch that recurs more often tells nothing. */
const MAX_MATCHES = 24;
/** Values are told apart by so many buckets at first sight. */
const BUCKETS = 4096;

/** Starts of stretches of the actual output that hold wrong elements and enough different values to be recognised. */
function anchorsOf(mismatch: Mismatch): number[] {
  const { actual, size } = mismatch;
  const anchors: number[] = [];
  for (const ordinal of mismatch.sample(4 * ANCHORS)) {
    const start = Math.max(0, Math.min(ordinal - (WINDOW >> 1), size - WINDOW));
    const values = new Set(actual.subarray(start, start + WINDOW));
    if (values.size >= 3 && anchors.at(-1) !== start) anchors.push(start);
  }
  // Some from all over, the first few of them too.
  const step = Math.max(1, anchors.length / ANCHORS);
  const chosen = anchors.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  return [...chosen.filter((_, i) => i % 2 === 0), ...chosen.filter((_, i) => i % 2 === 1)];
}

/** Calls `found` for each place in `source` at which the stretch of the actual output from an anchor recurs. */
function search(
  mismatch: Mismatch,
  anchors: readonly number[],
  source: ArrayLike<number>,
  found: (anchor: number, at: number) => void,
): void {
  const { actual, scale } = mismatch;
  const { least, greatest } = scale;
  const perValue = BUCKETS / (greatest - least + 1);
  // One pass for all anchors: a bucket is marked if the first value of some anchor may lie in it.
  const marked = new Uint8Array(BUCKETS + 1);
  for (const anchor of anchors) {
    const first = actual[anchor]!;
    const tolerance = scale.slack + scale.ulp * Math.abs(first);
    const from = Math.max(0, Math.floor((first - tolerance - least) * perValue));
    const to = Math.min(BUCKETS, Math.floor((first + tolerance - least) * perValue));
    marked.fill(1, from, to + 1);
  }
  const last = source.length - WINDOW;
  for (let at = 0; at <= last; at++) {
    const value = source[at]!;
    if (value < least || value > greatest || marked[((value - least) * perValue) | 0] === 0) continue;
    for (const anchor of anchors) {
      let k = 0;
      while (k < WINDOW && mismatch.equal(source[at + k]!, actual[anchor + k]!)) k++;
      if (k === WINDOW) found(anchor, at);
    }
  }
}

/**
 * Lags k such that many stretches of the actual output are those of `source` k elements before: actual[i] =
 * source[i - k]. The most frequent first, at most four.
 */
export function lagsIn(mismatch: Mismatch, source: ArrayLike<number>): number[] {
  if (mismatch.size < WINDOW || source.length < WINDOW) return [];
  const anchors = mismatch.once(ANCHORED, () => anchorsOf(mismatch));
  const votes = new Map<number, number>();
  for (const some of [anchors.slice(0, FIRST), anchors.slice(FIRST)]) {
    const places = new Map<number, number[]>(some.map((anchor) => [anchor, []]));
    search(mismatch, some, source, (anchor, at) => places.get(anchor)!.push(at));
    for (const [anchor, found] of places) {
      if (found.length > MAX_MATCHES) continue;
      for (const at of found) votes.set(anchor - at, (votes.get(anchor - at) ?? 0) + 1);
    }
    if (votes.size === 0) break;
  }
  return [...votes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([lag]) => lag);
}

const ANCHORED = {};

/** Lags of the expected output in the actual one, without 0. */
export function lagsOf(mismatch: Mismatch): readonly number[] {
  return mismatch.once(LAGS, () => lagsIn(mismatch, mismatch.expected).filter((lag) => lag !== 0));
}

const LAGS = {};
