import colors from 'picocolors';
import { failedLevels, type Level, type LevelResult, levels, type Verdict } from '../spec/verdict.ts';
import { type Column, plainTable, type Row } from './plain-table.ts';
import type { KernelError } from './run.ts';

/** What a table is made from. */
export interface TableData {
  readonly verdicts: readonly Verdict[];
  readonly errors: readonly KernelError[];
}

/** `9 ms`, `1.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * The verdicts, one a row, with a column for each level that any of them ran; a level that none ran is named below
 * with its reason. Kernels that could not be judged follow, then the controls with what they had to get.
 */
export function renderTable({ verdicts, errors }: TableData, color = false): string {
  const paint = colors.createColors(color);
  const ran = levels.filter((level) =>
    verdicts.some((verdict) => verdict.levels[level].status !== 'not-run'),
  );
  const columns: Column[] = [
    { head: 'kernel' },
    { head: 'device' },
    ...ran.map((level) => ({ head: level })),
    { head: 'commands', align: 'right' },
    { head: 'time', align: 'right' },
    { head: 'verdict' },
  ];

  const cell = (verdict: Verdict, level: Level): string => {
    const { status, inputs, failed } = verdict.levels[level];
    if (status === 'not-run') return paint.dim('-');
    if (status === 'pass') return paint.green('pass');
    const text = `FAIL ${failed}/${inputs}`;
    return verdict.control?.rejectedAt === level ? paint.yellow(text) : paint.red(text);
  };
  const row = (verdict: Verdict): Row => [
    verdict.kernel,
    verdict.device.kind,
    ...ran.map((level) => cell(verdict, level)),
    String(verdict.commands),
    duration(verdict.durationMs),
    verdict.pass ? paint.green(outcome(verdict)) : paint.red(outcome(verdict)),
  ];
  const error = ({ kernel, code }: KernelError): Row => [kernel, paint.red(`not judged: ${code}`)];

  const kernels = verdicts.filter(({ control }) => control === undefined);
  const controls = verdicts.filter(({ control }) => control !== undefined);
  const rows = [...kernels.map(row), ...errors.map(error)];
  if (controls.length > 0) rows.push([''], ['controls, which check tilecheck itself'], ...controls.map(row));
  return [plainTable(columns, rows), legend(verdicts)].filter((block) => block !== '').join('\n\n');
}

/** What a verdict comes to, in words. */
function outcome(verdict: Verdict): string {
  const failed = failedLevels(verdict);
  const got = failed.length === 0 ? 'accepted' : `rejected at ${failed.join(', ')}`;
  const { control, pass } = verdict;
  if (control === undefined) return pass ? 'pass' : 'FAIL';
  if (pass) return `${got}: as it must be`;
  const wanted = control.rejectedAt === null ? 'accepted' : `rejected at ${control.rejectedAt}`;
  return `WRONG: ${got}, must be ${wanted}`;
}

/** Why `-` stands in a cell, and why a level has no column: each reason once, with its levels. */
function legend(verdicts: readonly Verdict[]): string {
  const reasons = new Map<string, Set<Level>>();
  for (const { levels: results } of verdicts) {
    for (const level of levels) {
      const { status, summary }: LevelResult = results[level];
      if (status !== 'not-run') continue;
      reasons.set(summary, (reasons.get(summary) ?? new Set()).add(level));
    }
  }
  return [...reasons].map(([summary, at]) => `${[...at].join(', ')}: ${summary}`).join('\n');
}
