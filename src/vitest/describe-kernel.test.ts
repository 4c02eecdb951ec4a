import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Runs a spec file in a Vitest of its own, below the repository so that its packages are found. */
function runSpec(dir: string, body: string): Map<string, Assertion> {
  writeFileSync(
    path.join(dir, 'one.spec.ts'),
    `import { describeKernel } from 'tilecheck/vitest';
     import { FailureStore } from 'tilecheck';
     const failures = new FailureStore('${dir}/failures');
     import { gelu512 } from '${root}/kernels/gelu_512/kernel.ts';
     ${body}`,
  );
  const report = path.join(dir, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', path.join(root, 'vitest.config.ts'), '--project', 'nested'];
  const env = { ...process.env, TILECHECK_NESTED: path.relative(root, dir) };
  spawnSync(process.execPath, [...args, '--reporter=json', `--outputFile=${report}`], { cwd: root, env });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { assertionResults: Assertion[] }[];
  };
  return new Map(
    testResults.flatMap(({ assertionResults }) => assertionResults.map((one) => [one.title, one])),
  );
}

describe('describeKernel', () => {
  let dir: string;
  beforeAll(() => {
    mkdirSync(path.join(root, '.tilecheck'), { recursive: true });
    dir = mkdtempSync(path.join(root, '.tilecheck/nested-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('makes one test a level, skips what was not run, and fails at the level that is wrong', () => {
    const tests = runSpec(
      dir,
      'describeKernel({ ...gelu512, model: ({ x }) => ({ y: x }) }, { failures, seed: 1, runs: 2 });',
    );
    const status = Object.fromEntries([...tests].map(([title, one]) => [title, one.status]));
    expect(status).toEqual({
      preflight: 'skipped',
      state: 'passed',
      coverage: 'passed',
      model: 'failed',
      ideal: 'passed',
      properties: 'passed',
      latency: 'skipped',
      'no finding is an error': 'passed',
    });
    expect(tests.get('model')?.failureMessages.join()).toContain('functional emulator');
  });

  it('fails for a control that gets the wrong verdict', () => {
    const control = "{ rejectedAt: 'ideal', because: 'it must' }";
    const tests = runSpec(
      dir,
      `describeKernel({ ...gelu512, control: ${control} }, { failures, seed: 1, runs: 2 });`,
    );
    expect([...tests.values()].map(({ status }) => status)).toEqual(['failed']);
  });
});
