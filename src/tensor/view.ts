import ndarray, { type NdArray } from 'ndarray';
import { ShapeError } from '../errors.ts';
import type { DType, StorageOf } from './dtype.ts';
import { checkShape, copyOf, describe, isContiguous, type Shape, sizeOf, type Tensor } from './tensor.ts';

function wrap<D extends DType>(dtype: D, view: NdArray<StorageOf[D]>): Tensor<D> {
  return { dtype, shape: view.shape, view };
}

/** Reorders the axes without copying; without `axes`, reverses them. */
export function transpose<D extends DType>(t: Tensor<D>, axes?: readonly number[]): Tensor<D> {
  const order = axes ?? t.shape.map((_, axis) => t.shape.length - 1 - axis);
  const valid = order.length === t.shape.length && new Set(order).size === order.length;
  if (!valid || order.some((axis) => !(axis in t.shape))) {
    throw new ShapeError(`axes [${order.join(', ')}] do not permute ${describe(t)}`);
  }
  return wrap(t.dtype, t.view.transpose(...order));
}

/** Elements `start[i] .. end[i] - 1` of every axis, without copying. */
export function slice<D extends DType>(
  t: Tensor<D>,
  start: readonly number[],
  end: readonly number[],
): Tensor<D> {
  const valid = t.shape.every((extent, axis) => {
    const from = start[axis] ?? -1;
    const to = end[axis] ?? -1;
    return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= extent;
  });
  if (!valid || start.length !== t.shape.length || end.length !== t.shape.length) {
    throw new ShapeError(`slice [${start.join(', ')}] to [${end.join(', ')}] lies outside ${describe(t)}`);
  }
  const extents = end.map((to, axis) => to - start[axis]!);
  return wrap(t.dtype, t.view.lo(...start).hi(...extents));
}

/** Sub-tensor at `index` of the first axis, without copying. */
export function row<D extends DType>(t: Tensor<D>, index: number): Tensor<D> {
  if (t.shape.length === 0 || !Number.isInteger(index) || index < 0 || index >= t.shape[0]!) {
    throw new ShapeError(`row ${index} lies outside ${describe(t)}`);
  }
  return wrap(t.dtype, t.view.pick(index, ...t.shape.slice(1).map(() => null)));
}

/** The same elements in C order under another shape; shares storage where `t` is contiguous, copies otherwise. */
export function reshape<D extends DType, const S extends Shape>(t: Tensor<D>, shape: S): Tensor<D, S> {
  checkShape(shape);
  if (sizeOf(shape) !== sizeOf(t.shape)) {
    throw new ShapeError(`cannot reshape ${describe(t)} to [${shape.join(', ')}]`);
  }
  const source = isContiguous(t) ? t : copyOf(t);
  const view = ndarray(source.view.data, [...shape], undefined, source.view.offset);
  return { dtype: t.dtype, shape, view: view as NdArray<StorageOf[D]> };
}

/** A strided view over `storage` without copying: `stride` and `offset` count elements. */
export function strided<D extends DType, const S extends Shape>(
  dtype: D,
  shape: S,
  storage: StorageOf[D],
  stride: readonly number[],
  offset: number,
): Tensor<D, S> {
  checkShape(shape);
  const reach = shape.reduce((sum, extent, axis) => sum + (extent - 1) * stride[axis]!, offset);
  const fits =
    stride.length === shape.length &&
    [offset, ...stride].every((step) => Number.isInteger(step) && step >= 0);
  if (!fits || (sizeOf(shape) > 0 && reach >= storage.length)) {
    throw new ShapeError(
      `view [${shape.join(', ')}] with stride [${stride.join(', ')}] leaves its ${storage.length} elements`,
    );
  }
  return { dtype, shape, view: ndarray(storage, [...shape], [...stride], offset) as NdArray<StorageOf[D]> };
}
