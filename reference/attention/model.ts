import { ShapeError } from '../../src/errors.ts';
import { codesOf, describe, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';
import { divideNearest, expNegative, type FixedExp } from '../exp/model.ts';

/**
 * Bit-exact model of the int8 attention kernels: o = divideNearest(sum_j w_ij v_j, sum_j w_ij) with the unnormalised
 * weight w_ij = exp(-(max_j s_ij - s_ij) * scale) of {@link expNegative} and s = Q K^T exact. q, k, v and the result
 * are int8 `[n, d]` or `[cores, n, d]`. Throws {@link ShapeError}.
 */
export function model(args: {
  readonly q: Tensor<'int8'>;
  readonly k: Tensor<'int8'>;
  readonly v: Tensor<'int8'>;
  readonly exp: FixedExp;
}): Tensor<'int8'> {
  const { q, k, v, exp } = args;
  const [n = 0, depth = 0] = q.shape.slice(-2);
  if (q.shape.length < 2 || q.shape.join() !== k.shape.join() || q.shape.join() !== v.shape.join()) {
    throw new ShapeError(
      `attention needs q, k and v of one shape [n, d], got ${[q, k, v].map(describe).join(', ')}`,
    );
  }
  const [queries, keys, values] = [codesOf(q), codesOf(k), codesOf(v)];
  const result = zeros('int8', q.shape);
  const out = result.view.data;
  const weights = new Float64Array(n);
  for (let base = 0; base < out.length; base += n * depth) {
    for (let i = 0; i < n; i++) {
      const query = queries.subarray(base + i * depth, base + (i + 1) * depth);
      const scores = weights.map((_, j) =>
        query.reduce((sum, x, d) => sum + x * keys[base + j * depth + d]!, 0),
      );
      const max = Math.max(...scores);
      for (let j = 0; j < n; j++) weights[j] = expNegative(max - scores[j]!, exp);
      const total = weights.reduce((sum, w) => sum + w, 0);
      for (let d = 0; d < depth; d++) {
        let weighted = 0;
        for (let j = 0; j < n; j++) weighted += weights[j]! * values[base + j * depth + d]!;
        out[base + i * depth + d] = saturate(divideNearest(weighted, total), -128, 127);
      }
    }
  }
  return result;
}
