import { type Tensor, toFloat64 } from '../../src/tensor/index.ts';

/**
 * Largest |actual - expected| / max(1, |expected|). NaN against NaN and equal infinities are no difference; NaN or an
 * infinity against anything else, or another length, is an infinite one.
 */
export function difference(actual: Tensor, expected: Tensor | ArrayLike<number>): number {
  const a = toFloat64(actual);
  const e = 'view' in expected ? toFloat64(expected) : expected;
  if (a.length !== e.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (Object.is(x, y) || x === y) continue;
    const error = Math.abs(x - y) / Math.max(1, Math.abs(y));
    worst = Math.max(worst, Number.isFinite(error) ? error : Infinity);
  }
  return worst;
}
