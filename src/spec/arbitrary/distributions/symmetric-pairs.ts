import type { Distribution } from '../canvas.ts';

/**
 * Neighbours, or neighbouring rows, are x and -x (of an unsigned dtype mirrored about its middle): sums that must
 * cancel, and a sign that is lost does not.
 */
export const symmetricPairs: Distribution = {
  name: 'symmetric pairs',
  fill({ values, rows, columns, min, max, reach, low }, random) {
    const middle = low < 0 ? 0 : (min + max + 1) / 2;
    const amplitude = (reach - middle) * random.unit();
    const distance = rows > 1 && random.oneIn(2) ? columns : 1;
    for (let start = 0; start < values.length; start += 2 * distance) {
      const end = Math.min(start + distance, values.length);
      for (let i = start; i < end; i++) {
        const x = Math.round(random.between(-amplitude, amplitude));
        values[i] = middle + x;
        if (i + distance < values.length) values[i + distance] = middle - x;
      }
    }
  },
};
