import { type DType, dtypeInfo, round, saturate, type Tensor, toFloat64 } from '../../../tensor/index.ts';
import { Mismatch } from '../mismatch.ts';
import type { Partition } from '../partition.ts';
import { bandsOf, columnsOf, coresOf, ordinalsOf, rowsOf, slicesOf, tilesIn } from '../partition.ts';
import type { DiagnosisContext } from '../types.ts';
import { wrapped, wrapTo } from '../wrap.ts';
import { type DataKind, type Draw, type Real, realOutput, stored } from './samples.ts';

/** What a fault is put into. */
export interface Sample {
  readonly kind: DataKind;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Before rounding, in units of the output. */
  readonly real: Real;
  readonly expected: Tensor;
  /** What a right kernel writes: the values of `expected`, or within an LSB of them if that is real-valued. */
  readonly values: Float64Array;
  readonly context: DiagnosisContext;
  readonly draw: Draw;
}

export interface Faulty {
  readonly expected: Tensor;
  readonly actual: Tensor;
  readonly context: DiagnosisContext;
}

/** A fault named by the hypothesis that should be found; null where it cannot be put into the sample. */
export interface FaultKind {
  readonly hypothesis: string;
  readonly make: (sample: Sample) => Faulty | null;
  /** dtypes it needs. Default int8. */
  readonly dtypes?: readonly DType[];
  /** Shapes it needs. Default a matrix. */
  readonly batched?: boolean;
  /** It cannot be told from a real-valued `expected` (or makes its own). */
  readonly modelOnly?: boolean;
}

const CANARY = 0xa5;
const CORES = [0, 1, 2, 3].map((column) => ({ column, row: 2 }));

/** All that is known of a run with such an output. */
export function contextOf(sample: Omit<Sample, 'context' | 'expected'>): DiagnosisContext {
  const { draw, kind, shape, dtype } = sample;
  const size = sample.values.length;
  const other = (): Tensor =>
    stored(dtype, [size], scaled(dtype, realOutput(kind, size / shape.at(-1)!, shape.at(-1)!, draw)));
  return {
    tile: [16, 16],
    canary: CANARY,
    inputs: { q: other(), k: other() },
    previous: stored(dtype, shape, toFloat64(other())),
    ...(shape.length > 2 ? { cores: CORES } : {}),
  };
}

/** Values of int8 size as they are usual in another dtype. */
export function scaled(dtype: DType, real: Real): Real {
  const factor = dtype === 'int32' || dtype === 'int16' ? 37 : dtype === 'int8' ? 1 : 1 / 32;
  return real.map((x) => x * factor);
}

function written(sample: Sample, actual: ArrayLike<number>, context = sample.context): Faulty {
  return { expected: sample.expected, actual: stored(sample.dtype, sample.shape, actual), context };
}

/** A fault that makes each value from the expected one. */
function pointwise(sample: Sample, value: (e: number, x: number, i: number) => number): Faulty {
  return written(
    sample,
    sample.values.map((e, i) => value(e, sample.real[i]!, i)),
  );
}

/** A fault that takes each value from elsewhere. */
function gathered(sample: Sample, from: (i: number) => number): Faulty {
  return pointwise(sample, (_, __, i) => sample.values[from(i)]!);
}

const canaryOf = (dtype: DType): number => {
  const { bytes, storage, decode } = dtypeInfo(dtype);
  return decode(new storage(new Uint8Array(bytes).fill(CANARY).buffer)[0]!);
};

/** Content of a region that is wrong: canary, zeros, another shift, or anything. */
function spoiled({ draw, values, dtype }: Sample): (i: number) => number {
  let least = Infinity;
  let greatest = -Infinity;
  for (const x of values) {
    least = Math.min(least, x);
    greatest = Math.max(greatest, x);
  }
  return draw.pick<(i: number) => number>([
    () => canaryOf(dtype),
    () => 0,
    (i) => Math.floor(values[i]! / 2),
    (i) => values[values.length - 1 - i]!,
    () => least + draw.unit() * (greatest - least),
  ]);
}

function confinedTo(sample: Sample, ordinals: Iterable<number>): Faulty {
  const actual = Float64Array.from(sample.values);
  const value = spoiled(sample);
  for (const i of ordinals) actual[i] = value(i);
  return written(sample, actual);
}

/** Some groups of a partition, as if the sample were a mismatch. */
function groups(
  sample: Sample,
  of: (mismatch: Mismatch) => Partition | null,
  least: number,
  most: number,
): Faulty | null {
  const partition = of(Mismatch.of(sample.expected, sample.expected, sample.context));
  if (partition === null) return null;
  // Not the last: with its end missing an output is a short transfer.
  const chosen = sample.draw.subset(partition.count - 1, sample.draw.whole(least, most));
  return confinedTo(
    sample,
    chosen.flatMap((group) => [...ordinalsOf(partition, group)]),
  );
}

function regrouped(sample: Sample, of: (mismatch: Mismatch) => Partition | null): Faulty | null {
  const partition = of(Mismatch.of(sample.expected, sample.expected, sample.context));
  if (partition === null) return null;
  const { draw } = sample;
  const { count } = partition;
  const order = draw.pick([
    () => draw.order(count),
    () => Array.from({ length: count }, (_, g) => count - 1 - g),
    () => swapped(count, draw),
  ])();
  if (order.every((source, group) => source === group)) return null;
  const from = new Int32Array(sample.values.length);
  order.forEach((source, group) => {
    const origin = ordinalsOf(partition, source);
    ordinalsOf(partition, group).forEach((to, k) => {
      from[to] = origin[k]!;
    });
  });
  return gathered(sample, (i) => from[i]!);
}

function swapped(count: number, draw: Draw): number[] {
  const order = Array.from({ length: count }, (_, g) => g);
  const [a, b] = draw.subset(count, 2) as [number, number];
  order[a] = b;
  order[b] = a;
  return order;
}

const mod = (x: number, n: number): number => ((x % n) + n) % n;

export const faultKinds: readonly FaultKind[] = [
  {
    hypothesis: 'untouched-canary',
    make: (s) => pointwise(s, () => canaryOf(s.dtype)),
    dtypes: ['int8', 'f32', 'int32'],
  },
  { hypothesis: 'all-zero', make: (s) => pointwise(s, () => 0), dtypes: ['int8', 'f32', 'int32'] },
  {
    hypothesis: 'constant',
    make: (s) => {
      const value = s.draw.whole(1, 60);
      return pointwise(s, () => value);
    },
  },
  {
    hypothesis: 'stale-output',
    make: (s) => {
      const context = s.context;
      return written(s, toFloat64(context.previous!), context);
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'input-copy',
    make: (s) => {
      const context = s.context;
      const input = toFloat64(context.inputs![s.draw.pick(['q', 'k'])]!);
      const offset = s.draw.pick([0, 0, s.draw.whole(1, 200)]);
      return written(
        s,
        s.values.map((e, i) => input[i + offset] ?? e),
        context,
      );
    },
  },
  {
    hypothesis: 'not-finite',
    make: (s) => {
      const row = s.draw.pick([1, 2, 5]);
      const value = s.draw.pick([Number.NaN, Infinity]);
      return pointwise(s, (e, _, i) => (mod(i * 7919, 97) < row * 10 ? value : e));
    },
    dtypes: ['f32'],
  },
  {
    hypothesis: 'wrong-shift',
    make: (s) => {
      const n = s.draw.whole(1, s.kind === 'small' ? 1 : 3);
      const { min, max } = dtypeInfo(s.dtype);
      return s.draw.pick([
        () => pointwise(s, (e) => e >> n),
        () => pointwise(s, (_, x) => round(x / 2 ** n, 'half-even')),
        () => pointwise(s, (_, x) => saturate(round(x * 2 ** n, 'half-even'), min, max)),
        () => pointwise(s, (_, x) => wrapTo(s.dtype, round(x * 2 ** n, 'half-even'))),
      ])();
    },
    dtypes: ['int8', 'int32'],
  },
  {
    hypothesis: 'constant-scale',
    make: (s) => {
      // Small values scaled down look as if shifted and rounded, and next to 1 as if rounded.
      const factor = s.draw.pick(s.kind === 'small' ? [1.4, 2.5, 3] : [0.3, 0.6, 0.75, 0.9, 1.2, 1.4, 3]);
      return pointwise(s, (_, x) => x * factor);
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'constant-offset',
    make: (s) => {
      // An ideal forgives one LSB.
      const offset = s.draw.whole(s.expected.dtype === 'f64' ? 3 : 1, 30) * s.draw.pick([-1, 1]);
      return pointwise(s, (e) => e + offset);
    },
  },
  {
    hypothesis: 'compressed-range',
    make: (s) => {
      const slope = 0.3 + 0.5 * s.draw.unit();
      const centre = s.draw.whole(10, 60) * s.draw.pick([-1, 1]);
      return pointwise(s, (_, x) => slope * (x - centre) + centre);
    },
  },
  {
    hypothesis: 'saturated',
    make: (s) => {
      const sorted = Array.from(s.values).sort((a, b) => a - b);
      const high = sorted[Math.floor(sorted.length * (0.75 + 0.15 * s.draw.unit()))]!;
      const low = sorted[Math.floor(sorted.length * 0.15 * s.draw.unit())]!;
      if (high <= low) return null;
      return pointwise(s, (e) => saturate(e, low, high));
    },
  },
  {
    hypothesis: 'clamp-dropped',
    make: (s) => {
      const sorted = Array.from(s.values, Math.abs).sort((a, b) => a - b);
      const gain = 128 / Math.max(1, sorted[Math.floor(sorted.length * 0.95)]!);
      const wide = s.real.map((x) => x * gain);
      const wraps = wide.map((x) => wrapTo(s.dtype, round(x, 'half-even')));
      const ideal = s.expected.dtype === 'f64';
      return { ...written(s, wraps), expected: stored(ideal ? 'f64' : s.dtype, s.shape, wide) };
    },
  },
  {
    hypothesis: 'sign-error',
    make: (s) => {
      const negative = s.values.some((e) => e < -2);
      return s.draw.pick([
        () => pointwise(s, (e) => -e),
        () => (negative ? pointwise(s, (e) => Math.abs(e)) : null),
        () => pointwise(s, (e) => wrapTo(s.dtype, e + 128)),
      ])();
    },
  },
  {
    hypothesis: 'width-error',
    make: (s) => {
      if (s.dtype !== 'int8') return pointwise(s, (e) => wrapped(e, 8, false));
      const width = s.draw.pick([2, 4]);
      const { values } = s;
      const rest = s.draw.pick([0, canaryOf('int8')]);
      return s.draw.pick([
        () =>
          pointwise(s, (_, __, i) =>
            i % width === 0 ? values[i / width]! : values[Math.floor(i / width)]! < 0 ? -1 : 0,
          ),
        () => pointwise(s, (_, __, i) => values[i * width] ?? rest),
      ])();
    },
    dtypes: ['int8', 'int32'],
  },
  {
    hypothesis: 'byte-order',
    modelOnly: true,
    make: (s) => {
      const group = s.dtype === 'int8' ? s.draw.pick([2, 4]) : 4;
      const { storage, decode } = dtypeInfo(s.dtype);
      const bytes = new Uint8Array(new storage(s.values.length).buffer);
      const source = new Uint8Array(Uint8Array.from(new Uint8Array(toBytes(s.expected))));
      bytes.forEach((_, i) => {
        bytes[i] = source[i - (i % group) + group - 1 - (i % group)]!;
      });
      return written(s, Float64Array.from(new storage(bytes.buffer), decode));
    },
    dtypes: ['int8', 'int32'],
  },
  {
    hypothesis: 'transposed',
    make: (s) => {
      const [rows, columns] = s.shape.slice(-2) as [number, number];
      const matrix = rows * columns;
      return gathered(s, (i) => {
        const k = i % matrix;
        return i - k + (k % rows) * columns + Math.floor(k / rows);
      });
    },
    dtypes: ['int8', 'f32'],
  },
  { hypothesis: 'transposed', make: (s) => transposedIn(s, 16), batched: true },
  {
    hypothesis: 'tile-layout',
    make: (s) => {
      const [height, width] = s.draw.pick([
        [16, 16],
        [4, 8],
        [8, 8],
      ] as const);
      const columns = s.shape.at(-1)!;
      const across = columns / width;
      return gathered(s, (i) => {
        const tile = Math.floor(i / (height * width));
        const inside = i % (height * width);
        const row = Math.floor(tile / across) * height + Math.floor(inside / width);
        return row * columns + (tile % across) * width + (inside % width);
      });
    },
  },
  { hypothesis: 'tiles-permuted', make: (s) => regrouped(s, (m) => tilesIn(m)), dtypes: ['int8', 'f32'] },
  { hypothesis: 'rows-permuted', make: (s) => regrouped(s, rowsOf), dtypes: ['int8', 'f32'] },
  { hypothesis: 'channels-permuted', make: (s) => regrouped(s, columnsOf) },
  { hypothesis: 'slices-permuted', make: (s) => regrouped(s, slicesOf), batched: true },
  {
    hypothesis: 'shifted',
    make: (s) => {
      const size = s.values.length;
      const columns = s.shape.at(-1)!;
      const lag = s.draw.whole(1, 200) * s.draw.pick([-1, 1]);
      const step = s.draw.whole(1, 9);
      return s.draw.pick([
        () => gathered(s, (i) => mod(i - lag, size)),
        () => pointwise(s, (_, __, i) => s.values[i - lag] ?? 0),
        () => pointwise(s, (_, __, i) => (i % columns < step ? 0 : s.values[i - step]!)),
        () => gathered(s, (i) => i - (i % columns) + mod((i % columns) - step, columns)),
      ])();
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'rounding-mode',
    modelOnly: true,
    make: (s) => {
      // Eighths, as a shift by three bits leaves them: an eighth of all values are ties.
      const real = s.real.map((x) => Math.round(x * 8) / 8);
      const mode = s.draw.pick(['truncate', 'floor', 'half-away'] as const);
      const expected = stored(s.dtype, s.shape, real);
      const context = s.context;
      const actual = stored(
        s.dtype,
        s.shape,
        real.map((x) => round(x, mode)),
      );
      return { expected: s.draw.unit() < 0.7 ? expected : stored('f64', s.shape, real), actual, context };
    },
  },
  {
    hypothesis: 'noise',
    modelOnly: true,
    make: (s) => {
      const often = 0.1 + 0.5 * s.draw.unit();
      if (s.dtype === 'f32') return pointwise(s, (e) => e + 0.01 * s.draw.normal());
      return pointwise(s, (e) => (s.draw.unit() < often ? e + s.draw.pick([-1, 1]) : e));
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'softmax-sum',
    modelOnly: true,
    make: (s) => {
      const [rows, columns] = [s.values.length / s.shape.at(-1)!, s.shape.at(-1)!];
      const sharp = 0.3 + s.draw.unit();
      const weights = Float64Array.from({ length: rows * columns }, () =>
        Math.exp(sharp * 2 * s.draw.normal()),
      );
      const factors = Float64Array.from({ length: rows }, () => 0.35 + 0.5 * s.draw.unit());
      const one = s.dtype === 'int8' ? 256 : 1;
      const zeroPoint = s.dtype === 'int8' ? -128 : 0;
      const sums = Float64Array.from({ length: rows }, (_, row) =>
        weights.subarray(row * columns, (row + 1) * columns).reduce((sum, w) => sum + w, 0),
      );
      const make = (factor: (row: number) => number): Tensor =>
        stored(
          s.dtype,
          s.shape,
          weights.map(
            (w, i) =>
              (one * w * factor(Math.floor(i / columns))) / sums[Math.floor(i / columns)]! + zeroPoint,
          ),
        );
      return { expected: make(() => 1), actual: make((row) => factors[row]!), context: s.context };
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'value-map',
    modelOnly: true,
    make: (s) => {
      const table = new Map<number, number>();
      return pointwise(s, (e) => {
        if (!table.has(e)) table.set(e, s.draw.unit() < 0.4 ? e : s.draw.whole(-100, 100));
        return table.get(e)!;
      });
    },
  },
  {
    hypothesis: 'isolated-elements',
    make: (s) => {
      const chosen = new Set(s.draw.subset(s.values.length, s.draw.whole(1, 4)));
      const bit = s.draw.whole(2, 6);
      const flip = s.draw.unit() < 0.6;
      return pointwise(s, (e, _, i) =>
        chosen.has(i) ? (flip ? e ^ (1 << bit) : s.draw.whole(-100, 100)) : e,
      );
    },
  },
  { hypothesis: 'one-tile', make: (s) => groups(s, (m) => tilesIn(m), 1, 1), dtypes: ['int8', 'f32'] },
  { hypothesis: 'several-tiles', make: (s) => groups(s, (m) => tilesIn(m), 2, 3) },
  { hypothesis: 'tile-row', make: (s) => groups(s, (m) => bandsOf(m, 'tile row'), 1, 1) },
  { hypothesis: 'tile-column', make: (s) => groups(s, (m) => bandsOf(m, 'tile column'), 1, 1) },
  { hypothesis: 'one-row', make: (s) => groups(s, rowsOf, 1, 1), dtypes: ['int8', 'f32'] },
  { hypothesis: 'several-rows', make: (s) => groups(s, rowsOf, 2, 5) },
  { hypothesis: 'one-column', make: (s) => groups(s, columnsOf, 1, 1) },
  { hypothesis: 'several-columns', make: (s) => groups(s, columnsOf, 2, 5) },
  { hypothesis: 'one-core', make: (s) => groups(s, coresOf, 1, 1), batched: true },
  {
    hypothesis: 'vector-lane',
    make: (s) => {
      const lanes = s.draw.pick([4, 8, 16]);
      const lane = s.draw.whole(0, lanes - 1);
      const chosen = Array.from({ length: s.values.length / lanes }, (_, k) => k * lanes + lane);
      return confinedTo(s, chosen);
    },
  },
  {
    hypothesis: 'short-transfer',
    make: (s) => {
      const size = s.values.length;
      const from = s.draw.pick([size / 2, size * 0.75, s.draw.whole(size / 4, size - 200)]);
      const value = s.draw.pick([canaryOf(s.dtype), 0]);
      return pointwise(s, (e, _, i) => (i < from ? e : value));
    },
    dtypes: ['int8', 'f32'],
  },
  {
    hypothesis: 'wrong-range',
    make: (s) => {
      const size = s.values.length;
      const from = s.draw.whole(10, size / 2);
      const length = s.draw.whole(100, size / 3);
      return confinedTo(
        s,
        Array.from({ length }, (_, k) => from + k),
      );
    },
  },
  {
    hypothesis: 'unexplained',
    make: (s) => {
      const columns = s.shape.at(-1)!;
      const other = realOutput(s.kind, s.values.length / columns, columns, s.draw);
      const { order } = { order: s.draw.order(other.length) };
      return pointwise(s, (_, __, i) => other[order[i]!]!);
    },
  },
];

function transposedIn(s: Sample, side: number): Faulty {
  const columns = s.shape.at(-1)!;
  return gathered(s, (i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    return (row - (row % side) + (column % side)) * columns + column - (column % side) + (row % side);
  });
}

function toBytes(t: Tensor): ArrayBuffer {
  const { storage, encode } = dtypeInfo(t.dtype);
  const codes = new storage(toFloat64(t).length);
  toFloat64(t).forEach((x, i) => {
    codes[i] = encode(x);
  });
  return codes.buffer;
}
