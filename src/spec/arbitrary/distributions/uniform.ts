import type { Distribution } from '../canvas.ts';

/** Every value of the range alike. */
export const uniform: Distribution = {
  name: 'uniform',
  isBits: true,
  fill({ values, min, max, info }, random) {
    const half = info.integer ? 0.5 : 0; // so that rounding gives the end values their full share
    const from = min - half;
    const scale = (max - min + 2 * half) * 2 ** -32;
    for (let i = 0; i < values.length; i++) values[i] = from + (random.word() >>> 0) * scale;
  },
};
