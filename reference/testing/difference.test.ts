import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor/index.ts';
import { difference } from './difference.ts';

describe('difference', () => {
  const t = tensor('f64', [3], [1, Number.NaN, Infinity]);

  it('is 0 for the same values, NaN and infinities included', () => {
    expect(difference(t, t)).toBe(0);
    expect(difference(tensor('f64', [1], [-0]), [0])).toBe(0);
  });

  it('is relative above 1 and absolute below', () => {
    expect(difference(tensor('f64', [2], [0.5, 101]), [0.25, 100])).toBe(0.25);
    expect(difference(tensor('f64', [2], [0.25, 101]), [0.25, 100])).toBe(0.01);
  });

  it('is infinite where NaN, an infinity or the length disagrees', () => {
    expect(difference(t, [1, 0, Infinity])).toBe(Infinity);
    expect(difference(t, [1, Number.NaN, -Infinity])).toBe(Infinity);
    expect(difference(t, [1, Number.NaN, 1])).toBe(Infinity);
    expect(difference(t, [1, Number.NaN])).toBe(Infinity);
  });
});
