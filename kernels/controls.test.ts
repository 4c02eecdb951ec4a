import { createHash } from 'node:crypto';
import {
  bytesOf,
  compare,
  correlation,
  ErtCmdState,
  fromBytes,
  inLsb,
  type KernelSpec,
  kernelCall,
  lsb,
  type NpuDevice,
  openDevice,
  RandomState,
  type RunResult,
  type Tensor,
  type Tensors,
  tensor,
  toFloat64,
  validate,
} from 'tilecheck';
import { gelu, layernorm } from 'tilecheck/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geluCodes } from '../fixtures/hardware.ts';
import { artifactOf, packBuffers, unpackOutputs } from '../src/spec/buffers.ts';
import { attention64v1, attentionSeed42 } from './controls/attention_64x64_v1/kernel.ts';
import { gelu512v1 } from './controls/gelu_512_v1/kernel.ts';
import { layernorm256v1, layernormSeed42 } from './controls/layernorm_256_v1/kernel.ts';

let device: NpuDevice;
beforeAll(async () => {
  device = await openDevice('emulator');
});
afterAll(() => device?.close());

async function runOn(spec: KernelSpec, inputs: Tensors): Promise<RunResult> {
  const kernel = await device.load(artifactOf(spec));
  const result = await kernel.run(kernelCall(kernel.instructions, packBuffers(spec, inputs, 0xa5)));
  await kernel.close();
  return result;
}

/** The output of the C program on the emulator and of the model, as int8 codes. */
async function bothOutputs(spec: KernelSpec, inputs: Tensors, name: string): Promise<[Tensor, Tensor]> {
  const result = await runOn(spec, inputs);
  expect(result.state).toBe(ErtCmdState.COMPLETED);
  return [unpackOutputs(spec, result.buffers)[name]!, spec.model(inputs)[name]!];
}

const sha256 = (t: Tensor): string => createHash('sha256').update(bytesOf(t)).digest('hex');
const nonZero = (values: Float64Array): number => values.filter((x) => x !== 0).length;

describe('attention_64x64_v1 on NumPy seed 42', () => {
  it('gives the bytes that shipped, from the C program and from the model', async () => {
    for (const output of await bothOutputs(attention64v1, attentionSeed42(), 'o')) {
      const values = toFloat64(output);
      expect(sha256(output)).toBe('babcac7e3c5f5eeb47c45fbb4dcb6eaad91d4fb574543ce0dbd099838c76ea68');
      expect([Math.min(...values), Math.max(...values), nonZero(values)]).toEqual([-15, 14, 3771]);
    }
  });

  it('is as far from the ideal as was measured', () => {
    const ideal = attention64v1.ideal(attentionSeed42()).o!;
    const { overall } = compare(ideal, attention64v1.model(attentionSeed42()).o!, {
      accept: correlation(0.99),
    });
    expect(Array.from(toFloat64(ideal).slice(0, 8), Math.round)).toEqual([
      -15, -52, -27, 61, -42, -29, -8, 23,
    ]);
    expect([overall.expected.min, overall.expected.max].map((x) => Math.round(Number(x)))).toEqual([-64, 63]);
    expect(overall.correlation).toBeCloseTo(0.1909, 4);
    expect(overall.meanAbsError).toBeCloseTo(31.699, 3);
  });

  it('overflows the default stack of 1,024 bytes, and says so', async () => {
    const asShipped = { ...attention64v1, artifact: { ...attention64v1.artifact, stackSize: 1024 } };
    const result = await runOn(asShipped, attentionSeed42());
    expect(result.state).toBe(ErtCmdState.ERROR);
    expect(result.findings.map(({ code }) => code)).toContain('STACK_OVERFLOW');
    const verdict = await validate(asShipped, device, { seed: 1, runs: 5 });
    expect(verdict.pass).toBe(false);
    expect(verdict.levels.state.status).toBe('fail');
  });
});

describe('layernorm_256_v1 on NumPy seed 42', () => {
  it('gives the bytes that shipped, from the C program and from the model', async () => {
    expect(Array.from(toFloat64(layernormSeed42().x).slice(0, 5))).toEqual([32, -9, 41, 97, -15]);
    for (const output of await bothOutputs(layernorm256v1, layernormSeed42(), 'y')) {
      const values = toFloat64(output);
      expect(sha256(output)).toBe('326837e21d8c1afd522b27249b97dfebb5e6ceaa936cf859bcb289798aabc2ba');
      expect(Array.from(values.slice(0, 10))).toEqual([127, -40, 127, 127, -66, -66, 127, 127, -128, 127]);
      expect(nonZero(values)).toBe(255);
      expect(values.filter((x) => x === 127 || x === -128).length).toBe(166);
    }
  });

  it('is as far from float LayerNorm as was measured', () => {
    const x = tensor(
      'f32',
      [256],
      toFloat64(new RandomState(42).standardNormal([256])).map((z) => 0.5 * z),
    );
    const ideal = inLsb(layernorm.ideal({ x, epsilon: 1e-5 }), { scale: 1 });
    const output = layernorm256v1.model(layernormSeed42()).y!;
    const real = tensor(
      'f64',
      [256],
      toFloat64(output).map((code) => code / 127),
    );
    const { overall } = compare(ideal, real, { accept: correlation(0.99) });
    expect(overall.meanAbsError).toBeCloseTo(0.3566, 4);
  });
});

describe('GELU by table', () => {
  it('gives what hardware printed', async () => {
    const x = tensor(
      'int8',
      [512],
      Array.from({ length: 512 }, (_, i) => geluCodes.codes[i] ?? 0),
    );
    for (const output of await bothOutputs(gelu512v1, { x }, 'y')) {
      expect(Array.from(toFloat64(output).slice(0, 5))).toEqual(geluCodes.values);
    }
  });

  it('has the generated table on the whole domain', async () => {
    const x = fromBytes(
      'int8',
      [512],
      Uint8Array.from({ length: 512 }, (_, i) => i + 128),
    );
    const [output] = await bothOutputs(gelu512v1, { x }, 'y');
    expect(Array.from(toFloat64(output!).slice(0, 256))).toEqual(Array.from(gelu.lut('tanh')));
  });
});

describe('verdicts of the controls', () => {
  it('a control that is fixed or broken further gets the wrong verdict, and fails', async () => {
    const accepted = { ...layernorm256v1, accept: { model: layernorm256v1.accept.model, ideal: lsb(255) } };
    expect((await validate(accepted, device, { seed: 1, runs: 0 })).pass).toBe(false);
    const wrongModel = { ...layernorm256v1, model: () => ({ y: layernormSeed42().x }) };
    expect((await validate(wrongModel, device, { seed: 1, runs: 0 })).pass).toBe(false);
  });

  it('a printed value that the device does not give fails at level model', async () => {
    const [fixture] = gelu512v1.fixtures;
    const printed = { ...fixture!.printed!, values: [[0, 32]] as const };
    const spec = { ...gelu512v1, fixtures: [{ ...fixture!, printed }] };
    const verdict = await validate(spec, device, { seed: 1, runs: 0 });
    expect(verdict.levels.model.failure?.evidence).toContain('hardware printed 32, this device gave 31');
  });
});
