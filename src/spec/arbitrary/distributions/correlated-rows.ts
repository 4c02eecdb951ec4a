import type { Distribution } from '../canvas.ts';

/** Every row the same normal vector or its negative, with a tenth of noise: queries and keys that all agree. */
export const correlatedRows: Distribution = {
  name: 'correlated rows',
  fill({ values, columns, reach }, random) {
    const amplitude = reach / 2 ** random.between(2, 5);
    const common = Float64Array.from({ length: columns }, () => amplitude * random.normal());
    for (let start = 0; start < values.length; start += columns) {
      const sign = random.oneIn(4) ? -1 : 1;
      for (let c = 0; c < columns; c++) {
        values[start + c] = sign * common[c]! + 0.1 * amplitude * random.normal();
      }
    }
  },
};
