#ifndef TILECHECK_ATTENTION_H
#define TILECHECK_ATTENTION_H

#include "exp.h"
#include "int8.h"

/*
 * softmax(Q K^T * scale) V of int8 codes for up to 64 keys; Q is rows x depth, K and V are rows x depth.
 * `rate` = round(log2(e) * scale * 2^20).
 *
 * The weights stay unnormalised in Q17 and the row is divided once at the end, so that only the output is rounded.
 * With 64 keys the numerator is at most 64 * 2^17 * 2^7 = 2^30.
 */
static inline void attention_int8(const int8_t *q, const int8_t *k, const int8_t *v, int8_t *o, int32_t rows,
                                  int32_t depth, uint32_t rate) {
  int32_t weight[64];
  for (int32_t i = 0; i < rows; i++) {
    int32_t max = INT32_MIN;
    for (int32_t j = 0; j < rows; j++) {
      int32_t score = 0;
      for (int32_t d = 0; d < depth; d++) score += q[i * depth + d] * k[j * depth + d];
      weight[j] = score;
      if (score > max) max = score;
    }
    int32_t sum = 0;
    for (int32_t j = 0; j < rows; j++) {
      weight[j] = exp_neg_q17((uint32_t)(max - weight[j]), rate);
      sum += weight[j];
    }
    for (int32_t d = 0; d < depth; d++) {
      int32_t numerator = 0;
      for (int32_t j = 0; j < rows; j++) numerator += weight[j] * v[j * depth + d];
      o[i * depth + d] = clamp_int8(divide_nearest(numerator, sum));
    }
  }
}

#endif
