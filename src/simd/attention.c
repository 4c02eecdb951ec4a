// Attention of one head, in float64 and in the integers of the int8 kernels.
#include "exp.h"

static void transpose(const double *from, double *to, int rows, int columns) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}

// Up to four rows of a left operand, value by value beside each other, and where in the right operand the row lies
// that each value multiplies. A row that would be multiplied by zeros only is left out.
typedef struct {
  double *values;  // four for each row of the right operand
  int *rows;
  int count;
} Block;

static void fill(Block *block, const double *a, int stride, int rows, int depth, int right_stride, int keep_zeros) {
  int count = 0;
  for (int k = 0; k < depth; k++) {
    int seen = keep_zeros;
    for (int i = 0; i < 4; i++) {
      const double x = i < rows ? a[i * stride + k] : 0;
      block->values[4 * count + i] = x;
      seen |= x != 0;
    }
    block->rows[count] = k * right_stride;
    count += seen;
  }
  block->count = count;
}

// out[i][j] = sum over k of left[i][k] * right[k][j] for `rows` rows i; each sum runs in the order of k, so that it is
// that of a plain loop to the last bit.
static void multiply(const Block *left, const double *right, int rows, int columns, double *out) {
  const double *values = left->values;
  const int *at = left->rows;
  const int count = left->count;
  int j = 0;
  for (; rows == 4 && j + 4 <= columns; j += 4) {
    f64x2 sums[4][2];
    for (int i = 0; i < 4; i++) sums[i][0] = sums[i][1] = splat(0);
    for (int n = 0; n < count; n++) {
      const double *row = right + j + at[n];
      const f64x2 first = load(row), second = load(row + 2);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) {
        const f64x2 x = load_splat(values + 4 * n + i);
        sums[i][0] = mul_add(x, first, sums[i][0]);
        sums[i][1] = mul_add(x, second, sums[i][1]);
      }
    }
    for (int i = 0; i < 4; i++) {
      store(out + i * columns + j, sums[i][0]);
      store(out + i * columns + j + 2, sums[i][1]);
    }
  }
  for (int i = 0; i < rows; i++)
    for (int rest = j; rest < columns; rest++) {
      double sum = 0;
      for (int n = 0; n < count; n++) sum += values[4 * n + i] * right[at[n] + rest];
      out[i * columns + rest] = sum;
    }
}

// Unnormalised softmax weights exp(x - max) of a row in place; returns their sum.
static double weigh(double *row, int count) {
  f64x2 highest = splat(-__builtin_inf());
  // pmax passes over NaN.
  for (int j = 0; j + 2 <= count; j += 2) highest = wasm_f64x2_pmax(highest, load(row + j));
  double max = low(highest) > high(highest) ? low(highest) : high(highest);
  if (count % 2 && row[count - 1] > max) max = row[count - 1];
  // -Infinity - -Infinity would make NaN of a row that weighs nothing.
  if (max == -__builtin_inf()) max = 0;
  const double *c = exp_constants();
  const f64x2 top = splat(max), vanishing = keep(splat(-746));
  f64x2 sums = splat(0);
  int j = 0;
  for (; j + 4 <= count; j += 4) {
    const f64x2 x = sub(load(row + j), top), y = sub(load(row + j + 2), top);
    // Far below the maximum, as most keys of sharp attention are, exp is 0.
    if (wasm_i64x2_all_true(wasm_v128_and(wasm_f64x2_lt(x, vanishing), wasm_f64x2_lt(y, vanishing)))) {
      store(row + j, splat(0));
      store(row + j + 2, splat(0));
      continue;
    }
    const f64x2 v = exp_negative(x, c), w = exp_negative(y, c);
    store(row + j, v);
    store(row + j + 2, w);
    sums = add(sums, add(v, w));
  }
  for (; j + 2 <= count; j += 2) {
    const f64x2 x = sub(load(row + j), top);
    // Far below the maximum, as most keys of sharp attention are, exp is 0.
    const f64x2 w = wasm_i64x2_all_true(wasm_f64x2_lt(x, vanishing)) ? splat(0) : exp_negative(x, c);
    store(row + j, w);
    sums = add(sums, w);
  }
  double sum = low(sums) + high(sums);
  for (; j < count; j++) {
    row[j] = low(exp_negative(splat(row[j] - max), c));
    sum += row[j];
  }
  return sum;
}

static int all_finite(const double *values, int count) {
  f64x2 first = splat(0), second = splat(0);
  int i = 0;
  // x - x is 0 but for infinities and NaN.
  for (; i + 4 <= count; i += 4) {
    const f64x2 x = load(values + i), y = load(values + i + 2);
    first = wasm_v128_or(first, sub(x, x));
    second = wasm_v128_or(second, sub(y, y));
  }
  int finite = !wasm_v128_any_true(wasm_v128_or(first, second));
  for (; i < count; i++) finite &= values[i] - values[i] == 0;
  return finite;
}

// out[i][j] = sum over k of a[i][k] * b[j][k], exact in 32 bits; depth is a multiple of 8.
static void scores_of_row(const int8_t *a, const int8_t *b, int rows, int depth, int32_t *out) {
  for (int j = 0; j < rows; j += 4) {
    const int left = rows - j < 4 ? rows - j : 4;
    const int8_t *b0 = b + j * depth;
    const int8_t *b1 = left > 1 ? b0 + depth : b0;
    const int8_t *b2 = left > 2 ? b1 + depth : b0;
    const int8_t *b3 = left > 3 ? b2 + depth : b0;
    v128_t s0 = wasm_i32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (int k = 0; k < depth; k += 8) {
      const v128_t x = wasm_i16x8_load8x8(a + k);
      s0 = wasm_i32x4_add(s0, wasm_i32x4_dot_i16x8(x, wasm_i16x8_load8x8(b0 + k)));
      s1 = wasm_i32x4_add(s1, wasm_i32x4_dot_i16x8(x, wasm_i16x8_load8x8(b1 + k)));
      s2 = wasm_i32x4_add(s2, wasm_i32x4_dot_i16x8(x, wasm_i16x8_load8x8(b2 + k)));
      s3 = wasm_i32x4_add(s3, wasm_i32x4_dot_i16x8(x, wasm_i16x8_load8x8(b3 + k)));
    }
    // Lane by lane, the four sums of four lanes each.
    const v128_t low01 = wasm_i32x4_shuffle(s0, s1, 0, 4, 1, 5), high01 = wasm_i32x4_shuffle(s0, s1, 2, 6, 3, 7);
    const v128_t low23 = wasm_i32x4_shuffle(s2, s3, 0, 4, 1, 5), high23 = wasm_i32x4_shuffle(s2, s3, 2, 6, 3, 7);
    const v128_t t01 = wasm_i32x4_add(low01, high01), t23 = wasm_i32x4_add(low23, high23);
    const v128_t sums =
        wasm_i32x4_add(wasm_i64x2_shuffle(t01, t23, 0, 2), wasm_i64x2_shuffle(t01, t23, 1, 3));
    wasm_v128_store(out + j, sums);  // the caller leaves room for a last, partial vector
  }
}

// o = softmax(scale * q kT) v for one head: q [queries, depth], k [keys, depth], v [keys, width], o [queries, width].
// Where `q_codes` is not 0, q and k are int8 there and in `k_codes`, with a depth that is a multiple of 8 below 2^16,
// and the others are not read: their scores are whole numbers, the same however they are computed.
// Scratch: `columns` keys * depth values, `weights` 4 * keys, `values` 4 * max(keys, depth), `rows` max(keys, depth) + 3.
EXPORT(attention)
void attention(const double *q, const double *k, const double *v, const int8_t *q_codes, const int8_t *k_codes,
               double scale, int queries, int keys, int depth, int width, double *o, double *columns, double *weights,
               double *values, int *rows) {
  if (!q_codes) transpose(k, columns, keys, depth);
  // 0 times Infinity is NaN, which a key left out would hide.
  const int keep_zeros = !all_finite(v, keys * width);
  Block block = {values, rows, 0};
  for (int i = 0; i < queries; i += 4) {
    const int height = queries - i < 4 ? queries - i : 4;
    if (!q_codes) {
      fill(&block, q + i * depth, depth, height, depth, keys, 1);
      multiply(&block, columns, height, keys, weights);
    }
    for (int r = 0; r < height; r++) {
      double *row = weights + r * keys;
      if (q_codes) {
        scores_of_row(q_codes + (i + r) * depth, k_codes, keys, depth, rows);
        for (int j = 0; j < keys; j++) row[j] = rows[j];
      }
      for (int j = 0; j < keys; j++) row[j] *= scale;
      const double sum = weigh(row, keys);
      if (sum != 0)
        for (int j = 0; j < keys; j++) row[j] /= sum;
    }
    fill(&block, weights, keys, height, keys, width, keep_zeros);
    multiply(&block, v, height, width, o + i * width);
  }
}

// Quotients of four sums by a positive total, to the nearest, ties away from zero, as float64 computes them.
static v128_t divide_nearest(v128_t sums, f64x2 total) {
  const f64x2 half = splat(0.5);
  const v128_t magnitude = wasm_i32x4_abs(sums);
  const v128_t first =
      wasm_i32x4_trunc_sat_f64x2_zero(add(wasm_f64x2_div(wasm_f64x2_convert_low_i32x4(magnitude), total), half));
  const v128_t upper = wasm_i64x2_shuffle(magnitude, magnitude, 1, 1);
  const v128_t second =
      wasm_i32x4_trunc_sat_f64x2_zero(add(wasm_f64x2_div(wasm_f64x2_convert_low_i32x4(upper), total), half));
  const v128_t quotient = wasm_i64x2_shuffle(first, second, 0, 2);
  const v128_t sign = wasm_i32x4_shr(sums, 31);
  return wasm_i32x4_sub(wasm_v128_xor(quotient, sign), sign);
}

// o[i] = divide_nearest(sum over j of w[j] v[j], sum of w) with w[j] = table[max score - score j], 0 from `limit` on;
// all int8 [n, depth], depth a multiple of 16. Every sum must fit 32 bits. `wide` holds n * depth 16-bit values,
// `weights` and `used` n + 3 each.
EXPORT(attention_int8)
void attention_int8(const int8_t *q, const int8_t *k, const int8_t *v, int n, int depth, const int32_t *table,
                    int limit, int8_t *o, int16_t *wide, int32_t *weights, int32_t *used) {
  for (int at = 0; at < n * depth; at += 8) wasm_v128_store(wide + at, wasm_i16x8_load8x8(v + at));
  for (int i = 0; i < n; i++) {
    scores_of_row(q + i * depth, k, n, depth, weights);
    int32_t max = weights[0];
    for (int j = 1; j < n; j++) max = weights[j] > max ? weights[j] : max;
    int32_t total = 0;
    int count = 0;
    for (int j = 0; j < n; j++) {
      const int32_t distance = max - weights[j];
      const int32_t weight = distance < limit ? table[distance] : 0;
      total += weight;
      // Overwrites what has been read: count never passes j.
      weights[count] = weight;
      used[count] = j;
      count += weight != 0;
    }
    const f64x2 divisor = splat(total);
    for (int d = 0; d < depth; d += 16) {
      v128_t s0 = wasm_i32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (int j = 0; j < count; j++) {
        const v128_t w = wasm_v128_load32_splat(weights + j);
        const int16_t *row = wide + used[j] * depth + d;
        s0 = wasm_i32x4_add(s0, wasm_i32x4_mul(w, wasm_i32x4_load16x4(row)));
        s1 = wasm_i32x4_add(s1, wasm_i32x4_mul(w, wasm_i32x4_load16x4(row + 4)));
        s2 = wasm_i32x4_add(s2, wasm_i32x4_mul(w, wasm_i32x4_load16x4(row + 8)));
        s3 = wasm_i32x4_add(s3, wasm_i32x4_mul(w, wasm_i32x4_load16x4(row + 12)));
      }
      // Narrowing saturates.
      const v128_t left = wasm_i16x8_narrow_i32x4(divide_nearest(s0, divisor), divide_nearest(s1, divisor));
      const v128_t right = wasm_i16x8_narrow_i32x4(divide_nearest(s2, divisor), divide_nearest(s3, divisor));
      wasm_v128_store(o + i * depth + d, wasm_i8x16_narrow_i16x8(left, right));
    }
  }
}
