import type { Distribution } from '../canvas.ts';

/**
 * Uniform around zero within an amplitude drawn evenly in its logarithm, from one step to a quarter of the range.
 * Products of full-range values make a softmax one-hot; only small ones exercise its exponential.
 */
export const small: Distribution = {
  name: 'small',
  fill({ values, reach, low, info }, random) {
    const bits = info.integer ? info.precision - 1 : 7;
    const amplitude = reach / 2 ** random.between(2, bits);
    const from = low * amplitude;
    const scale = (1 - low) * amplitude * 2 ** -32;
    for (let i = 0; i < values.length; i++) values[i] = from + (random.word() >>> 0) * scale;
  },
};
