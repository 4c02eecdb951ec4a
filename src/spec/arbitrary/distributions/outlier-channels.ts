import type { Distribution } from '../canvas.ts';

/**
 * Normal values with a few channels (columns) 20 to 100 times the rest, as transformer activations have: the scale
 * that fits the outliers leaves few codes for everything else (Dettmers et al., "LLM.int8()", 2022).
 */
export const outlierChannels: Distribution = {
  name: 'outlier channels',
  fill({ values, columns, reach }, random) {
    const ratio = random.between(20, 100);
    const gain = new Float64Array(columns).fill(reach / (2 * ratio));
    const outliers = 1 + random.below(Math.max(1, columns >> 4));
    for (let n = 0; n < outliers && columns > 0; n++) gain[random.below(columns)] = reach / 2;
    for (let i = 0, c = 0; i < values.length; i++) {
      values[i] = random.normal() * gain[c]!;
      if (++c === columns) c = 0;
    }
  },
};
