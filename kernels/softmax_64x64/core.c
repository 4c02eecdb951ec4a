#include "../common/softmax.h"

/* x, o: 64x64 codes, softmax along rows of x/8. rate = round(log2(e) / 8 * 2^20). */
void softmax_64x64(const int8_t *x, int8_t *o) { softmax_int8(x, o, 64, 64, 189097); }
