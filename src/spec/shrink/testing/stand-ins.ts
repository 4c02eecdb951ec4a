import { expNegative, fixedExp, gelu } from '../../../../reference/index.ts';
import { codesOf, type Tensor } from '../../../tensor/index.ts';
import type { Tensors } from '../../kernel.ts';

/**
 * The bundled integer kernels once more, with places where a mistake can be made. Without one they equal the models,
 * which the tests hold them to; with one they stand in for a faulty device, at a cost that lets a test shrink dozens of
 * faults.
 */

const codes = (inputs: Tensors, part: string): Int8Array => codesOf(inputs[part] as Tensor<'int8'>);
const divideNearest = (x: number, y: number): number => Math.sign(x) * Math.floor(Math.abs(x) / y + 0.5);
const clamp = (x: number): number => Math.max(-128, Math.min(127, x));

export interface AttentionMistake {
  readonly scale?: number;
  /** Depth of the score product, keys of the weighted sum and computed rows. Default all 64. */
  readonly depth?: number;
  readonly keys?: number;
  readonly rows?: number;
  readonly transposedK?: boolean;
  readonly swapped?: readonly [string, string];
  readonly truncated?: boolean;
  /** Scores saturate at int8 as one kernel that shipped did. */
  readonly clampedScores?: boolean;
}

/** attention_64x64 on parts q, k, v. */
export function attention64(inputs: Tensors, mistake: AttentionMistake = {}): Int8Array {
  const n = 64;
  const { depth = n, keys = n, rows = n, transposedK = false, swapped = ['', ''] } = mistake;
  const named = (part: string): Int8Array => {
    const [a, b] = swapped;
    return codes(inputs, part === a ? b : part === b ? a : part);
  };
  const [q, k, v] = [named('q'), named('k'), named('v')];
  const exp = fixedExp(mistake.scale ?? 1 / 8);
  const [alongKey, alongDepth] = transposedK ? [1, n] : [n, 1];
  const out = new Int8Array(n * n);
  const weights = new Float64Array(n);
  const sums = new Float64Array(n);
  for (let i = 0; i < rows; i++) {
    let max = -Infinity;
    for (let j = 0; j < n; j++) {
      let score = 0;
      for (let d = 0; d < depth; d++) score += q[i * n + d]! * k[j * alongKey + d * alongDepth]!;
      weights[j] = mistake.clampedScores ? clamp(score) : score;
      max = Math.max(max, weights[j]!);
    }
    let total = 0;
    sums.fill(0);
    for (let j = 0; j < n; j++) {
      const distance = max - weights[j]!;
      const weight = distance === 0 ? exp.one : expNegative(distance, exp);
      total += weight;
      if (weight === 0 || j >= keys) continue;
      for (let d = 0; d < n; d++) sums[d]! += weight * v[j * n + d]!;
    }
    for (let d = 0; d < n; d++) {
      const quotient = sums[d]! / total;
      out[i * n + d] = clamp(mistake.truncated ? Math.trunc(quotient) : divideNearest(sums[d]!, total));
    }
  }
  return out;
}

export interface MatmulMistake {
  readonly shift?: number;
  readonly depth?: number;
  readonly swapped?: boolean;
  readonly transposedB?: boolean;
  readonly wraps?: boolean;
  readonly tiesUp?: boolean;
}

/** matmul_64x64 on parts a, b: A B / 2^10, ties to even. */
export function matmul64(inputs: Tensors, mistake: MatmulMistake = {}): Int8Array {
  const n = 64;
  const { shift = 10, depth = n } = mistake;
  const [a, b] = mistake.swapped
    ? [codes(inputs, 'b'), codes(inputs, 'a')]
    : [codes(inputs, 'a'), codes(inputs, 'b')];
  const [down, across] = mistake.transposedB ? [1, n] : [n, 1];
  const out = new Int8Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a[i * n + k]! * b[k * down + j * across]!;
      const quotient = sum / 2 ** shift;
      let nearest = Math.floor(quotient + 0.5);
      if (!mistake.tiesUp && nearest - quotient === 0.5 && nearest % 2 !== 0) nearest--;
      out[i * n + j] = mistake.wraps ? nearest : clamp(nearest); // the store itself wraps
    }
  }
  return out;
}

export interface SoftmaxMistake {
  readonly scale?: number;
  /** Keys of the sum. Default all 64. */
  readonly keys?: number;
  readonly wraps?: boolean;
  readonly zeroPoint?: number;
}

/** softmax_64x64 on part x. */
export function softmax64(inputs: Tensors, mistake: SoftmaxMistake = {}): Int8Array {
  const n = 64;
  const { keys = n, zeroPoint = -128 } = mistake;
  const exp = fixedExp(mistake.scale ?? 1 / 8);
  const x = codes(inputs, 'x');
  const out = new Int8Array(n * n);
  for (let start = 0; start < out.length; start += n) {
    const row = x.subarray(start, start + n);
    const max = row.reduce((most, code) => Math.max(most, code), -128);
    const weights = Array.from(row, (code) => expNegative(max - code, exp));
    const total = weights.slice(0, keys).reduce((sum, w) => sum + w, 0);
    weights.forEach((w, j) => {
      const code = total === 0 ? 0 : divideNearest(256 * w, total) + zeroPoint;
      out[start + j] = mistake.wraps ? code : clamp(code);
    });
  }
  return out;
}

export interface LayernormMistake {
  readonly keepsMean?: boolean;
  readonly swapped?: boolean;
  readonly epsilon?: number;
  readonly wraps?: boolean;
  /** Elements the sums run over. Default all 256. */
  readonly summed?: number;
}

/** layernorm_256 on parts x, gamma, beta. */
export function layernorm256(inputs: Tensors, mistake: LayernormMistake = {}): Int8Array {
  const { summed: n = 256, epsilon = 1 / 64 } = mistake;
  const x = codes(inputs, 'x');
  const [gamma, beta] = mistake.swapped
    ? [codes(inputs, 'beta'), codes(inputs, 'gamma')]
    : [codes(inputs, 'gamma'), codes(inputs, 'beta')];
  const counted = x.subarray(0, n);
  const sum = mistake.keepsMean ? 0 : counted.reduce((total, code) => total + code, 0);
  const spread = counted.reduce((total, code) => total + (n * code - sum) ** 2, 0) / n + epsilon * n * n;
  const k = Math.max(0, Math.ceil((30 - Math.log2(spread)) / 2));
  const root = Math.round(Math.sqrt(spread * 4 ** k));
  return Int8Array.from(x, (code, i) => {
    const y = divideNearest(gamma[i]! * (n * code - sum) * 2 ** k + 2 * beta[i]! * root, 4 * root);
    return mistake.wraps ? y : clamp(y);
  });
}

const table = gelu.lut('tanh');

/** gelu_512 on part x; `offset` shifts the index into the table, `wrong` is one entry that is 1 too great. */
export function gelu512(
  inputs: Tensors,
  mistake: { readonly offset?: number; readonly wrong?: number } = {},
): Int8Array {
  return Int8Array.from(codes(inputs, 'x'), (code) => {
    const index = code + 128 + (mistake.offset ?? 0);
    return (table[Math.max(0, index)] ?? 0) + (code === mistake.wrong ? 1 : 0);
  });
}
