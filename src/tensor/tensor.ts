import ndarray, { type NdArray } from 'ndarray';
import { ShapeError, ValueError } from '../errors.ts';
import { type DType, dtypeInfo, type StorageOf } from './dtype.ts';

export type Shape = readonly number[];

/**
 * An n-dimensional array with its dtype and shape in the type. `view` is an `ndarray` over the stored codes and may
 * be strided; two tensors may share storage. Values are read with {@link at} or {@link toFloat64}, never by looking
 * at bf16/f16 codes directly.
 */
export interface Tensor<D extends DType = DType, S extends Shape = Shape> {
  readonly dtype: D;
  readonly shape: S;
  readonly view: NdArray<StorageOf[D]>;
}

/** Number of elements of a shape; 1 for a scalar `[]`. */
export function sizeOf(shape: Shape): number {
  if (shape.includes(0)) return 0; // before other extents can overflow to Infinity, and Infinity * 0 is NaN
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Throws {@link ShapeError} unless every extent is a whole number from 0. */
export function checkShape(shape: Shape): void {
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new ShapeError(
        `shape [${shape.join(', ')}] has extent ${extent}; extents are whole numbers from 0`,
      );
    }
  }
}

/** Wraps storage as a C-contiguous tensor without copying. Throws {@link ShapeError} if the length does not fit. */
export function fromStorage<D extends DType, const S extends Shape>(
  dtype: D,
  shape: S,
  storage: StorageOf[D],
): Tensor<D, S> {
  checkShape(shape);
  if (storage.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${storage.length} elements do not fill shape [${shape.join(', ')}] (${sizeOf(shape)} elements)`,
    );
  }
  return { dtype, shape, view: ndarray(storage, [...shape]) };
}

/** A zero-filled tensor. */
export function zeros<D extends DType, const S extends Shape>(dtype: D, shape: S): Tensor<D, S> {
  checkShape(shape);
  return fromStorage(dtype, shape, new (dtypeInfo(dtype).storage)(sizeOf(shape)));
}

/**
 * A tensor of the given values in C order. Floats are rounded to nearest even; an integer dtype takes only whole
 * values in its range (quantise first otherwise). Throws {@link ShapeError} or {@link ValueError}.
 */
export function tensor<D extends DType, const S extends Shape>(
  dtype: D,
  shape: S,
  values: ArrayLike<number>,
): Tensor<D, S> {
  const info = dtypeInfo(dtype);
  checkShape(shape);
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${values.length} values do not fill shape [${shape.join(', ')}] (${sizeOf(shape)} elements)`,
    );
  }
  const storage = new info.storage(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (info.integer && !(Number.isInteger(value) && value >= info.min && value <= info.max)) {
      throw new ValueError(
        `value ${value} at index ${i} is not a ${dtype}`,
        'quantise it, naming rounding and saturation',
      );
    }
    storage[i] = info.encode(value);
  }
  return fromStorage(dtype, shape, storage);
}

function isIndex(i: number, extent: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < extent;
}

/** Value (decoded) of one element. Throws {@link ShapeError} outside the shape. */
export function at(t: Tensor, ...index: readonly number[]): number {
  const inside = index.length === t.shape.length && index.every((i, axis) => isIndex(i, t.shape[axis]!));
  if (!inside) throw new ShapeError(`index [${index.join(', ')}] lies outside shape [${t.shape.join(', ')}]`);
  return dtypeInfo(t.dtype).decode(t.view.get(...index));
}

/** Whether the elements lie one after another in C order. */
export function isContiguous(t: Tensor): boolean {
  let expected = 1;
  for (let axis = t.shape.length - 1; axis >= 0; axis--) {
    if (t.shape[axis] !== 1 && t.view.stride[axis] !== expected) return false;
    expected *= t.shape[axis]!;
  }
  return true;
}

/**
 * Calls `visit` for each run of elements along the last axis, in C order: `position` is where it starts in storage,
 * `step` the distance between its elements, `ordinal` its first element's number in C order.
 */
function forEachRun(
  t: Tensor,
  visit: (position: number, step: number, ordinal: number, length: number) => void,
): void {
  const { shape } = t;
  const { stride, offset } = t.view;
  const last = shape.length - 1;
  const length = shape[last] ?? 1;
  const step = stride[last] ?? 1;
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let position = offset;
  for (let ordinal = 0; ordinal < size; ordinal += length) {
    visit(position, step, ordinal, length);
    for (let axis = last - 1; axis >= 0; axis--) {
      position += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      position -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** The stored codes in C order: the tensor's own storage where it is contiguous, a copy otherwise. */
export function codesOf<D extends DType>(t: Tensor<D>): StorageOf[D] {
  const data = t.view.data;
  const size = sizeOf(t.shape);
  if (isContiguous(t)) return data.subarray(t.view.offset, t.view.offset + size) as StorageOf[D];
  const codes = new (dtypeInfo(t.dtype).storage)(size);
  forEachRun(t, (position, step, ordinal, length) => {
    for (let i = 0; i < length; i++) codes[ordinal + i] = data[position + i * step]!;
  });
  return codes;
}

/** A fresh C-contiguous copy that shares no storage with `t`. */
export function copyOf<D extends DType, S extends Shape>(t: Tensor<D, S>): Tensor<D, S> {
  return fromStorage(t.dtype, t.shape, codesOf(t).slice() as StorageOf[D]);
}

/** All values (decoded) in C order as a fresh array. */
export function toFloat64(t: Tensor): Float64Array<ArrayBuffer> {
  const codes = codesOf(t);
  const { decode, integer, bytes } = dtypeInfo(t.dtype);
  const values = new Float64Array(codes);
  if (integer || bytes > 2) return values;
  for (let i = 0; i < values.length; i++) values[i] = decode(values[i]!);
  return values;
}

/** Copies `source` (same dtype and shape) into the storage behind `target`, which may be a strided view. */
export function assign<D extends DType>(target: Tensor<D>, source: Tensor<D>): void {
  if (target.dtype !== source.dtype || target.shape.join() !== source.shape.join()) {
    throw new ShapeError(`cannot assign ${describe(source)} to ${describe(target)}`);
  }
  const data = target.view.data;
  // A source in the same memory is copied first, or it would be overwritten while it is read.
  const codes = source.view.data.buffer === data.buffer ? codesOf(copyOf(source)) : codesOf(source);
  if (isContiguous(target)) {
    data.set(codes, target.view.offset);
    return;
  }
  forEachRun(target, (position, step, ordinal, length) => {
    for (let i = 0; i < length; i++) data[position + i * step] = codes[ordinal + i]!;
  });
}

/** The bytes (little-endian, C order), sharing storage where `t` is contiguous. */
export function bytesOf(t: Tensor): Uint8Array<ArrayBuffer> {
  const codes = codesOf(t);
  return new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
}

/** A tensor over `bytes` (little-endian, C order); shares them where their alignment allows, copies otherwise. */
export function fromBytes<D extends DType, const S extends Shape>(
  dtype: D,
  shape: S,
  bytes: Uint8Array<ArrayBuffer>,
): Tensor<D, S> {
  const info = dtypeInfo(dtype);
  checkShape(shape);
  const size = sizeOf(shape);
  if (bytes.byteLength !== size * info.bytes) {
    throw new ShapeError(
      `${bytes.byteLength} bytes do not fill ${dtype} [${shape.join(', ')}] (${size * info.bytes} bytes)`,
    );
  }
  // Not bytes.slice(): that of a Node Buffer shares memory, and so keeps the misalignment.
  const aligned = bytes.byteOffset % info.bytes === 0 ? bytes : new Uint8Array(bytes);
  return fromStorage(dtype, shape, new info.storage(aligned.buffer, aligned.byteOffset, size));
}

/** `int8 [64, 64]`, for messages. */
export function describe(t: { readonly dtype: DType; readonly shape: Shape }): string {
  return `${t.dtype} [${t.shape.join(', ')}]`;
}
