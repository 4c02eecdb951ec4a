import { type CompileOptions, trimmed } from '../../emulator/wasm/compile.ts';
import { loadProgram, type Program } from '../../emulator/wasm/program.ts';
import { Tile, type TileResult } from '../../emulator/wasm/tile.ts';
import { ShapeError, TilecheckError, ValueError } from '../../errors.ts';
import type {
  BufferLayout,
  DeviceInfo,
  Finding,
  KernelArg,
  KernelArtifact,
  LoadedKernel,
  NpuDevice,
  RunOptions,
  RunResult,
} from '../contract.ts';
import { completeRunOptions } from '../run-options.ts';
import { ErtCmdState } from '../state.ts';
import { judgeCommand } from './command.ts';
import { emptyTxn } from './instructions.ts';

export const emulatorInfo: DeviceInfo = { kind: 'emulator', name: 'functional emulator (WebAssembly)' };

/** The share of one core. Throws {@link ShapeError} where a buffer cannot be shared out or moved by a DMA. */
function shareOf({ name, direction, bytes }: BufferLayout, cores: number): BufferLayout {
  if (bytes % 4 !== 0 || bytes <= 0) {
    throw new ShapeError(
      `buffer '${name}' has ${bytes} bytes; an AIE DMA moves whole 32-bit words`,
      `pad it to ${Math.max(4, Math.ceil(bytes / 4) * 4)} bytes`,
    );
  }
  if (bytes % (cores * 4) !== 0) {
    throw new ShapeError(
      `buffer '${name}' has ${bytes} bytes, which ${cores} cores cannot share equally in 32-bit words`,
      `make it a multiple of ${cores * 4} bytes`,
    );
  }
  return { name, direction, bytes: bytes / cores };
}

/** The buffers a call passed, as they were given: what a failed command hands back. */
function given(args: readonly KernelArg[]): Uint8Array<ArrayBuffer>[] {
  return args.flatMap((arg) => (arg.kind === 'buffer' ? [arg.bytes.slice()] : []));
}

class EmulatedKernel implements LoadedKernel {
  readonly instructions: Uint32Array<ArrayBuffer>;
  readonly #artifact: KernelArtifact;
  readonly #tiles: readonly Tile[];
  #warnings: string;
  #closed = false;

  constructor(artifact: KernelArtifact, program: Program) {
    this.#artifact = artifact;
    this.#tiles = Array.from({ length: artifact.core.cores }, () => new Tile(program));
    this.#warnings = program.warnings;
    this.instructions = emptyTxn(artifact.core.cores);
  }

  async run(args: readonly KernelArg[], options?: RunOptions): Promise<RunResult> {
    const limits = completeRunOptions(options);
    if (this.#closed) throw new TilecheckError('CLOSED', `kernel '${this.#artifact.name}' is closed`);
    const command = judgeCommand(args, this.#artifact.buffers);
    if (!command.accepted) {
      const { state, log } = command;
      return { state, buffers: given(args), timing: { runMs: 0 }, findings: [], log };
    }
    return this.#execute(args, command.buffers, [...command.log], limits);
  }

  #execute(
    args: readonly KernelArg[],
    transferred: readonly Uint8Array<ArrayBuffer>[],
    log: string[],
    options: Required<RunOptions>,
  ): RunResult {
    const { cores } = this.#artifact.core;
    const buffers = given(args);
    const findings: Finding[] = [];
    const results: TileResult[] = [];
    let state: ErtCmdState = ErtCmdState.COMPLETED;
    const start = performance.now();
    for (const [core, tile] of this.#tiles.entries()) {
      const inputs = transferred.map((bytes) => {
        const share = bytes.length / cores;
        return bytes.subarray(core * share, (core + 1) * share);
      });
      const timeLimitMs = options.timeLimitMs - (performance.now() - start);
      const result = tile.run(inputs, { ...options, timeLimitMs });
      results.push(result);
      const where = cores === 1 ? '' : `core ${core}: `;
      findings.push(
        ...result.findings.map((finding) => ({ ...finding, evidence: where + finding.evidence })),
      );
      if (result.outcome === 'completed') continue;
      const trap = result.findings[0];
      state = result.outcome === 'timeout' ? ErtCmdState.TIMEOUT : ErtCmdState.ERROR;
      log.push(
        result.outcome === 'timeout'
          ? `core ${core} was still running after ${options.timeLimitMs} ms: a loop that does not end, or raise timeLimitMs`
          : `core ${core} stopped: ${trap?.code} ${trap?.evidence}; ${trap?.fix}`,
      );
      break;
    }
    const runMs = performance.now() - start;
    if (this.#tiles[0]!.guardBytes < options.guardBytes) {
      log.push(`guard bands narrowed to ${this.#tiles[0]!.guardBytes} bytes: the tile is nearly full`);
    }
    if (this.#warnings !== '') log.push(`compiler: ${trimmed(this.#warnings)}`);
    this.#warnings = '';
    if (state === ErtCmdState.COMPLETED) this.#writeBack(buffers, results);
    return { state, buffers, timing: { runMs }, findings, log };
  }

  /** What the output DMAs move; inputs have no way back to the host. */
  #writeBack(buffers: readonly Uint8Array<ArrayBuffer>[], results: readonly TileResult[]): void {
    for (const [b, { direction, bytes }] of this.#artifact.buffers.entries()) {
      if (direction === 'in') continue;
      const share = bytes / results.length;
      for (const [core, result] of results.entries()) buffers[b]!.set(result.buffers[b]!, core * share);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

/**
 * The functional emulator of an NPU, in this process: compiles a kernel's core program to WebAssembly, runs it in
 * the limits of a compute tile, and ends commands as XRT does. It checks what a core program computes and how a host
 * calls it; it does not interpret instruction streams, DMA programs or AIE2 machine code.
 */
export class EmulatorDevice implements NpuDevice {
  readonly info: DeviceInfo = emulatorInfo;
  readonly #options: Pick<CompileOptions, 'cacheDir' | 'clang'>;

  constructor(options: Pick<CompileOptions, 'cacheDir' | 'clang'> = {}) {
    this.#options = options;
  }

  /**
   * Compiles the core program and plans its tile. Throws {@link ShapeError} for a buffer that no DMA can move, and
   * the errors of `loadProgram`: `SOURCE_MISSING`, `COMPILE`, `ENTRY_MISSING`, `ENTRY_SIGNATURE`, `CORE_IMPORTS`,
   * `TILE_MEMORY`, `CLANG_MISSING`.
   */
  async load(artifact: KernelArtifact): Promise<LoadedKernel> {
    const { name, core } = artifact;
    if (!Number.isSafeInteger(core.cores) || core.cores < 1 || core.cores > 32) {
      throw new ValueError(`${name} has ${core.cores} cores`, 'give a whole number from 1 to 32');
    }
    const buffers = artifact.buffers.map((buffer) => shareOf(buffer, core.cores));
    const program = await loadProgram({ ...core, name, buffers }, this.#options);
    return new EmulatedKernel(artifact, program);
  }

  async close(): Promise<void> {}
}
