import picocolors from 'picocolors';
import type { Comparison } from './compare.ts';
import type { Metrics } from './metrics.ts';
import { show, showIndex } from './numbers.ts';
import { tileMap } from './tilemap.ts';

export interface RenderOptions {
  /** Default false. */
  readonly color?: boolean;
  /** What was compared, e.g. the kernel and the input. */
  readonly title?: string;
  /** Lines it may take; the map shrinks first. Default a screen. */
  readonly lines?: number;
}

/** The screen a rendering fits on. */
export const SCREEN = { lines: 24, columns: 100 } as const;

const LABEL = 9;
const INDENT = ' '.repeat(LABEL + 2);
/** Lines the evidence may take, before and after the map. */
const EVIDENCE_LINES = 4;

/**
 * A comparison for people, on at most one screen (24 lines of 100 columns): what was asked and found, the tolerance
 * that would have passed, the worst element, ranges, errors and, where it failed, which tiles are wrong.
 */
export function renderComparison(
  comparison: Comparison,
  { color = false, title, lines: limit = SCREEN.lines }: RenderOptions = {},
): string {
  const paint = picocolors.createColors(color);
  const { pass, dtype, shape, acceptance, overall } = comparison;
  const verdict = pass ? 'PASS' : 'FAIL';
  const subject = `${title === undefined ? '' : `${title}: `}${dtype} ${showIndex(shape)}`;
  const lines = [
    ...field('wanted', acceptance.text, 2),
    ...field('found', acceptance.evidence, EVIDENCE_LINES),
    ...field('minimum', acceptance.minimum ?? 'no tolerance of this kind would have passed', 2),
    ...worstLine(comparison),
    ...field('range', rangeText(overall), 2),
    ...field('errors', errorText(overall), 1),
    ...field('hint', hint(overall), 1),
  ];
  const map = pass ? [] : tileMap(comparison, limit - 1 - lines.length - 1, SCREEN.columns - 2);
  const head = clip(`${verdict}  ${subject}`);
  const painted =
    (pass ? paint.green : paint.red)(head.slice(0, verdict.length)) + head.slice(verdict.length);
  const mapLines = map.map((line, i) => (i === 0 ? clip(`  ${line}`) : `  ${paintMap(line, paint.red)}`));
  return [painted, ...lines.map(clip), ...mapLines].slice(0, limit).join('\n');
}

function paintMap(line: string, red: (text: string) => string): string {
  return line.replaceAll(/#+/g, (wrong) => red(wrong));
}

function clip(line: string): string {
  // One line of input is one line of output: a title may hold anything.
  const single = line.replaceAll(/\p{Cc}+/gu, ' ');
  return single.length <= SCREEN.columns ? single : `${single.slice(0, SCREEN.columns - 1)}…`;
}

/** `  label    text`, wrapped at spaces to at most `most` lines, the last of which is cut if need be. */
function field(label: string, text: string, most: number): string[] {
  if (text === '') return [];
  const width = SCREEN.columns - INDENT.length;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && lines.length < most - 1) {
    const space = rest.lastIndexOf(' ', width);
    const cut = space > width / 2 ? space : width;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  lines.push(rest);
  return lines.map((line, i) => (i === 0 ? `  ${label.padEnd(LABEL)}${line}` : `${INDENT}${line}`));
}

function worstLine({ worst, grid }: Comparison): string[] {
  if (worst === null) return [];
  const several = grid.some((count) => count > 1);
  const tile = several ? ` in tile ${showIndex(worst.tile)}` : '';
  const [expected, actual, error] = [worst.expected, worst.actual, worst.error].map((x) =>
    typeof x === 'number' ? show(x) : x,
  );
  return field(
    'worst',
    `${showIndex(worst.index)}${tile}: expected ${expected}, actual ${actual}, error ${error}`,
    2,
  );
}

function rangeText({ expected, actual, count, saturated }: Metrics): string {
  const side = (name: string, { min, max }: Metrics['expected']) =>
    min === null || max === null
      ? `${name} without finite values`
      : `${name} [${show(min, 4)}, ${show(max, 4)}]`;
  const clipped = saturated === null ? '' : `, saturated ${saturated}`;
  const special = [
    ['NaN', expected.nan, actual.nan] as const,
    ['infinite', expected.infinite, actual.infinite] as const,
  ]
    .filter(([, e, a]) => e + a > 0)
    .map(([name, e, a]) => `, ${name} ${e} and ${a}`)
    .join('');
  return `${side('expected', expected)}, ${side('actual', actual)}, non-zero ${expected.nonZero} and ${actual.nonZero} of ${count}${clipped}${special}`;
}

function errorText(m: Metrics): string {
  const part = (name: string, x: number | null, unit = '') =>
    x === null ? '' : `${name} ${show(x, 4)}${unit}`;
  return [
    part('mean', m.meanAbsError),
    part('rmse', m.rmse),
    part('max', m.maxUlp, m.saturated === null ? ' ULP' : ' LSB'),
    part('correlation', m.correlation),
    part('cosine', m.cosine),
    part('SNR', m.snrDb, ' dB'),
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** What the sign of the errors says; silent unless there are enough errors to say it. */
function hint({ signBias, meanError, mismatches, actual, count }: Metrics): string {
  if (count > 0 && actual.nonZero === 0 && mismatches > 0) {
    return 'actual is all zero: the output may never have been written';
  }
  if (signBias === null || meanError === null || mismatches < 16) return '';
  const positive = signBias >= 0.5;
  const share = positive ? signBias : 1 - signBias;
  if (share < 0.9) return '';
  return `${show(share * 100, 3)} % of the errors are ${positive ? 'positive' : 'negative'} (mean ${show(meanError, 3)}): look at rounding mode and zero point`;
}
