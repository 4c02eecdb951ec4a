import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../../src/errors.ts';
import { at, type DType, type Tensor, tensor, toFloat64, zeros } from '../../src/tensor/index.ts';
import { int8Tensor } from '../testing/arbitraries.ts';
import { difference } from '../testing/difference.ts';
import { integer, type QlinearOptions, qlinear, requantized } from './index.ts';

/** The definition in BigInt, per-row and per-column zero points. */
function slow(
  a: Tensor,
  b: Tensor,
  aZeroPoints: readonly number[],
  bZeroPoints: readonly number[],
): number[] {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const out: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0n;
      for (let k = 0; k < inner; k++) {
        sum += BigInt(at(a, i, k) - aZeroPoints[i]!) * BigInt(at(b, k, j) - bZeroPoints[j]!);
      }
      out.push(Number(sum));
    }
  }
  return out;
}

describe('matmul.integer', () => {
  it('gives the worked example of the ONNX MatMulInteger page', () => {
    const a = tensor('uint8', [4, 3], [11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0]);
    const b = tensor('uint8', [3, 2], [1, 4, 2, 5, 3, 6]);
    const y = integer({ a, b, aZeroPoint: 12, bZeroPoint: 0 });
    expect(y.dtype).toBe('int32');
    expect([...toFloat64(y)]).toEqual([-38, -83, -44, -98, -50, -113, -56, -128]);
    expect([...toFloat64(integer({ a, b }))][0]).toBe(34);
  });

  it('agrees with BigInt sums, zero points per row and column', () => {
    const zeroPoints = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        int8Tensor(3, 9),
        int8Tensor(9, 3),
        zeroPoints,
        zeroPoints,
        (a, b, aZeroPoint, bZeroPoint) => {
          const y = integer({ a, b, aZeroPoint, bZeroPoint });
          expect(difference(y, slow(a, b, aZeroPoint, bZeroPoint))).toBe(0);
        },
      ),
    );
    const a = tensor('int8', [3, 1], [1, 2, 3]);
    const b = tensor('int8', [1, 3], [1, 1, 1]);
    expect(
      difference(integer({ a, b, aZeroPoint: [0, 1, 2] }), slow(a, b, [2, 1, 0], [0, 0, 0])),
    ).toBeGreaterThan(0);
  });

  it('mixes uint8 and int8', () => {
    const y = integer({ a: tensor('uint8', [1, 1], [255]), b: tensor('int8', [1, 1], [-128]) });
    expect(at(y, 0, 0)).toBe(-32640);
  });

  it('is exact at the greatest sum int32 holds and refuses the next', () => {
    // 255 * 255 * 33025 = 2147450625; one more term reaches 2147515650 > 2^31 - 1 = 2147483647.
    const full = (n: number) => ({
      a: tensor('uint8', [1, n], new Uint8Array(n).fill(255)),
      b: tensor('uint8', [n, 1], new Uint8Array(n).fill(255)),
    });
    expect(at(integer(full(33025)), 0, 0)).toBe(2147450625);
    expect(() => integer(full(33026))).toThrow(ValueError);
    expect(() => integer(full(33026))).toThrow('result 2147515650 (element 0 of [1, 1])');
  });

  it.each<DType>(['int16', 'int32', 'f32'])('refuses %s operands', (dtype) => {
    const run = () => integer({ a: zeros(dtype, [1, 1]), b: zeros('int8', [1, 1]) });
    expect(run).toThrow(ValueError);
    expect(run).toThrow(`a is ${dtype} [1, 1]`);
    expect(() => integer({ a: zeros('int8', [1, 1]), b: zeros(dtype, [1, 1]) })).toThrow(
      `b is ${dtype} [1, 1]`,
    );
  });

  it('refuses zero points that its operand cannot hold', () => {
    const [a, b] = [zeros('int8', [1, 1]), zeros('uint8', [1, 1])];
    expect(() => integer({ a, b, aZeroPoint: 128 })).toThrow(ValueError);
    expect(() => integer({ a, b, aZeroPoint: 0.5 })).toThrow('aZeroPoint 0.5 is not a value of int8');
    expect(() => integer({ a, b, bZeroPoint: [-1] })).toThrow('bZeroPoint -1 is not a value of uint8');
  });

  it('refuses shapes that do not multiply', () => {
    expect(() => integer({ a: zeros('int8', [1, 2]), b: zeros('int8', [3, 1]) })).toThrow(ShapeError);
  });
});

describe('matmul.qlinear', () => {
  const example = {
    a: tensor('uint8', [2, 4], [208, 236, 0, 238, 3, 214, 255, 29]),
    aScale: 0.0066,
    aZeroPoint: 113,
    b: tensor('uint8', [4, 3], [152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247]),
    bScale: 0.00705,
    bZeroPoint: 114,
    yScale: 0.0107,
    yZeroPoint: 118,
    dtype: 'uint8',
  } as const;

  it('gives the worked example of the ONNX QLinearMatMul page', () => {
    const { tensor: y, saturated } = qlinear(example);
    expect(y.dtype).toBe('uint8');
    expect([...toFloat64(y)]).toEqual([168, 115, 255, 1, 66, 151]);
    // The 255 is 137 + 118, not a clamped code.
    expect(saturated).toBe(0);
  });

  it('differs where any parameter does', () => {
    const y = qlinear(example).tensor;
    const other: readonly Partial<QlinearOptions<'uint8'>>[] = [
      { aScale: 0.007 },
      { aZeroPoint: 112 },
      { bScale: 0.008 },
      { bZeroPoint: 113 },
      { yScale: 0.01 },
      { yZeroPoint: 117 },
    ];
    for (const change of other) {
      expect(difference(qlinear({ ...example, ...change }).tensor, y)).toBeGreaterThan(0);
    }
  });

  it('rounds ties to even before it adds the zero point', () => {
    const codes = (zeroPoint: number) => {
      const { tensor: y } = qlinear({
        a: tensor('int8', [5, 1], [-3, -1, 1, 3, 5]),
        aScale: 0.5,
        aZeroPoint: 0,
        b: tensor('int8', [1, 1], [1]),
        bScale: 1,
        bZeroPoint: 0,
        yScale: 1,
        yZeroPoint: zeroPoint,
        dtype: 'int8',
      });
      return [...toFloat64(y)];
    };
    expect(codes(0)).toEqual([-2, 0, 0, 2, 2]);
    expect(codes(1)).toEqual([-1, 1, 1, 3, 3]);
  });

  it('saturates at both ends and counts', () => {
    const { tensor: y, saturated } = qlinear({
      a: tensor('int8', [4, 1], [-128, -1, 1, 127]),
      aScale: [100, 1, 1, 100],
      aZeroPoint: 0,
      b: tensor('int8', [1, 2], [1, 1]),
      bScale: [1, 2],
      bZeroPoint: 0,
      yScale: 1,
      yZeroPoint: [0, 0, 0, 0],
      dtype: 'int8',
    });
    expect([...toFloat64(y)]).toEqual([-128, -128, -1, -2, 1, 2, 127, 127]);
    expect(saturated).toBe(4);
  });

  it('takes per-row and per-column scales through stacks', () => {
    const { tensor: y } = qlinear({
      a: tensor('int8', [2, 2, 1], [1, 2, 3, 4]),
      aScale: [1, 2],
      aZeroPoint: 0,
      b: tensor('int8', [1, 2], [1, 2]),
      bScale: [1, 3],
      bZeroPoint: 0,
      yScale: 1,
      yZeroPoint: 5,
      dtype: 'uint8',
    });
    expect(y.shape).toEqual([2, 2, 2]);
    expect([...toFloat64(y)]).toEqual([6, 11, 9, 29, 8, 23, 13, 53]);
  });

  it('refuses scales that are not positive, and a dtype that ONNX does not write', () => {
    expect(() => qlinear({ ...example, yScale: 0 })).toThrow(ValueError);
    expect(() => qlinear({ ...example, aScale: -1 })).toThrow('aScale -1 is not positive');
    expect(() => qlinear({ ...example, bScale: Number.NaN })).toThrow('bScale NaN is not finite');
    expect(() => qlinear({ ...example, dtype: 'int16' })).toThrow(ValueError);
    expect(() => qlinear({ ...example, yZeroPoint: 256 })).toThrow('yZeroPoint 256 is not a value of uint8');
  });
});

describe('matmul.requantized', () => {
  const a = tensor('int8', [2, 2], [100, 3, -100, -3]);
  const b = tensor('int8', [2, 2], [100, 1, 0, 1]);
  // Sums: 10000, 103, -10000, -103.

  it('shifts as its rounding says, saturates and counts', () => {
    const run = (rounding: 'floor' | 'half-even' | 'truncate') => {
      const { tensor: y, saturated } = requantized({ a, b, how: { shift: 4 }, dtype: 'int8', rounding });
      expect(saturated).toBe(2);
      return [...toFloat64(y)];
    };
    expect(run('floor')).toEqual([127, 6, -128, -7]);
    expect(run('half-even')).toEqual([127, 6, -128, -6]);
    expect(run('truncate')).toEqual([127, 6, -128, -6]);
  });

  it('scales, and adds the zero point', () => {
    const { tensor: y, saturated } = requantized({
      a,
      b,
      how: { scale: 0.01, zeroPoint: 7 },
      dtype: 'int16',
      rounding: 'half-even',
    });
    expect([...toFloat64(y)]).toEqual([107, 8, -93, 6]);
    expect(saturated).toBe(0);
  });

  it('subtracts zero points first', () => {
    const { tensor: y } = requantized({
      a,
      b,
      aZeroPoint: 1,
      bZeroPoint: [1, 0],
      how: { shift: 0 },
      dtype: 'int32',
      rounding: 'floor',
    });
    expect([...toFloat64(y)]).toEqual([9799, 101, -9995, -105]);
  });
});
