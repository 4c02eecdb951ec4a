import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import colors from 'picocolors';
import { messageOf, TilecheckError } from '../errors.ts';
import { plainTable, type Row } from '../report/plain-table.ts';
import { toJson } from '../report/run.ts';
import { type Judge, type Proof, type ProofRow, prove } from '../spec/prove/index.ts';
import { type Discovery, discover, type FoundKernel } from './discover.ts';
import { Exit, type Finish } from './exit.ts';
import type { Io } from './io.ts';
import { wholeNumber } from './options.ts';

interface ProveFlags {
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly kernels: string;
}

export function addProveCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('prove')
    .description('Prove the acceptances of kernels: what wrong outputs and algorithms would they accept?')
    .argument('[kernel...]', 'names of kernels; all where none is named. Needs no device')
    .option('--seed <s>', 'seed of the random inputs, 0 to 4294967295', wholeNumber(0, 2 ** 32 - 1), 1)
    .option(
      '--runs <n>',
      'random inputs besides fixtures and edge cases, 1 to 1000',
      wholeNumber(1, 1000),
      12,
    )
    .option('--json', 'print the proofs as JSON')
    .option('--kernels <dir>', 'folder that holds the kernels', 'kernels')
    .addHelpText(
      'after',
      '\nA mutant is rejected by ideal or random, or weakly by equality with the model alone.',
    )
    .action(async (names: string[], flags: ProveFlags) => {
      finish(await proveKernels(names, flags, io));
    });
}

async function proveKernels(names: readonly string[], flags: ProveFlags, io: Io): Promise<Exit> {
  const found = await discover(io.cwd, flags.kernels);
  const kernels = select(found, names);
  for (const { name, file, error } of found.broken) {
    if (names.includes(name)) throw error;
    io.stderr.write(`note: ${file} does not load: ${messageOf(error).split('\n', 1)[0]}\n`);
  }
  const proofs = kernels.map(({ spec }) => {
    const proof = prove(spec, flags);
    if (!flags.json) io.stdout.write(`${renderProof(proof, io.color)}\n\n`);
    return proof;
  });
  if (flags.json) io.stdout.write(toJson({ proofs }));
  else io.stdout.write(`${summary(proofs, io.color)}\n`);
  return proofs.every(({ pass }) => pass) ? Exit.pass : Exit.failed;
}

/** The kernels named; where none is, all but the controls that must be rejected: their tolerance is not theirs. */
function select({ kernels, broken }: Discovery, names: readonly string[]): readonly FoundKernel[] {
  const known = [...kernels.map(({ spec }) => spec.name), ...broken.map(({ name }) => name)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TilecheckError('UNKNOWN_KERNEL', `no kernel '${unknown}'`, {
      hint: `nearest: ${closest(unknown, known)}; tilecheck run --list shows all ${known.length}`,
    });
  }
  if (names.length === 0) return kernels.filter(({ spec }) => !spec.control?.rejectedAt);
  return kernels.filter(({ spec }) => names.includes(spec.name));
}

const JUDGES: readonly Judge[] = ['ideal', 'random', 'model'];

/** The acceptances with their derivations, then the mutants, one a row. */
export function renderProof(proof: Proof, color = false): string {
  const paint = colors.createColors(color);
  const head = [
    paint.bold(`${proof.kernel}: ${proof.inputs} inputs, seed ${proof.seed}`),
    ...Object.entries(proof.accept).map(
      ([judge, { text, because }]) =>
        `${judge.padEnd(7)} ${text}${because === undefined ? '' : `: ${because}`}`,
    ),
  ];
  const wrong = proof.wronglyRejected.map(({ judge, input, evidence }) =>
    paint.red(`WRONG   ${judge} rejects the model itself on ${input}: ${evidence}`),
  );
  const result = ({ outcome, rejectedBy }: ProofRow): string => {
    const judges = JUDGES.filter((judge) => rejectedBy[judge] !== undefined).join(', ');
    switch (outcome) {
      case 'rejected':
        return paint.green(judges);
      case 'weak':
        return paint.yellow('WEAK: model only');
      case 'accepted':
        return paint.red('ACCEPTED');
      default:
        return paint.dim(outcome.replace('-', ' '));
    }
  };
  const measured = ({ reason, outcome, rejectedBy }: ProofRow): string[] => {
    if (reason !== null) return [reason];
    if (outcome === 'equivalent') return ['no mistake on any input here: add a fixture that tells'];
    const judge = JUDGES.find((each) => rejectedBy[each] !== undefined);
    const rejection = judge && rejectedBy[judge];
    return rejection === undefined ? [''] : [rejection.evidence, rejection.input];
  };
  const rows = proof.rows.map((row): Row => [row.kind, row.mutant, result(row), ...measured(row)]);
  const table = plainTable(
    [
      { head: 'kind' },
      { head: 'mutant' },
      { head: 'rejected by' },
      { head: 'measured' },
      { head: 'first on' },
    ],
    rows,
  );
  return [[...head, ...wrong].join('\n'), table].join('\n\n');
}

function summary(proofs: readonly Proof[], color: boolean): string {
  const paint = colors.createColors(color);
  const count = (proof: Proof, outcome: ProofRow['outcome']): string =>
    String(proof.rows.filter((row) => row.outcome === outcome).length);
  const right = { align: 'right' } as const;
  return plainTable(
    [
      { head: 'kernel' },
      { head: 'rejected', ...right },
      { head: 'weak', ...right },
      { head: 'accepted', ...right },
      { head: 'equivalent', ...right },
      { head: 'not applicable', ...right },
      { head: 'proof' },
    ],
    proofs.map((proof) => [
      proof.kernel,
      count(proof, 'rejected'),
      count(proof, 'weak'),
      count(proof, 'accepted'),
      count(proof, 'equivalent'),
      count(proof, 'not-applicable'),
      proof.pass ? paint.green('pass') : paint.red('FAIL'),
    ]),
  );
}
