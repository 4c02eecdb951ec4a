// Shared by the files of this folder: two float64 lanes with short names.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

typedef v128_t f64x2;

static inline f64x2 splat(double x) { return wasm_f64x2_splat(x); }
static inline f64x2 load(const double *from) { return wasm_v128_load(from); }
static inline f64x2 load_splat(const double *from) { return wasm_v128_load64_splat(from); }
static inline void store(double *to, f64x2 x) { wasm_v128_store(to, x); }
static inline f64x2 add(f64x2 x, f64x2 y) { return wasm_f64x2_add(x, y); }
static inline f64x2 sub(f64x2 x, f64x2 y) { return wasm_f64x2_sub(x, y); }
static inline f64x2 mul(f64x2 x, f64x2 y) { return wasm_f64x2_mul(x, y); }
static inline double low(f64x2 x) { return wasm_f64x2_extract_lane(x, 0); }
static inline double high(f64x2 x) { return wasm_f64x2_extract_lane(x, 1); }

// acc + x * y, rounded twice: WebAssembly has no fused multiply-add with one fixed result.
static inline f64x2 mul_add(f64x2 x, f64x2 y, f64x2 acc) { return add(acc, mul(x, y)); }

// A vector constant that stays in a register or on the stack: V8 spells one that it knows out at every use.
static inline v128_t keep(v128_t constant) {
  __asm__("" : "+r"(constant));
  return constant;
}
