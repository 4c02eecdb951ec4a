import { afterEach, beforeEach, expect, it } from 'vitest';
import { kernelSource, Project } from './testing/project.ts';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const lax = (name: string) =>
  kernelSource(name).replace('model: exact(), ideal: lsb(1)', 'model: lsb(255), ideal: lsb(255)');

it('proves the kernels named, prints the table and its sum, and passes', async () => {
  project.write({ 'kernels/a/kernel.ts': kernelSource('a'), 'kernels/b/kernel.ts': kernelSource('b') });
  const { exit, stdout, stderr } = await project.tilecheck(['prove', 'a', '--runs', '2']);
  expect([exit, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^a: \d+ inputs, seed 1$/m);
  expect(stdout).toMatch(/^model {3}exact\(\)$/m);
  expect(stdout).toMatch(/output +all zeros +ideal, model +max \|error\| .* LSB .* NumPy seed 42$/m);
  expect(stdout).toMatch(/one LSB too high everywhere +WEAK: model only +max/);
  expect(stdout).toMatch(/^a +\d+ +\d+ +0 +\d+ +0 +pass$/m);
  expect(stdout).not.toContain('b: ');
});

it('fails for a spec that accepts a mutant, and names it', async () => {
  project.write({ 'kernels/lax/kernel.ts': lax('lax'), 'kernels/a/kernel.ts': kernelSource('a') });
  const { exit, stdout } = await project.tilecheck(['prove']);
  expect(exit).toBe(1);
  expect(stdout).toMatch(/all zeros +ACCEPTED$/m);
  expect(stdout).toMatch(/^lax .* FAIL$/m);
  expect(stdout).toMatch(/^a .* pass$/m);
});

it('prints the derivation of a tolerance, and says where an acceptance rejects the model', async () => {
  const wrong = kernelSource('wrong').replace('ideal: lsb(1)', "ideal: lsb(0, 'nothing is rounded')");
  const off = wrong
    .replace('ideal: ({ x }) => tensor(', 'ideal: ({ x }) => tensor(')
    .replace("tensor('f64', [4, 4], twice(x))", "tensor('f64', [4, 4], twice(x).map((v) => v + 1))");
  project.write({ 'kernels/wrong/kernel.ts': off });
  const { exit, stdout } = await project.tilecheck(['prove']);
  expect(exit).toBe(1);
  expect(stdout).toContain('ideal   lsb(0): nothing is rounded');
  expect(stdout).toContain('WRONG   ideal rejects the model itself on NumPy seed 42: max |error| 1 LSB');
});

it('passes over controls that must be rejected, unless one is named', async () => {
  const control = kernelSource('bad', "control: { rejectedAt: 'ideal', because: 'it is wrong' },");
  project.write({ 'kernels/bad/kernel.ts': control, 'kernels/a/kernel.ts': kernelSource('a') });
  const all = await project.tilecheck(['prove']);
  expect(all.exit).toBe(0);
  expect(all.stdout).not.toContain('bad');
  const named = await project.tilecheck(['prove', 'bad']);
  expect(named.exit).toBe(2);
  expect(named.stderr).toContain('kernel bad is a control that must be rejected at level ideal');
});

it('prints JSON', async () => {
  project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
  const { stdout } = await project.tilecheck(['prove', '--json', '--seed', '3']);
  const { proofs } = JSON.parse(stdout);
  expect(proofs).toHaveLength(1);
  expect(proofs[0]).toMatchObject({ kernel: 'a', seed: 3, pass: true });
  expect(proofs[0].rows[0]).toMatchObject({ mutant: 'all zeros', kind: 'output', outcome: 'rejected' });
});

it('names the nearest kernel, and does not fall over one that does not load', async () => {
  project.write({
    'kernels/matmul/kernel.ts': kernelSource('matmul'),
    'kernels/broken/kernel.ts': 'nonsense(',
  });
  const { exit, stderr } = await project.tilecheck(['prove', 'matmull']);
  expect([exit, stderr]).toEqual([2, expect.stringContaining('nearest: matmul')]);
  const other = await project.tilecheck(['prove']);
  expect([other.exit, other.stderr]).toEqual([0, expect.stringContaining('broken/kernel.ts does not load')]);
  const broken = await project.tilecheck(['prove', 'broken']);
  expect(broken.exit).not.toBe(0);
});
