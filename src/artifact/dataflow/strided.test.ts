import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeShimBd, encodeShimBd, type ShimBd } from '../txn/index.ts';
import { newBudget, unionOf } from './byte-set.ts';
import { partPatterns } from './strided.ts';

/** The loop of FORMATS.md 5.5, word by word. */
function wordsTouched(fields: ShimBd, byteOffset: number, runs: number): Set<number> {
  const words = new Set<number>();
  for (let run = 0; run < runs; run += 1) {
    const iteration = (fields.iterationCurrent + run) % fields.iterationWrap;
    for (let n = 0; n < fields.length; n += 1) {
      const [i0, q] = fields.d0Wrap === 0 ? [n, 0] : [n % fields.d0Wrap, Math.floor(n / fields.d0Wrap)];
      const [i1, i2] = fields.d1Wrap === 0 ? [q, 0] : [q % fields.d1Wrap, Math.floor(q / fields.d1Wrap)];
      const word =
        iteration * fields.iterationStep + i0 * fields.d0Step + i1 * fields.d1Step + i2 * fields.d2Step;
      words.add(Math.floor(byteOffset / 4) + word);
    }
  }
  return words;
}

const fieldsOf = (fields: Partial<ShimBd> & Pick<ShimBd, 'length'>): ShimBd =>
  decodeShimBd(encodeShimBd(fields));

const step = fc.integer({ min: 1, max: 24 });
const anyFields = fc
  .record({
    length: fc.integer({ min: 1, max: 60 }),
    d0Wrap: fc.nat(8),
    d0Step: step,
    d1Wrap: fc.nat(5),
    d1Step: step,
    d2Step: step,
    iterationWrap: fc.integer({ min: 1, max: 5 }),
    iterationStep: step,
    iterationCurrent: fc.nat(6),
  })
  .map(fieldsOf);

describe('partPatterns', () => {
  it('gives exactly the words the hardware loop touches', () => {
    fc.assert(
      fc.property(anyFields, fc.nat(40), fc.integer({ min: 1, max: 8 }), (fields, byteOffset, runs) => {
        const expected = [...wordsTouched(fields, byteOffset, runs)].sort((a, b) => a - b);
        const set = unionOf(partPatterns({ fields, byteOffset }, runs), 10_000, newBudget())!;
        const listed = set.intervals.flatMap(({ start, end }) =>
          Array.from({ length: (end - start) / 4 }, (_, index) => start / 4 + index),
        );
        expect(listed).toEqual(expected);
        expect(set).toMatchObject({
          bytes: 4 * expected.length,
          exact: true,
          complete: true,
          start: 4 * expected[0]!,
          end: 4 * expected.at(-1)! + 4,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps what is regular in a few numbers', () => {
    const dense = fieldsOf({ length: 2 ** 31 });
    expect(partPatterns({ fields: dense, byteOffset: 8 }, 256)).toEqual([
      { start: 8, length: 2 ** 33, repeats: [] },
    ]);
    const tiles = fieldsOf({ length: 16 * 512, d0Wrap: 16, d1Wrap: 512, d1Step: 256 });
    expect(partPatterns({ fields: tiles, byteOffset: 0 }, 1)).toEqual([
      { start: 0, length: 64, repeats: [{ count: 512, stride: 1024 }] },
    ]);
    expect(partPatterns({ fields: fieldsOf({ length: 0 }), byteOffset: 0 }, 1)).toEqual([]);
  });
});
