// exp of two float64 at once, within 1 ULP or so (measured in simd.test.ts).
//
// Method (Muller, "Elementary Functions", 3rd ed., 2016, chapters 4 and 11): x = n ln 2 + r with |r| <= ln(2) / 2 by
// Cody and Waite's reduction in two steps, whose first product is exact because LN2_HIGH has 21 trailing zero bits;
// e^r by its Taylor polynomial of degree 13, whose remainder is below 2^-57; then times 2^n by the exponent bits.
#pragma once
#include "vector.h"

// V8 spells a vector constant out in four instructions each time it is used, but loads and repeats a float64 in one:
// so constants lie in memory, behind a pointer of which the compiler does not know that it leads to constants.
enum { LOG2_E, LN2_HIGH, LN2_LOW, WHOLE, VANISHING, HALF, ONE, BIAS, NORMAL, SIGN, TERMS };

static const double EXP_CONSTANTS[] = {
    [LOG2_E] = 0x1.71547652b82fep+0,
    [LN2_HIGH] = 0x1.62e42feep-1,
    [LN2_LOW] = 0x1.a39ef35793c76p-33,
    // Adding it leaves a number below 2^51 rounded to a whole one, in the low bits of the significand.
    [WHOLE] = 0x1.8p52,
    // Below, exp rounds to 0.
    [VANISHING] = -746,
    [HALF] = 0.5,
    [ONE] = 1,
    // As the bits of a float64, 1023.
    [BIAS] = 0x0.00000000003ffp-1022,
    // Above, exp is a normal number.
    [NORMAL] = -708,
    [SIGN] = -0.0,
    // 1 / 13! down to 1 / 2!.
    [TERMS] = 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
    1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
};

static inline const double *exp_constants(void) {
  const double *at = EXP_CONSTANTS;
  __asm__("" : "+r"(at));
  return at;
}

// 1 / (13 - i)!
static inline f64x2 term(const double *c, int i) { return load_splat(c + TERMS + i); }

// 2^n for whole n from -1022 to 1023, given as n + WHOLE.
static inline f64x2 power_of_two(f64x2 n_whole, const double *c) {
  return wasm_i64x2_shl(wasm_i64x2_add(n_whole, load_splat(c + BIAS)), 52);
}

// exp of two numbers that are at most 0, or NaN; `c` are the exp_constants(), fetched before the loop.
static inline f64x2 exp_negative(f64x2 x, const double *c) {
  // A comparison with NaN is false, so NaN stays. What vanishes is computed as anything and then cleared.
  const v128_t vanishing = wasm_f64x2_lt(x, load_splat(c + VANISHING));
  x = wasm_v128_andnot(x, vanishing);
  const f64x2 whole = load_splat(c + WHOLE);
  const f64x2 n_whole = add(mul(x, load_splat(c + LOG2_E)), whole);
  const f64x2 n = sub(n_whole, whole);
  const f64x2 r = sub(sub(x, mul(n, load_splat(c + LN2_HIGH))), mul(n, load_splat(c + LN2_LOW)));
  // Estrin's scheme: short chains of dependent operations, which Horner's long one would leave waiting.
  const f64x2 r2 = mul(r, r), r4 = mul(r2, r2);
  const f64x2 t0 = mul_add(term(c, 0), r, term(c, 1)), t1 = mul_add(term(c, 2), r, term(c, 3));
  const f64x2 t2 = mul_add(term(c, 4), r, term(c, 5)), t3 = mul_add(term(c, 6), r, term(c, 7));
  const f64x2 t4 = mul_add(term(c, 8), r, term(c, 9)), t5 = mul_add(term(c, 10), r, term(c, 11));
  const f64x2 u0 = mul_add(t0, r2, t1), u1 = mul_add(t2, r2, t3), u2 = mul_add(t4, r2, t5);
  f64x2 p = mul_add(mul_add(u0, r4, u1), r4, u2);
  // The two great terms last and each once: 1 + (r + r^2 p).
  p = add(mul_add(r2, p, r), load_splat(c + ONE));
  if (__builtin_expect(wasm_v128_any_true(wasm_f64x2_lt(x, load_splat(c + NORMAL))), 0)) {
    // 2^n leaves the normal range: in two halves, of which only the last product rounds.
    const f64x2 half = wasm_f64x2_nearest(mul(n, load_splat(c + HALF)));
    p = mul(p, power_of_two(add(half, whole), c));
    p = mul(p, power_of_two(add(sub(n, half), whole), c));
  } else {
    p = mul(p, power_of_two(n_whole, c));
  }
  return wasm_v128_andnot(p, vanishing);
}
