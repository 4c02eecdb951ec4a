import { ValueError } from '../errors.ts';
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from './float.ts';

/** The typed array that holds each dtype; bf16 and f16 are kept as their 16-bit codes. */
export interface StorageOf {
  int8: Int8Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
  int16: Int16Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  bf16: Uint16Array<ArrayBuffer>;
  f16: Uint16Array<ArrayBuffer>;
  f32: Float32Array<ArrayBuffer>;
  f64: Float64Array<ArrayBuffer>;
}

export type DType = keyof StorageOf;
export type IntDType = 'int8' | 'uint8' | 'int16' | 'int32';
export type FloatDType = Exclude<DType, IntDType>;

/** What the rest of the code needs to know of a dtype, so that nothing else switches over names. */
export interface DTypeInfo<D extends DType = DType> {
  readonly name: D;
  /** Bytes of one element. */
  readonly bytes: number;
  readonly integer: boolean;
  /** Least and greatest finite value. */
  readonly min: number;
  readonly max: number;
  /** Significant bits of the significand, hidden bit included (value bits for integers). */
  readonly precision: number;
  /** Exponent of the smallest normal number (floats only; 0 for integers). */
  readonly minExponent: number;
  readonly storage: {
    new (length: number): StorageOf[D];
    new (buffer: ArrayBuffer, byteOffset?: number, length?: number): StorageOf[D];
  };
  /** Value of a stored code. */
  decode(code: number): number;
  /** Stored code of a value: round to nearest even for floats; integers must already be whole and in range. */
  encode(value: number): number;
}

const same = (x: number): number => x;

function integer<D extends IntDType>(name: D, bytes: number, storage: DTypeInfo<D>['storage']): DTypeInfo<D> {
  const signed = name !== 'uint8';
  const max = 2 ** (bytes * 8 - (signed ? 1 : 0)) - 1;
  const min = signed ? -max - 1 : 0;
  const precision = bytes * 8;
  return {
    name,
    bytes,
    integer: true,
    min,
    max,
    precision,
    minExponent: 0,
    storage,
    decode: same,
    encode: same,
  };
}

const DTYPES: { readonly [D in DType]: DTypeInfo<D> } = {
  int8: integer('int8', 1, Int8Array),
  uint8: integer('uint8', 1, Uint8Array),
  int16: integer('int16', 2, Int16Array),
  int32: integer('int32', 4, Int32Array),
  bf16: {
    name: 'bf16',
    bytes: 2,
    integer: false,
    min: -decodeBf16(0x7f7f),
    max: decodeBf16(0x7f7f),
    precision: 8,
    minExponent: -126,
    storage: Uint16Array,
    decode: decodeBf16,
    encode: encodeBf16,
  },
  f16: {
    name: 'f16',
    bytes: 2,
    integer: false,
    min: -65504,
    max: 65504,
    precision: 11,
    minExponent: -14,
    storage: Uint16Array,
    decode: decodeF16,
    encode: encodeF16,
  },
  f32: {
    name: 'f32',
    bytes: 4,
    integer: false,
    min: -(2 - 2 ** -23) * 2 ** 127,
    max: (2 - 2 ** -23) * 2 ** 127,
    precision: 24,
    minExponent: -126,
    storage: Float32Array,
    decode: same,
    encode: Math.fround,
  },
  f64: {
    name: 'f64',
    bytes: 8,
    integer: false,
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
    precision: 53,
    minExponent: -1022,
    storage: Float64Array,
    decode: same,
    encode: same,
  },
};

/** Facts about `dtype`. An unknown name (from untyped code) is a {@link ValueError}. */
export function dtypeInfo<D extends DType>(dtype: D): DTypeInfo<D> {
  const info: DTypeInfo<D> | undefined = DTYPES[dtype];
  if (info === undefined) throw new ValueError(`unknown dtype '${dtype}'`, `use one of ${dtypes.join(', ')}`);
  return info;
}

/** Every dtype, narrowest integers first. */
export const dtypes = Object.keys(DTYPES) as readonly DType[];
