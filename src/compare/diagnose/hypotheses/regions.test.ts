import { describe, expect, it } from 'vitest';
import { tensor } from '../../../tensor/index.ts';
import { diagnose } from '../diagnose.ts';
import { Draw } from '../testing/samples.ts';
import type { Diagnosis, DiagnosisContext } from '../types.ts';

const ROWS = 48;
const COLUMNS = 64;
const draw = new Draw(5);
const values: readonly number[] = Array.from({ length: ROWS * COLUMNS }, () => draw.whole(-100, 100));
const garbage: readonly number[] = values.map(() => draw.whole(-100, 100));

const context: DiagnosisContext = { tile: [16, 16], canary: 0x5a };

type Inside = (row: number, column: number, ordinal: number) => boolean;
type Content = (e: number, i: number) => number;

const contents: Readonly<Record<string, Content>> = {
  'untouched-canary': () => 0x5a,
  'all-zero': () => 0,
  'wrong-shift': (e) => e >> 1,
  unexplained: (_, i) => garbage[i]!,
};

/** The best diagnosis of an int8 matrix that holds `content` where `inside` and is right elsewhere. */
function spoiled(
  inside: Inside,
  content: Content,
  shape: readonly number[] = [ROWS, COLUMNS],
  extra = context,
): Diagnosis {
  const columns = shape.at(-1)!;
  const size = shape.reduce((a, b) => a * b, 1);
  const expected = values.slice(0, size);
  const actual = expected.map((e, i) =>
    inside(Math.floor(i / columns), i % columns, i) ? content(e, i) : e,
  );
  return diagnose(tensor('int8', shape, expected), tensor('int8', shape, actual), extra)[0]!;
}

const regions: readonly (readonly [string, Inside, RegExp])[] = [
  [
    'one-tile',
    (r, c) => r >= 16 && r < 32 && c >= 32 && c < 48,
    /wrong only in tile \[1, 2\]: 2\d\d of 256 elements/,
  ],
  [
    'several-tiles',
    (r, c) => (r < 16 && c < 16) || (r >= 32 && c >= 16 && c < 32),
    /2 of 12 tiles \(tile \[0, 0\], tile \[2, 1\]\)/,
  ],
  ['tile-row', (r) => r >= 16 && r < 32, /wrong only in tile row 1: /],
  ['tile-column', (_, c) => c >= 48, /wrong only in tile column 3: /],
  ['one-row', (r) => r === 17, /wrong only in row 17: 6\d of 64 elements/],
  ['several-rows', (r) => r === 3 || r === 11 || r === 40, /3 of 48 rows \(row 3, row 11, row 40\)/],
  ['one-column', (_, c) => c === 63, /wrong only in column 63: 4\d of 48 elements/],
  ['several-columns', (_, c) => c === 2 || c === 37, /2 of 64 columns \(column 2, column 37\)/],
  ['vector-lane', (_, __, i) => i % 8 === 5, /lane 5 of every 8 elements/],
  ['short-transfer', (_, __, i) => i >= 1536, /from 1,536 on \(the 1,536 before are right\)/],
  ['wrong-range', (_, __, i) => i >= 700 && i < 1100, /wrong only in elements 70\d to 1,09\d: /],
];

describe.each(regions)('%s', (hypothesis, inside, where) => {
  it.each(Object.entries(contents))('holding %s', (content, make) => {
    const best = spoiled(inside, make);
    expect(best.hypothesis).toBe(hypothesis);
    expect(best.evidence).toMatch(where);
    if (content === 'unexplained') expect(best.inside).toBeUndefined();
    else expect(best.inside?.hypothesis).toBe(content);
  });

  it('is not found where everything is wrong', () => {
    const all = diagnose(
      tensor('int8', [ROWS, COLUMNS], values),
      tensor('int8', [ROWS, COLUMNS], garbage),
      context,
    );
    expect(all.map((one) => one.hypothesis)).not.toContain(hypothesis);
  });
});

describe('one core of several', () => {
  const cores = [
    { column: 0, row: 2 },
    { column: 0, row: 3 },
    { column: 1, row: 2 },
    { column: 1, row: 3 },
  ];
  const shape = [4, 16, 32];

  it('is named with its place and what it computed', () => {
    const best = spoiled((row) => row >= 32 && row < 48, contents['wrong-shift']!, shape, {
      ...context,
      cores,
    });
    expect(best).toMatchObject({ hypothesis: 'one-core', inside: { hypothesis: 'wrong-shift' } });
    expect(best.evidence).toContain('core 2 at (column 1, row 2) computed, slice 2');
  });

  it('is named for a share of several slices', () => {
    const two = { ...context, cores: cores.slice(1, 3) };
    const best = spoiled((row) => row >= 32, contents['untouched-canary']!, shape, two);
    expect(best.evidence).toContain('core 1 at (column 1, row 2) computed, slices 2 to 3');
  });

  it('is named beside a single wrong tile', () => {
    const best = spoiled((row, c) => row >= 16 && row < 32 && c >= 16, contents['all-zero']!, shape, {
      ...context,
      cores,
    });
    expect(best.hypothesis).toBe('one-tile');
    expect(best.evidence).toContain('tile [1, 0, 1], part of what core 1 at (column 0, row 3) computed');
    expect(best.tiles).toEqual([{ position: [1, 0, 1] }]);
  });

  it('is a slice where no core is known', () => {
    const best = spoiled((row) => row >= 16 && row < 32, contents.unexplained!, shape, {});
    expect(best.hypothesis).toBe('one-slice');
    expect(best.evidence).toContain('wrong only in slice 1');
  });

  it('is left out where the cores do not divide the first axis', () => {
    const best = spoiled((row) => row >= 16 && row < 32, contents.unexplained!, shape, {
      cores: cores.slice(0, 3),
    });
    expect(best.hypothesis).toBe('one-slice');
  });
});

it('finds ragged tiles', () => {
  const best = spoiled((r, c) => r >= 40 && c >= 50, contents['all-zero']!, [ROWS, COLUMNS], {
    tile: [20, 25],
  });
  expect(best).toMatchObject({ hypothesis: 'one-tile', tiles: [{ position: [2, 2] }] });
  expect(best.evidence).toMatch(/of 112 elements/);
});
