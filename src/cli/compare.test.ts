import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../compare/index.ts';
import { tensor, writeNpz } from '../tensor/index.ts';
import { Project } from './testing/project.ts';

const project = new Project();
const codes = Int8Array.from({ length: 64 }, (_, i) => i - 32);
const a = tensor('int8', [8, 8], codes);
const b = tensor(
  'int8',
  [8, 8],
  codes.map((x, i) => (i === 29 ? x + 2 : x)),
);
const halves = tensor('f16', [2], [1, 2]);

beforeAll(() => {
  project.write({
    'a.npy': a,
    'b.npy': b,
    'half.npy': tensor('int8', [4, 8], codes.subarray(0, 32)),
    'f16.npy': halves,
    'f64.npy': tensor('f64', [2], [1.0005, 2]),
    'far.npy': tensor('f64', [2], [1.01, 2]),
    'ab.npz': writeNpz({ a, b }),
    'one.npz': writeNpz({ only: a }),
    'junk.npy': 'hello',
  });
});
afterAll(() => project.remove());

const compare = (...argv: string[]) => project.tilecheck(['compare', ...argv]);

describe('tilecheck compare', () => {
  it('accepts equal integers and shows the metrics', async () => {
    const { exit, stdout } = await compare('a.npy', 'a.npy');
    expect(exit).toBe(0);
    expect(stdout).toContain('accept    exact() (the default for int8)');
    expect(stdout).toContain('correlation 1');
  });

  it('rejects one element two LSB off and says where', async () => {
    const { exit, stdout } = await compare('a.npy', 'b.npy', '--tile', '4x4');
    expect(exit).toBe(1);
    expect(stdout).toContain('[3, 5] in tile [0, 1]: expected -3, actual -1');
    expect(stdout).toContain('tiles: 1 of 4 wrong');
  });

  it('takes an acceptance', async () => {
    expect((await compare('a.npy', 'b.npy', '--accept', 'lsb(2) & correlation(0.99)')).exit).toBe(0);
    expect((await compare('a.npy', 'b.npy', '--accept', 'lsb(1) & correlation(0.99)')).exit).toBe(1);
  });

  it('judges floats by the narrower dtype of the two, and says so', async () => {
    const near = await compare('f16.npy', 'f64.npy');
    expect(near.exit).toBe(0);
    expect(near.stdout).toContain('absRel(0.00001, 0.001) (the default for f16');
    expect((await compare('f64.npy', 'far.npy')).exit).toBe(1);
    expect((await compare('f16.npy', 'far.npy')).exit).toBe(1);
  });

  it('prints the comparison as JSON', async () => {
    const { exit, stdout } = await compare('a.npy', 'b.npy', '--json', '--tile', '4x4');
    expect(exit).toBe(1);
    const comparison = JSON.parse(stdout) as Comparison;
    expect(comparison).toMatchObject({ pass: false, grid: [2, 2], worst: { index: [3, 5], error: 2 } });
  });

  it('reads members of an .npz', async () => {
    expect((await compare('ab.npz:a', 'a.npy')).exit).toBe(0);
    expect((await compare('ab.npz:b', 'a.npy')).exit).toBe(1);
    expect((await compare('one.npz', 'a.npy')).exit).toBe(0);
  });

  it.each([
    [['a.npy', 'half.npy'], 'error: a.npy is int8 [8, 8], but half.npy is int8 [4, 8]\n'],
    [['a.npy', 'bb.npy'], 'error: no file bb.npy\nhint: did you mean b.npy?\n'],
    [['a.npy', 'no/b.npy'], 'error: no file no/b.npy\nhint: there is no folder no\n'],
    [['a.npy', '.'], 'error: . is a folder\n'],
    [['a.npy', 'junk.npy'], 'error: junk.npy is not an .npy file'],
    [['ab.npz', 'a.npy'], 'error: ab.npz holds 2 arrays\nhint: name one of them: ab.npz:a, ab.npz:b\n'],
    [['ab.npz:c', 'a.npy'], "error: ab.npz holds no array 'c'\nhint: name one of them: ab.npz:a, ab.npz:b\n"],
    [['a.npy', 'b.npy', '--accept', 'lbs(2)'], "unknown name 'lbs'"],
    [['f16.npy', 'f16.npy', '--accept', 'lsb(2)'], 'judge floats with ulp(n, floor), abs or absRel'],
    [['a.npy', 'b.npy', '--tile', '2x2x2'], 'tile [2, 2, 2] has 3 axes'],
  ])('%j is a usage error', async (argv, message) => {
    const { exit, stdout, stderr } = await compare(...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
