import type { DeviceInfo } from '../device/index.ts';
import { messageOf, TilecheckError } from '../errors.ts';
import type { Verdict } from '../spec/verdict.ts';

/** A kernel that could not be judged: its file does not load, its program does not compile. */
export interface KernelError {
  readonly kernel: string;
  /** The file that describes it, relative to the current directory. */
  readonly file: string;
  /** Code of the TilecheckError, or `THROWN` for anything else. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
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

/** A thrown error as a report keeps it. */
export function kernelError(kernel: string, file: string, thrown: unknown): KernelError {
  const message = messageOf(thrown);
  if (!(thrown instanceof TilecheckError)) return { kernel, file, code: 'THROWN', message };
  const { code, hint } = thrown;
  return { kernel, file, code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The report as JSON. Numbers that JSON cannot hold are written as text ("NaN"), as in a Comparison. */
export function toJson(report: unknown): string {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, replacer, 2)}\n`;
}
