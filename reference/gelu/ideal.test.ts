import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../src/errors.ts';
import { tensor, toFloat64, transpose } from '../../src/tensor/index.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../../src/testing/numpy.ts';
import { difference } from '../testing/difference.ts';
import { exactGelu, ulpsFrom } from '../testing/exact-erf.ts';
import { type GeluForm, geluErf, geluSigmoid, geluTanh, ideal } from './index.ts';

const forms: readonly GeluForm[] = ['erf', 'tanh', 'sigmoid'];
const scalars = { erf: geluErf, tanh: geluTanh, sigmoid: geluSigmoid };

/** Largest difference of two functions on [-6, 6]. */
function gap(f: (x: number) => number, g: (x: number) => number): number {
  let most = 0;
  for (let x = -6; x <= 6; x += 1 / 1024) most = Math.max(most, Math.abs(f(x) - g(x)));
  return most;
}

describe('gelu values', () => {
  it('erf form is x times the normal distribution function', () => {
    // Phi(1), Phi(2) and Phi(-3) to 16 digits, from any normal table.
    expect(geluErf(1)).toBeCloseTo(0.8413447460685429, 15);
    expect(geluErf(-1)).toBeCloseTo(-0.15865525393145705, 15);
    expect(geluErf(2) / 2).toBeCloseTo(0.9772498680518208, 15);
    expect(geluErf(-3) / -3).toBeCloseTo(0.0013498980316300946, 17);
  });

  it('tanh form is its definition where that does not cancel', () => {
    expect(geluTanh(1)).toBeCloseTo(0.8411919906082768, 15);
    const definition = (x: number) =>
      0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    expect(gap(geluTanh, definition)).toBeLessThan(2e-15);
  });

  it('sigmoid form is its definition', () => {
    expect(gap(geluSigmoid, (x) => x / (1 + Math.exp(-1.702 * x)))).toBeLessThan(2e-15);
  });

  it('tells the three forms apart by what the literature says', () => {
    expect(gap(geluTanh, geluErf)).toBeGreaterThan(4.7e-4);
    expect(gap(geluTanh, geluErf)).toBeLessThan(4.8e-4);
    expect(gap(geluSigmoid, geluErf)).toBeGreaterThan(0.0203);
    expect(gap(geluSigmoid, geluErf)).toBeLessThan(0.0204);
  });

  it('erf form agrees with exact arithmetic: 3 ULP above -1, the rounding of x/sqrt(2) below', () => {
    for (let i = 0; i < 1500; i++) {
      const x = -8 + 16 * (((i * (Math.sqrt(5) - 1)) / 2) % 1);
      const bound = x > -1 ? 3 : 8 + 1.2 * x * x;
      expect(ulpsFrom(geluErf(x), exactGelu(x))).toBeLessThan(bound);
    }
    for (const x of [-12.3, -20.7, -30.1, -36.9]) {
      expect(ulpsFrom(geluErf(x), exactGelu(x))).toBeLessThan(8 + 1.2 * x * x);
    }
  });

  it('would fail that with 1 + erf for negative x', () => {
    const cancelling = 0.5 * -5.3 * (1 + (geluErf(5.3) / 2.65 - 1) * -1);
    expect(ulpsFrom(cancelling, exactGelu(-5.3))).toBeGreaterThan(1e5);
  });

  it('keeps small results of the tanh form, where tanh itself reaches -1', () => {
    expect(Math.tanh(Math.sqrt(2 / Math.PI) * (-8 + 0.044715 * (-8) ** 3))).toBe(-1);
    expect(geluTanh(-8)).toBeLessThan(0);
    expect(geluTanh(-8)).toBeGreaterThan(-1e-19);
  });
});

/** Whether f(x) - f(-x) = x to 2 ULP, with the floor that half of a subnormal needs. */
function isGated(f: (x: number) => number, x: number): boolean {
  return Math.abs(f(x) - f(-x) - x) <= 2 * Number.EPSILON * Math.abs(x) + 2 * Number.MIN_VALUE;
}

it('the law GELU(x) - GELU(-x) = x fails for a leaky gate and for swapped forms', () => {
  expect(isGated((x) => (x > 0 ? x : 0.1 * x), 1)).toBe(false);
  expect(isGated((x) => (x > 0 ? geluErf(x) : geluTanh(x)), 1)).toBe(false);
});

describe.each(forms)('gelu %s', (form) => {
  const gelu = scalars[form];

  it('satisfies GELU(x) - GELU(-x) = x', () => {
    fc.assert(fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (x) => isGated(gelu, x)));
  });

  it('lies between -0.2 and the larger of 0 and x', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(gelu(x)).toBeGreaterThan(-0.2);
        expect(gelu(x)).toBeLessThanOrEqual(Math.max(0, x));
      }),
    );
  });

  it('has limits, not NaN, at the infinities, and passes NaN on', () => {
    expect([Infinity, -Infinity, 0, -1e300].map(gelu)).toEqual([Infinity, -0, 0, -0]);
    expect(gelu(Number.NaN)).toBeNaN();
  });

  it('maps a strided tensor of any dtype element by element', () => {
    const x = transpose(tensor('bf16', [2, 3], [0, 1, 2, -1, -2, -3]));
    const y = ideal({ x, form });
    expect(y.shape).toEqual([3, 2]);
    const values = toFloat64(y);
    // By WebAssembly, where there is any: within a few ULPs of the scalar form.
    for (const [i, at] of [0, -1, 1, -2, 2, -3].entries()) {
      expect(Math.abs(values[i]! - gelu(at))).toBeLessThanOrEqual(1e-15 * Math.abs(gelu(at)));
    }
  });
});

describe('gelu.ideal', () => {
  it('names the forms when given another', () => {
    const run = () => ideal({ x: tensor('f64', [1], [1]), form: 'exact' as GeluForm });
    expect(run).toThrow(ValueError);
    expect(run).toThrow("unknown form 'exact'");
    expect(() => ideal({ x: tensor('f64', [1], [1]), form: 'toString' as GeluForm })).toThrow(ValueError);
  });

  it('takes an empty tensor', () => {
    expect(ideal({ x: tensor('f64', [0, 4], []), form: 'erf' }).shape).toEqual([0, 4]);
  });
});

describe.skipIf(!numpyAvailable.ok)(`gelu ${numpyTitle}`, () => {
  it('agrees on every int8 code', () => {
    const codes = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    const x = tensor(
      'f64',
      [256],
      Float64Array.from(codes, (code) => code / 16),
    );
    const { erf, tanh, sigmoid } = runNumpy(
      `
import math
out['erf'] = np.array([0.5 * v * math.erfc(-v / math.sqrt(2)) for v in x])
out['tanh'] = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))
out['sigmoid'] = x / (1 + np.exp(-1.702 * x))
`,
      { x },
    );
    expect(difference(ideal({ x, form: 'erf' }), erf!)).toBeLessThan(2e-15);
    expect(difference(ideal({ x, form: 'tanh' }), tanh!)).toBeLessThan(2e-15);
    expect(difference(ideal({ x, form: 'sigmoid' }), sigmoid!)).toBeLessThan(2e-15);
    expect(difference(ideal({ x, form: 'sigmoid' }), erf!)).toBeGreaterThan(0.01);
    expect(difference(ideal({ x, form: 'tanh' }), erf!)).toBeGreaterThan(1e-4);
  });
});
