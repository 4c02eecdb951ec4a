import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ErtCmdState, type NpuDevice } from '../../device/index.ts';
import { type Tensor, writeNpy } from '../../tensor/index.ts';
import type { Io } from '../io.ts';
import { runCli } from '../program.ts';

/** What a fake core program does: output bytes from input bytes. */
export type Core = (input: Int8Array) => Int8Array;

export const twice: Core = (input) => input.map((x) => Math.max(-128, Math.min(127, 2 * x)));

/** A device that runs `cores` by kernel name, for kernels of one input and one output. */
export function fakeDevice(cores: Readonly<Record<string, Core>>): NpuDevice & { closed: boolean } {
  return {
    closed: false,
    info: { kind: 'emulator', name: 'fake device', note: 'for tests' },
    async load({ name }) {
      const core = cores[name];
      if (core === undefined) throw new Error(`the fake device has no ${name}`);
      return {
        instructions: new Uint32Array(4),
        async run(args) {
          const buffers = args.flatMap((arg) => (arg.kind === 'buffer' ? [arg.bytes] : []));
          const output = new Uint8Array(core(new Int8Array(buffers[0]!)));
          return {
            state: ErtCmdState.COMPLETED,
            buffers: [buffers[0]!, output],
            timing: { runMs: 0 },
            findings: [],
            log: [],
          };
        },
        async close() {},
      };
    },
    async close() {
      this.closed = true;
    },
  };
}

/** Source of a kernel.ts that doubles an int8 [4, 4]. */
export function kernelSource(name: string, more = ''): string {
  return `
    import { defineKernel, exact, input, int8, lsb, out, saturate, tensor, toFloat64, type Tensor } from 'tilecheck';
    const twice = (x: Tensor) => toFloat64(x).map((v) => saturate(2 * v, -128, 127));
    export const kernel = defineKernel({
      name: '${name}',
      artifact: { dir: import.meta.dirname },
      args: [input('x', int8(4, 4)), out('y', int8(4, 4))],
      tile: [2, 2],
      model: ({ x }) => tensor('int8', [4, 4], twice(x)),
      ideal: ({ x }) => tensor('f64', [4, 4], twice(x)),
      accept: { model: exact(), ideal: lsb(1) },
      ${more}
    });`;
}

/** A temporary project folder; `files` by path, tensors as .npy. */
export class Project {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), 'tilecheck-cli-'));

  write(files: Readonly<Record<string, string | Uint8Array | Tensor>>): this {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.dir, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(
        file,
        typeof content === 'string' || content instanceof Uint8Array ? content : writeNpy(content),
      );
    }
    return this;
  }

  /** Runs `tilecheck` with these arguments in the project. */
  async tilecheck(
    argv: readonly string[],
    surroundings: Partial<Io> = {},
  ): Promise<{ exit: number; stdout: string; stderr: string }> {
    let stdout = '';
    let stderr = '';
    const exit = await runCli(argv, {
      cwd: this.dir,
      env: {},
      color: false,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      openDevice: async () => {
        throw new Error('this test opens no device');
      },
      ...surroundings,
    });
    return { exit, stdout, stderr };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
