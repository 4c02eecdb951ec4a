import type { Distribution } from '../canvas.ts';

/** One value a row; in every third tensor the same for all rows. */
export const constantRows: Distribution = {
  name: 'constant rows',
  fill({ values, rows, columns, min, max }, random) {
    const everywhere = random.oneIn(3);
    let value = random.between(min, max);
    for (let r = 0; r < rows; r++) {
      values.fill(value, r * columns, (r + 1) * columns);
      if (!everywhere) value = random.between(min, max);
    }
  },
};
