import { type Acceptance, type AcceptanceResult, acceptance } from '../acceptance.ts';
import { show, showIndex } from '../numbers.ts';
import { distance, type Pair } from '../pair.ts';

/** What sets one elementwise acceptance apart from the others. */
export interface ElementRule {
  readonly kind: string;
  readonly text: string;
  readonly because: string | undefined;
  /** The number that is compared with what each element needs. */
  readonly limit: number;
  /**
   * Writes to `out` the limit each element from `start` on would need to be accepted: at most `limit` if it is
   * accepted now, Infinity if no limit would do. A block at a time, because a call for each element is slow.
   */
  needs(pair: Pair, start: number, out: Float64Array): void;
  /** The measured quantity at an element, with its unit. */
  measured(pair: Pair, element: number, need: number): string;
  /** The acceptance of this kind whose limit is `need` (finite), rounded outward. */
  minimum(need: number, pair: Pair): string | null;
}

/** What a rule found in a pair. */
class Scan {
  readonly rejects: Uint8Array;
  rejected = 0;
  /** The element that needs the most, and what it needs. */
  worst = 0;
  need = 0;

  constructor(size: number) {
    this.rejects = new Uint8Array(size);
  }

  add(start: number, needs: Float64Array, limit: number): void {
    let { rejected, worst, need } = this;
    for (let i = 0; i < needs.length; i++) {
      const n = needs[i]!;
      if (n > limit) {
        this.rejects[start + i] = 1;
        rejected++;
      }
      if (n > need) {
        need = n;
        worst = start + i;
      }
    }
    this.rejected = rejected;
    this.worst = worst;
    this.need = need;
  }
}

/** Elements judged at a time: 32 KiB, so that a block stays in the first-level cache. */
const BLOCK = 4096;

export function elementwise(rule: ElementRule): Acceptance {
  const scan = (pair: Pair): Scan =>
    pair.once(rule, () => {
      const found = new Scan(pair.size);
      const block = new Float64Array(Math.min(pair.size, BLOCK));
      for (let start = 0; start < pair.size; start += BLOCK) {
        const needs = block.subarray(0, Math.min(BLOCK, pair.size - start));
        rule.needs(pair, start, needs);
        found.add(start, needs, rule.limit);
      }
      return found;
    });
  return acceptance({
    kind: rule.kind,
    text: rule.text,
    because: rule.because,
    scope: 'elementwise',
    rejects: (pair) => scan(pair).rejects,
    judgePair: (pair) => judgeScan(rule, pair, scan(pair)),
  });
}

function judgeScan(rule: ElementRule, pair: Pair, scan: Scan): AcceptanceResult {
  const { text } = rule;
  if (pair.size === 0) {
    return {
      pass: false,
      text,
      evidence: `nothing to compare: shape ${showIndex(pair.shape)}`,
      minimum: null,
    };
  }
  const { rejected, worst, need } = scan;
  const pass = rejected === 0;
  const where =
    need > 0
      ? ` at ${showIndex(pair.indexOf(worst))} (expected ${show(pair.expected[worst]!)}, actual ${show(pair.actual[worst]!)})`
      : '';
  const verdict = pass ? '' : `; ${rejected} of ${pair.size} elements rejected`;
  return {
    pass,
    text,
    evidence: `${rule.measured(pair, worst, need)}${where}${verdict}${nonFiniteNote(pair)}`,
    minimum: Number.isFinite(need) ? rule.minimum(need, pair) : null,
  };
}

export function distances(
  expected: Float64Array,
  actual: Float64Array,
  start: number,
  out: Float64Array,
): void {
  for (let i = 0; i < out.length; i++) out[i] = distance(expected[start + i]!, actual[start + i]!);
}

/** `; NaN: expected 0, actual 3` and the like, empty where all is finite. */
function nonFiniteNote(pair: Pair): string {
  const { expected, actual } = pair.nonFinite;
  const note = (name: string, e: number, a: number) =>
    e + a > 0 ? `; ${name}: expected ${e}, actual ${a}` : '';
  return note('NaN', expected.nan, actual.nan) + note('infinite', expected.infinite, actual.infinite);
}

/** "LSB" for integer outputs, nothing for floats. */
export function unit(pair: Pair): string {
  return pair.integer ? ' LSB' : '';
}

export function absoluteError(pair: Pair, element: number, against: Float64Array = pair.expected): string {
  const d = distance(against[element]!, pair.actual[element]!);
  return d === Infinity ? NO_DISTANCE : `max |error| ${show(d)}${unit(pair)}`;
}

/** NaN, or an infinity that the other side does not have. */
export const NO_DISTANCE = 'no finite error';
