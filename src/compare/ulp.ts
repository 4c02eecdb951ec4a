import { codesOf, dtypeInfo, type Tensor } from '../tensor/index.ts';

/**
 * Distances in units in the last place of the actual tensor's dtype: the number of representable values one has to
 * step over to come from the expected value, rounded to that dtype, to the actual one. +0 and -0 are 0 apart; equal
 * infinities too; Infinity where either side is NaN or only one is an infinity. For integers it is |actual - target|.
 *
 * The codes of IEEE 754 formats of one sign are ordered as their values are, so the distance is a difference of
 * codes (sign and magnitude).
 */
export function ulpDistances(
  expected: Tensor,
  actual: Tensor,
  target: Float64Array,
  values: Float64Array,
): Float64Array {
  const distances = new Float64Array(values.length);
  const info = dtypeInfo(actual.dtype);
  if (info.integer) {
    for (let i = 0; i < values.length; i++) {
      const d = Math.abs(values[i]! - target[i]!);
      distances[i] = Number.isNaN(d) ? Infinity : d;
    }
    return distances;
  }
  if (actual.dtype === 'f64') return f64Distances(target, values, distances);
  const codes = signMagnitude(codesOf(actual));
  const wanted = signMagnitude(
    expected.dtype === actual.dtype ? codesOf(expected) : encodeAll(actual, target),
  );
  const bits = info.bytes * 8;
  const magnitude = 2 ** (bits - 1) - 1;
  const infinity = codeOfInfinity(info);
  for (let i = 0; i < codes.length; i++) {
    const a = codes[i]!;
    const e = wanted[i]!;
    const am = a & magnitude;
    const em = e & magnitude;
    const sameSign = ((a ^ e) >>> (bits - 1)) % 2 === 0;
    const steps = sameSign ? Math.abs(am - em) : am + em;
    const special = am >= infinity || em >= infinity;
    // Two equal infinities are 0 apart; any other special value has no distance.
    distances[i] = !special ? steps : am === infinity && steps === 0 ? 0 : Infinity;
  }
  return distances;
}

/** Stored codes as plain bit patterns. */
function signMagnitude(codes: ArrayLike<number> & ArrayBufferView): Int32Array | Uint16Array {
  return codes instanceof Uint16Array
    ? codes
    : new Int32Array(codes.buffer as ArrayBuffer, codes.byteOffset, codes.length);
}

function encodeAll(like: Tensor, values: Float64Array): ArrayLike<number> & ArrayBufferView {
  const { storage, encode, bytes } = dtypeInfo(like.dtype);
  if (bytes > 2) return new Float32Array(values);
  const codes = new storage(values.length);
  for (let i = 0; i < values.length; i++) codes[i] = encode(values[i]!);
  return codes;
}

function codeOfInfinity(info: { precision: number; bytes: number }): number {
  const fractionBits = info.precision - 1;
  return 2 ** (info.bytes * 8 - 1) - 2 ** fractionBits;
}

function f64Distances(expected: Float64Array, actual: Float64Array, distances: Float64Array): Float64Array {
  const e = new Uint32Array(expected.buffer, expected.byteOffset, expected.length * 2);
  const a = new Uint32Array(actual.buffer, actual.byteOffset, actual.length * 2);
  for (let i = 0; i < actual.length; i++) {
    const x = expected[i]!;
    const y = actual[i]!;
    if (x === y) continue;
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      distances[i] = Infinity;
      continue;
    }
    const eHigh = e[2 * i + 1]!;
    const aHigh = a[2 * i + 1]!;
    const high = 0x7fffffff;
    // Differences of the 32-bit halves keep small distances exact, where 63-bit codes as numbers would not.
    distances[i] =
      eHigh >>> 31 === aHigh >>> 31
        ? Math.abs(((aHigh & high) - (eHigh & high)) * 2 ** 32 + (a[2 * i]! - e[2 * i]!))
        : ((aHigh & high) + (eHigh & high)) * 2 ** 32 + a[2 * i]! + e[2 * i]!;
  }
  return distances;
}
