import { describe, expect, it } from 'vitest';
import { gelu512 } from '../../kernels/gelu_512/kernel.ts';
import { matmul16 } from '../../kernels/matmul_16x16/kernel.ts';
import { type FaultKind, faultKinds, type NpuDevice, openDevice } from '../device/index.ts';
import { validate } from './validate.ts';
import { failedLevels, type Level } from './verdict.ts';

/** The level that is first to notice each fault, and what its evidence says. */
const caughtAt: Record<FaultKind, readonly [Level, RegExp]> = {
  error: ['state', /ERT_CMD_STATE_ERROR/],
  abort: ['state', /ERT_CMD_STATE_ABORT/],
  timeout: ['state', /ERT_CMD_STATE_TIMEOUT/],
  hang: ['state', /DEVICE_HUNG/],
  crash: ['state', /DEVICE_CRASHED.*SIGSEGV/],
  'partial-write': ['coverage', /never wrote 256 of 512 bytes of 'y' \(bytes 256 to 511\)/],
  'stale-output': ['coverage', /a run after another input/],
  'bit-flip': ['model', /1 of 512 elements rejected/],
  'swapped-tiles': ['model', /elements rejected/],
  'input-overwrite': ['coverage', /changed its input/],
  nondeterministic: ['coverage', /two runs on the same input/],
};

describe('injected faults', () => {
  it.each(faultKinds)('%s is caught at its level, and the next kernel still runs', async (kind) => {
    const [level, evidence] = caughtAt[kind];
    const device: NpuDevice = await openDevice('emulator', {
      fault: { kind, onlyKernel: gelu512.name },
      graceMs: 200,
    });
    try {
      const options = { seed: 3, runs: 3, timeLimitMs: 200 };
      const faulty = await validate(gelu512, device, options);
      expect(faulty.pass).toBe(false);
      expect(failedLevels(faulty)[0]).toBe(level);
      expect(faulty.levels[level].failure?.evidence).toMatch(evidence);
      expect(faulty.device.name).toContain(`injected fault: ${kind}`);
      const smallest = faulty.levels[level].failure?.explanation?.smallest;
      if (level === 'model') {
        expect(smallest?.nonZero).toBeLessThanOrEqual(8);
        expect(smallest?.runs).toBeLessThanOrEqual(200);
      }
      expect((await validate(matmul16, device, options)).pass).toBe(true);
    } finally {
      await device.close();
    }
  });
});
