#include "../common/matmul.h"

/* ab: 32x32 left and right operand; c: 32x32 = A B / 2^10. */
void matmul_32x32(const int8_t *ab, int8_t *c) { matmul_int8(ab, ab + 32 * 32, c, 32, 10); }
