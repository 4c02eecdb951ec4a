/**
 * erf and erfc in exact rational arithmetic (BigInt fixed point) for tests: another algorithm than the code under
 * test, with as many bits as the argument needs. erf(x) = 2/sqrt(pi) * sum of (-1)^n x^(2n+1) / (n! (2n+1)),
 * Abramowitz & Stegun 7.1.5; pi by Machin's formula.
 */

/** `value / 2^bits`. */
export interface Fixed {
  readonly value: bigint;
  readonly bits: bigint;
}

/** A finite float64 with `bits` fraction bits: exact unless it has bits below them, which are cut. */
export function fixedOf(x: number, bits: bigint): Fixed {
  const exponent = x === 0 ? 0 : Math.max(Math.floor(Math.log2(Math.abs(x))), -1022) - 54;
  // Two steps, because 2^-exponent alone may overflow; both products are exact.
  const half = Math.trunc(exponent / 2);
  const whole = BigInt((x / 2 ** half) * 2 ** (half - exponent));
  const shift = bits + BigInt(exponent);
  return { value: shift >= 0n ? whole << shift : whole >> -shift, bits };
}

function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** arctan(1/n) scaled by 2^bits. */
function arctanInverse(n: bigint, bits: bigint): bigint {
  let power = (1n << bits) / n;
  let sum = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = -power / (n * n);
    sum += power / k;
  }
  return sum;
}

const constants = new Map<bigint, bigint>();

/** 2/sqrt(pi) scaled by 2^bits. */
function twoOverRootPi(bits: bigint): bigint {
  const known = constants.get(bits);
  if (known !== undefined) return known;
  const pi = 16n * arctanInverse(5n, bits) - 4n * arctanInverse(239n, bits);
  const value = squareRoot((4n << (3n * bits)) / pi);
  constants.set(bits, value);
  return value;
}

/** Twice the bits that the largest term, about exp(x^2), costs, and 200 (or more, for a subnormal x) besides. */
function bitsFor(x: number): bigint {
  const tiny = x === 0 ? 0 : Math.max(0, -Math.log2(Math.abs(x)));
  return 200n + 64n * BigInt(Math.ceil((3 * x * x + tiny) / 64));
}

function series(z: bigint, bits: bigint): bigint {
  const square = (z * z) >> bits;
  let power = z;
  let sum = z;
  for (let n = 1n; power > 1n || power < -1n; n++) {
    power = -((power * square) >> bits) / n;
    sum += power / (2n * n + 1n);
  }
  return (sum * twoOverRootPi(bits)) >> bits;
}

export function exactErf(x: number): Fixed {
  const bits = bitsFor(x);
  return { value: series(fixedOf(x, bits).value, bits), bits };
}

export function exactErfc(x: number): Fixed {
  const { value, bits } = exactErf(x);
  return { value: (1n << bits) - value, bits };
}

/** x/2 * (1 + erf(x / sqrt 2)). */
export function exactGelu(x: number): Fixed {
  const bits = bitsFor(x);
  const value = fixedOf(x, bits).value;
  const gate = (1n << bits) + series((value << bits) / squareRoot(2n << (2n * bits)), bits);
  return { value: (value * gate) >> (bits + 1n), bits };
}

const magnitudeOf = (n: bigint): bigint => (n < 0n ? -n : n);

/** Distance of `actual` from `exact` in float64 ULPs of `exact`; a correctly rounded value is at most 0.5 away. */
export function ulpsFrom(actual: number, exact: Fixed): number {
  const { value, bits } = exact;
  if (value === 0n) return actual === 0 ? 0 : Infinity;
  const exponent = magnitudeOf(value).toString(16).length * 4 - Number(bits);
  // The exact exponent from the leading hexadecimal digit.
  const lead = Number.parseInt(magnitudeOf(value).toString(16)[0]!, 16);
  const top = Math.max(exponent - (Math.clz32(lead) - 28) - 1, -1022);
  const ulp = 1n << (bits + BigInt(top - 52));
  const distance = magnitudeOf(fixedOf(actual, bits).value - value);
  return Number((distance << 20n) / ulp) / 2 ** 20;
}
