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
    // Without a branch on the sign, which no processor could predict.
    const end = (): number => max + (max - min) * (random.word() >> 31);
    const ofColumn = Float64Array.from({ length: columns }, end);
    for (let start = 0; start < values.length; start += columns) {
      const ofRow = end();
      for (let c = 0; c < columns; c++) {
        const free = acrossRow ? ofRow : end();
        values[start + c] = acrossColumn ? ofColumn[c]! : free;
      }
    }
  },
};
