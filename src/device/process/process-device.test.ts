import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TilecheckError } from '../../errors.ts';
import { type KernelArtifact, kernelCall, type LoadedKernel, type RunResult } from '../contract.ts';
import { ErtCmdState } from '../state.ts';
import { DeviceProcessError, ProcessDevice, type ProcessDeviceOptions } from './process-device.ts';

let dir: string;
const open: ProcessDevice[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tilecheck-process-'));
  const counts =
    'static signed char calls;\nvoid counts(const signed char *in, signed char *out) { out[0] = ++calls; out[1] = in[0]; }\n';
  await writeFile(join(dir, 'core.c'), counts);
});
afterEach(() => Promise.all(open.splice(0).map((device) => device.close())));
afterAll(() => rm(dir, { recursive: true, force: true }));

function start(options: ProcessDeviceOptions = {}): ProcessDevice {
  const device = new ProcessDevice({ cacheDir: join(dir, 'cache'), ...options });
  open.push(device);
  return device;
}

const artifact = (name: string, source = 'core.c'): KernelArtifact => ({
  name,
  core: { source: join(dir, source), entry: 'counts', cores: 1, stackSize: 1024, bufferDepth: 2 },
  buffers: [
    { name: 'in', direction: 'in', bytes: 4 },
    { name: 'out', direction: 'out', bytes: 4 },
  ],
});
const run = (kernel: LoadedKernel, timeLimitMs = 1_000): Promise<RunResult> =>
  kernel.run(kernelCall(kernel.instructions, [Uint8Array.of(9, 0, 0, 0), new Uint8Array(4)]), {
    timeLimitMs,
  });
const calls = (result: RunResult): number => result.buffers[1]![0]!;

describe('ProcessDevice', () => {
  it('runs kernels in another process, one command after another', async () => {
    const device = start();
    const [a, b] = await Promise.all([device.load(artifact('a')), device.load(artifact('b'))]);
    const results = await Promise.all([run(a), run(a), run(b), run(a)]);
    expect(results.map(({ state }) => state)).toEqual(Array(4).fill(ErtCmdState.COMPLETED));
    expect(results.map(calls)).toEqual([1, 2, 1, 3]);
    expect([...results[0]!.buffers[1]!]).toEqual([1, 9, 0, 0]);
    expect(a.instructions).toHaveLength(4);
    await a.close();
    await a.close();
    await expect(run(a)).rejects.toMatchObject({ code: 'CLOSED' });
    expect(calls(await run(b))).toBe(2);
  });

  it('passes errors on with code, message and hint, and goes on', async () => {
    const device = start();
    const thrown: unknown = await device.load(artifact('gone', 'gone.c')).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(TilecheckError);
    expect(thrown).toMatchObject({
      code: 'SOURCE_MISSING',
      hint: expect.stringContaining('artifact.source'),
    });
    expect(calls(await run(await device.load(artifact('a'))))).toBe(1);
  });

  it('refuses a run option before it reaches the device', async () => {
    const kernel = await start().load(artifact('a'));
    await expect(run(kernel, Number.NaN)).rejects.toMatchObject({ code: 'VALUE' });
  });

  it('reports a crash to the run it happened in; the next run, of any kernel, has a new process', async () => {
    const device = start({ fault: { kind: 'crash', onlyKernel: 'bad' } });
    const [good, bad] = [await device.load(artifact('good')), await device.load(artifact('bad'))];
    expect(calls(await run(good))).toBe(1);
    const waiting = run(bad);
    const queued = run(good);
    await expect(waiting).rejects.toBeInstanceOf(DeviceProcessError);
    await expect(waiting).rejects.toMatchObject({
      code: 'DEVICE_CRASHED',
      message: expect.stringContaining('SIGSEGV'),
    });
    // A new process: the static data of the kernel begins anew.
    expect(calls(await queued)).toBe(1);
    await expect(run(bad)).rejects.toMatchObject({ code: 'DEVICE_CRASHED' });
    expect(calls(await run(await device.load(artifact('later'))))).toBe(1);
  });

  it('kills a process that does not answer, and goes on with the other kernels', async () => {
    const device = start({ fault: { kind: 'hang', onlyKernel: 'bad' }, graceMs: 100 });
    const [good, bad] = [await device.load(artifact('good')), await device.load(artifact('bad'))];
    await expect(run(bad, 100)).rejects.toMatchObject({
      code: 'DEVICE_HUNG',
      message: expect.stringContaining("'run' within 200 ms"),
    });
    expect(calls(await run(good))).toBe(1);
  });

  it('names an injected fault and its note, and spoils what it should', async () => {
    const device = start({ fault: { kind: 'bit-flip' }, note: 'because' });
    expect(device.info).toEqual({
      kind: 'emulator',
      name: 'functional emulator (WebAssembly), injected fault: bit-flip',
      note: 'because',
    });
    const { buffers } = await run(await device.load(artifact('a')));
    expect([...buffers[1]!]).toEqual([1, 9, 0x10, 0]);
  });

  it('closes at once and for good: what runs or comes later is told so', async () => {
    const device = start({ fault: { kind: 'hang' } });
    const kernel = await device.load(artifact('a'));
    const hanging = run(kernel, 60_000);
    const told = expect(hanging).rejects.toMatchObject({ code: 'CLOSED' });
    await new Promise((resolve) => setImmediate(resolve));
    await device.close();
    await device.close();
    await told;
    await expect(run(kernel)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(start({ fault: { kind: 'hang' } }).close()).resolves.toBeUndefined();
  });
});
