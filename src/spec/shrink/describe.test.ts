import { describe, expect, it } from 'vitest';
import { type Tensor, tensor, zeros } from '../../tensor/index.ts';
import { describeSmallest } from './index.ts';

function sparse(shape: readonly number[], entries: readonly (readonly [number, number])[]): Tensor {
  const values = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  for (const [i, value] of entries) values[i] = value;
  return tensor('int8', shape, values);
}

describe('the smallest input in one line', () => {
  it('names every non-zero element', () => {
    const inputs = {
      q: sparse([64, 64], [[17 * 64 + 3, 1]]),
      k: sparse([64, 64], [[3, 64]]),
      v: zeros('int8', [64, 64]),
    };
    expect(describeSmallest(inputs)).toBe('q[17, 3] = 1, k[0, 3] = 64; all else 0');
  });

  it('is short where nothing is left, and where a part has one value', () => {
    expect(describeSmallest({ q: zeros('int8', [4]), k: zeros('f32', [2, 2]) })).toBe('all 0');
    const ones = tensor('bf16', [2, 2], [0.5, 0.5, 0.5, 0.5]);
    expect(describeSmallest({ x: sparse([4], [[2, -7]]), gamma: ones })).toBe(
      'x[2] = -7, all of gamma = 0.5; all else 0',
    );
    expect(describeSmallest({ gamma: ones })).toBe('all of gamma = 0.5');
  });

  it('stops after eight entries', () => {
    const row = sparse(
      [1, 16],
      Array.from({ length: 11 }, (_, i) => [i, i + 1] as const),
    );
    expect(describeSmallest({ x: row })).toBe(
      'x[0, 0] = 1, x[0, 1] = 2, x[0, 2] = 3, x[0, 3] = 4, x[0, 4] = 5, x[0, 5] = 6, x[0, 6] = 7, x[0, 7] = 8 and 3 more; all else 0',
    );
  });

  it('names scalars without an index, and leaves out the rest where there is none', () => {
    expect(describeSmallest({ s: tensor('int8', [], [3]) })).toBe('s = 3');
    expect(describeSmallest({ x: tensor('int8', [2], [3, 4]) })).toBe('x[0] = 3, x[1] = 4');
    expect(describeSmallest({})).toBe('all 0');
  });
});
