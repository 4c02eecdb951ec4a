import { describe, expect, it } from 'vitest';
import { type DType, dtypeInfo, round, saturate, type Tensor, tensor } from '../../../tensor/index.ts';
import { diagnose } from '../diagnose.ts';
import { Draw, stored } from '../testing/samples.ts';
import type { Diagnosis, DiagnosisContext } from '../types.ts';

const ROWS = 32;
const COLUMNS = 48;
const SIZE = ROWS * COLUMNS;

/** Values from -100 to 100 without any structure. */
const draw = new Draw(11);
const values: readonly number[] = Array.from({ length: SIZE }, () => draw.whole(-100, 100));
const other: readonly number[] = Array.from({ length: SIZE }, () => draw.whole(-100, 100));
const context: DiagnosisContext = { tile: [16, 16], canary: 0xa5 };

const rowOf = (i: number): number => Math.floor(i / COLUMNS);
const columnOf = (i: number): number => i % COLUMNS;

function top(expected: Tensor, actual: Tensor, extra: DiagnosisContext = {}): Diagnosis {
  return diagnose(expected, actual, { ...context, ...extra })[0]!;
}

/** The best diagnosis of an int8 matrix whose elements are made from what is expected. */
function int8(
  make: (e: number, i: number) => number,
  extra: DiagnosisContext = {},
  from = values,
): Diagnosis {
  const shape = [ROWS, COLUMNS];
  return top(tensor('int8', shape, from), tensor('int8', shape, from.map(make)), extra);
}

function typed(
  dtype: DType,
  from: readonly number[],
  to: readonly number[],
  extra: DiagnosisContext = {},
): Diagnosis {
  return top(tensor(dtype, [ROWS, COLUMNS], from), tensor(dtype, [ROWS, COLUMNS], to), extra);
}

const clamp = (x: number): number => saturate(x, -128, 127);
const wrap = (x: number): number => ((((x + 128) % 256) + 256) % 256) - 128;
const mod = (x: number, n: number): number => ((x % n) + n) % n;

/** A softmax row in int8 codes: 256 w - 128. */
function softmaxRows(factor: (row: number) => number): number[] {
  return values.map((_, i) => {
    const weights = values.slice(rowOf(i) * COLUMNS, (rowOf(i) + 1) * COLUMNS).map((x) => Math.exp(x / 40));
    const sum = weights.reduce((a, b) => a + b, 0);
    return clamp(round((256 * factor(rowOf(i)) * weights[columnOf(i)]!) / sum - 128, 'half-even'));
  });
}

/** `[name, diagnosis, hypothesis, evidence]` */
const found: readonly (readonly [string, () => Diagnosis, string, RegExp])[] = [
  ['the canary', () => int8(() => -91), 'untouched-canary', /canary 0xa5 .* in 1,536 of 1,536 elements/],
  ['zeros', () => int8(() => 0), 'all-zero', /actual = 0 in 1,536 of 1,536 elements/],
  ['one value', () => int8(() => 42), 'constant', /actual = 42 in 1,536/],
  [
    'the output before',
    () => int8((_, i) => other[i]!, { previous: tensor('int8', [ROWS, COLUMNS], other) }),
    'stale-output',
    /output of the run before in 1,536/,
  ],
  [
    'an input',
    () => int8((_, i) => other[i]!, { inputs: { q: tensor('int8', [SIZE], other) } }),
    'input-copy',
    /actual = input 'q' in 1,536/,
  ],
  [
    'a part of an input',
    () => int8((e, i) => other[i + 100] ?? e, { inputs: { q: tensor('int8', [SIZE], other) } }),
    'input-copy',
    /actual\[i\] = input 'q'\[i \+ 100\] in 1,436 of 1,536 elements/,
  ],
  [
    'a right shift',
    () => int8((e) => e >> 1),
    'wrong-shift',
    /actual = expected >> 1 in 1,536 of 1,536 elements/,
  ],
  [
    'a rounding right shift',
    () => int8((e) => round(e / 4, 'half-even')),
    'wrong-shift',
    /expected \/ 4 rounded half to even/,
  ],
  ['a left shift', () => int8((e) => clamp(e * 4)), 'wrong-shift', /expected << 2, saturated/],
  ['a left shift that wraps', () => int8((e) => wrap(e * 2)), 'wrong-shift', /expected << 1, wrapped around/],
  [
    'a factor',
    () => int8((e) => clamp(round(e * 0.7, 'half-even'))),
    'constant-scale',
    /actual = expected \* 0\.7/,
  ],
  ['a zero point', () => int8((e) => e + 11), 'constant-offset', /actual = expected \+ 11 in/],
  [
    'an offset that wraps',
    () => int8((e) => wrap(e + 90)),
    'constant-offset',
    /expected \+ 90, wrapped around/,
  ],
  [
    'a range drawn together',
    () => int8((e) => round(0.4 * e + 18, 'half-even')),
    'compressed-range',
    /actual = 0\.4\d* \* expected \+ 1\d.*, drawn together around 3\d/,
  ],
  ['a clamp to int4', () => int8((e) => saturate(e, -8, 7)), 'saturated', /clamped to int4 \(-8 to 7\)/],
  ['a ReLU too many', () => int8((e) => Math.max(e, 0)), 'saturated', /clamped to at least 0/],
  ['a clamp to any limits', () => int8((e) => saturate(e, -61, 73)), 'saturated', /clamped to -61 to 73/],
  [
    'a clamp that is missing',
    () => {
      const wide = values.map((e) => 2 * e);
      return typed('int8', wide.map(clamp), wide.map(wrap));
    },
    'clamp-dropped',
    /elements expected at a limit of int8 \(-128 or 127\) differ, .* and no others/,
  ],
  [
    'a clamp that is missing, against an ideal',
    () => {
      const wide = values.map((e) => 1.5 * e);
      const wraps = wide.map((x) => wrap(round(x, 'half-even')));
      return top(stored('f64', [ROWS, COLUMNS], wide), tensor('int8', [ROWS, COLUMNS], wraps));
    },
    'clamp-dropped',
    /expected before saturation, wrapped around in 1,536/,
  ],
  ['a minus', () => int8((e) => -e), 'sign-error', /actual = -expected/],
  ['a lost sign', () => int8((e) => Math.abs(e)), 'sign-error', /actual = \|expected\|/],
  [
    'a sign bit',
    () => int8((e) => wrap(e + 128)),
    'sign-error',
    /highest bit toggled \(128 added modulo 256\)/,
  ],
  [
    'int32 read as int8',
    () => int8((_, i) => (i % 4 === 0 ? values[i / 4]! : values[Math.floor(i / 4)]! < 0 ? -1 : 0)),
    'width-error',
    /written as int32 and read as int8/,
  ],
  [
    'every other element',
    () => int8((_, i) => values[2 * i] ?? 0),
    'width-error',
    /expected\[2 i\], as if elements were 2 times as wide, then 0/,
  ],
  [
    'unsigned for signed',
    () =>
      typed(
        'int32',
        other,
        other.map((e) => e & 0xff),
      ),
    'width-error',
    /low 8 bits of expected, zero-extended \(differences are multiples of 256\)/,
  ],
  [
    'a byte of int16',
    () => {
      const wide = values.map((e) => e * 300);
      return typed('int16', wide, wide.map(wrap));
    },
    'width-error',
    /low 8 bits of expected, sign-extended/,
  ],
  [
    'int8 packed in int32',
    () => {
      const packed = values.map(
        (_, i) => new Int32Array(Int8Array.from({ length: 4 }, (_, k) => values[4 * i + k] ?? 0).buffer)[0]!,
      );
      return typed('int32', values, packed);
    },
    'width-error',
    /holds 4 expected elements of 8 bits in each int32, then 0/,
  ],
  [
    'swapped bytes of int16',
    () => {
      const wide = values.map((e) => e * 257 + 3);
      return typed(
        'int16',
        wide,
        wide.map((x) => ((x << 24) >> 16) | ((x >> 8) & 0xff)),
      );
    },
    'byte-order',
    /the bytes of every 16-bit word swapped/,
  ],
  [
    'reversed words of int8',
    () => int8((_, i) => values[i - (i % 4) + 3 - (i % 4)]!),
    'byte-order',
    /every 32-bit word reversed/,
  ],
  [
    'a transposed matrix',
    () => int8((_, i) => values[(i % ROWS) * COLUMNS + Math.floor(i / ROWS)]!),
    'transposed',
    /actual = expected transposed in 1,536/,
  ],
  [
    'the inverse of it',
    () => int8((_, i) => values[columnOf(i) * ROWS + rowOf(i)]!),
    'transposed',
    /expected read as \[48, 32\] and transposed/,
  ],
  [
    'transposed tiles',
    () =>
      int8((_, i) => {
        const [r, c] = [rowOf(i) % 16, columnOf(i) % 16];
        return values[(rowOf(i) - r + c) * COLUMNS + columnOf(i) - c + r]!;
      }),
    'transposed',
    /each 16x16 tile transposed in itself/,
  ],
  [
    'tiles never put into rows',
    () =>
      int8((_, i) => {
        const tile = Math.floor(i / 256);
        const inside = i % 256;
        return values[
          (Math.floor(tile / 3) * 16 + Math.floor(inside / 16)) * COLUMNS + (tile % 3) * 16 + (inside % 16)
        ]!;
      }),
    'tile-layout',
    /in the order of 16x16 tiles, never put back into rows/,
  ],
  [
    'swapped tiles',
    () =>
      int8((e, i) => {
        const [row, column] = [rowOf(i), columnOf(i)];
        if (row < 16 && column < 16) return values[(row + 16) * COLUMNS + column + 32]!;
        if (row >= 16 && column >= 32) return values[(row - 16) * COLUMNS + column - 32]!;
        return e;
      }),
    'tiles-permuted',
    /2 of 6 tiles are out of place: tile \[0, 0\] holds expected tile \[1, 2\], tile \[1, 2\] holds expected tile \[0, 0\]/,
  ],
  [
    'reversed rows',
    () => int8((_, i) => values[(ROWS - 1 - rowOf(i)) * COLUMNS + columnOf(i)]!),
    'rows-permuted',
    /the rows are in reverse order/,
  ],
  [
    'swapped rows',
    () =>
      int8((e, i) =>
        rowOf(i) === 3 ? values[i + 20 * COLUMNS]! : rowOf(i) === 23 ? values[i - 20 * COLUMNS]! : e,
      ),
    'rows-permuted',
    /row 3 holds expected row 23, row 23 holds expected row 3/,
  ],
  [
    'mixed channels',
    () => int8((_, i) => values[rowOf(i) * COLUMNS + ((columnOf(i) * 7) % COLUMNS)]!),
    'channels-permuted',
    /4\d of 48 columns are out of place/,
  ],
  [
    'a shift by elements',
    () => int8((_, i) => values[mod(i - 5, SIZE)]!),
    'shifted',
    /toward the end by 5 elements, round the end/,
  ],
  [
    'a shift with a lost edge',
    () => int8((_, i) => values[i + 7] ?? 0),
    'shifted',
    /toward the start by 7 elements, with zeros shifted in/,
  ],
  [
    'a shift by rows',
    () => int8((_, i) => values[mod(i - 2 * COLUMNS, SIZE)]!),
    'shifted',
    /shifted down by 2 rows, round the end/,
  ],
  [
    'a shift in each row',
    () => int8((_, i) => (columnOf(i) < 3 ? 0 : values[i - 3]!)),
    'shifted',
    /each row of actual = that of expected shifted right by 3 elements, with zeros shifted in/,
  ],
  [
    'a shift by bytes',
    () => {
      const wide = Int32Array.from(values, (e, i) => e * 70_000 + i);
      const bytes = new Uint8Array(wide.buffer);
      const moved = bytes.map((_, b) => bytes[mod(b - 1, bytes.length)]!);
      return typed('int32', [...wide], [...new Int32Array(moved.buffer)]);
    },
    'shifted',
    /toward the end by 1 byte in 1,536/,
  ],
  [
    'truncation',
    () => typed('int8', halves('half-even'), halves('truncate')),
    'rounding-mode',
    /one LSB toward zero, never away from it, in \d+ of 1,536 elements: truncation for rounding half to even/,
  ],
  [
    'floor',
    () => typed('int8', halves('half-even'), halves('floor')),
    'rounding-mode',
    /one LSB down, never up, .*: floor for/,
  ],
  [
    'ties away from zero',
    () => typed('int8', halves('half-even'), halves('half-away')),
    'rounding-mode',
    /only where expected is even, .*: ties away from zero for/,
  ],
  [
    'truncation, against an ideal',
    () => top(stored('f64', [ROWS, COLUMNS], eighths), tensor('int8', [ROWS, COLUMNS], halves('truncate'))),
    'rounding-mode',
    /expected rounded by truncation instead of half to even in 1,536/,
  ],
  [
    'softmax rows without their sum',
    () =>
      typed(
        'int8',
        softmaxRows(() => 1),
        softmaxRows((row) => 0.4 + row / 64),
      ),
    'softmax-sum',
    /32 of 32 softmax rows do not sum to one \(sums from 0\.[34]\d* to 0\.[89]\d*\)/,
  ],
  [
    'small errors',
    () => int8((e, i) => e + [0, 1, -1, 0, 0][(i * 7919) % 5]! * (draw.unit() < 0.7 ? 1 : 0)),
    'noise',
    /errors of at most 1 LSB in \d+ of 1,536 elements, [45]\d % of them upward/,
  ],
  [
    'small errors of floats',
    () =>
      typed(
        'f32',
        values,
        values.map((e) => e + 0.2 * draw.normal()),
      ),
    'noise',
    /errors of at most/,
  ],
  [
    'NaN',
    () =>
      typed(
        'f32',
        values,
        values.map((e, i) => (rowOf(i) % 3 === 0 ? Number.NaN : e)),
      ),
    'not-finite',
    /actual is NaN in/,
  ],
  [
    'a lookup table',
    () => int8((e) => (e % 3 === 0 ? e : mod(e * 37, 101) - 50)),
    'value-map',
    /depends on expected alone \(1\d\d different values are mapped wrongly\)/,
  ],
  [
    'a flipped bit',
    () => int8((e, i) => (i === 17 * COLUMNS + 5 ? e ^ 16 : e)),
    'isolated-elements',
    /one element differs: \[17, 5\] \(expected -?\d+, actual -?\d+, bit 4 flipped\)/,
  ],
  [
    'two elements',
    () => int8((e, i) => (i === 100 || i === 1203 ? wrap(e + 77) : e)),
    'isolated-elements',
    /only 2 elements differ, without a region: \[2, 4\] .*, \[25, 3\]/,
  ],
];

const eighths = values.map((_, i) => Math.round(other[i]! * 3.7 + i / 7) / 8);
function halves(mode: 'half-even' | 'truncate' | 'floor' | 'half-away'): number[] {
  return eighths.map((x) => clamp(round(x, mode)));
}

describe('hypotheses about all of an output', () => {
  it.each(found)('%s', (_, diagnosed, hypothesis, evidence) => {
    const best = diagnosed();
    expect(best.hypothesis).toBe(hypothesis);
    expect(best.evidence).toMatch(evidence);
    expect(best.hint).not.toBe('');
    expect(best.score).toBeGreaterThan(0.25);
    expect(best.score).toBeLessThanOrEqual(1);
  });

  it('names moved tiles as data', () => {
    const swapped = int8((e, i) => {
      const [row, column] = [rowOf(i), columnOf(i)];
      if (row >= 16 || column >= 32) return e;
      return values[row * COLUMNS + ((column + 16) % 32)]!;
    });
    expect(swapped.tiles).toEqual([
      { position: [0, 0], holds: [0, 1] },
      { position: [0, 1], holds: [0, 0] },
    ]);
  });

  it('names slices that change places, and transposes each matrix of a batch', () => {
    const shape = [4, 16, 24];
    const batch = values.slice(0, 4 * 384);
    const expected = tensor('int8', shape, batch);
    const rotated = tensor(
      'int8',
      shape,
      batch.map((_, i) => batch[(i + 384) % 1536]!),
    );
    expect(diagnose(expected, rotated)[0]).toMatchObject({
      hypothesis: 'slices-permuted',
      evidence: expect.stringContaining('each slice holds the one 1 after it'),
    });
    const turned = batch.map((_, i) => {
      const k = i % 384;
      return batch[i - k + (k % 16) * 24 + Math.floor(k / 16)]!;
    });
    expect(diagnose(expected, tensor('int8', shape, turned))[0]).toMatchObject({
      hypothesis: 'transposed',
      evidence: expect.stringContaining('in each matrix of the batch'),
    });
  });

  it.each(['bf16', 'f16', 'f32'] as const)('works on %s', (dtype) => {
    const { min } = dtypeInfo(dtype);
    const half = values.map((e) => e / 64);
    expect(min).toBeLessThan(0);
    expect(
      typed(
        dtype,
        half,
        half.map((x) => x / 4),
      ),
    ).toMatchObject({
      hypothesis: 'wrong-shift',
      evidence: expect.stringContaining('expected * 2^-2'),
    });
    expect(
      typed(
        dtype,
        half,
        half.map(() => 0),
      ).hypothesis,
    ).toBe('all-zero');
    expect(
      typed(
        dtype,
        half,
        half.map((_, i) => half[mod(i - 9, SIZE)]!),
      ).hypothesis,
    ).toBe('shifted');
  });
});
