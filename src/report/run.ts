import type { DeviceInfo } from '../device/index.ts';
import { type ErrorKind, messageOf, TilecheckError } from '../errors.ts';
import type { Verdict } from '../spec/verdict.ts';

/** A kernel that could not be judged: its file does not load, its program does not compile, its model throws. */
export interface KernelError {
  readonly kernel: string;
  /** The file that describes it, relative to the current directory. */
  readonly file: string;
  /** Code of a TilecheckError; `LOAD` where the file does not load; `THROWN` for what the kernel's own code threw. */
  readonly code: string;
  /** Who can mend it; absent where the kernel's own code threw. */
  readonly kind?: ErrorKind;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
}

/** Everything one `tilecheck run` found, as plain data. */
export interface RunReport {
  readonly tool: { readonly name: 'tilecheck'; readonly version: string };
  readonly device: DeviceInfo;
  /** Seed and number of the drawn inputs; the same two repeat the run exactly. */
  readonly seed: number;
  readonly runs: number;
  readonly verdicts: readonly Verdict[];
  readonly errors: readonly KernelError[];
  readonly pass: boolean;
}

/** What was thrown while a kernel was judged, as a report keeps it. */
export function kernelError(kernel: string, file: string, thrown: unknown): KernelError {
  const message = messageOf(thrown).replace(/[ \t]+$/gm, '');
  if (thrown instanceof TilecheckError) {
    const { code, kind, hint } = thrown;
    return { kernel, file, code, kind, message, ...(hint === undefined ? {} : { hint }) };
  }
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const where = positionIn(file, stack);
  return {
    kernel,
    file,
    code: 'THROWN',
    message: where === undefined ? message : `${message} (at ${where})`,
    ...(stack === undefined ? {} : { stack }),
  };
}

/** The innermost line of `file` in a stack, as file:line:column. */
function positionIn(file: string, stack = ''): string | undefined {
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && line.includes(file));
  const position = /:(\d+:\d+)\)?$/.exec(frame ?? '')?.[1];
  return position === undefined ? undefined : `${file}:${position}`;
}

/** Why a kernel file does not load. */
export function loadError(kernel: string, file: string, thrown: unknown): KernelError {
  const error = kernelError(kernel, file, thrown);
  return { ...error, code: 'LOAD', message: `${file} does not load: ${error.message}` };
}

/** The report as JSON. Numbers that JSON cannot hold are written as text ("NaN"), as in a Comparison. */
export function toJson(report: unknown): string {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, replacer, 2)}\n`;
}
