import type { Comparison, Diagnosis } from '../compare/index.ts';
import type { DeviceInfo, Finding } from '../device/index.ts';
import type { Control } from './kernel.ts';

/** The levels of a verdict in the order they are judged (DESIGN section 3). */
export const levels = ['preflight', 'state', 'coverage', 'model', 'ideal', 'properties', 'latency'] as const;
export type Level = (typeof levels)[number];

/** The smallest inputs found that still fail in the same way. */
export interface Smallest {
  /** Its non-zero elements: `q[17, 3] = 1, k[0, 3] = 64; all else 0`. */
  readonly text: string;
  readonly nonZero: number;
  /** Commands the search took. */
  readonly runs: number;
  /** Whether the budget ended it. */
  readonly exhausted: boolean;
}

/** Why it failed, as far as tilecheck can tell. */
export interface Explanation {
  /** Hypotheses that explain the difference, best first. */
  readonly diagnoses: readonly Diagnosis[];
  readonly smallest?: Smallest;
}

/** What failed at a level, on the input that shows it best. */
export interface Failure {
  /** Name of the input case. */
  readonly input: string;
  /** Address of the input case; `--path` runs it alone. */
  readonly path: string;
  /** What was seen, with numbers and units. */
  readonly evidence: string;
  /** For `model` and `ideal`: where the output differs. */
  readonly comparison?: Comparison;
  readonly explanation?: Explanation;
  /** Command that repeats it. */
  readonly replay?: string;
  /** Id in the failure store. */
  readonly kept?: string;
}

export interface LevelResult {
  readonly status: 'pass' | 'fail' | 'not-run';
  /** One line: what was checked and found, or why it was not run. */
  readonly summary: string;
  /** Inputs judged at this level, and how many of them failed. */
  readonly inputs: number;
  readonly failed: number;
  /** The failure that shows most: the first, unless another has far more elements that differ. */
  readonly failure?: Failure;
}

/** Everything a validation found, as plain data that survives JSON. */
export interface Verdict {
  readonly kernel: string;
  readonly device: DeviceInfo;
  /** Seed of the drawn inputs; the same seed and runs repeat the validation exactly. */
  readonly seed: number;
  /** Commands run on the device. */
  readonly commands: number;
  readonly durationMs: number;
  readonly levels: Readonly<Record<Level, LevelResult>>;
  /** What the failure store could not do: files set aside as damaged, failures it could not keep. */
  readonly notes?: readonly string[];
  /** Each distinct finding once, with the number of runs that showed it. */
  readonly findings: readonly (Finding & { readonly runs: number })[];
  readonly control?: Control;
  /**
   * For a kernel: no level failed and no finding is an error. For a control: it was rejected at its level and no
   * other (or accepted, where it must be), so that tilecheck itself is known to judge right.
   */
  readonly pass: boolean;
}

/** The levels at which a verdict failed. */
export function failedLevels(verdict: Pick<Verdict, 'levels'>): Level[] {
  return levels.filter((level) => verdict.levels[level].status === 'fail');
}
