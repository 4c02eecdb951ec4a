import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceChoice, type NpuDevice, openDevice } from '../device/index.ts';
import { renderFailure } from '../report/failure.ts';
import { FailureStore } from '../spec/failures/index.ts';
import type { KernelSpec } from '../spec/kernel.ts';
import { type ValidateOptions, validate } from '../spec/validate.ts';
import { failedLevels, levels, type Verdict } from '../spec/verdict.ts';

export interface DescribeOptions extends ValidateOptions {
  /** Default: the environment variable TILECHECK_DEVICE, else `auto`. */
  readonly device?: DeviceChoice;
}

/**
 * One Vitest suite for a kernel, one test for each verdict level, so that a failure names its level. A level that was
 * not run is a skipped test with its reason. A control that must be rejected has one test: that it was.
 */
export function describeKernel(spec: KernelSpec, options: DescribeOptions = {}): void {
  describe(spec.name, () => {
    let device: NpuDevice | undefined;
    let verdict: Verdict;

    beforeAll(async () => {
      const choice = options.device ?? process.env.TILECHECK_DEVICE ?? 'auto';
      device = await openDevice(choice as DeviceChoice);
      verdict = await validate(spec, device, { failures: new FailureStore(), ...options });
    });
    afterAll(() => device?.close());

    if (spec.control?.rejectedAt) {
      const { rejectedAt, because } = spec.control;
      it(`is rejected at level ${rejectedAt} and no other: ${because}`, () => {
        expect(failedLevels(verdict), ranOn(verdict)).toEqual([rejectedAt]);
        expect(verdict.pass).toBe(true);
      });
      return;
    }
    for (const level of levels) {
      it(level, ({ skip }) => {
        const result = verdict.levels[level];
        if (result.status === 'not-run') skip(result.summary);
        expect(result.status, `${ranOn(verdict)}\n${renderFailure(level, result)}`).toBe('pass');
      });
    }
    it('no finding is an error', () => {
      expect(verdict.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    });
  });
}

function ranOn({ device, seed }: Verdict): string {
  return `on ${device.name}, seed ${seed}`;
}
