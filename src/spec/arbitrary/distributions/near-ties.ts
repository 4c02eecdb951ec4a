import type { Distribution } from '../canvas.ts';

/**
 * Rows whose greatest values are equal or one step apart, a few or all of them, above a low rest: the largest term of
 * a softmax is not alone, so that its sum, its maximum and its rounding matter.
 */
export const nearTies: Distribution = {
  name: 'near ties',
  fill({ values, columns, min, max, step }, random) {
    for (let start = 0; start < values.length; start += columns) {
      const top = random.between(min + (max - min) / 2, max);
      const drop = random.between(0, max - min) / 2;
      const share = random.pick([0, 1, 7, 31]);
      for (let c = 0; c < columns; c++) {
        const word = random.word();
        const near = (word & share) === 0;
        const below = (word >>> 5) & 3;
        values[start + c] = near ? top - (below & 1) * step : top - drop - below * step;
      }
    }
  },
};
