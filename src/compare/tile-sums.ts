import { placeCodes, placeFloat64, type Simd, simd } from '../simd/module.ts';
import { codesOf } from '../tensor/index.ts';
import type { Pair } from './pair.ts';
import { joinSums, type Sums, sumsOf } from './sums.ts';
import { rowsOf, runsOf, type Tile } from './tiles.ts';

const BY_TILE = {};

/** Sums over each tile of the pair in the order of `pair.tiles`, taken once. */
export function sumsByTile(pair: Pair): readonly Sums[] {
  return pair.once(BY_TILE, () => {
    const fast = fastSums(pair);
    return pair.tiles.map((tile, i) => fast(tile) ?? plainSums(pair, tile, i));
  });
}

const OVERALL = {};

/** Sums over the whole pair, joined once. */
export function sumsOverall(pair: Pair): Sums {
  return pair.once(OVERALL, () => joinSums(sumsByTile(pair)));
}

/** Whether sums by tile are had so cheaply that it pays to look at them before the elements. */
export function hasFastSums(pair: Pair): boolean {
  const { expected, actual } = pair.tensors;
  const known =
    actual.dtype === 'f32'
      ? expected.dtype === 'f32'
      : actual.dtype === 'int8' && (expected.dtype === 'f64' || expected.dtype === 'int8');
  return known && pair.size <= MOST && simd() !== null;
}

/** Elements a side that are copied to the memory of WebAssembly at most. */
const MOST = 2 ** 25;

function plainSums(pair: Pair, tile: Tile, index: number): Sums {
  // Without its own copies only where the pair has them anyway.
  if (!hasFastSums(pair)) return sumsOf(pair, runsOf(pair.shape, tile));
  const alone = pair.tilePair(index);
  return sumsOf(alone, runsOf(alone.shape, alone.tiles[0]!));
}

function fastSums(pair: Pair): (tile: Tile) => Sums | null {
  const fast = simd();
  if (fast === null || !hasFastSums(pair)) return () => null;
  const expected = codesOf(pair.tensors.expected);
  const actual = codesOf(pair.tensors.actual);
  const place = pair.dtype === 'f32' ? placeCodes : placeFloat64;
  let held = { from: 0, to: 0, outAt: 0, expectedAt: 0, actualAt: 0 };
  return (tile) => {
    const rows = rowsOf(pair.shape, tile);
    if (rows === null || rows.columns % 4 !== 0) return null;
    const { start, stride, count, columns } = rows;
    // Whole rows, so that the tiles beside this one find theirs there too.
    const from = count === 1 ? start : start - (start % stride);
    const to = count === 1 ? start + columns : from + count * stride;
    if (held.from !== from || held.to !== to) {
      fast.begin();
      const outAt = fast.alloc(8 * NUMBERS);
      const expectedAt = place(fast, expected.subarray(from, to));
      held = { from, to, outAt, expectedAt, actualAt: placeCodes(fast, actual.subarray(from, to)) };
    }
    const eAt = held.expectedAt + (start - from) * (pair.dtype === 'f32' ? 4 : 8);
    const aAt = held.actualAt + (start - from) * (pair.dtype === 'f32' ? 4 : 1);
    const finite =
      pair.dtype === 'f32'
        ? fast.run.measure_f32(eAt, aAt, stride, count, columns, pair.rtol, held.outAt)
        : fast.run.measure_int8(eAt, aAt, stride, count, columns, held.outAt);
    return finite ? readSums(fast, held.outAt, count * columns) : null;
  };
}

/** Numbers that `measure_f32` and `measure_int8` write. */
const NUMBERS = 24;

/** The order is that of the enumeration in `src/simd/compare.c`. */
function readSums(fast: Simd, at: number, n: number): Sums {
  const x = new Float64Array(fast.buffer, at, NUMBERS);
  const eMean = x[16]!;
  const aMean = x[17]!;
  const e1 = x[18]!;
  const e2 = x[20]!;
  return {
    count: n,
    expected: { min: x[0]!, max: x[1]!, sum: n * eMean + e1, finite: n, zero: x[2]!, nan: 0, infinite: 0 },
    actual: { min: x[3]!, max: x[4]!, sum: n * aMean + x[19]!, finite: n, zero: x[5]!, nan: 0, infinite: 0 },
    counts: { mismatches: x[6]!, maxUlp: x[7]!, saturated: x[8]! },
    errors: {
      finite: n,
      max: x[11]!,
      absolute: x[12]!,
      signed: x[13]!,
      squares: x[14]!,
      signal: e2 + 2 * eMean * e1 + n * eMean * eMean,
      positive: x[9]!,
      nonZero: x[10]!,
    },
    moments: { n, eMean, aMean, e1, a1: x[19]!, e2, a2: x[21]!, cross: x[22]! },
    excess: x[15]!,
    furthest: x[23]!,
  };
}
