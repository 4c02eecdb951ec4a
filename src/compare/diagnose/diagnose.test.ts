import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../errors.ts';
import { RandomState, type Tensor, tensor, toFloat64, transpose, zeros } from '../../tensor/index.ts';
import { diagnose } from './diagnose.ts';
import { contextOf } from './testing/fault.ts';
import { Draw, dataKinds, realOutput, stored } from './testing/samples.ts';

const matrix = (kind: (typeof dataKinds)[number], seed = 1): Tensor =>
  stored('int8', [64, 64], realOutput(kind, 64, 64, new Draw(seed)));

describe('diagnose', () => {
  it.each(dataKinds)('says nothing of equal outputs (%s)', (kind) => {
    const expected = matrix(kind);
    const values = toFloat64(expected);
    const context = contextOf({
      kind,
      dtype: 'int8',
      shape: [64, 64],
      real: values,
      values,
      draw: new Draw(2),
    });
    expect(diagnose(expected, stored('int8', [64, 64], values), context)).toEqual([]);
    const floats = stored(
      'f32',
      [64, 64],
      values.map((x, i) => (i === 7 ? Number.NaN : x)),
    );
    expect(diagnose(floats, floats, context)).toEqual([]);
    expect(diagnose(stored('f64', [64, 64], values), expected)).toEqual([]);
  });

  it('takes empty and scalar outputs', () => {
    expect(diagnose(zeros('int8', [0, 4]), zeros('int8', [0, 4]), { tile: [2, 2] })).toEqual([]);
    expect(diagnose(tensor('int8', [], [3]), tensor('int8', [], [5]))[0]?.score).toBeGreaterThan(0);
  });

  it('refuses different shapes', () => {
    expect(() => diagnose(zeros('int8', [4]), zeros('int8', [2, 2]))).toThrow(ShapeError);
  });

  it('ranks from the best to the worst and survives JSON', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dataKinds),
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.tuple(fc.nat({ max: 4095 }), fc.integer({ min: -128, max: 127 })), {
          minLength: 1,
          maxLength: 40,
        }),
        (kind, seed, changes) => {
          const expected = matrix(kind, seed);
          const values = toFloat64(expected);
          for (const [i, value] of changes) values[i] = value;
          const found = diagnose(expected, stored('int8', [64, 64], values), { tile: [16, 16] });
          const scores = found.map((one) => one.score);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
          expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
          expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is the same for a strided view', () => {
    const expected = matrix('attention');
    const shifted = toFloat64(expected).map((x) => x >> 1);
    const flat = diagnose(expected, stored('int8', [64, 64], shifted));
    const turned = shifted.map((_, i) => shifted[(i % 64) * 64 + Math.floor(i / 64)]!);
    expect(diagnose(expected, transpose(stored('int8', [64, 64], turned)))).toEqual(flat);
  });

  it('gives plain numbers where nothing fits', () => {
    const [only, ...others] = diagnose(matrix('uniform', 1), matrix('uniform', 2), {
      tile: [16, 16],
      canary: 0xa5,
    });
    expect(others).toEqual([]);
    expect(only).toMatchObject({ hypothesis: 'unexplained', score: 0 });
    expect(only?.evidence).toMatch(/^4,0\d\d of 4,096 elements differ, at most by 2\d\d at \[\d+, \d+\]/);
  });

  it('says where several explanations fit as well', () => {
    const expected = tensor('int8', [16, 16], new Array<number>(256).fill(5));
    const [best] = diagnose(expected, tensor('int8', [16, 16], new Array<number>(256).fill(10)));
    expect([best?.hypothesis, ...(best?.ambiguous ?? [])]).toEqual(
      expect.arrayContaining(['wrong-shift', 'constant', 'constant-offset']),
    );
  });

  it('prefers one wrong shift to zeros where both explain a sparse output', () => {
    const expected = matrix('sparse');
    const best = diagnose(
      expected,
      stored(
        'int8',
        [64, 64],
        toFloat64(expected).map((x) => x >> 2),
      ),
    )[0];
    expect(best).toMatchObject({
      hypothesis: 'wrong-shift',
      evidence: 'actual = expected >> 2 in 4,096 of 4,096 elements',
    });
  });

  it('sees one rounding mode, not the rows that had something to round', () => {
    const real = realOutput('attention', 64, 64, new Draw(4)).map((x, i) =>
      i % 640 < 512 ? Math.round(x) : x,
    );
    const [best] = diagnose(stored('int8', [64, 64], real), stored('int8', [64, 64], real.map(Math.trunc)));
    expect(best).toMatchObject({
      hypothesis: 'rounding-mode',
      evidence: expect.stringContaining('toward zero'),
    });
  });

  it('explains a single non-zero output, as shrinking leaves it', () => {
    const one = (value: number): Tensor =>
      stored(
        'int8',
        [64, 64],
        Float64Array.from({ length: 4096 }, (_, i) => (i === 1091 ? value : 0)),
      );
    expect(diagnose(one(64), one(32))[0]?.hypothesis).toBe('wrong-shift');
    expect(diagnose(one(64), one(-64))[0]?.hypothesis).toBe('sign-error');
    expect(diagnose(one(64), zeros('int8', [64, 64]))[0]?.hypothesis).toBe('all-zero');
  });
});

describe('innocent noise', () => {
  it.each(dataKinds)('in %s stays noise', (kind) => {
    for (let seed = 1; seed <= 5; seed++) {
      const draw = new Draw(seed);
      const expected = matrix(kind, seed);
      const noisy = toFloat64(expected).map((x) => x + (draw.unit() < 0.2 ? draw.pick([-1, 1]) : 0));
      expect(diagnose(expected, stored('int8', [64, 64], noisy), { tile: [16, 16] })[0]?.hypothesis).toBe(
        'noise',
      );
    }
  });

  it('of the last bits of floats is no fault', () => {
    const values = new RandomState(3).standardNormal([32, 32]);
    const expected = stored('f32', [32, 32], toFloat64(values));
    const actual = stored(
      'f32',
      [32, 32],
      toFloat64(expected).map((x, i) => (i % 3 === 0 ? x * (1 + 2 ** -24) : x)),
    );
    const [only] = diagnose(expected, actual);
    expect(only).toMatchObject({
      hypothesis: 'noise',
      evidence: expect.stringContaining('no more than the last bit or two'),
    });
  });

  it('beside a real-valued ideal does not hide a fault', () => {
    const draw = new Draw(9);
    const real = realOutput('attention', 64, 64, draw);
    const actual = real.map((x, i) => (i < 256 ? 0 : x + (draw.unit() < 0.2 ? draw.pick([-1, 1]) : 0)));
    const best = diagnose(stored('f64', [64, 64], real), stored('int8', [64, 64], actual), {
      tile: [16, 16],
    })[0];
    expect(best?.inside?.hypothesis).toBe('all-zero');
    expect(best?.evidence).toMatch(/4 of 64 rows|elements 0 to 25\d/);
  });

  it('within a given tolerance is left out', () => {
    const expected = matrix('uniform');
    const noisy = toFloat64(expected).map((x, i) => (i === 99 ? x + 100 : x + (i % 4)));
    const [best] = diagnose(expected, stored('int8', [64, 64], noisy), { tolerance: 3 });
    expect(best).toMatchObject({
      hypothesis: 'isolated-elements',
      evidence: expect.stringContaining('[1, 35]'),
    });
  });
});

describe('stages', () => {
  const scores = stored(
    'int32',
    [8, 8],
    Float64Array.from({ length: 64 }, (_, i) => i * 37 - 900),
  );
  const weights = stored(
    'f32',
    [8, 8],
    Float64Array.from({ length: 64 }, (_, i) => 1 / (i + 1)),
  );
  const output = stored(
    'int8',
    [8, 8],
    Float64Array.from({ length: 64 }, (_, i) => i - 32),
  );
  const halved = stored(
    'int32',
    [8, 8],
    toFloat64(scores).map((x) => x >> 1),
  );
  const wrong = stored(
    'int8',
    [8, 8],
    toFloat64(output).map((x) => -x),
  );
  const near = stored(
    'f32',
    [8, 8],
    toFloat64(weights).map((x) => x + 1e-5),
  );

  it('name the first that departs and what is wrong there', () => {
    const stages = [
      { name: 'scores', expected: scores, actual: halved },
      { name: 'weights', expected: weights, actual: zeros('f32', [8, 8]) },
    ];
    const [first, second] = diagnose(output, wrong, { stages });
    expect(first).toMatchObject({ hypothesis: 'stage', score: 1, inside: { hypothesis: 'wrong-shift' } });
    expect(first?.evidence).toBe(
      "stage 'scores' (the first of 2) departs first: actual = expected >> 1 in 64 of 64 elements",
    );
    expect(second?.hypothesis).toBe('sign-error');
  });

  it('pass over those that are right or within their tolerance', () => {
    const stages = [
      { name: 'scores', expected: scores, actual: scores },
      { name: 'weights', expected: weights, actual: near, tolerance: 1e-4 },
      { name: 'sum', expected: output, actual: wrong },
    ];
    const [first] = diagnose(output, wrong, { stages });
    expect(first?.evidence).toMatch(
      /^stage 'sum' \(after scores, weights, which are right\) departs first: actual = -expected/,
    );
    const strict = stages.map(({ tolerance: _, ...stage }) => stage);
    expect(diagnose(output, wrong, { stages: strict })[0]?.evidence).toContain("stage 'weights'");
  });

  it('say nothing where all are right', () => {
    expect(
      diagnose(output, output, { stages: [{ name: 'scores', expected: scores, actual: scores }] }),
    ).toEqual([]);
  });
});
