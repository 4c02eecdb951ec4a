import { messageOf, TilecheckError } from '../errors.ts';

/** Exit codes of `tilecheck`. */
export const Exit = { pass: 0, failed: 1, usage: 2, environment: 3, internal: 4 } as const;

export type Exit = (typeof Exit)[keyof typeof Exit];

/** Receives the exit code of the command that ran. */
export type Finish = (exit: Exit) => void;

export const exitHelp = `
Exit codes:
  0  everything passed
  1  a verdict failed: a kernel is wrong, or a comparison is not accepted
  2  usage: a wrong flag, name, file or shape
  3  environment: this machine lacks something (a device, a driver, a compiler)
  4  internal: a defect of tilecheck`;

/** An error as it is shown: what is wrong, then the next step. */
export function errorText({
  message,
  hint,
}: {
  readonly message: string;
  readonly hint?: string | undefined;
}): string {
  return hint === undefined ? `error: ${message}\n` : `error: ${message}\nhint: ${hint}\n`;
}

/** Exit code and text of anything thrown; the stack is shown where `verbose`. */
export function explain(thrown: unknown, verbose: boolean): { exit: Exit; text: string } {
  const stack = verbose && thrown instanceof Error ? `${thrown.stack}\n` : '';
  if (thrown instanceof TilecheckError) {
    return { exit: Exit[thrown.kind], text: errorText(thrown) + stack };
  }
  const next = verbose
    ? 'please report it with the lines below'
    : 'please report it with the output of --verbose';
  const text = errorText({
    message: `internal error: ${messageOf(thrown)}`,
    hint: `this is a defect of tilecheck; ${next}`,
  });
  return { exit: Exit.internal, text: text + stack };
}
