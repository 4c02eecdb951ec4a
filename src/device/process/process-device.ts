import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { TilecheckError } from '../../errors.ts';
import type {
  DeviceInfo,
  KernelArg,
  KernelArtifact,
  LoadedKernel,
  NpuDevice,
  RunOptions,
  RunResult,
} from '../contract.ts';
import { emulatorInfo } from '../emulator/emulator-device.ts';
import { checkFault, type Fault, faultyInfo } from '../fault.ts';
import { completeRunOptions } from '../run-options.ts';
import { type Answers, type Envelope, fromWire, type Reply, type Request } from './protocol.ts';

/** The device process died (`DEVICE_CRASHED`) or did not answer in time (`DEVICE_HUNG`). It is restarted by the next call. */
export class DeviceProcessError extends TilecheckError {
  constructor(code: 'DEVICE_CRASHED' | 'DEVICE_HUNG', message: string) {
    super(code, message, {
      kind: 'environment',
      hint: 'the device is restarted by the next run; if the kernel does this every time, the kernel is at fault',
    });
  }
}

export interface ProcessDeviceOptions {
  /** A defect to inject, for tests. */
  readonly fault?: Fault;
  /** Folder of compiled core programs. Default `.tilecheck/cache` of the current directory. */
  readonly cacheDir?: string;
  /** Why this device was chosen. */
  readonly note?: string;
  /** How long past a run's own time limit an answer may take, in ms. Default 2,000. */
  readonly graceMs?: number;
  /** How long loading (the first compilation included) may take, in ms. Default 120,000. */
  readonly loadLimitMs?: number;
}

/** Characters of the process's output kept for the message of its crash. */
const lastWordsLength = 2_000;

/** Entry of the device process: the source when running from sources, else the built file. */
function childEntry(): { path: string; execArgv: string[] } {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const path = fileURLToPath(new URL(`./child${extension}`, import.meta.url));
  return { path, execArgv: extension === '.ts' ? ['--import', import.meta.resolve('jiti/register')] : [] };
}

/** One life of the device process; a new one is made after each crash. */
class Connection {
  readonly #child: ChildProcess;
  #nextId = 0;
  #pending: { id: number; settle: (reply: Reply) => void; fail: (error: Error) => void } | undefined;
  #lastWords = '';
  #dead: TilecheckError | undefined;
  readonly #exited: Promise<void>;

  constructor() {
    const { path, execArgv } = childEntry();
    const child = fork(path, [], {
      execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) this.#collect(stream);
    child.on('message', (reply: Reply) => {
      if (reply.id === this.#pending?.id) this.#pending.settle(reply);
    });
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#die(`could not start: ${error.message}`);
        resolve();
      });
      // 'close' comes after the last of stderr, unlike 'exit'.
      child.once('close', (code, signal) => {
        this.#die(signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`);
        resolve();
      });
    });
    this.#hold(false);
  }

  get alive(): boolean {
    return this.#dead === undefined;
  }

  #collect(stream: Readable | null): void {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
    });
  }

  /** Whether the device process keeps this one alive: only while an answer is due. */
  #hold(held: boolean): void {
    const { stdout, stderr, channel } = this.#child;
    const method = held ? 'ref' : 'unref';
    this.#child[method]();
    channel?.[method]();
    for (const stream of [stdout, stderr])
      (stream as unknown as { ref(): void; unref(): void } | null)?.[method]();
  }

  #die(how: string): void {
    if (this.#dead !== undefined) return;
    const words = this.#lastWords.trim();
    const message = `the device process ${how}${words === '' ? '' : `; its last words:\n${words}`}`;
    this.#dead = new DeviceProcessError('DEVICE_CRASHED', message);
    this.#pending?.fail(this.#dead);
  }

  /** Sends one request and waits for its answer. Only one may be on its way. */
  async ask<R extends Request>(request: R, limitMs: number): Promise<Answers[R['kind']]> {
    if (this.#dead !== undefined) throw this.#dead;
    const id = this.#nextId++;
    this.#hold(true);
    let timer: NodeJS.Timeout | undefined;
    try {
      const reply = await new Promise<Reply>((settle, fail) => {
        this.#pending = { id, settle, fail };
        timer = setTimeout(() => {
          const message = `the device process did not answer '${request.kind}' within ${limitMs} ms and was killed`;
          this.#dead = new DeviceProcessError('DEVICE_HUNG', message);
          this.#child.kill('SIGKILL');
          fail(this.#dead);
        }, limitMs);
        const envelope: Envelope = { id, request };
        this.#child.send(envelope, (error) => {
          if (error !== null) this.#die(`could not be reached: ${error.message}`);
        });
      });
      if (!reply.ok) throw fromWire(reply.error);
      return reply.value as Answers[R['kind']];
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
      this.#hold(false);
    }
  }

  /** Ends the process; a request still on its way fails with `CLOSED`. */
  async close(): Promise<void> {
    this.#dead ??= new TilecheckError('CLOSED', 'the device was closed while it ran');
    this.#pending?.fail(this.#dead);
    // Somebody waits for the end now; without this, a script whose last line closes the device would stop mid-wait.
    this.#hold(true);
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

class ProcessKernel implements LoadedKernel {
  readonly instructions: Uint32Array<ArrayBuffer>;
  readonly #device: ProcessDevice;
  readonly #id: number;

  constructor(device: ProcessDevice, id: number, instructions: Uint32Array<ArrayBuffer>) {
    this.#device = device;
    this.#id = id;
    this.instructions = instructions;
  }

  run(args: readonly KernelArg[], options?: RunOptions): Promise<RunResult> {
    return this.#device.runKernel(this.#id, args, options);
  }

  close(): Promise<void> {
    return this.#device.unload(this.#id);
  }
}

/**
 * A device in a Node process of its own, so that its crash or hang costs one run and not the session. Requests are
 * served one after another. A call that finds the process gone starts a new one and loads its kernel again; static
 * data of core programs then begins anew. The process ends with {@link close} or with this one, and does not keep
 * this one alive.
 *
 * `load` and `run` throw {@link DeviceProcessError} if the process dies or hangs during that very call.
 */
export class ProcessDevice implements NpuDevice {
  readonly info: DeviceInfo;
  readonly #options: ProcessDeviceOptions;
  readonly #artifacts = new Map<number, KernelArtifact>();
  /** Kernels the present process has loaded. */
  #loaded = new Set<number>();
  #connection: Connection | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #nextKernel = 0;
  #closed = false;

  constructor(options: ProcessDeviceOptions = {}) {
    const { fault, note } = options;
    if (fault !== undefined) checkFault(fault);
    const named = fault === undefined ? emulatorInfo : faultyInfo(emulatorInfo, fault);
    this.info = note === undefined ? named : { ...named, note };
    this.#options = options;
  }

  load(artifact: KernelArtifact): Promise<LoadedKernel> {
    return this.#inTurn(async () => {
      const id = this.#nextKernel++;
      this.#artifacts.set(id, artifact);
      try {
        return new ProcessKernel(this, id, await this.#loadInto(await this.#connect(), id));
      } catch (thrown) {
        this.#artifacts.delete(id);
        throw thrown;
      }
    });
  }

  /** @internal */
  async runKernel(kernel: number, args: readonly KernelArg[], options?: RunOptions): Promise<RunResult> {
    const { timeLimitMs } = completeRunOptions(options);
    return this.#inTurn(async () => {
      if (!this.#artifacts.has(kernel)) throw new TilecheckError('CLOSED', 'the kernel is closed');
      const connection = await this.#connect();
      if (!this.#loaded.has(kernel)) await this.#loadInto(connection, kernel);
      const limit = timeLimitMs + (this.#options.graceMs ?? 2_000);
      return connection.ask({ kind: 'run', kernel, args, options }, limit);
    });
  }

  /** @internal */
  unload(kernel: number): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#artifacts.delete(kernel) || this.#connection?.alive !== true) return;
      if (this.#loaded.delete(kernel))
        await this.#connection.ask({ kind: 'unload', kernel }, this.#loadLimit());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #loadLimit(): number {
    return this.#options.loadLimitMs ?? 120_000;
  }

  /** Runs `task` when all before it are done, whatever became of them. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #connect(): Promise<Connection> {
    if (this.#closed)
      throw new TilecheckError('CLOSED', 'the device is closed', { hint: 'open another one' });
    if (this.#connection?.alive === true) return this.#connection;
    const connection = new Connection();
    this.#connection = connection;
    this.#loaded = new Set();
    const { cacheDir, fault } = this.#options;
    await connection.ask(
      {
        kind: 'open',
        ...(cacheDir === undefined ? {} : { cacheDir }),
        ...(fault === undefined ? {} : { fault }),
      },
      this.#loadLimit(),
    );
    return connection;
  }

  async #loadInto(connection: Connection, kernel: number): Promise<Uint32Array<ArrayBuffer>> {
    const artifact = this.#artifacts.get(kernel)!;
    const { instructions } = await connection.ask({ kind: 'load', kernel, artifact }, this.#loadLimit());
    this.#loaded.add(kernel);
    return instructions;
  }
}
