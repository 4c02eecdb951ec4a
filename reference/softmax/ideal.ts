import {
  type DType,
  fromStorage,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../../src/tensor/index.ts';
import { maskCodes, resolveAxis } from '../shapes.ts';
import { softmaxRow } from './row.ts';

export interface SoftmaxOptions<S extends Shape = Shape> {
  /** Any dtype and shape of rank 1 or more. */
  readonly x: Tensor<DType, S>;
  /** Axis along which weights sum to one; negative counts from the back. Default -1. */
  readonly axis?: number;
  /** Integer tensor that broadcasts to x from its last axes; non-zero = keep. A dropped value is never looked at. */
  readonly mask?: Tensor;
}

/**
 * y = exp(x - max) / sum of exp(x - max) along `axis`, in float64; the shape is x's.
 *
 * Subtracting the maximum keeps every exponential in [0, 1], so no finite input overflows
 * (Blanchard, Higham & Higham, "Accurately computing the log-sum-exp and softmax functions", 2021).
 *
 * Special values, row by row: -Infinity and masked entries weigh exactly 0; a row with nothing left (fully masked
 * or all -Infinity) is all zeros, so that it adds nothing to an attention output; a kept NaN or +Infinity makes the
 * whole row NaN, as plain IEEE 754 arithmetic would.
 *
 * Throws ValueError for an axis that x lacks or a float mask, ShapeError for a mask that does not broadcast.
 */
export function ideal<S extends Shape>({ x, axis = -1, mask }: SoftmaxOptions<S>): Tensor<'f64', S> {
  const resolved = resolveAxis(axis, x, 'softmax');
  const values = toFloat64(x);
  if (mask !== undefined) {
    const keep = maskCodes(mask, x.shape, 'softmax', 'x');
    for (let i = 0; i < values.length; i++) if (keep[i] === 0) values[i] = -Infinity;
  }
  const count = x.shape[resolved]!;
  const step = sizeOf(x.shape.slice(resolved + 1));
  for (let block = 0; block < values.length; block += count * step) {
    for (let row = block; row < block + step; row++) softmaxRow(values, row, count, step);
  }
  return fromStorage('f64', x.shape, values);
}
