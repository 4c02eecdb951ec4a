import { ShapeError, ValueError } from '../../src/errors.ts';
import {
  type DType,
  describe,
  fromStorage,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../../src/tensor/index.ts';
import { resolveAxis } from '../shapes.ts';

export interface LayernormOptions<S extends Shape = Shape> {
  /** Any dtype and shape of rank 1 or more. */
  readonly x: Tensor<DType, S>;
  /** Scale, shaped as the normalised axes. Default 1. */
  readonly gamma?: Tensor;
  /** Offset, shaped as the normalised axes. Default 0. */
  readonly beta?: Tensor;
  /** Added to the variance; PyTorch and ONNX use 1e-5. 0 is allowed where no row is constant. */
  readonly epsilon: number;
  /** First normalised axis: statistics run over this axis and all after it. Negative counts back. Default -1. */
  readonly axis?: number;
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta in float64, with the mean and the population variance
 * (divisor n) of each row; a row is everything from `axis` on. The shape is x's.
 * Source: Ba, Kiros & Hinton, "Layer Normalization", 2016; the meaning of `axis` is ONNX LayerNormalization's.
 *
 * Two passes over differences from the row's first value: a mean far above the spread costs no accuracy, and a
 * constant row has variance exactly 0 and yields exactly beta. A row that holds NaN or an infinity is all NaN.
 *
 * Throws ShapeError where gamma or beta do not fit the normalised axes; ValueError for an axis that x lacks, an
 * epsilon that is negative or not finite, and an epsilon of 0 with a constant row (0/0).
 */
export function ideal<S extends Shape>(options: LayernormOptions<S>): Tensor<'f64', S> {
  const { x, gamma, beta, epsilon, axis = -1 } = options;
  const normalised = x.shape.slice(resolveAxis(axis, x, 'layernorm'));
  if (!(epsilon >= 0 && epsilon < Infinity)) {
    throw new ValueError(
      `layernorm: epsilon ${epsilon} is not a finite number from 0`,
      'the usual value is 1e-5',
    );
  }
  const n = sizeOf(normalised);
  const scale = parameter('gamma', gamma, x, normalised, 1);
  const offset = parameter('beta', beta, x, normalised, 0);
  const values = toFloat64(x);
  for (let start = 0; start < values.length; start += n) {
    const first = values[start]!;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[start + i]! - first;
    const mean = sum / n;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const deviation = values[start + i]! - first - mean;
      values[start + i] = deviation;
      squares += deviation * deviation;
    }
    const spread = Math.sqrt(squares / n + epsilon);
    if (spread === 0) {
      throw new ValueError(
        `layernorm: row ${start / n} of x ${describe(x)} has variance 0 and epsilon is 0`,
        'give an epsilon above 0',
      );
    }
    for (let i = 0; i < n; i++) values[start + i] = (values[start + i]! / spread) * scale[i]! + offset[i]!;
  }
  return fromStorage('f64', x.shape, values);
}

function parameter(name: string, t: Tensor | undefined, x: Tensor, normalised: Shape, otherwise: number) {
  if (t === undefined) return new Float64Array(sizeOf(normalised)).fill(otherwise);
  if (t.shape.join() !== normalised.join()) {
    throw new ShapeError(
      `layernorm: ${name} ${describe(t)} does not fit the normalised axes [${normalised.join(', ')}] of x ${describe(x)}`,
    );
  }
  return toFloat64(t);
}
