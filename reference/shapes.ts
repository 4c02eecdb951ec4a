import { ShapeError, ValueError } from '../src/errors.ts';
import {
  codesOf,
  type DType,
  describe,
  type Shape,
  sizeOf,
  strided,
  type Tensor,
} from '../src/tensor/index.ts';

/** `axis` counted from the front; negative axes count from the back. Throws {@link ValueError} outside the rank. */
export function resolveAxis(axis: number, x: Tensor, operation: string): number {
  const rank = x.shape.length;
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank) {
    throw new ValueError(
      `${operation}: axis ${axis} does not exist in x ${describe(x)}`,
      rank === 0 ? 'a scalar has no axis' : `an axis is a whole number from ${-rank} to ${rank - 1}`,
    );
  }
  return resolved;
}

/**
 * The common shape of two shapes under NumPy broadcasting: aligned at their last axes, extents equal or one of them
 * 1. `undefined` where there is none.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const ofA = a[axis - rank + a.length] ?? 1;
    const ofB = b[axis - rank + b.length] ?? 1;
    if (ofA !== ofB && ofA !== 1 && ofB !== 1) return undefined;
    shape.push(ofA === 1 ? ofB : ofA);
  }
  return shape;
}

/** The stored codes of `t` repeated along its missing and its length-1 axes to fill `shape`, in C order. */
export function broadcastCodes<D extends DType>(t: Tensor<D>, shape: Shape, message: string) {
  const missing = shape.length - t.shape.length;
  const fits = t.shape.every((extent, axis) => extent === 1 || extent === shape[axis + missing]);
  if (missing < 0 || !fits) throw new ShapeError(message, 'align the shapes at their last axes');
  const stride = shape.map((_, axis) =>
    (t.shape[axis - missing] ?? 1) === 1 ? 0 : t.view.stride[axis - missing]!,
  );
  return codesOf(strided(t.dtype, shape, t.view.data, stride, t.view.offset));
}

/** For each matrix of a stack shaped `to`, the number of the matrix of a stack shaped `from` that it broadcasts. */
export function broadcastIndex(from: Shape, to: Shape): Int32Array {
  const numbers = Int32Array.from({ length: sizeOf(from) }, (_, i) => i);
  const stack = strided('int32', from, numbers, cStrides(from), 0);
  return broadcastCodes(stack, to, `stack [${from.join(', ')}] does not broadcast to [${to.join(', ')}]`);
}

function cStrides(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/**
 * A mask over `shape`: one code an element, non-zero = keep. Throws {@link ValueError} for a float tensor, which
 * elsewhere means an additive mask, and {@link ShapeError} where it does not broadcast.
 */
export function maskCodes(mask: Tensor, shape: Shape, operation: string, over: string): ArrayLike<number> {
  if (mask.dtype !== 'int8' && mask.dtype !== 'uint8' && mask.dtype !== 'int16' && mask.dtype !== 'int32') {
    throw new ValueError(
      `${operation}: mask is ${describe(mask)}; a mask is an integer tensor`,
      'write non-zero for keep and 0 for drop; additive float masks are not taken',
    );
  }
  return broadcastCodes(
    mask,
    shape,
    `${operation}: mask ${describe(mask)} does not broadcast to ${over} [${shape.join(', ')}]`,
  );
}
