import type { Comparison } from '../compare/index.ts';
import type { DeviceInfo, Finding } from '../device/index.ts';
import type { Control } from './kernel.ts';

/** The levels of a verdict in the order they are judged (DESIGN section 3). */
export const levels = ['preflight', 'state', 'coverage', 'model', 'ideal', 'properties', 'latency'] as const;
export type Level = (typeof levels)[number];

/** What failed at a level, on the first input that showed it. */
export interface Failure {
  /** Name of the input case. */
  readonly input: string;
  /** What was seen, with numbers and units. */
  readonly evidence: string;
  /** For `model` and `ideal`: where the output differs. */
  readonly comparison?: Comparison;
}

export interface LevelResult {
  readonly status: 'pass' | 'fail' | 'not-run';
  /** One line: what was checked and found, or why it was not run. */
  readonly summary: string;
  /** Inputs judged at this level, and how many of them failed. */
  readonly inputs: number;
  readonly failed: number;
  /** The first failure. */
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
