import type { Artifacts } from '../artifacts.ts';
import type { Severity } from '../issue.ts';

/** Artifacts with one fault, and what its rule must say of them. */
export interface Fault {
  readonly what: string;
  readonly artifacts: Artifacts;
  readonly severity: Severity;
  /** Part of the title or of a piece of evidence. */
  readonly says: string;
  /** Offset of the first piece of evidence. */
  readonly offset?: number;
}

export interface Fixture {
  readonly fails: readonly Fault[];
  /** Artifacts that come close and are right. */
  readonly passes: readonly Artifacts[];
}
