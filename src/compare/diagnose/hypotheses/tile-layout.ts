import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';

const HINT =
  'data stays in the order of tiles: look at the strides and wraps (dimensions) of the transfer that tiles or untiles it';

/** Shapes of the matrix-multiply instruction's operands, beside the tile of the context. */
const MICRO_TILES = [
  [4, 4],
  [4, 8],
  [8, 4],
  [8, 8],
] as const;

function layouts({ expected, shape }: Mismatch, [height, width]: readonly [number, number]): Claim[] {
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (rows % height !== 0 || columns % width !== 0) return [];
  const across = columns / width;
  if (across === 1 || height === 1) return []; // tile order is row order
  const matrix = rows * columns;
  const toRowMajor = (k: number): number => {
    const tile = Math.floor(k / (height * width));
    const inside = k % (height * width);
    const row = Math.floor(tile / across) * height + Math.floor(inside / width);
    return row * columns + (tile % across) * width + (inside % width);
  };
  const toTileOrder = (k: number): number => {
    const row = Math.floor(k / columns);
    const column = k % columns;
    const tile = Math.floor(row / height) * across + Math.floor(column / width);
    return tile * height * width + (row % height) * width + (column % width);
  };
  const named = `${height}x${width} tiles`;
  const claim = (text: string, map: (k: number) => number): Claim => ({
    hypothesis: 'tile-layout',
    bits: 7,
    predict: (i) => expected[i - (i % matrix) + map(i % matrix)]!,
    text,
    hint: HINT,
  });
  return [
    claim(`actual = expected in the order of ${named}, never put back into rows`, toRowMajor),
    claim(`actual = expected taken from the order of ${named} though it was in rows`, toTileOrder),
  ];
}

/** Output left in (or wrongly taken out of) the order of tiles. */
export const tileLayout: Hypothesis = (mismatch) => {
  const { shape, context } = mismatch;
  if (shape.length < 2) return null;
  const [height, width] = context.tile?.slice(-2) ?? [];
  const own = height !== undefined && width !== undefined ? [[height, width] as const] : [];
  return bestOf(
    [...own, ...MICRO_TILES].flatMap((tile) => layouts(mismatch, tile)),
    mismatch,
  );
};
