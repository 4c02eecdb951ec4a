import colors from 'picocolors';
import { renderComparison } from '../compare/index.ts';
import type { Finding } from '../device/index.ts';
import { failedLevels, type Level, type LevelResult, type Verdict } from '../spec/verdict.ts';
import type { KernelError } from './run.ts';

/** A failed level in full, at most one screen: input, evidence and, where outputs were compared, the tile map. */
export function renderFailure(level: Level, { summary, failure }: LevelResult, color = false): string {
  if (failure === undefined) return `${level}: ${summary}`;
  const { input, comparison } = failure;
  const lines = [`${level}: ${summary}`, `input: ${input}`];
  if (comparison !== undefined) lines.push(renderComparison(comparison, { color }));
  return lines.join('\n');
}

function renderFinding({ code, evidence, fix, runs }: Finding & { readonly runs: number }): string {
  const seen = `finding ${code} in ${runs} ${runs === 1 ? 'run' : 'runs'}: ${evidence}`;
  return fix === undefined ? seen : `${seen}\n  fix: ${fix}`;
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
  for (const finding of findings) if (finding.severity === 'error') lines.push(renderFinding(finding));
  return lines.join('\n');
}

/** Why a kernel could not be judged. */
export function renderKernelError({ kernel, file, message, hint }: KernelError, color = false): string {
  const paint = colors.createColors(color);
  const named = message.includes(file) ? message : `${file}: ${message}`;
  const lines = [paint.bold(paint.red(`FAIL ${kernel}`)) + paint.dim(' not judged'), named];
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  return lines.join('\n');
}
