#include "../common/gelu_lut.h"

/* x, o: 2048 codes, code i standing for i/127. */
void gelu_2048(const int8_t *x, int8_t *o) {
  for (int32_t i = 0; i < 2048; i++) o[i] = GELU_LUT[x[i] + 128];
}
