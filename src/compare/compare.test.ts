import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { type DType, type Tensor, tensor } from '../tensor/index.ts';
import { correlation } from './accept/aggregate.ts';
import { all, any } from './accept/combine.ts';
import { abs, exact, interval, lsb } from './accept/elementwise.ts';
import { type Comparison, compare } from './compare.ts';

const matrix = (dtype: DType, n: number, value: (row: number, column: number) => number): Tensor =>
  tensor(
    dtype,
    [n, n],
    Array.from({ length: n * n }, (_, i) => value(Math.floor(i / n), i % n)),
  );
const ideal = matrix('f64', 8, (row, column) => 10 * row + column + 0.25);
const output = (wrong: (row: number, column: number) => number = () => 0): Tensor =>
  matrix('int8', 8, (row, column) => 10 * row + column + wrong(row, column));
const oneOff = output((row, column) => (row === 5 && column === 2 ? 3 : 0));
const failing = (comparison: Comparison) =>
  comparison.tiles.filter((tile) => !tile.pass).map((tile) => tile.position);

describe('compare', () => {
  it('passes with every tile', () => {
    const comparison = compare(ideal, output(), { accept: exact(), tile: [4, 4] });
    expect(comparison).toMatchObject({
      pass: true,
      dtype: 'int8',
      shape: [8, 8],
      tile: [4, 4],
      grid: [2, 2],
    });
    expect(comparison.tiles).toHaveLength(4);
    expect(failing(comparison)).toEqual([]);
    expect(comparison.overall.maxAbsError).toBe(0.25);
  });

  it('fails in the tile that is wrong and names its worst element', () => {
    const comparison = compare(ideal, oneOff, { accept: lsb(2), tile: [4, 4] });
    expect(comparison.pass).toBe(false);
    expect(failing(comparison)).toEqual([[1, 0]]);
    expect(comparison.tiles[2]).toMatchObject({ origin: [4, 0], extent: [4, 4], rejected: 1 });
    expect(comparison.tiles[2]!.metrics).toMatchObject({ count: 16, mismatches: 1, maxUlp: 3 });
    expect(comparison.tiles[0]!.metrics).toMatchObject({ count: 16, mismatches: 0, maxUlp: 0 });
    expect(comparison.worst).toEqual({
      index: [5, 2],
      tile: [1, 0],
      expected: 52.25,
      actual: 55,
      error: 2.75,
    });
    expect(comparison.acceptance.minimum).toBe('lsb(3)');
  });

  it('judges aggregates overall only', () => {
    const doubled = matrix('int8', 8, (row, column) => 4 * row + column);
    const comparison = compare(ideal, doubled, { accept: correlation(0.99999), tile: [4, 4] });
    expect(comparison.pass).toBe(false);
    expect(comparison.tiles.every((tile) => tile.pass && tile.rejected === null)).toBe(true);
    const both = compare(ideal, oneOff, { accept: all(lsb(2), correlation(0.5)), tile: [4, 4] });
    expect(failing(both)).toEqual([[1, 0]]);
    expect(compare(ideal, oneOff, { accept: all(lsb(3), correlation(1)), tile: [4, 4] }).pass).toBe(false);
  });

  it('holds no tile against a pair that passed by an aggregate', () => {
    const comparison = compare(ideal, oneOff, { accept: any(lsb(2), correlation(0.9)), tile: [4, 4] });
    expect(comparison.pass).toBe(true);
    expect(failing(comparison)).toEqual([]);
    const failed = compare(ideal, oneOff, { accept: any(lsb(2), correlation(1)), tile: [4, 4] });
    expect(failing(failed)).toEqual([[1, 0]]);
  });

  it('takes the whole tensor as one tile where none is given', () => {
    const comparison = compare(ideal, oneOff, { accept: lsb(2) });
    expect(comparison).toMatchObject({ tile: [8, 8], grid: [1, 1] });
    expect(comparison.tiles[0]!.metrics).toEqual(comparison.overall);
  });

  it('measures tiles as it measures a tensor of their elements', () => {
    const n = 96;
    const expected = matrix('f64', n, (row, column) => 90 * Math.sin(row * 7 + column * 3));
    const actual = matrix('int8', n, (row, column) => Math.trunc(90 * Math.sin(row * 7 + column * 3)));
    const { tiles } = compare(expected, actual, { accept: lsb(1), tile: [90, 90] });
    for (const { origin, extent, metrics } of tiles) {
      const cut = (t: Tensor, dtype: DType) =>
        tensor(
          dtype,
          extent,
          Array.from({ length: extent[0]! * extent[1]! }, (_, i) =>
            t.view.get(origin[0]! + Math.floor(i / extent[1]!), origin[1]! + (i % extent[1]!)),
          ),
        );
      const alone = compare(cut(expected, 'f64'), cut(actual, 'int8'), { accept: lsb(1) }).overall;
      for (const key of ['mismatches', 'maxAbsError', 'maxUlp', 'saturated', 'signBias'] as const) {
        expect(metrics[key]).toBe(alone[key]);
      }
      expect(metrics.correlation).toBeCloseTo(alone.correlation!, 12);
      expect(metrics.rmse).toBeCloseTo(alone.rmse!, 12);
      expect(metrics.actual).toEqual(alone.actual);
    }
  });

  it('picks the worst of the rejected elements, not the greatest accepted error', () => {
    const expected = tensor('f64', [3], [1000, 1, 1]);
    const actual = tensor('f64', [3], [1009, 1, 1.5]);
    const near = any(abs(0.1), interval(tensor('f64', [3], [0, 9, 9]), tensor('f64', [3], [2000, 9, 9])));
    expect(compare(expected, actual, { accept: near }).worst).toMatchObject({ index: [2], error: 0.5 });
    expect(compare(expected, actual, { accept: abs(100) }).worst).toMatchObject({ index: [0], error: 9 });
    expect(compare(expected, expected, { accept: abs(1) }).worst).toBeNull();
  });

  it('is plain data that survives JSON, whatever the values', () => {
    const { NaN: nan } = Number;
    const expected = tensor('f32', [2, 4], [nan, Infinity, -0, 1, 2, -Infinity, nan, 0]);
    const actual = tensor('f32', [2, 4], [0, -Infinity, 0, 1, nan, -Infinity, nan, -0]);
    for (const accept of [exact(), all(abs(1), correlation(0.5))]) {
      const comparison = compare(expected, actual, { accept, tile: [1, 2] });
      expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
      expect(comparison.worst).toEqual({
        index: [0, 0],
        tile: [0, 0],
        expected: 'NaN',
        actual: 0,
        error: 'NaN',
      });
    }
  });

  it('only judges a pair that passes where the verdict is all that is asked', () => {
    expect(Object.keys(compare(ideal, output(), { accept: exact(), detail: 'verdict' }))).toEqual([
      'pass',
      'acceptance',
    ]);
    const options = { accept: lsb(2), tile: [4, 4] };
    expect(compare(ideal, oneOff, { ...options, detail: 'verdict' })).toEqual(
      compare(ideal, oneOff, options),
    );
  });

  it('compares scalars, and fails on empty tensors', () => {
    const scalar = tensor('int8', [], [3]);
    expect(compare(scalar, scalar, { accept: exact() })).toMatchObject({ pass: true, grid: [] });
    const empty = tensor('int8', [0, 4], []);
    expect(compare(empty, empty, { accept: exact(), tile: [2, 2] })).toMatchObject({
      pass: false,
      grid: [0, 2],
      tiles: [],
      worst: null,
    });
  });

  it('names shapes and tiles that do not fit', () => {
    expect(() => compare(ideal, tensor('int8', [2], [1, 2]), { accept: exact() })).toThrow(ShapeError);
    expect(() => compare(ideal, output(), { accept: exact(), tile: [0, 4] })).toThrow(ShapeError);
    expect(() => compare(ideal, output(), { accept: exact(), tile: [1, 4, 4], detail: 'verdict' })).toThrow(
      'tile [1, 4, 4]',
    );
  });
});
