import {
  codesOf,
  type DType,
  dtypeInfo,
  fromStorage,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../../tensor/index.ts';
import { Pair } from '../pair.ts';
import { entropyBits } from './bits.ts';
import type { DiagnosisContext } from './types.ts';

/** Bits that "for no known reason" costs, so that any honest explanation of few elements is preferred to none. */
const LAST_RESORT = 32;

interface Sides {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly expected: Float64Array;
  readonly actual: Float64Array;
  readonly ideal: Float64Array | null;
  readonly previous: ArrayLike<number> | null;
}

/** What counts as equal and as near, fixed once for a mismatch and all its regions. */
interface Scale {
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

/** A pair of outputs that differ, unpacked once for all hypotheses; or the part of such a pair in a region. */
export class Mismatch {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly integer: boolean;
  /** What an exact kernel would have written (see `Pair.target`), in C order. */
  readonly expected: Float64Array;
  readonly actual: Float64Array;
  /** The real values behind `expected`, where they are known and the output is an integer. */
  readonly ideal: Float64Array | null;
  readonly previous: ArrayLike<number> | null;
  readonly context: DiagnosisContext;
  readonly scale: Scale;
  /** Ordinals of the elements that are not equal, ascending. */
  readonly wrong: Int32Array;
  readonly isWrong: Uint8Array;
  readonly #memo = new Map<object, unknown>();

  constructor(sides: Sides, context: DiagnosisContext, scale: Scale) {
    this.dtype = sides.dtype;
    this.shape = sides.shape;
    this.size = sides.expected.length;
    this.integer = dtypeInfo(sides.dtype).integer;
    this.expected = sides.expected;
    this.actual = sides.actual;
    this.ideal = sides.ideal;
    this.previous = sides.previous;
    this.context = context;
    this.scale = scale;
    this.isWrong = new Uint8Array(this.size);
    const wrong = new Int32Array(this.size);
    let count = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.equal(this.expected[i]!, this.actual[i]!)) continue;
      wrong[count++] = i;
      this.isWrong[i] = 1;
    }
    this.wrong = wrong.subarray(0, count);
  }

  /** Throws ShapeError if the shapes differ. */
  static of(expected: Tensor, actual: Tensor, context: DiagnosisContext): Mismatch {
    const pair = new Pair(expected, actual);
    const rounded = pair.target !== pair.expected;
    const { previous } = context;
    const sides: Sides = {
      dtype: pair.dtype,
      shape: pair.shape,
      expected: pair.target,
      actual: pair.actual,
      ideal: rounded ? pair.expected : null,
      previous: previous !== undefined && sizeOf(previous.shape) === pair.size ? valuesOf(previous) : null,
    };
    const extent = extentOf(sides);
    const strict = scaleOf(sides.dtype, extent, 0);
    const slack = context.tolerance ?? defaultSlack(sides, strict);
    if (slack > 0) {
      const tolerant = new Mismatch(sides, context, scaleOf(sides.dtype, extent, slack));
      if (tolerant.wrong.length > 0) return tolerant;
    }
    return new Mismatch(sides, context, strict);
  }

  /** The elements at `ordinals`, as a mismatch of `shape`. */
  part(ordinals: Int32Array, shape: readonly number[]): Mismatch {
    const pick = (values: ArrayLike<number>): Float64Array => {
      const picked = new Float64Array(ordinals.length);
      for (let i = 0; i < picked.length; i++) picked[i] = values[ordinals[i]!]!;
      return picked;
    };
    const sides: Sides = {
      dtype: this.dtype,
      shape,
      expected: pick(this.expected),
      actual: pick(this.actual),
      ideal: this.ideal === null ? null : pick(this.ideal),
      previous: this.previous === null ? null : pick(this.previous),
    };
    return new Mismatch(sides, this.#contextOf(pick), this.scale);
  }

  /** What of the context holds for a part: inputs as large as the output go with it, tiles and cores do not. */
  #contextOf(pick: (values: ArrayLike<number>) => Float64Array): DiagnosisContext {
    const { canary, inputs = {} } = this.context;
    const parts = Object.entries(inputs).map(([name, input]): [string, Tensor] => {
      if (sizeOf(input.shape) !== this.size) return [name, input];
      const picked = pick(valuesOf(input));
      return [name, fromStorage('f64', [picked.length], picked as Float64Array<ArrayBuffer>)];
    });
    return { inputs: Object.fromEntries(parts), ...(canary === undefined ? {} : { canary }) };
  }

  equal(predicted: number, actual: number): boolean {
    if (predicted === actual) return true;
    const { slack, ulp } = this.scale;
    if (Math.abs(predicted - actual) <= slack + ulp * Math.abs(actual)) return Number.isFinite(actual);
    return Number.isNaN(predicted) && Number.isNaN(actual);
  }

  /** Least and greatest value of each side. */
  get extremes(): { readonly expected: Extremes; readonly actual: Extremes } {
    return this.once(EXTREMES, () => ({
      expected: extremesOf(this.expected),
      actual: extremesOf(this.actual),
    }));
  }

  /** Columns: the extent of the last axis. */
  get columns(): number {
    return this.shape.at(-1) ?? 1;
  }

  /** Bits that the mismatch takes without an explanation: which elements are wrong, and the value of each. */
  get nullBits(): number {
    return this.bareBits + LAST_RESORT;
  }

  get bareBits(): number {
    const count = this.wrong.length;
    return entropyBits([count, this.size - count]) + count * this.scale.valueBits;
  }

  /** `compute()` the first time `key` is asked for, the same object afterwards. */
  once<T>(key: object, compute: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, compute());
    return this.#memo.get(key) as T;
  }

  /**
   * How much an element near its prediction counts as explained: nothing where most errors of floats are small anyway,
   * because then the expected values themselves are as near.
   */
  get nearWeight(): number {
    return this.once(NEAR_WEIGHT, () => {
      const { expected, actual, scale, integer } = this;
      if (integer) return scale.nearWeight;
      const sample = this.sample(256);
      const small = sample.filter((i) => Math.abs(actual[i]! - expected[i]!) <= 2 * scale.near).length;
      return small > 0.9 * sample.length ? 0 : scale.nearWeight;
    });
  }

  /** Bytes of what is expected as it would be stored, one after another. */
  get expectedBytes(): Uint8Array {
    return this.once(EXPECTED_BYTES, () => {
      const { storage, encode } = dtypeInfo(this.dtype);
      const codes = new storage(this.size);
      for (let i = 0; i < codes.length; i++) codes[i] = encode(this.expected[i]!);
      return new Uint8Array(codes.buffer);
    });
  }

  /** At most `count` of the wrong elements, evenly spread but out of step with rows and tiles. */
  sample(count: number): Int32Array {
    const { wrong } = this;
    if (wrong.length <= count) return wrong;
    const picked = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const place = k + ((k * GOLDEN) % 1);
      picked[k] = wrong[Math.floor((place * wrong.length) / count)]!;
    }
    return picked;
  }
}

const EXPECTED_BYTES = {};
/** All values in C order, without a copy where they are stored as they are. */
export function valuesOf(t: Tensor): ArrayLike<number> {
  const { integer, bytes } = dtypeInfo(t.dtype);
  return integer || bytes > 2 ? codesOf(t) : toFloat64(t);
}

const GOLDEN = 0.6180339887498949;
const NEAR_WEIGHT = {};
const EXTREMES = {};

export type Extremes = readonly [least: number, greatest: number];

function extremesOf(values: Float64Array): Extremes {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  }
  return [least, greatest];
}

/** Finite extremes of both sides and the root mean square of what is expected. */
interface Extent {
  readonly least: number;
  readonly greatest: number;
  readonly rms: number;
}

function extentOf({ expected, actual }: Sides): Extent {
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

function scaleOf(dtype: DType, { least, greatest, rms }: Extent, slack: number): Scale {
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
function defaultSlack({ dtype, expected, actual, ideal }: Sides, { near, floor }: Scale): number {
  if (dtypeInfo(dtype).integer) return ideal === null ? 0 : 1;
  const step = Math.max(1, Math.floor(expected.length / 1024));
  const errors: number[] = [];
  for (let i = 0; i < expected.length; i += step) errors.push(Math.abs(actual[i]! - expected[i]!));
  const median = errors.sort((a, b) => a - b)[errors.length >> 1]!;
  // Noise is taken for the floor only if it is small beside the values and most elements have no other error.
  return Math.max(median <= near / 8 ? 6 * median : 0, floor);
}
