#include <stdint.h>

static uint32_t isqrt(uint32_t n) {
  uint32_t root = 0;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

/* xgb: 256 codes of x, gamma, beta; o: 256 codes. A control: the normalised value is 256 times too large for its
 * format, so that most of the output saturates. */
void layernorm_256_v1(const int8_t *xgb, int8_t *o) {
  const int8_t *x = xgb;
  const int8_t *gamma = xgb + 256;
  const int8_t *beta = xgb + 512;
  int32_t sum = 0;
  for (int32_t i = 0; i < 256; i++) sum += x[i];
  int32_t mean = sum / 256;
  uint32_t squares = 0;
  for (int32_t i = 0; i < 256; i++) squares += (uint32_t)((x[i] - mean) * (x[i] - mean));
  int32_t r = (int32_t)(8388608u / isqrt(squares / 256 + 128));
  for (int32_t i = 0; i < 256; i++) {
    int32_t normalised = ((x[i] - mean) * r) >> 15;
    int32_t y = ((gamma[i] * normalised) >> 7) + beta[i];
    o[i] = (int8_t)(y > 127 ? 127 : y < -128 ? -128 : y);
  }
}
