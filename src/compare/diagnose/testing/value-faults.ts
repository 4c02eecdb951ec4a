import { dtypeInfo, round, saturate, type Tensor, toFloat64 } from '../../../tensor/index.ts';
import { wrapped, wrapTo } from '../wrap.ts';
import { canaryOf, type FaultKind, pointwise, written } from './fault.ts';
import { realOutput, stored } from './samples.ts';

/** Faults in the values of elements. */
export const valueFaults: readonly FaultKind[] = [
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
    hypothesis: 'not-finite',
    make: (s) => {
      const row = s.draw.pick([1, 2, 5]);
      const value = s.draw.pick([Number.NaN, Infinity]);
      return pointwise(s, (e, _, i) => ((i * 7919) % 97 < row * 10 ? value : e));
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
    hypothesis: 'unexplained',
    make: (s) => {
      const columns = s.shape.at(-1)!;
      const other = realOutput(s.kind, s.values.length / columns, columns, s.draw);
      const order = s.draw.order(other.length);
      return pointwise(s, (_, __, i) => other[order[i]!]!);
    },
  },
];

function toBytes(t: Tensor): ArrayBuffer {
  const { storage, encode } = dtypeInfo(t.dtype);
  const codes = new storage(toFloat64(t).length);
  toFloat64(t).forEach((x, i) => {
    codes[i] = encode(x);
  });
  return codes.buffer;
}
