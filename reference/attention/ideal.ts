import { ShapeError, ValueError } from '../../src/errors.ts';
import { placeCodes, placeFloat64, plainCodes, type Simd, simd } from '../../src/simd/module.ts';
import {
  type DType,
  describe,
  fromStorage,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../../src/tensor/index.ts';
import { innerProducts, transposeInto } from '../inner-products.ts';
import { broadcastIndex, broadcastShapes, maskCodes } from '../shapes.ts';
import { softmaxRow } from '../softmax/row.ts';

export interface AttentionOptions<Q extends Shape = Shape, V extends Shape = Shape> {
  /** Queries [..., Lq, D], any dtype; leading axes are batch and heads. */
  readonly q: Tensor<DType, Q>;
  /** Keys [..., Lk, D]. */
  readonly k: Tensor;
  /** Values [..., Lk, Dv]. */
  readonly v: Tensor<DType, V>;
  /** Multiplies every score q . k; 1 / sqrt(D) in the usual definition. */
  readonly scale: number;
  /** Integer tensor that broadcasts to [..., Lq, Lk] from its last axes; non-zero = the query sees the key. */
  readonly mask?: Tensor;
  /** Query i sees the keys j <= i + Lk - Lq only: the last query sees all of them. Default false. */
  readonly causal?: boolean;
}

/** [Lq, Dv] for one head; for more the broadcast leading axes come before. */
export type AttentionShape<Q extends Shape, V extends Shape> = Q extends readonly [
  infer L extends number,
  number,
]
  ? V extends readonly [number, infer D extends number]
    ? readonly [L, D]
    : Shape
  : Shape;

/**
 * Scaled dot-product attention, softmax(scale * q kT) v over the keys, in float64.
 * Source: Vaswani et al., "Attention Is All You Need", 2017, equation 1. Leading axes (batch, heads) are equal or
 * broadcast, so one key and value head can serve several query heads.
 *
 * A query that sees no key gives zeros. Keys hidden by `causal` are never read; those hidden by `mask` weigh 0,
 * which times an infinite or NaN value of v is still NaN. A NaN score makes its output row NaN.
 *
 * Throws ShapeError where q, k, v or the mask do not fit; ValueError for a scale that is not finite or a float mask.
 */
export function ideal<Q extends Shape, V extends Shape>(
  options: AttentionOptions<Q, V>,
): Tensor<'f64', AttentionShape<Q, V>> {
  const { q, k, v, scale, mask, causal = false } = options;
  if (!Number.isFinite(scale)) {
    throw new ValueError(
      `attention: scale ${scale} is not a finite number`,
      'the usual scale is 1 / sqrt(D)',
    );
  }
  const plan = planAttention(q, k, v);
  const { stack, queries, keys, width } = plan;
  const keep = mask && maskCodes(mask, [...stack, queries, keys], 'attention', 'scores');
  const fast = simd();
  const out =
    fast !== null && keep === undefined && !causal
      ? withSimd(fast, q, k, v, plan, scale)
      : plain(toFloat64(q), toFloat64(k), toFloat64(v), plan, scale, keep, causal);
  return fromStorage('f64', [...stack, queries, width] as Shape as AttentionShape<Q, V>, out);
}

function plain(
  qs: Float64Array,
  ks: Float64Array,
  vs: Float64Array,
  { heads, qOf, kOf, vOf, queries, keys, depth, width }: Plan,
  scale: number,
  keep: ArrayLike<number> | undefined,
  causal: boolean,
): Float64Array<ArrayBuffer> {
  const values = new Float64Array(keys * width);
  const weights = new Float64Array(keys);
  const out = new Float64Array(heads * queries * width);
  for (let head = 0; head < heads; head++) {
    transposeInto(vs, vOf[head]! * keys * width, keys, width, values);
    const keyStart = kOf[head]! * keys * depth;
    for (let i = 0; i < queries; i++) {
      const seen = causal ? Math.min(Math.max(i + keys - queries + 1, 0), keys) : keys;
      innerProducts(qs, (qOf[head]! * queries + i) * depth, ks, keyStart, depth, seen, depth, weights, 0);
      for (let j = 0; j < seen; j++) weights[j]! *= scale;
      if (keep !== undefined) {
        const maskStart = (head * queries + i) * keys;
        for (let j = 0; j < seen; j++) if (keep[maskStart + j] === 0) weights[j] = -Infinity;
      }
      softmaxRow(weights, 0, seen, 1);
      innerProducts(weights, 0, values, 0, keys, width, seen, out, (head * queries + i) * width);
    }
  }
  return out;
}

function withSimd(
  fast: Simd,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, qOf, kOf, vOf, queries, keys, depth, width }: Plan,
  scale: number,
): Float64Array<ArrayBuffer> {
  fast.begin();
  const exact = q.dtype === 'int8' && k.dtype === 'int8' && depth % 8 === 0 && depth > 0 && depth < 2 ** 16;
  const [qSize, kSize] = exact ? [1, 1] : [8, 8];
  const place = exact ? placeCodes : placeFloat64;
  const [qAt, kAt] = [place(fast, plainCodes(q)), place(fast, plainCodes(k))];
  const vAt = placeFloat64(fast, plainCodes(v));
  const outAt = fast.alloc(8 * heads * queries * width);
  const columnsAt = fast.alloc(exact ? 0 : 8 * keys * depth);
  const weightsAt = fast.alloc(8 * 4 * keys);
  const valuesAt = fast.alloc(8 * 4 * Math.max(keys, depth));
  const rowsAt = fast.alloc(4 * (Math.max(keys, depth) + 3));
  for (let head = 0; head < heads; head++) {
    const qHead = qAt + qSize * qOf[head]! * queries * depth;
    const kHead = kAt + kSize * kOf[head]! * keys * depth;
    fast.run.attention(
      qHead,
      kHead,
      vAt + 8 * vOf[head]! * keys * width,
      exact ? qHead : 0,
      exact ? kHead : 0,
      scale,
      queries,
      keys,
      depth,
      width,
      outAt + 8 * head * queries * width,
      columnsAt,
      weightsAt,
      valuesAt,
      rowsAt,
    );
  }
  return new Float64Array(fast.buffer, outAt, heads * queries * width).slice();
}

type Plan = ReturnType<typeof planAttention>;

function planAttention(q: Tensor, k: Tensor, v: Tensor) {
  const all = `attention: q ${describe(q)}, k ${describe(k)}, v ${describe(v)}`;
  if (q.shape.length < 2 || k.shape.length < 2 || v.shape.length < 2) {
    throw new ShapeError(`${all} must each have at least two axes`, 'a row a query, key or value');
  }
  const [queries, depth] = q.shape.slice(-2) as [number, number];
  const [keys, keyDepth] = k.shape.slice(-2) as [number, number];
  const [valueRows, width] = v.shape.slice(-2) as [number, number];
  if (depth !== keyDepth) throw new ShapeError(`${all}: q has depth ${depth} and k has depth ${keyDepth}`);
  if (keys !== valueRows) throw new ShapeError(`${all}: k has ${keys} rows and v has ${valueRows}`);
  const ofKeys = broadcastShapes(k.shape.slice(0, -2), v.shape.slice(0, -2));
  const stack = ofKeys && broadcastShapes(q.shape.slice(0, -2), ofKeys);
  if (stack === undefined) throw new ShapeError(`${all}: their leading axes do not broadcast`);
  const [qOf, kOf, vOf] = [q, k, v].map((t) => broadcastIndex(t.shape.slice(0, -2), stack)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  return { stack, heads: sizeOf(stack), qOf, kOf, vOf, queries, keys, depth, width };
}
