import { choiceBits } from './bits.ts';
import type { Mismatch } from './mismatch.ts';
import { type Partition, series } from './partition.ts';

/** Where the content of each group of the actual output is expected. */
export interface Permutation {
  /** Group of the expected output whose values each group of the actual one holds; itself where unknown. */
  readonly source: Int32Array;
  /** Groups that hold another's values. */
  readonly moved: readonly number[];
  /** Bits that tell the permutation: few for a regular one. */
  readonly bits: number;
  /** `each row holds the one 3 before it`. */
  readonly text: string;
}

/** Groups tried before the search for a permutation is given up. */
const TRIED = 12;
/** Elements of a group compared before all are. */
const PROBES = 12;

/**
 * Recognises groups of the actual output among those expected; null unless most of the wrong ones are found elsewhere.
 * Groups of different shapes never match.
 */
export function permutationOf(mismatch: Mismatch, partition: Partition): Permutation | null {
  const { count } = partition;
  if (count < 2 || mismatch.wrong.length < 2) return null;
  const sampled = Array.from(mismatch.sample(4 * TRIED), (i) => partition.groupOf(i));
  const tried = [...new Set(sampled)].slice(0, TRIED);
  const hits = tried.filter((group) => sourceOf(mismatch, partition, group) !== group).length;
  if (hits < tried.length / 2) return null;
  const source = new Int32Array(count);
  const moved: number[] = [];
  for (let group = 0; group < count; group++) {
    source[group] = hasWrong(mismatch, partition, group) ? sourceOf(mismatch, partition, group) : group;
    if (source[group] !== group) moved.push(group);
  }
  return { source, moved, ...regularity(source, moved, partition) };
}

function hasWrong({ isWrong }: Mismatch, partition: Partition, group: number): boolean {
  const first = partition.first(group);
  const pattern = partition.pattern(group);
  for (let k = 0; k < pattern.length; k++) if (isWrong[first + pattern[k]!] === 1) return true;
  return false;
}

function regularity(
  source: Int32Array,
  moved: readonly number[],
  { count, name, label }: Partition,
): { bits: number; text: string } {
  const [first] = moved;
  if (first === undefined) return { bits: 0, text: 'none is moved' };
  const shift = (first - source[first]! + count) % count;
  // Groups alike may be found at several places, so a pattern needs most, not all.
  const most = (rule: (group: number) => number): boolean =>
    moved.length > count / 2 &&
    moved.filter((group) => source[group] === rule(group)).length >= 0.9 * moved.length;
  if (most((group) => count - 1 - group)) return { bits: 3, text: `the ${name}s are in reverse order` };
  if (count > 2 && most((group) => (group - shift + count) % count)) {
    const [steps, side] = shift <= count / 2 ? [shift, 'before'] : [count - shift, 'after'];
    return { bits: 3 + choiceBits(count), text: `each ${name} holds the one ${steps} ${side} it` };
  }
  const named = moved.slice(0, 4).map((group) => `${label(group)} holds expected ${label(source[group]!)}`);
  const more = moved.length > 4 ? ` and ${moved.length - 4} more` : '';
  return { bits: (moved.length + 1) * choiceBits(count), text: `${named.join(', ')}${more}` };
}

/** The expected group that actual group `group` equals best; `group` itself where no other is clearly better. */
function sourceOf(mismatch: Mismatch, partition: Partition, group: number): number {
  const { expected, actual } = mismatch;
  const pattern = partition.pattern(group);
  const mine = partition.first(group);
  const { length } = pattern;
  const step = Math.max(1, Math.floor(length / PROBES));
  const allowed = Math.max(1, Math.floor(Math.min(PROBES, length) / 8));
  let best = group;
  let bestEqual = Math.max(equalCount(mismatch, pattern, mine, mine), Math.floor(length * 0.6));
  for (let other = 0; other < partition.count; other++) {
    if (other === group || partition.pattern(other) !== pattern) continue;
    const theirs = partition.first(other);
    let missed = 0;
    for (let k = step >> 1; k < length && missed <= allowed; k += step) {
      const offset = pattern[k]!;
      if (!mismatch.equal(expected[theirs + offset]!, actual[mine + offset]!)) missed++;
    }
    if (missed > allowed) continue;
    const equal = equalCount(mismatch, pattern, theirs, mine);
    if (equal > bestEqual) {
      bestEqual = equal;
      best = other;
    }
  }
  return best;
}

function equalCount(
  { expected, actual, scale: { slack, ulp } }: Mismatch,
  pattern: Int32Array,
  from: number,
  to: number,
): number {
  let equal = 0;
  for (let k = 0; k < pattern.length; k++) {
    const a = actual[to + pattern[k]!]!;
    if (Math.abs(expected[from + pattern[k]!]! - a) <= slack + ulp * Math.abs(a)) equal++;
  }
  return equal;
}

/** Ordinal in the expected output of the element that the actual output holds at each ordinal. */
export function sourceOrdinals(
  mismatch: Mismatch,
  partition: Partition,
  { source, moved }: Permutation,
): Int32Array {
  const from = series(0, 1, mismatch.size);
  for (const group of moved) {
    const pattern = partition.pattern(group);
    const to = partition.first(group);
    const origin = partition.first(source[group]!);
    for (let k = 0; k < pattern.length; k++) from[to + pattern[k]!] = origin + pattern[k]!;
  }
  return from;
}
