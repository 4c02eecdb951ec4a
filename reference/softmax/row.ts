/**
 * Softmax, in place, of the `count` values at `start`, `start + step`, ...: exp(x - max) / sum of exp(x - max).
 * -Infinity weighs nothing; a row of nothing but -Infinity (or of no values) becomes zeros.
 */
export function softmaxRow(values: Float64Array, start: number, count: number, step: number): void {
  const end = start + count * step;
  let max = -Infinity;
  for (let i = start; i < end; i += step) {
    if (values[i]! > max) max = values[i]!;
  }
  // -Infinity - -Infinity would make NaN of a row that weighs nothing.
  if (max === -Infinity) max = 0;
  let sum = 0;
  for (let i = start; i < end; i += step) {
    const weight = Math.exp(values[i]! - max);
    values[i] = weight;
    sum += weight;
  }
  if (sum === 0) return;
  for (let i = start; i < end; i += step) values[i]! /= sum;
}
