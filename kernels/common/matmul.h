#ifndef TILECHECK_MATMUL_H
#define TILECHECK_MATMUL_H

#include "int8.h"

/* C = saturate(A B / 2^shift), n x n int8, int32 accumulator, nearest with ties to even; shift > 0. */
static inline void matmul_int8(const int8_t *a, const int8_t *b, int8_t *c, int32_t n, int32_t shift) {
  int32_t half = 1 << (shift - 1);
  int32_t mask = (1 << shift) - 1;
  for (int32_t i = 0; i < n; i++) {
    for (int32_t j = 0; j < n; j++) {
      int32_t sum = 0;
      for (int32_t k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      int32_t rounded = sum >> shift;
      int32_t rest = sum & mask;
      if (rest > half || (rest == half && (rounded & 1))) rounded++;
      c[i * n + j] = clamp_int8(rounded);
    }
  }
}

#endif
