#include "../common/layernorm.h"

/* xgb: 512 codes of x, gamma, beta; o: 512 codes. Epsilon is 1/64 of a squared step of x. */
void layernorm_512(const int8_t *xgb, int8_t *o) {
  layernorm_int8(xgb, xgb + 512, xgb + 2 * 512, o, 9, 512 * 512 / 64);
}
