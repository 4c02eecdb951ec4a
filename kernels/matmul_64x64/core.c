#include "../common/matmul.h"

/* ab: 64x64 left and right operand; c: 64x64 = A B / 2^10. */
void matmul_64x64(const int8_t *ab, int8_t *c) { matmul_int8(ab, ab + 64 * 64, c, 64, 10); }
