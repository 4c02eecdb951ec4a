import type { NpuDevice } from '../device/index.ts';
import { messageOf, TilecheckError } from '../errors.ts';
import { artifactOf, packBuffers } from './buffers.ts';
import { type InputCase, inputCases } from './cases.ts';
import { coverage } from './coverage.ts';
import { explainLaw, explainOutputs } from './explain.ts';
import { artifactDigest, type FailureStore } from './failures/index.ts';
import { judge } from './judge.ts';
import { isKept, keptCases } from './kept-cases.ts';
import type { KernelSpec, Tensors } from './kernel.ts';
import { checkLaws, type Law } from './laws/index.ts';
import { Runner } from './runner.ts';
import { type Shown, Tally } from './tally.ts';
import { type Explanation, type Failure, failedLevels, type Level, type Verdict } from './verdict.ts';

export interface ValidateOptions {
  /** fast-check inputs besides the fixed ones. Default 100. */
  readonly runs?: number;
  /** Seed of the drawn inputs, 0 to 2^32 - 1. Default: a fresh one, reported in the verdict. */
  readonly seed?: number;
  /** Address of the only input to run, as a failure gives it: `random/57`. Default: all. */
  readonly path?: string;
  /** Time limit of one command in milliseconds. Default 10,000. */
  readonly timeLimitMs?: number;
  /** Commands that shrinking a failure may take; 0 leaves it as found. Default 200. */
  readonly shrinkBudget?: number;
  /** Where failures are kept, to be replayed first. Default: nowhere. */
  readonly failures?: FailureStore;
  /** Called before each input with how many are done and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Inputs on which laws are checked; each law makes one to three further runs on each. */
const LAW_INPUTS = 6;

/** Levels without which nothing is accepted. */
const REQUIRED: readonly Level[] = ['state', 'coverage', 'model', 'ideal'];

/**
 * Judges a kernel on a device: state, coverage, equality with the bit-exact model, closeness to float64 mathematics,
 * and its laws, over failures kept from before, fixtures, edge cases and drawn inputs. The most basic failure is
 * explained, shrunk and kept. Whatever the kernel or the device does becomes part of the verdict; only errors of the
 * description itself (a missing source, a model of the wrong shape) are thrown.
 */
export async function validate(
  spec: KernelSpec,
  device: NpuDevice,
  options: ValidateOptions = {},
): Promise<Verdict> {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const started = performance.now();
  const notes: string[] = [];
  const kept = await keptCases(spec, options.failures, notes);
  const all = [...kept, ...inputCases(spec, { seed, runs: options.runs ?? 100 })];
  const cases = options.path === undefined ? all : [caseAt(spec, all, options.path)];
  const kernel = await device.load(artifactOf(spec));
  const tally = new Tally();
  const runner = new Runner(spec, kernel, tally, options.timeLimitMs);
  const validation = new Validation(spec, device, options, seed, tally, runner, notes);
  try {
    await validation.cover(cases[0]!, all.at(-1)!);
    for (const [index, input] of cases.entries()) {
      options.onProgress?.(index, cases.length);
      await validation.judgeCase(input);
    }
    await validation.judgeLaws(cases);
    options.onProgress?.(cases.length, cases.length);
    const levels = tally.results(await validation.explainFailures());
    return {
      kernel: spec.name,
      device: device.info,
      seed,
      commands: tally.commands,
      durationMs: performance.now() - started,
      levels,
      ...(notes.length === 0 ? {} : { notes }),
      findings: tally.findings(),
      ...(spec.control === undefined ? {} : { control: spec.control }),
      pass: passes(spec, levels, tally),
    };
  } finally {
    await kernel.close();
  }
}

function caseAt(spec: KernelSpec, cases: readonly InputCase[], path: string): InputCase {
  const found = cases.find((input) => input.path === path);
  if (found !== undefined) return found;
  const kinds = [...new Set(cases.map((input) => input.path.split('/')[0]))].join(', ');
  throw new TilecheckError('NO_INPUT', `kernel ${spec.name} has no input '${path}'`, {
    hint: `its inputs are of the kinds ${kinds}; a random one needs --runs greater than its number`,
  });
}

function passes({ control }: KernelSpec, levels: Verdict['levels'], tally: Tally): boolean {
  const failed = failedLevels({ levels });
  const mayFail = control?.rejectedAt ?? null;
  const complete = REQUIRED.every((level) => level === mayFail || levels[level].status === 'pass');
  const sound = !tally.findings().some(({ severity }) => severity === 'error');
  return complete && sound && (mayFail === null ? failed.length === 0 : failed.join() === mayFail);
}

/** One validation under way. */
class Validation {
  readonly #spec: KernelSpec;
  readonly #device: NpuDevice;
  readonly #options: ValidateOptions;
  readonly #seed: number;
  readonly #tally: Tally;
  readonly #runner: Runner;
  readonly #notes: string[];
  /** The law that was broken first, with the case that broke it. */
  #broken: { readonly law: Law; readonly input: InputCase } | undefined;

  constructor(
    spec: KernelSpec,
    device: NpuDevice,
    options: ValidateOptions,
    seed: number,
    tally: Tally,
    runner: Runner,
    notes: string[],
  ) {
    this.#spec = spec;
    this.#device = device;
    this.#options = options;
    this.#seed = seed;
    this.#tally = tally;
    this.#runner = runner;
    this.#notes = notes;
  }

  async cover(a: InputCase, b: InputCase): Promise<void> {
    const packed = (input: InputCase) => packBuffers(this.#spec, input.inputs, 0);
    const { runs, problems } = await coverage(this.#spec, a, b, packed, (input, canary) =>
      this.#runner.run(input, canary),
    );
    if (runs < 5) return;
    const [problem] = problems;
    this.#tally.judge('coverage', a, problem === undefined ? null : { evidence: problem });
  }

  async judgeCase(input: InputCase): Promise<void> {
    const outputs = await this.#runner.outputs(input);
    let failed = outputs === null;
    for (const level of ['model', 'ideal'] as const) {
      if (outputs === null) break;
      const problem = judge(this.#spec, level, input, outputs);
      this.#tally.judge(level, input, problem, outputs);
      failed ||= problem !== null;
    }
    const { failures } = this.#options;
    if (failures === undefined || !isKept(input)) return;
    if (failed) await failures.failedAgain(input.kept);
    else await failures.passed(input.kept, this.#device.info);
  }

  /** Checks the kernel's laws on kept failures and the first inputs that are no corner. */
  async judgeLaws(cases: readonly InputCase[]): Promise<void> {
    const { properties } = this.#spec;
    if (properties.length === 0) return;
    const ordinary = cases.filter(({ path, random }) => random || /^(kept|random)/.test(path));
    for (const input of (cases.length === 1 ? cases : ordinary).slice(0, LAW_INPUTS)) {
      const outputs = await this.#runner.outputs(input);
      if (outputs === null) continue;
      const given = { inputs: input.inputs, outputs };
      for (const { law, outcome } of await checkLaws(properties, given, this.#runAs(input), this.#seed)) {
        if (outcome === 'not-applicable') continue;
        if (outcome !== null) this.#broken ??= { law, input };
        const problem = outcome === null ? null : { evidence: `${law.name}: ${outcome.evidence}` };
        this.#tally.judge('properties', input, problem);
      }
    }
  }

  /** Explains, shrinks and keeps the most basic failure; tells how to repeat every one. */
  async explainFailures(): Promise<Map<Level, Partial<Failure>>> {
    const extras = new Map<Level, Partial<Failure>>();
    for (const level of ['state', 'coverage', 'model', 'ideal', 'properties'] as const) {
      const shown = this.#tally.shown(level);
      if (shown === undefined) continue;
      const replay = this.#replay(shown.input);
      // What a control is rejected for is known; a second failed level has most often the cause of the first.
      const known = this.#spec.control?.rejectedAt === level || extras.size > 0;
      extras.set(level, { replay, ...(known ? {} : await this.#explainAndKeep(level, shown)) });
    }
    return extras;
  }

  async #explainAndKeep(level: Level, shown: Shown): Promise<Partial<Failure>> {
    const explanation = await this.#explain(level, shown);
    const kept = await this.#keep(level, shown, explanation);
    return { ...(explanation === undefined ? {} : { explanation }), ...(kept === undefined ? {} : { kept }) };
  }

  async #explain(level: Level, shown: Shown): Promise<Explanation | undefined> {
    const { shrinkBudget = 200 } = this.#options;
    const { input } = shown;
    const run = this.#runAs(input);
    if (level === 'model' || level === 'ideal') {
      return explainOutputs(this.#spec, level, input, shown, run, shrinkBudget);
    }
    if (level !== 'properties' || this.#broken === undefined) return undefined;
    return explainLaw(this.#broken.law, this.#broken.input, run, this.#seed, shrinkBudget);
  }

  /** Keeps a failure for later runs and answers its id. A store that cannot keep it costs a note, not the verdict. */
  async #keep(
    level: Level,
    { input, problem }: Shown,
    why: Explanation | undefined,
  ): Promise<string | undefined> {
    const { failures } = this.#options;
    // Coverage speaks of a sequence of runs, which no single input repeats.
    if (failures === undefined || level === 'coverage') return undefined;
    const { evidence, output, expected, actual } = problem;
    try {
      const { failure } = await failures.keep({
        kernel: this.#spec.name,
        level,
        input: input.name,
        seed: this.#seed,
        path: input.path,
        device: this.#device.info,
        artifactDigest: await artifactDigest(artifactOf(this.#spec)),
        diagnosis: why?.diagnoses[0]?.evidence ?? null,
        evidence,
        inputs: input.inputs,
        ...(output === undefined || expected === undefined ? {} : { expected: { [output]: expected } }),
        ...(output === undefined || actual === undefined ? {} : { actual: { [output]: actual } }),
      });
      return failure.id;
    } catch (thrown) {
      this.#notes.push(`the failure was not kept: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Runs of other inputs on behalf of a case. */
  #runAs({ name, path }: InputCase): (inputs: Tensors) => Promise<Tensors | null> {
    return (inputs) => this.#runner.outputs({ name, path, random: false, inputs });
  }

  #replay({ path }: InputCase): string {
    const [kind, index] = path.split('/');
    const runs = kind === 'random' ? ` --runs ${Number(index) + 1}` : '';
    return `tilecheck run ${this.#spec.name} --seed ${this.#seed}${runs} --path ${path}`;
  }
}
