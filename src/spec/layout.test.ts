import { describe, expect, it } from 'vitest';
import { exact } from '../compare/index.ts';
import { at, fromStorage, toFloat64, zeros } from '../tensor/index.ts';
import { type Arg, bf16, f32, input, int8, out, packed } from './args.ts';
import { artifactOf, packBuffers, unpackOutputs } from './buffers.ts';
import { defineKernel, type KernelSpec } from './kernel.ts';

function kernel(args: readonly Arg[], cores = 1, name = 'k'): KernelSpec {
  const none = () => zeros('f64', []);
  const accept = { model: exact(), ideal: exact() };
  return defineKernel<readonly Arg[]>({
    name,
    artifact: { dir: '.', cores },
    args,
    model: none,
    ideal: none,
    accept,
  });
}

const counting = <const S extends readonly number[]>(from: number, ...shape: S) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fromStorage(
    'int8',
    shape,
    Int8Array.from({ length: size }, (_, i) => from + i),
  );
};

describe('buffers of a kernel', () => {
  it('pack the parts of an input one after another', () => {
    const spec = kernel([packed('ab', { a: int8(2, 2), b: int8(4) }), out('o', int8(4))]);
    const [ab, o] = packBuffers(spec, { a: counting(1, 2, 2), b: counting(5, 4) }, 0xa5);
    expect(Array.from(ab!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Array.from(o!)).toEqual([0xa5, 0xa5, 0xa5, 0xa5]);
  });

  it('give each core its slice of every part', () => {
    const spec = kernel([packed('ab', { a: int8(2, 4), b: int8(2, 4) }), out('o', int8(2, 4))], 2);
    const [ab] = packBuffers(spec, { a: counting(0, 2, 4), b: counting(100, 2, 4) }, 0);
    expect(Array.from(ab!)).toEqual([0, 1, 2, 3, 100, 101, 102, 103, 4, 5, 6, 7, 104, 105, 106, 107]);
  });

  it('read back as the outputs, wide dtypes included', () => {
    const spec = kernel([input('x', int8(4)), out('o', f32(2)), out('p', bf16(2, 2))]);
    const bytes = [
      new Uint8Array(4),
      new Uint8Array(Float32Array.of(1.5, -2).buffer),
      new Uint8Array([0x80, 0x3f, 0, 0, 0, 0, 0x80, 0xbf]),
    ];
    const { o, p } = unpackOutputs(spec, bytes);
    expect(Array.from(toFloat64(o!))).toEqual([1.5, -2]);
    expect([at(p!, 0, 0), at(p!, 1, 1)]).toEqual([1, -1]);
  });

  it('are described to the device in argument order with their bytes', () => {
    const spec = kernel([input('x', int8(8)), out('o', f32(2))]);
    expect(artifactOf(spec).buffers).toEqual([
      { name: 'x', direction: 'in', bytes: 8 },
      { name: 'o', direction: 'out', bytes: 8 },
    ]);
    expect(artifactOf(spec).core).toMatchObject({ entry: 'k', cores: 1, stackSize: 1024, bufferDepth: 2 });
  });

  it('refuse an input of the wrong shape or a missing one, naming it', () => {
    const spec = kernel([input('x', int8(8)), out('o', int8(8))]);
    expect(() => packBuffers(spec, { x: zeros('int8', [4]) }, 0)).toThrow(/int8 \[4\].*int8 \[8\]/);
    expect(() => packBuffers(spec, {}, 0)).toThrow(/kernel k: input 'x' is missing/);
  });
});

describe('defineKernel refuses', () => {
  it.each<[string, readonly Arg[], number, string, RegExp]>([
    [
      'a name that is no C identifier',
      [input('x', int8(4)), out('o', int8(4))],
      1,
      'my-kernel',
      /kernel name 'my-kernel'/,
    ],
    [
      'two tensors of one name',
      [input('x', int8(4)), out('x', int8(4))],
      1,
      'k',
      /two tensors are named 'x'/,
    ],
    ['no output', [input('x', int8(4))], 1, 'k', /has no output/],
    ['no input', [out('x', int8(4))], 1, 'k', /has no input/],
    ['an empty tensor', [input('x', int8(0)), out('o', int8(4))], 1, 'k', /x: int8 \[0\] is empty/],
    ['a buffer that is not whole words', [input('x', int8(5)), out('o', int8(4))], 1, 'k', /'x' has 5 bytes/],
    [
      'a first axis that does not count the cores',
      [input('x', int8(8)), out('o', int8(8))],
      2,
      'k',
      /on 2 cores/,
    ],
    [
      'a misaligned part',
      [packed('p', { a: int8(2), b: f32(1), c: int8(2) }), out('o', int8(4))],
      1,
      'k',
      /byte 2/,
    ],
  ])('%s', (_, args, cores, name, message) => {
    expect(() => kernel(args, cores, name)).toThrow(message);
  });
});
