import { dtypeInfo, type Shape, type Tensor, toFloat64 } from '../../tensor/index.ts';
import type { LawFailure } from './law.ts';

/** What the output of a law's last run must be. */
export interface Demand {
  /** What was done, as the head of the evidence: `rows of q permuted`. */
  readonly after: string;
  /** Inputs of the run that gave `actual`. */
  readonly inputs: LawFailure['inputs'];
  /** Name of the output. */
  readonly output: string;
  readonly actual: Tensor;
}

/** `o[17, 3]`. */
export function elementName(name: string, shape: Shape, index: number): string {
  const position: number[] = [];
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return `${name}[${position.join(', ')}]`;
}

/** Whole numbers as they are, others with six digits at most. */
export function numeral(x: number): string {
  return String(Number.isInteger(x) ? x : Number(x.toPrecision(6)));
}

/** `-12`, `-12 within 1 LSB`, or `-12 to 127` where there is a range and no one value. */
function wantedText(low: number, high: number, expected: number | undefined, unit: string): string {
  if (low === high) return numeral(low);
  if (expected === undefined) return `${numeral(low)} to ${numeral(high)}`;
  return `${numeral(expected)} within ${numeral(Math.max(high - expected, expected - low))}${unit}`;
}

/** ` LSB` for integer outputs, nothing for float ones. */
export function unitOf(t: Tensor): string {
  return dtypeInfo(t.dtype).integer ? ' LSB' : '';
}

/** Every element must lie in [low, high]; NaN lies nowhere. Null where all do. */
export function outside(
  demand: Demand,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  expected?: Tensor,
): LawFailure | null {
  const { after, inputs, output, actual } = demand;
  const values = toFloat64(actual);
  const rowLength = actual.shape.at(-1) ?? 1;
  const rows = new Set<number>();
  let count = 0;
  let worst = -1;
  let distance = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= low[i]! && value <= high[i]!) continue;
    count++;
    rows.add(Math.floor(i / rowLength));
    const away = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.max(low[i]! - value, value - high[i]!);
    if (away > distance) [worst, distance] = [i, away];
  }
  if (count === 0) return null;
  const demanded = expected === undefined ? undefined : toFloat64(expected)[worst]!;
  const wanted = wantedText(low[worst]!, high[worst]!, demanded, unitOf(actual));
  const [row] = rows;
  const where = rows.size === 1 && actual.shape.length > 1 ? `, all in row ${row}` : '';
  const evidence =
    `${after}: ${elementName(output, actual.shape, worst)} should be ${wanted} and is ` +
    `${numeral(values[worst]!)}; ${count} of ${values.length} elements break the law${where}`;
  return { evidence, inputs, ...(expected === undefined ? {} : { expected }), actual };
}

/** Every element must lie within `tolerance` of `expected`, except those that `skip` passes over. */
export function differs(
  demand: Demand,
  expected: Tensor,
  tolerance: number,
  skip: (index: number) => boolean = () => false,
): LawFailure | null {
  const wanted = toFloat64(expected);
  const low = wanted.map((x, i) => (skip(i) ? Number.NEGATIVE_INFINITY : x - tolerance));
  const high = wanted.map((x, i) => (skip(i) ? Number.POSITIVE_INFINITY : x + tolerance));
  return outside(demand, low, high, expected);
}
