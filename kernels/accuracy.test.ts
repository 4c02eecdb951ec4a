import fc from 'fast-check';
import { type Acceptance, compare, correlation, exact, type KernelSpec, lsb, tensor } from 'tilecheck';
import { expNegative, fixedExp, gelu } from 'tilecheck/reference';
import { describe, expect, it } from 'vitest';
import { arbitraryInputs } from '../src/spec/cases.ts';
import { attention16 } from './attention_16x16/kernel.ts';
import { attention64 } from './attention_64x64/kernel.ts';
import { gelu512 } from './gelu_512/kernel.ts';
import { layernorm256 } from './layernorm_256/kernel.ts';
import { layernorm512 } from './layernorm_512/kernel.ts';
import { matmul16 } from './matmul_16x16/kernel.ts';
import { matmul32 } from './matmul_32x32/kernel.ts';
import { matmul64 } from './matmul_64x64/kernel.ts';
import { softmax64 } from './softmax_64x64/kernel.ts';

/** What the bundled algorithms promise on any input, whatever their own specs accept. */
const promised: readonly [KernelSpec, number][] = [
  [attention16, 2],
  [attention64, 2],
  [softmax64, 2],
  [layernorm256, 2],
  [layernorm512, 2],
  [matmul16, 1],
  [matmul32, 1],
  [matmul64, 1],
  [gelu512, 1],
];

describe.each(promised.map(([spec, n]) => ({ spec, n, name: spec.name })))('$name', ({ spec, n }) => {
  const [output] = spec.args.filter((arg) => arg.direction === 'out').map((arg) => arg.name);
  const judge = (inputs: Parameters<KernelSpec['model']>[0], accept: Acceptance) =>
    compare(spec.ideal(inputs)[output!]!, spec.model(inputs)[output!]!, { accept, detail: 'verdict' });

  it(`its algorithm stays within ${n} LSB of the correctly rounded ideal`, () => {
    fc.assert(
      fc.property(arbitraryInputs(spec), ({ inputs, random }) => {
        expect(judge(inputs, lsb(n)).pass).toBe(true);
        if (random) expect(judge(inputs, correlation(0.999)).pass).toBe(true);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});

describe('the fixed-point exponential', () => {
  it.each([1 / 8, 1 / 4])('is within half a step and 1e-4 of exp at scale %f', (scale) => {
    const exp = fixedExp(scale);
    for (let distance = 0; distance < 2000; distance++) {
      const ideal = Math.exp(-distance * scale) * exp.one;
      expect(Math.abs(expNegative(distance, exp) - ideal)).toBeLessThanOrEqual(0.5 + 1e-4 * ideal + 2 ** -3);
    }
  });
});

describe('the GELU table', () => {
  it('tells the three forms apart, which on [-1, 1] lie within 1 LSB of each other', () => {
    const x = tensor(
      'int8',
      [256],
      Array.from({ length: 256 }, (_, i) => i - 128),
    );
    const table = (form: 'erf' | 'tanh' | 'sigmoid') => gelu.model({ x, table: gelu.lut(form) });
    for (const form of ['erf', 'sigmoid'] as const) {
      expect(compare(table('tanh'), table(form), { accept: lsb(1) }).pass).toBe(true);
      expect(compare(table('tanh'), table(form), { accept: exact() }).pass).toBe(false);
    }
  });
});
