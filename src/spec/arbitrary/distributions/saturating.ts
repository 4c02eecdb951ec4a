import type { Distribution } from '../canvas.ts';

/**
 * Nothing but the two ends of the range: with random signs, or one sign a row or a column, so that sums reach the ends
 * of the accumulator and outputs clamp.
 */
export const saturating: Distribution = {
  name: 'saturating',
  fill({ values, columns, min, max }, random) {
    const [acrossRow, acrossColumn] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ] as const);
    const ofColumn = Float64Array.from({ length: columns }, () => (random.sign() < 0 ? min : max));
    for (let start = 0; start < values.length; start += columns) {
      const ofRow = random.sign() < 0 ? min : max;
      for (let c = 0; c < columns; c++) {
        const free = acrossRow ? ofRow : random.sign() < 0 ? min : max;
        values[start + c] = acrossColumn ? ofColumn[c]! : free;
      }
    }
  },
};
