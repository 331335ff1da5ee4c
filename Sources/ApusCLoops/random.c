#include "ck_random.h"
#include "ck_math.h"
#include "ck_circular.h"

#include <math.h>
#include <string.h>

// A fused multiply-add stands where it is written and nowhere else, so that every CPU draws the same numbers.
#pragma STDC FP_CONTRACT OFF

enum { MT_WORDS = 624, MT_SHIFT = 397 };

CK_INLINE uint32_t mt_twist(uint32_t high, uint32_t low, uint32_t far) {
  uint32_t mixed = (high & 0x80000000u) | (low & 0x7fffffffu);
  return far ^ (mixed >> 1) ^ ((0u - (low & 1u)) & 0x9908b0dfu);
}

CK_KERNEL void ck_mt19937_refill(uint32_t *state) {
  for (int i = 0; i < MT_WORDS - MT_SHIFT; i++) state[i] = mt_twist(state[i], state[i + 1], state[i + MT_SHIFT]);
  for (int i = MT_WORDS - MT_SHIFT; i < MT_WORDS - 1; i++)
    state[i] = mt_twist(state[i], state[i + 1], state[i + MT_SHIFT - MT_WORDS]);
  state[MT_WORDS - 1] = mt_twist(state[MT_WORDS - 1], state[0], state[MT_SHIFT - 1]);
}

CK_KERNEL void ck_mt19937_temper(const uint32_t *restrict state, uint32_t *restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t y = state[i];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    out[i] = y ^ (y >> 18);
  }
}

CK_KERNEL void ck_uniform_f32(const uint32_t *restrict words, float *restrict out, size_t count, float from, float to) {
  float span = to - from;
  for (size_t i = 0; i < count; i++) {
    float unit = (float)(int32_t)(words[i] & 0xffffffu) * 0x1p-24f;
    float value = __builtin_elementwise_fma(unit, span, from);
    out[i] = value == to ? from : value;
  }
}

CK_INLINE uint64_t low53(const uint32_t *words, size_t i) {
  return ((uint64_t)(words[2 * i] & 0x1fffffu) << 32) | words[2 * i + 1];
}

CK_KERNEL void ck_uniform_f64(const uint32_t *restrict words, double *restrict out, size_t count, double from, double to) {
  double span = to - from;
  for (size_t i = 0; i < count; i++) {
    double unit = (double)(int64_t)low53(words, i) * 0x1p-53;
    double value = __builtin_elementwise_fma(unit, span, from);
    out[i] = value == to ? from : value;
  }
}

CK_KERNEL void ck_coin_u8(const uint32_t *restrict words, uint8_t *restrict out, size_t count, uint64_t threshold) {
  for (size_t i = 0; i < count; i++) out[i] = low53(words, i) < threshold;
}

void ck_coin_panels(const uint8_t *coins, uint16_t *out, long start, long items, long rows, long columns) {
  const long panels = (rows + 15) / 16;
  while (items > 0) {
    long row = start / columns, column = start % columns, n = columns - column < items ? columns - column : items;
    uint16_t *to = out + (row / rows * panels + row % rows / 16) * columns + column;
    int bit = (int)(row % rows % 16);
    for (long j = 0; j < n; j++) to[j] |= (uint16_t)(coins[j] << bit);
    coins += n, start += n, items -= n;
  }
}

// log x for normal positive x, by the single-precision Cephes polynomial on [sqrt(1/2), sqrt(2)).
CK_INLINE float cephes_logf(float x) {
  uint32_t bits = ckm_bits_f32(x);
  float mantissa = ckm_float((bits & 0x007fffffu) | 0x3f000000u);
  float exponent = (float)((int32_t)(bits >> 23) - 126);
  int low = mantissa < 0.707106781186547524f;
  float m = low ? (mantissa - 1.0f) + mantissa : mantissa - 1.0f;
  float e = low ? exponent - 1.0f : exponent;
  float square = m * m;
  float p = 7.0376836292e-2f;
  p = __builtin_elementwise_fma(p, m, -1.1514610310e-1f);
  p = __builtin_elementwise_fma(p, m, 1.1676998740e-1f);
  p = __builtin_elementwise_fma(p, m, -1.2420140846e-1f);
  p = __builtin_elementwise_fma(p, m, 1.4249322787e-1f);
  p = __builtin_elementwise_fma(p, m, -1.6668057665e-1f);
  p = __builtin_elementwise_fma(p, m, 2.0000714765e-1f);
  p = __builtin_elementwise_fma(p, m, -2.4999993993e-1f);
  p = __builtin_elementwise_fma(p, m, 3.3333331174e-1f);
  p = __builtin_elementwise_fma(p * m, square, e * -2.12194440e-4f);
  p = __builtin_elementwise_fma(square, -0.5f, p);
  return __builtin_elementwise_fma(e, 0.693359375f, m + p);
}

// sin x and cos x for 0 <= x < 8192, by the single-precision Cephes polynomials on [-pi/4, pi/4].
CK_INLINE void cephes_sincosf(float x, float *sine, float *cosine) {
  int32_t octant = ((int32_t)(x * 1.27323954473516f) + 1) & ~1;
  float turns = (float)octant;
  float r = __builtin_elementwise_fma(turns, -0.78515625f, x);
  r = __builtin_elementwise_fma(turns, -2.4187564849853515625e-4f, r);
  r = __builtin_elementwise_fma(turns, -3.77489497744594108e-8f, r);
  float square = r * r;
  float c = __builtin_elementwise_fma(2.443315711809948e-5f, square, -1.388731625493765e-3f);
  c = __builtin_elementwise_fma(c, square, 4.166664568298827e-2f);
  c = __builtin_elementwise_fma(c * square, square, square * -0.5f) + 1.0f;
  float s = __builtin_elementwise_fma(-1.9515295891e-4f, square, 8.3321608736e-3f);
  s = __builtin_elementwise_fma(s, square, -1.6666654611e-1f);
  s = __builtin_elementwise_fma(s * square, r, r);
  uint32_t sine_sign = ((uint32_t)octant & 4u) << 29;
  uint32_t cosine_sign = (~(uint32_t)(octant - 2) & 4u) << 29;
  int swapped = octant & 2;
  *sine = ckm_float(ckm_bits_f32(swapped ? c : s) ^ sine_sign);
  *cosine = ckm_float(ckm_bits_f32(swapped ? s : c) ^ cosine_sign);
}

CK_KERNEL void ck_normal16_f32(float *values, size_t blocks, float mean, float deviation) {
  for (size_t block = 0; block < blocks; block++) {
    float *first = values + 16 * block;
#pragma clang loop unroll(disable)
    for (int j = 0; j < 8; j++) {
      float radius = __builtin_elementwise_sqrt(-2.0f * cephes_logf(1.0f - first[j]));
      float sine, cosine;
      cephes_sincosf((float)(2.0 * 3.14159265358979323846) * first[j + 8], &sine, &cosine);
      first[j] = __builtin_elementwise_fma(radius * cosine, deviation, mean);
      first[j + 8] = __builtin_elementwise_fma(radius * sine, deviation, mean);
    }
  }
}
