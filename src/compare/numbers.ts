/** Numbers as people read them, and limits that still hold after printing. */

/** `x` with at most `digits` significant digits; whole numbers below 10^15 in full. */
export function show(x: number, digits = 5): string {
  if (!Number.isFinite(x) || (Number.isInteger(x) && Math.abs(x) < 1e15)) return String(x + 0);
  return String(Number(x.toPrecision(digits)));
}

/** The least number of four significant digits that is at least `x`, so that a limit printed with it holds. */
export function upward(x: number): number {
  if (!Number.isFinite(x) || Number.isInteger(x)) return x + 0;
  const [mantissa, exponent] = x.toExponential(3).split('e');
  const nearest = Number(`${mantissa}e${exponent}`);
  if (nearest >= x) return nearest;
  const next = Number(`${Math.round(Number(mantissa) * 1000) + 1}e${Number(exponent) - 3}`);
  return Number.isFinite(next) && next >= x ? next : x;
}

/** The greatest number of four significant digits that is at most `x`. */
export function downward(x: number): number {
  return -upward(-x) + 0;
}

/** A little more than `x` >= 0: two units in its last place. */
export function above(x: number): number {
  return Math.max(x * (1 + 2 ** -51), x + Number.MIN_VALUE);
}

/** `[17, 3]`. */
export function showIndex(index: readonly number[]): string {
  return `[${index.join(', ')}]`;
}
