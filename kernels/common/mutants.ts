import { codesOf, round, saturate, type Tensor, toFloat64, zeros } from 'tilecheck';
import { attention, fixedExp, gelu, layernorm, matmul, softmax } from 'tilecheck/reference';

/**
 * Plausible wrong algorithms of each family, for the `mutants` of a spec. They are written for plainness and compute
 * in float64 with one rounding at the end, so that nothing but the mistake sets them apart from a right kernel.
 */

type Int8 = Tensor<'int8'>;

/** Values rounded to nearest and saturated as an int8 tensor like `like`; NaN becomes 0, as a conversion gives. */
function int8Like(like: Int8, values: ArrayLike<number>): Int8 {
  const result = zeros('int8', like.shape);
  const codes = Array.from(values, (x) => (Number.isNaN(x) ? 0 : saturate(round(x, 'half-even'), -128, 127)));
  result.view.data.set(codes);
  return result;
}

/** Turns a row of scaled scores into weights, which need not sum to one. */
type Weigh = (scores: readonly number[], row: number) => number[];

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);

function divided(weights: readonly number[]): number[] {
  const total = sum(weights);
  return weights.map((w) => w / total);
}

function exponentials(scores: readonly number[]): number[] {
  const max = Math.max(...scores);
  return scores.map((score) => Math.exp(score - max));
}

const rightWeights: Weigh = (scores) => divided(exponentials(scores));
const lastQuarter = (length: number): number => length - Math.ceil(length / 4);

/** Wrong softmaxes over a row of scores, for softmax itself and for attention. */
const wrongWeights: Readonly<Record<string, Weigh>> = {
  'softmax without max subtraction: weights overflow int32': (scores) =>
    divided(scores.map((score) => Math.floor(Math.exp(score) * 2 ** 17) | 0)),
  'base 2 instead of e': (scores) =>
    rightWeights(
      scores.map((score) => score * Math.LN2),
      0,
    ),
  'weights quantised to 7 bits': (scores) => rightWeights(scores, 0).map((w) => Math.floor(127 * w) / 128),
  'exponential by a parabola': (scores) => {
    const max = Math.max(...scores);
    return divided(scores.map((score) => (1 + Math.max(score - max, -2) / 2) ** 2));
  },
  'last quarter of the row left out of the sum': (scores) => {
    const weights = exponentials(scores);
    const total = sum(weights.slice(0, lastQuarter(weights.length)));
    return weights.map((w) => w / total);
  },
};

interface Qkv {
  readonly q: Int8;
  readonly k: Int8;
  readonly v: Int8;
}

/** Attention of each head with weights by `weigh`. */
function attend({ q, k, v }: Qkv, scale: number, weigh: Weigh): Int8 {
  const [n, depth] = q.shape.slice(-2) as [number, number];
  const [queries, keys, values] = [q, k, v].map(toFloat64) as [Float64Array, Float64Array, Float64Array];
  const out = new Float64Array(queries.length);
  for (let row = 0; row < queries.length / depth; row++) {
    const head = Math.floor(row / n) * n;
    const scores = Array.from({ length: n }, (_, j) => {
      let score = 0;
      for (let d = 0; d < depth; d++) score += queries[row * depth + d]! * keys[(head + j) * depth + d]!;
      return score * scale;
    });
    for (const [j, weight] of weigh(scores, row % n).entries()) {
      for (let d = 0; d < depth; d++) out[row * depth + d]! += weight * values[(head + j) * depth + d]!;
    }
  }
  return int8Like(q, out);
}

/** The last quarter of every row as zeros. */
function withoutLastColumns(t: Int8): Int8 {
  const columns = t.shape.at(-1)!;
  const codes = codesOf<'int8'>(t);
  return int8Like(
    t,
    codes.map((code, i) => (i % columns < lastQuarter(columns) ? code : 0)),
  );
}

/** Wrong attentions for int8 [..., n, d] and the scores' `scale`. */
export function attentionMutants(scale: number): Record<string, (inputs: Qkv) => Int8> {
  const scaled = (factor: number) => (inputs: Qkv) =>
    attention.model({ ...inputs, exp: fixedExp(factor * scale) });
  const weighed = (weigh: Weigh) => (inputs: Qkv) => attend(inputs, scale, weigh);
  return {
    'scale doubled': scaled(2),
    'scale halved': scaled(1 / 2),
    'scores not scaled': scaled(1 / scale),
    'scores clamped to int8': weighed((scores) =>
      rightWeights(
        scores.map((score) => saturate(Math.floor(score), -128, 127)),
        0,
      ),
    ),
    'last quarter of the depth left out of the scores': (inputs) =>
      attention.model({ ...inputs, q: withoutLastColumns(inputs.q), exp: fixedExp(scale) }),
    'last quarter of the keys never seen': weighed((scores) =>
      rightWeights(scores.slice(0, lastQuarter(scores.length)), 0),
    ),
    'causal mask applied': weighed((scores, row) => rightWeights(scores.slice(0, row + 1), 0)),
    ...Object.fromEntries(Object.entries(wrongWeights).map(([name, weigh]) => [name, weighed(weigh)])),
  };
}

/** Wrong softmaxes of int8 rows of `scale`, with the output's scale 1/256 and zero point -128. */
export function softmaxMutants(scale: number): Record<string, (inputs: { readonly x: Int8 }) => Int8> {
  const scaled =
    (factor: number) =>
    ({ x }: { readonly x: Int8 }) =>
      softmax.model({ x, exp: fixedExp(factor * scale) });
  const weighed =
    (weigh: Weigh) =>
    ({ x }: { readonly x: Int8 }) => {
      const columns = x.shape.at(-1)!;
      const scores = toFloat64(x).map((code) => code * scale);
      const weights: number[] = [];
      for (let start = 0; start < scores.length; start += columns) {
        weights.push(...weigh(Array.from(scores.subarray(start, start + columns)), 0));
      }
      return int8Like(
        x,
        weights.map((w) => 256 * w - 128),
      );
    };
  return {
    'scale doubled': scaled(2),
    'scale halved': scaled(1 / 2),
    'not divided by the sum': weighed(exponentials),
    'sum of the row before instead of its own': ({ x }) => {
      let before = 1;
      return weighed((scores) => {
        const weights = exponentials(scores);
        const result = weights.map((w) => w / before);
        before = sum(weights);
        return result;
      })({ x });
    },
    ...Object.fromEntries(Object.entries(wrongWeights).map(([name, weigh]) => [name, weighed(weigh)])),
  };
}

interface LayernormInputs {
  readonly x: Int8;
  readonly gamma: Int8;
  readonly beta: Int8;
}

interface Statistics {
  readonly mean: number;
  readonly variance: number;
}

function statisticsOf(values: ArrayLike<number>, divisor = values.length): Statistics {
  const x = Array.from(values);
  const mean = sum(x) / x.length;
  return { mean, variance: sum(x.map((value) => (value - mean) ** 2)) / divisor };
}

/** Wrong LayerNorms of int8 [n] with the steps of the bundled kernels; `epsilon` in squared steps of x. */
export function layernormMutants(epsilon: number): Record<string, (inputs: LayernormInputs) => Int8> {
  /** (gamma * (x - mean) / deviation + 2 beta) / 4 */
  const normalised = (
    { x, gamma, beta }: LayernormInputs,
    { mean, deviation }: { mean: number; deviation: number },
  ): Int8 => {
    const [gammas, betas] = [toFloat64(gamma), toFloat64(beta)];
    const values = toFloat64(x).map(
      (code, i) => ((gammas[i]! * (code - mean)) / deviation + 2 * betas[i]!) / 4,
    );
    return int8Like(x, values);
  };
  const by = (statistics: (x: Float64Array) => Statistics) => (inputs: LayernormInputs) => {
    const { mean, variance } = statistics(toFloat64(inputs.x));
    return normalised(inputs, { mean, deviation: Math.sqrt(variance + epsilon) });
  };
  const constant = (t: Int8, value: number): Int8 => int8Like(t, toFloat64(t).fill(value));
  const right = (inputs: LayernormInputs): Int8 => layernorm.model({ ...inputs, epsilon });
  return {
    'mean not subtracted': by((x) => ({ ...statisticsOf(x), mean: 0 })),
    'root mean square instead of deviation': by((x) => ({
      ...statisticsOf(x),
      variance: sum(Array.from(x, (v) => v * v)) / x.length,
    })),
    'variance divided by n - 1': by((x) => statisticsOf(x, x.length - 1)),
    'last quarter of the row left out of the statistics': by((x) =>
      statisticsOf(x.subarray(0, lastQuarter(x.length))),
    ),
    'mean rounded to a whole step': by((x) => {
      const { mean, variance } = statisticsOf(x);
      return { mean: Math.trunc(mean), variance };
    }),
    'variance for deviation': (inputs) => {
      const { mean, variance } = statisticsOf(toFloat64(inputs.x));
      return normalised(inputs, { mean, deviation: variance + epsilon });
    },
    'epsilon added to the deviation': (inputs) => {
      const { mean, variance } = statisticsOf(toFloat64(inputs.x));
      return normalised(inputs, { mean, deviation: Math.sqrt(variance) + epsilon });
    },
    'gamma left out': (inputs) => right({ ...inputs, gamma: constant(inputs.gamma, 64) }),
    'beta left out': (inputs) => right({ ...inputs, beta: constant(inputs.beta, 0) }),
  };
}

interface MatmulInputs {
  readonly a: Int8;
  readonly b: Int8;
}

/** Wrong matmuls of int8 [n, n] with the output shifted right by `shift`. */
export function matmulMutants(shift: number): Record<string, (inputs: MatmulInputs) => Int8> {
  const shiftedBy = (bits: number) => (inputs: MatmulInputs) => matmul.model({ ...inputs, shift: bits });
  const finished =
    (finish: (accumulator: number) => number) =>
    ({ a, b }: MatmulInputs) =>
      int8Like(a, toFloat64(matmul.integer({ a, b })).map(finish));
  return {
    'shift one too small': shiftedBy(shift - 1),
    'shift one too large': shiftedBy(shift + 1),
    'last K slice dropped': ({ a, b }) => matmul.model({ a: withoutLastColumns(a), b, shift }),
    'shifted without rounding': finished((x) => Math.floor(x / 2 ** shift)),
    'ties up instead of to even': finished((x) => Math.floor(x / 2 ** shift + 0.5)),
    'accumulator of 16 bits wraps': finished((x) => ((x << 16) >> 16) / 2 ** shift),
    'accumulator of 16 bits saturates': finished((x) => saturate(x, -32768, 32767) / 2 ** shift),
    'output wraps instead of saturating': finished((x) => (round(x / 2 ** shift, 'half-even') << 24) >> 24),
    'second operand transposed': ({ a, b }) => {
      const n = b.shape.at(-1)!;
      const codes = codesOf<'int8'>(b);
      const turned = codes.map((_, i) => codes[(i % n) * n + Math.floor(i / n)]!);
      return matmul.model({ a, b: int8Like(b, turned), shift });
    },
  };
}

/** Wrong GELU tables of int8 codes of `scale`. */
export function geluMutants(scale: number): Record<string, (inputs: { readonly x: Int8 }) => Int8> {
  const table = gelu.lut('tanh', scale);
  const by =
    (entries: Int8Array) =>
    ({ x }: { readonly x: Int8 }) =>
      gelu.model({ x, table: entries });
  const of = (f: (x: number) => number): Int8Array =>
    Int8Array.from({ length: 256 }, (_, i) =>
      saturate(round(f((i - 128) * scale) / scale, 'half-even'), -128, 127),
    );
  return {
    'erf replaced by the sigmoid form': by(gelu.lut('sigmoid', scale)),
    'ReLU for GELU': by(of((x) => Math.max(x, 0))),
    'SiLU for GELU': by(of((x) => x / (1 + Math.exp(-x)))),
    'table of twice the scale': by(gelu.lut('tanh', 2 * scale)),
    'table shifted by one entry': by(table.map((_, i) => table[Math.max(i - 1, 0)]!)),
    'table indexed by the unsigned code': by(table.map((_, i) => table[(i + 128) % 256]!)),
    'table floored instead of rounded': by(
      Int8Array.from({ length: 256 }, (_, i) => Math.floor(gelu.geluTanh((i - 128) * scale) / scale)),
    ),
  };
}
