import {
  DeviceProcessError,
  ErtCmdState,
  kernelCall,
  type LoadedKernel,
  type RunResult,
  stateName,
} from '../device/index.ts';
import { packBuffers, unpackOutputs } from './buffers.ts';
import type { InputCase } from './cases.ts';
import { CANARIES, guardFillFor } from './coverage.ts';
import type { KernelSpec, Tensors } from './kernel.ts';
import type { Tally } from './tally.ts';

/** Runs one loaded kernel and enters states and findings in the tally. */
export class Runner {
  readonly #spec: KernelSpec;
  readonly #kernel: LoadedKernel;
  readonly #tally: Tally;
  readonly #timeLimitMs: number | undefined;
  #runs = 0;

  constructor(spec: KernelSpec, kernel: LoadedKernel, tally: Tally, timeLimitMs: number | undefined) {
    this.#spec = spec;
    this.#kernel = kernel;
    this.#tally = tally;
    this.#timeLimitMs = timeLimitMs;
  }

  /** One command. Null where the device process was lost, or where enough commands have failed in a row. */
  async run(input: InputCase, canary: number): Promise<RunResult | null> {
    const tally = this.#tally;
    if (tally.gaveUp) return null;
    const args = kernelCall(this.#kernel.instructions, packBuffers(this.#spec, input.inputs, canary));
    const timeLimitMs = this.#timeLimitMs;
    tally.commands++;
    try {
      const result = await this.#kernel.run(args, {
        guardFill: guardFillFor(canary),
        ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
      });
      const completed = result.state === ErtCmdState.COMPLETED;
      const why = result.log.length > 0 ? `: ${result.log.join('; ')}` : '';
      tally.judge('state', input, completed ? null : { evidence: `${stateName(result.state)}${why}` });
      const error = result.findings.find(({ severity }) => severity === 'error');
      if (completed && error !== undefined) tally.judge('coverage', input, { evidence: error.evidence });
      tally.find(result.findings);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof DeviceProcessError)) throw thrown;
      tally.judge('state', input, { evidence: `${thrown.code}: ${thrown.message}` });
      return null;
    }
  }

  /** The outputs of one command; null if it did not complete. */
  async outputs(input: InputCase): Promise<Tensors | null> {
    // Alternating canaries, so that an unwritten element cannot agree with the reference every time.
    const result = await this.run(input, CANARIES[this.#runs++ % 2]!);
    return result?.state === ErtCmdState.COMPLETED ? unpackOutputs(this.#spec, result.buffers) : null;
  }
}
