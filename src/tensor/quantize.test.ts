import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../errors.ts';
import { numpyAvailable, numpyTitle, runNumpy } from '../testing/numpy.ts';
import { affine, symmetric } from './calibrate.ts';
import { dtypeInfo, type IntDType } from './dtype.ts';
import { dequantize, type Quantization, quantize, requantize } from './quantize.ts';
import { type Rounding, roundings } from './rounding.ts';
import { codesOf, type Tensor, tensor, toFloat64 } from './tensor.ts';
import { transpose } from './view.ts';

const f64 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor<'f64'> =>
  tensor('f64', shape, values);
const even = { dtype: 'int8', rounding: 'half-even' } as const;
const integers: readonly IntDType[] = ['int8', 'uint8', 'int16', 'int32'];

describe('quantize', () => {
  it.each([
    ['half-even', [-2, -2, 0, 0, 2, 2]],
    ['half-away', [-3, -2, -1, 1, 2, 3]],
    ['floor', [-3, -2, -1, 0, 1, 2]],
    ['truncate', [-2, -1, 0, 0, 1, 2]],
  ] as const)('rounds ties as %s says, before it adds the zero point', (rounding, expected) => {
    const x = f64([-1.25, -0.75, -0.25, 0.25, 0.75, 1.25]);
    const odd = quantize(x, { scale: 0.5, zeroPoint: 3 }, { dtype: 'int8', rounding });
    expect([...codesOf(odd.tensor)]).toEqual(expected.map((code) => code + 3));
    expect(odd.saturated).toBe(0);
  });

  it('gives the example of ONNX QuantizeLinear', () => {
    const x = f64([0, 2, 3, 1000, -254, -1000]);
    const { tensor: y, saturated } = quantize(x, { scale: 2, zeroPoint: 128 }, { ...even, dtype: 'uint8' });
    expect([...codesOf(y)]).toEqual([128, 129, 130, 255, 1, 0]);
    expect(saturated).toBe(2);
  });

  it('gives the per-channel example of ONNX QuantizeLinear', () => {
    const x = f64(
      [-162, 10, -100, 232, -20, -50, -76, 0, 0, 252, 32, -44, 245, -485, -960, -270, -375, -470],
      [1, 3, 3, 2],
    );
    const q = { scale: [2, 4, 5], zeroPoint: [84, 24, 196], axis: 1 };
    const { tensor: y } = quantize(x, q, { ...even, dtype: 'uint8' });
    expect([...codesOf(y)]).toEqual([
      3, 89, 34, 200, 74, 59, 5, 24, 24, 87, 32, 13, 245, 99, 4, 142, 121, 102,
    ]);
  });

  it('saturates at both ends and counts, infinities included, and not what just fits', () => {
    const x = f64([127.4, 127.6, 128, -128.4, -129, Infinity, -Infinity, 0]);
    const { tensor: y, saturated } = quantize(x, { scale: 1 }, even);
    expect([...codesOf(y)]).toEqual([127, 127, 127, -128, -128, 127, -128, 0]);
    expect(saturated).toBe(5);
  });

  it('reads any dtype and any strides', () => {
    const x = transpose(tensor('bf16', [2, 2], [1, 2, 3, 4]));
    const { tensor: y } = quantize(x, { scale: [1, 0.5], axis: 0 }, even);
    expect(y.shape).toEqual([2, 2]);
    expect([...codesOf(y)]).toEqual([1, 3, 4, 8]);
  });

  it('refuses NaN and says where', () => {
    expect(() => quantize(f64([0, Number.NaN]), { scale: 1 }, even)).toThrow(ValueError);
    expect(() => quantize(f64([0, Number.NaN]), { scale: 1 }, even)).toThrow('NaN at index 1');
  });

  it.each<[string, Quantization, typeof ValueError | typeof ShapeError]>([
    ['scale 0', { scale: 0 }, ValueError],
    ['a negative scale', { scale: -1 }, ValueError],
    ['an infinite scale', { scale: Infinity }, ValueError],
    ['scale NaN', { scale: [1, Number.NaN], axis: 0 }, ValueError],
    ['a zero point beyond int8', { scale: 1, zeroPoint: 128 }, ValueError],
    ['a fractional zero point', { scale: 1, zeroPoint: 0.5 }, ValueError],
    ['a zero point beyond int8 in one channel', { scale: 1, zeroPoint: [0, -129], axis: 1 }, ValueError],
    ['too few scales', { scale: [1], axis: 0 }, ShapeError],
    ['too many zero points', { scale: 1, zeroPoint: [0, 0, 0], axis: 0 }, ShapeError],
    ['an axis that is not there', { scale: [1, 1], axis: 2 }, ShapeError],
    ['a negative axis', { scale: [1, 1], axis: -1 }, ShapeError],
    ['channels without an axis', { scale: [1, 1] }, ShapeError],
    ['an axis without channels', { scale: 1, axis: 0 }, ShapeError],
  ])('refuses %s', (_, q, error) => {
    expect(() => quantize(f64([1, 2, 3, 4], [2, 2]), q, even)).toThrow(error);
    expect(() => dequantize(tensor('int8', [2, 2], [1, 2, 3, 4]), q)).toThrow(error);
    expect(() => requantize(tensor('int32', [2, 2], [1, 2, 3, 4]), q, even)).toThrow(error);
  });

  it('refuses a float dtype and an unknown rounding', () => {
    const dtype = 'f32' as unknown as IntDType;
    expect(() => quantize(f64([1]), { scale: 1 }, { ...even, dtype })).toThrow(ValueError);
    expect(() => dequantize(f64([1]) as unknown as Tensor<'int8'>, { scale: 1 })).toThrow(ValueError);
    expect(() => quantize(f64([1]), { scale: 1 }, { ...even, rounding: 'up' as Rounding })).toThrow(
      ValueError,
    );
  });
});

describe('dequantize', () => {
  it('is scale * (code - zero point), per tensor and per channel', () => {
    expect([
      ...codesOf(dequantize(tensor('uint8', [3], [0, 128, 255]), { scale: 0.5, zeroPoint: 128 })),
    ]).toEqual([-64, 0, 63.5]);
    const q = { scale: [1, 10], zeroPoint: [0, 1], axis: 1 };
    expect([...codesOf(dequantize(tensor('int8', [2, 2], [1, 2, 3, 4]), q))]).toEqual([1, 10, 3, 30]);
  });

  it('is undone by quantize under every mode where nothing needs rounding', () => {
    const int8 = tensor(
      'int8',
      [256],
      Array.from({ length: 256 }, (_, i) => i - 128),
    );
    for (const rounding of roundings) {
      for (const zeroPoint of [-128, 0, 5, 127]) {
        const q = { scale: 2 ** -5, zeroPoint };
        const { tensor: back, saturated } = quantize(dequantize(int8, q), q, { dtype: 'int8', rounding });
        expect(codesOf(back)).toEqual(codesOf(int8));
        expect(saturated).toBe(0);
      }
    }
  });
});

describe('requantize', () => {
  const acc = tensor('int32', [6], [-40, -24, 24, 40, 5000, -5000]);

  it.each([
    ['half-even', [-2, -2, 2, 2]],
    ['half-away', [-3, -2, 2, 3]],
    ['floor', [-3, -2, 1, 2]],
    ['truncate', [-2, -1, 1, 2]],
  ] as const)('by a shift and by the same scale, %s', (rounding, expected) => {
    for (const how of [{ shift: 4 }, { scale: 1 / 16 }]) {
      const { tensor: y, saturated } = requantize(acc, how, { dtype: 'int8', rounding });
      expect([...codesOf(y)]).toEqual([...expected, 127, -128]);
      expect(saturated).toBe(2);
    }
  });

  it('adds the zero point after rounding, and works per channel', () => {
    const how = { scale: [0.1, 0.01], zeroPoint: [1, 2], axis: 1 };
    const { tensor: y } = requantize(tensor('int32', [2, 2], [12, 250, -15, -351]), how, {
      ...even,
      dtype: 'int16',
    });
    expect([...codesOf(y)]).toEqual([2, 4, -1, -2]);
  });

  it('keeps the whole int32 range exact', () => {
    const extremes = tensor('int32', [2], [-(2 ** 31), 2 ** 31 - 1]);
    const { tensor: y } = requantize(extremes, { shift: 0 }, { dtype: 'int32', rounding: 'floor' });
    expect(codesOf(y)).toEqual(codesOf(extremes));
  });

  it('refuses a bad shift and an accumulator that is not int32', () => {
    expect(() => requantize(acc, { shift: -1 }, even)).toThrow(ValueError);
    expect(() => requantize(acc, { shift: 0.5 }, even)).toThrow(ValueError);
    expect(() => requantize(f64([1]) as unknown as Tensor<'int32'>, { shift: 1 }, even)).toThrow(ValueError);
  });
});

describe('symmetric', () => {
  it('maps the greatest magnitude to the greatest code', () => {
    expect(symmetric(f64([-2, 1]), 'int8')).toEqual({ scale: 2 / 127, zeroPoint: 0 });
    expect(symmetric(f64([1, 2, -3, 0, 0, 0], [3, 2]), 'int16', { axis: 0 })).toEqual({
      scale: [2 / 32767, 3 / 32767, 1],
      zeroPoint: [0, 0, 0],
      axis: 0,
    });
  });

  it('refuses uint8, which has no negative codes', () => {
    expect(() => symmetric(f64([1]), 'uint8')).toThrow(ValueError);
  });
});

describe('affine', () => {
  it('spans the range with all codes and holds 0 exactly', () => {
    expect(affine(f64([-1, 1.55]), 'uint8')).toEqual({ scale: 0.01, zeroPoint: 100 });
    expect(affine(f64([5, 10]), 'uint8')).toEqual({ scale: 10 / 255, zeroPoint: 0 });
    expect(affine(f64([-10, -5]), 'int8')).toEqual({ scale: 10 / 255, zeroPoint: 127 });
    expect(affine(f64([0, 255, -255, 0], [2, 2]), 'uint8', { axis: 0 })).toEqual({
      scale: [1, 1],
      zeroPoint: [0, 255],
      axis: 0,
    });
  });
});

describe.each([
  ['symmetric', symmetric],
  ['affine', affine],
] as const)('%s parameters', (name, choose) => {
  const dtypes = integers.filter((dtype) => name === 'affine' || dtype !== 'uint8');

  it.each(dtypes)('have scale 1 for zeros and for nothing, %s', (dtype) => {
    const zeroPoint = name === 'affine' ? dtypeInfo(dtype).min : 0;
    expect(choose(f64([0, -0]), dtype)).toEqual({ scale: 1, zeroPoint });
    expect(choose(f64([]), dtype)).toEqual({ scale: 1, zeroPoint });
  });

  it('refuse NaN and infinities', () => {
    for (const x of [Number.NaN, Infinity, -Infinity])
      expect(() => choose(f64([x]), 'int8')).toThrow(ValueError);
  });

  it('refuse an axis that is not there', () => {
    expect(() => choose(f64([1]), 'int8', { axis: 1 })).toThrow(ShapeError);
  });

  it('quantise any data within half a step (a whole one where the zero point was rounded), and 0 to 0', () => {
    const value = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    const sample = fc.oneof(fc.array(value), fc.array(fc.double({ min: -3, max: 3, noNaN: true })));
    fc.assert(
      fc.property(sample, fc.constantFrom(...dtypes.filter((d) => d !== 'int32')), (values, dtype) => {
        const x = f64([0, ...values]);
        const q = choose(x, dtype);
        const back = toFloat64(dequantize(quantize(x, q, { dtype, rounding: 'half-even' }).tensor, q));
        expect(Math.abs(back[0]!)).toBe(0);
        const step = Number(q.scale) * (name === 'affine' ? 1.001 : 0.501) + 1e-300;
        values.forEach((v, i) => {
          expect(Math.abs(v - back[i + 1]!)).toBeLessThanOrEqual(step);
        });
      }),
    );
  });

  it('stay usable at the ends of float64', () => {
    for (const values of [[Number.MIN_VALUE], [-Number.MIN_VALUE], [Number.MAX_VALUE, -Number.MAX_VALUE]]) {
      const x = f64(values);
      const q = choose(x, 'int8');
      expect(() => quantize(x, q, even)).not.toThrow();
    }
  });
});

describe.skipIf(!numpyAvailable.ok)(numpyTitle, () => {
  it('quantises as rint, add and clip do', () => {
    const { x, perTensor, perChannel } = runNumpy(`
x = np.random.RandomState(1).standard_normal((50, 7)) * 3
x[0] = [0.125, 0.375, -0.125, 1e9, -1e9, 0, -0.0]
s = np.arange(1, 8) / 32; z = np.arange(7) * 30 - 90
out['x'] = x
out['perTensor'] = np.clip(np.rint(x / 0.25) + 7, -128, 127).astype(np.int8)
out['perChannel'] = np.clip(np.rint(x / s) + z, -128, 127).astype(np.int8)`);
    const scale = Array.from({ length: 7 }, (_, i) => (i + 1) / 32);
    const zeroPoint = Array.from({ length: 7 }, (_, i) => i * 30 - 90);
    expect(codesOf(quantize(x!, { scale: 0.25, zeroPoint: 7 }, even).tensor)).toEqual(codesOf(perTensor!));
    expect(codesOf(quantize(x!, { scale, zeroPoint, axis: 1 }, even).tensor)).toEqual(codesOf(perChannel!));
  });
});
