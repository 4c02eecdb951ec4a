import { describe, expect, it } from 'vitest';
import { toJson } from './run.ts';
import { failedLevel, verdict } from './testing/verdicts.ts';

describe('toJson', () => {
  it('keeps a verdict as it is', () => {
    const data = verdict('k', { model: failedLevel() });
    expect(JSON.parse(toJson(data))).toEqual(data);
  });

  it('writes numbers JSON cannot hold as text, never as null', () => {
    expect(JSON.parse(toJson({ a: Number.NaN, b: [-Infinity], c: 1 }))).toEqual({
      a: 'NaN',
      b: ['-Infinity'],
      c: 1,
    });
  });
});
