import fc from 'fast-check';
import { type KernelSpec, prove } from 'tilecheck';
import { expNegative, fixedExp } from 'tilecheck/reference';
import { describe, expect, it } from 'vitest';
import { inputCases } from '../src/spec/cases.ts';
import { attention16 } from './attention_16x16/kernel.ts';
import { attention64 } from './attention_64x64/kernel.ts';
import { attention64Multicore } from './attention_64x64_multicore/kernel.ts';
import { fixedExpError } from './common/exponential.ts';
import { gelu512v1 } from './controls/gelu_512_v1/kernel.ts';
import { gelu512 } from './gelu_512/kernel.ts';
import { gelu2048 } from './gelu_2048/kernel.ts';
import { layernorm256 } from './layernorm_256/kernel.ts';
import { layernorm512 } from './layernorm_512/kernel.ts';
import { matmul16 } from './matmul_16x16/kernel.ts';
import { matmul32 } from './matmul_32x32/kernel.ts';
import { matmul64 } from './matmul_64x64/kernel.ts';
import { softmax64 } from './softmax_64x64/kernel.ts';

/** Every bundled kernel, and the control that must be accepted. The other controls accept nothing. */
const specs: readonly KernelSpec[] = [
  attention16,
  attention64,
  attention64Multicore,
  gelu512,
  gelu2048,
  gelu512v1,
  layernorm256,
  layernorm512,
  matmul16,
  matmul32,
  matmul64,
  softmax64,
];

describe.each(specs.map((spec) => ({ name: spec.name, spec })))('$name', ({ spec }) => {
  it('its acceptances reject every mutant that applies, `ideal` by itself', () => {
    const proof = prove(spec);
    expect(proof.wronglyRejected).toEqual([]);
    const applicable = proof.rows.filter(({ outcome }) => outcome !== 'not-applicable');
    // An `ideal` that needs the model's help would pass a kernel that claims another integer arithmetic.
    expect(applicable.filter(({ rejectedBy }) => rejectedBy.ideal === undefined)).toEqual([]);
    expect(applicable.length).toBeGreaterThanOrEqual(17);
    expect(proof.pass).toBe(true);
  });

  it('its derived tolerance holds for its model on drawn inputs', () => {
    const output = spec.args.find(({ direction }) => direction === 'out')!.name;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const drawn = [...inputCases({ ...spec, fixtures: [] }, { seed, runs: 1 })].at(-1)!;
        const { ideal } = spec.accept;
        const result = ideal.judge(spec.ideal(drawn.inputs)[output]!, spec.model(drawn.inputs)[output]!);
        expect(result.pass, result.evidence).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the error of the fixed-point exponential', () => {
  const { bits, steps, relative } = fixedExpError;

  it.each([1 / 8, 1 / 4])('is what the tolerances are derived from, at scale %f', (scale) => {
    const exp = fixedExp(scale);
    expect(exp.one).toBe(2 ** bits);
    expect(expNegative(0, exp)).toBe(exp.one);
    // Past 2,000 steps of the score both are far below a step.
    for (let distance = 0; distance < 2000; distance++) {
      const ideal = Math.exp(-distance * scale) * exp.one;
      expect(Math.abs(expNegative(distance, exp) - ideal)).toBeLessThanOrEqual(steps + relative * ideal);
    }
  });
});
