import type { Facts } from './facts.ts';
import type { Finding, Severity } from './issue.ts';

/** One check of artifacts that needs no device. */
export interface Rule {
  /** `TC` and three digits; never given to another rule. */
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  /** What it looks for, in one sentence. */
  readonly summary: string;
  /** What is wrong; nothing where the facts it needs are not known. */
  check(facts: Facts): readonly Finding[];
}
