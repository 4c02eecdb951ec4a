import {
  type IntDType,
  type Quantized,
  type QuantizeOptions,
  type Requantization,
  requantize,
  type Shape,
} from '../../src/tensor/index.ts';
import { integer } from './integer.ts';
import type { MatmulOperands, MatmulShape } from './operands.ts';

export interface RequantizedOptions<D extends IntDType, A extends Shape = Shape, B extends Shape = Shape>
  extends MatmulOperands<A, B>,
    QuantizeOptions<D> {
  /** A right shift, or scales and a zero point, as `requantize` takes them. */
  readonly how: Requantization;
}

/**
 * {@link integer}, then `requantize`: the arithmetic of most integer matmul kernels. The result carries how many
 * elements were saturated. Throws what the two throw.
 */
export function requantized<D extends IntDType, A extends Shape, B extends Shape>(
  options: RequantizedOptions<D, A, B>,
): Quantized<D, MatmulShape<A, B>> {
  return requantize(integer(options), options.how, options);
}
