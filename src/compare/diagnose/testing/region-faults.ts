import { Mismatch } from '../mismatch.ts';
import {
  bandsOf,
  columnsOf,
  coresOf,
  ordinalsOf,
  type Partition,
  rowsOf,
  slicesOf,
  tilesIn,
} from '../partition.ts';
import { canaryOf, type FaultKind, type Faulty, pointwise, type Sample, written } from './fault.ts';

/** Faults in a part of the output. */
export const regionFaults: readonly FaultKind[] = [
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
    hypothesis: 'one-slice',
    make: (s) => {
      const { cores: _, ...context } = s.context;
      return groups({ ...s, context }, slicesOf, 1, 1);
    },
    batched: true,
  },
];

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
