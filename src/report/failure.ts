import colors from 'picocolors';
import { renderComparison } from '../compare/index.ts';
import {
  type Explanation,
  failedLevels,
  type Level,
  type LevelResult,
  type Verdict,
} from '../spec/verdict.ts';
import type { KernelError } from './run.ts';

/** Lines a failure takes at most: a small terminal with its prompt. */
const LINES = 30;
const COLUMNS = 100;

function clip(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}\u2026`;
}

/** `text` after `label`, broken at spaces to at most `lines` lines of {@link COLUMNS}. */
function field(label: string, text: string, lines: number): string[] {
  const width = COLUMNS - label.length;
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1)!;
    if (row === '') rows[rows.length - 1] = word;
    else if (row.length + 1 + word.length <= width || rows.length === lines)
      rows[rows.length - 1] = `${row} ${word}`;
    else rows.push(word);
  }
  return rows.map((row, i) => clip((i === 0 ? label : ' '.repeat(label.length)) + row));
}

function explained({ diagnoses, smallest }: Explanation): string[] {
  const [best, ...others] = diagnoses;
  const lines: string[] = [];
  if (best !== undefined) {
    lines.push(...field('diagnosis  ', `${best.hypothesis} (${best.score.toFixed(2)}): ${best.evidence}`, 3));
    lines.push(...field('           ', best.hint, 2));
    for (const other of others)
      lines.push(
        ...field('       or  ', `${other.hypothesis} (${other.score.toFixed(2)}): ${other.evidence}`, 1),
      );
  }
  if (smallest !== undefined) {
    const { text, nonZero, runs, exhausted } = smallest;
    const search = `${nonZero} non-zero, found in ${runs} runs${exhausted ? ', budget spent' : ''}`;
    lines.push(...field('smallest   ', `${text} (${search})`, 2));
  }
  return lines;
}

/**
 * A failed level in full, at most one screen: the input, what is probably wrong, the smallest input that shows it, the
 * comparison with its tile map and the tolerance that would have passed, and the command that repeats it.
 */
export function renderFailure(
  level: Level,
  { summary, inputs, failed, failure }: LevelResult,
  color = false,
): string {
  if (failure === undefined) return `${level}: ${summary}`;
  const { input, evidence, comparison, explanation, replay } = failure;
  const before = [`${level}: ${failed} of ${inputs} inputs failed; shown: '${input}'`];
  if (explanation !== undefined) before.push(...explained(explanation));
  const after = replay === undefined ? [] : [`replay     ${replay}`];
  // Evidence without a comparison may be a log of several lines; it is given whole.
  const lines = LINES - before.length - after.length;
  const seen = comparison === undefined ? evidence : renderComparison(comparison, { color, lines });
  return [...before.map(clip), seen, ...after].join('\n');
}

type Found = Verdict['findings'][number];

/** A finding with its fix; the evidence is left out where `above` has it already. */
function renderFinding({ code, evidence, fix, runs }: Found, above: string): string {
  const seen = `finding ${code} in ${runs} ${runs === 1 ? 'run' : 'runs'}`;
  const lines = [above.includes(evidence) ? seen : `${seen}: ${evidence}`];
  if (fix !== undefined) lines.push(`fix: ${fix}`);
  return lines.join('\n');
}

/**
 * Why a kernel failed, at most about one screen: its most basic failed level in full, the others in a line each, and
 * its findings. A control that got a wrong verdict says what it had to get.
 */
export function renderVerdictFailure(verdict: Verdict, color = false): string {
  const paint = colors.createColors(color);
  const { kernel, device, control, findings } = verdict;
  const lines = [paint.bold(paint.red(`FAIL ${kernel}`)) + paint.dim(` on ${device.name}`)];
  if (control !== undefined) {
    const wanted =
      control.rejectedAt === null ? 'accepted' : `rejected at ${control.rejectedAt} and nowhere else`;
    lines.push(
      `a control that must be ${wanted} (${control.because}): tilecheck or its device judges wrong here`,
    );
  }
  const failed = failedLevels(verdict).filter((level) => level !== control?.rejectedAt);
  const [first, ...others] = failed;
  if (first !== undefined) lines.push(renderFailure(first, verdict.levels[first], color));
  for (const level of others) lines.push(`${level}: ${verdict.levels[level].summary}`);
  for (const finding of findings) {
    if (finding.severity === 'error') lines.push(renderFinding(finding, lines.join('\n')));
  }
  return lines.join('\n');
}

/** Why a kernel could not be judged, with the stack of what it threw where `stack`. */
export function renderKernelError(error: KernelError, { color = false, stack = false } = {}): string {
  const paint = colors.createColors(color);
  const { kernel, file, message, hint } = error;
  const named = message.startsWith(file) ? message : `${file}: ${message}`;
  const lines = [paint.bold(paint.red(`FAIL ${kernel}`)) + paint.dim(' not judged'), named];
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  if (stack && error.stack !== undefined) lines.push(error.stack);
  return lines.join('\n');
}
