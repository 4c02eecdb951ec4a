#include "../common/attention.h"

/* qkv: 64x64 queries, keys, values; o: 64x64. Scale 1/8: rate = round(log2(e) / 8 * 2^20). */
void attention_64x64(const int8_t *qkv, int8_t *o) {
  attention_int8(qkv, qkv + 64 * 64, qkv + 2 * 64 * 64, o, 64, 64, 189097);
}
