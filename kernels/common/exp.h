#ifndef TILECHECK_EXP_H
#define TILECHECK_EXP_H

#include <stdint.h>

/*
 * exp(-distance * s) in Q17 (1.0 = 131072), where `rate` = round(log2(e) * s * 2^20) for scores of scale s.
 *
 * exp(-x) = 2^-(n + f), n whole and f in [0, 1): the fraction by a polynomial, the whole part by a shift. Every
 * product stays below 2^32. The coefficients are a minimax fit of degree 4, 0.28 of a Q17 step off at most.
 */
static inline int32_t exp_neg_q17(uint32_t distance, uint32_t rate) {
  /* Past 2^-20 the result rounds to 0; leaving early also keeps distance * rate from overflowing. */
  if (distance > (20u << 20) / rate) return 0;
  uint32_t exponent = distance * rate;
  uint32_t n = exponent >> 20;
  uint32_t f = (exponent & 0xfffffu) >> 5;
  uint32_t p = 6996u - ((f * 906u) >> 15);
  p = 31398u - ((f * p) >> 15);
  p = 90843u - ((f * p) >> 15);
  p = 131072u - ((f * p) >> 15);
  return n == 0 ? (int32_t)p : (int32_t)((p + (1u << (n - 1))) >> n);
}

#endif
