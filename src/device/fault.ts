import { ValueError } from '../errors.ts';
import type {
  DeviceInfo,
  KernelArg,
  KernelArtifact,
  LoadedKernel,
  NpuDevice,
  RunOptions,
  RunResult,
} from './contract.ts';
import { ErtCmdState } from './state.ts';

/**
 * Defects that devices have had, to prove that each is caught:
 * - `error`, `abort`, `timeout`: the command ends in that state, buffers as they were given
 * - `hang`: the device process never answers; `crash`: it dies of SIGSEGV
 * - `partial-write`: only the first half of each output arrives
 * - `stale-output`: outputs of the run before (of the first run: the buffers as given)
 * - `bit-flip`: one bit of each output, the same in each run; `nondeterministic`: of another byte in each run
 * - `swapped-tiles`: the first two tiles of each output exchanged
 * - `input-overwrite`: the device writes into the first input buffer
 */
export const faultKinds = [
  'error',
  'abort',
  'timeout',
  'hang',
  'crash',
  'partial-write',
  'stale-output',
  'bit-flip',
  'swapped-tiles',
  'input-overwrite',
  'nondeterministic',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A fault to inject; plain data. */
export interface Fault {
  readonly kind: FaultKind;
  /** Name of the only kernel that has the fault; without it all have. */
  readonly onlyKernel?: string;
  /** First run of each kernel, from 0, that has the fault. Default 0. */
  readonly fromRun?: number;
  /** Bytes of a tile for `swapped-tiles`. Default a quarter of the output. */
  readonly tileBytes?: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** One faulty output; `run` counts the runs of the kernel from 0. */
type Corruption = (output: Bytes, asGiven: Bytes, previous: Bytes | undefined, run: number) => Bytes;

function flipped(output: Bytes, position: number): Bytes {
  const copy = output.slice();
  copy[position]! ^= 0x10;
  return copy;
}

function swapTiles(output: Bytes, tileBytes: number): Bytes {
  const copy = output.slice();
  copy.set(output.subarray(tileBytes, 2 * tileBytes), 0);
  copy.set(output.subarray(0, tileBytes), tileBytes);
  return copy;
}

function corruptionOf(fault: Fault): Corruption | undefined {
  switch (fault.kind) {
    case 'partial-write':
      return (output, asGiven) => {
        const copy = output.slice();
        const half = output.length >> 1;
        copy.set(asGiven.subarray(half), half);
        return copy;
      };
    case 'stale-output':
      return (_, asGiven, previous) => (previous ?? asGiven).slice();
    case 'bit-flip':
      return (output) => flipped(output, output.length >> 1);
    case 'nondeterministic':
      return (output, _given, _previous, run) => flipped(output, (run * 7) % output.length);
    case 'swapped-tiles':
      return (output) => swapTiles(output, fault.tileBytes ?? output.length >> 2);
    default:
      return undefined;
  }
}

const endings: Partial<Record<FaultKind, ErtCmdState>> = {
  error: ErtCmdState.ERROR,
  abort: ErtCmdState.ABORT,
  timeout: ErtCmdState.TIMEOUT,
};

/** Blocks this process as a wedged driver does; gives up only once the parent is gone. */
function hang(): never {
  const parent = process.ppid;
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (process.ppid === parent) Atomics.wait(never, 0, 0, 500);
  process.exit(1);
}

/** Kills this process; the signal is asynchronous, so nothing may follow it. */
function crash(): never {
  process.kill(process.pid, 'SIGSEGV');
  return hang();
}

class FaultyKernel implements LoadedKernel {
  readonly instructions: Uint32Array<ArrayBuffer>;
  readonly #kernel: LoadedKernel;
  readonly #artifact: KernelArtifact;
  readonly #fault: Fault;
  readonly #corrupt: Corruption | undefined;
  #previous: readonly Bytes[] = [];
  #runs = 0;

  constructor(kernel: LoadedKernel, artifact: KernelArtifact, fault: Fault) {
    this.instructions = kernel.instructions;
    this.#kernel = kernel;
    this.#artifact = artifact;
    this.#fault = fault;
    this.#corrupt = corruptionOf(fault);
  }

  async run(args: readonly KernelArg[], options?: RunOptions): Promise<RunResult> {
    const run = this.#runs++;
    const { kind, fromRun = 0 } = this.#fault;
    if (run >= fromRun) {
      if (kind === 'hang') hang();
      if (kind === 'crash') crash();
    }
    const asGiven = args.flatMap((arg) => (arg.kind === 'buffer' ? [arg.bytes] : []));
    const result = await this.#kernel.run(args, options);
    const previous = this.#previous;
    this.#previous = result.buffers;
    return run < fromRun ? result : this.#spoil(result, asGiven, previous, run);
  }

  #spoil(result: RunResult, asGiven: readonly Bytes[], previous: readonly Bytes[], run: number): RunResult {
    const { kind } = this.#fault;
    const log = [...result.log, `injected fault: ${kind}`];
    const state = endings[kind];
    if (state !== undefined) return { ...result, state, buffers: asGiven, findings: [], log };
    if (result.state !== ErtCmdState.COMPLETED) return result;
    const firstInput = this.#artifact.buffers.findIndex(({ direction }) => direction === 'in');
    const buffers = result.buffers.map((bytes, b) => {
      if (this.#artifact.buffers[b]?.direction === 'in') {
        return kind === 'input-overwrite' && b === firstInput ? flipped(bytes, 0) : bytes;
      }
      return this.#corrupt?.(bytes, asGiven[b]!, previous[b], run) ?? bytes;
    });
    return { ...result, buffers, log };
  }

  close(): Promise<void> {
    return this.#kernel.close();
  }
}

/** `info` naming the fault, so that no verdict of a faulty device is taken for a real one. */
export function faultyInfo(info: DeviceInfo, fault: Fault): DeviceInfo {
  const only = fault.onlyKernel === undefined ? '' : ` in ${fault.onlyKernel}`;
  return { ...info, name: `${info.name}, injected fault: ${fault.kind}${only}` };
}

/**
 * `device` with a defect. `hang` and `crash` block and kill the process they run in: use them in the device process
 * only, as `openDevice` does. Throws {@link ValueError} for an unknown kind.
 */
export function withFault(device: NpuDevice, fault: Fault): NpuDevice {
  checkFault(fault);
  return {
    info: faultyInfo(device.info, fault),
    async load(artifact) {
      const kernel = await device.load(artifact);
      const spared = fault.onlyKernel !== undefined && fault.onlyKernel !== artifact.name;
      return spared ? kernel : new FaultyKernel(kernel, artifact, fault);
    },
    close: () => device.close(),
  };
}

/** Throws {@link ValueError} for an unknown kind of fault. */
export function checkFault(fault: Fault): void {
  if (faultKinds.includes(fault.kind)) return;
  throw new ValueError(`unknown fault '${String(fault.kind)}'`, `use one of ${faultKinds.join(', ')}`);
}
