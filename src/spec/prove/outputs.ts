import { tilesOf } from '../../compare/index.ts';
import {
  type DType,
  dtypeInfo,
  round,
  type Shape,
  saturate,
  sizeOf,
  type Tensor,
  tensor,
  toFloat64,
} from '../../tensor/index.ts';

/** What a mutant of an output may look at. */
export interface OutputContext {
  /** What a right kernel writes. */
  readonly right: Tensor;
  /** The mathematics, in units of the output's LSB. */
  readonly ideal: Tensor;
  /** What a right kernel writes for another input. */
  readonly other: Tensor;
  readonly tile: readonly number[] | undefined;
}

/** A wrong output, or why there is none of this kind. */
export type OutputMutant = (context: OutputContext) => Tensor | { readonly notApplicable: string };

const NO_INTEGER = { notApplicable: 'the output is no integer' };
const ONE_AXIS = { notApplicable: 'the output has one axis' };

/** The wrong outputs that kernels are known to write, by name. */
export const outputMutants: Readonly<Record<string, OutputMutant>> = {
  'all zeros': ({ right }) => mapped(right, () => 0),
  'stale buffer: the output of another input': ({ other }) => other,
  'times two': ({ right }) => mapped(right, (x) => 2 * x),
  'halved: shifted right by one': ({ right }) =>
    mapped(right, (x) => (isInteger(right) ? Math.floor(x / 2) : x / 2)),
  'truncated toward zero instead of rounded': ({ right, ideal }) =>
    right.dtype === 'f64' ? { notApplicable: 'a float64 is not rounded' } : truncated(right, ideal),
  'floored instead of rounded': ({ right, ideal }) =>
    isInteger(right) ? withValues(right, toFloat64(ideal).map(Math.floor)) : NO_INTEGER,
  'one LSB too high everywhere': ({ right }) => mapped(right, (x) => x + spacing(x, right.dtype)),
  transposed: ({ right }) => (right.shape.length < 2 ? ONE_AXIS : transposed(right)),
  'first and last tile exchanged': ({ right, tile }) => tilesExchanged(right, tile),
  'last tile all zeros': ({ right, tile }) => lastTileZero(right, tile),
  'zero point missing: half the range too high': ({ right }) =>
    isInteger(right) ? mapped(right, (x) => x + 2 ** (dtypeInfo(right.dtype).precision - 1)) : NO_INTEGER,
  'clamped to half its largest magnitude': ({ right }) => {
    const limit = largest(right) / 2;
    return mapped(right, (x) => saturate(x, -limit, limit));
  },
  'range compressed to seven eighths': ({ right }) => mapped(right, (x) => (7 / 8) * x),
  'sign flipped': ({ right }) => mapped(right, (x) => -x),
  'saturated: nothing but the ends of the range': ({ right }) => {
    const { integer, min, max } = dtypeInfo(right.dtype);
    const end = integer ? max : largest(right);
    return mapped(right, (x) => (x < 0 ? (integer ? min : -end) : end));
  },
  'rows shifted by one': ({ right }) =>
    right.shape.length < 2 ? ONE_AXIS : shifted(right, right.shape.at(-1)!),
  'elements shifted by one': ({ right }) => shifted(right, 1),
};

function isInteger(t: Tensor): boolean {
  return dtypeInfo(t.dtype).integer;
}

/** A tensor like `like` with these values, saturated to an integer dtype and rounded to any. */
function withValues(like: Tensor, values: Float64Array): Tensor {
  const { integer, min, max } = dtypeInfo(like.dtype);
  const fit = integer ? values.map((x) => saturate(round(x, 'half-even'), min, max)) : values;
  return tensor<DType, Shape>(like.dtype, like.shape, fit);
}

function mapped(t: Tensor, f: (x: number) => number): Tensor {
  return withValues(t, toFloat64(t).map(f));
}

/** Largest finite magnitude. */
function largest(t: Tensor): number {
  return toFloat64(t).reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
}

/** Distance of the values of `dtype` around `x`. */
function spacing(x: number, dtype: DType): number {
  const { integer, precision, minExponent } = dtypeInfo(dtype);
  if (integer) return 1;
  const exponent = x === 0 ? minExponent : Math.max(Math.floor(Math.log2(Math.abs(x))), minExponent);
  return 2 ** (exponent - precision + 1);
}

/** The ideal cut toward zero to the dtype of `like`. */
function truncated(like: Tensor, ideal: Tensor): Tensor {
  const { dtype } = like;
  const cut = (x: number): number => {
    if (!Number.isFinite(x)) return x;
    const step = spacing(x, dtype);
    return Math.trunc(x / step) * step;
  };
  return withValues(like, toFloat64(ideal).map(cut));
}

/** The elements in column-major order, taken for the shape: of a square matrix, its transpose. */
function transposed(t: Tensor): Tensor {
  const [rows, columns] = t.shape.slice(-2) as [number, number];
  const values = toFloat64(t);
  const moved = values.map((_, i) => {
    const matrix = i - (i % (rows * columns));
    const within = i - matrix;
    return values[matrix + (within % rows) * columns + Math.floor(within / rows)]!;
  });
  return withValues(t, moved);
}

/** Everything `count` elements later; the first ones come from the end. */
function shifted(t: Tensor, count: number): Tensor {
  const values = toFloat64(t);
  return withValues(
    t,
    values.map((_, i) => values[(i - count + values.length) % values.length]!),
  );
}

/** Flat indices of a tile's elements in C order. */
function elementsOf(shape: Shape, origin: readonly number[], extent: readonly number[]): number[] {
  let indices = [0];
  for (let axis = 0; axis < shape.length; axis++) {
    const stride = sizeOf(shape.slice(axis + 1));
    indices = indices.flatMap((index) =>
      Array.from({ length: extent[axis]! }, (_, i) => index + (origin[axis]! + i) * stride),
    );
  }
  return indices;
}

const ONE_TILE = { notApplicable: 'the output is one tile' };

function tilesExchanged(t: Tensor, tile: readonly number[] | undefined): ReturnType<OutputMutant> {
  const all = tilesOf(t.shape, tile);
  const first = all[0]!;
  const last = all.findLast((other) => other.extent.join() === first.extent.join())!;
  if (last === first) return ONE_TILE;
  const values = toFloat64(t);
  const result = values.slice();
  const [from, to] = [first, last].map(({ origin, extent }) => elementsOf(t.shape, origin, extent));
  from!.forEach((a, i) => {
    const b = to![i]!;
    result[a] = values[b]!;
    result[b] = values[a]!;
  });
  return withValues(t, result);
}

function lastTileZero(t: Tensor, tile: readonly number[] | undefined): ReturnType<OutputMutant> {
  const all = tilesOf(t.shape, tile);
  if (all.length < 2) return ONE_TILE;
  const { origin, extent } = all.at(-1)!;
  const values = toFloat64(t);
  for (const i of elementsOf(t.shape, origin, extent)) values[i] = 0;
  return withValues(t, values);
}
