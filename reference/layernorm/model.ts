import { ShapeError } from '../../src/errors.ts';
import { codesOf, describe, type Shape, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';
import { divideNearest } from '../exp/model.ts';

/**
 * Bit-exact model of the int8 LayerNorm kernels over one row of n codes. Mean and variance are exact (kept times n
 * and n^2); the standard deviation is the nearest whole root of the variance scaled by 4^k into [2^30, 2^32):
 *
 *   o = saturate(divideNearest(gamma * (n x - sum x) * 2^k + 2 * beta * root, 4 * root))
 *
 * `epsilon` is in squared steps of x; gamma has steps of 1/64, beta of 1/32 and o of 1/16, hence the 2 and the 4.
 */
export function model<S extends Shape>(args: {
  readonly x: Tensor<'int8', S>;
  readonly gamma: Tensor<'int8', S>;
  readonly beta: Tensor<'int8', S>;
  readonly epsilon: number;
}): Tensor<'int8', S> {
  const { x, gamma, beta, epsilon } = args;
  if (x.shape.length !== 1 || x.shape.join() !== gamma.shape.join() || x.shape.join() !== beta.shape.join()) {
    throw new ShapeError(
      `layernorm needs x, gamma and beta of one shape [n], got ${[x, gamma, beta].map(describe).join(', ')}`,
    );
  }
  const n = x.shape[0]!;
  const codes = Array.from(codesOf<'int8'>(x));
  const sum = codes.reduce((total, code) => total + code, 0);
  const spread = codes.reduce((total, code) => total + (n * code - sum) ** 2, 0) / n + epsilon * n * n;
  const k = Math.max(0, Math.ceil((30 - Math.log2(spread)) / 2));
  const root = Math.round(Math.sqrt(spread * 4 ** k));
  const [gammas, betas] = [codesOf<'int8'>(gamma), codesOf<'int8'>(beta)];
  const result = zeros('int8', x.shape);
  codes.forEach((code, i) => {
    const numerator = gammas[i]! * (n * code - sum) * 2 ** k + 2 * betas[i]! * root;
    const y = divideNearest(numerator, 4 * root);
    result.view.data[i] = saturate(y, -128, 127);
  });
  return result;
}
