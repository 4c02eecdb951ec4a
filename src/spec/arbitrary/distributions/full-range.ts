import type { Distribution } from '../canvas.ts';

/**
 * All finite values of the dtype, every fourth a corner: of an integer the ends and zero with their neighbours, of a
 * float the greatest, the smallest normal, the smallest subnormal, one and zero. Exponents of a float are drawn
 * evenly, so that it has huge and subnormal values side by side.
 */
export const fullRange: Distribution = {
  name: 'full range',
  fill({ values, info }, random) {
    const { integer, min, max, minExponent, precision } = info;
    const tiniest = minExponent - precision + 1;
    const corners = integer
      ? [min, min + 1, -1, 0, 1, max - 1, max]
      : [max, 2 ** minExponent, 2 ** tiniest, 1].flatMap((x) => [x, -x]).concat(0);
    const top = Math.floor(Math.log2(max)) + 1;
    for (let i = 0; i < values.length; i++) {
      values[i] = integer
        ? random.between(min - 0.5, max + 0.5)
        : random.sign() * random.between(1, 2) * 2 ** Math.floor(random.between(tiniest, top));
    }
    for (let i = random.below(7); i < values.length; i += 1 + random.below(7))
      values[i] = random.pick(corners);
  },
};
