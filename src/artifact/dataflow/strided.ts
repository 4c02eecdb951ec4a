import type { TransferPart } from '../txn/index.ts';

/** A repeated step: `count` places, `stride` bytes apart. */
export interface Repeat {
  readonly count: number;
  readonly stride: number;
}

/**
 * A regular pattern of byte ranges: `length` bytes at `start`, and the same again at every combination of `repeats`.
 * In normal form repeats are ordered by ascending stride and every stride exceeds what a smaller one could have merged
 * into the length; a large strided transfer is a few numbers, never a list.
 */
export interface Pattern {
  readonly start: number;
  readonly length: number;
  readonly repeats: readonly Repeat[];
}

/** Number of ranges a pattern has, and how far the last one reaches. */
export function patternCount(pattern: Pattern): number {
  return pattern.repeats.reduce((product, { count }) => product * count, 1);
}

export function patternEnd(pattern: Pattern): number {
  return pattern.repeats.reduce(
    (end, { count, stride }) => end + (count - 1) * stride,
    pattern.start + pattern.length,
  );
}

/** Whether the ranges of a pattern in normal form come in ascending order and never meet: nothing is counted twice. */
export function isSeparate(pattern: Pattern): boolean {
  let extent = pattern.length;
  for (const { count, stride } of pattern.repeats) {
    if (stride < extent) return false;
    extent += (count - 1) * stride;
  }
  return true;
}

/** Brings a pattern into normal form: the same set of bytes with as few repeats as can be told locally. */
export function normalise(pattern: Pattern): Pattern {
  const sorted = pattern.repeats
    .filter(({ count, stride }) => count > 1 && stride > 0)
    .sort((a, b) => a.stride - b.stride);
  let length = pattern.length;
  const repeats: Repeat[] = [];
  for (const repeat of sorted) {
    const inner = repeats.at(-1);
    if (inner === undefined && repeat.stride <= length) {
      length += (repeat.count - 1) * repeat.stride;
    } else if (inner !== undefined && continues(inner, repeat)) {
      // The outer step is a multiple of the inner one that it reaches or overlaps: one longer row of the same step.
      const ratio = repeat.stride / inner.stride;
      repeats[repeats.length - 1] = { count: (repeat.count - 1) * ratio + inner.count, stride: inner.stride };
    } else {
      repeats.push(repeat);
    }
  }
  return { start: pattern.start, length, repeats };
}

function continues(inner: Repeat, outer: Repeat): boolean {
  return outer.stride % inner.stride === 0 && outer.stride / inner.stride <= inner.count;
}

/**
 * The byte ranges one descriptor touches in `runs` runs, as at most six patterns, by the loop of FORMATS.md 5.5:
 * dimension 0 wraps into 1, 1 into 2, dimension 2 counts until the length is spent, and the iteration steps once a
 * run. Offsets count from the argument's start.
 */
export function partPatterns(part: Pick<TransferPart, 'fields' | 'byteOffset'>, runs: number): Pattern[] {
  const { length, d0Wrap, d0Step, d1Wrap, d1Step, d2Step } = part.fields;
  if (length === 0) return [];
  const [step0, step1, step2] = [4 * d0Step, 4 * d1Step, 4 * d2Step];
  // Wrap 0 never wraps: the dimension holds everything.
  const row = d0Wrap === 0 ? length : Math.min(d0Wrap, length);
  const rows = d1Wrap === 0 ? Math.ceil(length / row) : d1Wrap;
  const plane = row * rows;
  const planes = Math.floor(length / plane);
  const restRows = Math.floor((length % plane) / row);
  const restWords = (length % plane) % row;

  const oneRun: Pattern[] = [];
  // The low two address bits are dropped (FORMATS.md 5.3), and arguments start on a page.
  const base = part.byteOffset - (part.byteOffset % 4);
  const add = (at: number, ...repeats: Repeat[]): void => {
    oneRun.push({ start: base + at, length: 4, repeats });
  };
  const columns = { count: row, stride: step0 };
  if (planes > 0) add(0, columns, { count: rows, stride: step1 }, { count: planes, stride: step2 });
  if (restRows > 0) add(planes * step2, columns, { count: restRows, stride: step1 });
  if (restWords > 0) add(planes * step2 + restRows * step1, { count: restWords, stride: step0 });

  return oneRun.flatMap((pattern) =>
    iterations(part, runs).map(({ first, count, stride }) =>
      normalise({
        start: pattern.start + first * stride,
        length: pattern.length,
        repeats: [...pattern.repeats, { count, stride }],
      }),
    ),
  );
}

/** The iteration offsets that occur in `runs` runs: one ascending row, or two where the counter starts again. */
function iterations(
  part: Pick<TransferPart, 'fields'>,
  runs: number,
): { readonly first: number; readonly count: number; readonly stride: number }[] {
  const { iterationWrap, iterationStep } = part.fields;
  const stride = 4 * iterationStep;
  const current = part.fields.iterationCurrent % iterationWrap;
  const distinct = Math.min(runs, iterationWrap);
  if (distinct === iterationWrap) return [{ first: 0, count: iterationWrap, stride }];
  const straight = Math.min(distinct, iterationWrap - current);
  const rows = [{ first: current, count: straight, stride }];
  if (straight < distinct) rows.push({ first: 0, count: distinct - straight, stride });
  return rows;
}
