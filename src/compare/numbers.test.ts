import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downward, show, upward } from './numbers.ts';

describe('upward and downward', () => {
  it('keep four significant digits', () => {
    expect(upward(0.123456)).toBe(0.1235);
    expect(upward(9.9999)).toBe(10);
    expect(upward(1.234e-320)).toBeGreaterThanOrEqual(1.234e-320);
    expect(upward(0.25)).toBe(0.25);
    expect(upward(123456)).toBe(123456);
    expect(downward(0.97319)).toBe(0.9731);
    expect(downward(-0.97319)).toBe(-0.9732);
    expect(Object.is(downward(0), 0)).toBe(true);
  });

  it('hold what they are printed for, and stay close', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(Number(String(upward(x)))).toBeGreaterThanOrEqual(x);
        expect(Number(String(downward(x)))).toBeLessThanOrEqual(x);
        if (Math.abs(x) > 1e-300 && Math.abs(x) < 1e300) {
          expect(Math.abs(upward(x) - x)).toBeLessThanOrEqual(Math.abs(x) * 1.1e-3);
        }
      }),
    );
  });
});

describe('show', () => {
  it.each([
    [3, '3'],
    [-0, '0'],
    [1234567, '1234567'],
    [0.1 + 0.2, '0.3'],
    [12.3456789, '12.346'],
    [1e-7, '1e-7'],
    [Infinity, 'Infinity'],
    [Number.NaN, 'NaN'],
  ])('%d as %s', (x, text) => {
    expect(show(x)).toBe(text);
  });
});
