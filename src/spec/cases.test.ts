import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exact } from '../compare/index.ts';
import { bytesOf, type DType, dtypeInfo, dtypes, toFloat64, zeros } from '../tensor/index.ts';
import { out, packed, type TensorType } from './args.ts';
import { arbitraryInputs, inputCases } from './cases.ts';
import { defineKernel, type KernelSpec } from './kernel.ts';

function kernelOf(dtype: DType): KernelSpec {
  const type: TensorType = { dtype, shape: [4, 8] };
  const accept = { model: exact(), ideal: exact() };
  const args = [packed('p', { x: type, y: type }), out('o', type)];
  return defineKernel({
    name: 'k',
    artifact: { dir: '.' },
    args,
    model: ({ x }) => x,
    ideal: () => zeros('f64', [4, 8]),
    accept,
  });
}

const bytes = (spec: KernelSpec, seed: number, runs: number) =>
  [...inputCases(spec, { seed, runs })].map(({ name, inputs }) => [
    name,
    ...Object.values(inputs).map((t) => bytesOf(t).join()),
  ]);

describe('input cases', () => {
  it.each(dtypes)('of %s are values of the dtype with the declared shapes', (dtype) => {
    const { min, max } = dtypeInfo(dtype);
    for (const { inputs } of inputCases(kernelOf(dtype), { seed: 5, runs: 40 })) {
      expect(Object.keys(inputs)).toEqual(['x', 'y']);
      for (const tensor of Object.values(inputs)) {
        expect([tensor.dtype, tensor.shape]).toEqual([dtype, [4, 8]]);
        expect(toFloat64(tensor).every((value) => value >= min && value <= max)).toBe(true);
      }
    }
  });

  it('repeat for the same seed and differ for another', () => {
    const spec = kernelOf('int8');
    expect(bytes(spec, 11, 20)).toEqual(bytes(spec, 11, 20));
    expect(bytes(spec, 11, 20)).not.toEqual(bytes(spec, 12, 20));
  });

  it('hold the corners of the dtype and NumPy seed 42', () => {
    const cases = [...inputCases(kernelOf('int8'), { seed: 1, runs: 0 })];
    const values = (name: string) => Array.from(toFloat64(cases.find((c) => c.name === name)!.inputs.x!));
    expect(values('NumPy seed 42').slice(0, 8)).toEqual([38, 28, 33, 31, -13, -3, 42, 11]);
    expect(new Set(values('all minimum'))).toEqual(new Set([-128]));
    expect(new Set(values('all maximum'))).toEqual(new Set([127]));
    expect(values('last element only').at(-1)).toBe(127);
  });

  it('draw at least three distributions in a hundred cases, soft ones among them', () => {
    const drawn = fc.sample(arbitraryInputs(kernelOf('int8')), { numRuns: 100, seed: 1 });
    expect(new Set(drawn.map(({ name }) => name)).size).toBeGreaterThan(20);
    expect(drawn.some(({ random }) => random)).toBe(true);
    expect(drawn.some(({ name }) => name === 'x small, y small')).toBe(true);
  });
});
