#ifndef TILECHECK_LAYERNORM_H
#define TILECHECK_LAYERNORM_H

#include "int8.h"

/* Square root to the nearest whole number; n < 2^32 - 2^16. */
static inline uint32_t isqrt_nearest(uint32_t n) {
  uint32_t root = 0;
  for (uint32_t bit = 1u << 15; bit != 0; bit >>= 1) {
    uint32_t candidate = root | bit;
    if (candidate * candidate <= n) root = candidate;
  }
  return n - root * root > root ? root + 1 : root;
}

/*
 * LayerNorm of n = 2^log2n int8 codes, at most 512: o = (gamma * (x - mean) / sqrt(variance + epsilon) + 2 * beta) / 4.
 * (Steps: gamma 1/64, beta 1/32, o 1/16, hence the 2 and the 4.) `epsilon` is given times n^2.
 *
 * Everything is kept times n, so that mean and variance are exact: n*x - sum, and n*sum(x^2) - sum^2, which stays
 * below 2^32 although its terms may not. The root is taken of the variance scaled up to 2^30..2^32, for 16 good bits;
 * |n*x - sum| is at most sqrt(n) standard deviations, so the numerator stays below 2^29.
 */
static inline void layernorm_int8(const int8_t *x, const int8_t *gamma, const int8_t *beta, int8_t *o, int32_t log2n,
                                  uint32_t epsilon) {
  int32_t n = 1 << log2n;
  int32_t sum = 0;
  uint32_t squares = 0;
  for (int32_t i = 0; i < n; i++) {
    sum += x[i];
    squares += (uint32_t)(x[i] * x[i]);
  }
  uint32_t variance = (squares << log2n) - (uint32_t)sum * (uint32_t)sum + epsilon;
  int32_t up = 0;
  while (variance < (1u << 30)) {
    variance <<= 2;
    up++;
  }
  int32_t deviation = (int32_t)isqrt_nearest(variance);
  for (int32_t i = 0; i < n; i++) {
    int32_t distance = (x[i] * n - sum) * (1 << up);
    o[i] = clamp_int8(divide_nearest(gamma[i] * distance + 2 * beta[i] * deviation, 4 * deviation));
  }
}

#endif
