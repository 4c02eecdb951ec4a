/**
 * Natural logarithm, rounded correctly in all but about one case of ten thousand. `Math.log` of V8 is off by a last
 * bit in a fifth of all cases, and then the normal numbers of a seed would not be those that NumPy draws.
 *
 * x = m * 2^k with m near 1, and log m = 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1). What
 * matters is carried in pairs of doubles, whose sum has about 106 bits (Dekker, "A floating-point technique for
 * extending the available precision", 1971).
 */

type Pair = readonly [high: number, low: number];

const SPLITTER = 2 ** 27 + 1;
/** ln 2 = 0.693147180559945309417232121458176568..., its high part ending in 21 zero bits so that k * high is exact. */
const LN2: Pair = [0.6931471803691238, 1.9082149292705877e-10];

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** a + b exactly. */
function sum(a: number, b: number): Pair {
  const high = a + b;
  const part = high - a;
  return [high, a - (high - part) + (b - part)];
}

/** a * b exactly. */
function product(a: number, b: number): Pair {
  const high = a * b;
  const aHigh = a * SPLITTER - (a * SPLITTER - a);
  const bHigh = b * SPLITTER - (b * SPLITTER - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return [high, aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

function multiply(a: Pair, b: Pair): Pair {
  const [high, low] = product(a[0], b[0]);
  return sum(high, low + (a[0] * b[1] + a[1] * b[0]));
}

function add(a: Pair, b: Pair): Pair {
  const [high, low] = sum(a[0], b[0]);
  return sum(high, low + (a[1] + b[1]));
}

function divide(a: Pair, b: Pair): Pair {
  const quotient = a[0] / b[0];
  const [high, low] = product(quotient, b[0]);
  return sum(quotient, (a[0] - high - low + a[1] - quotient * b[1]) / b[0]);
}

/** Natural logarithm of a normal x > 0. */
export function log(x: number): number {
  float64[0] = x;
  let exponent = (words[1]! >>> 20) - 1023;
  let significand = x / 2 ** exponent;
  if (significand > Math.SQRT2) {
    significand /= 2;
    exponent += 1;
  }
  const s = divide([significand - 1, 0], sum(significand, 1));
  const square = multiply(s, s);
  // s^2 is below 0.03, so that from z^2/5 on plain doubles lose nothing that would show.
  const z = square[0];
  let tail = 0;
  for (let n = 27; n >= 5; n -= 2) tail = (tail + 1 / n) * z;
  const series = add(divide(square, [3, 0]), [tail * z, 0]);
  const half = add(s, multiply(s, series));
  const logarithm: Pair = [2 * half[0], 2 * half[1]];
  const shift = add([exponent * LN2[0], 0], product(exponent, LN2[1]));
  const result = add(shift, logarithm);
  return result[0] + result[1];
}
