import { codesOf, type DType, dtypeInfo, type Tensor, toFloat64 } from '../../tensor/index.ts';

/** Both sides of a comparison as plain numbers in C order. */
export interface Sides {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly expected: Float64Array;
  readonly actual: Float64Array;
  readonly ideal: Float64Array | null;
  readonly previous: ArrayLike<number> | null;
  /** Whether the elements lie one after another in memory. */
  readonly contiguous: boolean;
}

/** What counts as equal and as near, fixed once for a mismatch and all its regions. */
export interface Scale {
  /** |predicted - actual| up to `slack + ulp * |actual|` is equal. */
  readonly slack: number;
  readonly ulp: number;
  /** Errors that any other order of float operations brings; 0 for integers. */
  readonly floor: number;
  /** |predicted - actual| up to here is near. */
  readonly near: number;
  /** Steps in which errors are told. */
  readonly resolution: number;
  /** Bits that tell a near value once its prediction is known. */
  readonly nearBits: number;
  /** Bits that tell any value of the output. */
  readonly valueBits: number;
  /** How much a near element counts as explained: little if almost every value is near to every other. */
  readonly nearWeight: number;
  readonly least: number;
  readonly greatest: number;
}

/** Finite extremes of both sides and the root mean square of what is expected. */
export interface Extent {
  readonly least: number;
  readonly greatest: number;
  readonly rms: number;
}

export function extentOf({ expected, actual }: Sides): Extent {
  let least = Infinity;
  let greatest = -Infinity;
  let squares = 0;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i]!;
    const a = actual[i]!;
    if (Number.isFinite(e)) {
      squares += e * e;
      if (e < least) least = e;
      if (e > greatest) greatest = e;
    }
    if (Number.isFinite(a)) {
      if (a < least) least = a;
      if (a > greatest) greatest = a;
    }
  }
  return { least, greatest, rms: Math.sqrt(squares / Math.max(1, expected.length)) };
}

export function scaleOf(dtype: DType, { least, greatest, rms }: Extent, slack: number): Scale {
  const { integer, precision } = dtypeInfo(dtype);
  const common = { slack, least, greatest };
  if (integer) {
    const range = Math.max(4, greatest - least + 1);
    const near = slack + 1;
    return {
      ...common,
      ulp: 0,
      floor: 0,
      near,
      resolution: 1,
      nearBits: Math.log2(2 * near),
      valueBits: Math.log2(range),
      nearWeight: Math.max(0, 1 - (4 * near + 2) / range),
    };
  }
  const ulp = 2 ** (1 - precision);
  const near = Math.max(slack, rms * 2 ** -Math.min(6, precision - 4));
  const resolution = Math.max(slack, ulp * rms);
  return {
    ...common,
    ulp,
    floor: rms * 2 ** -Math.min(11, precision - 2),
    near,
    resolution,
    nearBits: Math.max(1, Math.log2((2 * near) / resolution) || 1),
    valueBits: precision + 4,
    nearWeight: 0.9,
  };
}

/** Errors that come with the arithmetic rather than with a fault. */
export function defaultSlack({ dtype, expected, actual, ideal }: Sides, { near, floor }: Scale): number {
  if (dtypeInfo(dtype).integer) return ideal === null ? 0 : 1;
  const step = Math.max(1, Math.floor(expected.length / 1024));
  const errors: number[] = [];
  for (let i = 0; i < expected.length; i += step) errors.push(Math.abs(actual[i]! - expected[i]!));
  const median = errors.sort((a, b) => a - b)[errors.length >> 1]!;
  // Noise is taken for the floor only if it is small beside the values and most elements have no other error.
  return Math.max(median <= near / 8 ? 6 * median : 0, floor);
}

/** All values in C order, without a copy where they are stored as they are. */
export function valuesOf(t: Tensor): ArrayLike<number> {
  const { integer, bytes } = dtypeInfo(t.dtype);
  return integer || bytes > 2 ? codesOf(t) : toFloat64(t);
}

export type Extremes = readonly [least: number, greatest: number];

export function extremesOf(values: Float64Array): Extremes {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  }
  return [least, greatest];
}
