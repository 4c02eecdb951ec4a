import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FailureStore } from '../spec/failures/index.ts';
import { found } from '../spec/failures/testing/found.ts';
import { Project } from './testing/project.ts';

let project: Project;
let store: FailureStore;
beforeEach(() => {
  project = new Project();
  store = new FailureStore(path.join(project.dir, '.tilecheck/failures'));
});
afterEach(() => project.remove());

const run = (...argv: string[]) => project.tilecheck(['failures', ...argv]);

it('has nothing to list at first', async () => {
  expect(await run()).toEqual({ exit: 0, stdout: 'no failures are kept\n', stderr: '' });
  expect((await run('--clean')).stdout).toBe('0 failures removed\n');
});

it('lists what is kept, by kernel', async () => {
  const { failure } = await store.keep(found(1));
  await store.keep(found(2, { kernel: 'adder', diagnosis: null }));
  const { exit, stdout } = await run();
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^kernel +id +level +input +diagnosis +device +since +passes$/m);
  const row = `^doubler +${failure.id} +model +case 1 +times two +emulator +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC +0$`;
  expect(stdout).toMatch(new RegExp(row, 'm'));
  expect(stdout).toMatch(/^adder .* case 2 +- +emulator/m);
  expect((await run('adder')).stdout).not.toContain('doubler');
});

it('shows one failure by the beginning of its id', async () => {
  const { failure } = await store.keep(found(1));
  const { exit, stdout } = await run('--show', failure.id.slice(0, 4));
  expect(exit).toBe(0);
  expect(stdout).toContain(`failure    ${failure.id} of doubler, at level model`);
  expect(stdout).toContain('seed       42, path 3:1');
  expect(stdout).toContain('inputs.x  int8 [2, 2], 4 not zero');
  expect(stdout).toContain('actual.y  int8 [2, 2], 3 not zero');
  const missing = await run('--show', 'zzzz');
  expect([missing.exit, missing.stderr]).toEqual([2, expect.stringContaining("begins with 'zzzz'")]);
  await store.keep(found(2));
  const both = await run('--show', '');
  expect([both.exit, both.stderr]).toEqual([2, expect.stringContaining(failure.id)]);
});

it('prints JSON without the numbers of the tensors', async () => {
  const { failure } = await store.keep(found(1));
  const { failures, damaged } = JSON.parse((await run('--json')).stdout);
  expect(damaged).toEqual([]);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ id: failure.id, level: 'model', inputs: { x: 'int8 [2, 2]' } });
  expect(JSON.parse((await run('--json', '--show', failure.id)).stdout).seed).toBe(42);
});

it('cleans one kernel or all', async () => {
  await store.keep(found(1));
  await store.keep(found(2));
  await store.keep(found(1, { kernel: 'adder' }));
  expect((await run('adder', '--clean')).stdout).toBe('1 failure removed\n');
  expect((await run('--clean')).stdout).toBe('2 failures removed\n');
  expect((await run()).stdout).toBe('no failures are kept\n');
  expect((await run('--clean', '--json')).exit).toBe(2);
});

it('reports a damaged file and goes on', async () => {
  await store.keep(found(1));
  const { failure } = await store.keep(found(2));
  writeFileSync(path.join(store.dir, 'doubler', `${failure.id}.npz`), 'damaged');
  const { exit, stdout, stderr } = await run();
  expect(exit).toBe(0);
  expect(stdout).toContain('case 1');
  expect(stderr).toMatch(/^note: .*\.npz is damaged \(.*\); set aside as .*damaged/);
  expect((await run()).stderr).toBe('');
});

it('refuses what is no kernel', async () => {
  expect((await run('../other', '--clean')).exit).toBe(2);
});
