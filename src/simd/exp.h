// exp of two float64 at once, within 1 ULP or so (measured in module.test.ts).
//
// Method (Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic", 1989):
// x = n ln(2) / 32 + r with |r| <= ln(2) / 64 by Cody and Waite's reduction in two steps, whose first product is exact
// because STEP_HIGH has 21 trailing zero bits; e^r by its Taylor polynomial of degree 6, whose remainder is below 2^-58;
// times 2^(n / 32), the fraction of n / 32 from a table and the whole number by the exponent bits. Everything is 2^1000
// times too large until the last product, so that only that one rounds where the result is subnormal.
#pragma once
#include "vector.h"

// V8 spells a vector constant out in four instructions each time it is used, but loads and repeats a float64 in one:
// so constants lie in memory, behind a pointer of which the compiler does not know that it leads to constants.
enum { STEPS, STEP_HIGH, STEP_LOW, WHOLE, VANISHING, ONE, SIGN, SMALL, TERMS, POWERS = TERMS + 5 };

static const double EXP_CONSTANTS[] = {
    // 32 / ln 2, and ln 2 / 32 in two parts.
    [STEPS] = 0x1.71547652b82fep+5,
    [STEP_HIGH] = 0x1.62e42fee00000p-6,
    [STEP_LOW] = 0x1.a39ef35793c76p-38,
    // Adding it leaves a number below 2^51 rounded to a whole one, in the low bits of the significand.
    [WHOLE] = 0x1.8p52,
    // Below, exp rounds to 0.
    [VANISHING] = -746,
    [ONE] = 1,
    [SIGN] = -0.0,
    [SMALL] = 0x1p-1000,
    // 1 / 6! down to 1 / 2!.
    [TERMS] = 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
    // 2^(1000 + j / 32).
    [POWERS] =
    0x1.0000000000000p1000, 0x1.059b0d3158574p1000, 0x1.0b5586cf9890fp1000, 0x1.11301d0125b51p1000,
    0x1.172b83c7d517bp1000, 0x1.1d4873168b9aap1000, 0x1.2387a6e756238p1000, 0x1.29e9df51fdee1p1000,
    0x1.306fe0a31b715p1000, 0x1.371a7373aa9cbp1000, 0x1.3dea64c123422p1000, 0x1.44e086061892dp1000,
    0x1.4bfdad5362a27p1000, 0x1.5342b569d4f82p1000, 0x1.5ab07dd485429p1000, 0x1.6247eb03a5585p1000,
    0x1.6a09e667f3bcdp1000, 0x1.71f75e8ec5f74p1000, 0x1.7a11473eb0187p1000, 0x1.82589994cce13p1000,
    0x1.8ace5422aa0dbp1000, 0x1.93737b0cdc5e5p1000, 0x1.9c49182a3f090p1000, 0x1.a5503b23e255dp1000,
    0x1.ae89f995ad3adp1000, 0x1.b7f76f2fb5e47p1000, 0x1.c199bdd85529cp1000, 0x1.cb720dcef9069p1000,
    0x1.d5818dcfba487p1000, 0x1.dfc97337b9b5fp1000, 0x1.ea4afa2a490dap1000, 0x1.f50765b6e4540p1000,
};

static inline const double *exp_constants(void) {
  const double *at = EXP_CONSTANTS;
  __asm__("" : "+r"(at));
  return at;
}

// exp of two numbers that are at most 0, or NaN; `c` are the exp_constants(), fetched before the loop.
static inline f64x2 exp_negative(f64x2 x, const double *c) {
  // A comparison with NaN is false, so NaN stays. What vanishes is computed as anything and then cleared.
  const v128_t vanishing = wasm_f64x2_lt(x, load_splat(c + VANISHING));
  const f64x2 whole = load_splat(c + WHOLE);
  const f64x2 n_whole = add(mul(x, load_splat(c + STEPS)), whole);
  const int first = wasm_i32x4_extract_lane(n_whole, 0) & 31, second = wasm_i32x4_extract_lane(n_whole, 2) & 31;
  const f64x2 power = wasm_v128_load64_lane(c + POWERS + second, wasm_v128_load64_zero(c + POWERS + first), 1);
  // The bits above those of n are shifted out, those of the fraction cleared.
  const v128_t exponent = wasm_i64x2_shl(wasm_u64x2_shr(n_whole, 5), 52);
  const f64x2 scale = wasm_i64x2_add(power, exponent);
  const f64x2 n = sub(n_whole, whole);
  const f64x2 r = sub(sub(x, mul(n, load_splat(c + STEP_HIGH))), mul(n, load_splat(c + STEP_LOW)));
  const f64x2 r2 = mul(r, r);
  const f64x2 upper = mul_add(load_splat(c + TERMS), r2, mul_add(load_splat(c + TERMS + 1), r, load_splat(c + TERMS + 2)));
  const f64x2 lower = mul_add(load_splat(c + TERMS + 3), r, load_splat(c + TERMS + 4));
  // e^r - 1, the greatest term last.
  const f64x2 p = mul_add(r2, mul_add(upper, r2, lower), r);
  return wasm_v128_andnot(mul(mul_add(scale, p, scale), load_splat(c + SMALL)), vanishing);
}
