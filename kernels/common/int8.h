#ifndef TILECHECK_INT8_H
#define TILECHECK_INT8_H

#include <stdint.h>

static inline int8_t clamp_int8(int32_t x) { return (int8_t)(x < -128 ? -128 : x > 127 ? 127 : x); }

/* numerator / denominator, nearest, ties away from zero; denominator > 0 and |numerator| + denominator < 2^31. */
static inline int32_t divide_nearest(int32_t numerator, int32_t denominator) {
  int32_t half = denominator >> 1;
  return (numerator < 0 ? numerator - half : numerator + half) / denominator;
}

#endif
