import { type Acceptance, type AcceptanceResult, acceptance } from '../acceptance.ts';
import { show, showIndex } from '../numbers.ts';
import { distance, type Pair } from '../pair.ts';
import type { Sums } from '../sums.ts';
import { hasFastSums, sumsByTile } from '../tile-sums.ts';
import { runsOf } from '../tiles.ts';

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
  /** At least what any element of a tile with these sums needs, so that elements need not be looked at. */
  bound?(sums: Sums, pair: Pair): number;
  /** Whether what an element needs is its |error|, so that the sums may know which needs the most. */
  readonly byError?: boolean;
  /** The relative tolerance whose `excess` the bound is taken from. */
  readonly rtol?: number;
  /** The measured quantity at an element, with its unit. */
  measured(pair: Pair, element: number, need: number): string;
  /** The acceptance of this kind whose limit is `need` (finite), rounded outward. */
  minimum(need: number, pair: Pair): string | null;
}

/** What a rule found in a pair. */
interface Scan {
  /** Marks of the rejected; null as long as there are none. */
  rejects: Uint8Array | null;
  /** Elements of the pair. */
  readonly size: number;
  rejected: number;
  /** The first element that needs the most, and what it needs. */
  worst: number;
  need: number;
}

/** Elements judged at a time: 32 KiB, so that a block stays in the first-level cache. */
const BLOCK = 4096;

/** Takes what the elements of `pair` need into account; `ordinalOf` is where they lie in the pair that is judged. */
function scanInto(scan: Scan, rule: ElementRule, pair: Pair, ordinalOf: (element: number) => number): void {
  const block = new Float64Array(Math.min(pair.size, BLOCK));
  for (let start = 0; start < pair.size; start += BLOCK) {
    const needs = block.subarray(0, Math.min(BLOCK, pair.size - start));
    rule.needs(pair, start, needs);
    scanBlock(scan, needs, rule.limit, start, ordinalOf);
  }
}

function scanBlock(
  scan: Scan,
  needs: Float64Array,
  limit: number,
  start: number,
  ordinalOf: (element: number) => number,
): void {
  let need = scan.need;
  let found = -1;
  for (let i = 0; i < needs.length; i++) {
    const n = needs[i]!;
    if (n > limit) {
      scan.rejects ??= new Uint8Array(scan.size);
      scan.rejects[ordinalOf(start + i)] = 1;
      scan.rejected++;
    }
    if (n > need) {
      need = n;
      found = i;
    }
  }
  if (found < 0) return;
  scan.need = need;
  scan.worst = ordinalOf(start + found);
}

const itself = (element: number): number => element;

function scan(pair: Pair, rule: ElementRule): Scan {
  const found: Scan = { rejects: null, size: pair.size, rejected: 0, worst: 0, need: 0 };
  const { bound, rtol = pair.rtol } = rule;
  // What is bounded by the error needs nothing where there is none.
  if (bound !== undefined && pair.identical) return found;
  if (bound === undefined || !hasFastSums(pair) || rtol !== pair.rtol) scanInto(found, rule, pair, itself);
  else scanTiles(found, rule, pair, sumsByTile(pair));
  return found;
}

/** Tiles in the order of what they can hold; where that is neither a rejected element nor the worst, it ends. */
function scanTiles(found: Scan, rule: ElementRule, pair: Pair, sums: readonly Sums[]): void {
  const bounds = sums.map((each) => rule.bound!(each, pair));
  const order = [...bounds.keys()].filter((i) => bounds[i]! > 0).sort((x, y) => bounds[y]! - bounds[x]!);
  for (const i of order) {
    const bound = bounds[i]!;
    if (bound <= rule.limit && bound < found.need) break;
    const { starts, length } = runsOf(pair.shape, pair.tiles[i]!);
    const ordinalOf = (element: number): number => starts[Math.floor(element / length)]! + (element % length);
    const inTile: Scan = { ...found, need: 0, worst: 0 };
    const { furthest } = sums[i]!;
    if (rule.byError && bound <= rule.limit && furthest >= 0) {
      inTile.need = bound;
      inTile.worst = ordinalOf(furthest);
    } else {
      const parts =
        starts.length === 1 ? pair.parts(starts[0]!, length, FEW) : [[0, pair.tilePair(i)] as const];
      for (const [start, part] of parts) {
        scanInto(inTile, rule, part, (element) => ordinalOf(start + element));
        // Nothing after the first element that needs as much as any can is of interest.
        if (bound <= rule.limit && inTile.need === bound) break;
      }
    }
    found.rejects = inTile.rejects;
    found.rejected = inTile.rejected;
    if (inTile.need > found.need || (inTile.need === found.need && inTile.worst < found.worst)) {
      found.need = inTile.need;
      found.worst = inTile.worst;
    }
  }
}

/** Elements of a part in which the worst is searched. */
const FEW = 256;

let zeros = new Uint8Array(0);

/** Marks where nothing is rejected: always the same memory, which nobody writes to. */
function noRejects(size: number): Uint8Array {
  if (zeros.length < size) zeros = new Uint8Array(size);
  return zeros.subarray(0, size);
}

export function elementwise(rule: ElementRule): Acceptance {
  const found = (pair: Pair): Scan => pair.once(rule, () => scan(pair, rule));
  return acceptance({
    kind: rule.kind,
    text: rule.text,
    because: rule.because,
    scope: 'elementwise',
    rtol: rule.rtol,
    rejects: (pair) => found(pair).rejects ?? noRejects(pair.size),
    judgePair: (pair) => judgeScan(rule, pair, found(pair)),
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
      ? ` at ${showIndex(pair.indexOf(worst))} (expected ${show(pair.expectedAt(worst))}, actual ${show(pair.actualAt(worst))})`
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

export function absoluteError(pair: Pair, element: number): string {
  return shown(pair, distance(pair.expectedAt(element), pair.actualAt(element)));
}

/** The same against the correctly rounded expected value. */
export function targetError(pair: Pair, element: number): string {
  return shown(pair, distance(pair.targetAt(element), pair.actualAt(element)));
}

function shown(pair: Pair, d: number): string {
  return d === Infinity ? NO_DISTANCE : `max |error| ${show(d)}${unit(pair)}`;
}

/** NaN, or an infinity that the other side does not have. */
export const NO_DISTANCE = 'no finite error';
