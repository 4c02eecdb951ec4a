import type { Distribution } from '../canvas.ts';

/** One value in sixteen, uniform; zero elsewhere. */
export const sparse: Distribution = {
  name: 'sparse',
  fill({ values, min, max }, random) {
    for (let i = random.below(31); i < values.length; i += 1 + random.below(31)) {
      values[i] = random.between(min, max);
    }
  },
};
