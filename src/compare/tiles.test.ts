import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { sizeOf } from '../tensor/index.ts';
import { gridOf, runsOf, tilesOf } from './tiles.ts';

describe('tilesOf', () => {
  it('walks a matrix in C order', () => {
    expect(tilesOf([4, 6], [2, 3])).toEqual([
      { origin: [0, 0], extent: [2, 3], position: [0, 0] },
      { origin: [0, 3], extent: [2, 3], position: [0, 1] },
      { origin: [2, 0], extent: [2, 3], position: [1, 0] },
      { origin: [2, 3], extent: [2, 3], position: [1, 1] },
    ]);
  });

  it('leaves ragged edges smaller', () => {
    expect(tilesOf([5], [3])).toEqual([
      { origin: [0], extent: [3], position: [0] },
      { origin: [3], extent: [2], position: [1] },
    ]);
    expect(tilesOf([2, 2], [16, 16])).toEqual([{ origin: [0, 0], extent: [2, 2], position: [0, 0] }]);
  });

  it('applies a tile of lower rank to the trailing axes', () => {
    expect(gridOf([2, 4, 4], [2, 4])).toEqual([2, 2, 1]);
    expect(tilesOf([2, 4, 4], [2, 4])[3]).toEqual({
      origin: [1, 2, 0],
      extent: [1, 2, 4],
      position: [1, 1, 0],
    });
    expect(gridOf([2, 3], [])).toEqual([2, 3]);
  });

  it('takes the whole tensor as one tile where none is given', () => {
    expect(tilesOf([3, 4])).toEqual([{ origin: [0, 0], extent: [3, 4], position: [0, 0] }]);
  });

  it('makes one tile of a scalar and none of an empty shape', () => {
    expect(tilesOf([])).toEqual([{ origin: [], extent: [], position: [] }]);
    expect(tilesOf([], [])).toHaveLength(1);
    expect(tilesOf([0, 4], [2, 2])).toEqual([]);
    expect(tilesOf([0])).toEqual([]);
    expect(gridOf([0, 4], [2, 2])).toEqual([0, 2]);
  });

  it.each([[[0, 4]], [[-1, 4]], [[1.5, 4]], [[Number.NaN, 4]], [[2, 2, 2]]])('rejects tile %j', (tile) => {
    expect(() => tilesOf([4, 4], tile)).toThrow(ShapeError);
    expect(() => tilesOf([4, 4], tile)).toThrow(`tile [${tile.join(', ')}]`);
  });

  it('covers every element once, in runs that stay inside their tile', () => {
    const extent = fc.integer({ min: 0, max: 6 });
    const shapes = fc.array(extent, { maxLength: 4 });
    fc.assert(
      fc.property(
        shapes,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 4, maxLength: 4 }),
        fc.nat(4),
        (shape, extents, rank) => {
          const tile = extents.slice(0, Math.min(rank, shape.length));
          const tiles = tilesOf(shape, tile);
          const seen = new Uint8Array(sizeOf(shape));
          for (const one of tiles) {
            const { starts, length } = runsOf(shape, one);
            expect(starts.length * length).toBe(sizeOf(one.extent));
            for (const start of starts) for (let i = start; i < start + length; i++) seen[i]!++;
          }
          expect(seen.every((times) => times === 1)).toBe(true);
          expect(tiles).toHaveLength(sizeOf(gridOf(shape, tile)));
        },
      ),
    );
  });
});
