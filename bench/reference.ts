import { attention, layernorm, matmul, softmax } from '../reference/index.ts';
import { RandomState, type Tensor, toFloat64 } from '../src/tensor/index.ts';

/** One thing done twice: by a tilecheck reference, and as a test author without it would write it. */
export interface Comparison {
  readonly name: string;
  readonly ours: () => unknown;
  readonly peer: () => unknown;
  readonly peerName: string;
}

type Matrix = readonly (readonly number[])[];

function nested(t: Tensor): Matrix {
  const values = [...toFloat64(t)];
  const width = t.shape.at(-1)!;
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function nestedMatmul(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

function nestedSoftmax(x: Matrix): Matrix {
  return x.map((row) => {
    const max = Math.max(...row);
    const weights = row.map((value) => Math.exp(value - max));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function nestedLayernorm(x: Matrix, epsilon: number): Matrix {
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  });
}

function nestedAttention(q: Matrix, k: Matrix, v: Matrix, scale: number): Matrix {
  const transposed = k[0]!.map((_, d) => k.map((row) => row[d]!));
  const scores = nestedMatmul(q, transposed).map((row) => row.map((score) => score * scale));
  return nestedMatmul(nestedSoftmax(scores), v);
}

const random = new RandomState(42);
const matrix = () => random.randint(-64, 64, [64, 64], 'int8');
const [q, k, v] = [matrix(), matrix(), matrix()];
const [qs, ks, vs] = [nested(q), nested(k), nested(v)];
const peerName = 'nested arrays';

/** The references on the sizes of the bundled kernels; peers get their nested arrays ready-made. */
export const referenceComparisons: readonly Comparison[] = [
  {
    name: 'attention.ideal, int8 64x64',
    ours: () => attention.ideal({ q, k, v, scale: 1 / 8 }),
    peer: () => nestedAttention(qs, ks, vs, 1 / 8),
    peerName,
  },
  {
    name: 'matmul.ideal, int8 64x64',
    ours: () => matmul.ideal({ a: q, b: k }),
    peer: () => nestedMatmul(qs, ks),
    peerName,
  },
  {
    name: 'softmax.ideal, int8 64x64',
    ours: () => softmax.ideal({ x: q }),
    peer: () => nestedSoftmax(qs),
    peerName,
  },
  {
    name: 'layernorm.ideal, int8 64x64',
    ours: () => layernorm.ideal({ x: q, epsilon: 1e-5 }),
    peer: () => nestedLayernorm(qs, 1e-5),
    peerName,
  },
];
