/** Who can mend it; the command line turns it into an exit code (usage 2, environment 3, internal 4). */
export type ErrorKind = 'usage' | 'environment' | 'internal';

/**
 * Base of every error tilecheck throws on purpose. `code` is stable and meant for programs; `message` names the
 * thing that is wrong; `hint` says the next step.
 */
export class TilecheckError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { kind?: ErrorKind; hint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.kind = options.kind ?? 'usage';
    this.hint = options.hint;
  }
}

/** Two shapes, or a shape and its data, do not fit. Code `SHAPE`. */
export class ShapeError extends TilecheckError {
  constructor(message: string, hint?: string) {
    super('SHAPE', message, hint === undefined ? {} : { hint });
  }
}

/** A value, dtype or parameter lies outside what an operation is defined for. Code `VALUE`. */
export class ValueError extends TilecheckError {
  constructor(message: string, hint?: string) {
    super('VALUE', message, hint === undefined ? {} : { hint });
  }
}

/** A file's bytes are not what its format demands. Code `FORMAT`. */
export class FormatError extends TilecheckError {
  constructor(message: string, hint?: string) {
    super('FORMAT', message, hint === undefined ? {} : { hint });
  }
}

/** Something this machine lacks (a compiler, a device, a driver). The code names what. */
export class EnvironmentError extends TilecheckError {
  constructor(code: string, message: string, hint?: string) {
    super(code, message, hint === undefined ? { kind: 'environment' } : { kind: 'environment', hint });
  }
}

/** The message of anything thrown, whatever it is. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
