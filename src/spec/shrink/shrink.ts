import { bytesOf, codesOf, sizeOf } from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { candidates, type SearchOptions, type ShrinkLevel } from './candidates.ts';

export interface ShrinkOptions {
  /** Most calls of `stillFails`. Default 200. */
  readonly budget?: number;
  /** Tile of the kernel over the trailing axes. Default a quarter along each of the last two axes. */
  readonly tile?: readonly number[];
}

/** A candidate that still failed. */
export interface ShrinkStep {
  readonly level: ShrinkLevel;
  /** Calls of `stillFails` until then, this one included. */
  readonly run: number;
  readonly nonZero: number;
}

export interface ShrinkResult {
  /** The smallest failing input found. */
  readonly inputs: Tensors;
  /** Calls of `stillFails`. */
  readonly runs: number;
  /** Elements of `inputs` that are not zero. */
  readonly nonZero: number;
  /** Whether the budget ended the search. */
  readonly exhausted: boolean;
  readonly steps: readonly ShrinkStep[];
}

/** Elements whose code is not 0. */
export function nonZeroOf(inputs: Tensors): number {
  let count = 0;
  for (const t of Object.values(inputs)) {
    const codes = codesOf(t);
    for (let i = 0; i < codes.length; i++) if (codes[i] !== 0) count++;
  }
  return count;
}

/** 64 bits of hash of all bytes, as text. Two multiplicative hashes with different constants (after MurmurHash3). */
function digest(inputs: Tensors): string {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (const t of Object.values(inputs)) {
    const bytes = bytesOf(t);
    for (let i = 0; i < bytes.length; i++) {
      a = Math.imul(a ^ bytes[i]!, 0xcc9e2d51);
      a ^= a >>> 15;
      b = Math.imul(b + bytes[i]!, 0x1b873593);
      b ^= b >>> 13;
    }
    a ^= sizeOf(t.shape);
  }
  return `${a >>> 0}.${b >>> 0}`;
}

/** As many non-zero elements as a reader takes in; a search that keeps more is tried in another order. */
const FEW = 8;

/**
 * The smallest inputs found for which `stillFails` still holds, given that it holds for `inputs` (which is not called
 * again). Clears parts, tiles, rows, columns and elements, then shrinks magnitudes; see {@link candidates}. Where much
 * is left, starts again and clears the last parts first: a rounding that shows in one of many outputs is lost as soon
 * as the part that selects them is small.
 *
 * `stillFails` is to say whether the *same kind* of failure remains. It is called at most `budget` times, never twice on
 * one candidate. What it throws is passed on. It need not be monotone: whatever is returned was seen to fail.
 */
export async function shrinkInputs(
  inputs: Tensors,
  stillFails: (candidate: Tensors) => Promise<boolean>,
  options: ShrinkOptions = {},
): Promise<ShrinkResult> {
  const { budget = 200, tile } = options;
  const answers = new Map<string, boolean>();
  let runs = 0;
  let exhausted = false;
  let best: Omit<ShrinkResult, 'runs' | 'exhausted'> = { inputs, nonZero: nonZeroOf(inputs), steps: [] };

  const search = async (from: typeof best, how: SearchOptions, last: boolean): Promise<void> => {
    const found = candidates(from.inputs, { ...how, tile });
    let smallest = from;
    let next = found.next(false);
    while (!next.done) {
      const { level, inputs: candidate } = next.value;
      // Magnitudes of many elements can wait until no other order does better.
      if (level === 'magnitudes' && smallest.nonZero > FEW && !last) break;
      const key = digest(candidate);
      let fails = answers.get(key);
      if (fails === undefined) {
        exhausted = runs >= budget;
        if (exhausted) break;
        runs++;
        fails = await stillFails(candidate);
        answers.set(key, fails);
      }
      if (fails) {
        const nonZero = nonZeroOf(candidate);
        const step = { level, run: runs, nonZero };
        smallest = { inputs: candidate, nonZero, steps: [...smallest.steps, step] };
      }
      next = found.next(fails);
    }
    if (smallest.nonZero <= best.nonZero) best = smallest;
  };

  const start = best;
  await search(start, { most: FEW }, false);
  if (best.nonZero > FEW && !exhausted) {
    await search(start, { most: FEW, clears: 'last', wholesaleBefore: 'tiles' }, false);
  }
  for (const clears of ['first', 'last'] as const) {
    if (best.nonZero > FEW && !exhausted) await search(best, { clears }, true);
  }
  return { ...best, runs, exhausted };
}
