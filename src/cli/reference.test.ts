import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attention, gelu, layernorm, softmax } from '../../reference/index.ts';
import { readNpy, describe as shown, type Tensor, tensor, toFloat64 } from '../tensor/index.ts';
import { Project } from './testing/project.ts';

const x = tensor('f32', [2, 3], [-2, -0.5, 0, 0.25, 1, 3]);
const gamma = tensor('f32', [3], [1, 2, 3]);
const beta = tensor('f32', [3], [0.5, 0, -1]);
const q = tensor('f32', [4, 2], [1, 0, 0, 1, 1, 1, -1, 2]);
const k = tensor('f32', [4, 2], [1, 2, 0, -1, 3, 1, 0.5, 2]);
const v = tensor('f32', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
const mask = tensor('uint8', [4, 4], [1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1]);
const a = tensor('uint8', [2, 3], [0, 1, 2, 3, 4, 255]);
const b = tensor('int8', [3, 2], [-3, -2, -1, 0, 1, 127]);

let project: Project;
beforeEach(() => {
  project = new Project().write({
    'x.npy': x,
    'gamma.npy': gamma,
    'beta.npy': beta,
    'q.npy': q,
    'k.npy': k,
    'v.npy': v,
    'mask.npy': mask,
    'rowmask.npy': tensor('uint8', [3], [1, 0, 1]),
    'a.npy': a,
    'b.npy': b,
    'nan.npy': tensor('f32', [1], [Number.NaN]),
    'folder.npy/readme.md': '',
  });
  symlinkSync('x.npy', path.join(project.dir, 'link.npy'));
});
afterEach(() => project.remove());

const reference = (...argv: string[]) => project.tilecheck(['reference', ...argv]);

function written(name = 'y.npy'): Tensor {
  return readNpy(readFileSync(path.join(project.dir, name)), name);
}

/** Runs an operation that must succeed, and answers what it wrote. */
async function computed(line: string): Promise<Tensor> {
  const { exit, stdout, stderr } = await reference(...line.split(' '), '--out', 'y.npy');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toContain(`wrote y.npy: ${shown(written())}`);
  return written();
}

function expectSame(actual: Tensor, expected: Tensor): void {
  expect(shown(actual)).toBe(shown(expected));
  expect(toFloat64(actual)).toEqual(toFloat64(expected));
}

describe('tilecheck reference', () => {
  it.each(['erf', 'tanh', 'sigmoid'] as const)('gelu --form %s', async (form) => {
    expectSame(await computed(`gelu --form ${form} --in x.npy`), gelu.ideal({ x, form }));
  });

  it('attention', async () => {
    const heads = '--q q.npy --k k.npy --v v.npy --scale 0.5';
    expectSame(await computed(`attention ${heads}`), attention.ideal({ q, k, v, scale: 0.5 }));
    const causal = attention.ideal({ q, k, v, scale: 0.5, causal: true });
    expectSame(await computed(`attention ${heads} --causal`), causal);
    const masked = attention.ideal({ q, k, v, scale: 0.5, mask });
    expectSame(await computed(`attention ${heads} --mask mask.npy`), masked);
    expect(toFloat64(causal)).not.toEqual(toFloat64(masked));
  });

  it('layernorm', async () => {
    expectSame(await computed('layernorm --in x.npy --eps 1e-5'), layernorm.ideal({ x, epsilon: 1e-5 }));
    expectSame(
      await computed('layernorm --in x.npy --gamma gamma.npy --beta beta.npy --eps 0.5'),
      layernorm.ideal({ x, gamma, beta, epsilon: 0.5 }),
    );
    expectSame(
      await computed('layernorm --in x.npy --eps 1e-5 --axis 0'),
      layernorm.ideal({ x, epsilon: 1e-5, axis: 0 }),
    );
  });

  it('softmax', async () => {
    expectSame(await computed('softmax --in x.npy'), softmax.ideal({ x }));
    expectSame(await computed('softmax --in x.npy --axis 0'), softmax.ideal({ x, axis: 0 }));
    const masked = await computed('softmax --in x.npy --mask rowmask.npy');
    expect(toFloat64(masked)[1]).toBe(0);
  });

  it('matmul is exact int32 for bytes, with zero points', async () => {
    expectSame(await computed('matmul --a a.npy --b b.npy'), tensor('int32', [2, 2], [1, 254, 242, 32379]));
    // (a - 2) (b + 1), by hand
    expectSame(
      await computed('matmul --a a.npy --b b.npy --a-zero-point 2 --b-zero-point -1'),
      tensor('int32', [2, 2], [4, 1, 504, 32385]),
    );
  });

  it('matmul is f64 for floats', async () => {
    expectSame(
      await computed('matmul --a mask.npy --b q.npy'),
      tensor('f64', [4, 2], [1, 1, 2, 1, 1, 4, -1, 2]),
    );
  });

  it('quantize rounds half to even unless told otherwise, and counts saturation', async () => {
    const quantize = 'quantize --in x.npy --scale 0.5 --zero-point 1 --dtype uint8';
    expectSame(await computed(quantize), tensor('uint8', [2, 3], [0, 0, 1, 1, 3, 7]));
    expectSame(
      await computed(`${quantize} --rounding half-away`),
      tensor('uint8', [2, 3], [0, 0, 1, 2, 3, 7]),
    );
    const { stdout } = await reference(...quantize.split(' '), '--out', 'y.npy');
    expect(stdout).toBe('wrote y.npy: uint8 [2, 3] (1 of 6 elements saturated)\n');
  });

  it('dequantize', async () => {
    const expected = tensor('f64', [3, 2], [-1, -0.5, 0, 0.5, 1, 64]);
    expectSame(await computed('dequantize --in b.npy --scale 0.5 --zero-point -1'), expected);
  });

  it.each([
    ['gelu --form erff --in x.npy --out y.npy', 'allowed choices are erf, tanh, sigmoid'],
    ['gelu --in x.npy --out y.npy', "required option '--form <form>' not specified"],
    ['gelu --form erf --in x.npy', "required option '--out <file>' not specified"],
    ['gelu --form erf --in xx.npy --out y.npy', 'no file xx.npy\nhint: did you mean x.npy?'],
    ['gelu --form erf --in x.npy --out x.npy', 'the output x.npy would overwrite the input x.npy'],
    ['gelu --form erf --in x.npy --out ./x.npy', 'the output ./x.npy would overwrite the input x.npy'],
    ['gelu --form erf --in x.npy --out link.npy', 'the output link.npy would overwrite the input x.npy'],
    ['gelu --form erf --in x.npy --out folder.npy', 'cannot write folder.npy: it is a folder'],
    ['gelu --form erf --in x.npy --out y.txt', "the output 'y.txt' is no .npy file"],
    ['gelu --form erf --in x.npy --out no/y.npy', 'cannot write no/y.npy: there is no folder no'],
    ['attention --q q.npy --k k.npy --v v.npy --scale abc --out y.npy', 'give a finite number'],
    ['attention --q q.npy --k x.npy --v v.npy --scale 1 --out y.npy', 'q has depth 2 and k has depth 3'],
    ['softmax --in x.npy --axis 2 --out y.npy', 'an axis is a whole number from -2 to 1'],
    ['matmul --a a.npy --b b.npy --a-zero-point -2 --out y.npy', 'it lies from 0 to 255'],
    ['matmul --a a.npy --b a.npy --out y.npy', 'do not multiply'],
    [
      'quantize --in x.npy --scale 1 --dtype bf16 --out y.npy',
      'allowed choices are int8, uint8, int16, int32',
    ],
    ['quantize --in nan.npy --scale 1 --dtype int8 --out y.npy', 'NaN at index 0'],
    ['dequantize --in x.npy --scale 1 --out y.npy', 'dequantize takes integer codes, and --in is f32 [2, 3]'],
  ])('%s is a usage error and writes nothing', async (line, message) => {
    const before = readdirSync(project.dir);
    const { exit, stdout, stderr } = await reference(...line.split(' '));
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(readdirSync(project.dir)).toEqual(before);
    expect(toFloat64(written('x.npy'))).toEqual(toFloat64(x));
  });
});
