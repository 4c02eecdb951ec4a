import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from '../device/index.ts';
import { EnvironmentError, TilecheckError } from '../errors.ts';
import type { RunReport } from '../report/run.ts';
import type { Io } from './io.ts';
import { type Core, fakeDevice, kernelSource, Project, twice } from './testing/project.ts';

/** Right but for its last element. */
const almost: Core = (input) => twice(input).map((y, i) => (i === 15 ? y ^ 64 : y));

const control = `control: { rejectedAt: 'model', because: 'it is known to be wrong' },`;

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

function on(cores: Readonly<Record<string, Core>>): Partial<Io> {
  return { openDevice: async () => fakeDevice(cores) };
}

const few = ['--runs', '3', '--seed', '7'];

describe('tilecheck run', () => {
  it('validates every kernel and closes with the count', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a'), 'kernels/b/kernel.ts': kernelSource('b') });
    const device = fakeDevice({ a: twice, b: twice });
    const { exit, stdout, stderr } = await project.tilecheck(['run', ...few], {
      openDevice: async () => device,
    });
    expect(exit).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('device  emulator: fake device\nnote    for tests\n');
    expect(stdout).toContain('NOT a run on NPU hardware');
    expect(stdout).toContain('repeat with: tilecheck run --seed 7 --runs 3\n');
    expect(stdout).toMatch(/^a +emulator +pass/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed');
    expect(device.closed).toBe(true);
  });

  it('fails with the reason when a kernel is wrong', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const { exit, stdout } = await project.tilecheck(['run', ...few], on({ a: almost }));
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^a +emulator +pass +pass +FAIL \d+\/\d+/m);
    expect(stdout).toContain('FAIL a on fake device\nmodel: ');
    expect(stdout).toContain('[3, 3] in tile [1, 1]');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
  });

  it('runs what is named, and the controls', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('a'),
      'kernels/b/kernel.ts': kernelSource('b'),
      'kernels/controls/c/kernel.ts': kernelSource('c', control),
    });
    const { exit, stdout } = await project.tilecheck(['run', 'b', ...few], on({ b: twice, c: twice }));
    expect(exit).toBe(1);
    expect(stdout).toContain('tilecheck run b --seed 7');
    expect(stdout).not.toMatch(/^a +emulator/m);
    expect(stdout).toContain('WRONG: accepted, must be rejected at model');
    expect(stdout).toContain('1 passed, 1 failed');
  });

  it('calls a path that no input has a usage error', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const { exit, stderr } = await project.tilecheck(
      ['run', 'a', ...few, '--path', 'random/99'],
      on({ a: twice }),
    );
    expect(exit).toBe(2);
    expect(stderr).toContain("kernel a has no input 'random/99'");
  });

  it('names an unknown kernel and the nearest ones', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('gelu'),
      'kernels/b/kernel.ts': kernelSource('softmax'),
    });
    const { exit, stderr } = await project.tilecheck(['run', 'gelo']);
    expect(exit).toBe(2);
    expect(stderr).toContain("error: no kernel 'gelo'\nhint: nearest: gelu, softmax;");
  });

  it('counts a kernel that cannot be judged as failed and runs the others', async () => {
    project.write({
      'kernels/broken/kernel.ts': 'export const x = {{;',
      'kernels/a/kernel.ts': kernelSource('a'),
      'kernels/b/kernel.ts': kernelSource('b').replace(
        /model:.*/,
        'model: () => { throw new TypeError("oops") },',
      ),
      'kernels/c/kernel.ts': kernelSource('c'),
    });
    const { exit, stdout } = await project.tilecheck(['run', ...few], on({ a: twice, b: twice }));
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^broken +not judged: LOAD$/m);
    expect(stdout).toMatch(/^b +not judged: THROWN$/m);
    expect(stdout).toContain(`${path.join('kernels', 'broken', 'kernel.ts')} does not load: ParseError`);
    expect(stdout).toMatch(/oops \(at kernels.b.kernel\.ts:\d+:\d+\)/);
    expect(stdout).toContain('the fake device has no c');
    expect(stdout).toContain('1 passed, 3 failed');
  });

  it('leaves a broken file out with a note where other kernels are named', async () => {
    project.write({
      'kernels/bad/kernel.ts': 'export const x = {{;',
      'kernels/a/kernel.ts': kernelSource('a'),
    });
    const named = await project.tilecheck(['run', 'a', ...few], on({ a: twice }));
    expect(named.exit).toBe(0);
    expect(named.stderr).toMatch(/^note: kernels.bad.kernel\.ts does not load: ParseError/);
    expect((await project.tilecheck(['run', 'bad', ...few], on({}))).exit).toBe(1);
  });

  it('stops where the machine lacks something, and closes the device', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const device = fakeDevice({});
    device.load = async () => {
      throw new EnvironmentError('CLANG_MISSING', 'no compiler', 'install one');
    };
    const { exit, stderr } = await project.tilecheck(['run', ...few], { openDevice: async () => device });
    expect({ exit, stderr }).toEqual({ exit: 3, stderr: 'error: no compiler\nhint: install one\n' });
    expect(device.closed).toBe(true);
  });

  it('ends with 4 after a defect of tilecheck itself, and judges the others', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a'), 'kernels/b/kernel.ts': kernelSource('b') });
    const device = fakeDevice({ b: twice });
    const { load } = device;
    device.load = async (artifact) => {
      if (artifact.name === 'b') return load(artifact);
      throw new TilecheckError('PROTOCOL', 'lost count', { kind: 'internal' });
    };
    const { exit, stdout } = await project.tilecheck(['run', ...few], { openDevice: async () => device });
    expect(exit).toBe(4);
    expect(stdout).toContain('1 passed, 1 failed');
  });

  it('hands the choice of device on, and ends with 3 where there is none', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const none: Partial<Io> = {
      openDevice: async (choice) => {
        throw new EnvironmentError('XRT_MISSING', `no ${choice} here`);
      },
    };
    const { exit, stderr } = await project.tilecheck(['run', '--device', 'xrt'], none);
    expect({ exit, stderr }).toEqual({ exit: 3, stderr: 'error: no xrt here\n' });
  });

  it('repeats exactly with the same seed', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const failing = async (seed: string): Promise<unknown> => {
      const argv = ['run', '--runs', '20', '--seed', seed, '--json', '-'];
      const { stdout } = await project.tilecheck(argv, on({ a: almost }));
      return (JSON.parse(stdout) as RunReport).verdicts.map(({ durationMs: _, ...verdict }) => verdict);
    };
    expect(await failing('7')).toEqual(await failing('7'));
  });
});

describe('tilecheck run --json', () => {
  it('writes everything to a file beside the table', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('a'),
      'kernels/bad/kernel.ts': 'throw new Error("no")',
    });
    const { exit, stdout } = await project.tilecheck(
      ['run', ...few, '--json', 'out.json'],
      on({ a: almost }),
    );
    expect(exit).toBe(1);
    expect(stdout).toContain('0 passed, 2 failed');
    const report = JSON.parse(readFileSync(path.join(project.dir, 'out.json'), 'utf8')) as RunReport;
    expect(report).toMatchObject({
      tool: { name: 'tilecheck' },
      device: { kind: 'emulator', name: 'fake device' },
      seed: 7,
      runs: 3,
      verdicts: [{ kernel: 'a', pass: false, levels: { model: { status: 'fail' } } }],
      errors: [{ kernel: 'bad', code: 'LOAD' }],
      pass: false,
    });
  });

  it('writes nothing but JSON to stdout for -', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const { exit, stdout } = await project.tilecheck(['run', ...few, '--json', '-'], on({ a: twice }));
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pass: true, verdicts: [{ kernel: 'a', pass: true }] });
  });

  it('notices a missing folder before the run', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a') });
    const { exit, stderr } = await project.tilecheck(['run', '--json', 'no/where.json']);
    expect(exit).toBe(2);
    expect(stderr).toContain('there is no folder no');
  });
});

describe('tilecheck run --list', () => {
  it('lists kernels without opening a device', async () => {
    project.write({
      'kernels/a/kernel.ts': kernelSource('a'),
      'kernels/c/kernel.ts': kernelSource('c', control),
    });
    const { exit, stdout } = await project.tilecheck(['run', '--list']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^a +x int8 \[4, 4\] +y int8 \[4, 4\] +2x2 +kernels.a.kernel\.ts$/m);
    expect(stdout).toMatch(/^c \(control\) /m);
  });

  it('lists as JSON, and shows what does not load', async () => {
    project.write({ 'kernels/a/kernel.ts': kernelSource('a'), 'kernels/bad/kernel.ts': '{{' });
    const { exit, stdout } = await project.tilecheck(['run', '--list', '--json', '-']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      kernels: [{ name: 'a', tile: [2, 2] }],
      broken: [{ name: 'bad' }],
    });
    expect((await project.tilecheck(['run', '--list'])).stdout).toMatch(
      /^bad +kernels.bad.kernel\.ts does not load$/m,
    );
    expect((await project.tilecheck(['run', '--list', 'a'])).exit).toBe(0);
  });
});

describe('on the emulator', () => {
  it('validates a bundled kernel', async () => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const argv = ['run', 'gelu_512', '--runs', '5', '--device', 'emulator'];
    const folder = ['--kernels', path.join('kernels', 'gelu_512')];
    const { exit, stdout } = await project.tilecheck([...argv, ...folder], { cwd, openDevice });
    expect(stdout).toMatch(/^gelu_512 +emulator +pass +pass +pass +pass +pass +\d+ /m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed');
    expect(exit).toBe(0);
  });
});
