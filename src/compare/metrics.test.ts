import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, type DType, decodeBf16, type Tensor, tensor, transpose } from '../tensor/index.ts';
import { type Metrics, overall } from './metrics.ts';
import { Pair } from './pair.ts';

const metrics = (expected: Tensor, actual: Tensor): Metrics => overall(new Pair(expected, actual)).metrics;
const line = (dtype: DType, values: readonly number[]): Tensor => tensor(dtype, [values.length], values);
const of = (expected: readonly number[], actual: readonly number[]): Metrics =>
  metrics(line('f64', expected), line('f64', actual));

describe('metrics', () => {
  it('measures errors as actual - expected', () => {
    const m = of([1, 2, 3, 4], [1, 3, 1, 5]);
    expect(m).toMatchObject({ count: 4, mismatches: 3, maxAbsError: 2, meanAbsError: 1, meanError: 0 });
    expect(m.rmse).toBeCloseTo(Math.sqrt(6 / 4), 12);
    expect(m.signBias).toBeCloseTo(2 / 3, 12);
    expect(m.snrDb).toBeCloseTo(10 * Math.log10(30 / 6), 12);
    expect(m.cosine).toBeCloseTo(30 / Math.sqrt(30 * 36), 12);
    expect(m.expected).toEqual({ min: 1, max: 4, nonZero: 4, nan: 0, infinite: 0 });
    expect(m.saturated).toBeNull();
  });

  it('rounds a real ideal half to even and saturates it before it counts mismatches and LSBs', () => {
    const m = metrics(line('f64', [0.5, 1.5, 300, -7.4]), line('int8', [0, 2, 127, -9]));
    expect(m).toMatchObject({ mismatches: 1, maxUlp: 2, saturated: 1 });
    expect(m.maxAbsError).toBe(173); // the raw ideal counts for errors
  });

  it('counts saturation at both ends of an integer dtype', () => {
    const m = metrics(line('int8', [0, 0, 0, 0]), line('int8', [-128, 127, -127, 126]));
    expect(m.saturated).toBe(2);
  });

  it('measures correlation far from zero without cancellation', () => {
    const x = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const far = of(
      x.map((v) => v + 1e8),
      x.map((v) => 2 * v - 1e8),
    );
    expect(far.correlation).toBeCloseTo(1, 6);
    expect(of(x, x).correlation).toBe(1);
    expect(
      of(
        x,
        x.map((v) => -v),
      ).correlation,
    ).toBe(-1);
  });

  it('is null where nothing is defined', () => {
    expect(of([], [])).toMatchObject({
      count: 0,
      mismatches: 0,
      maxAbsError: null,
      meanAbsError: null,
      rmse: null,
      meanError: null,
      signBias: null,
      maxUlp: null,
      correlation: null,
      cosine: null,
      snrDb: null,
      expected: { min: null, max: null },
    });
    expect(of([0.1, 0.1, 0.1], [1, 2, 3]).correlation).toBeNull();
    expect(of([0, 0], [1, 2])).toMatchObject({ cosine: null, snrDb: null });
    expect(of([1, 2], [1, 2])).toMatchObject({ snrDb: null, signBias: null, rmse: 0 });
  });

  it('counts NaN and infinities and leaves them out of the errors', () => {
    const m = of([Number.NaN, Infinity, 1, 2, Number.NaN], [Number.NaN, Infinity, -Infinity, 3, 0]);
    expect(m).toMatchObject({ mismatches: 3, maxAbsError: 1, meanAbsError: 1 });
    expect(m.expected).toEqual({ min: 1, max: 2, nonZero: 5, nan: 2, infinite: 1 });
    expect(m.actual).toEqual({ min: 0, max: 3, nonZero: 4, nan: 1, infinite: 2 });
  });

  it('takes -0 for 0 and says no -0 itself', () => {
    const m = of([-0, 1], [0, 1]);
    expect(m).toMatchObject({ mismatches: 0, maxUlp: 0 });
    expect(Object.is(m.expected.min, 0)).toBe(true);
  });

  it('reads strided views', () => {
    const t = tensor('int8', [2, 3], [1, 2, 3, 4, 5, 6]);
    expect(metrics(transpose(t), tensor('int8', [3, 2], [1, 4, 2, 5, 3, 6])).mismatches).toBe(0);
  });

  it('agrees with sums over at() on any data', () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }).map((pairs) => ({
          expected: line(
            'f64',
            pairs.map(([e]) => e),
          ),
          actual: line(
            'f64',
            pairs.map(([, a]) => a),
          ),
        })),
        ({ expected, actual }) => {
          const n = expected.shape[0]!;
          const errors = Array.from({ length: n }, (_, i) => at(actual, i) - at(expected, i));
          const m = metrics(expected, actual);
          expect(m.maxAbsError).toBe(Math.max(...errors.map(Math.abs)));
          expect(m.meanError).toBeCloseTo(errors.reduce((sum, x) => sum + x, 0) / n, 9);
          expect(m.rmse).toBeCloseTo(Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / n), 9);
          expect(m.mismatches).toBe(errors.filter((x) => x !== 0).length);
        },
      ),
    );
  });

  it('joins the sums of several blocks', () => {
    const values = Array.from({ length: 5000 }, (_, i) => Math.round(50 * Math.sin(i)));
    const shifted = values.map((x, i) => x + (i % 3));
    const m = of(values, shifted);
    expect(m).toMatchObject({ count: 5000, maxAbsError: 2, meanAbsError: (1667 + 2 * 1666) / 5000 });
  });
});

describe('ULP distance', () => {
  const ulps = (dtype: DType, expected: readonly number[], actual: readonly number[]) => [
    ...new Pair(line(dtype, expected), line(dtype, actual)).ulps,
  ];

  it.each([
    ['f64', 2 ** -52, 2 ** -1074],
    ['f32', 2 ** -23, 2 ** -149],
    ['f16', 2 ** -10, 2 ** -24],
    ['bf16', 2 ** -7, 2 ** -133],
  ] as const)('counts representable values of %s', (dtype, epsilon, least) => {
    expect(
      ulps(dtype, [1, 1, -1, 0, 0, -0], [1 + epsilon, 1 + 3 * epsilon, -1 - epsilon, least, -0, 0]),
    ).toEqual([1, 3, 1, 1, 0, 0]);
    expect(ulps(dtype, [-least], [least])).toEqual([2]);
    expect(ulps(dtype, [Infinity, -Infinity, Infinity, 1], [Infinity, Infinity, 1, Number.NaN])).toEqual([
      0,
      Infinity,
      Infinity,
      Infinity,
    ]);
  });

  it('rounds a float64 ideal to the dtype of the output first', () => {
    const pair = new Pair(line('f64', [1 + 2 ** -10]), line('bf16', [1]));
    expect([...pair.ulps]).toEqual([0]);
  });

  it('walks every bf16 code one by one', () => {
    const codes = Array.from({ length: 0x7f80 }, (_, code) => decodeBf16(code));
    const steps = ulps('bf16', codes.slice(0, -1), codes.slice(1));
    expect(steps.every((step) => step === 1)).toBe(true);
  });
});
