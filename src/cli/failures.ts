import path from 'node:path';
import type { Command } from 'commander';
import { TilecheckError } from '../errors.ts';
import { plainTable } from '../report/plain-table.ts';
import { toJson } from '../report/run.ts';
import { type DamagedFile, FailureStore, type KeptFailure } from '../spec/failures/index.ts';
import { describe, type Tensor, toFloat64 } from '../tensor/index.ts';
import { Exit, type Finish } from './exit.ts';
import type { Io } from './io.ts';

interface FailuresFlags {
  readonly clean?: true;
  readonly json?: true;
  readonly show?: string;
  readonly dir: string;
}

export function addFailuresCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('failures')
    .description('List or remove the failures kept from earlier runs, which are replayed first.')
    .argument('[kernel...]', 'names of kernels; all where none is named')
    .option('--show <id>', 'everything about one failure; the first digits of its id are enough')
    .option('--clean', 'remove them')
    .option('--json', 'print them as JSON')
    .option('--dir <dir>', 'folder of the failure store', path.join('.tilecheck', 'failures'))
    .action(async (kernels: string[], flags: FailuresFlags) => {
      await failures(kernels, flags, io);
      finish(Exit.pass);
    });
}

async function failures(kernels: readonly string[], flags: FailuresFlags, io: Io): Promise<void> {
  const store = new FailureStore(path.resolve(io.cwd, flags.dir));
  if (flags.clean) {
    if (flags.show !== undefined || flags.json) {
      throw new TilecheckError('USAGE', '--clean with --show or --json', { hint: 'list first, then clean' });
    }
    let removed = 0;
    if (kernels.length === 0) removed = await store.clean();
    for (const kernel of kernels) removed += await store.clean(kernel);
    io.stdout.write(`${removed} ${removed === 1 ? 'failure' : 'failures'} removed\n`);
    return;
  }
  const listed = [...(await store.list())].filter(
    ([kernel]) => kernels.length === 0 || kernels.includes(kernel),
  );
  const kept = listed.flatMap(([, loaded]) => loaded.failures);
  const damaged = listed.flatMap(([, loaded]) => loaded.damaged);
  for (const one of damaged) io.stderr.write(damagedNote(one, io.cwd));
  if (flags.show !== undefined) {
    const failure = chosen(kept, flags.show);
    io.stdout.write(flags.json ? toJson(withoutTensors(failure)) : details(failure, flags.dir));
    return;
  }
  if (flags.json) io.stdout.write(toJson({ failures: kept.map(withoutTensors), damaged }));
  else io.stdout.write(kept.length === 0 ? 'no failures are kept\n' : `${table(kept)}\n`);
}

function damagedNote({ file, reason, movedTo }: DamagedFile, cwd: string): string {
  const where = movedTo === null ? 'it could not be moved' : `set aside as ${path.relative(cwd, movedTo)}`;
  return `note: ${path.relative(cwd, file)} is damaged (${reason}); ${where}\n`;
}

/** The one failure whose id begins with `prefix`. Throws a usage error where there is none or more than one. */
function chosen(kept: readonly KeptFailure[], prefix: string): KeptFailure {
  const found = kept.filter(({ id }) => id.startsWith(prefix.toLowerCase()));
  if (found.length === 1) return found[0]!;
  const what = found.length === 0 ? 'no kept failure has' : `${found.length} kept failures have`;
  throw new TilecheckError('UNKNOWN_FAILURE', `${what} an id that begins with '${prefix}'`, {
    hint: found.length === 0 ? 'tilecheck failures lists them' : found.map(({ id }) => id).join(', '),
  });
}

/** A failure for JSON: of its tensors, dtype and shape. */
function withoutTensors({ inputs, expected, actual, ...rest }: KeptFailure) {
  const types = (tensors: Readonly<Record<string, Tensor>> | undefined) =>
    tensors && Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, describe(t)]));
  return { ...rest, inputs: types(inputs), expected: types(expected), actual: types(actual) };
}

function table(kept: readonly KeptFailure[]): string {
  return plainTable(
    [
      { head: 'kernel' },
      { head: 'id' },
      { head: 'level' },
      { head: 'input' },
      { head: 'diagnosis' },
      { head: 'device' },
      { head: 'since' },
      { head: 'passes', align: 'right' },
    ],
    kept.map(({ kernel, id, level, input, diagnosis, device, createdAt, passes }) => [
      kernel,
      id,
      level,
      input,
      diagnosis ?? '-',
      device.kind,
      minute(createdAt),
      String(passes),
    ]),
  );
}

/** `2026-01-31 12:05 UTC`. */
function minute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function details(failure: KeptFailure, dir: string): string {
  const { id, kernel, level, input, seed, path: address, device, passes } = failure;
  const tensors = (['inputs', 'expected', 'actual'] as const).flatMap((group) =>
    Object.entries(failure[group] ?? {}).map(([name, t]) => {
      const nonZero = toFloat64(t).filter((x) => x !== 0).length;
      return `  ${group}.${name}  ${describe(t)}, ${nonZero} not zero`;
    }),
  );
  const lines = [
    `failure    ${id} of ${kernel}, at level ${level}`,
    `input      ${input}`,
    `evidence   ${failure.evidence}`,
    `diagnosis  ${failure.diagnosis ?? 'none'}`,
    `seed       ${seed}${address === null ? '' : `, path ${address}`}`,
    `device     ${device.kind}: ${device.name}`,
    `artifact   ${failure.artifactDigest}`,
    `since      ${minute(failure.createdAt)}; passed ${passes} times in a row since it last failed`,
    `file       ${path.join(dir, kernel, `${id}.npz`)}, which NumPy reads:`,
    ...tensors,
  ];
  return `${lines.join('\n')}\n`;
}
