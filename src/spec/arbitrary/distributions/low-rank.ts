import type { Distribution } from '../canvas.ts';

/** The sum of one to three outer products of normal vectors: rows are combinations of a few. */
export const lowRank: Distribution = {
  name: 'low rank',
  fill({ values, rows, columns, reach }, random) {
    const rank = 1 + random.below(3);
    const amplitude = reach / 2 ** random.between(2, 5);
    const row = new Float64Array(columns);
    for (let term = 0; term < rank; term++) {
      for (let c = 0; c < columns; c++) row[c] = amplitude * random.normal();
      for (let r = 0; r < rows; r++) {
        const weight = random.normal();
        for (let c = 0; c < columns; c++) values[r * columns + c]! += weight * row[c]!;
      }
    }
  },
};
