// How each type keeps its weights: the scales of a run of them, and 32 of them as integers from 0 or below. Private to quantized.c.
#pragma once
#include "ck_base.h"
#include "ck_quantized.h"
#include "ck_math.h"
#include "lanes.h"

typedef uint8_t ckq_u8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t ckq_u8x32 __attribute__((ext_vector_type(32)));
typedef int8_t ckq_i8x32 __attribute__((ext_vector_type(32)));
typedef int16_t ckq_i16x32 __attribute__((ext_vector_type(32)));
typedef int32_t ckq_i32x32 __attribute__((ext_vector_type(32)));
typedef ckq_u8x16 ckq_u8x16_at __attribute__((aligned(1), may_alias));
typedef ckq_u8x32 ckq_u8x32_at __attribute__((aligned(1), may_alias));
typedef ckq_i8x32 ckq_i8x32_at __attribute__((aligned(1), may_alias));
typedef ckq_i16x32 ckq_i16x32_at __attribute__((aligned(2), may_alias));

CK_INLINE ckq_u8x32 ckq_load32(const uint8_t *p) { return *(const ckq_u8x32_at *)p; }

typedef uint32_t ckq_u32x4 __attribute__((ext_vector_type(4)));

CK_INLINE uint16_t ckq_u16(const uint8_t *p) {
  uint16_t bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return bits;
}

// The floats of eight finite float16 numbers (scales are).
typedef int16_t ckq_i16x8 __attribute__((ext_vector_type(8)));
typedef int32_t ckq_i32x8 __attribute__((ext_vector_type(8)));
CK_INLINE ckv_f8 ckq_halves(ckq_i16x8 bits) {
  ckq_i32x8 wide = (__builtin_convertvector(bits, ckq_i32x8) << (ckq_i32x8)13) & (int32_t)0x8fffe000;
  return (ckv_f8)wide * 0x1p112f;
}
CK_INLINE float ckq_half(const uint8_t *p) {
  int32_t wide = (int32_t)(((uint32_t)(ckq_u16(p) & 0x8000) << 16) | (uint32_t)(ckq_u16(p) & 0x7fff) << 13);
  return ckm_float((uint32_t)wide) * 0x1p112f;
}

// 16 bytes of two numbers each: the low ones first.
CK_INLINE ckq_u8x32 ckq_nibbles(const uint8_t *p) {
  ckq_u8x16 both = *(const ckq_u8x16_at *)p;
  ckq_u8x16 low = both & 15, high = both >> 4;
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
      23, 24, 25, 26, 27, 28, 29, 30, 31);
}

// Number i gets 16 where bit i of four bytes is set.
CK_INLINE ckq_u8x32 ckq_fifth_bits(const uint8_t *p) {
  typedef uint8_t u8x4 __attribute__((ext_vector_type(4)));
  u8x4 bits;
  __builtin_memcpy(&bits, p, 4);
  ckq_u8x32 spread = __builtin_shufflevector(bits, bits, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2,
      2, 3, 3, 3, 3, 3, 3, 3, 3);
  const ckq_u8x32 bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16,
      32, 64, 128};
  return (ckq_u8x32)((spread & bit) == bit) & 16;
}

CK_INLINE ckq_i16x32 ckq_wide(ckq_u8x32 q) { return __builtin_convertvector(q, ckq_i16x32); }
CK_INLINE ckq_i16x32 ckq_signed(const uint8_t *p) { return __builtin_convertvector(*(const ckq_i8x32_at *)p, ckq_i16x32); }

// A weight is d q + m. `quants` gives the integers of run g of a row; `scales` gives d and m: of run g of four rows, in turns, where
// each run has a block of its own; of all runs of a block where a block has eight, of each 32 or of each 16.
typedef struct { const uint8_t *p; long k, group; } ckq_row;

// Two float16 of four rows, `step` bytes apart.
CK_INLINE ckv_f8 ckq_pairs_of(const ckq_row row[4], long at, long step) {
  ckq_u32x4 both;
  for (int r = 0; r < 4; r++) {
    uint32_t pair;
    if (step == 2) __builtin_memcpy(&pair, row[r].p + at, sizeof pair);
    else pair = ckq_u16(row[r].p + at) | (uint32_t)ckq_u16(row[r].p + at + step) << 16;
    both[r] = pair;
  }
  return ckq_halves((ckq_i16x8)both);
}
// One float16 of four rows, and a multiple of it.
CK_INLINE ckv_f8 ckq_multiples_of(const ckq_row row[4], long at, float m) {
  return ckq_pairs_of(row, at, 0) * (ckv_f8){1, m, 1, m, 1, m, 1, m};
}

#define CKQ_RUN(name, bytes, scales, numbers)                                                                          \
  CK_INLINE ckv_f8 ckq_scales_##name(const ckq_row row[4], long g) {                                                   \
    long at = g * bytes;                                                                                               \
    return scales;                                                                                                     \
  }                                                                                                                    \
  CK_INLINE ckq_i16x32 ckq_quants_##name(ckq_row row, long g) {                                                        \
    const uint8_t *block = row.p + g * bytes;                                                                          \
    return numbers;                                                                                                    \
  }
CKQ_RUN(q4_0, 18, ckq_multiples_of(row, at, -8), ckq_wide(ckq_nibbles(block + 2)))
CKQ_RUN(q4_1, 20, ckq_pairs_of(row, at, 2), ckq_wide(ckq_nibbles(block + 4)))
CKQ_RUN(q5_0, 22, ckq_multiples_of(row, at, -16), ckq_wide(ckq_nibbles(block + 6) | ckq_fifth_bits(block + 2)))
CKQ_RUN(q5_1, 24, ckq_pairs_of(row, at, 2), ckq_wide(ckq_nibbles(block + 8) | ckq_fifth_bits(block + 4)))
CKQ_RUN(q8_0, 34, ckq_multiples_of(row, at, 0), ckq_signed(block + 2))

// The steps that IQ4_NL's numbers stand for.
static const int8_t ckq_steps[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
// Looked up by halving: of two steps by the lowest bit, then of two of these by the next.
CK_INLINE ckq_i16x32 ckq_uneven(const uint8_t *p) {
  ckq_u8x32 q = ckq_nibbles(p), step[8];
  ckq_u8x32 bit = (ckq_u8x32)((q & 1) != 0);
  for (int i = 0; i < 8; i++) {
    uint8_t low = (uint8_t)ckq_steps[2 * i], high = (uint8_t)ckq_steps[2 * i + 1];
    step[i] = (bit & (uint8_t)(low ^ high)) ^ low;
  }
  for (int width = 4, place = 2; width > 0; width /= 2, place *= 2) {
    bit = (ckq_u8x32)((q & (uint8_t)place) != 0);
    for (int i = 0; i < width; i++) step[i] = step[2 * i] ^ ((step[2 * i] ^ step[2 * i + 1]) & bit);
  }
  return __builtin_convertvector((ckq_i8x32)step[0], ckq_i16x32);
}
CKQ_RUN(iq4_nl, 18, ckq_multiples_of(row, at, 0), ckq_uneven(block + 2))

CK_INLINE ckv_f8 ckq_scales_int8(const ckq_row row[4], long g) {
  (void)g;
  ckv_f8 scales = 0;
  for (int r = 0; r < 4; r++) {
    float scale;
    __builtin_memcpy(&scale, row[r].p, 4);
    scales[2 * r] = scale;
  }
  return scales;
}
CK_INLINE ckq_i16x32 ckq_quants_int8(ckq_row row, long g) { return ckq_signed(row.p + 4 + 32 * g); }

CK_INLINE ckv_f8 ckq_scales_int4(const ckq_row row[4], long g) {
  return ckq_pairs_of(row, 2 * (g * 32 / row[0].group), 2 * (row[0].k / row[0].group));
}
CK_INLINE ckq_i16x32 ckq_quants_int4(ckq_row row, long g) {
  return ckq_wide(ckq_nibbles(row.p + 4 * (row.k / row.group) + 16 * g));
}

// Blocks of 256 hold eight runs: run g is run g % 8 of block g / 8.
#define CKQ_BLOCK(bytes) const uint8_t *block = row.p + g / 8 * bytes; long s = g % 8;
#define CKQ_SHIFT(count) ((ckq_u8x32)(uint8_t)(count))

typedef uint8_t ckq_u8x8 __attribute__((ext_vector_type(8)));
typedef int8_t ckq_i8x8 __attribute__((ext_vector_type(8)));
typedef uint32_t ckq_u32x2 __attribute__((ext_vector_type(2)));
// Eight bytes as floats.
CK_INLINE ckv_f8 ckq_floats(ckq_u8x8 bytes) { return __builtin_convertvector(bytes, ckv_f8); }
CK_INLINE ckv_f8 ckq_signed_floats(ckq_u8x8 bytes) { return __builtin_convertvector((ckq_i8x8)bytes, ckv_f8); }
CK_INLINE ckq_u8x8 ckq_load8(const uint8_t *p) {
  ckq_u8x8 bytes;
  __builtin_memcpy(&bytes, p, sizeof bytes);
  return bytes;
}
CK_INLINE void ckq_words(uint32_t to[3], const uint8_t *p) { __builtin_memcpy(to, p, 12); }

CK_INLINE void ckq_scales_q2_k(ckq_row row, long b, ckv_f8 d[2], ckv_f8 m[2]) {
  const uint8_t *block = row.p + 84 * b;
  float scale = ckq_half(block + 80), least = -ckq_half(block + 82);
  for (int i = 0; i < 2; i++) {
    ckq_u8x8 packed = ckq_load8(block + 8 * i);
    d[i] = scale * ckq_floats(packed & 15);
    m[i] = least * ckq_floats(packed >> 4);
  }
}
CK_INLINE ckq_i16x32 ckq_quants_q2_k(ckq_row row, long g) {
  CKQ_BLOCK(84)
  return ckq_wide((ckq_load32(block + 16 + 32 * (s / 4)) >> CKQ_SHIFT(2 * (s % 4))) & 3);
}

CK_INLINE void ckq_scales_q3_k(ckq_row row, long b, ckv_f8 d[2], ckv_f8 m[2]) {
  const uint8_t *block = row.p + 110 * b;
  float scale = ckq_half(block + 108);
  uint32_t w[3];
  ckq_words(w, block + 96);
  for (int i = 0; i < 2; i++) {
    ckq_u32x2 low = ((ckq_u32x2){w[0], w[1]} >> (ckq_u32x2)(4 * i)) & 0x0f0f0f0f;
    ckq_u32x2 high = ((ckq_u32x2){w[2], w[2] >> 2} >> (ckq_u32x2)(4 * i)) & 0x03030303;
    d[i] = scale * (ckq_floats((ckq_u8x8)(low | high << (ckq_u32x2)4)) - 32);
    m[i] = -4 * d[i];
  }
}
CK_INLINE ckq_i16x32 ckq_quants_q3_k(ckq_row row, long g) {
  CKQ_BLOCK(110)
  ckq_u8x32 low = (ckq_load32(block + 32 + 32 * (s / 4)) >> CKQ_SHIFT(2 * (s % 4))) & 3;
  return ckq_wide(low | ((ckq_load32(block) >> CKQ_SHIFT(s)) & 1) << CKQ_SHIFT(2));
}

// The eight scales and offsets of six bits that Q4_K and Q5_K pack into 12 bytes.
CK_INLINE void ckq_six_bits(const uint8_t *block, ckv_f8 *d, ckv_f8 *m) {
  uint32_t w[3];
  ckq_words(w, block + 4);
  ckq_u32x2 scales = {w[0] & 0x3f3f3f3f, (w[2] & 0x0f0f0f0f) | (w[0] >> 6 & 0x03030303) << 4};
  ckq_u32x2 offsets = {w[1] & 0x3f3f3f3f, (w[2] >> 4 & 0x0f0f0f0f) | (w[1] >> 6 & 0x03030303) << 4};
  *d = ckq_half(block) * ckq_floats((ckq_u8x8)scales);
  *m = -ckq_half(block + 2) * ckq_floats((ckq_u8x8)offsets);
}
CK_INLINE void ckq_scales_q4_k(ckq_row row, long b, ckv_f8 *d, ckv_f8 *m) { ckq_six_bits(row.p + 144 * b, d, m); }
CK_INLINE ckq_i16x32 ckq_quants_q4_k(ckq_row row, long g) {
  CKQ_BLOCK(144)
  return ckq_wide((ckq_load32(block + 16 + 32 * (s / 2)) >> CKQ_SHIFT(4 * (s % 2))) & 15);
}
CK_INLINE void ckq_scales_q5_k(ckq_row row, long b, ckv_f8 *d, ckv_f8 *m) { ckq_six_bits(row.p + 176 * b, d, m); }
CK_INLINE ckq_i16x32 ckq_quants_q5_k(ckq_row row, long g) {
  CKQ_BLOCK(176)
  ckq_u8x32 low = (ckq_load32(block + 48 + 32 * (s / 2)) >> CKQ_SHIFT(4 * (s % 2))) & 15;
  return ckq_wide(low | ((ckq_load32(block + 16) >> CKQ_SHIFT(s)) & 1) << CKQ_SHIFT(4));
}

CK_INLINE void ckq_scales_q6_k(ckq_row row, long b, ckv_f8 d[2], ckv_f8 m[2]) {
  const uint8_t *block = row.p + 210 * b;
  for (int i = 0; i < 2; i++) {
    d[i] = ckq_half(block + 208) * ckq_signed_floats(ckq_load8(block + 192 + 8 * i));
    m[i] = -32 * d[i];
  }
}
CK_INLINE ckq_i16x32 ckq_quants_q6_k(ckq_row row, long g) {
  CKQ_BLOCK(210)
  ckq_u8x32 low = (ckq_load32(block + 64 * (s / 4) + 32 * (s % 2)) >> CKQ_SHIFT(4 * (s / 2 % 2))) & 15;
  ckq_u8x32 high = (ckq_load32(block + 128 + 32 * (s / 4)) >> CKQ_SHIFT(2 * (s % 4))) & 3;
  return ckq_wide(low | high << CKQ_SHIFT(4));
}

CK_INLINE void ckq_scales_q8_k(ckq_row row, long b, ckv_f8 *d, ckv_f8 *m) {
  float scale;
  __builtin_memcpy(&scale, row.p + 292 * b, 4);
  *d = scale;
  *m = 0;
}
CK_INLINE ckq_i16x32 ckq_quants_q8_k(ckq_row row, long g) {
  CKQ_BLOCK(292)
  return ckq_signed(block + 4 + 32 * s);
}

#define CKQ_RUN_TYPES(M) M(q4_0) M(q4_1) M(q5_0) M(q5_1) M(q8_0) M(iq4_nl) M(int8) M(int4)
#define CKQ_BLOCK_TYPES(M) M(q2_k, 2) M(q3_k, 2) M(q4_k, 1) M(q5_k, 1) M(q6_k, 2) M(q8_k, 1)
// M(number, name, scales for each 32) for every type.
#define CKQ_TYPES(M)                                                                                                   \
  M(2, q4_0, 1) M(3, q4_1, 1) M(6, q5_0, 1) M(7, q5_1, 1) M(8, q8_0, 1) M(10, q2_k, 2) M(11, q3_k, 2) M(12, q4_k, 1)   \
  M(13, q5_k, 1) M(14, q6_k, 2) M(15, q8_k, 1) M(20, iq4_nl, 1) M(CK_INT8_ROWS, int8, 1) M(CK_INT4_GROUPS, int4, 1)
