import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { withoutSimd } from '../../simd/module.ts';
import { dtypeInfo, dtypes, fromStorage, type Tensor, tensor, toFloat64, zeros } from '../../tensor/index.ts';
import type { TensorType } from '../args.ts';
import { type DistributionName, distributionNames, inputsOf, tensorOf, usualDistributions } from './index.ts';
import { expectSound, isSmaller } from './testing/assertions.ts';

const shapes = [[6, 8], [24], [2, 3, 5], [1], []] as const;

describe.each(distributionNames)('%s', (name) => {
  it.each(dtypes.map((dtype, i) => ({ dtype, shape: shapes[i % shapes.length]! })))(
    'of $dtype $shape is valid, repeats and shrinks',
    ({ dtype, shape }) => {
      const type: TensorType = { dtype, shape };
      expectSound(
        {
          arbitrary: tensorOf(type, { distributions: [name] }),
          parts: { x: type },
          tensorsOf: (x) => ({ x }),
          runs: 10,
          dull: name === 'zeros' || name === 'sparse' || name === 'one-hot' || shape.length === 0,
        },
        31,
      );
    },
  );
});

describe('inputs of several parts', () => {
  const parts = {
    q: { dtype: 'int8', shape: [4, 8] },
    k: { dtype: 'uint8', shape: [8, 4] },
    v: { dtype: 'bf16', shape: [12] },
  } as const;

  it('are valid, repeat and shrink together', () => {
    expectSound({ arbitrary: inputsOf(parts), parts, tensorsOf: ({ inputs }) => inputs }, 5);
    // Through map, as a kernel's input cases are made.
    const mapped = inputsOf(parts).map(({ inputs }) => ({ held: inputs }));
    expectSound({ arbitrary: mapped, parts, tensorsOf: ({ held }) => held }, 6);
  });

  it('draw each part by itself, and say from which distribution until they are shrunk', () => {
    const drawn = fc.sample(inputsOf(parts), { numRuns: 200, seed: 3 });
    for (const one of drawn) expect(Object.keys(one.drawn)).toEqual(['q', 'k', 'v']);
    expect(new Set(drawn.map((one) => Object.values(one.drawn).join())).size).toBeGreaterThan(60);
    const seen: object[] = [];
    fc.check(
      fc.property(inputsOf(parts), (one) => seen.push(one.drawn) < 1),
      { seed: 1 },
    );
    expect(Object.keys(seen[0]!)).toEqual(['q', 'k', 'v']);
    expect(seen.at(-1)).toEqual({});
  });

  it('shrink inside other arbitraries', () => {
    const pair = fc.tuple(tensorOf(parts.q), fc.integer(), tensorOf(parts.q));
    const nonZero = (t: Parameters<typeof toFloat64>[0]) => toFloat64(t).filter((x) => x !== 0).length;
    const { counterexample } = fc.check(
      fc.property(pair, ([a, , b]) => nonZero(a) === 0 || nonZero(b) === 0),
      { seed: 9 },
    );
    const [[a, between, b]] = counterexample!;
    expect([nonZero(a), between, nonZero(b)]).toEqual([1, 0, 1]);
  });
});

describe('tensorOf', () => {
  it('draws from the named distributions and rejects unknown ones', () => {
    const type: TensorType = { dtype: 'int8', shape: [3] };
    const unknown = ['normal'] as unknown as DistributionName[];
    expect(() => tensorOf(type, { distributions: unknown })).toThrow(ValueError);
    expect(() => tensorOf(type, { distributions: unknown })).toThrow("unknown distribution 'normal'");
    expect(() => tensorOf(type, { distributions: [] })).toThrow(ValueError);
    const onlyZeros = fc.sample(tensorOf(type, { distributions: ['zeros'] }), 20);
    expect(onlyZeros.every((t) => toFloat64(t).every((x) => x === 0))).toBe(true);
  });

  it.each(dtypes)('of %s by default is within the tried range, and subnormal only if asked', (dtype) => {
    const { integer, minExponent } = dtypeInfo(dtype);
    if (integer) {
      expect(usualDistributions(dtype)).toEqual(distributionNames);
      return;
    }
    const type: TensorType = { dtype, shape: [16, 16] };
    const usual = fc.sample(tensorOf(type), { numRuns: 60, seed: 1 }).flatMap((t) => [...toFloat64(t)]);
    expect(usual.every((x) => Math.abs(x) <= 1e3)).toBe(true);
    expect(usual.some((x) => x !== 0 && Math.abs(x) < 2 ** minExponent)).toBe(false);
    const full = fc.sample(tensorOf(type, { distributions: ['full range'] }), { numRuns: 10, seed: 1 });
    const values = full.flatMap((t) => [...toFloat64(t)]);
    expect(values.some((x) => x !== 0 && Math.abs(x) < 2 ** minExponent)).toBe(true);
    expect(values.some((x) => Math.abs(x) === dtypeInfo(dtype).max)).toBe(true);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('the shared assertions', () => {
  const type: TensorType = { dtype: 'int8', shape: [4] };
  const under = (arbitrary: fc.Arbitrary<Tensor>) => () =>
    expectSound({ arbitrary, parts: { x: type }, tensorsOf: (x) => ({ x }) }, 1);

  it('know which of two inputs is smaller', () => {
    const of = (...values: number[]) => ({ x: tensor('int8', [values.length], values) });
    expect(isSmaller(of(0, 127), of(1, 1))).toBe(true);
    expect(isSmaller(of(1, 1), of(0, 127))).toBe(false);
    expect(isSmaller(of(1, 4), of(1, 5))).toBe(true);
    expect(isSmaller(of(1, 5), of(1, -5))).toBe(true);
    expect(isSmaller(of(1, 5), of(1, 5))).toBe(false);
    expect(isSmaller(of(0, 5), of(5, 0))).toBe(false);
    expect(isSmaller(of(1, 6), of(2, 5))).toBe(false);
  });

  it('reject wrong shapes, values that do not repeat, and shrinks that grow', () => {
    expect(under(fc.constant<Tensor>(zeros('int8', [5])))).toThrow();
    expect(under(fc.constant<Tensor>(fromStorage('uint8', [4], new Uint8Array(4))))).toThrow();
    let calls = 0;
    const unsteady = fc.constant(0).map((): Tensor => tensor('int8', [4], [++calls % 100, 0, 0, 0]));
    expect(under(unsteady)).toThrow();
    // Lists shrink to values nearer to 0, so that these shrink away from it.
    const growing = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }).map((values) =>
      tensor(
        'int8',
        [4],
        values.map((x) => 101 - x),
      ),
    );
    expect(under(growing)).toThrow();
  });
});

it('stores int8 values on WebAssembly as it does without it', () => {
  for (const shape of [[16, 20], [3, 7], [1], [0]]) {
    const draw = () => fc.sample(tensorOf({ dtype: 'int8', shape }), { numRuns: 60, seed: 1 }).map(toFloat64);
    expect(draw()).toEqual(withoutSimd(draw));
  }
});
