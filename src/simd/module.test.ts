import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attention, fixedExp, gelu } from '../../reference/index.ts';
import {
  abs,
  absRel,
  all,
  type Comparison,
  compare,
  correlation,
  exact,
  lsb,
  type Metrics,
  ulp,
} from '../compare/index.ts';
import { type DType, RandomState, type Shape, type Tensor, tensor, toFloat64 } from '../tensor/index.ts';
import { simd, withoutSimd } from './module.ts';

const title =
  simd() === null
    ? 'WebAssembly SIMD (skipped: `npm run build` has not made it)'
    : 'WebAssembly SIMD against the plain versions';

/** The greatest |x - y| / max(|y|, floor), where `floor` is the size of what was summed; Infinity where only one is NaN, or infinities differ. */
function apart(x: Tensor, y: Tensor, floor = Number.MIN_VALUE): number {
  const [xs, ys] = [toFloat64(x), toFloat64(y)];
  return xs.reduce((most, value, i) => {
    if (Object.is(value, ys[i]) || value === ys[i]) return most;
    const d = Math.abs(value - ys[i]!) / Math.max(Math.abs(ys[i]!), floor);
    return Number.isNaN(d) ? Infinity : Math.max(most, d);
  }, 0);
}

const random = new RandomState(42);
const bytes = (shape: Shape, low = -128, high = 128): Tensor<'int8'> =>
  random.randint(low, high, shape, 'int8');
const normal = (shape: Shape, scale = 1): Tensor<'f64'> =>
  tensor(
    'f64',
    shape,
    random.standardNormal(shape).view.data.map((x) => x * scale),
  );

describe.skipIf(simd() === null)(title, () => {
  it('is switched off by withoutSimd, and on again', () => {
    expect(withoutSimd(() => simd())).toBeNull();
    expect(() => withoutSimd(() => fc.pre(false))).toThrow();
    expect(simd()).not.toBeNull();
  });

  it('computes the int8 attention model bit for bit', () => {
    for (const n of [1, 3, 4, 16, 31, 64, 100]) {
      for (const depth of [16, 64]) {
        for (const [low, high] of [
          [-128, 128],
          [-2, 3],
          [-128, -127],
        ] as const) {
          const [q, k, v] = [bytes([n, depth], low, high), bytes([n, depth], low, high), bytes([n, depth])];
          for (const exp of [fixedExp(1 / 8), fixedExp(1 / 100)]) {
            const run = () => attention.model({ q, k, v, exp });
            expect(toFloat64(run())).toEqual(toFloat64(withoutSimd(run)));
          }
        }
      }
    }
  });

  it('takes the plain way for a model whose sums could leave 32 bits or whose rows end within a vector', () => {
    for (const shape of [
      [160, 16],
      [8, 8],
      [2, 5, 24],
    ]) {
      const [q, k, v] = [bytes(shape, -2, 2), bytes(shape, -2, 2), bytes(shape)];
      const run = () => attention.model({ q, k, v, exp: fixedExp(1 / 8) });
      expect(toFloat64(run())).toEqual(toFloat64(withoutSimd(run)));
    }
  });

  it('computes attention within 2e-15 of the values, whatever the sizes', () => {
    for (const [queries, keys, depth, width] of [
      [1, 1, 1, 1],
      [3, 5, 7, 9],
      [4, 4, 4, 4],
      [6, 33, 8, 5],
      [64, 64, 64, 64],
      [5, 0, 3, 2],
    ] as const) {
      for (const scale of [0.1, 1, 30]) {
        const [q, k, v] = [normal([queries, depth]), normal([keys, depth]), normal([keys, width])];
        const run = () => attention.ideal({ q, k, v, scale });
        expect(apart(run(), withoutSimd(run), 1)).toBeLessThan(2e-15);
      }
    }
  });

  it('computes attention of int8 operands and of batches that share a head', () => {
    for (const [low, high] of [
      [-128, 128],
      [-1, 2],
    ] as const) {
      const [q, k, v] = [bytes([2, 3, 9, 16], low, high), bytes([3, 21, 16], low, high), bytes([1, 21, 7])];
      const run = () => attention.ideal({ q, k, v, scale: 1 / 8 });
      expect(run().shape).toEqual([2, 3, 9, 7]);
      expect(apart(run(), withoutSimd(run), 128)).toBeLessThan(2e-15);
    }
  });

  it('weighs keys down to the subnormal range as Math.exp does', () => {
    const distances = [
      0, -1e-300, -0.34, -0.35, -1, -37.5, -700, -708, -708.5, -730, -744, -745.1, -746, -1e9,
    ];
    const k = tensor('f64', [distances.length, 1], distances);
    const v = tensor(
      'f64',
      [distances.length, distances.length],
      distances.flatMap((_, i) => distances.map((__, j) => (i === j ? 1 : 0))),
    );
    const run = () => attention.ideal({ q: tensor('f64', [1, 1], [1]), k, v, scale: 1 });
    const [fast, slow] = [toFloat64(run()), toFloat64(withoutSimd(run))];
    for (const [i, weight] of fast.entries()) {
      expect(Math.abs(weight - slow[i]!)).toBeLessThanOrEqual(slow[i]! * 4e-16 + Number.MIN_VALUE);
    }
  });

  it('keeps NaN and infinities of attention where they are', () => {
    const special = [Number.NaN, Infinity, -Infinity, 1e300];
    for (const [i, value] of special.entries()) {
      for (const which of ['q', 'k', 'v'] as const) {
        for (const at of [0, 1, 2 * i + 1, 27]) {
          const operands = { q: normal([6, 5]), k: normal([9, 5]), v: normal([9, 4]) };
          operands[which].view.data[at] = value;
          const run = () => attention.ideal({ ...operands, scale: 40 });
          expect(apart(run(), withoutSimd(run), 1)).toBeLessThan(1e-14);
        }
      }
    }
  });

  it('computes GELU within 4 ULP, in every dtype and of any length', () => {
    const values = [0, -0, 1e-310, -1e-310, 1, -1, 40, -40, -437, -745, 800, -800, 1e155, -1e308];
    const special = [Infinity, -Infinity, Number.NaN];
    for (const form of ['tanh', 'sigmoid'] as const) {
      for (const dtype of ['f64', 'f32', 'f16', 'bf16'] as const satisfies readonly DType[]) {
        const x = tensor(dtype, [values.length + 3], [...values, ...special]);
        const run = () => gelu.ideal({ x, form });
        // A sigmoid below the normal range keeps fewer bits.
        expect(apart(run(), withoutSimd(run), 1e-290)).toBeLessThan(1e-15);
      }
      const x = normal([8195], 3);
      const run = () => gelu.ideal({ x, form });
      expect(apart(run(), withoutSimd(run))).toBeLessThan(1e-15);
      expect(Object.is(gelu.ideal({ x: tensor('f64', [1], [-Infinity]), form }).view.data[0], -0)).toBe(true);
    }
  });
});

/** Numbers that must agree to the last digit, and those that sums of another order may move a little. */
function expectAlike(fast: Comparison, slow: Comparison): void {
  const { overall, tiles, ...rest } = fast;
  const { overall: slowOverall, tiles: slowTiles, ...slowRest } = slow;
  expect(rest).toEqual(slowRest);
  expectMetrics(overall, slowOverall);
  for (const [i, { metrics, ...tile }] of tiles.entries()) {
    const { metrics: slowMetrics, ...slowTile } = slowTiles[i]!;
    expect(tile).toEqual(slowTile);
    expectMetrics(metrics, slowMetrics);
  }
}

const SUMMED = ['meanAbsError', 'rmse', 'meanError', 'correlation', 'cosine', 'snrDb'] as const;

function expectMetrics(fast: Metrics, slow: Metrics): void {
  const strip = (metrics: Metrics) => Object.entries(metrics).filter(([key]) => !isSummed(key));
  expect(strip(fast)).toEqual(strip(slow));
  for (const key of SUMMED) {
    const [x, y] = [fast[key], slow[key]];
    if (x === null || y === null) expect(`${key} ${x}`).toBe(`${key} ${y}`);
    else
      expect(Math.abs(x - y)).toBeLessThanOrEqual(
        1e-11 * Math.max(Math.abs(y), slow.meanAbsError ?? 0, 1e-300),
      );
  }
}

const isSummed = (key: string): boolean => (SUMMED as readonly string[]).includes(key);

describe.skipIf(simd() === null)(`${title}: comparison`, () => {
  const SHAPE = [24, 32] as const;
  const size = 24 * 32;

  function pairOf(seed: number, change: (x: number, i: number) => number): [Tensor, Tensor] {
    const values = new RandomState(seed).standardNormal(SHAPE).view.data.map((x, i) => change(x, i));
    const noise = new RandomState(seed + 1).standardNormal(SHAPE).view.data;
    return [
      tensor('f32', SHAPE, values),
      tensor(
        'f32',
        SHAPE,
        values.map((x, i) => (i % 3 === 0 ? x : x * (1 + 1e-5 * noise[i]!))),
      ),
    ];
  }

  const accepts = [
    absRel(1e-6, 1e-4),
    absRel(1e-6, 1e-6),
    absRel(0, 1e-5),
    abs(1e-5),
    ulp(100, 1e-9),
    exact(),
    all(abs(1), correlation(0.5)),
  ];

  it('is that of the plain version on float32, in tiles of every kind', () => {
    const changes = [
      (x: number) => x,
      (x: number) => 1e6 + x,
      (x: number, i: number) => (i % 5 === 0 ? 0 : -x),
      (x: number) => x * 1e30,
      (x: number) => x * 1e-42,
    ];
    for (const [seed, change] of changes.entries()) {
      const [e, a] = pairOf(seed, change);
      for (const tile of [[8, 8], [24, 32], [7, 12], [5, 3], [32], undefined]) {
        for (const accept of accepts) {
          const run = () => compare(e, a, { accept, ...(tile === undefined ? {} : { tile }) });
          expectAlike(run(), withoutSimd(run));
        }
      }
    }
  });

  it('finds one wrong or special element wherever it is', () => {
    const value = fc.constantFrom(Number.NaN, Infinity, -Infinity, 5, -0, 3.4e38, 1e-45);
    fc.assert(
      fc.property(
        fc.nat(size - 1),
        value,
        fc.constantFrom(...accepts),
        fc.boolean(),
        (at, x, accept, both) => {
          const [e, a] = pairOf(7, (y) => y);
          a.view.data[at] = x;
          if (both) e.view.data[at] = x;
          const run = () => compare(e, a, { accept, tile: [8, 16] });
          expectAlike(run(), withoutSimd(run));
          if (x === 5 && !both) {
            expect(run().worst?.index).toEqual([Math.floor(at / 32), at % 32]);
            if (accept.kind !== 'all') expect(run().pass).toBe(false);
          }
        },
      ),
      { numRuns: 150, seed: 42 },
    );
  });

  it('is that of the plain version on int8 outputs, with a float64 ideal or an int8 model', () => {
    const ideal = tensor(
      'f64',
      SHAPE,
      Float64Array.from({ length: size }, (_, i) => 140 * Math.sin(i) + (i % 4 === 0 ? 0.5 : 0)),
    );
    const rounded = toFloat64(ideal).map((x) => Math.max(-128, Math.min(127, Math.round(x))));
    const near = tensor('int8', SHAPE, rounded);
    const model = tensor(
      'int8',
      SHAPE,
      rounded.map((x, i) => (i % 50 === 7 ? Math.max(x - 1, -128) : x)),
    );
    const wrong = tensor('f64', SHAPE, toFloat64(ideal).with(33, Number.NaN));
    for (const [e, a] of [
      [ideal, near],
      [ideal, model],
      [model, near],
      [near, near],
      [wrong, near],
    ] as const) {
      for (const accept of [exact(), lsb(1), lsb(0), abs(14), all(lsb(2), correlation(0.99))]) {
        for (const tile of [[8, 8], [16, 16], [6, 20], undefined]) {
          const run = () => compare(e, a, { accept, ...(tile === undefined ? {} : { tile }) });
          expectAlike(run(), withoutSimd(run));
          const verdict = compare(e, a, { accept, detail: 'verdict' });
          expect(verdict.acceptance).toEqual(run().acceptance);
        }
      }
    }
  });
});
