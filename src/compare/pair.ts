import { ShapeError } from '../errors.ts';
import {
  at,
  bytesOf,
  codesOf,
  type DType,
  describe,
  dtypeInfo,
  fromStorage,
  type Shape,
  type StorageOf,
  sizeOf,
  slice,
  type Tensor,
  toFloat64,
} from '../tensor/index.ts';
import { hasFastSums, sumsOverall } from './tile-sums.ts';
import { type Tile, tilesOf } from './tiles.ts';
import { ulpDistances } from './ulp.ts';

/** How many values of a side are not finite. */
export interface NonFinite {
  readonly nan: number;
  readonly infinite: number;
}

export interface PairOptions {
  /** Tile shape over the trailing axes; without it the whole tensor is one tile. */
  readonly tile?: readonly number[] | undefined;
  /** The relative tolerance that `excess` of the sums by tile is over. Default 0. */
  readonly rtol?: number | undefined;
}

/** Two tensors of one shape, seen as flat float64 arrays in C order; what is derived is computed once, when asked for. */
export class Pair {
  readonly shape: Shape;
  readonly size: number;
  /** dtype of `actual`, the one that LSB and ULP refer to. */
  readonly dtype: DType;
  readonly integer: boolean;
  readonly tensors: { readonly expected: Tensor; readonly actual: Tensor };
  readonly rtol: number;
  readonly tiles: readonly Tile[];
  readonly #memo = new Map<object, unknown>();

  /** Throws {@link ShapeError} naming both tensors if their shapes differ, and for a tile that does not fit. */
  constructor(expected: Tensor, actual: Tensor, { tile, rtol = 0 }: PairOptions = {}) {
    if (expected.shape.join() !== actual.shape.join()) {
      throw new ShapeError(
        `cannot compare expected ${describe(expected)} with actual ${describe(actual)}`,
        'both sides of a comparison have one shape',
      );
    }
    this.shape = actual.shape;
    this.size = sizeOf(actual.shape);
    this.dtype = actual.dtype;
    this.integer = dtypeInfo(actual.dtype).integer;
    this.tensors = { expected, actual };
    this.rtol = rtol;
    this.tiles = tilesOf(actual.shape, tile);
  }

  get expected(): Float64Array {
    return this.once(EXPECTED, () => toFloat64(this.tensors.expected));
  }

  get actual(): Float64Array {
    return this.once(ACTUAL, () => toFloat64(this.tensors.actual));
  }

  /** One expected value, without unpacking all. */
  expectedAt(ordinal: number): number {
    return at(this.tensors.expected, ...this.indexOf(ordinal));
  }

  actualAt(ordinal: number): number {
    return at(this.tensors.actual, ...this.indexOf(ordinal));
  }

  /** One value of {@link target}. */
  targetAt(ordinal: number): number {
    const x = this.expectedAt(ordinal);
    return this.#rounds ? roundedTo(this.dtype, Float64Array.of(x))[0]! : x;
  }

  /** One tile as a pair of its own, which knows nothing of the rest. */
  tilePair(index: number): Pair {
    if (this.tiles.length === 1) return this;
    const { origin, extent } = this.tiles[index]!;
    const end = origin.map((from, axis) => from + extent[axis]!);
    const { expected, actual } = this.tensors;
    return new Pair(slice(expected, origin, end), slice(actual, origin, end), { rtol: this.rtol });
  }

  /** `length` elements from `start` on in C order as pairs of at most `most`, each after where it starts among them. */
  *parts(start: number, length: number, most: number): Generator<readonly [number, Pair]> {
    const [expected, actual] = [codesOf(this.tensors.expected), codesOf(this.tensors.actual)];
    for (let from = 0; from < length; from += most) {
      const size = Math.min(most, length - from);
      const part = (dtype: DType, codes: StorageOf[DType]): Tensor =>
        fromStorage(dtype, [size], codes.subarray(start + from, start + from + size) as StorageOf[DType]);
      const { rtol } = this;
      yield [from, new Pair(part(this.tensors.expected.dtype, expected), part(this.dtype, actual), { rtol })];
    }
  }

  /** `compute()` the first time `key` is asked for, the same object afterwards. */
  once<T>(key: object, compute: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, compute());
    return this.#memo.get(key) as T;
  }

  /**
   * The value an exact kernel would have written. A real-valued ideal of an integer output is rounded half to even
   * and saturated to the output's dtype (NaN and infinities stay); everything else is the expected value itself.
   */
  get target(): Float64Array {
    if (!this.#rounds) return this.expected;
    return this.once(TARGET, () => roundedTo(this.dtype, this.expected));
  }

  /** Whether both sides are the same integers to the last bit, which a comparison of bytes tells. */
  get identical(): boolean {
    const { expected, actual } = this.tensors;
    return (
      this.integer &&
      expected.dtype === actual.dtype &&
      this.once(IDENTICAL, () => Buffer.compare(bytesOf(expected), bytesOf(actual)) === 0)
    );
  }

  get #rounds(): boolean {
    return this.integer && !dtypeInfo(this.tensors.expected.dtype).integer;
  }

  /** Distance of every element from its target in ULPs of `dtype` (LSBs for integers). See {@link ulpDistances}. */
  get ulps(): Float64Array {
    return this.once(ULPS, () =>
      ulpDistances(this.tensors.expected, this.tensors.actual, this.target, this.actual),
    );
  }

  get nonFinite(): { readonly expected: NonFinite; readonly actual: NonFinite } {
    return this.once(NON_FINITE, () => {
      if (this.integer && !this.#rounds) return ALL_FINITE;
      if (hasFastSums(this)) return sumsOverall(this);
      return {
        expected: countNonFinite(this.tensors.expected.dtype, this.expected),
        actual: countNonFinite(this.dtype, this.actual),
      };
    });
  }

  /** Index of the element at `ordinal` in C order. */
  indexOf(ordinal: number): number[] {
    const index = new Array<number>(this.shape.length);
    let rest = ordinal;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const extent = this.shape[axis]!;
      index[axis] = rest % extent;
      rest = Math.floor(rest / extent);
    }
    return index;
  }
}

const EXPECTED = {};
const ACTUAL = {};
const TARGET = {};
const ULPS = {};
const NON_FINITE = {};
const IDENTICAL = {};
const ALL_FINITE = { expected: { nan: 0, infinite: 0 }, actual: { nan: 0, infinite: 0 } };

/** Adding and taking away 1.5 * 2^52 leaves a float64 below 2^51 rounded half to even to a whole number. */
const HALF_EVEN = 1.5 * 2 ** 52;

/** Values rounded half to even and saturated to an integer dtype; NaN and infinities stay what they are. */
function roundedTo(dtype: DType, values: Float64Array): Float64Array {
  const { min, max } = dtypeInfo(dtype);
  const rounded = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const inRange = Math.max(min, Math.min(x, max));
    rounded[i] = Number.isFinite(x) ? inRange + HALF_EVEN - HALF_EVEN : x;
  }
  return rounded;
}

function countNonFinite(dtype: DType, values: Float64Array): NonFinite {
  let nan = 0;
  let infinite = 0;
  if (!dtypeInfo(dtype).integer) {
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) {
        if (Number.isNaN(x)) nan++;
        else infinite++;
      }
    }
  }
  return { nan, infinite };
}

/** |actual - expected|: 0 for equal infinities, Infinity where either side is NaN or only one is that infinity. */
export function distance(expected: number, actual: number): number {
  const d = Math.abs(actual - expected);
  return Number.isNaN(d) ? (expected === actual ? 0 : Infinity) : d;
}
