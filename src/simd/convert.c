// Stored codes to float64.
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
