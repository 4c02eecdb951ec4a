#include <stdint.h>

#define ROWS 32
#define KEYS 64
#define SHIFT 4

static int32_t clamp(int32_t x) { return x < -128 ? -128 : x > 127 ? 127 : x; }

/* Half of the queries at a time, with the scores and weights of all of them kept on the stack: 4 KiB. */
__attribute__((noinline)) static void attend(const int8_t *q, const int8_t *k, const int8_t *v, int8_t *o) {
  int8_t score[ROWS * KEYS];
  int8_t weight[ROWS * KEYS];
  for (int32_t i = 0; i < ROWS; i++) {
    for (int32_t j = 0; j < KEYS; j++) {
      int32_t sum = 0;
      for (int32_t d = 0; d < 64; d++) sum += q[i * 64 + d] * k[j * 64 + d];
      score[i * KEYS + j] = (int8_t)clamp(sum >> SHIFT);
    }
  }
  for (int32_t i = 0; i < ROWS; i++) {
    int32_t max = -128;
    for (int32_t j = 0; j < KEYS; j++) max = score[i * KEYS + j] > max ? score[i * KEYS + j] : max;
    int32_t e[KEYS];
    int32_t total = 0;
    for (int32_t j = 0; j < KEYS; j++) {
      int32_t x = score[i * KEYS + j] - max;
      if (x < -64) x = -64;
      e[j] = 64 + x + x * x / 128;
      if (e[j] < 0) e[j] = 0;
      total += e[j];
    }
    for (int32_t j = 0; j < KEYS; j++) {
      int32_t w = 127 * e[j] / total;
      weight[i * KEYS + j] = (int8_t)(w > 127 ? 127 : w);
    }
  }
  for (int32_t i = 0; i < ROWS; i++) {
    for (int32_t d = 0; d < 64; d++) {
      int32_t sum = 0;
      for (int32_t j = 0; j < KEYS; j++) sum += weight[i * KEYS + j] * v[j * 64 + d];
      o[i * 64 + d] = (int8_t)clamp(sum >> 7);
    }
  }
}

/* qkv: 64x64 queries, keys, values; o: 64x64. A control: scores saturate at int8 and a parabola stands for exp. */
void attention_64x64_v1(const int8_t *qkv, int8_t *o) {
  attend(qkv, qkv + 64 * 64, qkv + 2 * 64 * 64, o);
  attend(qkv + ROWS * 64, qkv + 64 * 64, qkv + 2 * 64 * 64, o + ROWS * 64);
}
