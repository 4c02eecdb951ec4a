import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exact } from '../compare/index.ts';
import { bytesOf, codesOf, type DType, dtypeInfo, dtypes, toFloat64, zeros } from '../tensor/index.ts';
import { input, out, packed, type TensorType } from './args.ts';
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

  it('draw many mixtures, uniform ones and soft ones among them', () => {
    const drawn = fc.sample(arbitraryInputs(kernelOf('int8')), { numRuns: 100, seed: 1 });
    expect(new Set(drawn.map(({ name }) => name)).size).toBeGreaterThan(30);
    expect(drawn.filter(({ random }) => random).length).toBeGreaterThan(8);
    expect(drawn.filter(({ name }) => name.startsWith('x small')).length).toBeGreaterThan(8);
  });

  it('are random only where every part is uniform', () => {
    for (const { name, random } of fc.sample(arbitraryInputs(kernelOf('int8')), { numRuns: 100, seed: 2 })) {
      expect(random).toBe(name === 'x uniform, y uniform');
    }
  });

  it('stand in order: fixtures, fixed ones, drawn ones', () => {
    const x = zeros('int8', [4, 8]);
    const spec = { ...kernelOf('int8'), fixtures: [{ name: 'mine', inputs: () => ({ x, y: x }) }] };
    const names = [...inputCases(spec, { seed: 1, runs: 2 })].map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['mine', 'NumPy seed 42', 'small operands']);
    expect(names.slice(-2).map((name) => name.slice(0, 8))).toEqual(['random 0', 'random 1']);
  });

  it('of small operands leave the last part its whole range', () => {
    const { x, y } = [...inputCases(kernelOf('uint8'), { seed: 1, runs: 0 })][1]!.inputs;
    expect(new Set(toFloat64(x!))).toEqual(new Set([0, 1]));
    expect(Math.max(...toFloat64(y!))).toBeGreaterThan(200);
  });
});

describe('the whole domain', () => {
  const unary = (dtype: DType, elementwise: boolean, size: number): KernelSpec => {
    const type: TensorType = { dtype, shape: [size] };
    return defineKernel({
      name: 'k',
      artifact: { dir: '.' },
      args: [input('x', type), out('o', type)],
      elementwise,
      model: ({ x }) => x,
      ideal: () => zeros('f64', [size]),
      accept: { model: exact(), ideal: exact() },
    });
  };
  const swept = (spec: KernelSpec) =>
    [...inputCases(spec, { seed: 1, runs: 0 })].filter(({ name }) => name.startsWith('whole domain'));

  it('is one case where the tensor holds it', () => {
    const [only, ...more] = swept(unary('int8', true, 512));
    expect([only!.name, more.length]).toEqual(['whole domain', 0]);
    expect(new Set(toFloat64(only!.inputs.x!)).size).toBe(256);
  });

  it.each([
    ['int8', 100, 256],
    ['uint8', 256, 256],
    ['int16', 2048, 65536],
    ['bf16', 2048, 2 * 0x7f80],
    ['f16', 4096, 2 * 0x7c00],
  ] as const)('of %s in tensors of %d has all %d finite codes', (dtype, size, codes) => {
    const cases = swept(unary(dtype, true, size));
    expect(cases.length).toBe(Math.ceil(codes / size));
    const seen = new Set(cases.flatMap(({ inputs }) => [...codesOf(inputs.x!)]));
    expect(seen.size).toBe(codes);
    for (const { inputs } of cases) expect(toFloat64(inputs.x!).every(Number.isFinite)).toBe(true);
  });

  it('is not swept for wide dtypes, several parts or kernels that are not elementwise', () => {
    expect(swept(unary('f32', true, 512))).toEqual([]);
    expect(swept(unary('int8', false, 512))).toEqual([]);
    expect(swept({ ...kernelOf('int8'), elementwise: true })).toEqual([]);
  });
});
