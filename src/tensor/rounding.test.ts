import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { type Rounding, round, roundings, saturate, shiftRight } from './rounding.ts';

/** Ties, near ties, signs and magnitudes where no fraction is left. */
const table: readonly (readonly [x: number, even: number, away: number, floor: number, truncate: number])[] =
  [
    [0.5, 0, 1, 0, 0],
    [1.5, 2, 2, 1, 1],
    [2.5, 2, 3, 2, 2],
    [-0.5, 0, -1, -1, 0],
    [-1.5, -2, -2, -2, -1],
    [-2.5, -2, -3, -3, -2],
    [0.49999999999999994, 0, 0, 0, 0],
    [-0.49999999999999994, 0, 0, -1, 0],
    [0.5000000000000001, 1, 1, 0, 0],
    [-0.5000000000000001, -1, -1, -1, 0],
    [4503599627370495.5, 4503599627370496, 4503599627370496, 4503599627370495, 4503599627370495],
    [4503599627370494.5, 4503599627370494, 4503599627370495, 4503599627370494, 4503599627370494],
    [-1e-300, 0, 0, -1, 0],
    [2 ** 53, 2 ** 53, 2 ** 53, 2 ** 53, 2 ** 53],
    [1e300, 1e300, 1e300, 1e300, 1e300],
    [7, 7, 7, 7, 7],
  ];

/** The nearest whole numbers by exact integers: x = numerator / 2^bits. */
function exactRound(numerator: bigint, bits: bigint, mode: Rounding): bigint {
  const unit = 1n << bits;
  const below = numerator >> bits;
  const rest = numerator - below * unit;
  if (mode === 'floor') return below;
  if (mode === 'truncate') return numerator / unit;
  const twice = 2n * rest;
  if (twice !== unit) return twice < unit ? below : below + 1n;
  if (mode === 'half-even') return below % 2n === 0n ? below : below + 1n;
  return numerator < 0n ? below : below + 1n;
}

describe('round', () => {
  it.each(table)('%d', (x, ...expected) => {
    const rounded = roundings.map((mode) => round(x, mode));
    rounded.forEach((value, i) => {
      expect(value === expected[i], `${roundings[i]}: ${value}`).toBe(true);
    });
  });

  it.each(roundings)('%s leaves infinities and NaN', (mode) => {
    expect([Infinity, -Infinity, Number.NaN].map((x) => round(x, mode))).toEqual([
      Infinity,
      -Infinity,
      Number.NaN,
    ]);
  });

  it('refuses an unknown mode by name', () => {
    expect(() => round(1, 'nearest' as Rounding)).toThrow(ValueError);
    expect(() => round(1, 'nearest' as Rounding)).toThrow("unknown rounding mode 'nearest'");
  });
});

describe('shiftRight', () => {
  it.each(roundings)('%s is exact division of any int32 by a power of two', (mode) => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(34), (x, bits) => {
        expect(BigInt(shiftRight(x, bits, mode))).toBe(exactRound(BigInt(x), BigInt(bits), mode));
      }),
      { numRuns: 500 },
    );
  });

  it('by floor is the arithmetic shift', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(31), (x, bits) => {
        expect(shiftRight(x, bits, 'floor') === x >> bits).toBe(true);
      }),
    );
  });

  it('tells the modes apart on ties of either sign', () => {
    expect(roundings.map((mode) => shiftRight(-40, 4, mode))).toEqual([-2, -3, -3, -2]);
    expect(roundings.map((mode) => shiftRight(40, 4, mode))).toEqual([2, 3, 2, 2]);
  });

  it.each([-1, 0.5, 53, Number.NaN])('refuses a shift of %d', (bits) => {
    expect(() => shiftRight(1, bits, 'floor')).toThrow(ValueError);
  });
});

describe('saturate', () => {
  it('clamps, and lets NaN through to be noticed', () => {
    expect([-200, -128, 0, 127, 200, Infinity].map((x) => saturate(x, -128, 127))).toEqual([
      -128, -128, 0, 127, 127, 127,
    ]);
    expect(saturate(Number.NaN, -128, 127)).toBeNaN();
  });
});
