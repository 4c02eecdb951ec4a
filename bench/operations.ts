import { absRel, attention, compare, fixedExp, gelu, layernorm, RandomState, tensor } from './built.ts';

/** What is measured: one of our operations, what NumPy does for the same, and what it has to reach. */
export interface Operation {
  readonly name: string;
  readonly ours: () => unknown;
  /** Expression over {@link inputs} and {@link numpyFunctions}; null where NumPy has no such thing. */
  readonly numpy: string | null;
  /** How many things one call does, each of which the time is given for. Default 1. */
  readonly per?: number;
  /** At most this many times NumPy's time, or this many milliseconds; none where it is only shown. */
  readonly target?: { readonly ratio: number } | { readonly ms: number };
}

const random = new RandomState(42);
const matrix = (low: number, high: number) => random.randint(low, high, [64, 64], 'int8');
/** Scores so far apart that few keys weigh anything, as all-random operands give. */
const sharp = { q: matrix(-64, 64), k: matrix(-64, 64), v: matrix(-64, 64) };
/** Scores so close together that every key weighs: the most work there is. */
const flat = { q: matrix(-1, 2), k: matrix(-1, 2), v: matrix(-128, 128) };

const SHAPE = [1500, 512] as const;
const values = random.standardNormal(SHAPE).view.data;
const x = tensor('f32', SHAPE, values);
const y = tensor(
  'f32',
  SHAPE,
  values.map((value, i) => value * (1 + 1e-6 * Math.cos(i))),
);
const gamma = random.standardNormal([512]);
const beta = random.standardNormal([512]);

export const inputs = {
  sharp_q: sharp.q,
  sharp_k: sharp.k,
  sharp_v: sharp.v,
  flat_q: flat.q,
  flat_k: flat.k,
  flat_v: flat.v,
  x,
  y,
  gamma,
  beta,
};

export const numpyFunctions = `
def attention(q, k, v):
    q, k, v = q.astype(float), k.astype(float), v.astype(float)
    scores = q @ k.T / 8
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)) @ v

def layernorm(x, gamma, beta):
    x = x.astype(float)
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5) * gamma + beta

def gelu_tanh(x):
    x = x.astype(float)
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * (x * x * x))))

def gelu_sigmoid(x):
    x = x.astype(float)
    return x / (1 + np.exp(-1.702 * x))

erf = np.vectorize(math.erf, otypes=[float])

def gelu_erf(x):
    x = x.astype(float)
    return 0.5 * x * (1 + erf(x * np.sqrt(0.5)))
`;

const exp = fixedExp(1 / 8);

export const operations: readonly Operation[] = [
  {
    name: 'attention.model int8 64x64, sharp',
    ours: () => attention.model({ ...sharp, exp }),
    numpy: null,
    target: { ms: 0.1 },
  },
  {
    name: 'attention.model int8 64x64, flat',
    ours: () => attention.model({ ...flat, exp }),
    numpy: null,
    target: { ms: 0.1 },
  },
  {
    name: 'attention.ideal 64x64, sharp',
    ours: () => attention.ideal({ ...sharp, scale: 1 / 8 }),
    numpy: 'attention(sharp_q, sharp_k, sharp_v)',
    target: { ratio: 0.5 },
  },
  {
    name: 'attention.ideal 64x64, flat',
    ours: () => attention.ideal({ ...flat, scale: 1 / 8 }),
    numpy: 'attention(flat_q, flat_k, flat_v)',
    target: { ratio: 0.5 },
  },
  {
    name: 'compare 1500x512 f32, 64x64 tiles, all metrics',
    ours: () => compare(x, y, { accept: absRel(1e-6, 1e-4), tile: [64, 64] }),
    numpy: 'np.testing.assert_allclose(y, x, rtol=1e-4, atol=1e-6)',
    target: { ratio: 0.15 },
  },
  {
    name: 'layernorm.ideal 1500x512',
    ours: () => layernorm.ideal({ x, gamma, beta, epsilon: 1e-5 }),
    numpy: 'layernorm(x, gamma, beta)',
    target: { ratio: 1 },
  },
  {
    name: 'gelu.ideal tanh 1500x512',
    ours: () => gelu.ideal({ x, form: 'tanh' }),
    numpy: 'gelu_tanh(x)',
    target: { ratio: 1 },
  },
  {
    name: 'gelu.ideal sigmoid 1500x512',
    ours: () => gelu.ideal({ x, form: 'sigmoid' }),
    numpy: 'gelu_sigmoid(x)',
    target: { ratio: 1 },
  },
  {
    name: 'gelu.ideal erf 1500x512',
    ours: () => gelu.ideal({ x, form: 'erf' }),
    numpy: 'gelu_erf(x)',
    target: { ratio: 1 },
  },
];
