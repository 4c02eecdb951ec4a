import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attention16 } from '../../../kernels/attention_16x16/kernel.ts';
import { attention64 } from '../../../kernels/attention_64x64/kernel.ts';
import { attention64Multicore } from '../../../kernels/attention_64x64_multicore/kernel.ts';
import { attention64v1 } from '../../../kernels/controls/attention_64x64_v1/kernel.ts';
import { gelu512v1 } from '../../../kernels/controls/gelu_512_v1/kernel.ts';
import { layernorm256v1 } from '../../../kernels/controls/layernorm_256_v1/kernel.ts';
import { gelu512 } from '../../../kernels/gelu_512/kernel.ts';
import { gelu2048 } from '../../../kernels/gelu_2048/kernel.ts';
import { layernorm256 } from '../../../kernels/layernorm_256/kernel.ts';
import { layernorm512 } from '../../../kernels/layernorm_512/kernel.ts';
import { matmul16 } from '../../../kernels/matmul_16x16/kernel.ts';
import { matmul32 } from '../../../kernels/matmul_32x32/kernel.ts';
import { matmul64 } from '../../../kernels/matmul_64x64/kernel.ts';
import { softmax64 } from '../../../kernels/softmax_64x64/kernel.ts';
import { assign, row } from '../../tensor/index.ts';
import { arbitraryInputs, type InputCase, inputCases } from '../cases.ts';
import type { KernelSpec } from '../kernel.ts';
import {
  checkLaws,
  evenShares,
  identityLaw,
  type Law,
  type LawCase,
  type LawResult,
  linearity,
  meanAndDeviation,
  outerProduct,
  positiveScaleInvariance,
  rowsSumToOne,
  zeroQueryAverages,
} from './index.ts';
import { faithful, type Mutant, mutants } from './testing/mutants.ts';

type Run = (inputs: LawCase['inputs']) => LawCase['inputs'];

function check(
  laws: readonly Law[],
  run: Run,
  inputs: InputCase['inputs'],
  seed: number,
): Promise<LawResult[]> {
  return checkLaws(laws, { inputs, outputs: run(inputs) }, async (followUp) => run(followUp), seed);
}

/** Evidence of every law that was broken. */
function broken(results: readonly LawResult[]): string[] {
  return results.flatMap(({ law, outcome }) =>
    outcome === null || outcome === 'not-applicable' ? [] : [`${law.name}: ${outcome.evidence}`],
  );
}

const makerOf = ({ name }: Law): string => name.slice(0, name.indexOf('('));

describe.each([
  // Kernels whose model takes milliseconds get few random inputs and none of the fixed edge cases.
  { spec: attention16, random: 30, fixed: true },
  { spec: attention64, random: 3, fixed: false },
  { spec: attention64Multicore, random: 1, fixed: false },
  { spec: attention64v1, random: 2, fixed: false },
  { spec: gelu512, random: 40, fixed: true },
  { spec: gelu2048, random: 20, fixed: true },
  { spec: gelu512v1, random: 20, fixed: true },
  { spec: layernorm256, random: 60, fixed: true },
  { spec: layernorm512, random: 20, fixed: true },
  { spec: layernorm256v1, random: 20, fixed: true },
  { spec: matmul16, random: 40, fixed: true },
  { spec: matmul32, random: 15, fixed: true },
  { spec: matmul64, random: 4, fixed: false },
  { spec: softmax64, random: 15, fixed: true },
])('$spec.name', ({ spec, random, fixed }) => {
  it('its model obeys every one of its laws, within the runs they announce', async () => {
    const cases = fixed
      ? [...inputCases(spec, { seed: 11, runs: random })]
      : fc.sample(arbitraryInputs(spec), { numRuns: random, seed: 11 });
    const held = new Set<Law>();
    for (const [index, { name, inputs }] of cases.entries()) {
      const results = await check(spec.properties, spec.model, inputs, index);
      expect(broken(results), `input ${name}`).toEqual([]);
      for (const { law, outcome, runs } of results) {
        expect(runs, law.name).toBeLessThanOrEqual(law.runs);
        if (outcome === null) held.add(law);
      }
    }
    // A law that applies to no input would hold of anything.
    const silent = spec.properties.filter((law) => !held.has(law)).map(({ name }) => name);
    if (random >= 15) expect(silent).toEqual([]);
    expect(new Set(spec.properties.map(({ name }) => name)).size).toBe(spec.properties.length);
    expect(Math.max(...spec.properties.map(({ runs }) => runs))).toBeLessThanOrEqual(2);
  });
});

/** Runs the named laws on cases until each has been broken once; the names of those that never were. */
async function missedBy(spec: KernelSpec, mutant: Mutant): Promise<string[]> {
  let missing = [...mutant.caughtBy];
  const run = mutant.make();
  for (const [index, { inputs }] of [...inputCases(spec, { seed: 3, runs: 60 })].entries()) {
    const laws = spec.properties.filter(({ name }) => missing.some((maker) => name.startsWith(maker)));
    const caught = broken(await check(laws, run, inputs, index));
    missing = missing.filter((maker) => !caught.some((evidence) => evidence.startsWith(maker)));
    if (missing.length === 0) break;
  }
  return missing;
}

describe.each([attention16, softmax64, layernorm256, matmul16, gelu512].map((spec) => ({ spec })))(
  'mutants of $spec.name',
  ({ spec }) => {
    const name = spec.name as keyof typeof mutants;

    it('without a mistake they are the model, and break nothing', async () => {
      for (const [index, { inputs }] of [...inputCases(spec, { seed: 3, runs: 5 })].entries()) {
        expect(broken(await check(spec.properties, faithful[name], inputs, index))).toEqual([]);
      }
    });

    it.each(mutants[name])('$mistake: caught by $caughtBy', async (mutant) => {
      expect(await missedBy(spec, mutant)).toEqual([]);
    });

    it('every law catches one of them', () => {
      const named = mutants[name].flatMap(({ caughtBy }) => caughtBy);
      const idle = spec.properties.filter((law) => !named.some((maker) => law.name.startsWith(maker)));
      expect(idle.map(makerOf)).toEqual([]);
    });
  },
);

describe('a tighter tolerance would reject the right kernel', () => {
  const layernorm = { x: 'x', gamma: 'gamma', beta: 'beta' };
  const steps = { gamma: 1 / 4, beta: 1 / 2 };
  const probability = { scale: 1 / 256, zeroPoint: -128 };
  const epsilon = 1 / 64;
  it.each([
    { spec: attention16, law: zeroQueryAverages('q', 'v', 'o', { tolerance: 0.49 }) },
    { spec: matmul16, law: linearity('a', 'b', 'c', { tolerance: 0 }) },
    { spec: matmul16, law: identityLaw('a', 'b', 'c', { shift: 9, tolerance: 0.49 }) },
    { spec: matmul16, law: outerProduct('a', 'b', 'c', { shift: 9, tolerance: 0.49 }) },
    { spec: layernorm256, law: positiveScaleInvariance('x', 'y', { epsilon, tolerance: 0 }) },
    { spec: layernorm256, law: meanAndDeviation(layernorm, 'y', { epsilon, steps, tolerance: 0.45 }) },
    { spec: softmax64, law: evenShares('x', 'p', { ...probability, inputScale: 1 / 8, tolerance: 0.49 }) },
    { spec: softmax64, law: rowsSumToOne('p', { ...probability, tolerance: 4 }) },
  ])('$law.name within $law.tolerance', async ({ spec, law }) => {
    const evidence: string[] = [];
    for (const [index, { inputs }] of [...inputCases(spec, { seed: 8, runs: 60 })].entries()) {
      evidence.push(...broken(await check([law], spec.model, inputs, index)));
      if (evidence.length > 0) break;
    }
    expect(evidence).toHaveLength(1);
  });
});

describe('four cores', () => {
  const { model, properties } = attention64Multicore;
  const laws = properties.filter(({ name }) => name.includes('axis 0'));
  const [{ inputs }] = fc.sample(arbitraryInputs(attention64Multicore), { numRuns: 1, seed: 1 }) as [
    InputCase,
  ];

  it('a core that answers with its neighbour breaks batch independence', async () => {
    const neighbour: Run = (args) => {
      const o = model(args).o!;
      assign(row(o, 2), row(o, 3));
      return { o };
    };
    // A neighbour shows where it is drawn anew and core 2 is not: in a third of the cases.
    const evidence: string[] = [];
    for (let seed = 0; seed < 6; seed++) evidence.push(...broken(await check(laws, neighbour, inputs, seed)));
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence[0]).toContain('2 of 4 slices of q, k, v along axis 0 changed, the others not: o[2, ');
  });

  it('heads in separate cores pass', async () => {
    expect(laws).toHaveLength(1);
    expect(broken(await check(laws, model, inputs, 5))).toEqual([]);
  });
});

describe('what shipped wrong is rejected without an oracle', () => {
  const rejected = async (shipped: KernelSpec, laws: readonly Law[]): Promise<string[]> => {
    const names = new Set<string>();
    for (const [index, { inputs }] of fc
      .sample(arbitraryInputs(shipped), { numRuns: 3, seed: 2 })
      .entries()) {
      const results = await check(laws, shipped.model, inputs, index);
      for (const { law, outcome } of results) {
        if (outcome !== null && outcome !== 'not-applicable') names.add(makerOf(law));
      }
    }
    return [...names].sort();
  };

  it('attention_64x64_v1', async () => {
    expect(await rejected(attention64v1, attention64.properties)).toEqual(
      expect.arrayContaining(['constantValues', 'scoreShiftInvariance', 'zeroQueryAverages']),
    );
  });

  it('layernorm_256_v1', async () => {
    expect(await rejected(layernorm256v1, layernorm256.properties)).toEqual(
      expect.arrayContaining(['meanAndDeviation', 'oddSymmetry', 'shiftInvariance']),
    );
  });
});

describe('evidence', () => {
  const first = async (spec: KernelSpec, mistake: string, law: string): Promise<string> => {
    const mutant = mutants[spec.name as keyof typeof mutants].find((m) => m.mistake === mistake)!;
    const run = mutant.make();
    const laws = spec.properties.filter(({ name }) => name.startsWith(law));
    for (const [index, { inputs }] of [...inputCases(spec, { seed: 3, runs: 30 })].entries()) {
      const [evidence] = broken(await check(laws, run, inputs, index));
      if (evidence !== undefined) return evidence;
    }
    return 'nothing';
  };

  it('names the element, what it should be, what it is, and how many are wrong', async () => {
    expect(await first(gelu512, 'one entry one too high', 'reflection')).toMatch(
      /^reflection\(x, y\): x negated: y\[\d+\] should be -?\d+ and is -?\d+; \d+ of 512 elements break the law$/,
    );
  });

  it('states the tolerance beside an expected value', async () => {
    expect(await first(matmul16, 'floored instead of rounded', 'identityLaw')).toMatch(
      /c\[\d+, \d+\] should be -?[\d.]+ within 0.5 LSB and is -?\d+;/,
    );
  });

  it('names the row where all wrong elements lie in one', async () => {
    const evidence = await first(matmul16, 'element [15, 0] one too high', 'zeroGivesZero');
    expect(evidence).toBe(
      'zeroGivesZero(a, b; c): a all zero: c[15, 0] should be 0 and is 1; 1 of 256 elements break the law, all in row 15',
    );
  });

  it('shows a pair out of order', async () => {
    expect(await first(gelu512, 'one entry too low by three', 'monotoneRightOfMinimum')).toMatch(
      /order lost right of the minimum: x\[\d+\] = \d+ gives y\[\d+\] = \d+, but x\[\d+\] = 20 gives y\[\d+\] = 8$/,
    );
  });

  it('states moments and sums', async () => {
    expect(await first(layernorm256, 'all one too high', 'meanAndDeviation')).toMatch(
      /gamma all -?\d+, beta all -?\d+: the mean of y should be -?[\d.]+ LSB and is -?[\d.]+ LSB$/,
    );
    expect(await first(softmax64, 'zero point 1 off', 'rowsSumToOne')).toMatch(
      /row \d+ of p sums to 1\.\d+ \(\d+ steps\), \d+ steps from 1 where \d+ are allowed$/,
    );
  });
});
