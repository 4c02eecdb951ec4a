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
import * as matmul from '../matmul/index.ts';
import * as softmax from '../softmax/index.ts';
import { f64Tensor, int8Tensor } from '../testing/arbitraries.ts';
import { difference } from '../testing/difference.ts';
import { type AttentionOptions, ideal } from './index.ts';

/** One head, straight from the definition: no maximum is subtracted, weights of unseen keys are left out. */
function naive({ q, k, v, scale }: AttentionOptions, sees: (i: number, j: number) => boolean = () => true) {
  const [queries, depth] = q.shape as [number, number];
  const [keys, width] = v.shape as [number, number];
  const out: number[] = [];
  for (let i = 0; i < queries; i++) {
    const weights: number[] = [];
    for (let j = 0; j < keys; j++) {
      let score = 0;
      for (let d = 0; d < depth; d++) score += at(q, i, d) * at(k, j, d);
      weights.push(sees(i, j) ? Math.exp(score * scale) : 0);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (let c = 0; c < width; c++) {
      out.push(sum === 0 ? 0 : weights.reduce((total, weight, j) => total + weight * at(v, j, c), 0) / sum);
    }
  }
  return out;
}

/** Whether every column of `out` lies between the least and the greatest of that column of `v`. */
function insideHull(out: Tensor, v: Tensor): boolean {
  return Array.from({ length: v.shape[1]! }, (_, c) => {
    const column = Array.from({ length: v.shape[0]! }, (_, j) => at(v, j, c));
    const [low, high] = [Math.min(...column), Math.max(...column)];
    const slack = 1e-12 * Math.max(1, Math.abs(low), Math.abs(high));
    return Array.from({ length: out.shape[0]! }, (_, i) => at(out, i, c)).every(
      (value) => value >= low - slack && value <= high + slack,
    );
  }).every(Boolean);
}

function pickRows<D extends 'int8'>(t: Tensor<D>, order: readonly number[]): Tensor<D> {
  return tensor(
    t.dtype,
    t.shape,
    order.flatMap((i) => [...toFloat64(row(t, i))]),
  );
}

const seed42 = () => {
  const random = new RandomState(42);
  const [q, k, v] = [0, 1, 2].map(() => random.randint(-64, 64, [64, 64] as const, 'int8'));
  return { q: q!, k: k!, v: v! };
};

describe('attention values', () => {
  it('are the mean of v where all scores are equal', () => {
    const v = tensor('int8', [4, 2], [1, 10, 2, 20, 3, 30, 6, 60]);
    const y = ideal({ q: zeros('int8', [3, 5]), k: zeros('int8', [4, 5]), v, scale: 1 });
    expect(y.shape).toEqual([3, 2]);
    expect([...toFloat64(y)]).toEqual([3, 30, 3, 30, 3, 30]);
  });

  it('are one row of v where one score stands far above the rest', () => {
    const q = tensor('int8', [1, 2], [100, 0]);
    const k = tensor('int8', [3, 2], [0, 100, 100, 0, -100, 0]);
    const v = tensor('int8', [3, 2], [1, 2, 3, 4, 5, 6]);
    expect([...toFloat64(ideal({ q, k, v, scale: 1 }))]).toEqual([3, 4]);
  });

  it('follow the odds of two keys', () => {
    const q = tensor('f64', [1, 1], [1]);
    const k = tensor('f64', [2, 1], [0, Math.log(3)]);
    const v = tensor('f64', [2, 1], [0, 8]);
    expect(at(ideal({ q, k, v, scale: 1 }), 0, 0)).toBeCloseTo(6, 14);
    expect(at(ideal({ q, k, v, scale: 2 }), 0, 0)).toBeCloseTo(7.2, 14);
  });

  it('agree with the definition', () => {
    fc.assert(
      fc.property(f64Tensor(3, 5, 3), f64Tensor(3, 6, 3), f64Tensor(9, 6, 7), (q, k, v) => {
        expect(difference(ideal({ q, k, v, scale: 0.5 }), naive({ q, k, v, scale: 0.5 }))).toBeLessThan(
          1e-13,
        );
      }),
    );
  });

  it('equal the chain of matmul, softmax and matmul', () => {
    const { q, k, v } = seed42();
    const scores = matmul.ideal({ a: q, b: transpose(k) });
    const scaled = tensor(
      'f64',
      [64, 64],
      toFloat64(scores).map((score) => score / 8),
    );
    const chain = matmul.ideal({ a: softmax.ideal({ x: scaled }), b: v });
    expect(difference(ideal({ q, k, v, scale: 1 / 8 }), chain)).toBeLessThan(1e-14);
    expect(difference(ideal({ q, k, v, scale: 1 / 4096 }), chain)).toBeGreaterThan(1);
  });

  it('of NumPy seed 42 at scale 1/8 begin as the project was told', () => {
    const y = toFloat64(ideal({ ...seed42(), scale: 1 / 8 }));
    expect([...y.subarray(0, 8)].map(Math.round)).toEqual([-15, -52, -27, 61, -42, -29, -8, 23]);
    expect(Math.round(Math.min(...y))).toBe(-64);
    expect(Math.round(Math.max(...y))).toBe(63);
  });
});

describe('attention masks', () => {
  const q = tensor('f64', [3, 2], [1, 2, 3, -4, 0.5, 1]);
  const k = tensor('f64', [5, 2], [1, 0, 0, 1, -1, 1, 0.5, 0.5, 1, 1]);
  const v = tensor('f64', [5, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const scale = 0.7;

  it('causal is aligned to the lower right: the last query sees every key', () => {
    const y = ideal({ q, k, v, scale, causal: true });
    expect(
      difference(
        y,
        naive({ q, k, v, scale }, (i, j) => j <= i + 2),
      ),
    ).toBeLessThan(1e-15);
    expect(
      difference(
        y,
        naive({ q, k, v, scale }, (i, j) => j <= i),
      ),
    ).toBeGreaterThan(0.1);
    expect([...toFloat64(row(y, 2))]).toEqual([...toFloat64(row(ideal({ q, k, v, scale }), 2))]);
  });

  it('causal leaves the first queries nothing where there are more queries than keys', () => {
    const y = ideal({ q: k, k: q, v: tensor('f64', [3, 1], [1, 1, 1]), scale, causal: true });
    expect([...toFloat64(y)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0, 0, 1, 1, 1]);
  });

  it('causal equals the same mask written out', () => {
    const mask = tensor('uint8', [3, 5], [1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
    expect(difference(ideal({ q, k, v, scale, mask }), ideal({ q, k, v, scale, causal: true }))).toBeLessThan(
      1e-15,
    );
  });

  it('causal never reads a key or value from the future', () => {
    const poisoned = tensor('f64', [5, 2], [...toFloat64(v).subarray(0, 8), Number.NaN, Number.NaN]);
    const y = ideal({ q, k, v: poisoned, scale, causal: true });
    expect([...toFloat64(y)].map(Number.isNaN)).toEqual([false, false, false, false, true, true]);
  });

  it('broadcast from the last axes: a key mask hides a key from all queries', () => {
    const mask = tensor('int8', [5], [1, 0, -1, 7, 0]);
    const y = ideal({ q, k, v, scale, mask });
    expect(
      difference(
        y,
        naive({ q, k, v, scale }, (_, j) => j !== 1 && j !== 4),
      ),
    ).toBeLessThan(1e-15);
  });

  it('combine with causal', () => {
    const y = ideal({ q, k, v, scale, causal: true, mask: tensor('int8', [5], [0, 1, 1, 1, 1]) });
    expect(
      difference(
        y,
        naive({ q, k, v, scale }, (i, j) => j > 0 && j <= i + 2),
      ),
    ).toBeLessThan(1e-15);
  });

  it('give zeros where a query sees nothing', () => {
    const y = ideal({ q, k, v, scale, mask: tensor('int8', [3, 1], [1, 0, 1]) });
    expect([...toFloat64(row(y, 1))]).toEqual([0, 0]);
    expect(at(y, 0, 0)).toBeGreaterThan(1);
    expect([...toFloat64(ideal({ q, k: zeros('int8', [0, 2]), v: zeros('int8', [0, 2]), scale }))]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });
});

describe('attention over batch and heads', () => {
  it('equals each head by itself', () => {
    const random = new RandomState(1);
    const q = random.standardNormal([2, 3, 4, 5]);
    const k = random.standardNormal([2, 3, 6, 5]);
    const v = random.standardNormal([2, 3, 6, 2]);
    const y = ideal({ q, k, v, scale: 0.4, causal: true });
    expect(y.shape).toEqual([2, 3, 4, 2]);
    for (let batch = 0; batch < 2; batch++) {
      for (let head = 0; head < 3; head++) {
        const [q1, k1, v1, y1] = [q, k, v, y].map((t) => row(row(t, batch), head));
        expect(difference(y1!, ideal({ q: q1!, k: k1!, v: v1!, scale: 0.4, causal: true }))).toBe(0);
      }
    }
  });

  it('lets several query heads share a key and value head, and masks differ by head', () => {
    const random = new RandomState(2);
    const q = random.standardNormal([2, 4, 5]);
    const k = random.standardNormal([6, 5]);
    const v = random.standardNormal([1, 6, 2]);
    const mask = tensor('uint8', [2, 1, 6], [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    const y = ideal({ q, k, v, scale: 1, mask });
    expect(y.shape).toEqual([2, 4, 2]);
    for (let head = 0; head < 2; head++) {
      const alone = ideal({ q: row(q, head), k, v: row(v, 0), scale: 1, mask: row(mask, head) });
      expect(difference(row(y, head), alone)).toBe(0);
    }
  });
});

describe('attention errors', () => {
  const options: AttentionOptions = {
    q: zeros('int8', [2, 3]),
    k: zeros('int8', [4, 3]),
    v: zeros('int8', [4, 5]),
    scale: 1,
  };

  it.each<[Partial<AttentionOptions>, string]>([
    [
      { k: zeros('int8', [4, 2]) },
      'q int8 [2, 3], k int8 [4, 2], v int8 [4, 5]: q has depth 3 and k has depth 2',
    ],
    [{ v: zeros('int8', [3, 5]) }, 'k has 4 rows and v has 3'],
    [{ q: zeros('int8', [3]) }, 'at least two axes'],
    [{ q: zeros('int8', [2, 2, 3]), v: zeros('int8', [3, 4, 5]) }, 'their leading axes do not broadcast'],
    [{ mask: zeros('int8', [4, 2]) }, 'mask int8 [4, 2] does not broadcast to scores [2, 4]'],
  ])('shape %#', (change, message) => {
    expect(() => ideal({ ...options, ...change })).toThrow(ShapeError);
    expect(() => ideal({ ...options, ...change })).toThrow(message);
  });

  it('scale and mask dtype', () => {
    expect(() => ideal({ ...options, scale: Number.NaN })).toThrow(ValueError);
    expect(() => ideal({ ...options, mask: zeros('bf16', [2, 4]) })).toThrow('mask is bf16 [2, 4]');
  });
});

describe('attention properties', () => {
  const q = int8Tensor(4, 8);
  const k = int8Tensor(5, 8);
  const v = int8Tensor(5, 3);

  it('lies within the convex hull of v, column by column', () => {
    fc.assert(fc.property(q, k, v, (q, k, v) => insideHull(ideal({ q, k, v, scale: 1 / 64 }), v)));
    const { q: q1, k: k1, v: v1 } = seed42();
    const doubled = tensor(
      'f64',
      [64, 64],
      toFloat64(ideal({ q: q1, k: k1, v: v1, scale: 1 / 8 })).map((x) => 2 * x),
    );
    expect(insideHull(doubled, v1)).toBe(false);
  });

  it('does not see the order of the keys, moved together with their values', () => {
    const order = [3, 0, 4, 2, 1];
    fc.assert(
      fc.property(q, k, v, (q, k, v) => {
        const moved = ideal({ q, k: pickRows(k, order), v: pickRows(v, order), scale: 1 / 64 });
        expect(difference(moved, ideal({ q, k, v, scale: 1 / 64 }))).toBeLessThan(1e-13);
      }),
    );
    const [q1, k1] = [tensor('int8', [1, 1], [1]), tensor('int8', [5, 1], [1, 2, 3, 4, 5])];
    const v1 = tensor('int8', [5, 1], [10, 20, 30, 40, 50]);
    const apart = ideal({ q: q1, k: pickRows(k1, order), v: v1, scale: 1 });
    expect(difference(apart, ideal({ q: q1, k: k1, v: v1, scale: 1 }))).toBeGreaterThan(0.1);
  });

  it('treats every query by itself', () => {
    const order = [2, 3, 0, 1];
    fc.assert(
      fc.property(q, k, v, (q, k, v) => {
        const y = toFloat64(ideal({ q, k, v, scale: 1 / 64 }));
        const expected = order.flatMap((i) => [...y.subarray(3 * i, 3 * i + 3)]);
        expect(difference(ideal({ q: pickRows(q, order), k, v, scale: 1 / 64 }), expected)).toBe(0);
      }),
    );
  });
});

describe.skipIf(!numpyAvailable.ok)(`attention ${numpyTitle}`, () => {
  it('agrees on seed 42 and on a causal batch of heads', () => {
    const random = new RandomState(5);
    const [fq, fk, fv] = [
      random.standardNormal([2, 2, 7, 8]),
      random.standardNormal([2, 2, 9, 8]),
      random.standardNormal([2, 2, 9, 4]),
    ];
    const { q, k, v } = seed42();
    const { plain, causal } = runNumpy(
      `
def attention(q, k, v, scale, keep):
    s = np.where(keep, (q @ np.swapaxes(k, -1, -2)) * scale, -np.inf)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) @ v
out['plain'] = attention(q.astype(float), k.astype(float), v.astype(float), 1 / 8, np.ones((64, 64), bool))
out['causal'] = attention(fq, fk, fv, 8 ** -0.5, np.tril(np.ones((7, 9), bool), 2))
`,
      { q, k, v, fq, fk, fv },
    );
    expect(difference(ideal({ q, k, v, scale: 1 / 8 }), plain!)).toBeLessThan(1e-13);
    expect(difference(ideal({ q, k, v, scale: 1 / 16 }), plain!)).toBeGreaterThan(0.1);
    expect(difference(ideal({ q: fq, k: fk, v: fv, scale: 8 ** -0.5, causal: true }), causal!)).toBeLessThan(
      1e-14,
    );
    expect(difference(ideal({ q: fq, k: fk, v: fv, scale: 8 ** -0.5 }), causal!)).toBeGreaterThan(0.1);
  });
});
