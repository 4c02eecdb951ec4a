import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numpyAvailable, numpyTitle, runNumpy } from '../testing/numpy.ts';
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from './float.ts';
import { fromStorage, toFloat64 } from './tensor.ts';

const formats = [
  { name: 'bf16', decode: decodeBf16, encode: encodeBf16, infinity: 0x7f80, nan: 0x7fc0, least: 2 ** -133 },
  { name: 'f16', decode: decodeF16, encode: encodeF16, infinity: 0x7c00, nan: 0x7e00, least: 2 ** -24 },
] as const;

const SIGN = 0x8000;
const codes = Array.from({ length: 1 << 16 }, (_, code) => code);

/** Neighbours of a positive float64. */
function nextUp(x: number, by: 1n | -1n): number {
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0]! += by;
  return new Float64Array(bits.buffer)[0]!;
}

/** A second statement of binary interchange decoding (IEEE 754-2019, 3.4), on strings of bits. */
function decodeBits(code: number, exponentBits: number): number {
  const bits = code.toString(2).padStart(16, '0');
  const sign = bits[0] === '1' ? -1 : 1;
  const exponent = Number.parseInt(bits.slice(1, 1 + exponentBits), 2);
  const fraction = Number.parseInt(bits.slice(1 + exponentBits), 2) / 2 ** (15 - exponentBits);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each(formats)('$name', ({ name, decode, encode, infinity, nan, least }) => {
  const exponentBits = name === 'bf16' ? 8 : 5;
  /** Codes of the positive finite values, 0 included, in order of value. */
  const finite = codes.slice(0, infinity);

  it('decodes all 65,536 codes as the standard says', () => {
    expect(codes.filter((code) => !Object.is(decode(code), decodeBits(code, exponentBits)))).toEqual([]);
  });

  it('encodes every decoded code back to itself, and every NaN to the quiet one', () => {
    const wrong = codes.filter((code) => encode(decode(code)) !== (Number.isNaN(decode(code)) ? nan : code));
    expect(wrong).toEqual([]);
    expect(codes.filter((code) => Number.isNaN(decode(code)))).toHaveLength(2 * (0x7fff - infinity));
  });

  it('rounds every midpoint of neighbours to even, and just beside it to the nearer', () => {
    const wrong = finite.filter((code) => {
      const below = decode(code);
      // Past the greatest finite value the next step would be 2^(max exponent + 1).
      const above = code + 1 === infinity ? 2 * below - decode(code - 1) : decode(code + 1);
      const middle = below + (above - below) / 2;
      const even = code % 2 === 0 ? code : code + 1;
      return [1, -1].some((sign) => {
        const bit = sign < 0 ? SIGN : 0;
        return (
          encode(sign * middle) !== (even | bit) ||
          encode(sign * nextUp(middle, -1n)) !== (code | bit) ||
          encode(sign * nextUp(middle, 1n)) !== ((code + 1) | bit)
        );
      });
    });
    expect(wrong).toEqual([]);
  });

  it('is right at its edges', () => {
    expect(encode(0)).toBe(0);
    expect(encode(-0)).toBe(SIGN);
    expect(encode(least)).toBe(1);
    expect(encode(least / 2)).toBe(0);
    expect(encode(-least / 2)).toBe(SIGN);
    expect(encode(Number.MIN_VALUE)).toBe(0);
    expect(encode(Number.MAX_VALUE)).toBe(infinity);
    expect(encode(-Infinity)).toBe(SIGN | infinity);
    expect(encode(Number.NaN)).toBe(nan);
    expect(Object.is(decode(SIGN), -0)).toBe(true);
  });

  it('keeps order', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(decode(encode(low))).toBeLessThanOrEqual(decode(encode(high)));
      }),
    );
  });
});

it('rounds once, straight from float64', () => {
  // To float32 first it would land on the tie 1 + 2^-8 (or 1 + 2^-11), and from there go to even.
  expect(encodeBf16(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
  expect(encodeF16(1 + 2 ** -11 + 2 ** -40)).toBe(0x3c01);
});

it('is the upper half of float32 for bf16', () => {
  const words = new Uint32Array(codes.map((code) => code * 2 ** 16));
  const floats = new Float32Array(words.buffer);
  expect(codes.filter((code) => !Object.is(decodeBf16(code), floats[code]))).toEqual([]);
});

describe.skipIf(!numpyAvailable.ok)(numpyTitle, () => {
  it('agrees on every f16 code and on random float64 values', () => {
    const { all, x, rounded } = runNumpy(`
out['all'] = np.arange(65536).astype(np.uint16).view(np.float16).astype(np.float64)
r = np.random.RandomState(1)
x = r.standard_normal(20000) * 2.0 ** r.randint(-30, 20, 20000)
out['x'] = x
with np.errstate(over='ignore'): out['rounded'] = x.astype(np.float16)`);
    expect(toFloat64(all!)).toEqual(toFloat64(fromStorage('f16', [65536], Uint16Array.from(codes))));
    expect(Uint16Array.from(toFloat64(x!), encodeF16)).toEqual(rounded!.view.data);
  });
});
