import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, ValueError } from '../errors.ts';
import { dtypeInfo, dtypes } from './dtype.ts';
import {
  assign,
  at,
  bytesOf,
  codesOf,
  copyOf,
  describe as describeTensor,
  fromBytes,
  fromStorage,
  isContiguous,
  sizeOf,
  tensor,
  toFloat64,
  zeros,
} from './tensor.ts';
import { slice, strided, transpose } from './view.ts';

const counting = (...shape: number[]) =>
  tensor(
    'int16',
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

describe('making tensors', () => {
  it('rounds floats to nearest even and keeps codes of 16-bit floats in storage', () => {
    const t = tensor('bf16', [3], [1, 1.00390625, -0]);
    expect([...t.view.data]).toEqual([0x3f80, 0x3f80, 0x8000]);
    expect([...toFloat64(t)]).toEqual([1, 1, -0]);
    expect(at(tensor('f32', [1], [0.1]), 0)).toBe(Math.fround(0.1));
  });

  it.each(dtypes)('fills %s with zeros', (dtype) => {
    expect([...toFloat64(zeros(dtype, [2, 2]))]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['int8', 128],
    ['int8', -129],
    ['uint8', -1],
    ['int32', 2 ** 31],
    ['int8', 0.5],
    ['int16', Number.NaN],
    ['int16', Infinity],
  ] as const)('refuses %s %d instead of wrapping it', (dtype, value) => {
    expect(() => tensor(dtype, [2], [0, value])).toThrow(ValueError);
    expect(() => tensor(dtype, [2], [0, value])).toThrow(`value ${value} at index 1`);
  });

  it.each([[[2, 3], 5] as const, [[], 2] as const, [[0], 1] as const])(
    'refuses shape %j for %d values',
    (shape, count) => {
      expect(() => tensor('int8', shape, new Array(count).fill(0))).toThrow(ShapeError);
      expect(() => fromStorage('int8', shape, new Int8Array(count))).toThrow(ShapeError);
      expect(() => fromBytes('int8', shape, new Uint8Array(count))).toThrow(ShapeError);
    },
  );

  it.each([[[-1]], [[1.5]], [[Number.NaN, 0]]])('refuses extents %j', (shape) => {
    expect(() => zeros('int8', shape)).toThrow(ShapeError);
    expect(() => tensor('int8', shape, [])).toThrow(ShapeError);
    expect(() => fromBytes('int8', shape, new Uint8Array())).toThrow(ShapeError);
  });

  it('counts elements, scalars and empty shapes with giant extents', () => {
    expect([sizeOf([]), sizeOf([2, 3]), sizeOf([4, 0])]).toEqual([1, 6, 0]);
    expect(sizeOf([...new Array<number>(30).fill(2 ** 53 - 1), 0])).toBe(0);
  });

  it('describes itself', () => {
    expect(describeTensor(zeros('f16', [2, 3]))).toBe('f16 [2, 3]');
    expect(describeTensor(zeros('int8', []))).toBe('int8 []');
  });
});

describe('reading', () => {
  it('reads single elements, decoded', () => {
    const t = counting(2, 3);
    expect(at(t, 1, 2)).toBe(5);
    expect(at(tensor('f16', [], [0.5]))).toBe(0.5);
    expect(at(transpose(t), 2, 1)).toBe(5);
  });

  it.each([[[2, 0]], [[0, 3]], [[-1, 0]], [[0.5, 0]], [[0]], [[0, 0, 0]]])('refuses index %j', (index) => {
    expect(() => at(counting(2, 3), ...index)).toThrow(ShapeError);
  });

  it('sees any strided view as its elements in C order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        (shape, draws) => {
          const whole = counting(...shape);
          const start = shape.map((extent) => draws.next().value! % extent);
          const end = shape.map(
            (extent, axis) => start[axis]! + (draws.next().value! % (extent - start[axis]! + 1)),
          );
          const part = transpose(slice(whole, start, end));
          const expected: number[] = [];
          const visit = (index: number[]): void => {
            const extent = part.shape[index.length];
            if (extent === undefined) expected.push(at(part, ...index));
            else for (let i = 0; i < extent; i++) visit([...index, i]);
          };
          visit([]);
          expect([...codesOf(part)]).toEqual(expected);
          expect([...toFloat64(part)]).toEqual(expected);
          expect([...new Int16Array(bytesOf(part).slice().buffer)]).toEqual(expected);
          if (isContiguous(part)) expect(codesOf(part).buffer).toBe(whole.view.data.buffer);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows what is contiguous: extents of 1 have no stride that matters', () => {
    expect(isContiguous(counting(2, 3))).toBe(true);
    expect(isContiguous(transpose(counting(2, 3)))).toBe(false);
    expect(isContiguous(transpose(counting(1, 3)))).toBe(true);
    expect(isContiguous(slice(counting(4, 3), [1, 0], [3, 3]))).toBe(true);
    expect(isContiguous(slice(counting(4, 3), [0, 1], [4, 3]))).toBe(false);
    expect([...codesOf(slice(counting(4, 3), [1, 0], [3, 3]))]).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('hands out a fresh array from toFloat64 and copyOf', () => {
    const f64 = tensor('f64', [2], [1, 2]);
    toFloat64(f64)[0] = 9;
    copyOf(f64).view.data[1] = 9;
    expect([...f64.view.data]).toEqual([1, 2]);
  });
});

describe('writing', () => {
  it('assigns into a strided view and nowhere else', () => {
    const target = zeros('int16', [3, 3]);
    assign(slice(target, [1, 1], [3, 3]), tensor('int16', [2, 2], [1, 2, 3, 4]));
    expect([...target.view.data]).toEqual([0, 0, 0, 0, 1, 2, 0, 3, 4]);
    assign(transpose(target), copyOf(target));
    expect([...target.view.data]).toEqual([0, 0, 0, 0, 1, 3, 0, 2, 4]);
  });

  it('assigns from the memory it writes to', () => {
    const t = counting(2, 2);
    assign(transpose(t), t);
    expect([...t.view.data]).toEqual([0, 2, 1, 3]);
  });

  it('refuses another dtype or shape', () => {
    expect(() => assign<'int8' | 'int16'>(zeros('int8', [2]), zeros('int16', [2]))).toThrow(ShapeError);
    expect(() => assign(zeros('int8', [2]), zeros('int8', [1, 2]))).toThrow(ShapeError);
  });
});

describe('bytes', () => {
  it.each(dtypes)('go out and come back, little-endian, %s', (dtype) => {
    const { min, max } = dtypeInfo(dtype);
    const t = tensor(dtype, [2, 2], [min, max, 0, 1]);
    const back = fromBytes(dtype, [2, 2], bytesOf(t).slice());
    expect(back.view.data).toEqual(t.view.data);
  });

  it('share memory where aligned and are copied where not, out of a Node Buffer too', () => {
    const bytes = new Uint8Array(12);
    bytes.set([1, 0, 2, 0], 3);
    expect(fromBytes('int16', [2], bytes.subarray(4, 8)).view.data.buffer).toBe(bytes.buffer);
    expect([...fromBytes('int16', [2], bytes.subarray(3, 7)).view.data]).toEqual([1, 2]);
    const buffer = Buffer.from(bytes.buffer, 3, 4);
    expect([...fromBytes('int16', [2], buffer).view.data]).toEqual([1, 2]);
    expect([...bytesOf(tensor('int32', [1], [0x01020304]))]).toEqual([4, 3, 2, 1]);
  });
});

describe('strided', () => {
  it('makes a view over interleaved storage', () => {
    const storage = Int8Array.from([0, 1, 2, 3, 4, 5]);
    expect([...codesOf(strided('int8', [3], storage, [2], 1))]).toEqual([1, 3, 5]);
    expect([...codesOf(strided('int8', [2, 2], storage, [0, 1], 4))]).toEqual([4, 5, 4, 5]);
    expect(codesOf(strided('int8', [0, 2], storage, [9, 9], 0))).toHaveLength(0);
  });

  it.each([
    [[3], [2], 2],
    [[3], [-1], 3],
    [[3], [1, 1], 0],
    [[3], [1], -1],
    [[3], [0.5], 0],
    [[3], [1], 0.5],
    [[-1], [1], 0],
  ])('refuses shape %j, stride %j, offset %d of six elements', (shape, stride, offset) => {
    expect(() => strided('int8', shape, new Int8Array(6), stride, offset)).toThrow(ShapeError);
  });
});
