import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.ts';
import {
  at,
  RandomState,
  row,
  type Tensor,
  tensor,
  toFloat64,
  transpose,
  zeros,
} from '../../src/tensor/index.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../../src/testing/numpy.ts';
import { f64Tensor, int8Tensor } from '../testing/arbitraries.ts';
import { difference } from '../testing/difference.ts';
import { ideal } from './index.ts';

const of = (...values: number[]) => tensor('f64', [values.length], values);
const softmax = (...values: number[]) => [...toFloat64(ideal({ x: of(...values) }))];

/** exp(x_j) / sum of exp(x_i), straight from the definition, over the last axis of a matrix. */
function naive(x: Tensor): number[] {
  const [rows, columns] = x.shape as [number, number];
  const out: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += Math.exp(at(x, i, k) - at(x, i, j));
      out.push(1 / sum);
    }
  }
  return out;
}

describe('softmax values', () => {
  it('of 1, 2, 3 are the published ones', () => {
    const expected = [0.09003057317038046, 0.24472847105479767, 0.6652409557748219];
    expect(difference(ideal({ x: of(1, 2, 3) }), expected)).toBeLessThan(2e-16);
  });

  it('are equal shares for equal inputs and exact odds for logarithms', () => {
    expect(softmax(7, 7, 7, 7)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(difference(ideal({ x: of(Math.log(1), Math.log(3)) }), [0.25, 0.75])).toBeLessThan(2e-16);
  });

  it('survive inputs whose exponential overflows', () => {
    expect(softmax(1e4, 1e4 - 1000)).toEqual([1, 0]);
    expect(softmax(-1e4, -1e4)).toEqual([0.5, 0.5]);
  });

  it('agree with the definition on random matrices', () => {
    fc.assert(
      fc.property(f64Tensor(20, 3, 5), (x) => {
        expect(difference(ideal({ x }), naive(x))).toBeLessThan(1e-14);
      }),
    );
  });
});

describe('softmax axes', () => {
  const x = tensor('int8', [2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

  it('default to the last', () => {
    expect(difference(ideal({ x }), ideal({ x, axis: 2 }))).toBe(0);
    expect(difference(ideal({ x }), ideal({ x, axis: -1 }))).toBe(0);
  });

  it('sum to one along the named axis only', () => {
    const y = ideal({ x, axis: 1 });
    for (let i = 0; i < 2; i++) {
      for (let k = 0; k < 2; k++) expect(at(y, i, 0, k) + at(y, i, 1, k) + at(y, i, 2, k)).toBeCloseTo(1, 15);
    }
    expect(at(y, 0, 0, 0) + at(y, 0, 0, 1)).not.toBeCloseTo(1, 3);
  });

  it('equal those of the transposed tensor', () => {
    fc.assert(
      fc.property(int8Tensor(4, 3), (m) => {
        const byColumn = ideal({ x: m, axis: 0 });
        expect(difference(byColumn, transpose(ideal({ x: transpose(m), axis: -1 })))).toBe(0);
      }),
    );
  });

  it.each([3, -4, 0.5])('reject axis %d', (axis) => {
    expect(() => ideal({ x, axis })).toThrow(ValueError);
    expect(() => ideal({ x, axis })).toThrow(`axis ${axis} does not exist in x int8 [2, 3, 2]`);
  });

  it('reject every axis of a scalar', () => {
    expect(() => ideal({ x: tensor('f64', [], [1]) })).toThrow(ValueError);
  });

  it('may be empty', () => {
    expect(ideal({ x: zeros('f64', [3, 0]) }).shape).toEqual([3, 0]);
    expect(ideal({ x: zeros('f64', [0, 3]) }).shape).toEqual([0, 3]);
  });
});

describe('softmax masks', () => {
  const x = tensor('f64', [2, 3], [1, 2, 3, 4, 5, 6]);

  it('give dropped entries no weight and the rest the softmax of the rest', () => {
    const y = ideal({ x, mask: tensor('uint8', [2, 3], [1, 0, 1, 0, 1, 0]) });
    const [first, , third] = toFloat64(y);
    expect([first, third]).toEqual(softmax(1, 3));
    expect([...toFloat64(row(y, 1))]).toEqual([0, 1, 0]);
  });

  it('broadcast from the last axes', () => {
    const full = ideal({ x, mask: tensor('int8', [2, 3], [0, 1, 1, 0, 1, 1]) });
    expect(difference(ideal({ x, mask: tensor('int8', [3], [0, 1, -1]) }), full)).toBe(0);
    expect(difference(ideal({ x, mask: tensor('int32', [1, 3], [0, 7, 1]) }), full)).toBe(0);
    const byRow = ideal({ x, mask: tensor('int8', [2, 1], [0, 1]) });
    expect([...toFloat64(byRow)]).toEqual([0, 0, 0, ...softmax(4, 5, 6)]);
  });

  it('of nothing but zeros give a row of zeros', () => {
    expect([...toFloat64(ideal({ x, mask: zeros('uint8', [2, 3]) }))]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('hide NaN', () => {
    const hidden = ideal({ x: of(Number.NaN, 0, 0), mask: tensor('uint8', [3], [0, 1, 1]) });
    expect([...toFloat64(hidden)]).toEqual([0, 0.5, 0.5]);
  });

  it('that do not broadcast or are floats are errors that name both sides', () => {
    const wrong = () => ideal({ x, mask: zeros('uint8', [2]) });
    expect(wrong).toThrow(ShapeError);
    expect(wrong).toThrow('mask uint8 [2] does not broadcast to x [2, 3]');
    expect(() => ideal({ x, mask: zeros('uint8', [1, 2, 3]) })).toThrow(ShapeError);
    expect(() => ideal({ x, mask: zeros('f32', [2, 3]) })).toThrow(ValueError);
  });
});

describe('softmax of special values', () => {
  it('-Infinity weighs nothing, and a row of nothing else is zeros', () => {
    expect(softmax(-Infinity, 0, 0)).toEqual([0, 0.5, 0.5]);
    expect(softmax(-Infinity, -Infinity)).toEqual([0, 0]);
  });

  it('NaN and +Infinity make the row NaN, and no other row', () => {
    const nan = Number.NaN;
    expect(softmax(0, nan, 0)).toEqual([nan, nan, nan]);
    expect(softmax(nan, -Infinity)).toEqual([nan, nan]);
    expect(softmax(0, Infinity)).toEqual([nan, nan]);
    expect(softmax(Infinity, Infinity)).toEqual([nan, nan]);
    const y = ideal({ x: tensor('f64', [2, 2], [nan, 0, 1, 1]) });
    expect([...toFloat64(y)]).toEqual([nan, nan, 0.5, 0.5]);
  });
});

describe('softmax properties', () => {
  it('rows sum to one and lie in [0, 1]', () => {
    fc.assert(
      fc.property(int8Tensor(3, 7), (x) => {
        const y = ideal({ x });
        for (let i = 0; i < 3; i++) {
          const weights = toFloat64(row(y, i));
          expect(weights.reduce((sum, w) => sum + w)).toBeCloseTo(1, 14);
          expect(weights.every((w) => w >= 0 && w <= 1)).toBe(true);
        }
      }),
    );
  });

  it('keeps the order', () => {
    fc.assert(
      fc.property(f64Tensor(50, 6), (x) => {
        const [before, after] = [toFloat64(x), toFloat64(ideal({ x }))];
        for (let i = 0; i < 6; i++) {
          for (let j = 0; j < 6; j++)
            if (before[i]! < before[j]!) expect(after[i]).toBeLessThanOrEqual(after[j]!);
        }
      }),
    );
  });

  it('does not see a shift of the row, but does see a scale', () => {
    fc.assert(
      fc.property(int8Tensor(5), fc.integer({ min: -1000, max: 1000 }), (x, shift) => {
        const moved = tensor(
          'int32',
          [5],
          toFloat64(x).map((value) => value + shift),
        );
        expect(difference(ideal({ x: moved }), ideal({ x }))).toBe(0);
      }),
    );
    expect(difference(ideal({ x: of(2, 4) }), ideal({ x: of(1, 2) }))).toBeGreaterThan(0.1);
  });
});

describe.skipIf(!numpyAvailable.ok)(`softmax ${numpyTitle}`, () => {
  it('agrees on every axis of a random tensor, and with a mask', () => {
    const random = new RandomState(7);
    const x = tensor(
      'f64',
      [3, 5, 8],
      toFloat64(random.standardNormal([120])).map((v) => 10 * v),
    );
    const mask = tensor(
      'uint8',
      [5, 8],
      toFloat64(random.standardNormal([40])).map((v) => (v > -0.5 ? 1 : 0)),
    );
    const expected = runNumpy(
      `
def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
for axis in range(3):
    out['axis%d' % axis] = softmax(x, axis)
out['masked'] = softmax(np.where(mask != 0, x, -np.inf), -1)
`,
      { x, mask },
    );
    for (const axis of [0, 1, 2])
      expect(difference(ideal({ x, axis }), expected[`axis${axis}`]!)).toBeLessThan(1e-15);
    expect(difference(ideal({ x, mask }), expected.masked!)).toBeLessThan(1e-15);
    expect(difference(ideal({ x, axis: 0 }), expected.axis1!)).toBeGreaterThan(0.01);
    expect(difference(ideal({ x }), expected.masked!)).toBeGreaterThan(0.01);
  });
});
