import { Command, CommanderError, Help, type Option, type OutputConfiguration } from 'commander';
import { addCompareCommand } from './compare.ts';
import { Exit, errorText, exitHelp, explain, type Finish } from './exit.ts';
import { addFailuresCommand } from './failures.ts';
import { addInspectCommand } from './inspect.ts';
import type { Io } from './io.ts';
import { addLintCommand } from './lint.ts';
import { addProveCommand } from './prove.ts';
import { addReferenceCommand } from './reference.ts';
import { addRunCommand } from './run.ts';
import { packageVersion } from './version.ts';

/** commander's message in the form all of tilecheck's errors have. */
function usageText(text: string): string {
  const message = text.replace(/^error: /, '').trim();
  const unknown = /^([\s\S]*?)\s*\(Did you mean (.*)\?\)$/.exec(message);
  if (unknown !== null) return errorText({ message: unknown[1]!, hint: `did you mean ${unknown[2]}?` });
  const invalid = /^(.* is invalid)\. (.*?)\.?$/.exec(message);
  if (invalid !== null)
    return errorText({ message: invalid[1]!, hint: invalid[2]!.replace('Allowed', 'allowed') });
  return errorText({ message, hint: 'add --help to see what is valid' });
}

/** Says of an option that it must be given; commander's own help does not. */
function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory ? `${text} (required)` : text;
}

/** The `tilecheck` command; nothing in it ends the process. */
export function buildProgram(io: Io, finish: Finish): Command {
  const output: OutputConfiguration = {
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: (message, write) => write(usageText(message)),
    getOutHasColors: () => io.color,
    getErrHasColors: () => false,
  };
  const program = new Command('tilecheck')
    .description('Correctness validation for NPU kernels.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--verbose', 'print stack traces of errors')
    .option('--no-color', 'no colours, as with the environment variable NO_COLOR')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help on a command')
    .configureOutput(output)
    .configureHelp({ showGlobalOptions: true, optionDescription })
    .exitOverride()
    .addHelpText('after', exitHelp);
  addRunCommand(program, io, finish);
  addCompareCommand(program, io, finish);
  addReferenceCommand(program, io);
  addProveCommand(program, io, finish);
  addFailuresCommand(program, io, finish);
  addLintCommand(program, io, finish);
  addInspectCommand(program, io);
  return program;
}

/** Runs one command line (without `node` and the script) and answers its exit code. */
export async function runCli(argv: readonly string[], io: Io): Promise<Exit> {
  let exit: Exit = Exit.pass;
  const program = buildProgram(io, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (thrown) {
    // commander has said what is wrong by itself; asked for help it "fails" with 0.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? Exit.pass : Exit.usage;
    const { exit: code, text } = explain(thrown, program.opts().verbose === true);
    io.stderr.write(text);
    return code;
  }
}
