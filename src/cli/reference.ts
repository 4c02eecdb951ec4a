import type { Command } from 'commander';
import { describe } from '../tensor/index.ts';
import { checkOutput, readTensor, writeTensor } from './files.ts';
import type { Io } from './io.ts';
import { type Inputs, type Operation, operations, type Values } from './operations.ts';

export function addReferenceCommand(program: Command, io: Io): void {
  const reference = program
    .command('reference')
    .description('Compute a reference from .npy files into an .npy file.')
    .addHelpText('after', '\nInputs are .npy files or members of an .npz (file.npz:member).');
  for (const operation of operations) addOperation(reference, operation, io);
}

function addOperation(reference: Command, operation: Operation, io: Io): void {
  const { name, description, files, optionalFiles = {}, options } = operation;
  const command = reference.command(name).description(description);
  for (const [flag, text] of Object.entries(files)) command.requiredOption(`--${flag} <file>`, text);
  for (const [flag, text] of Object.entries(optionalFiles)) command.option(`--${flag} <file>`, text);
  for (const option of options) command.addOption(option);
  command.requiredOption('--out <file>', `the .npy file to write: ${operation.result}`);
  command.action((flags: Values) => computeFiles(operation, flags, io));
}

function computeFiles({ files, optionalFiles = {}, compute }: Operation, flags: Values, io: Io): void {
  const out = String(flags.out);
  const names = [...Object.keys(files), ...Object.keys(optionalFiles)].filter(
    (flag) => flags[flag] !== undefined,
  );
  checkOutput(
    io.cwd,
    out,
    names.map((flag) => String(flags[flag])),
  );
  const inputs: Inputs = Object.fromEntries(
    names.map((flag) => [flag, readTensor(io.cwd, String(flags[flag]))]),
  );
  const { tensor, note } = compute(inputs, flags);
  writeTensor(io.cwd, out, tensor);
  io.stdout.write(`wrote ${out}: ${describe(tensor)}${note === undefined ? '' : ` (${note})`}\n`);
}
