import { band, type Distribution } from '../canvas.ts';

/** The first rows (of a vector: elements) drawn one way, the rest another. */
export function mixtureOf(parts: readonly Distribution[]): Distribution {
  return {
    name: 'mixture',
    fill(canvas, random) {
      const extent = canvas.rows === 1 ? canvas.columns : canvas.rows;
      const split = random.below(extent + 1);
      random.pick(parts).fill(band(canvas, 0, split), random);
      random.pick(parts).fill(band(canvas, split, extent), random);
    },
  };
}
