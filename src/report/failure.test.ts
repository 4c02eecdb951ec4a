import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { renderFailure, renderKernelError, renderVerdictFailure } from './failure.ts';
import { kernelError, loadError } from './run.ts';
import { failedLevel, verdict } from './testing/verdicts.ts';

describe('renderFailure', () => {
  it('names level, counts and input, and shows where the output differs', () => {
    const text = renderFailure('model', failedLevel());
    expect(text).toContain("model: 3 of 10 inputs failed; shown: 'NumPy seed 42'");
    expect(text).toContain('[3, 3]');
    expect(text).toContain('expected 5, actual 9');
    expect(text.split('\n').length).toBeLessThanOrEqual(24);
  });

  it('gives diagnosis, smallest input and replay on one screen', () => {
    const base = failedLevel();
    const diagnosis = {
      hypothesis: 'wrong-shift',
      score: 0.97,
      evidence: `actual = expected >> 1 ${'in all '.repeat(60)}`,
      hint: 'look at srs',
    };
    const smallest = {
      text: 'q[17, 3] = 1, k[0, 3] = 64; all else 0',
      nonZero: 2,
      runs: 41,
      exhausted: true,
    };
    const replay = 'tilecheck run bad --seed 1 --path edge/0';
    const explanation = { diagnoses: [diagnosis, diagnosis, diagnosis], smallest };
    const text = renderFailure('model', { ...base, failure: { ...base.failure!, explanation, replay } });
    expect(text).toContain('wrong-shift (0.97): actual = expected >> 1');
    expect(text).toContain(
      'q[17, 3] = 1, k[0, 3] = 64; all else 0 (2 non-zero, found in 41 runs, budget spent)',
    );
    expect(text).toContain('[3, 3]');
    expect(text.split('\n').at(-1)).toBe(`replay     ${replay}`);
    expect(text.split('\n').length).toBeLessThanOrEqual(30);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('shows the evidence where nothing was compared', () => {
    const failure = { input: 'all zero', path: 'random/3', evidence: 'ERT_CMD_STATE_TIMEOUT' };
    const text = renderFailure('state', { status: 'fail', summary: '', inputs: 3, failed: 3, failure });
    expect(text).toBe("state: 3 of 3 inputs failed; shown: 'all zero'\nERT_CMD_STATE_TIMEOUT");
  });

  it('gives the reason of a level that was not run', () => {
    const level = {
      status: 'not-run',
      summary: 'not run: no command completed',
      inputs: 0,
      failed: 0,
    } as const;
    expect(renderFailure('model', level)).toBe('model: not run: no command completed');
  });
});

describe('renderVerdictFailure', () => {
  it('shows the most basic failed level in full and the others in a line', () => {
    const text = renderVerdictFailure(verdict('bad', { ideal: failedLevel(), model: failedLevel() }));
    expect(text.split('\n')[0]).toBe('FAIL bad on hand-made device');
    expect(text.match(/inputs failed; shown/g)).toHaveLength(1);
    expect(text.indexOf('model: 3 of 10 inputs')).toBeLessThan(text.indexOf('ideal: 3 of 10 failed'));
  });

  it('says what a control had to get', () => {
    const control = { rejectedAt: 'ideal', because: 'it shipped wrong' } as const;
    expect(renderVerdictFailure(verdict('c', {}, { control, pass: false }))).toContain(
      'a control that must be rejected at ideal and nowhere else (it shipped wrong)',
    );
    const changes = { ideal: failedLevel(), model: failedLevel() };
    const text = renderVerdictFailure(verdict('c', changes, { control, pass: false }));
    expect(text).toContain('model: 3 of 10');
    expect(text).not.toContain('ideal: 3 of 10');
  });

  it('gives findings with their fix, errors only, evidence once', () => {
    const findings = [
      {
        code: 'GUARD_OVERWRITTEN',
        severity: 'error',
        evidence: '1 byte behind y',
        fix: 'check bounds',
        runs: 4,
      },
      { code: 'STACK_OVERFLOW', severity: 'error', evidence: '96 bytes too deep', runs: 1 },
      { code: 'STACK_HIGH_WATER', severity: 'info', evidence: '64 bytes', runs: 9 },
    ] as const;
    const coverage = {
      ...failedLevel(),
      failure: { input: 'all zero', path: 'random/3', evidence: '1 byte behind y' },
    };
    const text = renderVerdictFailure(verdict('bad', { coverage }, { findings }));
    expect(text).toContain('finding GUARD_OVERWRITTEN in 4 runs\nfix: check bounds');
    expect(text.match(/1 byte behind y/g)).toHaveLength(1);
    expect(text).toContain('finding STACK_OVERFLOW in 1 run: 96 bytes too deep');
    expect(text).not.toContain('STACK_HIGH_WATER');
  });
});

describe('a kernel that could not be judged', () => {
  it('keeps code and hint of our own errors', () => {
    const error = kernelError('k', 'kernels/k/kernel.ts', new ValueError('bad scale', 'give 1/8'));
    expect(error).toEqual({
      kernel: 'k',
      file: 'kernels/k/kernel.ts',
      code: 'VALUE',
      kind: 'usage',
      message: 'bad scale',
      hint: 'give 1/8',
    });
    expect(renderKernelError(error)).toBe(
      'FAIL k not judged\nkernels/k/kernel.ts: bad scale\nhint: give 1/8',
    );
  });

  it('finds the line of the kernel file in the stack of anything else', () => {
    const thrown = new TypeError('x is not a function');
    thrown.stack =
      'TypeError: x is not a function\n    at model (/p/kernels/k/kernel.ts:8:23)\n    at validate (/q.ts:1:1)';
    const error = kernelError('k', 'kernels/k/kernel.ts', thrown);
    expect(error).toMatchObject({
      code: 'THROWN',
      message: 'x is not a function (at kernels/k/kernel.ts:8:23)',
    });
    expect(renderKernelError(error)).not.toContain('validate');
    expect(renderKernelError(error, { stack: true })).toContain('at validate');
  });

  it('says that a file does not load, also where a string was thrown', () => {
    const { code, message } = loadError('k', 'kernels/k/kernel.ts', 'nope');
    expect({ code, message }).toEqual({ code: 'LOAD', message: 'kernels/k/kernel.ts does not load: nope' });
  });
});
