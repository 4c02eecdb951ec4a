#ifndef TILECHECK_SOFTMAX_H
#define TILECHECK_SOFTMAX_H

#include "exp.h"
#include "int8.h"

/*
 * Row softmax of int8 codes, up to 64 columns; o = 256 * softmax - 128 (scale 1/256, zero point -128, so that a
 * probability uses all 256 codes). `rate` = round(log2(e) * scale * 2^20). The quotient's numerator is at most 2^25.
 */
static inline void softmax_int8(const int8_t *x, int8_t *o, int32_t rows, int32_t columns, uint32_t rate) {
  int32_t weight[64];
  for (int32_t i = 0; i < rows; i++) {
    int32_t max = -128;
    for (int32_t j = 0; j < columns; j++) {
      if (x[i * columns + j] > max) max = x[i * columns + j];
    }
    int32_t sum = 0;
    for (int32_t j = 0; j < columns; j++) {
      weight[j] = exp_neg_q17((uint32_t)(max - x[i * columns + j]), rate);
      sum += weight[j];
    }
    for (int32_t j = 0; j < columns; j++) {
      o[i * columns + j] = clamp_int8(divide_nearest(weight[j] << 8, sum) - 128);
    }
  }
}

#endif
