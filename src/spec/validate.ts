import { type Acceptance, type Comparison, compare } from '../compare/index.ts';
import {
  DeviceProcessError,
  ErtCmdState,
  kernelCall,
  type LoadedKernel,
  type NpuDevice,
  type RunResult,
  stateName,
} from '../device/index.ts';
import { ShapeError } from '../errors.ts';
import { describe, type Tensor, toFloat64 } from '../tensor/index.ts';
import { artifactOf, packBuffers, unpackOutputs } from './buffers.ts';
import { type InputCase, inputCases } from './cases.ts';
import { CANARIES, coverage, guardFillFor } from './coverage.ts';
import type { KernelSpec, Tensors } from './kernel.ts';
import { Tally } from './tally.ts';
import { failedLevels, type Verdict } from './verdict.ts';

export interface ValidateOptions {
  /** fast-check inputs besides the fixed ones. Default 100. */
  readonly runs?: number;
  /** Seed of the drawn inputs, 0 to 2^32 - 1. Default: a fresh one, reported in the verdict. */
  readonly seed?: number;
  /** Time limit of one command in milliseconds. Default 10,000. */
  readonly timeLimitMs?: number;
  /** Called before each input with how many are done and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Judges a kernel on a device: state, coverage, equality with the bit-exact model and closeness to float64
 * mathematics, over fixtures, edge cases and drawn inputs. Whatever the kernel or the device does becomes part of the
 * verdict; only errors of the description itself (a missing source, a model of the wrong shape) are thrown.
 */
export async function validate(
  spec: KernelSpec,
  device: NpuDevice,
  options: ValidateOptions = {},
): Promise<Verdict> {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const started = performance.now();
  const cases = [...inputCases(spec, { seed, runs: options.runs ?? 100 })];
  const kernel = await device.load(artifactOf(spec));
  const tally = new Tally();
  try {
    const run = (input: InputCase, canary: number): Promise<RunResult | null> =>
      runOnce(spec, kernel, input, canary, options, tally);
    const [a, b] = [cases[0]!, cases.at(-1)!];
    const covered = await coverage(spec, a, b, (input) => packBuffers(spec, input.inputs, 0), run);
    if (covered.runs === 5) tally.judge('coverage', a.name, covered.problems[0] ?? null);
    for (const [index, input] of cases.entries()) {
      options.onProgress?.(index, cases.length);
      // Alternating canaries, so that an unwritten element cannot agree with the reference every time.
      const result = await run(input, CANARIES[index % 2]!);
      if (result?.state === ErtCmdState.COMPLETED) judgeOutputs(spec, input, result, tally);
    }
    options.onProgress?.(cases.length, cases.length);
  } finally {
    await kernel.close();
  }
  const judged = tally.results();
  const failed = failedLevels({ levels: judged });
  const findings = tally.findings();
  const accepted = failed.length === 0 && !findings.some(({ severity }) => severity === 'error');
  const { control } = spec;
  return {
    kernel: spec.name,
    device: device.info,
    seed,
    commands: tally.commands,
    durationMs: performance.now() - started,
    levels: judged,
    findings,
    ...(control === undefined ? {} : { control }),
    pass: control?.rejectedAt ? failed.join() === control.rejectedAt : accepted,
  };
}

/** One command. A failed or lost one is entered in the tally; null where the device process itself was lost. */
async function runOnce(
  spec: KernelSpec,
  kernel: LoadedKernel,
  input: InputCase,
  canary: number,
  { timeLimitMs }: ValidateOptions,
  tally: Tally,
): Promise<RunResult | null> {
  if (tally.gaveUp) return null;
  const args = kernelCall(kernel.instructions, packBuffers(spec, input.inputs, canary));
  tally.commands++;
  try {
    const options = {
      guardFill: guardFillFor(canary),
      ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
    };
    const result = await kernel.run(args, options);
    const why = result.log.length > 0 ? `: ${result.log.join('; ')}` : '';
    const completed = result.state === ErtCmdState.COMPLETED;
    tally.judge('state', input.name, completed ? null : `${stateName(result.state)}${why}`);
    const error = result.findings.find(({ severity }) => severity === 'error');
    if (completed && error !== undefined) tally.judge('coverage', input.name, error.evidence);
    tally.find(result.findings);
    return result;
  } catch (thrown) {
    if (!(thrown instanceof DeviceProcessError)) throw thrown;
    tally.judge('state', input.name, `${thrown.code}: ${thrown.message}`);
    return null;
  }
}

function judgeOutputs(spec: KernelSpec, input: InputCase, result: RunResult, tally: Tally): void {
  const actual = unpackOutputs(spec, result.buffers);
  const model = outputsOf(spec, 'model', input.inputs);
  const ideal = outputsOf(spec, 'ideal', input.inputs);
  const { accept } = spec;
  tally.judge(
    'model',
    input.name,
    printedDiffers(input, actual) ?? differs(spec, model, actual, accept.model),
  );
  const random =
    input.random && accept.random !== undefined ? differs(spec, ideal, actual, accept.random) : null;
  tally.judge('ideal', input.name, differs(spec, ideal, actual, accept.ideal) ?? random);
}

/** An oracle's outputs, checked against the description. Throws {@link ShapeError} naming kernel, oracle and output. */
function outputsOf(spec: KernelSpec, oracle: 'model' | 'ideal', inputs: Tensors): Tensors {
  const outputs = spec[oracle](inputs);
  for (const arg of spec.args) {
    if (arg.direction === 'in') continue;
    const declared = Object.values(arg.parts)[0]!;
    const wanted = { dtype: oracle === 'model' ? declared.dtype : 'f64', shape: declared.shape } as const;
    const got = outputs[arg.name];
    if (got === undefined || got.dtype !== wanted.dtype || got.shape.join() !== wanted.shape.join()) {
      const what = got === undefined ? 'nothing' : describe(got);
      throw new ShapeError(
        `kernel ${spec.name}: ${oracle} gives ${what} for '${arg.name}', which needs ${describe(wanted)}`,
      );
    }
  }
  return outputs;
}

/** The first output that is not accepted, or null. */
function differs(
  spec: KernelSpec,
  expected: Tensors,
  actual: Tensors,
  accept: Acceptance,
): Comparison | null {
  for (const [name, tensor] of Object.entries(actual)) {
    const options = {
      accept,
      ...(spec.tile === undefined ? {} : { tile: spec.tile }),
      detail: 'verdict',
    } as const;
    const result = compare(expected[name]!, tensor, options);
    if (!result.pass) return result;
  }
  return null;
}

/** Holds the device to what real hardware printed for the same input. */
function printedDiffers({ printed }: InputCase, actual: Tensors): string | null {
  if (printed === undefined) return null;
  const output: Tensor | undefined = actual[printed.output];
  if (output === undefined)
    throw new ShapeError(`printed values name output '${printed.output}', which the kernel lacks`);
  const values = toFloat64(output);
  const wrong = printed.values.filter(([index, value]) => values[index] !== value);
  if (wrong.length === 0) return null;
  const [index, value] = wrong[0]!;
  return `${wrong.length} of ${printed.values.length} printed values differ, first ${printed.output}[${index}]: hardware printed ${value}, this device gave ${values[index]} (${printed.provenance})`;
}
