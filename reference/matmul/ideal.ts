import { fromStorage, type Shape, type Tensor } from '../../src/tensor/index.ts';
import {
  centredColumns,
  centredRows,
  type MatmulOperands,
  type MatmulShape,
  multiply,
  planMatmul,
} from './operands.ts';

/**
 * y[..., i, j] = sum over k of (a[..., i, k] - aZeroPoint) * (b[..., k, j] - bZeroPoint) in float64.
 *
 * a [..., M, K], b [..., K, N] of any dtype give f64 [..., M, N]; leading axes are equal or broadcast as in
 * `numpy.matmul` (rank 2 and above). An inner axis of extent 0 gives zeros. On integer operands the result is exact
 * while it stays below 2^53. Throws ShapeError where the shapes do not multiply, ValueError for a zero point that is
 * not finite.
 */
export function ideal<A extends Shape, B extends Shape>(
  operands: MatmulOperands<A, B>,
): Tensor<'f64', MatmulShape<A, B>> {
  const plan = planMatmul(operands.a, operands.b);
  const product = multiply(plan, centredRows(operands), centredColumns(operands));
  return fromStorage('f64', plan.shape as MatmulShape<A, B>, product);
}
