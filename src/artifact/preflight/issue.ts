/** error: the run cannot be right; warning: very likely a mistake; info: worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** Where it shows. */
export interface Evidence {
  readonly file: string;
  /** Byte in the file; for a text stream, byte in its binary form. Undefined where no single place shows it. */
  readonly offset?: number;
  readonly text: string;
}

/** What a rule has found. */
export interface Finding {
  /** Default: the rule's. */
  readonly severity?: Severity;
  /** What is wrong, in one line. */
  readonly title: string;
  readonly evidence: readonly Evidence[];
  /** The next step. */
  readonly fix: string;
}

/** A finding with the rule that made it. */
export interface Issue extends Finding {
  /** Stable id, `TC001`. */
  readonly rule: string;
  /** The rule's name in words, `unreadable-file`. */
  readonly name: string;
  readonly severity: Severity;
}

/** Evidence shown of one finding; what is left out is counted. */
export const EVIDENCE_LISTED = 8;

/** The first pieces of evidence, and how many more there are. */
export function listed(evidence: readonly Evidence[]): Evidence[] {
  const first = evidence[0];
  if (first === undefined || evidence.length <= EVIDENCE_LISTED) return [...evidence];
  const rest = evidence.length - EVIDENCE_LISTED;
  return [...evidence.slice(0, EVIDENCE_LISTED), { file: first.file, text: `and ${rest} more` }];
}
