import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../../errors.ts';
import { type DType, type Tensor, tensor, zeros } from '../../tensor/index.ts';
import type { Acceptance } from '../acceptance.ts';
import { parseAcceptance } from '../parse.ts';
import { abs, absRel, exact, interval, lsb, rel, ulp } from './elementwise.ts';

const line = (dtype: DType, values: readonly number[]): Tensor => tensor(dtype, [values.length], values);
const f64 = (...values: number[]): Tensor => line('f64', values);
const f32 = (...values: number[]): Tensor => line('f32', values);
const int8 = (...values: number[]): Tensor => line('int8', values);
const passes = (acceptance: Acceptance, expected: Tensor, actual: Tensor): boolean =>
  acceptance.judge(expected, actual).pass;
const { NaN: nan } = Number;

describe('exact', () => {
  it('accepts equal values only', () => {
    expect(passes(exact(), int8(1, 2), int8(1, 2))).toBe(true);
    expect(exact().judge(int8(1, 2), int8(1, 5))).toEqual({
      pass: false,
      text: 'exact()',
      evidence: 'max |error| 3 LSB at [1] (expected 2, actual 5); 1 of 2 elements rejected',
      minimum: 'lsb(3)',
    });
    expect(exact().judge(f64(1), f64(1.25)).minimum).toBe('abs(0.25)');
  });

  it('takes NaN for NaN, an infinity for itself and -0 for 0', () => {
    expect(passes(exact(), f64(nan, Infinity, -0), f64(nan, Infinity, 0))).toBe(true);
    expect(passes(exact(), f64(nan), f64(0))).toBe(false);
    expect(passes(exact(), f64(0), f64(nan))).toBe(false);
    expect(passes(exact(), f64(Infinity), f64(-Infinity))).toBe(false);
    expect(exact().judge(f64(nan, 1), f64(nan, 2)).minimum).toBeNull();
  });

  it('holds an integer output to the ideal rounded half to even and saturated', () => {
    expect(passes(exact(), f64(0.5, 1.5, -2.5, 300, -300), int8(0, 2, -2, 127, -128))).toBe(true);
    expect(passes(exact(), f64(0.5), int8(1))).toBe(false);
    expect(passes(exact(), f64(nan), int8(0))).toBe(false);
    expect(passes(exact(), f64(Infinity), int8(127))).toBe(false);
  });

  it('does not saturate an integer expectation', () => {
    expect(passes(exact(), line('int32', [300]), int8(127))).toBe(false);
  });
});

describe('lsb', () => {
  it('accepts up to n LSBs from the correctly rounded ideal', () => {
    expect(passes(lsb(2), f64(10.4, -3.6), int8(12, -6))).toBe(true);
    const failed = lsb(2).judge(f64(10.4, -3.6), int8(13, -4));
    expect(failed).toMatchObject({ pass: false, minimum: 'lsb(3)' });
    expect(failed.evidence).toBe(
      'max |error| 3 LSB at [0] (expected 10.4, actual 13); 1 of 2 elements rejected',
    );
  });

  it('names the tightest that would pass when it passes', () => {
    expect(lsb(5).judge(int8(1), int8(2)).minimum).toBe('lsb(1)');
  });

  it('rejects NaN, and has no minimum for it', () => {
    expect(lsb(255).judge(f64(nan, 0), int8(0, 0))).toMatchObject({ pass: false, minimum: null });
  });

  it('is an error on floats', () => {
    expect(() => lsb(1).judge(f32(1), f32(1))).toThrow(ValueError);
    expect(() => lsb(1).judge(f32(1), f32(1))).toThrow('lsb(1) on f32');
  });
});

describe('abs and rel', () => {
  it('abs bounds the absolute error', () => {
    expect(passes(abs(0.5), f32(1, -1), f32(1.5, -1.5))).toBe(true);
    expect(abs(0.5).judge(f32(1, -1), f32(1.75, -1.5))).toMatchObject({ pass: false, minimum: 'abs(0.75)' });
    expect(passes(abs(0.5), f64(10.4), int8(10))).toBe(true);
    expect(passes(abs(0.5), f64(10.4), int8(11))).toBe(false);
  });

  it('rel bounds the error relative to the expected value', () => {
    expect(passes(rel(0.01), f64(100, -100), f64(101, -99))).toBe(true);
    expect(rel(0.01).judge(f64(100), f64(102))).toMatchObject({ pass: false, minimum: 'rel(0.02)' });
    expect(rel(1).judge(f64(0), f64(1e-9))).toMatchObject({ pass: false, minimum: null });
    expect(passes(rel(0), f64(0), f64(-0))).toBe(true);
  });

  it.each([abs(1e9), rel(1e9), absRel(1e9, 1e9), ulp(1e18, 1e9), interval(f64(-1e9), f64(1e9))])(
    '$text fails on any NaN and on unequal infinities',
    (acceptance) => {
      expect(passes(acceptance, f64(nan), f64(nan))).toBe(false);
      expect(passes(acceptance, f64(0), f64(nan))).toBe(false);
      expect(passes(acceptance, f64(nan), f64(0))).toBe(false);
      expect(passes(acceptance, f64(-Infinity), f64(Infinity))).toBe(false);
      expect(passes(acceptance, f64(0), f64(Infinity))).toBe(false);
      expect(acceptance.judge(f64(nan), f64(nan)).minimum).toBeNull();
    },
  );

  it.each([abs(1e9), rel(1e9), absRel(1e9, 1e9), ulp(1e18, 1e9)])(
    '$text fails on an infinity against a number and passes on the same infinity',
    (acceptance) => {
      expect(passes(acceptance, f64(Infinity), f64(0))).toBe(false);
      expect(passes(acceptance, f64(Infinity, -Infinity), f64(Infinity, -Infinity))).toBe(true);
    },
  );

  it('counts NaN in its evidence', () => {
    expect(abs(1).judge(f64(1, nan), f64(nan, nan)).evidence).toContain('NaN: expected 1, actual 2');
  });
});

describe('absRel', () => {
  it('follows the formula of NumPy isclose to the last bit', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const tolerance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(value, value, tolerance, tolerance, (e, a, atol, rtol) => {
        expect(passes(absRel(atol, rtol), f64(e), f64(a))).toBe(Math.abs(a - e) <= atol + rtol * Math.abs(e));
      }),
    );
  });

  it('is not symmetric: the expected value scales', () => {
    expect(passes(absRel(0, 0.5), f64(2), f64(1))).toBe(true);
    expect(passes(absRel(0, 0.5), f64(1), f64(2))).toBe(false);
  });

  it('keeps rtol in the minimum', () => {
    expect(absRel(0.001, 0.5).judge(f64(2), f64(4))).toMatchObject({
      pass: false,
      minimum: 'absRel(1, 0.5)',
    });
  });
});

describe('ulp', () => {
  it('accepts n ULPs of the output dtype', () => {
    const step = 2 ** -23;
    expect(passes(ulp(2, 1e-30), f32(1), f32(1 + 2 * step))).toBe(true);
    expect(ulp(2, 1e-30).judge(f32(1), f32(1 + 3 * step))).toMatchObject({
      pass: false,
      minimum: 'ulp(3, 1e-30)',
    });
  });

  it('accepts the absolute floor where ULPs mean nothing', () => {
    expect(passes(ulp(1, 1e-6), f32(0), f32(1e-7))).toBe(true);
    expect(passes(ulp(1, 1e-8), f32(0), f32(1e-7))).toBe(false);
  });

  it('requires a floor', () => {
    expect(() => ulp(1, 0)).toThrow('ulp floor of 0');
  });

  it('counts LSBs of an integer output', () => {
    expect(passes(ulp(1, 0.1), f64(1.6), int8(3))).toBe(true);
    expect(passes(ulp(1, 0.1), f64(1.4), int8(3))).toBe(false);
  });
});

describe('interval', () => {
  const bounds = interval(f64(0, 0), f64(1, 1));

  it('accepts what lies between its bounds', () => {
    expect(passes(bounds, f64(9, 9), f64(0, 1))).toBe(true);
    const failed = bounds.judge(f64(0, 0), f64(0.5, 1.25));
    expect(failed).toMatchObject({ pass: false, minimum: 'interval(low - 0.25, high + 0.25)' });
    expect(failed.evidence).toContain('0.25 outside [0, 1] at [1]');
  });

  it('accepts nothing between crossed bounds', () => {
    expect(passes(interval(f64(1), f64(0)), f64(0.5), f64(0.5))).toBe(false);
  });

  it('names shapes that do not fit', () => {
    expect(() => interval(f64(0), f64(0, 1))).toThrow(ShapeError);
    expect(() => bounds.judge(f64(1), f64(1))).toThrow(ShapeError);
  });
});

const elementwise = [exact(), lsb(9), abs(9), rel(9), absRel(9, 9), ulp(9, 9)];

describe('every elementwise acceptance', () => {
  it.each(elementwise)('$text rejects an empty tensor', (acceptance) => {
    for (const shape of [[0], [3, 0]]) {
      const empty = zeros('int8', shape);
      expect(acceptance.judge(empty, empty)).toMatchObject({ pass: false, minimum: null });
      expect(acceptance.judge(empty, empty).evidence).toContain('nothing to compare');
    }
  });

  it.each(elementwise)('$text takes -0 for 0 and judges a scalar', (acceptance) => {
    expect(passes(acceptance, tensor('f64', [], [-0]), tensor('int8', [], [0]))).toBe(true);
  });

  it.each(elementwise)('$text names both tensors if shapes differ', (acceptance) => {
    expect(() => acceptance.judge(zeros('f64', [2, 3]), zeros('int8', [3, 2]))).toThrow(ShapeError);
    expect(() => acceptance.judge(zeros('f64', [2, 3]), zeros('int8', [3, 2]))).toThrow(
      'cannot compare expected f64 [2, 3] with actual int8 [3, 2]',
    );
  });

  it.each([
    () => lsb(-1),
    () => lsb(0.5),
    () => lsb(nan),
    () => abs(-1),
    () => abs(nan),
    () => abs(Infinity),
    () => rel(-1),
    () => absRel(-1, 0),
    () => absRel(0, nan),
    () => ulp(-1, 1),
    () => ulp(1, nan),
  ])('rejects a senseless tolerance (%#)', (make) => {
    expect(make).toThrow(ValueError);
  });
});

describe('the minimum', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -130, max: 130 }),
  );
  const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 });
  const floats = [exact(), abs(0), rel(0), absRel(0, 1e-3), absRel(1e-6, 0), ulp(0, 1e-9)];

  it.each(floats)('of $text passes once printed and read again', (acceptance) => {
    fc.assert(
      fc.property(pairs, fc.constantFrom<DType>('f64', 'f32', 'bf16'), (rows, dtype) => {
        const expected = line(
          'f64',
          rows.map(([e]) => e),
        );
        const actual = line(
          dtype,
          rows.map(([, a]) => a),
        );
        const { minimum } = acceptance.judge(expected, actual);
        if (minimum !== null) expect(passes(parseAcceptance(minimum), expected, actual)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('of lsb passes and one LSB less fails', () => {
    const byte = fc.integer({ min: -128, max: 127 });
    const ideal = fc.double({ min: -200, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(ideal, byte), { minLength: 1, maxLength: 16 }), (rows) => {
        const expected = f64(...rows.map(([e]) => e));
        const actual = int8(...rows.map(([, a]) => a));
        const minimum = lsb(0).judge(expected, actual).minimum!;
        expect(passes(parseAcceptance(minimum), expected, actual)).toBe(true);
        const n = Number(/\d+/.exec(minimum)![0]);
        if (n > 0) expect(passes(lsb(n - 1), expected, actual)).toBe(false);
      }),
    );
  });
});
