import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { type DType, dtypeInfo, dtypes } from './dtype.ts';

/** name, bytes, integer, least, greatest, significant bits, exponent of the smallest normal number. */
const table: readonly (readonly [DType, number, boolean, number, number, number, number])[] = [
  ['int8', 1, true, -128, 127, 8, 0],
  ['uint8', 1, true, 0, 255, 8, 0],
  ['int16', 2, true, -32768, 32767, 16, 0],
  ['int32', 4, true, -2147483648, 2147483647, 32, 0],
  ['bf16', 2, false, -3.3895313892515355e38, 3.3895313892515355e38, 8, -126],
  ['f16', 2, false, -65504, 65504, 11, -14],
  ['f32', 4, false, -3.4028234663852886e38, 3.4028234663852886e38, 24, -126],
  ['f64', 8, false, -Number.MAX_VALUE, Number.MAX_VALUE, 53, -1022],
];

describe('dtype table', () => {
  it('lists every dtype, integers first', () => {
    expect(dtypes).toEqual(table.map(([name]) => name));
  });

  it('refuses an unknown name with the known ones', () => {
    expect(() => dtypeInfo('bfloat16' as DType)).toThrow(ValueError);
    expect(() => dtypeInfo('bfloat16' as DType)).toThrow("unknown dtype 'bfloat16'");
  });

  it.each(table)('%s', (name, bytes, integer, min, max, precision, minExponent) => {
    const info = dtypeInfo(name);
    expect(info).toMatchObject({ name, bytes, integer, min, max, precision, minExponent });
    const storage = new info.storage(2);
    expect(storage.byteLength).toBe(2 * bytes);
    for (const value of [
      min,
      max,
      0,
      1,
      ...(integer ? [] : [2 ** minExponent, -0.5, Infinity, Number.NaN]),
    ]) {
      storage[0] = info.encode(value);
      expect(info.decode(storage[0])).toBe(value);
    }
  });

  it.each(table.filter(([, , integer]) => !integer))('%s has the precision it states', (name) => {
    const { encode, decode, precision, minExponent, max } = dtypeInfo(name);
    const rounded = (x: number): number => decode(encode(x));
    expect(rounded(1 + 2 ** (1 - precision))).toBe(1 + 2 ** (1 - precision));
    expect(rounded(1 + 2 ** -precision)).toBe(1);
    expect(rounded(2 ** (minExponent + 1 - precision))).toBeGreaterThan(0);
    expect(rounded(max * (1 + 2 ** -precision))).toBe(name === 'f64' ? max : Infinity);
  });
});
