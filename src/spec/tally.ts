import type { Comparison } from '../compare/index.ts';
import type { Finding } from '../device/index.ts';
import { type Failure, type Level, type LevelResult, levels } from './verdict.ts';

const NOT_YET: Partial<Record<Level, string>> = {
  preflight: 'not run: artifact checks are not built yet',
  properties: 'not run: metamorphic laws are not built yet',
  latency: 'not measured: only a run on hardware says anything about speed',
};

/** Collects the judgements of a validation, level by level, and sums them up. */
export class Tally {
  commands = 0;
  /** Commands in a row that did not complete. */
  #failedInARow = 0;
  readonly #levels = new Map<Level, { inputs: number; failed: number; failure?: Failure }>();
  readonly #findings = new Map<string, Finding & { runs: number }>();

  /** Enters one judgement: null passes; a text or a failed comparison fails. */
  judge(level: Level, input: string, problem: string | Comparison | null): void {
    if (level === 'state') this.#failedInARow = problem === null ? 0 : this.#failedInARow + 1;
    const entry = this.#levels.get(level) ?? { inputs: 0, failed: 0 };
    entry.inputs++;
    if (problem !== null) {
      entry.failed++;
      entry.failure ??=
        typeof problem === 'string'
          ? { input, evidence: problem }
          : { input, evidence: problem.acceptance.evidence, comparison: problem };
    }
    this.#levels.set(level, entry);
  }

  /** After three failed commands in a row no more are run: each may cost its whole time limit. */
  get gaveUp(): boolean {
    return this.#failedInARow >= 3;
  }

  /** Enters the findings of one run; the same finding of many runs is kept once, as first seen. */
  find(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const known = this.#findings.get(finding.code);
      if (known === undefined) this.#findings.set(finding.code, { ...finding, runs: 1 });
      else known.runs++;
    }
  }

  findings(): (Finding & { runs: number })[] {
    return [...this.#findings.values()];
  }

  results(): Record<Level, LevelResult> {
    const result = (level: Level): LevelResult => {
      const entry = this.#levels.get(level);
      if (entry === undefined) {
        const summary = NOT_YET[level] ?? 'not run: no command completed';
        return { status: 'not-run', summary, inputs: 0, failed: 0 };
      }
      const { inputs, failed, failure } = entry;
      if (failure === undefined)
        return { status: 'pass', summary: `${inputs} of ${inputs} passed`, inputs, failed };
      return {
        status: 'fail',
        summary: `${failed} of ${inputs} failed: ${failure.evidence}`,
        inputs,
        failed,
        failure,
      };
    };
    return Object.fromEntries(levels.map((level) => [level, result(level)])) as Record<Level, LevelResult>;
  }
}
