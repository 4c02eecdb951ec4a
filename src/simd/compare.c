// All sums that comparison metrics are made of, over one tile of two tensors.
#include "vector.h"

// Where each number stands in a result.
enum {
  MIN_E, MAX_E, ZERO_E, MIN_A, MAX_A, ZERO_A,
  MISMATCHES, MAX_ULP, SATURATED,
  POSITIVE, NON_ZERO, MAX_ERROR, ABSOLUTE, SIGNED, SQUARES, EXCESS,
  PIVOT_E, PIVOT_A, E1, A1, E2, A2, CROSS,
  FURTHEST,
};

static inline f64x2 promote(const float *from) {
  return wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(from));
}
static inline double sum2(f64x2 x) { return low(x) + high(x); }
static inline double max2(f64x2 x) { return low(x) > high(x) ? low(x) : high(x); }

static double sum_lanes(v128_t counts) {
  return (double)wasm_i32x4_extract_lane(counts, 0) + wasm_i32x4_extract_lane(counts, 1) +
         wasm_i32x4_extract_lane(counts, 2) + wasm_i32x4_extract_lane(counts, 3);
}

// Codes of IEEE 754 (sign and magnitude) as integers in the order of the values, both zeros 0.
static inline v128_t ordered(v128_t code, v128_t magnitude) {
  const v128_t sign = wasm_i32x4_shr(code, 31);
  return wasm_i32x4_sub(wasm_v128_xor(wasm_v128_and(code, magnitude), sign), sign);
}

static int32_t least(v128_t x) {
  const v128_t pairs = wasm_i32x4_min(x, wasm_i64x2_shuffle(x, x, 1, 1));
  const int32_t first = wasm_i32x4_extract_lane(pairs, 0), second = wasm_i32x4_extract_lane(pairs, 1);
  return first < second ? first : second;
}

static int32_t greatest(v128_t x) { return ~least(wasm_v128_not(x)); }

// The value whose ordered code is given.
static double value_of(int32_t code) {
  const union { uint32_t bits; float value; } pun = {code < 0 ? 0x80000000u | (uint32_t)-code : (uint32_t)code};
  return pun.value;
}

#define INFINITE 0x7f800000

// Loops are unrolled, because V8 looks for interrupts in every turn.

// Counts, extremes and ULPs, all by ordered codes; false if a value is not finite.
static int count_tile(const float *e, const float *a, int stride, int rows, int columns, double *out) {
  const v128_t zero = wasm_i32x4_splat(0), magnitude = keep(wasm_i32x4_splat(0x7fffffff));
  v128_t min_e = wasm_i32x4_splat(INT32_MAX), max_e = wasm_i32x4_splat(INT32_MIN), min_a = min_e, max_a = max_e;
  v128_t zero_e = zero, zero_a = zero, mismatches = zero, positive = zero, ulp = zero;
  for (int row = 0; row < rows; row++) {
    const float *er = e + row * stride, *ar = a + row * stride;
#pragma clang loop unroll_count(2)
    for (int i = 0; i < columns; i += 4) {
      const v128_t x = ordered(wasm_v128_load(er + i), magnitude), y = ordered(wasm_v128_load(ar + i), magnitude);
      // Up to 2^32 - 2^24: the difference of two signed numbers as an unsigned one.
      ulp = wasm_u32x4_max(ulp, wasm_i32x4_sub(wasm_i32x4_max(x, y), wasm_i32x4_min(x, y)));
      min_e = wasm_i32x4_min(min_e, x);
      max_e = wasm_i32x4_max(max_e, x);
      min_a = wasm_i32x4_min(min_a, y);
      max_a = wasm_i32x4_max(max_a, y);
      // A true lane is -1.
      zero_e = wasm_i32x4_add(zero_e, wasm_i32x4_eq(x, zero));
      zero_a = wasm_i32x4_add(zero_a, wasm_i32x4_eq(y, zero));
      mismatches = wasm_i32x4_add(mismatches, wasm_i32x4_eq(x, y));
      positive = wasm_i32x4_add(positive, wasm_i32x4_gt(y, x));
    }
  }
  const int32_t low_e = least(min_e), high_e = greatest(max_e), low_a = least(min_a), high_a = greatest(max_a);
  if (low_e <= -INFINITE || high_e >= INFINITE || low_a <= -INFINITE || high_a >= INFINITE) return 0;
  out[MIN_E] = value_of(low_e);
  out[MAX_E] = value_of(high_e);
  out[MIN_A] = value_of(low_a);
  out[MAX_A] = value_of(high_a);
  out[ZERO_E] = 0 - sum_lanes(zero_e);
  out[ZERO_A] = 0 - sum_lanes(zero_a);
  // Counted were the equal ones.
  out[MISMATCHES] = (double)rows * columns + sum_lanes(mismatches);
  out[NON_ZERO] = out[MISMATCHES];
  out[FURTHEST] = -1;
  out[POSITIVE] = 0 - sum_lanes(positive);
  out[SATURATED] = 0;
  const v128_t pairs = wasm_u32x4_max(ulp, wasm_i64x2_shuffle(ulp, ulp, 1, 1));
  out[MAX_ULP] = (uint32_t)wasm_i32x4_extract_lane(wasm_u32x4_max(pairs, wasm_i32x4_shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
  return 1;
}

// Sums over errors; adding returns |error|.
typedef struct {
  f64x2 max, absolute, signs, squares;
} Errors;

// Sums, sums of squares and of products of what two sides differ from their pivots.
typedef struct {
  f64x2 e1, a1, e2, a2, cross;
} Moments;

static inline f64x2 add_errors(Errors *to, f64x2 x, f64x2 y) {
  const f64x2 error = sub(y, x), distance = wasm_f64x2_abs(error);
  to->max = wasm_f64x2_pmax(to->max, distance);
  to->absolute = add(to->absolute, distance);
  to->signs = add(to->signs, error);
  to->squares = mul_add(error, error, to->squares);
  return distance;
}

static inline void add_moments(Moments *to, f64x2 x, f64x2 y) {
  to->e1 = add(to->e1, x);
  to->a1 = add(to->a1, y);
  to->e2 = mul_add(x, x, to->e2);
  to->a2 = mul_add(y, y, to->a2);
  to->cross = mul_add(x, y, to->cross);
}

static Errors no_errors(void) {
  const f64x2 zero = splat(0);
  return (Errors){zero, zero, zero, zero};
}

static Moments no_moments(void) {
  const f64x2 zero = splat(0);
  return (Moments){zero, zero, zero, zero, zero};
}

static void write_errors(const Errors *from, double *out) {
  out[MAX_ERROR] = max2(from->max);
  out[ABSOLUTE] = sum2(from->absolute);
  out[SIGNED] = sum2(from->signs);
  out[SQUARES] = sum2(from->squares);
}

static void write_moments(const Moments *from, double pivot_e, double pivot_a, double *out) {
  out[PIVOT_E] = pivot_e;
  out[PIVOT_A] = pivot_a;
  out[E1] = sum2(from->e1);
  out[A1] = sum2(from->a1);
  out[E2] = sum2(from->e2);
  out[A2] = sum2(from->a2);
  out[CROSS] = sum2(from->cross);
}

// Whether the mean lies so far from the pivot that the second moment about the mean would suffer from cancelling.
static int far(double first, double second, double count) {
  const double shift = first * first / count;
  return shift > 16 * (second - shift);
}

// Moments are first taken about 0, which costs nothing. Where the mean is not small against the deviation, they are
// taken again about it (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
static int again(const double *out, double count) {
  return far(out[E1], out[E2], count) || far(out[A1], out[A2], count);
}

// Writes the numbers listed above for `rows` rows of `columns` (a multiple of 4) values, `stride` values apart, to
// `out`; false if a value is not finite.
EXPORT(measure_f32)
int measure_f32(const float *e, const float *a, int stride, int rows, int columns, double rtol, double *out) {
  if (!count_tile(e, a, stride, rows, columns, out)) return 0;
  const f64x2 relative = splat(rtol);
  f64x2 excess = splat(-__builtin_inf());
  Errors errors = no_errors();
  Moments moments = no_moments();
  for (int row = 0; row < rows; row++)
#pragma clang loop unroll_count(2)
    for (int i = row * stride; i < row * stride + columns; i += 2) {
      const f64x2 x = promote(e + i), y = promote(a + i);
      const f64x2 distance = add_errors(&errors, x, y);
      excess = wasm_f64x2_pmax(excess, sub(distance, mul(relative, wasm_f64x2_abs(x))));
      add_moments(&moments, x, y);
    }
  write_errors(&errors, out);
  out[EXCESS] = max2(excess);
  write_moments(&moments, 0, 0, out);
  const double count = (double)rows * columns;
  if (!again(out, count)) return 1;
  const double mean_e = out[E1] / count, mean_a = out[A1] / count;
  moments = no_moments();
  for (int row = 0; row < rows; row++)
    for (int i = row * stride; i < row * stride + columns; i += 2)
      add_moments(&moments, sub(promote(e + i), splat(mean_e)), sub(promote(a + i), splat(mean_a)));
  write_moments(&moments, mean_e, mean_a, out);
  return 1;
}

// Two int8 codes as float64.
static inline f64x2 widen(const int8_t *from) {
  const v128_t bytes = wasm_v128_load16_splat(from);
  return wasm_f64x2_convert_low_i32x4(wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(bytes)));
}

static inline v128_t count(v128_t counts, v128_t yes) { return wasm_i64x2_sub(counts, yes); }
static double total(v128_t counts) {
  return (double)(wasm_i64x2_extract_lane(counts, 0) + wasm_i64x2_extract_lane(counts, 1));
}

// What is to be known of the output alone.
static void count_codes(const int8_t *a, int stride, int rows, int columns, double *out) {
  v128_t least_codes = wasm_i8x16_splat(127), most_codes = wasm_i8x16_splat(-128);
  int least_code = 127, most_code = -128, zeros = 0, saturated = 0;
  for (int row = 0; row < rows; row++) {
    const int8_t *codes = a + row * stride;
    int i = 0;
    for (; i + 16 <= columns; i += 16) {
      const v128_t x = wasm_v128_load(codes + i);
      least_codes = wasm_i8x16_min(least_codes, x);
      most_codes = wasm_i8x16_max(most_codes, x);
      zeros += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_eq(x, wasm_i8x16_splat(0))));
      const v128_t lowest = wasm_i8x16_eq(x, wasm_i8x16_splat(-128)), highest = wasm_i8x16_eq(x, wasm_i8x16_splat(127));
      saturated += __builtin_popcount(wasm_i8x16_bitmask(wasm_v128_or(lowest, highest)));
    }
    for (; i < columns; i++) {
      const int x = codes[i];
      least_code = x < least_code ? x : least_code;
      most_code = x > most_code ? x : most_code;
      zeros += x == 0;
      saturated += x == -128 || x == 127;
    }
  }
  int8_t lowest[16], highest[16];
  wasm_v128_store(lowest, least_codes);
  wasm_v128_store(highest, most_codes);
  for (int i = 0; i < 16; i++) {
    least_code = lowest[i] < least_code ? lowest[i] : least_code;
    most_code = highest[i] > most_code ? highest[i] : most_code;
  }
  out[MIN_A] = least_code;
  out[MAX_A] = most_code;
  out[ZERO_A] = zeros;
  out[SATURATED] = saturated;
}

// The first element of the tile whose |error| is `most`.
static int furthest(const double *e, const int8_t *a, int stride, int rows, int columns, double most) {
  const f64x2 wanted = splat(most);
  for (int row = 0; row < rows; row++)
    for (int i = 0; i < columns; i += 2) {
      const int at = row * stride + i;
      const v128_t found = wasm_f64x2_eq(wasm_f64x2_abs(sub(widen(a + at), load(e + at))), wanted);
      if (wasm_v128_any_true(found)) return row * columns + i + !wasm_i64x2_extract_lane(found, 0);
    }
  return -1;
}

// The same for an int8 output and a float64 ideal, without the excess. ULPs are LSBs from the ideal rounded half to
// even and saturated.
EXPORT(measure_int8)
int measure_int8(const double *e, const int8_t *a, int stride, int rows, int columns, double *out) {
  const f64x2 zero = splat(0), least_code = keep(splat(-128)), most_code = keep(splat(127));
  f64x2 min_e = splat(__builtin_inf()), max_e = splat(-__builtin_inf()), ulp = zero;
  v128_t zero_e = zero, mismatches = zero, positive = zero, non_zero = zero;
  Errors errors = no_errors();
  Moments moments = no_moments();
  for (int row = 0; row < rows; row++)
    for (int i = row * stride; i < row * stride + columns; i += 2) {
      const f64x2 x = load(e + i), y = widen(a + i);
      const f64x2 target = wasm_f64x2_pmin(wasm_f64x2_pmax(wasm_f64x2_nearest(x), least_code), most_code);
      const f64x2 steps = wasm_f64x2_abs(sub(y, target));
      ulp = wasm_f64x2_pmax(ulp, steps);
      mismatches = count(mismatches, wasm_f64x2_ne(steps, zero));
      min_e = wasm_f64x2_pmin(min_e, x);
      max_e = wasm_f64x2_pmax(max_e, x);
      zero_e = count(zero_e, wasm_f64x2_eq(x, zero));
      positive = count(positive, wasm_f64x2_gt(y, x));
      non_zero = count(non_zero, wasm_f64x2_ne(y, x));
      add_errors(&errors, x, y);
      add_moments(&moments, x, y);
    }
  // NaN and infinities, and errors that no sum holds.
  const double signs = sum2(errors.signs);
  if (signs - signs != 0) return 0;
  count_codes(a, stride, rows, columns, out);
  out[MIN_E] = -max2(wasm_f64x2_neg(min_e));
  out[MAX_E] = max2(max_e);
  out[ZERO_E] = total(zero_e);
  out[MISMATCHES] = total(mismatches);
  out[MAX_ULP] = max2(ulp);
  out[POSITIVE] = total(positive);
  out[NON_ZERO] = total(non_zero);
  out[EXCESS] = __builtin_inf();
  write_errors(&errors, out);
  out[FURTHEST] = furthest(e, a, stride, rows, columns, out[MAX_ERROR]);
  write_moments(&moments, 0, 0, out);
  const double elements = (double)rows * columns;
  if (!again(out, elements)) return 1;
  const double mean_e = out[E1] / elements, mean_a = out[A1] / elements;
  moments = no_moments();
  for (int row = 0; row < rows; row++)
    for (int i = row * stride; i < row * stride + columns; i += 2)
      add_moments(&moments, sub(load(e + i), splat(mean_e)), sub(widen(a + i), splat(mean_a)));
  write_moments(&moments, mean_e, mean_a, out);
  return 1;
}
