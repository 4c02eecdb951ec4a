import { describe, expect, it } from 'vitest';
import { type DType, type Shape, toFloat64 } from '../../tensor/index.ts';
import { paint } from './canvas.ts';
import { type DistributionName, distributions } from './distributions/index.ts';
import { Random } from './random.ts';

/** `count` tensors of a distribution as rows of values. */
function draws(name: DistributionName, dtype: DType, shape: Shape, count = 30): number[][][] {
  const random = new Random(1, 2);
  return Array.from({ length: count }, () => {
    const values = [...toFloat64(paint({ dtype, shape }, distributions[name], random))];
    const columns = shape.at(-1)!;
    return Array.from({ length: values.length / columns }, (_, r) =>
      values.slice(r * columns, (r + 1) * columns),
    );
  });
}

const deviation = (values: number[]): number => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
};

/** Rank of a matrix by elimination with full pivots; below `tolerance` nothing is left. */
function rankOf(matrix: number[][], tolerance: number): number {
  const rest = matrix.map((row) => [...row]);
  let rank = 0;
  for (;;) {
    const pivot = rest
      .flatMap((row, i) => row.map((x, j) => ({ i, j, size: Math.abs(x) })))
      .reduce((a, b) => (b.size > a.size ? b : a));
    if (pivot.size <= tolerance) return rank;
    rank++;
    const by = [...rest[pivot.i]!];
    for (const row of rest) {
      const factor = row[pivot.j]! / by[pivot.j]!;
      row.forEach((x, j) => {
        row[j] = x - factor * by[j]!;
      });
    }
  }
}

describe('distributions', () => {
  it('uniform: each of 256 values equally often, in both ways it is drawn', () => {
    const counts = new Map<number, number>();
    for (const x of draws('uniform', 'int8', [64, 64], 16).flat(2)) counts.set(x, (counts.get(x) ?? 0) + 1);
    expect(counts.size).toBe(256);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 256) ** 2 / 256, 0);
    expect(chiSquare).toBeLessThan(330.5); // 99.9 % of 255 degrees of freedom
    const floats = draws('uniform', 'f32', [64, 64], 4).flat(2);
    expect(Math.min(...floats)).toBeLessThan(-3.99);
    expect(Math.max(...floats)).toBeGreaterThan(3.99);
  });

  it('uniform: every element of a shape that words do not fill', () => {
    const last = draws('uniform', 'int8', [7], 200).map(([row]) => row![6]!);
    expect(new Set(last).size).toBeGreaterThan(90);
  });

  it('full range: every corner of an integer', () => {
    const seen = new Set(draws('full range', 'int16', [16, 16]).flat(2));
    for (const corner of [-32768, -32767, -1, 0, 1, 32766, 32767]) expect(seen.has(corner)).toBe(true);
  });

  it('small: amplitudes from a step to a quarter of the range', () => {
    const most = draws('small', 'int8', [64, 64], 60).map((m) => Math.max(...m.flat().map(Math.abs)));
    expect(Math.min(...most)).toBeLessThanOrEqual(2);
    expect(Math.max(...most)).toBeGreaterThan(16);
    expect(Math.max(...most)).toBeLessThanOrEqual(32);
    expect(
      draws('small', 'uint8', [8, 8])
        .flat(2)
        .every((x) => x >= 0 && x <= 64),
    ).toBe(true);
  });

  it('saturating: ends only; by rows, by columns and at random', () => {
    const drawn = draws('saturating', 'int8', [8, 16]);
    expect(new Set(drawn.flat(2))).toEqual(new Set([-128, 127]));
    const rows = drawn.filter((m) => m.every((row) => new Set(row).size === 1));
    const columns = drawn.filter((m) => m.every((row) => row.join() === m[0]!.join()));
    expect(rows.length).toBeGreaterThan(3);
    expect(columns.length).toBeGreaterThan(3);
    expect(rows.length + columns.length).toBeLessThan(27);
  });

  it('one-hot: one element, or one a row', () => {
    const counts = draws('one-hot', 'int8', [8, 16]).map((m) =>
      m.map((row) => row.filter((x) => x !== 0).length),
    );
    expect(counts.every((rows) => rows.every((n) => n <= 1))).toBe(true);
    expect(new Set(counts.map((rows) => rows.reduce((sum, n) => sum + n)))).toEqual(new Set([1, 8]));
  });

  it('constant rows: one value a row, sometimes one in all', () => {
    const drawn = draws('constant rows', 'int8', [8, 16]);
    expect(drawn.flat().every((row) => new Set(row).size === 1)).toBe(true);
    const sizes = drawn.map((m) => new Set(m.flat()).size);
    expect(sizes).toContain(1);
    expect(Math.max(...sizes)).toBeGreaterThan(6);
  });

  it('ramp: rises but where it starts again', () => {
    const [line] = draws('ramp', 'int16', [2000], 1)[0]!;
    const falls = line!.filter((x, i) => i > 0 && x < line![i - 1]!);
    expect(falls.length).toBeGreaterThan(0);
    expect(falls.every((x) => x === -32768)).toBe(true);
  });

  it('sparse: about one in sixteen', () => {
    const values = draws('sparse', 'int8', [64, 64]).flat(2);
    const share = values.filter((x) => x !== 0).length / values.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.075);
  });

  it('outlier channels: a few columns 20 to 100 times the others', () => {
    for (const m of draws('outlier channels', 'f32', [512, 32], 10)) {
      const channels = m[0]!.map((_, c) => deviation(m.map((row) => row[c]!))).sort((a, b) => a - b);
      const outliers = channels.filter((d) => d > 10 * channels[0]!);
      expect(outliers.length).toBeGreaterThanOrEqual(1);
      expect(outliers.length).toBeLessThanOrEqual(2);
      // Values past the range are cut to it, which takes a little off the largest.
      const ratio = outliers[0]! / channels[15]!;
      expect(ratio).toBeGreaterThan(16);
      expect(ratio).toBeLessThan(110);
    }
  });

  it('near ties: two or more of the greatest values of most rows a step apart', () => {
    const rows = draws('near ties', 'int8', [32, 32]).flat();
    const tied = rows.filter((row) => {
      const [first, second] = row.toSorted((a, b) => b - a);
      return first! - second! <= 1;
    });
    expect(tied.length / rows.length).toBeGreaterThan(0.7);
  });

  it('correlated rows: all rows along one line', () => {
    for (const m of draws('correlated rows', 'f32', [16, 256], 5)) {
      const [first] = m;
      const cosine = (a: number[], b: number[]): number => {
        const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
        return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
      };
      for (const row of m) expect(Math.abs(cosine(first!, row))).toBeGreaterThan(0.95);
    }
  });

  it('low rank: one to three', () => {
    // Values past the range are cut to it, so that only tensors within it have the rank.
    const within = draws('low rank', 'f64', [12, 12], 60).filter((m) =>
      m.flat().every((x) => Math.abs(x) < 4),
    );
    const ranks = new Set(within.map((m) => rankOf(m, 1e-9)));
    expect([...ranks].sort()).toEqual([1, 2, 3]);
  });

  it.each(['int8', 'uint8'] as const)('symmetric pairs of %s: sums that cancel', (dtype) => {
    const middle = dtype === 'int8' ? 0 : 128;
    for (const m of draws('symmetric pairs', dtype, [8, 16])) {
      const values = m.flat().map((x) => x - middle);
      expect(values.reduce((sum, x) => sum + x, 0)).toBe(0);
    }
  });

  it('rounding ties: odd multiples of a half', () => {
    for (const m of draws('rounding ties', 'int8', [8, 16])) {
      const half = Math.min(...m.flat().map((x) => x & -x)); // the lowest bit that is set
      expect(m.flat().every((x) => Math.abs(x / half) % 2 === 1)).toBe(true);
    }
    expect(
      draws('rounding ties', 'bf16', [8, 16])
        .flat(2)
        .every((x) => Math.abs(x % 1) === 0.5),
    ).toBe(true);
  });

  it('activations: normal, the range at 4 to 16 deviations', () => {
    for (const m of draws('activations', 'int8', [64, 64], 10)) {
      const d = deviation(m.flat());
      expect(d).toBeGreaterThan(127 / 17);
      expect(d).toBeLessThan(127 / 3.8);
      const within = m.flat().filter((x) => Math.abs(x) < d).length / 4096;
      expect(Math.abs(within - 0.68)).toBeLessThan(0.07);
    }
    const mean = draws('activations', 'uint8', [64, 64], 4).flat(2);
    expect(Math.abs(mean.reduce((sum, x) => sum + x, 0) / mean.length - 128)).toBeLessThan(2);
  });

  it('mixture: more than any one distribution gives', () => {
    const drawn = draws('mixture', 'int8', [32, 32], 60);
    const some = drawn.filter((m) => {
      const zero = m.filter((row) => row.every((x) => x === 0)).length;
      return zero > 0 && zero < 32;
    });
    expect(some.length).toBeGreaterThan(1);
  });
});

describe('the generator', () => {
  it('gives the same words for the same seed, others for another', () => {
    const words = (high: number, low: number) => {
      const random = new Random(high, low);
      return Array.from({ length: 50 }, () => random.word());
    };
    expect(words(3, 4)).toEqual(words(3, 4));
    const all = [words(3, 4), words(3, 5), words(4, 4), words(0, 0)].flat();
    expect(new Set(all).size).toBe(200);
  });

  it('has even bits, units in [0, 1) and normals of deviation 1', () => {
    const random = new Random(1, 1);
    const ones = new Array<number>(32).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const word = random.word();
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
    }
    expect(ones.every((n) => Math.abs(n - 10_000) < 350)).toBe(true); // five deviations of 71
    const units = Array.from({ length: 1000 }, () => random.unit());
    expect(units.every((x) => x >= 0 && x < 1)).toBe(true);
    const normals = Array.from({ length: 20_000 }, () => random.normal());
    expect(Math.abs(deviation(normals) - 1)).toBeLessThan(0.03);
    expect(Math.abs(normals.reduce((sum, x) => sum + x, 0) / 20_000)).toBeLessThan(0.04);
  });
});
