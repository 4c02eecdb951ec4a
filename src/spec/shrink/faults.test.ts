import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attention64 as attentionSpec } from '../../../kernels/attention_64x64/kernel.ts';
import { gelu512 as geluSpec } from '../../../kernels/gelu_512/kernel.ts';
import { layernorm256 as layernormSpec } from '../../../kernels/layernorm_256/kernel.ts';
import { matmul64 as matmulSpec } from '../../../kernels/matmul_64x64/kernel.ts';
import { softmax64 as softmaxSpec } from '../../../kernels/softmax_64x64/kernel.ts';
import { codesOf } from '../../tensor/index.ts';
import { arbitraryInputs } from '../cases.ts';
import { injectedFaults } from './testing/faults.ts';
import { attention64, gelu512, layernorm256, matmul64, softmax64 } from './testing/stand-ins.ts';
import { shrinkFault, shrinkTable } from './testing/table.ts';

describe('stand-in kernels without a mistake', () => {
  it.each([
    [attentionSpec, attention64],
    [matmulSpec, matmul64],
    [softmaxSpec, softmax64],
    [layernormSpec, layernorm256],
    [geluSpec, gelu512],
  ] as const)('equal the bundled model %#', (spec, standIn) => {
    for (const { inputs } of fc.sample(arbitraryInputs(spec), { numRuns: 6, seed: 4 })) {
      const [output] = Object.values(spec.model(inputs));
      expect(standIn(inputs).join()).toBe(codesOf(output!).join());
    }
  });
});

describe('an injected fault', () => {
  const cases = injectedFaults.map((fault) => ({ ...fault, title: `${fault.kernel}, ${fault.fault}` }));

  it.each(cases)('$title: is isolated within 200 runs', async (fault) => {
    const { runs, nonZero, exhausted, result } = await shrinkFault(fault, 1);
    expect(runs).toBeLessThanOrEqual(200);
    expect(fault.actual(result.inputs).join()).not.toBe(fault.expected(result.inputs).join());
    expect(nonZero).toBeGreaterThanOrEqual(fault.least);
    if (fault.why === undefined) {
      expect(nonZero).toBeLessThanOrEqual(8);
      expect(exhausted).toBe(false);
    } else {
      expect(nonZero).toBeLessThanOrEqual(32);
    }
  });

  it('has its line in the table', async () => {
    const flips = injectedFaults.filter(({ fault }) => fault === 'bit flip of one element');
    const lines = (await shrinkTable(flips, 1)).split('\n');
    expect(lines).toHaveLength(2 + flips.length);
    expect(lines[2]).toMatch(/^\| attention_64x64 \| bit flip of one element \| \d+ \| 1 \| 0 \| all 0 \|$/);
  });
});
