import { toFloat64 } from '../../../tensor/index.ts';
import { Mismatch } from '../mismatch.ts';
import { columnsOf, ordinalsOf, type Partition, rowsOf, slicesOf, tilesIn } from '../partition.ts';
import { type FaultKind, type Faulty, gathered, pointwise, type Sample, written } from './fault.ts';
import type { Draw } from './samples.ts';

/** Faults in the places of right values. */
export const placeFaults: readonly FaultKind[] = [
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
];

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

function transposedIn(s: Sample, side: number): Faulty {
  const columns = s.shape.at(-1)!;
  return gathered(s, (i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    return (row - (row % side) + (column % side)) * columns + column - (column % side) + (row % side);
  });
}

const mod = (x: number, n: number): number => ((x % n) + n) % n;
