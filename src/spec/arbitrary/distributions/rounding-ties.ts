import type { Distribution } from '../canvas.ts';

/**
 * Values half-way between two results of a rounding, which tell apart the rounding modes: of an integer odd multiples
 * of 2^(shift - 1) for a drawn shift; of a float whole numbers and a half, or values between two of bf16.
 */
export const roundingTies: Distribution = {
  name: 'rounding ties',
  fill({ values, low, reach, info }, random) {
    const bits = Math.min(info.precision, 16) - 1;
    const between = !info.integer && info.precision > 9 && random.oneIn(2);
    const half = info.integer ? 2 ** random.below(bits - 1) : 0.5;
    const count = Math.floor(reach / (2 * half));
    for (let i = 0; i < values.length; i++) {
      values[i] = between
        ? random.sign() * (1 + (2 * random.below(128) + 1) / 256) * 2 ** (random.below(4) - 2)
        : half * (2 * Math.floor(random.between(low * count, count)) + 1);
    }
  },
};
