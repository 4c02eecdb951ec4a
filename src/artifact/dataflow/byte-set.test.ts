import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSet, gaps, intersection, newBudget, unionOf } from './byte-set.ts';
import { normalise, type Pattern } from './strided.ts';

const row = (start: number, length: number, count = 1, stride = 4): Pattern =>
  normalise({ start, length, repeats: [{ count, stride }] });

const union = (...patterns: readonly Pattern[]): ByteSet => unionOf(patterns, 1000, newBudget())!;

/** Rows that step against each other, so that no formula holds. */
const irregular = (count: number, start = 0): Pattern[] => [
  row(start, 4, count, 20),
  row(start + 4, 8, Math.ceil(count / 2), 36),
];

const bruteForce = (patterns: readonly Pattern[]): number => {
  const words = new Set<number>();
  for (const { start, length, repeats } of patterns) {
    let starts = [start];
    for (const { count, stride } of repeats) {
      starts = starts.flatMap((at) => Array.from({ length: count }, (_, index) => at + index * stride));
    }
    for (const at of starts) for (let byte = 0; byte < length; byte += 4) words.add(at + byte);
  }
  return 4 * words.size;
};

describe('unionOf', () => {
  it('is undefined of nothing', () => {
    expect(unionOf([], 10, newBudget())).toBeUndefined();
  });

  it('joins tiles side by side into the whole matrix', () => {
    const set = union(row(0, 64, 32, 256), row(64, 64, 32, 256), row(128, 128, 32, 256));
    expect(set).toMatchObject({ bytes: 8192, intervals: [{ start: 0, end: 8192 }], complete: true });
  });

  it('counts what is regular by formula, however large, and cuts the list', () => {
    const budget = newBudget();
    const set = unionOf([row(0, 4, 2 ** 30, 8)], 3, budget)!;
    expect(set).toMatchObject({ bytes: 2 ** 32, exact: true, complete: false, end: 2 ** 33 - 4 });
    expect(set.intervals).toEqual([
      { start: 0, end: 4 },
      { start: 8, end: 12 },
      { start: 16, end: 20 },
    ]);
    expect(budget).toEqual(newBudget());
  });

  it.each([
    ['a list', 1000],
    ['a bitmap', 60_000],
  ])('counts what is irregular by %s', (_, count) => {
    const budget = newBudget();
    const patterns = irregular(count, 64);
    const set = unionOf(patterns, 5, budget)!;
    expect(set).toMatchObject({ bytes: bruteForce(patterns), exact: true, complete: false, start: 64 });
    expect(set.intervals).toHaveLength(5);
    expect(set.intervals[0]).toEqual({ start: 64, end: 76 });
    expect(budget.visits).toBeLessThan(newBudget().visits);
  });

  it('lists the same intervals from a bitmap as from a list', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            start: fc.nat(50),
            length: fc.integer({ min: 1, max: 80 }),
            count: fc.integer({ min: 1, max: 9 }),
            stride: fc.integer({ min: 1, max: 60 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (list) => {
          const few = list.map((of) => row(4 * of.start, 4 * of.length, of.count, 4 * of.stride));
          const many = irregular(60_000, 2 ** 16);
          const apart = unionOf(few, 500, newBudget())!;
          const together = unionOf([...few, ...many], 500, newBudget())!;
          expect(together.bytes).toBe(apart.bytes + bruteForceOfMany);
          expect(together.intervals.slice(0, apart.intervals.length)).toEqual(apart.intervals);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('says so where it can only bound', () => {
    const set = unionOf(irregular(2000), 10, { visits: 100 })!;
    expect(set).toMatchObject({ exact: false, complete: false, intervals: [{ start: 0, end: set.end }] });
    expect(set.bytes).toBeGreaterThanOrEqual(bruteForce(irregular(2000)));
    expect(union(row(0, 4, 2 ** 32, 2 ** 22)).exact).toBe(false);
  });
});

const bruteForceOfMany = bruteForce(irregular(60_000, 2 ** 16));

describe('gaps and intersection', () => {
  it('give what is left out and what is shared', () => {
    const set = union(row(8, 8, 3, 32));
    expect(gaps(set, 100)).toEqual([
      { start: 0, end: 8 },
      { start: 16, end: 40 },
      { start: 48, end: 72 },
      { start: 80, end: 100 },
    ]);
    expect(gaps(set, 44)).toEqual([
      { start: 0, end: 8 },
      { start: 16, end: 40 },
    ]);
    expect(gaps(undefined, 8)).toEqual([{ start: 0, end: 8 }]);
    expect(gaps(union(row(0, 64)), 64)).toEqual([]);
    expect(intersection(set, union(row(12, 32)))).toEqual([
      { start: 12, end: 16 },
      { start: 40, end: 44 },
    ]);
    expect(intersection(set, union(row(16, 8)))).toEqual([]);
  });

  it('claim nothing beyond a cut list but the end', () => {
    const cut = unionOf([row(8, 8, 3, 32)], 1, newBudget())!;
    expect(gaps(cut, 100)).toEqual([
      { start: 0, end: 8 },
      { start: 80, end: 100 },
    ]);
  });
});
