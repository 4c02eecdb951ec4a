import {
  type DType,
  dtypeInfo,
  fromStorage,
  RandomState,
  round,
  saturate,
  type Tensor,
} from '../../../tensor/index.ts';

/** Seeded outputs of the kinds that kernels make, to put faults into. */

/** Kinds of data: what kernels of attention, plain quantisation, small scales, ReLU, and images or ramps produce. */
export const dataKinds = ['attention', 'uniform', 'small', 'sparse', 'smooth'] as const;
export type DataKind = (typeof dataKinds)[number];

/** An output before it becomes whole numbers, in C order, in LSBs of int8. */
export type Real = Float64Array;

export class Draw {
  readonly #random: RandomState;
  constructor(seed: number) {
    this.#random = new RandomState(seed);
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#random.double();
  }

  /** Whole, from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)]!;
  }

  /** Nearly normal, of deviation 1 (the sum of four uniform numbers): cheap, and the same on every machine. */
  normal(): number {
    return Math.sqrt(3) * (this.unit() + this.unit() + this.unit() + this.unit() - 2);
  }

  /** 0 .. count - 1 in random order. */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.whole(0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  /** `chosen` different numbers below `count`, ascending. */
  subset(count: number, chosen: number): number[] {
    return this.order(count)
      .slice(0, chosen)
      .sort((a, b) => a - b);
  }
}

export function realOutput(kind: DataKind, rows: number, columns: number, draw: Draw): Real {
  const size = rows * columns;
  const fill = (value: (row: number, column: number) => number): Real =>
    Float64Array.from({ length: size }, (_, i) => value(Math.floor(i / columns), i % columns));
  switch (kind) {
    case 'attention':
      return attentionLike(rows, columns, draw);
    case 'uniform':
      return fill(() => draw.unit() * 255 - 128);
    case 'small':
      return fill(() => 2.5 * draw.normal());
    case 'sparse':
      return fill(() => Math.max(0, 40 * draw.unit() * draw.unit() * (draw.unit() < 0.3 ? 3 : 0)));
    case 'smooth': {
      const [a, b, c] = [draw.unit() * 6, draw.unit() * 6, 5 + 4 * draw.unit()];
      return fill(
        (row, column) => 55 * Math.sin(row / c + a) + 45 * Math.cos(column / (c + 2) + b) + 0.13 * row,
      );
    }
  }
}

/** Rows that average the rows of a random V under peaked random weights. */
function attentionLike(rows: number, columns: number, draw: Draw): Real {
  const keys = 12;
  const v = Float64Array.from({ length: keys * columns }, () => draw.unit() * 255 - 128);
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const weights = Array.from({ length: keys }, () => Math.exp(1.5 * draw.normal()));
    const total = weights.reduce((sum, w) => sum + w, 0);
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let key = 0; key < keys; key++) sum += weights[key]! * v[key * columns + column]!;
      out[row * columns + column] = sum / total;
    }
  }
  return out;
}

/** Values as `dtype` holds them: whole ones rounded half to even and saturated. */
export function stored(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  const { integer, min, max, storage, encode } = dtypeInfo(dtype);
  const codes = new storage(values.length);
  for (let i = 0; i < codes.length; i++) {
    const x = values[i]!;
    codes[i] = encode(integer ? saturate(round(x, 'half-even'), min, max) : x);
  }
  return fromStorage(dtype, shape, codes);
}
