/**
 * out[outStart + j] = sum over k of row[rowStart + k] * matrix[matrixStart + j * stride + k], for `count` rows j of
 * `matrix` and `length` values k.
 *
 * Four rows at a time, so that the additions of one sum need not wait for each other; each sum still runs in the
 * order of k, so the result is the plain loop's to the last bit.
 */
export function innerProducts(
  row: Float64Array,
  rowStart: number,
  matrix: Float64Array,
  matrixStart: number,
  stride: number,
  count: number,
  length: number,
  out: Float64Array,
  outStart: number,
): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const b0 = matrixStart + j * stride;
    const b1 = b0 + stride;
    const b2 = b1 + stride;
    const b3 = b2 + stride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < length; k++) {
      const a = row[rowStart + k]!;
      s0 += a * matrix[b0 + k]!;
      s1 += a * matrix[b1 + k]!;
      s2 += a * matrix[b2 + k]!;
      s3 += a * matrix[b3 + k]!;
    }
    out[outStart + j] = s0;
    out[outStart + j + 1] = s1;
    out[outStart + j + 2] = s2;
    out[outStart + j + 3] = s3;
  }
  for (; j < count; j++) {
    const b = matrixStart + j * stride;
    let sum = 0;
    for (let k = 0; k < length; k++) sum += row[rowStart + k]! * matrix[b + k]!;
    out[outStart + j] = sum;
  }
}

/** The transpose of the `rows` x `columns` matrix that starts at `start`, written to `out` (from 0). */
export function transposeInto(
  matrix: Float64Array,
  start: number,
  rows: number,
  columns: number,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const from = start + i * columns;
    for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[from + j]!;
  }
}
