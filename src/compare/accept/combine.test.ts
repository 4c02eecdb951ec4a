import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { tensor } from '../../tensor/index.ts';
import { correlation, snr } from './aggregate.ts';
import { all, any } from './combine.ts';
import { derivedLsb } from './derive.ts';
import { abs, exact, lsb, rel } from './elementwise.ts';

const ideal = tensor('f64', [4], [10, 20, 30, 40]);
const close = tensor('int8', [4], [11, 21, 29, 39]);
const doubled = tensor('int8', [4], [20, 40, 60, 80]);

describe('all', () => {
  it('accepts what each member accepts', () => {
    expect(all(lsb(1), correlation(0.99)).judge(ideal, close).pass).toBe(true);
    const failed = all(lsb(2), correlation(0.99)).judge(ideal, doubled);
    expect(failed).toMatchObject({
      pass: false,
      text: 'lsb(2) & correlation(0.99)',
      minimum: 'lsb(40) & correlation(1)',
    });
    expect(failed.parts!.map((part) => part.pass)).toEqual([false, true]);
    expect(failed.evidence).toMatch(/^lsb\(2\): max \|error\| 40 LSB at \[3\]/);
  });

  it('has no minimum if a member has none', () => {
    const flat = tensor('int8', [4], [7, 7, 7, 7]);
    expect(all(lsb(2), correlation(0.99)).judge(ideal, flat).minimum).toBeNull();
  });

  it('is aggregate as soon as one member is, and passes reasons on', () => {
    expect(all(lsb(1), abs(1)).scope).toBe('elementwise');
    expect(all(lsb(1), snr(1)).scope).toBe('aggregate');
    expect(all(lsb(1, 'output rounding'), snr(1)).because).toBe('lsb(1): output rounding');
    expect(all(lsb(1)).because).toBeUndefined();
  });
});

describe('any', () => {
  it('accepts what one member accepts', () => {
    expect(any(lsb(2), correlation(0.99)).judge(ideal, doubled).pass).toBe(true);
    const failed = any(lsb(2), snr(30)).judge(ideal, doubled);
    expect(failed).toMatchObject({ pass: false, text: 'lsb(2) | snr(30)', minimum: 'lsb(40) | snr(0)' });
    expect(failed.evidence).toContain('snr(30): SNR 0 dB');
  });

  it('lets elementwise members share the elements', () => {
    const shared = any(abs(0.01), rel(0.01));
    const expected = tensor('f64', [2], [0, 1000]);
    const result = shared.judge(expected, tensor('f64', [2], [0.005, 1005]));
    expect(result).toMatchObject({
      pass: true,
      evidence: 'every element accepted by one of abs(0.01) | rel(0.01)',
    });
    expect(shared.judge(expected, tensor('f64', [2], [0.05, 1005])).pass).toBe(false);
  });

  it('does not let an aggregate share in that', () => {
    expect(any(all(abs(1e9), correlation(1)), exact()).judge(ideal, close).pass).toBe(false);
  });

  it('rejects an empty tensor', () => {
    const empty = tensor('int8', [0], []);
    expect(any(exact(), abs(1)).judge(empty, empty).pass).toBe(false);
    expect(all(exact(), abs(1)).judge(empty, empty).pass).toBe(false);
  });
});

describe('both', () => {
  it('need members', () => {
    expect(() => all()).toThrow(ValueError);
    expect(() => any()).toThrow(ValueError);
  });

  it('keep the nesting in their text', () => {
    expect(all(any(lsb(1), abs(2)), correlation(0.5)).text).toBe('(lsb(1) | abs(2)) & correlation(0.5)');
    expect(any(all(lsb(1), abs(2)), correlation(0.5)).text).toBe('lsb(1) & abs(2) | correlation(0.5)');
  });
});

describe('derivedLsb', () => {
  it('pays for each rounding it names', () => {
    const acceptance = derivedLsb({ 'weight rounding, 64 terms': 0.26, 'output rounding': 0.5 });
    expect(acceptance.text).toBe('lsb(1)');
    expect(acceptance.because).toBe('weight rounding, 64 terms 0.26 + output rounding 0.5 = 0.76 LSB');
    expect(acceptance.judge(ideal, close).pass).toBe(true);
    expect(acceptance.judge(ideal, doubled).pass).toBe(false);
  });

  it('pays for the rounding of the ideal besides, and for no more', () => {
    expect(derivedLsb({ a: 0 }).text).toBe('lsb(0)');
    expect(derivedLsb({ a: 0.49 }).text).toBe('lsb(0)');
    expect(derivedLsb({ a: 0.1, b: 0.2, c: 0.2 }).text).toBe('lsb(1)');
    expect(derivedLsb({ a: 1.49 }).text).toBe('lsb(1)');
    expect(derivedLsb({ a: 1.5 }).text).toBe('lsb(2)');
  });

  it.each([{}, { a: -1 }, { a: Number.NaN }, { a: Infinity }])('rejects the budget %j', (budget) => {
    expect(() => derivedLsb(budget)).toThrow(ValueError);
  });
});
