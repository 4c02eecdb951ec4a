import { EnvironmentError, type ErrorKind, messageOf, TilecheckError } from '../../errors.ts';
import type { KernelArg, KernelArtifact, RunOptions, RunResult } from '../contract.ts';
import type { Fault } from '../fault.ts';

/** What the parent asks of the device process. A kernel is named by a number the parent chose. */
export type Request =
  | { readonly kind: 'open'; readonly cacheDir?: string; readonly fault?: Fault }
  | { readonly kind: 'load'; readonly kernel: number; readonly artifact: KernelArtifact }
  | {
      readonly kind: 'run';
      readonly kernel: number;
      readonly args: readonly KernelArg[];
      readonly options: RunOptions | undefined;
    }
  | { readonly kind: 'unload'; readonly kernel: number };

/** What each request is answered with. */
export interface Answers {
  open: undefined;
  load: { readonly instructions: Uint32Array<ArrayBuffer> };
  run: RunResult;
  unload: undefined;
}

export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

/** A {@link TilecheckError} as plain data. */
export interface WireError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hint: string | undefined;
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: Answers[Request['kind']] }
  | { readonly id: number; readonly ok: false; readonly error: WireError };

export function toWire(thrown: unknown): WireError {
  if (thrown instanceof TilecheckError) {
    const { code, kind, message, hint } = thrown;
    return { code, kind, message, hint };
  }
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const message = stack ?? messageOf(thrown);
  return {
    code: 'INTERNAL',
    kind: 'internal',
    message,
    hint: 'this is a defect of tilecheck; please report it',
  };
}

export function fromWire({ code, kind, message, hint }: WireError): TilecheckError {
  if (kind === 'environment') return new EnvironmentError(code, message, hint);
  return new TilecheckError(code, message, hint === undefined ? { kind } : { kind, hint });
}
