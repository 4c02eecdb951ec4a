import { ValueError } from '../../src/errors.ts';
import { placeFloat64, plainCodes, type Simd, simd } from '../../src/simd/module.ts';
import {
  type DType,
  fromStorage,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat64,
} from '../../src/tensor/index.ts';
import { erf, erfc } from './erf.ts';

/**
 * Which function a kernel calls GELU (Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016, gives all three):
 * - `erf`: x * Phi(x), the definition (PyTorch `approximate='none'`, ONNX `none`)
 * - `tanh`: x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))), at most 4.8e-4 from it
 * - `sigmoid`: x * sigmoid(1.702 x), at most 0.0204 from it
 */
export type GeluForm = 'erf' | 'tanh' | 'sigmoid';

/** 1 / (1 + exp(-x)); by exp(x) for negative x, so that a small result keeps its relative accuracy. */
function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** x times a gate that falls faster than x grows: the limit at -Infinity is -0, where the product would be NaN. */
function gated(x: number, gate: number): number {
  return x === -Infinity ? -0 : x * gate;
}

/**
 * x/2 * (1 + erf(x / sqrt 2)); for negative x by erfc, which does not cancel. Infinity at +Infinity, -0 at -Infinity.
 * Within 3 ULP for x > -1. Below, the rounding of x / sqrt 2 costs about x^2 ULP, because erfc is that steep there:
 * a relative error of 2e-14 at -8 and 3e-13 at -36, where the result leaves the normal range.
 */
export function geluErf(x: number): number {
  const z = x * Math.SQRT1_2;
  return gated(x, 0.5 * (x < 0 ? erfc(-z) : 1 + erf(z)));
}

const ROOT = 2 * Math.sqrt(2 / Math.PI);

/** The tanh form. (1 + tanh u)/2 = sigmoid(2u) exactly, and the sigmoid does not cancel for negative u. */
export function geluTanh(x: number): number {
  return gated(x, sigmoid(ROOT * (x + 0.044715 * x * x * x)));
}

/** The sigmoid form, x * sigmoid(1.702 x). */
export function geluSigmoid(x: number): number {
  return gated(x, sigmoid(1.702 * x));
}

const FORMS: { readonly [F in GeluForm]: (x: number) => number } = {
  erf: geluErf,
  tanh: geluTanh,
  sigmoid: geluSigmoid,
};

export interface GeluOptions<S extends Shape = Shape> {
  /** Any dtype and shape. */
  readonly x: Tensor<DType, S>;
  readonly form: GeluForm;
}

/**
 * GELU of every element in float64; the shape is x's. The form is never implied, because the three differ by more
 * than a good kernel's tolerance. NaN stays NaN. Throws ValueError for an unknown form.
 */
export function ideal<S extends Shape>({ x, form }: GeluOptions<S>): Tensor<'f64', S> {
  if (!Object.hasOwn(FORMS, form)) {
    throw new ValueError(
      `gelu: unknown form '${String(form)}'`,
      `use one of ${Object.keys(FORMS).join(', ')}`,
    );
  }
  const fast = simd();
  const values = fast !== null && form !== 'erf' ? withSimd(fast, x, form) : plain(x, FORMS[form]);
  return fromStorage('f64', x.shape, values);
}

function plain(x: Tensor, gelu: (x: number) => number): Float64Array<ArrayBuffer> {
  const values = toFloat64(x);
  for (let i = 0; i < values.length; i++) values[i] = gelu(values[i]!);
  return values;
}

/** Elements at a time, so that they stay in the first-level caches. Even, because vectors hold two. */
const BLOCK = 4096;

function withSimd(fast: Simd, x: Tensor, form: 'tanh' | 'sigmoid'): Float64Array<ArrayBuffer> {
  const codes = plainCodes(x);
  const values = new Float64Array(sizeOf(x.shape));
  for (let start = 0; start < values.length; start += BLOCK) {
    const count = Math.min(BLOCK, values.length - start);
    fast.begin();
    // One more than the last block may need.
    const at = placeFloat64(fast, codes.subarray(start, start + count));
    fast.alloc(8);
    if (form === 'tanh') fast.run.gelu_tanh(at, count + (count % 2), ROOT);
    else fast.run.gelu_sigmoid(at, count + (count % 2));
    values.set(new Float64Array(fast.buffer, at, count), start);
  }
  return values;
}
