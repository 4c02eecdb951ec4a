import { ShapeError } from '../../src/errors.ts';
import { codesOf, describe, round, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';

/**
 * Bit-exact model of the int8 matmul kernels: C = saturate(A B / 2^shift) with an exact accumulator, rounded to
 * nearest with ties to even as the AIE2 shift-round-saturate unit does in its conv_even mode. A is `[m, k]`, B is
 * `[k, n]`, C is `[m, n]`, all int8. Throws {@link ShapeError}.
 */
export function model(args: {
  readonly a: Tensor<'int8'>;
  readonly b: Tensor<'int8'>;
  readonly shift: number;
}): Tensor<'int8'> {
  const { a, b, shift } = args;
  const [m = 0, depth = 0] = a.shape;
  const [depthOfB = 0, n = 0] = b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || depth !== depthOfB) {
    throw new ShapeError(`matmul needs a [m, k] and b [k, n], got ${describe(a)} and ${describe(b)}`);
  }
  const [left, right] = [codesOf(a), codesOf(b)];
  const result = zeros('int8', [m, n]);
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    sums.fill(0);
    // Row by row of B: another order than the kernel's, the same exact sums.
    for (let k = 0; k < depth; k++) {
      const x = left[i * depth + k]!;
      for (let j = 0; j < n; j++) sums[j]! += x * right[k * n + j]!;
    }
    sums.forEach((sum, j) => {
      result.view.data[i * n + j] = saturate(round(sum / 2 ** shift, 'half-even'), -128, 127);
    });
  }
  return result;
}
