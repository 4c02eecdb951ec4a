import { ShapeError, ValueError } from '../../errors.ts';
import {
  codesOf,
  type DType,
  describe,
  dtypeInfo,
  fromStorage,
  type RandomState,
  type Shape,
  type StorageOf,
  sizeOf,
  type Tensor,
  tensor,
  toFloat64,
} from '../../tensor/index.ts';

/** `t` with each value replaced; `index` is its number in C order. */
export function mapValues(t: Tensor, f: (value: number, index: number) => number): Tensor {
  return tensor<DType, Shape>(t.dtype, t.shape, toFloat64(t).map(f));
}

/** Real values in the shape of `t`, for what a law expects before rounding. */
export function realLike(t: Tensor, f: (index: number) => number): Tensor {
  return tensor<DType, Shape>(
    'f64',
    t.shape,
    Float64Array.from({ length: sizeOf(t.shape) }, (_, i) => f(i)),
  );
}

export function equalTensors(a: Tensor, b: Tensor): boolean {
  const [x, y] = [codesOf(a), codesOf(b)];
  return x.every((code, i) => code === y[i]);
}

/** Whole number from `low` to `high`, both included. */
export function drawInt(random: RandomState, low: number, high: number): number {
  return low + Math.floor(random.double() * (high - low + 1));
}

/** The values a law draws from: the whole range of an integer dtype, [-4, 4] of a float one. */
export function uniformLike(t: Tensor, random: RandomState): Tensor {
  const { integer, min, max } = dtypeInfo(t.dtype);
  return mapValues(t, () => (integer ? drawInt(random, min, max) : 8 * random.double() - 4));
}

/** Range of an integer part. Throws {@link ValueError} for a float one, where adding a constant rounds. */
export function integerRange(t: Tensor, law: string): { min: number; max: number } {
  const { integer, min, max } = dtypeInfo(t.dtype);
  if (!integer) {
    throw new ValueError(
      `${law} changes its input by whole steps, and the input is ${t.dtype}`,
      'give this law to kernels with integer inputs',
    );
  }
  return { min, max };
}

/** A shape seen along one of its axes: `outer` blocks of `extent` slices of `inner` elements. */
export interface AxisView {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

/** Negative axes count from the back. Throws {@link ValueError} outside the rank. */
export function alongAxis({ shape }: Tensor, axis: number): AxisView {
  const resolved = axis < 0 ? axis + shape.length : axis;
  const extent = shape[resolved];
  if (extent === undefined)
    throw new ValueError(`axis ${axis} does not exist in shape [${shape.join(', ')}]`);
  return { outer: sizeOf(shape.slice(0, resolved)), extent, inner: sizeOf(shape.slice(resolved + 1)) };
}

/** Slice `i` of the result along `axis` is slice `order[i]` of `t`. Throws {@link ShapeError} on another extent. */
export function reorder<D extends DType>(t: Tensor<D>, axis: number, order: readonly number[]): Tensor<D> {
  const { outer, extent, inner } = alongAxis(t, axis);
  if (order.length !== extent) {
    throw new ShapeError(`a law orders ${order.length} slices along axis ${axis} of ${describe(t)}`);
  }
  const codes = codesOf<D>(t);
  const result = codes.slice() as StorageOf[D];
  for (let block = 0; block < outer; block++) {
    for (let i = 0; i < extent; i++) {
      const from = (block * extent + order[i]!) * inner;
      result.set(codes.subarray(from, from + inner), (block * extent + i) * inner);
    }
  }
  return fromStorage(t.dtype, t.shape, result);
}

/** `count` of the numbers 0 to n - 1, every choice as likely as any other (Fisher and Yates). */
export function choose(count: number, n: number, random: RandomState): Set<number> {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = drawInt(random, i, n - 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return new Set(order.slice(0, count));
}

/** A random order of 0 to n - 1 that is one cycle (Sattolo, 1986), so that with n > 1 nothing stays where it was. */
export function cycleOf(n: number, random: RandomState): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = drawInt(random, 0, i - 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
