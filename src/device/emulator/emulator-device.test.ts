import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type KernelArtifact,
  kernelCall,
  type LoadedKernel,
  type RunOptions,
  type RunResult,
} from '../contract.ts';
import { ErtCmdState } from '../state.ts';
import { EmulatorDevice } from './emulator-device.ts';

/** One source with one entry a behaviour, so that the compiler runs once. */
const kernels = `
#include <stdint.h>
#include <string.h>
void add_one(const int8_t *in, int8_t *out) { for (int i = 0; i < 64; i++) out[i] = (int8_t)(in[i] + 1); }
void nothing(const int8_t *in, int8_t *out) { (void)in; (void)out; }
void endless(const int8_t *in, int8_t *out) { (void)in; for (;;) (*(volatile int8_t *)out)++; }
static __attribute__((noinline)) void fill(volatile int8_t *p, int n, int8_t x) { for (int i = 0; i < n; i++) p[i] = x; }
void hog(const int8_t *in, int8_t *out) { int8_t big[4096]; fill(big, 4096, in[0]); out[0] = big[in[1]]; }
void slightly(const int8_t *in, int8_t *out) { int8_t a[1040]; fill(a, 1040, in[0]); out[0] = a[in[1]]; }
void modest(const int8_t *in, int8_t *out) { int8_t a[256]; fill(a, 256, in[0]); out[0] = a[in[1]]; }
void sparse(const int8_t *in, int8_t *out) { volatile int8_t a[4096]; a[4032 + (in[0] & 63)] = 1; out[0] = a[4032 + (in[1] & 63)]; }
void null(const int8_t *in, int8_t *out) { ((volatile int8_t *)(intptr_t)in[0])[0] = 1; out[0] = 1; }
void full(const int8_t *in, int8_t *out) { int8_t a[1024]; fill(a, 1024, in[0]); out[0] = a[in[1]]; }
void recurse(const int8_t *in, int8_t *out) { if (in[0] != 99) recurse(in, out); out[0]++; fill(out, 1, 2); }
void far(const int8_t *in, int8_t *out) { out[(in[0] + 1) << 20] = 1; }
void past(const int8_t *in, int8_t *out) { (void)in; memset(out, 7, 70); }
void before(const int8_t *in, int8_t *out) { memset(out, 7, 64); out[-1 - in[0]] = 1; }
void stray(const int8_t *in, int8_t *out) { memset(out, 7, 64); out[4096 + in[0]] = 1; }
void scribble(int8_t *in, int8_t *out) { memcpy(out, in, 64); in[5] = 77; }
void divide(const int8_t *in, int8_t *out) { out[0] = (int8_t)(100 / in[0]); }
static int8_t calls;
void counts(const int8_t *in, int8_t *out) { (void)in; memset(out, ++calls, 64); }
void counts_quotient(const int8_t *in, int8_t *out) { memset(out, ++calls, 64); out[1] = (int8_t)(100 / in[0]); }
void where(const int8_t *in, int8_t *out) { (void)in; uintptr_t p = (uintptr_t)out; memcpy(out, &p, sizeof p); }
void dirty(const int8_t *in, int8_t *out) { volatile int8_t a[16]; (void)in; out[0] = a[3]; }
`;

let dir: string;
let device: EmulatorDevice;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tilecheck-emulator-'));
  await writeFile(join(dir, 'core.c'), kernels);
  device = new EmulatorDevice({ cacheDir: join(dir, 'cache') });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function artifact(entry: string, change: Partial<KernelArtifact['core']> = {}, bytes = 64): KernelArtifact {
  return {
    name: entry,
    core: { source: join(dir, 'core.c'), entry, cores: 1, stackSize: 1024, bufferDepth: 2, ...change },
    buffers: [
      { name: 'in', direction: 'in', bytes },
      { name: 'out', direction: 'out', bytes },
    ],
  };
}

const input = (bytes = 64, fill = 0): Uint8Array<ArrayBuffer> => new Uint8Array(bytes).fill(fill);
const call = (kernel: LoadedKernel, data = input(), options?: RunOptions): Promise<RunResult> =>
  kernel.run(kernelCall(kernel.instructions, [data, new Uint8Array(data.length).fill(0xee)]), options);
const runOnce = async (entry: string, options?: RunOptions): Promise<RunResult> =>
  call(await device.load(artifact(entry)), input(), options);
const errors = (result: RunResult): string[] =>
  result.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

describe('a correct kernel', () => {
  it('completes with its output, its input as given, and no error', async () => {
    const kernel = await device.load(artifact('add_one'));
    const data = Uint8Array.from({ length: 64 }, (_, i) => 100 + i);
    const result = await call(kernel, data);
    expect(result.state).toBe(ErtCmdState.COMPLETED);
    expect(result.buffers[0]).toEqual(data);
    expect(result.buffers[1]).toEqual(data.map((byte) => byte + 1));
    expect(errors(result)).toEqual([]);
    expect(result.timing.runMs).toBeGreaterThan(0);
  });

  it('leaves what it does not write as the caller gave it', async () => {
    expect((await runOnce('nothing')).buffers[1]).toEqual(input(64, 0xee));
  });

  it('sees on each core its own contiguous share', async () => {
    const kernel = await device.load(artifact('counts', { cores: 4 }, 256));
    await call(kernel, input(256));
    // Four tiles, each with static data of its own.
    expect((await call(kernel, input(256))).buffers[1]).toEqual(input(256, 2));
    const adds = await device.load(artifact('add_one', { cores: 4 }, 256));
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect((await call(adds, data)).buffers[1]).toEqual(data.map((byte) => byte + 1));
  });

  it('gets a larger buffer back whole, only its first bytes transferred', async () => {
    const kernel = await device.load(artifact('add_one'));
    const result = await call(kernel, input(80));
    expect(result.buffers[1]).toEqual(Uint8Array.from([...input(64, 1), ...input(16, 0xee)]));
    expect(result.log.join()).toContain('only the first 64');
  });
});

describe('tile memory as on hardware', () => {
  it('alternates between ping and pong', async () => {
    const addresses = async (bufferDepth: number): Promise<number[]> => {
      const kernel = await device.load(artifact('where', { bufferDepth }));
      const runs = [await call(kernel), await call(kernel), await call(kernel)];
      return runs.map(({ buffers }) => new DataView(buffers[1]!.buffer).getUint32(0, true));
    };
    const [a, b, c] = await addresses(2);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
    expect(new Set(await addresses(1)).size).toBe(1);
  });

  it('keeps static data from run to run, apart for each kernel, until a trap resets the tile', async () => {
    const kernel = await device.load(artifact('counts_quotient'));
    const counted = async (divisor: number): Promise<number> =>
      (await call(kernel, input(64, divisor))).buffers[1]![0]!;
    // A trap hands the canary back, and the count begins anew.
    expect([await counted(1), await counted(1), await counted(0), await counted(1)]).toEqual([1, 2, 0xee, 1]);
    expect((await call(await device.load(artifact('counts')))).buffers[1]![0]).toBe(1);
  });

  it('shows a read of uninitialised stack as outputs that differ with guardFill', async () => {
    const kernel = await device.load(artifact('dirty'));
    const first = (await call(kernel, input(), { guardFill: 0x11 })).buffers[1]![0];
    expect([first, (await call(kernel, input(), { guardFill: 0x22 })).buffers[1]![0]]).toEqual([0xee, 0xdd]);
  });

  it('narrows guard bands of a nearly full tile and says so', async () => {
    const kernel = await device.load(artifact('add_one', {}, 15_900));
    const result = await call(kernel, input(15_900), { guardBytes: 1_000 });
    expect(result.state).toBe(ErtCmdState.COMPLETED);
    expect(result.log.join()).toMatch(/guard bands narrowed to \d+ bytes/);
  });
});

describe('a kernel that goes wrong', () => {
  it('that never returns ends in TIMEOUT, and the tile still works after', async () => {
    const kernel = await device.load(artifact('endless'));
    const result = await call(kernel, input(), { timeLimitMs: 50 });
    expect(result.state).toBe(ErtCmdState.TIMEOUT);
    expect(result.log.join()).toContain('50 ms');
    expect(result.buffers[1]).toEqual(input(64, 0xee));
    expect((await call(kernel, input(), { timeLimitMs: 50 })).state).toBe(ErtCmdState.TIMEOUT);
  });

  it.each([
    ['hog', /at least 4\d\d\d bytes of stack used, 1024 declared; the frame of 'hog' alone is 4096 bytes/],
    ['slightly', /at least 10[4-8]\d bytes of stack used, 1024 declared/],
    ['sparse', /at least 4096 bytes of stack used, 1024 declared/],
    ['recurse', /declared|nested/],
  ])('%s: STACK_OVERFLOW and ERROR', async (entry, evidence) => {
    const result = await runOnce(entry);
    expect(result.state).toBe(ErtCmdState.ERROR);
    expect(errors(result)).toEqual(['STACK_OVERFLOW']);
    expect(result.findings[0]!.evidence).toMatch(evidence);
    expect(result.log.join()).toMatch(/core 0 stopped: STACK_OVERFLOW/);
    expect(result.buffers[1]).toEqual(input(64, 0xee));
  });

  it('runs with the stack it declares, down to its last byte', async () => {
    const full = await runOnce('full');
    expect([full.state, ...errors(full)]).toEqual([ErtCmdState.COMPLETED]);
    expect(full.findings[0]!.evidence).toContain('1024 of 1024');
    const result = await call(await device.load(artifact('hog', { stackSize: 4_128 })));
    expect(result.state).toBe(ErtCmdState.COMPLETED);
    expect(errors(result)).toEqual([]);
  });

  it('reports the stack high-water mark as information', async () => {
    const { findings } = await runOnce('modest');
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'STACK_HIGH_WATER',
        severity: 'info',
        evidence: expect.stringContaining('256'),
      }),
    ]);
  });

  it('writes through a null pointer: NULL_WRITE and ERROR, not a stack overflow', async () => {
    const result = await runOnce('null');
    expect([result.state, ...errors(result)]).toEqual([ErtCmdState.ERROR, 'NULL_WRITE']);
    expect(result.log.join()).toContain('core 0 stopped: NULL_WRITE');
  });

  it('out of bounds and division by zero end in ERROR', async () => {
    const far = await runOnce('far');
    expect([far.state, ...errors(far)]).toEqual([ErtCmdState.ERROR, 'OUT_OF_BOUNDS']);
    const divide = await runOnce('divide');
    expect([divide.state, ...errors(divide)]).toEqual([ErtCmdState.ERROR, 'TRAP']);
    expect(divide.log.join()).toContain('divide by zero');
  });

  it.each([
    ['past', /^6 bytes written in the 64-byte guard band after copy 0 of 'out', first at its offset 0$/],
    ['before', /^1 bytes written in the 64-byte guard band before copy 0 of 'out', first at its offset 63$/],
    ['stray', /^1 bytes written in the \d+-byte free memory/],
  ])('%s: GUARD_OVERWRITTEN, completed', async (entry, evidence) => {
    const result = await runOnce(entry);
    expect(result.state).toBe(ErtCmdState.COMPLETED);
    expect(errors(result)).toEqual(['GUARD_OVERWRITTEN']);
    expect(result.findings[0]!.evidence).toMatch(evidence);
  });

  it('that writes its input: INPUT_WRITTEN; the host sees its own input', async () => {
    const result = await runOnce('scribble');
    expect(errors(result)).toEqual(['INPUT_WRITTEN']);
    expect(result.findings[0]!.evidence).toContain('first at byte 5');
    expect(result.buffers[0]).toEqual(input());
  });

  it('on one core of four: ERROR names the core, no output is handed out', async () => {
    const kernel = await device.load(artifact('divide', { cores: 4 }, 256));
    const data = input(256, 1);
    data[128] = 0;
    const result = await call(kernel, data);
    expect(result.state).toBe(ErtCmdState.ERROR);
    expect(result.log.join()).toContain('core 2 stopped');
    expect(result.findings.at(-1)!.evidence).toMatch(/^core 2: /);
    expect(result.buffers[1]).toEqual(input(256, 0xee));
  });
});

describe('a command or layout that is wrong', () => {
  it('ends with its state, hands buffers back as given, and leaves the kernel usable', async () => {
    const kernel = await device.load(artifact('add_one'));
    const given = input(8, 5);
    const result = await kernel.run(kernelCall(kernel.instructions, [given, input(64, 6)]));
    expect(result).toMatchObject({
      state: ErtCmdState.TIMEOUT,
      buffers: [given, input(64, 6)],
      findings: [],
    });
    expect((await call(kernel)).state).toBe(ErtCmdState.COMPLETED);
  });

  it.each([{ timeLimitMs: 0 }, { timeLimitMs: Infinity }, { guardBytes: -1 }, { guardFill: 256 }])(
    'refuses the run option %o',
    async (options) => {
      await expect(runOnce('nothing', options)).rejects.toMatchObject({ code: 'VALUE' });
    },
  );

  it('refuses buffers no DMA can move or cores cannot share, and a foolish number of cores', async () => {
    await expect(device.load(artifact('nothing', {}, 62))).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(device.load(artifact('nothing', {}, 0))).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(device.load(artifact('nothing', { cores: 3 }))).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(device.load(artifact('nothing', { cores: 0 }))).rejects.toMatchObject({ code: 'VALUE' });
  });

  it('refuses a run of a closed kernel', async () => {
    const kernel = await device.load(artifact('nothing'));
    await kernel.close();
    await expect(call(kernel)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
