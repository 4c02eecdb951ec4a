import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.ts';
import { at, RandomState, type Tensor, tensor, toFloat64, transpose, zeros } from '../../src/tensor/index.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../../src/testing/numpy.ts';
import { f64Tensor, int8Tensor } from '../testing/arbitraries.ts';
import { difference } from '../testing/difference.ts';
import { ideal } from './index.ts';

const epsilon = 1e-5;

/** The variance as mean(x^2) - mean(x)^2, with `divisor` n of a matrix's rows: another formula than the code's. */
function naive(x: Tensor, lessOne = 0): number[] {
  const [rows, n] = x.shape as [number, number];
  const out: number[] = [];
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let squares = 0;
    for (let j = 0; j < n; j++) {
      sum += at(x, i, j);
      squares += at(x, i, j) ** 2;
    }
    const variance = ((squares / n - (sum / n) ** 2) * n) / (n - lessOne);
    for (let j = 0; j < n; j++) out.push((at(x, i, j) - sum / n) / Math.sqrt(variance + epsilon));
  }
  return out;
}

describe('layernorm values', () => {
  it('of 1, 2, 3, 4 are (x - 2.5) / sqrt(1.25)', () => {
    const y = ideal({ x: tensor('f64', [4], [1, 2, 3, 4]), epsilon: 0 });
    const unit = 1 / Math.sqrt(5);
    expect(difference(y, [-3 * unit, -unit, unit, 3 * unit])).toBeLessThan(3e-16);
  });

  it('apply gamma, then beta, by column', () => {
    const y = ideal({
      x: tensor('int8', [2, 2], [-1, 1, 3, 1]),
      gamma: tensor('f32', [2], [2, 4]),
      beta: tensor('int8', [2], [10, 20]),
      epsilon: 0,
    });
    expect([...toFloat64(y)]).toEqual([8, 24, 12, 16]);
  });

  it('agree with another formula for the population variance, not the sample variance', () => {
    fc.assert(
      fc.property(int8Tensor(3, 16), (x) => {
        expect(difference(ideal({ x, epsilon }), naive(x))).toBeLessThan(1e-9);
      }),
    );
    const x = tensor('int8', [1, 4], [1, 2, 3, 4]);
    expect(difference(ideal({ x, epsilon }), naive(x, 1))).toBeGreaterThan(0.1);
  });

  it('normalise all axes from `axis` on, as ONNX does', () => {
    const x = tensor('int8', [2, 2, 3], [1, 2, 3, 4, 5, 6, -1, -2, 0, 9, 8, 7]);
    const flat = tensor('int8', [2, 6], toFloat64(x));
    const gamma = tensor('f64', [2, 3], [1, 2, 3, 4, 5, 6]);
    const byBlock = ideal({ x, gamma, epsilon, axis: 1 });
    expect(byBlock.shape).toEqual([2, 2, 3]);
    expect(
      difference(byBlock, ideal({ x: flat, gamma: tensor('f64', [6], toFloat64(gamma)), epsilon })),
    ).toBe(0);
    expect(difference(ideal({ x, epsilon, axis: -2 }), ideal({ x, epsilon, axis: 1 }))).toBe(0);
    expect(difference(ideal({ x, epsilon, axis: 1 }), ideal({ x, epsilon }))).toBeGreaterThan(0.1);
  });

  it('follow strides', () => {
    const x = transpose(tensor('bf16', [3, 2], [1, 4, 2, 5, 3, 9]));
    const copied = tensor('f64', [2, 3], [1, 2, 3, 4, 5, 9]);
    expect(difference(ideal({ x, epsilon }), ideal({ x: copied, epsilon }))).toBe(0);
  });
});

describe('layernorm stability', () => {
  const small = tensor('f64', [1, 5], [-2, -1, 0, 1, 2.5]);

  it.each([1000, 1e8, 2 ** 50])('loses nothing to a mean of %d', (mean) => {
    const x = tensor(
      'f64',
      [1, 5],
      toFloat64(small).map((value) => value + mean),
    );
    expect(difference(ideal({ x, epsilon }), ideal({ x: small, epsilon }))).toBeLessThan(1e-15);
  });

  it('which the one-pass variance does', () => {
    const x = tensor(
      'f64',
      [1, 5],
      toFloat64(small).map((value) => value + 1e8),
    );
    expect(difference(ideal({ x, epsilon }), naive(x))).toBeGreaterThan(1e-3);
  });

  it.each([0, 1000, 0.1, -1e8, 1e300])('gives exactly beta for a row of %d', (value) => {
    const x = tensor('f64', [2, 7], new Array(14).fill(value));
    const beta = tensor('f64', [7], [1, -2, 0.3, 0, 5, 6, 7]);
    const gamma = tensor('f64', [7], [3, -3, 1e9, -1, 5, 6, 7]);
    const expected = [...toFloat64(beta), ...toFloat64(beta)];
    expect([...toFloat64(ideal({ x, gamma, beta, epsilon }))]).toEqual(expected);
  });

  it('makes a row with NaN or an infinity NaN, and no other', () => {
    const x = tensor('f64', [3, 2], [Number.NaN, 1, 1, Infinity, 1, 1]);
    const nan = Number.NaN;
    expect([...toFloat64(ideal({ x, epsilon }))]).toEqual([nan, nan, nan, nan, 0, 0]);
  });
});

describe('layernorm errors', () => {
  const x = tensor('int8', [2, 3], [1, 2, 3, 4, 4, 4]);

  it.each([-1e-5, Number.NaN, Infinity])('epsilon %d', (wrong) => {
    expect(() => ideal({ x, epsilon: wrong })).toThrow(ValueError);
    expect(() => ideal({ x, epsilon: wrong })).toThrow(`epsilon ${wrong}`);
  });

  it('epsilon 0 with a constant row names the row', () => {
    expect(() => ideal({ x, epsilon: 0 })).toThrow(ValueError);
    expect(() => ideal({ x, epsilon: 0 })).toThrow('row 1 of x int8 [2, 3]');
    expect(() => ideal({ x: tensor('f64', [1], [5]), epsilon: 0 })).toThrow(ValueError);
  });

  it('gamma or beta of another shape names both', () => {
    const gamma = zeros('int8', [2]);
    expect(() => ideal({ x, gamma, epsilon })).toThrow(ShapeError);
    expect(() => ideal({ x, gamma, epsilon })).toThrow(
      'gamma int8 [2] does not fit the normalised axes [3] of x int8 [2, 3]',
    );
    expect(() => ideal({ x, beta: zeros('f64', [1, 3]), epsilon })).toThrow('beta f64 [1, 3]');
  });

  it('an axis that x lacks', () => {
    expect(() => ideal({ x, epsilon, axis: 2 })).toThrow('layernorm: axis 2 does not exist in x int8 [2, 3]');
  });

  it('but none for an empty tensor', () => {
    expect(ideal({ x: zeros('f64', [2, 0]), epsilon: 0 }).shape).toEqual([2, 0]);
    expect(ideal({ x: zeros('f64', [0, 2]), epsilon: 0 }).shape).toEqual([0, 2]);
  });
});

describe('layernorm properties', () => {
  const offset = fc.double({ min: -1000, max: 1000, noNaN: true });
  const factor = fc.double({ min: 0.1, max: 10, noNaN: true });

  it('does not see a shift and a positive scale, epsilon scaled along', () => {
    fc.assert(
      fc.property(f64Tensor(100, 2, 8), factor, offset, (x, scale, shift) => {
        const moved = tensor(
          'f64',
          [2, 8],
          toFloat64(x).map((value) => value * scale + shift),
        );
        const y = ideal({ x: moved, epsilon: epsilon * scale * scale });
        expect(difference(y, ideal({ x, epsilon }))).toBeLessThan(1e-7);
      }),
    );
  });

  it('does see a negative scale, and a scale beside an epsilon that stays', () => {
    const x = tensor('f64', [2], [0, 1]);
    const negated = tensor('f64', [2], [0, -1]);
    const shrunk = tensor('f64', [2], [0, 0.001]);
    expect(difference(ideal({ x: negated, epsilon }), ideal({ x, epsilon }))).toBeGreaterThan(1);
    expect(difference(ideal({ x: shrunk, epsilon }), ideal({ x, epsilon }))).toBeGreaterThan(0.1);
  });

  it('gives mean 0 and variance 1 short of epsilon', () => {
    fc.assert(
      fc.property(int8Tensor(1, 32), (x) => {
        const y = toFloat64(ideal({ x, epsilon }));
        const input = toFloat64(x);
        const mean = input.reduce((sum, value) => sum + value) / 32;
        const variance = input.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 32;
        expect(y.reduce((sum, value) => sum + value)).toBeCloseTo(0, 10);
        const squares = y.reduce((sum, value) => sum + value * value, 0) / 32;
        expect(squares).toBeCloseTo(variance / (variance + epsilon), 10);
      }),
    );
  });
});

describe.skipIf(!numpyAvailable.ok)(`layernorm ${numpyTitle}`, () => {
  it('agrees on random activations with gamma and beta', () => {
    const random = new RandomState(3);
    const x = tensor(
      'f64',
      [16, 256],
      toFloat64(random.standardNormal([4096])).map((v) => 7 * v + 3),
    );
    const gamma = random.standardNormal([256]);
    const beta = random.standardNormal([256]);
    const { y, sample } = runNumpy(
      `
d = x - x.mean(axis=-1, keepdims=True)
out['y'] = d / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) * gamma + beta
out['sample'] = d / np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + 1e-5) * gamma + beta
`,
      { x, gamma, beta },
    );
    const ours = ideal({ x, gamma, beta, epsilon });
    expect(difference(ours, y!)).toBeLessThan(1e-14);
    expect(difference(ours, sample!)).toBeGreaterThan(1e-3);
  });
});
