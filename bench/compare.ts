import { type Acceptance, absRel, compare, parseAcceptance } from '../src/compare/index.ts';
import { at, RandomState, type Tensor, tensor, toFloat64 } from '../src/tensor/index.ts';
import type { Comparison } from './reference.ts';

type Accepts = (expected: number, actual: number) => boolean;

/** Element by element through at(): verdict, greatest and mean error, nothing by tile. */
function naive(
  expected: Tensor,
  actual: Tensor,
  accepts: Accepts,
): { rejected: number; max: number; mean: number } {
  const [rows, columns] = expected.shape as readonly [number, number];
  let rejected = 0;
  let max = 0;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const e = at(expected, row, column);
      const a = at(actual, row, column);
      if (!accepts(e, a)) rejected++;
      max = Math.max(max, Math.abs(a - e));
      sum += Math.abs(a - e);
    }
  }
  return { rejected, max, mean: sum / (rows * columns) };
}

const random = new RandomState(42);
const actual8 = random.randint(-64, 64, [64, 64], 'int8');
const ideal8 = tensor(
  'f64',
  [64, 64],
  toFloat64(actual8).map((x, i) => x + Math.sin(i)),
);
const size = 1500 * 512;
const reference = Float64Array.from({ length: size }, (_, i) => 3 * Math.sin(i));
const expected32 = tensor('f32', [1500, 512], reference);
const actual32 = tensor(
  'f32',
  [1500, 512],
  reference.map((x, i) => x * (1 + 1e-6 * Math.cos(i))),
);

const quantised: Acceptance = parseAcceptance('lsb(2) & correlation(0.99)');
const floating: Acceptance = absRel(1e-6, 1e-4);
const withinLsbs: Accepts = (e, a) => Math.abs(a - Math.round(e)) <= 2;
const isClose: Accepts = (e, a) => Math.abs(a - e) <= 1e-6 + 1e-4 * Math.abs(e);

export const compareComparisons: readonly Comparison[] = [
  {
    name: 'compare 64x64 int8 in 16x16 tiles, full',
    ours: () => compare(ideal8, actual8, { accept: quantised, tile: [16, 16] }),
    peer: () => naive(ideal8, actual8, withinLsbs),
    peerName: 'loop over at(), verdict only',
  },
  {
    name: 'compare 64x64 int8, verdict',
    ours: () => compare(ideal8, actual8, { accept: quantised, tile: [16, 16], detail: 'verdict' }),
    peer: () => naive(ideal8, actual8, withinLsbs),
    peerName: 'loop over at(), verdict only',
  },
  {
    name: 'compare 1500x512 f32 absRel, verdict',
    ours: () => compare(expected32, actual32, { accept: floating, detail: 'verdict' }),
    peer: () => naive(expected32, actual32, isClose),
    peerName: 'loop over at(), verdict only',
  },
  {
    name: 'compare 1500x512 f32 absRel, full',
    ours: () => compare(expected32, actual32, { accept: floating }),
    peer: () => naive(expected32, actual32, isClose),
    peerName: 'loop over at(), verdict only',
  },
];
