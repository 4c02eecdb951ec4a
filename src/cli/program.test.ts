import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { EnvironmentError, TilecheckError, ValueError } from '../errors.ts';
import { explain } from './exit.ts';
import { Project } from './testing/project.ts';

const project = new Project();
afterAll(() => project.remove());

describe('tilecheck', () => {
  it('prints help with the exit codes', async () => {
    const { exit, stdout } = await project.tilecheck(['--help']);
    expect(exit).toBe(0);
    for (const word of ['run', 'compare', 'reference', 'Exit codes:', '3  environment']) {
      expect(stdout).toContain(word);
    }
  });

  it.each([['run'], ['compare'], ['reference'], ['reference', 'gelu'], ['reference', 'quantize']])(
    'prints help for %s %s',
    async (...command: string[]) => {
      const { exit, stdout } = await project.tilecheck([...command, '--help']);
      expect(exit).toBe(0);
      expect(stdout).toContain(`Usage: tilecheck ${command.join(' ')}`);
    },
  );

  it('prints the version of the package', async () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await project.tilecheck(['--version'])).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('answers no command with help on stderr', async () => {
    const { exit, stdout, stderr } = await project.tilecheck([]);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('Usage: tilecheck');
  });

  it.each([
    [['rnu'], "error: unknown command 'rnu'\nhint: did you mean run?\n"],
    [['reference', 'gelo'], "error: unknown command 'gelo'\nhint: did you mean gelu?\n"],
    [['run', '--rns', '3'], "error: unknown option '--rns'\nhint: did you mean --runs?\n"],
    [
      ['run', '--frobnicate'],
      "error: unknown option '--frobnicate'\nhint: add --help to see what is valid\n",
    ],
    [
      ['run', '--runs', '0'],
      "error: option '--runs <n>' argument '0' is invalid\nhint: give a whole number from 1 to 100000\n",
    ],
    [
      ['run', '--seed', '4294967296'],
      "error: option '--seed <s>' argument '4294967296' is invalid\nhint: give a whole number from 0 to 4294967295\n",
    ],
    [
      ['run', '--time-limit', '1e3'],
      "error: option '--time-limit <ms>' argument '1e3' is invalid\nhint: give a whole number from 1 to 3600000\n",
    ],
    [
      ['run', '--device', 'gpu'],
      "error: option '--device <device>' argument 'gpu' is invalid\nhint: allowed choices are auto, xrt, emulator\n",
    ],
    [
      ['compare', 'a.npy', 'b.npy', '--tile', '16by16'],
      "error: option '--tile <RxC>' argument '16by16' is invalid\nhint: give the rows and columns of a tile joined by x, e.g. 16x16\n",
    ],
    [
      ['compare', 'a.npy'],
      "error: missing required argument 'actual'\nhint: add --help to see what is valid\n",
    ],
  ])('%j is a usage error that says what is valid', async (argv, stderr) => {
    expect(await project.tilecheck(argv)).toEqual({ exit: 2, stdout: '', stderr });
  });

  it('sets the exit code of the process', async () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const args = ['--import', import.meta.resolve('jiti/register'), main, 'run'];
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, args, { cwd: project.dir }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
    expect(stderr).toContain("error: no folder 'kernels'");
    expect(code).toBe(2);
  });
});

describe('explain', () => {
  it('gives each kind of error its exit code', () => {
    const internal = new TilecheckError('BUG', 'bug', { kind: 'internal' });
    const errors = [new ValueError('v'), new EnvironmentError('X', 'e'), internal, new Error('x'), 'text'];
    expect(errors.map((error) => explain(error, false).exit)).toEqual([2, 3, 4, 4, 4]);
  });

  it('shows the hint', () => {
    expect(explain(new ValueError('bad', 'do this'), false).text).toBe('error: bad\nhint: do this\n');
    expect(explain(new ValueError('bad'), false).text).toBe('error: bad\n');
  });

  it('asks for a report of a defect, with its stack only where verbose', () => {
    const quiet = explain(new TypeError('boom'), false).text;
    expect(quiet).toContain('internal error: boom');
    expect(quiet).toContain('please report it');
    expect(quiet).not.toContain('    at ');
    expect(explain(new TypeError('boom'), true).text).toContain('    at ');
  });
});
