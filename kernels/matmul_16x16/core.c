#include "../common/matmul.h"

/* ab: 16x16 left and right operand; c: 16x16 = A B / 2^9. */
void matmul_16x16(const int8_t *ab, int8_t *c) { matmul_int8(ab, ab + 16 * 16, c, 16, 9); }
