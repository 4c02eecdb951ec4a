import { describe, expect, it } from 'vitest';
import {
  type KernelArtifact,
  kernelCall,
  type LoadedKernel,
  type NpuDevice,
  type RunResult,
} from './contract.ts';
import { type Fault, type FaultKind, faultKinds, withFault } from './fault.ts';
import { ErtCmdState } from './state.ts';

const artifact: KernelArtifact = {
  name: 'double',
  core: { source: '/nowhere/core.c', entry: 'double', cores: 1, stackSize: 1024, bufferDepth: 2 },
  buffers: [
    { name: 'in', direction: 'in', bytes: 16 },
    { name: 'out', direction: 'out', bytes: 16 },
  ],
};

/** A device that needs no compiler: every kernel doubles its input. */
const healthy: NpuDevice = {
  info: { kind: 'emulator', name: 'doubler' },
  async load() {
    return {
      instructions: new Uint32Array(4),
      async run(args) {
        const [input] = args.flatMap((arg) => (arg.kind === 'buffer' ? [arg.bytes] : []));
        const buffers = [input!, input!.map((byte) => 2 * byte)];
        return { state: ErtCmdState.COMPLETED, buffers, timing: { runMs: 1 }, findings: [], log: [] };
      },
      async close() {},
    };
  },
  async close() {},
};

const ramp = (from: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: 16 }, (_, i) => from + i);
const canary = new Uint8Array(16).fill(0xee);
const doubled = (from: number): number[] => [...ramp(from)].map((byte) => 2 * byte);
const run = (kernel: LoadedKernel, from = 0): Promise<RunResult> =>
  kernel.run(kernelCall(kernel.instructions, [ramp(from), canary.slice()]));
const faulty = (fault: Fault): Promise<LoadedKernel> => withFault(healthy, fault).load(artifact);

/** Output of one run from a ramp that starts at 0. */
async function outputOf(kind: FaultKind, more: Partial<Fault> = {}): Promise<number[]> {
  return [...(await run(await faulty({ kind, ...more }))).buffers[1]!];
}

describe('withFault', () => {
  it.each([
    ['error', ErtCmdState.ERROR],
    ['abort', ErtCmdState.ABORT],
    ['timeout', ErtCmdState.TIMEOUT],
  ] as const)('%s: that state, buffers as given, a log line', async (kind, state) => {
    const result = await run(await faulty({ kind }));
    expect(result).toMatchObject({ state, log: [`injected fault: ${kind}`] });
    expect(result.buffers).toEqual([ramp(0), canary]);
  });

  it('partial-write: the second half stays as given', async () => {
    expect(await outputOf('partial-write')).toEqual([...doubled(0).slice(0, 8), ...canary.subarray(8)]);
  });

  it('stale-output: the buffer as given, then always the output of the run before', async () => {
    const kernel = await faulty({ kind: 'stale-output' });
    const outputs = [];
    for (const from of [0, 1, 2]) outputs.push([...(await run(kernel, from)).buffers[1]!]);
    expect(outputs).toEqual([[...canary], doubled(0), doubled(1)]);
  });

  it('bit-flip: one bit of the output, the same in each run', async () => {
    const kernel = await faulty({ kind: 'bit-flip' });
    const first = [...(await run(kernel)).buffers[1]!];
    const wrong = first.flatMap((byte, i) => (byte === doubled(0)[i] ? [] : [byte ^ doubled(0)[i]!]));
    expect(wrong).toEqual([0x10]);
    expect([...(await run(kernel)).buffers[1]!]).toEqual(first);
  });

  it('nondeterministic: the same input gives another output each time', async () => {
    const kernel = await faulty({ kind: 'nondeterministic' });
    const outputs = new Set<string>();
    for (let i = 0; i < 5; i++) outputs.add((await run(kernel)).buffers[1]!.join());
    expect(outputs.size).toBe(5);
  });

  it('swapped-tiles: two tiles exchanged, of a quarter or of tileBytes', async () => {
    const o = doubled(0);
    expect(await outputOf('swapped-tiles')).toEqual([...o.slice(4, 8), ...o.slice(0, 4), ...o.slice(8)]);
    expect(await outputOf('swapped-tiles', { tileBytes: 2 })).toEqual(
      [2, 3, 0, 1].map((i) => o[i]).concat(o.slice(4)),
    );
  });

  it('input-overwrite: the output is right, the input is not what it was', async () => {
    const { buffers } = await run(await faulty({ kind: 'input-overwrite' }));
    expect([...buffers[1]!]).toEqual(doubled(0));
    expect(buffers[0]).not.toEqual(ramp(0));
  });

  it('begins with fromRun and touches onlyKernel alone', async () => {
    const later = await faulty({ kind: 'error', fromRun: 2 });
    const states = [await run(later), await run(later), await run(later)].map(({ state }) => state);
    expect(states).toEqual([ErtCmdState.COMPLETED, ErtCmdState.COMPLETED, ErtCmdState.ERROR]);
    expect((await run(await faulty({ kind: 'error', onlyKernel: 'other' }))).state).toBe(
      ErtCmdState.COMPLETED,
    );
    expect((await run(await faulty({ kind: 'error', onlyKernel: 'double' }))).state).toBe(ErtCmdState.ERROR);
  });

  it('names itself in the device, and refuses an unknown kind', () => {
    expect(withFault(healthy, { kind: 'bit-flip' }).info.name).toBe('doubler, injected fault: bit-flip');
    const unknown = { kind: 'gremlins' } as unknown as Fault;
    expect(() => withFault(healthy, unknown)).toThrow(expect.objectContaining({ code: 'VALUE' }));
    expect(faultKinds).toHaveLength(11);
  });
});
