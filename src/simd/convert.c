// Stored codes to float64 and back.
#include "vector.h"

EXPORT(widen_int8)
void widen_int8(const int8_t *from, double *to, int count) {
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    const v128_t shorts = wasm_i16x8_load8x8(from + i);
    const v128_t left = wasm_i32x4_extend_low_i16x8(shorts), right = wasm_i32x4_extend_high_i16x8(shorts);
    store(to + i, wasm_f64x2_convert_low_i32x4(left));
    store(to + i + 2, wasm_f64x2_convert_low_i32x4(wasm_i64x2_shuffle(left, left, 1, 1)));
    store(to + i + 4, wasm_f64x2_convert_low_i32x4(right));
    store(to + i + 6, wasm_f64x2_convert_low_i32x4(wasm_i64x2_shuffle(right, right, 1, 1)));
  }
  for (; i < count; i++) to[i] = from[i];
}

EXPORT(widen_f32)
void widen_f32(const float *from, double *to, int count) {
  int i = 0;
  for (; i + 2 <= count; i += 2) store(to + i, wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(from + i)));
  for (; i < count; i++) to[i] = from[i];
}

// floor(x + 1/2) saturated.
static inline v128_t whole(f64x2 x, f64x2 min, f64x2 max, f64x2 half) {
  return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_floor(add(wasm_f64x2_pmax(wasm_f64x2_pmin(x, max), min), half)));
}

// Numbers, none of them NaN, rounded half up and saturated; `count` is a multiple of 4.
EXPORT(narrow_int8)
void narrow_int8(const double *from, int8_t *to, int count) {
  const f64x2 min = keep(splat(-128)), max = keep(splat(127)), half = keep(splat(0.5));
  for (int i = 0; i < count; i += 4) {
    const v128_t left = whole(load(from + i), min, max, half), right = whole(load(from + i + 2), min, max, half);
    // The low byte of each 32-bit lane is the code.
    const v128_t codes = wasm_i8x16_shuffle(left, right, 0, 4, 16, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    wasm_v128_store32_lane(to + i, codes, 0);
  }
}
