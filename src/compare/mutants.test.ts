import { describe, expect, it } from 'vitest';
import { RandomState, round, saturate, type Tensor, tensor, toFloat64 } from '../tensor/index.ts';
import {
  compare,
  correlation,
  cosine,
  exact,
  lsb,
  meanAbs,
  parseAcceptance,
  snr,
  ulp,
  within,
} from './index.ts';

/** A tolerance must fail something: kernels broken in the ways kernels break, judged by what is meant to catch them. */

const N = 64;
const random = new RandomState(42);
const noise = (): number[] => [...toFloat64(random.randint(-64, 64, [N, N], 'int8'))];
const real = noise().map((x, i) => x + 0.5 * Math.sin(i));
const ideal = tensor('f64', [N, N], real);
const int8 = (value: (i: number) => number): Tensor =>
  tensor(
    'int8',
    [N, N],
    Array.from({ length: N * N }, (_, i) => saturate(value(i), -128, 127)),
  );
const nearest = (x: number): number => round(x, 'half-even');
const correct = int8((i) => nearest(real[i]!));

const standard = parseAcceptance('lsb(1) & correlation(0.999)');
const passes = (actual: Tensor, accept = standard): boolean => compare(ideal, actual, { accept }).pass;

/** Where element i lies after the 16x16 tile at [0, 1] is transposed. */
const transposedTile = (i: number): number => {
  const [row, column] = [Math.floor(i / N), i % N];
  return row < 16 && column >= 16 && column < 32 ? (column - 16) * N + row + 16 : i;
};

describe('a correct kernel', () => {
  it.each([
    exact(),
    lsb(0),
    standard,
    correlation(0.999),
    cosine(0.999),
    snr(30),
    meanAbs(0.5),
    within(1, 0),
    ulp(0, 0.5),
  ])('passes $text', (accept) => {
    expect(passes(correct, accept)).toBe(true);
  });
});

describe('a mutant', () => {
  const stale = noise();
  const mutants: Record<string, Tensor> = {
    'all zeros': int8(() => 0),
    'times two': int8((i) => 2 * nearest(real[i]!)),
    'stale buffer': int8((i) => stale[i]!),
    'transposed tile': int8((i) => nearest(real[transposedTile(i)]!)),
    'dropped last row': int8((i) => (i >= N * (N - 1) ? 0 : nearest(real[i]!))),
    'missing zero point': int8((i) => nearest(real[i]!) + 3),
    'wrong shift': int8((i) => nearest(real[i]! / 2)),
    'dropped clamp': int8((i) => (real[i]! > 40 ? real[i]! - 128 : real[i]!) | 0),
  };

  it.each(Object.keys(mutants))('%s is rejected', (name) => {
    expect(passes(mutants[name]!)).toBe(false);
  });

  it('times two is what correlation and cosine cannot see, and lsb, snr and meanAbs do', () => {
    // Doubled within int8's range, so that no saturation gives it away.
    const small = tensor(
      'f64',
      [N, N],
      real.map((x) => x / 2),
    );
    const doubled = int8((i) => nearest(real[i]!));
    const judge = (text: string) => compare(small, doubled, { accept: parseAcceptance(text) }).pass;
    expect(judge('correlation(0.99)')).toBe(true);
    expect(judge('cosine(0.99)')).toBe(true);
    for (const text of ['lsb(2)', 'snr(10)', 'meanAbs(1)', 'within(0.9, 2)', 'rel(0.5)', 'ulp(2, 0.5)']) {
      expect(judge(text), text).toBe(false);
    }
  });

  it('truncating instead of rounding is within 1 LSB, so exact and the sign of the errors catch it', () => {
    const floor = int8((i) => Math.floor(real[i]!));
    expect(passes(floor, lsb(1))).toBe(true);
    expect(passes(floor, exact())).toBe(false);
    expect(passes(floor, meanAbs(0.4))).toBe(false);
    expect(passes(correct, meanAbs(0.4))).toBe(true);
    const { overall } = compare(ideal, floor, { accept: exact() });
    expect(overall.signBias).toBe(0);
    expect(overall.meanError).toBeLessThan(-0.1);
  });

  it('a transposed tile is shown as that tile', () => {
    const { tiles } = compare(ideal, mutants['transposed tile']!, { accept: lsb(1), tile: [16, 16] });
    expect(tiles.filter((tile) => !tile.pass).map((tile) => tile.position)).toEqual([[0, 1]]);
  });

  it('the sigmoid GELU is told from the tanh GELU in float, though they correlate', () => {
    const x = Array.from({ length: 401 }, (_, i) => (i - 200) / 50);
    const tanh = x.map((v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));
    const expected = tensor('f32', [401], tanh);
    const sigmoid = tensor(
      'f32',
      [401],
      x.map((v) => v / (1 + Math.exp(-1.702 * v))),
    );
    const judge = (text: string, actual: Tensor) =>
      compare(expected, actual, { accept: parseAcceptance(text) });
    expect(judge('correlation(0.999)', sigmoid).pass).toBe(true);
    for (const text of ['ulp(18, 0.001)', 'absRel(0.00001, 0.0016)', 'abs(0.01)', 'snr(60)']) {
      expect(judge(text, sigmoid).pass, text).toBe(false);
      expect(judge(text, expected).pass, text).toBe(true);
    }
    expect(judge('abs(0)', sigmoid).overall.maxAbsError).toBeGreaterThan(0.019);
    expect(judge('abs(0)', sigmoid).overall.maxAbsError).toBeLessThan(0.022);
  });
});
