import type { Command } from 'commander';
import {
  type Acceptance,
  absRel,
  compare,
  exact,
  parseAcceptance,
  renderComparison,
} from '../compare/index.ts';
import { TilecheckError } from '../errors.ts';
import { toJson } from '../report/run.ts';
import { type DType, describe, dtypeInfo, type FloatDType, type Tensor } from '../tensor/index.ts';
import { Exit, type Finish } from './exit.ts';
import { readTensor } from './files.ts';
import type { Io } from './io.ts';
import { tileExtents } from './options.ts';

interface CompareFlags {
  readonly tile?: readonly number[];
  readonly accept?: string;
  readonly json?: true;
}

export function addCompareCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('compare')
    .description('Compare two arrays tile by tile, without a kernel.')
    .argument('<expected>', 'an .npy file, or a member of an .npz: file.npz:member')
    .argument('<actual>', 'the array to judge, of the same shape')
    .option('--tile <RxC>', 'tile over the trailing axes, e.g. 16x16 (default: one tile)', tileExtents)
    .option(
      '--accept <rule>',
      'what is accepted, e.g. "lsb(2) & correlation(0.99)" (default: exact for integers, else by dtype)',
    )
    .option('--json', 'print the comparison as JSON')
    .action((expected: string, actual: string, flags: CompareFlags) => {
      finish(compareFiles(expected, actual, flags, io));
    });
}

/** Of torch.testing.assert_close: https://docs.pytorch.org/docs/stable/testing.html */
const FLOAT_TOLERANCES: Readonly<Record<FloatDType, readonly [atol: number, rtol: number]>> = {
  bf16: [1e-5, 1.6e-2],
  f16: [1e-5, 1e-3],
  f32: [1e-5, 1.3e-6],
  f64: [1e-7, 1e-7],
};

function isFloat(dtype: DType): dtype is FloatDType {
  return !dtypeInfo(dtype).integer;
}

/** What is accepted where nobody said: integers exactly, floats as torch does for the narrower dtype of the two. */
function defaultAcceptance(expected: Tensor, actual: Tensor): { accept: Acceptance; note: string } {
  if (!isFloat(actual.dtype)) return { accept: exact(), note: `the default for ${actual.dtype}` };
  const dtype = [expected.dtype, actual.dtype]
    .filter(isFloat)
    .reduce((a, b) => (dtypeInfo(a).precision < dtypeInfo(b).precision ? a : b));
  const [atol, rtol] = FLOAT_TOLERANCES[dtype];
  return {
    accept: absRel(atol, rtol, 'torch.testing.assert_close'),
    note: `the default for ${dtype}, as torch.testing.assert_close; choose your own with --accept`,
  };
}

function compareFiles(expectedName: string, actualName: string, flags: CompareFlags, io: Io): Exit {
  const given = flags.accept === undefined ? undefined : parseAcceptance(flags.accept);
  const expected = readTensor(io.cwd, expectedName);
  const actual = readTensor(io.cwd, actualName);
  if (expected.shape.join() !== actual.shape.join()) {
    throw new TilecheckError(
      'SHAPE',
      `${expectedName} is ${describe(expected)}, but ${actualName} is ${describe(actual)}`,
      { hint: 'compare arrays of one shape' },
    );
  }
  const { accept, note } =
    given === undefined ? defaultAcceptance(expected, actual) : { accept: given, note: 'from --accept' };
  const comparison = compare(expected, actual, {
    accept,
    ...(flags.tile === undefined ? {} : { tile: flags.tile }),
  });
  if (flags.json) io.stdout.write(toJson(comparison));
  else {
    io.stdout.write(`expected  ${expectedName}: ${describe(expected)}\n`);
    io.stdout.write(`actual    ${actualName}: ${describe(actual)}\n`);
    io.stdout.write(`accept    ${accept.text} (${note})\n\n`);
    io.stdout.write(`${renderComparison(comparison, { color: io.color })}\n`);
  }
  return comparison.pass ? Exit.pass : Exit.failed;
}
