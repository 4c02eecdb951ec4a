import { describe, expect, it } from 'vitest';
import { type DeviceChoice, openDevice } from './open.ts';
import { xrtUnavailable } from './xrt/probe.ts';

describe('openDevice', () => {
  it('opens the emulator, which says that it is one', async () => {
    const device = await openDevice('emulator');
    expect(device.info).toEqual({ kind: 'emulator', name: 'functional emulator (WebAssembly)' });
    await device.close();
  });

  it('falls back from auto and says why', async () => {
    const device = await openDevice('auto', { fault: { kind: 'error' } });
    expect(device.info.kind).toBe('emulator');
    expect(device.info.name).toContain('injected fault: error');
    expect(device.info.note).toMatch(/XRT.*using the emulator/);
    await device.close();
  });

  it('refuses xrt with a typed error, and what it does not know', async () => {
    await expect(openDevice('xrt')).rejects.toMatchObject({
      kind: 'environment',
      code: expect.stringMatching(/^XRT_(MISSING|NOT_BUILT)$/),
    });
    await expect(openDevice('gpu' as DeviceChoice)).rejects.toMatchObject({
      code: 'VALUE',
      hint: expect.stringContaining('auto, xrt, emulator'),
    });
    await expect(openDevice('emulator', { fault: { kind: 'x' as 'hang' } })).rejects.toMatchObject({
      code: 'VALUE',
    });
  });
});

describe('xrtUnavailable', () => {
  it('says how to install XRT where there is none', async () => {
    expect(await xrtUnavailable(['libtilecheck_no_such_library.so.2'])).toMatchObject({
      code: 'XRT_MISSING',
      hint: expect.stringContaining('apt install'),
    });
  });

  it('says that the runner is not built where XRT is there', async (context) => {
    context.skip(
      process.platform !== 'linux',
      'XRT, and the library that stands in for it here, are of Linux',
    );
    // Any library that is there stands in for XRT's.
    expect(await xrtUnavailable(['libm.so.6'])).toMatchObject({
      code: 'XRT_NOT_BUILT',
      hint: expect.stringContaining('--device emulator'),
    });
  });
});
