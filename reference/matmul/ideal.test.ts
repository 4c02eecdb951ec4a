import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.ts';
import { at, RandomState, type Tensor, tensor, toFloat64, transpose, zeros } from '../../src/tensor/index.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../../src/testing/numpy.ts';
import { f64Tensor, int8Tensor } from '../testing/arbitraries.ts';
import { difference } from '../testing/difference.ts';
import { ideal } from './index.ts';

function identity(n: number): Tensor<'int8', readonly [number, number]> {
  return tensor(
    'int8',
    [n, n],
    Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
  );
}

function combine(a: Tensor, b: Tensor, f: (x: number, y: number) => number): Tensor {
  const other = toFloat64(b);
  return tensor(
    'f64',
    a.shape,
    toFloat64(a).map((value, i) => f(value, other[i]!)),
  );
}

describe('matmul.ideal values', () => {
  it('are the hand-computed ones', () => {
    const a = tensor('int8', [2, 3], [1, 2, 3, 4, 5, 6]);
    const b = tensor('f32', [3, 2], [7, 8, 9, 10, 11, 12]);
    const y = ideal({ a, b });
    expect(y.dtype).toBe('f64');
    expect(y.shape).toEqual([2, 2]);
    expect([...toFloat64(y)]).toEqual([58, 64, 139, 154]);
  });

  it('agree with sums over at(), bit for bit, at sizes that leave a rest of the blocks of four', () => {
    fc.assert(
      fc.property(f64Tensor(100, 3, 5), f64Tensor(100, 5, 7), (a, b) => {
        const expected: number[] = [];
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 7; j++) {
            let sum = 0;
            for (let k = 0; k < 5; k++) sum += at(a, i, k) * at(b, k, j);
            expected.push(sum);
          }
        }
        expect(difference(ideal({ a, b }), expected)).toBe(0);
      }),
    );
  });

  it('subtract zero points: one, one a row of a, one a column of b', () => {
    const a = tensor('uint8', [2, 2], [1, 2, 3, 4]);
    const b = tensor('uint8', [2, 2], [5, 6, 7, 8]);
    expect([...toFloat64(ideal({ a, b, aZeroPoint: 1 }))]).toEqual([7, 8, 31, 36]);
    expect([...toFloat64(ideal({ a, b, aZeroPoint: [1, 3] }))]).toEqual([7, 8, 7, 8]);
    expect([...toFloat64(ideal({ a, b, bZeroPoint: tensor('uint8', [2], [5, 6]) }))]).toEqual([4, 4, 8, 8]);
  });

  it('of an empty inner axis are zeros', () => {
    const y = ideal({ a: zeros('f32', [2, 0]), b: zeros('f32', [0, 3]) });
    expect([...toFloat64(y)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(ideal({ a: zeros('f32', [0, 2]), b: zeros('f32', [2, 3]) }).shape).toEqual([0, 3]);
  });

  it('pass NaN and infinities on as IEEE 754 does', () => {
    const y = ideal({
      a: tensor('f64', [1, 2], [0, 1]),
      b: tensor('f64', [2, 2], [Infinity, 1, 2, Infinity]),
    });
    expect([...toFloat64(y)]).toEqual([Number.NaN, Infinity]);
  });
});

describe('matmul.ideal stacks', () => {
  const a = tensor('int8', [2, 1, 2], [1, 2, 3, 4]);
  const b = tensor('int8', [2, 2, 1], [5, 6, 7, 8]);

  it('multiply matrix by matrix', () => {
    const y = ideal({ a, b });
    expect(y.shape).toEqual([2, 1, 1]);
    expect([...toFloat64(y)]).toEqual([17, 53]);
  });

  it('broadcast one matrix against many', () => {
    const one = tensor('int8', [2, 1], [1, 10]);
    expect([...toFloat64(ideal({ a, b: one }))]).toEqual([21, 43]);
    const row = tensor('int8', [1, 2], [1, 10]);
    expect([...toFloat64(ideal({ a: row, b }))]).toEqual([65, 87]);
  });

  it('take ONNX zero points of one matrix each', () => {
    const aZeroPoint = tensor('int8', [2, 1, 1], [1, 3]);
    expect([...toFloat64(ideal({ a, b, aZeroPoint }))]).toEqual([6, 8]);
  });
});

describe('matmul.ideal errors', () => {
  it('name both operands and shapes', () => {
    const run = () => ideal({ a: zeros('int8', [2, 3]), b: zeros('f32', [4, 5]) });
    expect(run).toThrow(ShapeError);
    expect(run).toThrow('a int8 [2, 3] and b f32 [4, 5] do not multiply: 3 columns against 4 rows');
    expect(() => ideal({ a: zeros('int8', [3]), b: zeros('f32', [3, 5]) })).toThrow('at least two axes');
    const stacks = () => ideal({ a: zeros('int8', [2, 3, 3]), b: zeros('int8', [4, 3, 3]) });
    expect(stacks).toThrow(ShapeError);
    expect(stacks).toThrow('a int8 [2, 3, 3] and b int8 [4, 3, 3]: their leading axes do not broadcast');
  });

  it('name a zero point that does not fit', () => {
    const [a, b] = [zeros('int8', [2, 3]), zeros('int8', [3, 4])];
    expect(() => ideal({ a, b, aZeroPoint: [1, 2, 3] })).toThrow(ShapeError);
    expect(() => ideal({ a, b, aZeroPoint: [1, 2, 3] })).toThrow('aZeroPoint has 3 values');
    expect(() => ideal({ a, b, bZeroPoint: [1, 2] })).toThrow('bZeroPoint has 2 values');
    expect(() => ideal({ a, b, bZeroPoint: [] })).toThrow(ShapeError);
    expect(() => ideal({ a, b, bZeroPoint: Number.NaN })).toThrow(ValueError);
  });
});

describe('matmul.ideal properties', () => {
  it('the identity changes nothing, on either side', () => {
    fc.assert(
      fc.property(int8Tensor(4, 6), (a) => {
        expect(difference(ideal({ a, b: identity(6) }), a)).toBe(0);
        expect(difference(ideal({ a: identity(4), b: a }), a)).toBe(0);
      }),
    );
  });

  it('(a b)T = bT aT, through strided views', () => {
    fc.assert(
      fc.property(int8Tensor(4, 3), int8Tensor(3, 5), (a, b) => {
        const left = transpose(ideal({ a, b }));
        expect(difference(left, ideal({ a: transpose(b), b: transpose(a) }))).toBe(0);
      }),
    );
  });

  it('linear in a, exactly for integers', () => {
    fc.assert(
      fc.property(int8Tensor(3, 4), int8Tensor(3, 4), int8Tensor(4, 2), (a1, a2, b) => {
        const sum = ideal({ a: combine(a1, a2, (x, y) => x + 3 * y), b });
        const parts = combine(ideal({ a: a1, b }), ideal({ a: a2, b }), (x, y) => x + 3 * y);
        expect(difference(sum, parts)).toBe(0);
      }),
    );
  });

  it('which a product with swapped operands or a dropped term would break', () => {
    const a = tensor('int8', [2, 2], [1, 2, 3, 4]);
    const b = tensor('int8', [2, 2], [0, 1, 1, 1]);
    expect(difference(ideal({ a, b }), ideal({ a: b, b: a }))).toBeGreaterThan(0);
    expect(
      difference(transpose(ideal({ a, b })), ideal({ a: transpose(a), b: transpose(b) })),
    ).toBeGreaterThan(0);
  });
});

describe.skipIf(!numpyAvailable.ok)(`matmul ${numpyTitle}`, () => {
  it('agrees on integers exactly, on floats to rounding, with broadcasting', () => {
    const random = new RandomState(11);
    const a = random.randint(-128, 128, [33, 65], 'int8');
    const b = random.randint(-128, 128, [65, 17], 'int8');
    const fa = random.standardNormal([3, 1, 6, 9]);
    const fb = random.standardNormal([2, 9, 5]);
    const expected = runNumpy(
      `
out['int'] = a.astype(np.int32) @ b.astype(np.int32)
out['float'] = fa @ fb
`,
      { a, b, fa, fb },
    );
    expect(difference(ideal({ a, b }), expected.int!)).toBe(0);
    const y = ideal({ a: fa, b: fb });
    expect(y.shape).toEqual(expected.float!.shape);
    expect(difference(y, expected.float!)).toBeLessThan(1e-14);
  });
});
