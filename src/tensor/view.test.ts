import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { at, codesOf, sizeOf, tensor } from './tensor.ts';
import { reshape, row, slice, transpose } from './view.ts';

const counting = (...shape: number[]) =>
  tensor(
    'int16',
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

describe('transpose', () => {
  it('reorders axes without copying', () => {
    const t = counting(2, 3, 4);
    const turned = transpose(t, [2, 0, 1]);
    expect(turned.shape).toEqual([4, 2, 3]);
    expect(at(turned, 3, 1, 2)).toBe(at(t, 1, 2, 3));
    expect(turned.view.data).toBe(t.view.data);
    expect(transpose(t).shape).toEqual([4, 3, 2]);
    expect(transpose(tensor('int8', [], [5])).shape).toEqual([]);
  });

  it('undoes itself', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (axes) => {
        const t = counting(2, 3, 1, 2);
        const inverse = axes.map((_, axis) => axes.indexOf(axis));
        expect([...codesOf(transpose(transpose(t, axes), inverse))]).toEqual([...codesOf(t)]);
      }),
    );
  });

  it.each([[[0]], [[0, 0]], [[0, 2]], [[0, -1]], [[0, 0.5]], [[0, 1, 2]]])('refuses axes %j', (axes) => {
    expect(() => transpose(counting(2, 3), axes)).toThrow(ShapeError);
  });
});

describe('slice and row', () => {
  it('view a part without copying', () => {
    const t = counting(3, 4);
    const part = slice(t, [1, 1], [3, 3]);
    expect(part.shape).toEqual([2, 2]);
    expect([...codesOf(part)]).toEqual([5, 6, 9, 10]);
    t.view.set(1, 1, 77);
    expect(at(part, 0, 0)).toBe(77);
    expect(slice(t, [1, 2], [1, 4]).shape).toEqual([0, 2]);
    expect([...codesOf(row(t, 2))]).toEqual([8, 9, 10, 11]);
    expect([...codesOf(row(transpose(t), 1))]).toEqual([1, 77, 9]);
    expect(at(row(counting(3), 2))).toBe(2);
  });

  it.each([
    [
      [0, 0],
      [4, 4],
    ],
    [
      [-1, 0],
      [1, 1],
    ],
    [
      [2, 0],
      [1, 1],
    ],
    [[0], [1]],
    [
      [0, 0, 0],
      [1, 1, 1],
    ],
    [
      [0.5, 0],
      [1, 1],
    ],
    [
      [0, 0],
      [1.5, 1],
    ],
  ])('refuse %j to %j', (start, end) => {
    expect(() => slice(counting(3, 4), start, end)).toThrow(ShapeError);
  });

  it.each([-1, 3, 0.5, Number.NaN])('refuse row %d', (index) => {
    expect(() => row(counting(3, 4), index)).toThrow(ShapeError);
  });

  it('refuse a row of a scalar', () => {
    expect(() => row(tensor('int8', [], [1]), 0)).toThrow(ShapeError);
  });
});

describe('reshape', () => {
  it('shares contiguous storage, from its offset, and copies the rest', () => {
    const t = counting(4, 3);
    const flat = reshape(slice(t, [1, 0], [3, 3]), [6]);
    expect([...codesOf(flat)]).toEqual([3, 4, 5, 6, 7, 8]);
    expect(flat.view.data).toBe(t.view.data);
    const turned = reshape(transpose(t), [2, 6]);
    expect([...codesOf(turned)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect(turned.view.data).not.toBe(t.view.data);
    expect(reshape(counting(1), []).shape).toEqual([]);
    expect(reshape(counting(0, 3), [5, 0]).shape).toEqual([5, 0]);
  });

  it.each([[[5]], [[-4, -3]], [[24, 0.5]], [[]]])('refuses shape %j', (shape) => {
    expect(() => reshape(counting(4, 3), shape)).toThrow(ShapeError);
  });
});
