import { bestOf, type Claim, type Hypothesis } from '../claim.ts';
import type { Mismatch } from '../mismatch.ts';
import { tilesIn } from '../partition.ts';

const HINT =
  'rows and columns change places: look at the strides of the output transfer, at row-major against column-major, at a B operand given transposed';

/** Elements of each matrix of `rows` by `columns` read as if it were stored column by column. */
function flipped({ expected }: Mismatch, rows: number, columns: number, text: string, bits: number): Claim {
  const matrix = rows * columns;
  return {
    hypothesis: 'transposed',
    bits,
    predict: (i) => {
      const inside = i % matrix;
      // actual = stored [columns, rows]: element (c, r) lies at c * rows + r.
      return expected[i - inside + (inside % rows) * columns + Math.floor(inside / rows)]!;
    },
    text,
    hint: HINT,
  };
}

/** Each tile transposed in itself. */
function insideTiles(mismatch: Mismatch): Claim[] {
  const tiles = tilesIn(mismatch);
  const { expected, columns, shape } = mismatch;
  const side = tiles?.tile.at(-1) ?? 0;
  const square = tiles !== null && side > 1 && tiles.tile.at(-2) === side;
  if (!square || columns % side !== 0 || shape.at(-2)! % side !== 0) return [];
  return [
    {
      hypothesis: 'transposed',
      bits: 5,
      predict: (i) => {
        const row = Math.floor(i / columns);
        const column = i % columns;
        const r = row % side;
        const c = column % side;
        return expected[(row - r + c) * columns + column - c + r]!;
      },
      text: `actual = expected with each ${side}x${side} tile transposed in itself`,
      hint: HINT,
    },
  ];
}

/** Transposed matrices, whole or tile by tile. */
export const transposed: Hypothesis = (mismatch) => {
  const { shape, size } = mismatch;
  if (shape.length < 2) return null;
  const rows = shape.at(-2)!;
  const columns = shape.at(-1)!;
  if (rows < 2 || columns < 2) return null;
  const batch = size > rows * columns ? ', in each matrix of the batch' : '';
  const claims = [
    flipped(mismatch, rows, columns, `actual = expected transposed${batch}`, 4),
    ...insideTiles(mismatch),
  ];
  if (rows !== columns) {
    claims.push(
      flipped(
        mismatch,
        columns,
        rows,
        `actual = expected read as [${columns}, ${rows}] and transposed${batch}`,
        5,
      ),
    );
  }
  return bestOf(claims, mismatch);
};
