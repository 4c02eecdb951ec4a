import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Tensor } from '../src/tensor/index.ts';
import { numpyAvailable } from '../src/testing/numpy.ts';
import { writeNpy } from './built.ts';

/** Reads `count <tab> expression` lines and answers each with that many times in milliseconds. */
const SERVER = `
import glob, json, math, os, sys, time
import numpy as np
folder = sys.argv[1]
scope = {'np': np, 'math': math}
for path in glob.glob(os.path.join(folder, '*.npy')):
    scope[os.path.basename(path)[:-4]] = np.load(path)
with open(os.path.join(folder, 'functions.py')) as file:
    exec(compile(file.read(), 'functions.py', 'exec'), scope)
for line in sys.stdin:
    count, expression = line.rstrip('\\n').split('\\t')
    run = eval('lambda: ' + expression, scope)
    times = []
    for _ in range(int(count)):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps(times), flush=True)
`;

/** NumPy in a process of its own, on one thread, on the same data. */
export class NumpyPeer {
  readonly version: string;
  readonly #folder: string;
  readonly #python: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  /** A reason instead of the peer where there is no NumPy. */
  static start(inputs: Readonly<Record<string, Tensor>>, functions: string): NumpyPeer | string {
    return numpyAvailable.ok
      ? new NumpyPeer(numpyAvailable.python, numpyAvailable.version, inputs, functions)
      : numpyAvailable.reason;
  }

  private constructor(
    python: string,
    version: string,
    inputs: Readonly<Record<string, Tensor>>,
    functions: string,
  ) {
    this.version = version;
    this.#folder = mkdtempSync(join(tmpdir(), 'tilecheck-bench-'));
    for (const [name, t] of Object.entries(inputs))
      writeFileSync(join(this.#folder, `${name}.npy`), writeNpy(t));
    writeFileSync(join(this.#folder, 'functions.py'), functions);
    const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    this.#python = spawn(python, ['-c', SERVER, this.#folder], { env: { ...process.env, ...threads } });
    this.#python.stderr.pipe(process.stderr);
    this.#reader = createInterface({ input: this.#python.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Milliseconds of each of `count` evaluations. */
  async time(expression: string, count: number): Promise<number[]> {
    this.#python.stdin.write(`${count}\t${expression}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`NumPy ended at ${expression}`);
    return JSON.parse(value) as number[];
  }

  close(): void {
    this.#python.stdin.end();
    this.#reader.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
