import colors from 'picocolors';
import { renderComparison } from '../compare/index.ts';
import { failedLevels, type Level, type LevelResult, type Verdict } from '../spec/verdict.ts';
import type { KernelError } from './run.ts';

/** A failed level in full, at most one screen: input, evidence and, where outputs were compared, the tile map. */
export function renderFailure(
  level: Level,
  { summary, inputs, failed, failure }: LevelResult,
  color = false,
): string {
  if (failure === undefined) return `${level}: ${summary}`;
  const { input, evidence, comparison } = failure;
  return [
    `${level}: ${failed} of ${inputs} inputs failed, first '${input}'`,
    comparison === undefined ? evidence : renderComparison(comparison, { color }),
  ].join('\n');
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
