import type { Distribution } from '../canvas.ts';

/**
 * Normal with the range at 4 to 16 deviations, as activations quantised by their greatest magnitude are. Unsigned ones
 * lie about the middle of the range.
 */
export const activations: Distribution = {
  name: 'activations',
  fill({ values, min, max, reach, low }, random) {
    const middle = low < 0 ? 0 : (min + max + 1) / 2;
    const deviation = (reach - middle) / 2 ** random.between(2, 4);
    for (let i = 0; i < values.length; i++) values[i] = middle + deviation * random.normal();
  },
};
