import { ShapeError } from '../errors.ts';
import {
  type DType,
  describe,
  dtypeInfo,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../tensor/index.ts';
import { ulpDistances } from './ulp.ts';

/** How many values of a side are not finite. */
export interface NonFinite {
  readonly nan: number;
  readonly infinite: number;
}

/** Two tensors of one shape, unpacked to flat float64 arrays in C order; what is derived is computed once. */
export class Pair {
  readonly shape: Shape;
  readonly size: number;
  /** dtype of `actual`, the one that LSB and ULP refer to. */
  readonly dtype: DType;
  readonly integer: boolean;
  readonly expected: Float64Array;
  readonly actual: Float64Array;
  readonly #tensors: { readonly expected: Tensor; readonly actual: Tensor };
  readonly #memo = new Map<object, unknown>();

  /** Throws {@link ShapeError} naming both tensors if their shapes differ. */
  constructor(expected: Tensor, actual: Tensor) {
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
    this.expected = toFloat64(expected);
    this.actual = toFloat64(actual);
    this.#tensors = { expected, actual };
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
    const real = !dtypeInfo(this.#tensors.expected.dtype).integer;
    if (!this.integer || !real) return this.expected;
    return this.once(TARGET, () => roundedTo(this.dtype, this.expected));
  }

  /** Distance of every element from its target in ULPs of `dtype` (LSBs for integers). See {@link ulpDistances}. */
  get ulps(): Float64Array {
    return this.once(ULPS, () =>
      ulpDistances(this.#tensors.expected, this.#tensors.actual, this.target, this.actual),
    );
  }

  get nonFinite(): { readonly expected: NonFinite; readonly actual: NonFinite } {
    return this.once(NON_FINITE, () => ({
      expected: countNonFinite(this.#tensors.expected.dtype, this.expected),
      actual: countNonFinite(this.dtype, this.actual),
    }));
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

const TARGET = {};
const ULPS = {};
const NON_FINITE = {};

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
