import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactErf, exactErfc, ulpsFrom } from '../testing/exact-erf.ts';
import { erf, erfc } from './index.ts';

/** As tabulated (Abramowitz & Stegun, tables 7.1 and 7.3, with the later digits of common calculators). */
const ERF: readonly (readonly [number, number])[] = [
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
];
const ERFC: readonly (readonly [number, number])[] = [
  [1, 0.15729920705028513],
  [2, 0.004677734981047266],
  [5, 1.537459794428035e-12],
  [10, 2.088487583762545e-45],
];

/** Largest distance in ULP from the exact value over `count` evenly spread points of [from, to). */
function worst(
  f: (x: number) => number,
  exact: typeof exactErf,
  from: number,
  to: number,
  count: number,
): number {
  let most = 0;
  for (let i = 0; i < count; i++) {
    // An irrational step, so that the points have full significands.
    const x = from + (to - from) * (((i * (Math.sqrt(5) - 1)) / 2) % 1);
    const error = ulpsFrom(f(x), exact(x));
    if (!(error <= most)) most = error;
  }
  return most;
}

describe('the exact oracle', () => {
  it.each(ERF)('gives the published erf(%f)', (x, value) => {
    expect(ulpsFrom(value, exactErf(x))).toBeLessThanOrEqual(0.5);
  });

  it.each(ERFC)('gives the published erfc(%f)', (x, value) => {
    expect(ulpsFrom(value, exactErfc(x))).toBeLessThanOrEqual(0.5);
  });

  it('sees one ULP', () => {
    const exact = exactErf(1);
    const nearest = 0.8427007929497149;
    expect(ulpsFrom(nearest, exact)).toBeLessThanOrEqual(0.5);
    expect(ulpsFrom(nearest + 2 ** -53, exact)).toBeGreaterThan(0.5);
    expect(ulpsFrom(nearest + 2 ** -52, exact)).toBeGreaterThan(1.5);
  });
});

describe('erf', () => {
  it.each(ERF)('of %f is the published value to 1 ULP', (x, value) => {
    expect(Math.abs(erf(x) - value)).toBeLessThanOrEqual(2 ** -53);
  });

  it.each([
    [0, 2 ** -7, 300],
    [2 ** -7, 0.84375, 1500],
    [0.84375, 1.25, 800],
    [1.25, 2.857, 800],
    [2.857, 6, 800],
  ])('lies within 1 ULP of exact arithmetic from %f to %f', (from, to, count) => {
    expect(worst(erf, exactErf, from, to, count)).toBeLessThan(1);
  });

  it('lies within 1 ULP down to the subnormals', () => {
    for (let exponent = -1074; exponent < -7; exponent += 33) {
      const x = 1.37 * 2 ** exponent;
      expect(ulpsFrom(erf(x), exactErf(x))).toBeLessThan(1);
    }
  });

  it('is odd, bounded by 1 and increasing', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (x, y) => {
        expect(erf(-x)).toBe(-erf(x));
        expect(Math.abs(erf(x))).toBeLessThanOrEqual(1);
        // Neighbours may be out of order by the error of the approximation.
        if (x < y) expect(erf(x)).toBeLessThanOrEqual(erf(y) + 2 ** -52);
      }),
    );
  });

  it('has the limits at infinity, the sign of zero and NaN', () => {
    expect([Infinity, -Infinity, 0, -0].map(erf)).toEqual([1, -1, 0, -0]);
    expect(erf(Number.NaN)).toBeNaN();
  });
});

describe('erfc', () => {
  it.each(ERFC)('of %f is the published value to 3 ULP', (x, value) => {
    expect(Math.abs(erfc(x) / value - 1)).toBeLessThanOrEqual(3 * 2 ** -52);
  });

  it.each([
    [-6, 0, 600, 1],
    [0, 0.84375, 800, 3],
    [0.84375, 1.25, 800, 3],
    [1.25, 2.857, 800, 3],
    [2.857, 6, 600, 3],
    [6, 26.5, 60, 3],
    [26.5, 27.2, 10, 3],
  ])('from %f to %f, %i points lie within %i ULP of exact arithmetic', (from, to, count, bound) => {
    expect(worst(erfc, exactErfc, from, to, count)).toBeLessThan(bound);
  });

  it('does not cancel where 1 - erf does', () => {
    expect(1 - erf(6)).toBe(0);
    expect(worst((x) => 1 - erf(x), exactErfc, 2.857, 5.5, 50)).toBeGreaterThan(1000);
  });

  it('complements erf', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        expect(erf(x) + erfc(x)).toBeCloseTo(1, 15);
        expect(erfc(-x) + erfc(x)).toBeCloseTo(2, 14);
      }),
    );
  });

  it('has the limits at infinity, 1 at zero and NaN', () => {
    expect([Infinity, 30, 0, -0, -30, -Infinity].map(erfc)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(erfc(Number.NaN)).toBeNaN();
  });
});
