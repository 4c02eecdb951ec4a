import type { Distribution } from '../canvas.ts';

/** One element of the tensor, or one of each row, at an end of the range or at one step; zero elsewhere. */
export const oneHot: Distribution = {
  name: 'one-hot',
  fill({ values, rows, columns, min, max, step }, random) {
    const value = random.pick([max, max, min, step]);
    if (random.oneIn(2)) {
      if (values.length > 0) values[random.below(values.length)] = value;
      return;
    }
    for (let r = 0; r < rows; r++) values[r * columns + random.below(columns)] = value;
  },
};
