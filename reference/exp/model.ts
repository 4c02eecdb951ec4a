/**
 * Constants of the fixed-point exponential that the softmax and attention kernels claim to compute:
 * exp(-distance * scale) in steps of 1/one, as 2^-(n + f) with 2^-f = one - f(t3 - f(t2 - f(t1 - f t0))).
 */
export interface FixedExp {
  /** Value of 1.0. */
  readonly one: number;
  /** log2(e) * scale, in steps of 2^-20. */
  readonly rate: number;
  /** Polynomial terms of 2^-f from the highest power down, in steps of 1/one; each product is floored at 15 bits. */
  readonly terms: readonly number[];
  /** Largest exponent (whole powers of two) that is still computed; beyond it the result is 0. */
  readonly cutoff: number;
}

/** The exponential of the bundled kernels for scores of scale `scale`: Q17, degree 4. */
export function fixedExp(scale: number): FixedExp {
  return {
    one: 131072,
    rate: Math.round(Math.LOG2E * scale * 2 ** 20),
    terms: [906, 6996, 31398, 90843],
    cutoff: 20,
  };
}

/** exp(-distance * scale) as the kernels define it; `distance` >= 0 whole. Exact in float64: no value reaches 2^53. */
export function expNegative(distance: number, { one, rate, terms, cutoff }: FixedExp): number {
  const exponent = (distance * rate) / 2 ** 20;
  if (distance > Math.floor((cutoff * 2 ** 20) / rate)) return 0;
  const whole = Math.floor(exponent);
  const fraction = Math.floor((exponent - whole) * 2 ** 15) / 2 ** 15;
  const power = [...terms, one].reduce((sum, term) => term - Math.floor(fraction * sum), 0);
  return Math.floor(power / 2 ** whole + (whole === 0 ? 0 : 0.5));
}

/** Tables of more distances than this are not made: their making would cost more than they spare. */
const LONGEST = 16384;
const KEPT = 16;
const tables = new Map<string, Int32Array>();

/**
 * {@link expNegative} of every distance from 0 to the last that is not cut off, or null where these are too many or
 * the values leave int32. A row of scores has far fewer different distances than a validation has scores.
 */
export function expTable(exp: FixedExp): Int32Array | null {
  const length = Math.floor((exp.cutoff * 2 ** 20) / exp.rate) + 1;
  if (!(length >= 1 && length <= LONGEST && exp.one < 2 ** 31)) return null;
  const key = `${exp.one} ${exp.rate} ${exp.cutoff} ${exp.terms.join()}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = Int32Array.from({ length }, (_, distance) => expNegative(distance, exp));
    if (tables.size >= KEPT) tables.delete(tables.keys().next().value!);
    tables.set(key, table);
  }
  return table;
}

/** Quotient to the nearest whole number, ties away from zero; the denominator is positive. */
export function divideNearest(numerator: number, denominator: number): number {
  return Math.sign(numerator) * Math.floor(Math.abs(numerator) / denominator + 0.5);
}
