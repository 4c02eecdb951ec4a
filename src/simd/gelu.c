// The GELU forms made of one exponential, over float64 values in place.
#include "exp.h"

// x * sigmoid(u), by exp(-|u|) so that nothing overflows.
static inline f64x2 gated(f64x2 x, f64x2 u, f64x2 least, const double *c) {
  const f64x2 e = exp_negative(wasm_v128_or(u, load_splat(c + SIGN)), c);
  const f64x2 one = load_splat(c + ONE);
  const f64x2 top = wasm_v128_bitselect(e, one, wasm_i32x4_shr(wasm_i32x4_shuffle(u, u, 1, 1, 3, 3), 31));
  // -Infinity times 0 would be NaN, where the limit is -0.
  const f64x2 finite = wasm_f64x2_pmax(x, least);
  return mul(finite, wasm_f64x2_div(top, add(one, e)));
}

// x * sigmoid(1.702 x); `count` is even.
EXPORT(gelu_sigmoid)
void gelu_sigmoid(double *values, int count) {
  const double *c = exp_constants();
  const f64x2 least = keep(splat(-0x1.fffffffffffffp1023)), factor = keep(splat(1.702));
  for (int i = 0; i < count; i += 2) {
    const f64x2 x = load(values + i);
    store(values + i, gated(x, mul(factor, x), least, c));
  }
}

// x * sigmoid(root * (x + 0.044715 x^3)); `count` is even.
EXPORT(gelu_tanh)
void gelu_tanh(double *values, int count, double root) {
  const double *c = exp_constants();
  const f64x2 least = keep(splat(-0x1.fffffffffffffp1023)), factor = splat(root), cubed = keep(splat(0.044715));
  for (int i = 0; i < count; i += 2) {
    const f64x2 x = load(values + i);
    const f64x2 cubic = mul(mul(mul(cubed, x), x), x);
    store(values + i, gated(x, mul(factor, add(x, cubic)), least, c));
  }
}
