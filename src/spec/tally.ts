import type { Finding } from '../device/index.ts';
import type { InputCase } from './cases.ts';
import type { Problem } from './judge.ts';
import type { Tensors } from './kernel.ts';
import { type Failure, type Level, type LevelResult, levels } from './verdict.ts';

const NOT_RUN: Readonly<Record<Level, string>> = {
  preflight: 'not run: validation does not check artifacts yet; tilecheck lint does',
  state: 'not run: there was no input',
  coverage: 'not run: no command completed',
  model: 'not run: no command completed',
  ideal: 'not run: no command completed',
  properties: 'not run: the kernel states no laws',
  latency: 'not measured: only a run on hardware says anything about speed',
};

/** A failure with the input that showed it. */
export interface Shown {
  readonly input: InputCase;
  readonly problem: Problem;
  /** The outputs that were judged. */
  readonly outputs: Tensors;
}

interface Entry {
  inputs: number;
  failed: number;
  shown?: Shown;
}

/** Elements that differ: the more there are, the more a diagnosis has to go by. */
function differing({ comparison }: Problem): number {
  return comparison?.overall.mismatches ?? 0;
}

/** Collects the judgements of a validation, level by level, and sums them up. */
export class Tally {
  commands = 0;
  /** Commands in a row that did not complete. */
  #failedInARow = 0;
  readonly #levels = new Map<Level, Entry>();
  readonly #findings = new Map<string, Finding & { runs: number }>();

  /** Enters one judgement; a problem of null passes. */
  judge(level: Level, input: InputCase, problem: Problem | null, outputs: Tensors = {}): void {
    if (level === 'state') this.#failedInARow = problem === null ? 0 : this.#failedInARow + 1;
    const entry = this.#levels.get(level) ?? { inputs: 0, failed: 0 };
    entry.inputs++;
    if (problem !== null) {
      entry.failed++;
      const known = entry.shown;
      if (known === undefined || differing(problem) > 1.5 * differing(known.problem))
        entry.shown = { input, problem, outputs };
    }
    this.#levels.set(level, entry);
  }

  /** The failure of a level that is shown and explained: the first, unless another has far more elements that differ. */
  shown(level: Level): Shown | undefined {
    return this.#levels.get(level)?.shown;
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

  /** The levels summed up; `extras` adds what is known of a level's failure beyond its evidence. */
  results(extras: ReadonlyMap<Level, Partial<Failure>>): Record<Level, LevelResult> {
    const result = (level: Level): LevelResult => {
      const entry = this.#levels.get(level);
      if (entry === undefined) return { status: 'not-run', summary: NOT_RUN[level], inputs: 0, failed: 0 };
      const { inputs, failed, shown } = entry;
      if (shown === undefined)
        return { status: 'pass', summary: `${inputs} of ${inputs} passed`, inputs, failed };
      const { evidence, comparison } = shown.problem;
      const gaveUp = level === 'state' && this.gaveUp ? '; gave up after 3 in a row' : '';
      const failure = {
        input: shown.input.name,
        path: shown.input.path,
        evidence,
        ...(comparison === undefined ? {} : { comparison }),
        ...extras.get(level),
      };
      return {
        status: 'fail',
        summary: `${failed} of ${inputs} failed${gaveUp}: ${evidence}`,
        inputs,
        failed,
        failure,
      };
    };
    return Object.fromEntries(levels.map((level) => [level, result(level)])) as Record<Level, LevelResult>;
  }
}
