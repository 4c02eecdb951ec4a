import { isSeparate, normalise, type Pattern, patternCount, patternEnd } from './strided.ts';

/** Bytes from `start` up to, not including, `end`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** A set of bytes of an argument. */
export interface ByteSet {
  /** The first byte, and one beyond the last. */
  readonly start: number;
  readonly end: number;
  /** Number of different bytes; an upper bound where `exact` is false. */
  readonly bytes: number;
  /** Whether `bytes` and `intervals` are exact; false only for sets too irregular and too large to count. */
  readonly exact: boolean;
  /** Merged ranges in ascending order. Where `complete` is false they are the first ones; not exact, the hull. */
  readonly intervals: readonly Interval[];
  readonly complete: boolean;
}

/** How many more ranges may be visited one by one: bounds the time of a whole analysis, whatever the stream says. */
export interface Budget {
  visits: number;
}

export const newBudget = (): Budget => ({ visits: 2 ** 22 });

/** Ranges that are sorted as a list; beyond, a bitmap of words is cheaper. */
const LIST_LIMIT = 2 ** 16;

/** Largest extent, in words, a bitmap is made for: 8 MiB of bits for 256 MiB of argument. */
const BITMAP_WORDS = 2 ** 26;

/**
 * The union of patterns. Regular patterns that do not meet are counted by formula; others are listed or marked in a
 * bitmap as far as the budget reaches. At most `listed` intervals are returned.
 */
export function unionOf(patterns: readonly Pattern[], listed: number, budget: Budget): ByteSet | undefined {
  const distinct = joined(patterns);
  const first = distinct[0];
  if (first === undefined) return undefined;
  const start = first.start;
  const end = distinct.reduce((most, pattern) => Math.max(most, patternEnd(pattern)), 0);
  const count = distinct.reduce((sum, pattern) => sum + patternCount(pattern), 0);
  const whole = { start, end };
  const sum = distinct.reduce((total, pattern) => total + patternCount(pattern) * pattern.length, 0);
  const bound: ByteSet = {
    ...whole,
    bytes: Math.min(sum, end - start),
    exact: false,
    intervals: [whole],
    complete: false,
  };
  // No buffer reaches beyond 2^53; such a stream is not worth arithmetic that a number cannot do exactly.
  if (!Number.isSafeInteger(end)) return bound;
  if (meetNowhere(distinct)) {
    const { intervals, complete } = collect(distinct, listed);
    return { ...whole, bytes: sum, exact: true, intervals, complete };
  }
  if (count <= LIST_LIMIT && count <= budget.visits) {
    budget.visits -= count;
    const merged = mergeIntervals(distinct.flatMap((pattern) => [...ranges(pattern)]));
    const bytes = merged.reduce((total, interval) => total + interval.end - interval.start, 0);
    return {
      ...whole,
      bytes,
      exact: true,
      intervals: merged.slice(0, listed),
      complete: merged.length <= listed,
    };
  }
  const words = (end - start) / 4;
  // Marking and counting also walk the bitmap itself, 32 words at a time.
  const cost = count + words / 32;
  if (words <= BITMAP_WORDS && cost <= budget.visits) {
    budget.visits -= cost;
    return { ...whole, ...marked(distinct, whole, listed) };
  }
  return bound;
}

/** Sorts intervals and joins those that overlap or touch. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What two sets have in common, as far as both list their intervals. */
export function intersection(a: ByteSet, b: ByteSet): Interval[] {
  const common: Interval[] = [];
  for (let i = 0, j = 0; i < a.intervals.length && j < b.intervals.length; ) {
    const [x, y] = [a.intervals[i]!, b.intervals[j]!];
    const start = Math.max(x.start, y.start);
    const end = Math.min(x.end, y.end);
    if (start < end) common.push({ start, end });
    if (x.end < y.end) i += 1;
    else j += 1;
  }
  return common;
}

/** The ranges of a buffer of `size` bytes that a set leaves out, as far as the set lists its intervals. */
export function gaps(set: ByteSet | undefined, size: number): Interval[] {
  const missing: Interval[] = [];
  let at = 0;
  for (const { start, end } of set?.intervals ?? []) {
    if (start >= size) break;
    if (start > at) missing.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  // Beyond the last listed interval of an incomplete list only the end of the set is certain.
  const from = set === undefined || set.complete ? at : set.end;
  if (from < size) missing.push({ start: from, end: size });
  return missing;
}

/**
 * The same set in fewer patterns, sorted by start: of patterns with the same repeats those that are equal (an input read
 * once more) or touch (tiles side by side in a matrix) become one.
 */
function joined(patterns: readonly Pattern[]): Pattern[] {
  const byRepeats = new Map<string, Pattern[]>();
  for (const pattern of patterns) {
    const key = pattern.repeats.map(({ count, stride }) => `${count}x${stride}`).join(',');
    const group = byRepeats.get(key);
    if (group === undefined) byRepeats.set(key, [pattern]);
    else group.push(pattern);
  }
  return [...byRepeats.values()]
    .flatMap((group) => {
      const bases = group.map(({ start, length }) => ({ start, end: start + length }));
      const repeats = group[0]!.repeats;
      return mergeIntervals(bases).map(({ start, end }) =>
        normalise({ start, length: end - start, repeats }),
      );
    })
    .sort((a, b) => a.start - b.start);
}

function meetNowhere(sorted: readonly Pattern[]): boolean {
  let reached = 0;
  return sorted.every((pattern) => {
    if (pattern.start < reached || !isSeparate(pattern)) return false;
    reached = patternEnd(pattern);
    return true;
  });
}

/** The ranges of a pattern; ascending where the pattern is separate. */
function* ranges(pattern: Pattern): Generator<Interval> {
  const { start, length, repeats } = pattern;
  const at = repeats.map(() => 0);
  for (let offset = start; ; ) {
    yield { start: offset, end: offset + length };
    let dimension = 0;
    for (; dimension < repeats.length; dimension += 1) {
      const { count, stride } = repeats[dimension]!;
      at[dimension] = at[dimension]! + 1;
      offset += stride;
      if (at[dimension]! < count) break;
      offset -= count * stride;
      at[dimension] = 0;
    }
    if (dimension === repeats.length) return;
  }
}

/** The first `listed` intervals of patterns that meet nowhere; ranges that touch are joined. */
function collect(
  sorted: readonly Pattern[],
  listed: number,
): { readonly intervals: Interval[]; readonly complete: boolean } {
  const intervals: { start: number; end: number }[] = [];
  for (const pattern of sorted) {
    for (const { start, end } of ranges(pattern)) {
      const last = intervals.at(-1);
      if (last !== undefined && last.end === start) last.end = end;
      else if (intervals.length === listed) return { intervals, complete: false };
      else intervals.push({ start, end });
    }
  }
  return { intervals, complete: true };
}

function marked(
  patterns: readonly Pattern[],
  { start, end }: Interval,
  listed: number,
): Pick<ByteSet, 'bytes' | 'exact' | 'intervals' | 'complete'> {
  const words = (end - start) / 4;
  const bits = new Uint32Array(Math.ceil(words / 32) + 1);
  for (const pattern of patterns) {
    for (const range of ranges(pattern)) mark(bits, (range.start - start) / 4, (range.end - start) / 4);
  }
  const intervals: { start: number; end: number }[] = [];
  let count = 0;
  let complete = true;
  for (let at = 0; at < words; ) {
    const chunk = bits[at >>> 5]!;
    if ((at & 31) === 0 && (chunk === 0 || chunk === 0xffff_ffff)) {
      // Whole chunks at once; the bits beyond the last word are never set.
      if (chunk !== 0)
        complete = extend(intervals, start + 4 * at, start + 4 * (at + 32), listed) && complete;
      count += chunk === 0 ? 0 : 32;
      at += 32;
      continue;
    }
    if (((chunk >>> (at & 31)) & 1) === 1) {
      complete = extend(intervals, start + 4 * at, start + 4 * (at + 1), listed) && complete;
      count += 1;
    }
    at += 1;
  }
  return { bytes: 4 * count, exact: true, intervals, complete };
}

/** Appends a range in ascending order; false where the list is full. */
function extend(
  intervals: { start: number; end: number }[],
  start: number,
  end: number,
  listed: number,
): boolean {
  const last = intervals.at(-1);
  if (last !== undefined && last.end === start) last.end = end;
  else if (intervals.length === listed) return false;
  else intervals.push({ start, end });
  return true;
}

/** Sets bits `from` up to, not including, `to`. */
function mark(bits: Uint32Array, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const low = at & 31;
    const width = Math.min(32 - low, to - at);
    const mask = width === 32 ? 0xffff_ffff : ((2 ** width - 1) << low) >>> 0;
    bits[at >>> 5] = bits[at >>> 5]! | mask;
    at += width;
  }
}
