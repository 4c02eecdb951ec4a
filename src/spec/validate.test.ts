import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matmul16 } from '../../kernels/matmul_16x16/kernel.ts';
import { exact } from '../compare/index.ts';
import { copyOf, type Tensor, tensor, toFloat64 } from '../tensor/index.ts';
import { input, int8, out } from './args.ts';
import { FailureStore } from './failures/index.ts';
import { defineKernel, type KernelSpec, type Tensors } from './kernel.ts';
import { modelDevice } from './testing/model-device.ts';
import { type ValidateOptions, validate } from './validate.ts';

const shifted = (inputs: Tensors): Tensors => {
  const c = toFloat64(matmul16.model(inputs).c!).map((x) => Math.floor(x / 2));
  return { c: tensor('int8', [16, 16], c) };
};

const judged = (
  kernel: (inputs: Tensors) => Tensors,
  options: ValidateOptions = {},
  spec: KernelSpec = matmul16,
) => validate(spec, modelDevice(spec, kernel), { seed: 9, runs: 10, ...options });

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'tilecheck-validate-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('validate', () => {
  it('passes a right kernel at every level, its laws included', async () => {
    const verdict = await judged((inputs) => matmul16.model(inputs));
    expect(verdict.pass).toBe(true);
    expect(Object.values(verdict.levels).map(({ status }) => status)).toEqual([
      'not-run',
      'pass',
      'pass',
      'pass',
      'pass',
      'pass',
      'not-run',
    ]);
  });

  it('explains a failure: what is wrong, the smallest input, how to repeat it', async () => {
    const { levels, pass } = await judged(shifted);
    expect(pass).toBe(false);
    const { explanation, replay, comparison } = levels.model.failure!;
    expect(explanation?.diagnoses[0]).toMatchObject({ hypothesis: 'wrong-shift' });
    expect(explanation?.smallest?.nonZero).toBeLessThanOrEqual(2);
    expect(explanation?.smallest?.runs).toBeLessThanOrEqual(200);
    expect(explanation?.smallest?.text).toMatch(/a\[\d+, \d+\] = .*b\[\d+, \d+\] = /);
    expect(replay).toMatch(/^tilecheck run matmul_16x16 --seed 9 (--runs \d+ )?--path \w+\/\d+$/);
    expect(comparison?.acceptance.minimum).toMatch(/^lsb\(\d+\)$/);
  });

  it('repeats one input alone by its path, and knows no other', async () => {
    const { levels } = await judged(shifted);
    const { path: address, evidence } = levels.model.failure!;
    const again = await judged(shifted, { path: address });
    expect(again.levels.model).toMatchObject({ inputs: 1, failed: 1, failure: { path: address, evidence } });
    await expect(judged(shifted, { path: 'random/99' })).rejects.toThrow(/no input 'random\/99'/);
  });

  it('does not shrink beyond its budget', async () => {
    const smallest = (await judged(shifted, { shrinkBudget: 5 })).levels.model.failure?.explanation?.smallest;
    expect(smallest).toMatchObject({ runs: 5, exhausted: true });
  });

  it('fails at properties where both oracles share the mistake', async () => {
    const off = (inputs: Tensors): Tensors => {
      const c = toFloat64(matmul16.model(inputs).c!).map((x) => Math.min(x + 1, 127));
      return { c: tensor('int8', [16, 16], c) };
    };
    const ideal = (inputs: Tensors): Tensors => ({ c: tensor('f64', [16, 16], toFloat64(off(inputs).c!)) });
    const wrong = { ...matmul16, model: off, ideal, accept: { model: exact(), ideal: exact() } };
    const { levels, pass } = await judged(off, {}, wrong);
    expect(pass).toBe(false);
    expect(levels.ideal.status).toBe('pass');
    expect(levels.properties.failure?.evidence).toMatch(/^zeroGivesZero|^linearity|^identityLaw/);
    expect(levels.properties.failure?.explanation?.smallest?.nonZero).toBeLessThanOrEqual(8);
  });
});

describe('what a specification tells a diagnosis', () => {
  const accept = { model: exact(), ideal: exact() };
  const real = (t: Tensor) => tensor('f64', t.shape, toFloat64(t));

  it('names the core that is wrong by its place', async () => {
    const placement = [0, 1, 2, 3].map((column) => ({ column, row: 2 }));
    const four = defineKernel({
      name: 'four',
      artifact: { dir: '.', cores: 4, placement },
      args: [input('x', int8(4, 64)), out('y', int8(4, 64))],
      model: ({ x }) => x,
      ideal: ({ x }) => real(x),
      accept,
    });
    const thirdWrong = ({ x }: Tensors): Tensors => {
      const y = toFloat64(x!).map((value, i) => (i >> 6 === 2 ? ~value : value));
      return { y: tensor('int8', [4, 64], y) };
    };
    const { levels } = await judged(thirdWrong, {}, four);
    expect(levels.model.failure?.explanation?.diagnoses[0]?.evidence).toMatch(/column 2, row 2/);
  });

  it('names the first stage that departs', async () => {
    const staged = defineKernel({
      name: 'staged',
      artifact: { dir: '.' },
      args: [input('x', int8(64)), out('half', int8(64)), out('y', int8(64))],
      model: ({ x }) => ({ half: tensor('int8', [64], halved(x)), y: tensor('int8', [64], halved(x)) }),
      ideal: ({ x }) => ({ half: tensor('f64', [64], halved(x)), y: tensor('f64', [64], halved(x)) }),
      accept,
      stages: ({ x }, outputs) => [
        { name: 'halving', expected: tensor('int8', [64], halved(x)), actual: outputs.half! },
        { name: 'result', expected: tensor('int8', [64], halved(x)), actual: outputs.y! },
      ],
    });
    const notHalved = ({ x }: Tensors): Tensors => ({ half: copyOf(x!), y: copyOf(x!) });
    const { levels } = await judged(notHalved, {}, staged);
    expect(levels.model.failure?.explanation?.diagnoses[0]?.evidence).toContain('halving');
  });
});

const halved = (x: Tensor) => toFloat64(x).map((value) => value >> 1);

describe('validate with a failure store', () => {
  const right = (inputs: Tensors) => matmul16.model(inputs);

  it('keeps a failure, replays it first, and drops it when it has passed three times', async () => {
    const failures = new FailureStore(dir);
    const { levels } = await judged(shifted, { failures });
    const id = levels.model.failure!.kept!;
    expect((await failures.load('matmul_16x16')).failures.map((one) => one.id)).toEqual([id]);
    const again = await judged(shifted, { failures, path: `kept/${id}` });
    expect(again.levels.model.failed).toBe(1);
    for (let pass = 0; pass < 3; pass++) {
      const count = (await judged(right, { failures })).levels.model.inputs;
      expect(count).toBe((await judged(right)).levels.model.inputs + 1);
    }
    expect((await failures.load('matmul_16x16')).failures).toEqual([]);
  });

  it('reports a damaged file and goes on', async () => {
    const failures = new FailureStore(dir);
    const { levels } = await judged(shifted, { failures });
    writeFileSync(path.join(dir, 'matmul_16x16', `${levels.model.failure!.kept}.npz`), 'no zip');
    const verdict = await judged(right, { failures });
    expect(verdict.pass).toBe(true);
    expect(verdict.notes?.join()).toContain('set aside');
  });

  it('gives the verdict even where nothing can be kept', async () => {
    const spec = { ...matmul16, artifact: { ...matmul16.artifact, source: 'gone.c' } };
    const { levels, notes } = await judged(shifted, { failures: new FailureStore(dir) }, spec);
    expect(levels.model.status).toBe('fail');
    expect(notes?.join()).toContain('the failure was not kept');
  });

  it('keeps nothing of a control that is rejected as it must be', async () => {
    const control = { rejectedAt: 'model', because: 'it shifts' } as const;
    const shiftedIdeal = (inputs: Tensors) => ({ c: tensor('f64', [16, 16], toFloat64(shifted(inputs).c!)) });
    const accept = { model: exact(), ideal: exact() };
    const spec = { ...matmul16, ideal: shiftedIdeal, accept, properties: [], control };
    const failures = new FailureStore(dir);
    const verdict = await judged(shifted, { failures }, spec);
    expect(verdict.pass).toBe(true);
    expect((await failures.load('matmul_16x16')).failures).toEqual([]);
  });
});
