import { type DType, dtypeInfo, fromStorage, sizeOf, type Tensor } from '../../tensor/index.ts';
import { Pair } from '../pair.ts';
import { entropyBits } from './bits.ts';
import {
  defaultSlack,
  type Extremes,
  extentOf,
  extremesOf,
  type Scale,
  type Sides,
  scaleOf,
  valuesOf,
} from './scale.ts';
import type { DiagnosisContext } from './types.ts';

/** Bits that "for no known reason" costs, so that any honest explanation of few elements is preferred to none. */
const LAST_RESORT = 32;

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
  /** Whether the elements lie one after another in memory: not those of a column or a tile. */
  readonly contiguous: boolean;
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
    this.contiguous = sides.contiguous;
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
      contiguous: true,
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
      contiguous: this.contiguous && ordinals.at(-1)! - ordinals[0]! === ordinals.length - 1,
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
const EXTREMES = {};
const NEAR_WEIGHT = {};
/** Steps by the golden section fall in with no period. */
const GOLDEN = 0.6180339887498949;
