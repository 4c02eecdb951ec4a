import { statSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import colors from 'picocolors';
import { type DeviceChoice, deviceChoices, type NpuDevice } from '../device/index.ts';
import { EnvironmentError, messageOf, TilecheckError } from '../errors.ts';
import { renderKernelError, renderVerdictFailure } from '../report/failure.ts';
import { type KernelError, kernelError, loadError, type RunReport, toJson } from '../report/run.ts';
import { duration, renderTable } from '../report/table.ts';
import { FailureStore, type ValidateOptions, type Verdict, validate } from '../spec/index.ts';
import { type BrokenKernel, type Discovery, discover, type FoundKernel } from './discover.ts';
import { Exit, type Finish } from './exit.ts';
import { writeWhole } from './files.ts';
import type { Io } from './io.ts';
import { renderList, toListJson } from './list.ts';
import { wholeNumber } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { packageVersion } from './version.ts';

interface RunFlags {
  readonly device: DeviceChoice;
  readonly runs: number;
  readonly seed?: number;
  readonly timeLimit?: number;
  readonly path?: string;
  readonly shrinkRuns: number;
  readonly json?: string;
  readonly list?: true;
  readonly kernels: string;
  readonly verbose?: true;
}

export function addRunCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('run')
    .description('Validate kernels on the best device present: state, coverage, exactness, accuracy.')
    .argument('[kernel...]', 'names of kernels; all where none is named. Controls always run too')
    .addOption(
      new Option('--device <device>', 'where to run; auto is the best device present')
        .choices(deviceChoices)
        .default('auto'),
    )
    .option('--runs <n>', 'random inputs for each kernel, 1 to 100000', wholeNumber(1, 100_000), 100)
    .option(
      '--seed <s>',
      'seed of the random inputs, 0 to 4294967295 (default: a fresh one, printed)',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option(
      '--time-limit <ms>',
      'time limit of one command in ms, 1 to 3600000 (default: 10000)',
      wholeNumber(1, 3_600_000),
    )
    .option('--path <path>', 'run this input alone, as a failure names it: random/57, kept/0123456789abcdef')
    .option(
      '--shrink-runs <n>',
      'commands that shrinking a failure may take, 0 to 100000',
      wholeNumber(0, 100_000),
      200,
    )
    .option('--json <file>', 'write everything as JSON; - is stdout, and then nothing else is written there')
    .option('--list', 'list the kernels and run none')
    .option('--kernels <dir>', 'folder that holds the kernels', 'kernels')
    .action(async (names: string[], _: unknown, command: Command) => {
      finish(await run(names, command.optsWithGlobals<RunFlags>(), io));
    });
}

async function run(names: readonly string[], flags: RunFlags, io: Io): Promise<Exit> {
  const found = await discover(io.cwd, flags.kernels);
  if (flags.path !== undefined && names.length !== 1) {
    throw new TilecheckError('USAGE', `--path ${flags.path} with ${names.length} kernels`, {
      hint: 'an input belongs to one kernel: name that kernel',
    });
  }
  // A replay of one input is about that input; controls judge whole runs.
  const { kernels, broken, left } = select(found, names, flags.list === true || flags.path !== undefined);
  for (const one of left)
    io.stderr.write(`note: ${one.file} does not load: ${firstLine(messageOf(one.error))}\n`);
  if (flags.list) {
    if (flags.json === undefined) io.stdout.write(`${renderList(kernels, broken)}\n`);
    else deliver(io, flags.json, toListJson(kernels, broken));
    return broken.length === 0 ? Exit.pass : Exit.failed;
  }
  if (flags.json !== undefined) checkFolder(io.cwd, flags.json);
  const report = await judge(names, kernels, broken, flags, io);
  if (flags.json !== undefined) deliver(io, flags.json, toJson(report));
  if (report.errors.some(({ kind }) => kind === 'internal')) return Exit.internal;
  return report.pass ? Exit.pass : Exit.failed;
}

/** Runs and prints; the report is printed as it grows only to a terminal's spinner. */
async function judge(
  names: readonly string[],
  kernels: readonly FoundKernel[],
  broken: readonly BrokenKernel[],
  flags: RunFlags,
  io: Io,
): Promise<RunReport> {
  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 32);
  const { runs, timeLimit } = flags;
  const print = (text: string): void => {
    if (flags.json !== '-') io.stdout.write(`${text}\n`);
  };
  const started = performance.now();
  const device = await io.openDevice(flags.device);
  const options = {
    seed,
    runs,
    shrinkBudget: flags.shrinkRuns,
    failures: new FailureStore(path.join(io.cwd, '.tilecheck', 'failures')),
    ...(flags.path === undefined ? {} : { path: flags.path }),
    ...(timeLimit === undefined ? {} : { timeLimitMs: timeLimit }),
  };
  const errors = broken.map(({ name, file, error }) => loadError(name, file, error));
  print(head(device, seed, names, flags, io.color));
  const progress = createProgress(io);
  let verdicts: readonly Verdict[];
  try {
    verdicts = await validateAll(kernels, device, options, errors, progress);
  } finally {
    progress.stop();
    await device.close();
  }
  const pass = errors.length === 0 && verdicts.every((verdict) => verdict.pass);
  const report: RunReport = {
    tool: { name: 'tilecheck', version: packageVersion() },
    device: device.info,
    seed,
    runs,
    verdicts,
    errors,
    pass,
  };
  print(body(report, io.color, flags.verbose === true));
  print(tail(report, performance.now() - started));
  return report;
}

/** One verdict after another. A kernel that cannot be judged is added to `errors` and the others go on. */
async function validateAll(
  kernels: readonly FoundKernel[],
  device: NpuDevice,
  options: ValidateOptions,
  errors: KernelError[],
  progress: Progress,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [index, { spec, file }] of kernels.entries()) {
    const label = `${index + 1}/${kernels.length} ${spec.name}`;
    progress.show(`${label}: loading`);
    const onProgress = (done: number, total: number): void =>
      progress.show(`${label}: ${done} of ${total} inputs`);
    try {
      const verdict = await validate(spec, device, { ...options, onProgress });
      for (const note of verdict.notes ?? []) progress.note(`${spec.name}: ${note}`);
      verdicts.push(verdict);
    } catch (thrown) {
      // What this machine lacks no other kernel will find either.
      if (thrown instanceof EnvironmentError) throw thrown;
      // A wrong --path is the caller's mistake, not the kernel's.
      if (thrown instanceof TilecheckError && thrown.code === 'NO_INPUT') throw thrown;
      errors.push(kernelError(spec.name, file, thrown));
    }
  }
  return verdicts;
}

interface Selection {
  readonly kernels: readonly FoundKernel[];
  readonly broken: readonly BrokenKernel[];
  /** Broken kernel files that nobody asked for. */
  readonly left: readonly BrokenKernel[];
}

/** The kernels named, and every control. Throws a usage error for a name that no kernel has. */
function select(
  { kernels, broken }: Discovery,
  names: readonly string[],
  withoutControls: boolean,
): Selection {
  const known = [...kernels.map(({ spec }) => spec.name), ...broken.map(({ name }) => name)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = [...known].sort((a, b) => distance(unknown, a) - distance(unknown, b)).slice(0, 3);
    throw new TilecheckError('UNKNOWN_KERNEL', `no kernel '${unknown}'`, {
      hint: `nearest: ${near.join(', ')}; tilecheck run --list shows all ${known.length}`,
    });
  }
  if (names.length === 0) return { kernels, broken, left: [] };
  return {
    kernels: kernels.filter(
      ({ spec }) => names.includes(spec.name) || (spec.control !== undefined && !withoutControls),
    ),
    broken: broken.filter(({ name }) => names.includes(name)),
    left: broken.filter(({ name }) => !names.includes(name)),
  };
}

/** Which device, which seed, and how to repeat it. */
function head(
  device: NpuDevice,
  seed: number,
  names: readonly string[],
  flags: RunFlags,
  color: boolean,
): string {
  const paint = colors.createColors(color);
  const { kind, name, note } = device.info;
  const lines = [`device  ${kind}: ${name}`];
  if (note !== undefined) lines.push(`note    ${note}`);
  if (kind !== 'xrt') lines.push(paint.yellow('        NOT a run on NPU hardware'));
  const limit = flags.timeLimit === undefined ? '' : ` --time-limit ${flags.timeLimit}`;
  const place = flags.kernels === 'kernels' ? '' : ` --kernels ${flags.kernels}`;
  const command = ['tilecheck run', ...names].join(' ');
  lines.push(`seed    ${seed}; repeat with: ${command} --seed ${seed} --runs ${flags.runs}${limit}${place}`);
  return `${lines.join('\n')}\n`;
}

function body({ verdicts, errors }: RunReport, color: boolean, verbose: boolean): string {
  const failed = verdicts.filter(({ pass }) => !pass).map((verdict) => renderVerdictFailure(verdict, color));
  const unjudged = errors.map((error) => renderKernelError(error, { color, stack: verbose }));
  return [renderTable({ verdicts, errors }, color), ...failed, ...unjudged].join('\n\n');
}

function tail({ verdicts, errors }: RunReport, ms: number): string {
  const passed = verdicts.filter(({ pass }) => pass).length;
  const failed = verdicts.length - passed + errors.length;
  return `\n${duration(ms)} in all\n${passed} passed, ${failed} failed`;
}

/** Writes JSON where --json says. */
function deliver(io: Io, target: string, json: string): void {
  if (target === '-') io.stdout.write(json);
  else writeWhole(io.cwd, target, json);
}

/** Before a long run and not after it: there is a folder to write into. */
function checkFolder(cwd: string, target: string): void {
  const folder = path.dirname(path.resolve(cwd, target));
  if (target === '-' || statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new TilecheckError(
    'FILE_UNWRITABLE',
    `--json ${target}: there is no folder ${path.dirname(target)}`,
    {
      hint: 'make it first',
    },
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
