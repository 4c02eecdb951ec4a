import { round } from './rounding.ts';

/**
 * bfloat16 and IEEE 754 binary16 codes. Both are encoded straight from float64, so that no second rounding
 * (float64 -> float32 -> 16 bits) can move a tie.
 */

interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

/** bfloat16: 8 exponent bits, 7 fraction bits (the upper half of an IEEE 754 binary32). */
const BF16: FloatFormat = { exponentBits: 8, fractionBits: 7 };
/** IEEE 754-2019 binary16: 5 exponent bits, 10 fraction bits. */
const F16: FloatFormat = { exponentBits: 5, fractionBits: 10 };

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** Exponent e of a finite non-zero x with 2^e <= |x| < 2^(e+1); -1023 or less for float64 subnormals. */
function exponentOf(x: number): number {
  float64[0] = x;
  return ((words[1]! >>> 20) & 0x7ff) - 1023;
}

function encode(value: number, { exponentBits, fractionBits }: FloatFormat): number {
  const signBit = value < 0 || Object.is(value, -0) ? 1 << (exponentBits + fractionBits) : 0;
  const infinity = ((1 << exponentBits) - 1) << fractionBits;
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1));
  const magnitude = Math.abs(value);
  if (magnitude === 0) return signBit;
  if (magnitude === Infinity) return signBit | infinity;
  const minExponent = 2 - (1 << (exponentBits - 1));
  const exponent = Math.max(exponentOf(magnitude), minExponent);
  // Dividing by a power of two is exact, so this is the only rounding.
  const significand = round(magnitude / 2 ** (exponent - fractionBits), 'half-even');
  // The hidden bit of a normal significand carries into the exponent field by itself, as does rounding up.
  const code = (exponent - minExponent) * 2 ** fractionBits + significand;
  return signBit | Math.min(code, infinity);
}

function decode(code: number, { exponentBits, fractionBits }: FloatFormat): number {
  const maxField = (1 << exponentBits) - 1;
  const field = (code >>> fractionBits) & maxField;
  const fraction = code & ((1 << fractionBits) - 1);
  const sign = (code >>> (exponentBits + fractionBits)) & 1 ? -1 : 1;
  if (field === maxField) return fraction === 0 ? sign * Infinity : Number.NaN;
  const bias = (1 << (exponentBits - 1)) - 1;
  if (field === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * ((1 << fractionBits) + fraction) * 2 ** (field - bias - fractionBits);
}

/** Decoding is most of the work of reading a 16-bit tensor, and a table of all 65,536 codes does it fastest. */
function tableOf(format: FloatFormat): (code: number) => number {
  let table: Float64Array | undefined;
  return (code) => {
    table ??= Float64Array.from({ length: 1 << 16 }, (_, each) => decode(each, format));
    return table[code & 0xffff]!;
  };
}

/** 16-bit bfloat16 code of `value`, round to nearest, ties to even; every NaN becomes 0x7fc0. */
export function encodeBf16(value: number): number {
  return encode(value, BF16);
}

/** Value of a 16-bit bfloat16 code, exact. */
export const decodeBf16: (code: number) => number = tableOf(BF16);

/** 16-bit binary16 code of `value`, round to nearest, ties to even; every NaN becomes 0x7e00. */
export function encodeF16(value: number): number {
  return encode(value, F16);
}

/** Value of a 16-bit binary16 code, exact. */
export const decodeF16: (code: number) => number = tableOf(F16);
