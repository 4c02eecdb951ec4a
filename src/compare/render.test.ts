import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf, type Tensor, tensor, zeros } from '../tensor/index.ts';
import { type Comparison, compare, parseAcceptance, renderComparison } from './index.ts';

const ramp = (shape: readonly number[], wrong: (i: number) => number = () => 0): Tensor =>
  tensor(
    'int8',
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => ((i % 101) - 50 + wrong(i)) | 0),
  );
const compared = (
  shape: readonly number[],
  tile: readonly number[],
  wrong: (i: number) => number,
  text = 'lsb(2)',
) => compare(ramp(shape), ramp(shape, wrong), { accept: parseAcceptance(text), tile });
const lines = (comparison: Comparison): string[] => renderComparison(comparison).split('\n');
const mapOf = (comparison: Comparison): string[] => {
  const all = lines(comparison);
  return all.slice(all.findIndex((line) => line.includes('tiles:')) + 1).map((line) => line.slice(2));
};

function expectOneScreen(text: string): void {
  const rows = stripVTControlCharacters(text).split('\n');
  expect(rows.length).toBeLessThanOrEqual(24);
  for (const row of rows) expect(row.length, row).toBeLessThanOrEqual(100);
}

describe('renderComparison', () => {
  it('says what was asked, found and would have passed, the worst element, ranges and the map', () => {
    const comparison = compared([8, 8], [4, 4], (i) => (i === 42 ? 7 : 0), 'lsb(2) & correlation(0.5)');
    expect(renderComparison(comparison, { title: 'gelu, case 3' })).toBe(
      [
        'FAIL  gelu, case 3: int8 [8, 8]',
        '  wanted   lsb(2) & correlation(0.5)',
        '  found    lsb(2): max |error| 7 LSB at [5, 2] (expected -8, actual -1); 1 of 64 elements rejected',
        `  minimum  ${comparison.acceptance.minimum}`,
        '  worst    [5, 2] in tile [1, 0]: expected -8, actual -1, error 7',
        '  range    expected [-50, 13], actual [-50, 13], non-zero 63 and 63 of 64, saturated 0',
        `  errors   mean 0.1094, rmse 0.875, max 7 LSB, correlation ${comparison.overall.correlation!.toPrecision(4)}, cosine 0.9994, SNR 29.51 dB`,
        '  tiles: 1 of 4 wrong (#), grid 2 x 2',
        '  ..',
        '  #.',
      ].join('\n'),
    );
  });

  it('shows a pass without a map', () => {
    const text = renderComparison(compared([8, 8], [4, 4], () => 1));
    expect(text).toMatch(/^PASS {2}int8 \[8, 8\]\n/);
    expect(text).toContain('minimum  lsb(1)');
    expect(text).not.toContain('tiles:');
  });

  it('reads the sign of the errors', () => {
    expect(renderComparison(compared([8, 8], [4, 4], () => -3))).toContain(
      '100 % of the errors are negative (mean -3)',
    );
    expect(renderComparison(compared([8, 8], [4, 4], (i) => (i % 2 ? 3 : -3)))).not.toContain('hint');
    expect(
      renderComparison(compare(ramp([8, 8]), zeros('int8', [8, 8]), { accept: parseAcceptance('lsb(1)') })),
    ).toContain('actual is all zero');
  });

  it('puts batches side by side', () => {
    const map = mapOf(compared([3, 4, 6], [2, 2], (i) => (i === 24 + 23 ? 9 : 0)));
    expect(map).toEqual(['...  ...  ...', '...  ..#  ...']);
  });

  it('puts batches below each other in bands where the line is full', () => {
    const shape = [40, 2, 4];
    const map = mapOf(compared(shape, [1, 1], (i) => (i === 39 * 8 ? 9 : 0)));
    expect(map).toHaveLength(8);
    expect(map[6]).toMatch(/^\.{4}( {2}[.#]{4})*$/);
    expect(map[6]!.endsWith('#...')).toBe(true);
  });

  it('folds a vector of tiles into lines', () => {
    const map = mapOf(compared([100], [1], (i) => (i === 64 ? 9 : 0)));
    expect(map).toEqual(
      ['.'.repeat(64), `#${'.'.repeat(35)}${' '.repeat(28)}`].map((line) => line.trimEnd()),
    );
  });

  it('keeps a single wrong tile in sight when it shrinks the map', () => {
    const comparison = compared([120, 250], [1, 1], (i) => (i === 12_345 ? 9 : 0));
    const map = mapOf(comparison).join('');
    expect(map.split('#')).toHaveLength(2);
    expect(renderComparison(comparison)).toMatch(/1 of 30000 wrong.*1 character = \d+ x 3 tiles/);
  });

  it('says so where tiles are not judged', () => {
    const comparison = compared([8, 8], [4, 4], (i) => i % 50, 'correlation(1)');
    expect(renderComparison(comparison)).toContain('tiles are not judged');
  });

  it('prints NaN and infinities', () => {
    const expected = tensor('f32', [4], [1, 2, 3, Number.NaN]);
    const actual = tensor('f32', [4], [1, Infinity, 3, 4]);
    const text = renderComparison(
      compare(expected, actual, { accept: parseAcceptance('abs(1)'), tile: [2] }),
    );
    expect(text).toContain('no tolerance of this kind would have passed');
    expect(text).toContain('NaN 1 and 0, infinite 0 and 1');
    expect(text).toMatch(/worst {4}\[1\] in tile \[0\]: expected 2, actual Infinity, error Infinity/);
  });

  it('colours only when asked', () => {
    const comparison = compared([8, 8], [4, 4], () => 9);
    const plain = renderComparison(comparison);
    const coloured = renderComparison(comparison, { color: true });
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('fits one screen, whatever the grid, the texts and the title', () => {
    const long = `(${Array.from({ length: 12 }, (_, i) => `absRel(0.00${i}, 1e-${i})`).join(' | ')}) & snr(99)`;
    const shapes = fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 3000 })),
      fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 })),
      fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 24 }))),
      fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 9 }))),
      fc.constant([]),
    );
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom([], [1], [3], [2, 2], [16, 16]),
        fc.constantFrom('lsb(0)', 'exact & correlation(1)', long),
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        fc.boolean(),
        (shape, tile, text, title, color) => {
          const fitting = tile.slice(0, shape.length);
          const comparison = compared(shape, fitting, (i) => (i % 7 === 3 ? 9 : 0), text);
          expectOneScreen(renderComparison(comparison, { title, color }));
        },
      ),
      { numRuns: 60 },
    );
    expectOneScreen(renderComparison(compared([2, 90, 130], [1, 1], (i) => i % 2, 'exact')));
    expectOneScreen(renderComparison(compared([150, 7, 120], [7, 3], (i) => i % 2, 'exact')));
  });
});
