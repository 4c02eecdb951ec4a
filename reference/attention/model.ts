import { ShapeError } from '../../src/errors.ts';
import { type Simd, simd } from '../../src/simd/module.ts';
import { codesOf, describe, saturate, type Tensor, zeros } from '../../src/tensor/index.ts';
import { divideNearest, expNegative, expTable, type FixedExp } from '../exp/model.ts';
import { innerProducts } from '../inner-products.ts';

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
  const result = zeros('int8', q.shape);
  const heads = { q: codesOf(q), k: codesOf(k), v: codesOf(v), out: result.view.data, n, depth };
  const table = expTable(exp);
  const fast = simd();
  // Sums of up to n weights times -128 must fit 32 bits, as must scores, and the vectors must come out even.
  const fits = n > 0 && depth > 0 && depth % 16 === 0 && depth < 2 ** 16 && n * exp.one * 128 < 2 ** 31;
  if (fast !== null && table !== null && fits && table.every((weight) => weight >= 0)) {
    withSimd(fast, heads, table);
  } else {
    plain(
      heads,
      table === null ? (distance) => expNegative(distance, exp) : (distance) => table[distance] ?? 0,
    );
  }
  return result;
}

/** The codes of every head one after another, each [n, depth]. */
interface Heads {
  readonly q: Int8Array;
  readonly k: Int8Array;
  readonly v: Int8Array;
  readonly out: Int8Array;
  readonly n: number;
  readonly depth: number;
}

function plain({ q, k, v, out, n, depth }: Heads, weightOf: (distance: number) => number): void {
  // Every sum is exact in float64, whatever its order.
  const [queries, keys] = [new Float64Array(q), new Float64Array(k)];
  const weights = new Float64Array(n);
  const sums = new Float64Array(depth);
  for (let base = 0; base < out.length; base += n * depth) {
    for (let i = base; i < base + n * depth; i += depth) {
      innerProducts(queries, i, keys, base, depth, n, depth, weights, 0);
      const max = weights.reduce((most, score) => (score > most ? score : most), -Infinity);
      sums.fill(0);
      let total = 0;
      for (let j = 0; j < n; j++) {
        const weight = weightOf(max - weights[j]!);
        total += weight;
        if (weight !== 0) addRow(weight, v, base + j * depth, sums);
      }
      for (let d = 0; d < depth; d++) out[i + d] = saturate(divideNearest(sums[d]!, total), -128, 127);
    }
  }
}

function addRow(weight: number, values: Int8Array, start: number, sums: Float64Array): void {
  for (let d = 0; d < sums.length; d++) sums[d]! += weight * values[start + d]!;
}

function withSimd(fast: Simd, { q, k, v, out, n, depth }: Heads, table: Int32Array): void {
  fast.begin();
  const head = n * depth;
  const tableAt = fast.alloc(table.byteLength);
  const [qAt, kAt, vAt, oAt] = [q, k, v, out].map(() => fast.alloc(head)) as [number, number, number, number];
  const wideAt = fast.alloc(2 * head);
  const weightsAt = fast.alloc(4 * (n + 3));
  const usedAt = fast.alloc(4 * (n + 3));
  const bytes = new Int8Array(fast.buffer);
  new Int32Array(fast.buffer).set(table, tableAt / 4);
  for (let base = 0; base < out.length; base += head) {
    bytes.set(q.subarray(base, base + head), qAt);
    bytes.set(k.subarray(base, base + head), kAt);
    bytes.set(v.subarray(base, base + head), vAt);
    const { length } = table;
    fast.run.attention_int8(qAt, kAt, vAt, n, depth, tableAt, length, oAt, wideAt, weightsAt, usedAt);
    out.set(bytes.subarray(oAt, oAt + head), base);
  }
}
