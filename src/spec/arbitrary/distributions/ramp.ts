import type { Distribution } from '../canvas.ts';

/** Rising through the range again and again with a drawn period and phase, along the elements in order. */
export const ramp: Distribution = {
  name: 'ramp',
  fill({ values, min, max }, random) {
    const period = 2 + random.below(255);
    const rise = (max - min) / (period - 1);
    for (let i = 0, phase = random.below(period); i < values.length; i++) {
      values[i] = min + phase * rise;
      if (++phase === period) phase = 0;
    }
  },
};
