import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { type Tensor, tensor, zeros } from '../../tensor/index.ts';
import type { Acceptance } from '../acceptance.ts';
import { parseAcceptance } from '../parse.ts';
import { correlation, cosine, meanAbs, snr, within } from './aggregate.ts';

const f64 = (...values: number[]): Tensor => tensor('f64', [values.length], values);
const int8 = (...values: number[]): Tensor => tensor('int8', [values.length], values);
const passes = (acceptance: Acceptance, expected: Tensor, actual: Tensor): boolean =>
  acceptance.judge(expected, actual).pass;
const { NaN: nan } = Number;

describe('correlation', () => {
  it('accepts what rises and falls together, whatever its scale', () => {
    expect(passes(correlation(0.99), f64(1, 2, 3), f64(20, 40, 60))).toBe(true);
    const failed = correlation(0.99).judge(f64(1, 2, 3, 4), f64(1, 3, 2, 4));
    expect(failed).toEqual({
      pass: false,
      text: 'correlation(0.99)',
      evidence: 'correlation 0.8',
      minimum: 'correlation(0.8)',
    });
    expect(passes(correlation(-0.5), f64(1, 2, 3), f64(3, 2, 1))).toBe(false);
  });

  it('is undefined for constants, and fails, even if both are identical', () => {
    const both = correlation(-1).judge(f64(0.1, 0.1, 0.1), f64(0.1, 0.1, 0.1));
    expect(both).toMatchObject({ pass: false, minimum: null });
    expect(both.evidence).toContain('undefined: expected is constant at 0.1, actual is constant at 0.1');
    expect(both.evidence).toContain('exact() or lsb(n)');
    expect(correlation(-1).judge(f64(1, 2), f64(5, 5)).evidence).toContain('actual is constant at 5');
  });

  it('fails where squares leave float64', () => {
    expect(correlation(0).judge(f64(1e200, -1e200), f64(1e200, -1e200)).evidence).toContain(
      'range of float64',
    );
  });
});

describe('cosine', () => {
  it('accepts one direction', () => {
    expect(passes(cosine(0.99), f64(1, 2), f64(2, 4))).toBe(true);
    expect(cosine(0.99).judge(f64(3, 4), f64(4, 3))).toMatchObject({ pass: false, minimum: 'cosine(0.96)' });
  });

  it('fails on all-zero and on constant data', () => {
    expect(cosine(-1).judge(f64(0, 0), f64(1, 2)).evidence).toContain('expected is all zero');
    expect(cosine(-1).judge(f64(1, 2), f64(0, 0)).evidence).toContain('actual is all zero');
    expect(cosine(-1).judge(f64(3, 3), f64(3, 3))).toMatchObject({ pass: false, minimum: null });
  });
});

describe('snr', () => {
  it('accepts a signal that far above its error', () => {
    expect(passes(snr(19.9), f64(10, -10), f64(11, -11))).toBe(true);
    expect(snr(20.1).judge(f64(10, -10), f64(11, -11))).toMatchObject({
      pass: false,
      evidence: 'SNR 20 dB',
      minimum: 'snr(20)',
    });
  });

  it('is infinite without error and undefined without signal', () => {
    expect(snr(1000).judge(f64(1, 2), f64(1, 2))).toMatchObject({ pass: true, minimum: 'snr(Infinity)' });
    expect(snr(-1000).judge(f64(0, 0), f64(0, 0))).toMatchObject({ pass: false, minimum: null });
    expect(passes(snr(-1000), f64(0, 0), f64(1, 0))).toBe(false);
  });
});

describe('meanAbs', () => {
  it('bounds the mean absolute error, raw ideal against output', () => {
    expect(passes(meanAbs(0.5), f64(1, 2), f64(1.5, 1.5))).toBe(true);
    expect(meanAbs(0.25).judge(f64(10.5, 10.5), int8(10, 10))).toMatchObject({
      pass: false,
      evidence: 'mean |error| 0.5 LSB',
    });
  });

  it('takes equal infinities for equal and no others', () => {
    expect(passes(meanAbs(0), f64(Infinity, 1), f64(Infinity, 1))).toBe(true);
    expect(meanAbs(1e300).judge(f64(Infinity), f64(1))).toMatchObject({ pass: false, minimum: null });
  });
});

describe('within', () => {
  it('accepts a fraction within n LSB of the rounded ideal', () => {
    expect(passes(within(0.75, 1), f64(0.4, 0, 0, 0), int8(1, 1, 0, 9))).toBe(true);
    expect(within(0.9, 1).judge(f64(0.4, 0, 0, 0), int8(1, 1, 0, 9))).toMatchObject({
      pass: false,
      evidence: '3 of 4 elements (75 %) within 1 LSB',
      minimum: 'within(0.75, 1)',
    });
  });

  it('has no minimum where no element is within', () => {
    expect(within(0.1, 0).judge(int8(1), int8(2)).minimum).toBeNull();
  });
});

const aggregates = [correlation(-1), cosine(-1), snr(-1e3), meanAbs(1e300), within(1e-9, 1e9)];

describe('every aggregate', () => {
  it.each(aggregates)('$text fails on an empty tensor', (acceptance) => {
    const result = acceptance.judge(zeros('f64', [0]), zeros('int8', [0]));
    expect(result).toMatchObject({ pass: false, minimum: null });
    expect(result.evidence).toContain('nothing to compare');
  });

  it.each(aggregates)('$text fails on NaN on either side', (acceptance) => {
    const [clean, dirty] = [f64(1, 2, 3), f64(1, 2, nan)];
    expect(passes(acceptance, clean, clean)).toBe(true);
    for (const [e, a] of [
      [clean, dirty],
      [dirty, clean],
      [dirty, dirty],
    ] as const) {
      expect(acceptance.judge(e, a)).toMatchObject({ pass: false, minimum: null });
    }
    expect(acceptance.judge(clean, dirty).evidence).toContain('NaN in 0 expected and 1 actual');
  });

  it.each([correlation(-1), cosine(-1), snr(-1e3)])('$text is undefined with infinities', (acceptance) => {
    expect(acceptance.judge(f64(Infinity, 1, 2), f64(Infinity, 1, 2)).evidence).toContain('infinities');
    expect(passes(acceptance, f64(Infinity, 1, 2), f64(Infinity, 1, 2))).toBe(false);
  });

  it.each([
    () => correlation(1.1),
    () => correlation(nan),
    () => cosine(-1.1),
    () => snr(nan),
    () => meanAbs(-1),
    () => meanAbs(nan),
    () => within(0, 1),
    () => within(1.5, 1),
    () => within(0.5, -1),
  ])('rejects a senseless parameter (%#)', (make) => {
    expect(make).toThrow(ValueError);
  });

  it.each(aggregates)('the minimum of $text passes once printed and read again', (acceptance) => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 9 }), (rows) => {
        const expected = f64(...rows.map(([e]) => e));
        const actual = f64(...rows.map(([, a]) => a));
        const { minimum } = acceptance.judge(expected, actual);
        if (minimum !== null) expect(passes(parseAcceptance(minimum), expected, actual)).toBe(true);
      }),
    );
  });
});
