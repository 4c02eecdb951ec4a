import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../errors.ts';
import { type Rounding, round, tensor } from '../../tensor/index.ts';
import { deriveTolerance, type ExponentialError, type Roundings } from './tolerance.ts';

const exponential: ExponentialError = { bits: 17, steps: 0.625, relative: 1e-4 };
const exactWeights: ExponentialError = { bits: 17, steps: 0, relative: 0 };
const limitOf = (roundings: Roundings): number =>
  Number(/^abs\((.*)\)$/.exec(deriveTolerance(roundings).text)?.[1]);

describe('deriveTolerance', () => {
  it.each<[Roundings, number]>([
    [{ op: 'attention', output: 'half-away', keys: 64, exponential, range: 255 }, 0.6022],
    [{ op: 'attention', output: 'half-away', keys: 16, exponential, range: 255 }, 0.5438],
    [{ op: 'attention', output: 'floor', keys: 16, exponential: exactWeights, range: 255 }, 1],
    [{ op: 'softmax', output: 'half-away', columns: 64, exponential, steps: 256 }, 0.5898],
    [{ op: 'softmax', output: 'half-even', columns: 1, exponential: exactWeights, steps: 256 }, 0.5],
    [{ op: 'layernorm', output: 'half-away', rootBits: 15, term: 192 }, 0.503],
    [{ op: 'gelu', output: 'half-even', form: 4.8e-4, steps: 127 }, 0.561],
    [{ op: 'gelu', output: 'half-even', form: 0, steps: 127 }, 0.5],
    [{ op: 'matmul', output: 'half-away' }, 0.5],
    [{ op: 'matmul', output: 'truncate' }, 1],
  ])('%o needs %f LSB', (roundings, limit) => {
    expect(limitOf(roundings)).toBe(limit);
  });

  it('pays nothing for an exact accumulator rounded as the comparison rounds', () => {
    expect(deriveTolerance({ op: 'matmul', output: 'half-even' }).kind).toBe('exact');
  });

  it('says what it pays for', () => {
    const { because } = deriveTolerance({ op: 'layernorm', output: 'half-away', rootBits: 15, term: 192 });
    expect(because).toBe(
      'output to nearest 0.5 + root within 1/2 of at least 2^15: 192 / 2^16 = 0.00293 <= 0.503 LSB',
    );
  });

  it('grows with what it is given', () => {
    const keys = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        const of = (n: number) =>
          limitOf({ op: 'attention', output: 'half-away', keys: n, exponential, range: 255 });
        expect(of(few)).toBeLessThanOrEqual(of(many));
      }),
    );
  });

  it.each<[Rounding, Rounding]>([
    ['half-away', 'floor'],
    ['half-even', 'truncate'],
  ])('accepts rounding %s and rejects %s', (right, wrong) => {
    const values = Array.from({ length: 64 }, (_, i) => (i - 32) * 0.37);
    const ideal = tensor('f64', [64], values);
    const accept = deriveTolerance({ op: 'gelu', output: right, form: 0, steps: 1 });
    const by = (mode: Rounding) =>
      accept.judge(
        ideal,
        tensor(
          'int8',
          [64],
          values.map((x) => round(x, mode)),
        ),
      );
    expect(by(right).pass).toBe(true);
    expect(by(wrong).pass).toBe(false);
  });

  /** A softmax and a weighted sum with weights off by all that `error` allows, in random directions. */
  it('holds for attention and softmax with the worst weights it allows', () => {
    const error: ExponentialError = { bits: 8, steps: 0.5, relative: 0.01 };
    const row = fc.array(
      fc.record({
        weight: fc.double({ min: 0, max: 1, noNaN: true }),
        value: fc.integer({ min: -128, max: 127 }),
        up: fc.constantFrom(-1, 1),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(row, (others) => {
        const keys = [{ weight: 1, value: -128, up: 0 }, ...others];
        const wrong = keys.map(({ weight, up }) =>
          Math.max(0, weight + up * (0.5 / 2 ** 8 + error.relative * weight)),
        );
        const total = keys.reduce((sum, { weight }) => sum + weight, 0);
        const wrongTotal = wrong.reduce((sum, w) => sum + w, 0);
        const output = (weights: readonly number[], of: number) =>
          weights.reduce((sum, w, i) => sum + w * keys[i]!.value, 0) / of;
        const ideal = output(
          keys.map(({ weight }) => weight),
          total,
        );
        const n = keys.length;
        const attention = limitOf({
          op: 'attention',
          output: 'half-away',
          keys: n,
          exponential: error,
          range: 255,
        });
        expect(Math.abs(output(wrong, wrongTotal) - ideal)).toBeLessThanOrEqual(attention - 0.5);
        const softmax = limitOf({
          op: 'softmax',
          output: 'half-away',
          columns: n,
          exponential: error,
          steps: 256,
        });
        for (const [i, { weight }] of keys.entries()) {
          const off = 256 * Math.abs(wrong[i]! / wrongTotal - weight / total);
          expect(off).toBeLessThanOrEqual(softmax - 0.5);
        }
      }),
    );
  });

  it.each<Roundings>([
    { op: 'gelu', output: 'half-even', form: -1, steps: 127 },
    { op: 'layernorm', output: 'half-even', rootBits: Number.NaN, term: 1 },
    {
      op: 'softmax',
      output: 'half-even',
      columns: 64,
      exponential: { bits: 17, steps: Infinity, relative: 0 },
      steps: 256,
    },
    {
      op: 'attention',
      output: 'half-even',
      keys: 64,
      exponential: { bits: 2, steps: 0.5, relative: 0 },
      range: 255,
    },
  ])('refuses %o', (roundings) => {
    expect(() => deriveTolerance(roundings)).toThrow(ValueError);
  });
});
