#include "../common/attention.h"

/* qkv: 16x16 queries, keys, values; o: 16x16. Scale 1/4: rate = round(log2(e) / 4 * 2^20). */
void attention_16x16(const int8_t *qkv, int8_t *o) {
  attention_int8(qkv, qkv + 16 * 16, qkv + 2 * 16 * 16, o, 16, 16, 378194);
}
