#include "quantized_blocks.h"

bool ck_quantized_has(int type) {
  switch (type) {
#define CASE(number, name, parts) case number: return true;
    CKQ_TYPES(CASE)
#undef CASE
  default: return false;
  }
}

typedef int16_t ckq_i16x16 __attribute__((ext_vector_type(16)));
typedef ckq_i16x16 ckq_i16x16_at __attribute__((aligned(2), may_alias));
typedef float ckq_f4 __attribute__((ext_vector_type(4)));
typedef int32_t ckq_i32x4 __attribute__((ext_vector_type(4)));

CK_INLINE float ckq_most(ckv_f32 v) {
  ckv_f8 a = v.lo > v.hi ? v.lo : v.hi;
  ckq_f4 b = a.lo > a.hi ? a.lo : a.hi;
  float x = b[0] > b[1] ? b[0] : b[1], y = b[2] > b[3] ? b[2] : b[3];
  return x > y ? x : y;
}
CK_INLINE int32_t ckq_total(ckv_i32 v) {
  ckq_i32x8 a = v.lo + v.hi;
  ckq_i32x4 b = a.lo + a.hi;
  return (b[0] + b[1]) + (b[2] + b[3]);
}

CK_KERNEL void ck_quantize_activations(const float *x, long k, int16_t *q, float *scales, float *sums) {
  for (long g = 0; g < k / 32; g++, x += 32, q += 32, scales += 2, sums += 2) {
    ckv_f32 v[2] = {ckv_load_f32(x), ckv_load_f32(x + 16)};
    ckv_f32 sizes[2] = {(ckv_f32)((ckv_i32)v[0] & 0x7fffffff), (ckv_f32)((ckv_i32)v[1] & 0x7fffffff)};
    // A number that is not finite has the largest exponent: as integers, sizes compare as the floats do.
    ckv_i32 bits = (ckv_i32)sizes[0] > (ckv_i32)sizes[1] ? (ckv_i32)sizes[0] : (ckv_i32)sizes[1];
    ckv_i32 is_other = bits >= 0x7f800000;
    float most = ckq_most((ckv_f32)(bits & ~is_other)), scale = most / 32767;
    float inverse = most > 0 ? 32767 / most : 0;
    // Of a tiny block the quotient is no number: it counts as zeros.
    if (!(inverse < __builtin_inff())) inverse = 0;
    if (ckq_total(is_other) != 0) inverse = 0, scale = __builtin_nanf("");
    float part[2];
    for (int i = 0; i < 2; i++) {
      // Adding 1.5 * 2^23 rounds, and leaves the integer in the low bits.
      ckv_f32 shifted = (inverse == 0 ? (ckv_f32)0 : v[i]) * inverse + CKM_ROUND_F32;
      ckv_i32 whole = (ckv_i32)shifted - 0x4b400000;
      *(ckq_i16x16_at *)(q + 16 * i) = __builtin_convertvector(whole, ckq_i16x16);
      part[i] = scale * (float)ckq_total(whole);
    }
    scales[0] = scale;
    scales[1] = part[0] + part[1];
    sums[0] = part[0];
    sums[1] = part[1];
  }
}

// MARK: One row of activations

// The sums of products of neighbours, the multiply-add of 16-bit integers that processors have.
CK_INLINE ckv_i32 ckq_products(ckq_i16x32 a, ckq_i16x32 b) {
  ckq_i32x32 p = __builtin_convertvector(a, ckq_i32x32) * __builtin_convertvector(b, ckq_i32x32);
  return p.even + p.odd;
}

#define CKQ_ROWS 4              // rows side by side
#define CKQ_NIBBLE_DEPTH 16384  // columns that are ordered by nibble

typedef double ckq_d4 __attribute__((ext_vector_type(4)));
CK_INLINE float ckq_sum8(ckv_f8 v) {
  ckq_f4 s = v.lo + v.hi;
  return (s[0] + s[2]) + (s[1] + s[3]);
}

// One run of 32 after the other: the scales of four rows are one vector.
#define CKQ_DOT_RUNS(name)                                                                                             \
  CK_INLINE void ckq_dot_##name(float *out, const ckq_row row[CKQ_ROWS], long k, const int16_t *q, const float *scales, \
      const float *sums) {                                                                                             \
    (void)sums;                                                                                                        \
    ckv_f8 acc[CKQ_ROWS], offset = 0;                                                                                  \
    for (int r = 0; r < CKQ_ROWS; r++) acc[r] = 0;                                                                     \
    for (long g = 0; g < k / 32; g++, q += 32, scales += 2) {                                                          \
      double both;                                                                                                     \
      __builtin_memcpy(&both, scales, sizeof both);                                                                    \
      ckv_f8 d = ckq_scales_##name(row, g) * (ckv_f8)(ckq_d4)both;                                                     \
      offset += d;                                                                                                     \
      for (int r = 0; r < CKQ_ROWS; r++) {                                                                             \
        ckv_i32 p = ckq_products(ckq_quants_##name(row[r], g), *(const ckq_i16x32_at *)q);                             \
        acc[r] += d[2 * r] * __builtin_convertvector(p.lo + p.hi, ckv_f8);                                             \
      }                                                                                                                \
    }                                                                                                                  \
    for (int r = 0; r < CKQ_ROWS; r++) out[r] = ckq_sum8(acc[r]) + offset[2 * r + 1];                                  \
  }
CKQ_RUN_TYPES(CKQ_DOT_RUNS)

typedef uint16_t ckq_u16x8 __attribute__((ext_vector_type(8)));
typedef uint16_t ckq_u16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t ckq_u16x32 __attribute__((ext_vector_type(32)));
typedef ckq_u16x8 ckq_u16x8_at __attribute__((aligned(1), may_alias));

#define CKQ_FOUR(v)                                                                                                    \
  __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)
// A run's numbers ordered by the nibble of 16 bits that those of the weight lie in.
CK_INLINE void ckq_by_nibble(int16_t to[32], const int16_t *q) {
  ckq_i16x32 x = *(const ckq_i16x32_at *)q;
  *(ckq_i16x32_at *)to = __builtin_shufflevector(x, x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 1, 3, 5, 7, 9,
      11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

// Blocks of 4-bit numbers alone, four rows side by side in one vector: nibbles are taken from 16 bits at a time, which saves
// widening them. `q` is ordered by nibble.
#define CKQ_DOT_NIBBLES(name, bytes, start)                                                                            \
  CK_INLINE void ckq_nibbles_dot_##name(float *out, const ckq_row row[CKQ_ROWS], long k, const int16_t *q, const float *scales, \
      const float *sums) {                                                                                             \
    (void)sums;                                                                                                        \
    ckv_f32 acc = 0;                                                                                                   \
    ckv_f8 offset = 0;                                                                                                 \
    for (long g = 0; g < k / 32; g++, q += 32, scales += 2) {                                                          \
      double both;                                                                                                     \
      __builtin_memcpy(&both, scales, sizeof both);                                                                    \
      ckv_f8 d = ckq_scales_##name(row, g) * (ckv_f8)(ckq_d4)both;                                                     \
      offset += d;                                                                                                     \
      long at = g * bytes + start;                                                                                     \
      ckq_u16x8 a = *(const ckq_u16x8_at *)(row[0].p + at), b = *(const ckq_u16x8_at *)(row[1].p + at);                \
      ckq_u16x8 c = *(const ckq_u16x8_at *)(row[2].p + at), e = *(const ckq_u16x8_at *)(row[3].p + at);                \
      ckq_u16x16 ab = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);             \
      ckq_u16x16 ce = __builtin_shufflevector(c, e, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);             \
      ckq_u16x32 w = __builtin_shufflevector(ab, ce, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
          19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);                                                         \
      ckq_u16x8 x0 = *(const ckq_u16x8_at *)q, x1 = *(const ckq_u16x8_at *)(q + 8);                                    \
      ckq_u16x8 x2 = *(const ckq_u16x8_at *)(q + 16), x3 = *(const ckq_u16x8_at *)(q + 24);                            \
      ckv_i32 p = ckq_products((ckq_i16x32)(w & 15), (ckq_i16x32)CKQ_FOUR(x0));                                        \
      p += ckq_products((ckq_i16x32)((w >> (ckq_u16x32)4) & 15), (ckq_i16x32)CKQ_FOUR(x1));                            \
      p += ckq_products((ckq_i16x32)((w >> (ckq_u16x32)8) & 15), (ckq_i16x32)CKQ_FOUR(x2));                            \
      p += ckq_products((ckq_i16x32)(w >> (ckq_u16x32)12), (ckq_i16x32)CKQ_FOUR(x3));                                  \
      acc += __builtin_convertvector(p, ckv_f32)                                                                       \
             * __builtin_shufflevector(d, d, 0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6);                          \
    }                                                                                                                  \
    for (int r = 0; r < CKQ_ROWS; r++)                                                                                 \
      out[r] = ((acc[4 * r] + acc[4 * r + 2]) + (acc[4 * r + 1] + acc[4 * r + 3])) + offset[2 * r + 1];                \
  }
CKQ_DOT_NIBBLES(q4_0, 18, 2)
CKQ_DOT_NIBBLES(q4_1, 20, 4)

// Blocks of 256 with a scale for each 32 (parts 1) or 16 (parts 2) of them.
#define CKQ_DOT_BLOCKS(name, parts)                                                                                    \
  CK_INLINE void ckq_dot_##name(float *out, const ckq_row row[CKQ_ROWS], long k, const int16_t *q, const float *scales, \
      const float *sums) {                                                                                             \
    ckv_f8 acc[CKQ_ROWS], offset[CKQ_ROWS];                                                                            \
    for (int r = 0; r < CKQ_ROWS; r++) acc[r] = 0, offset[r] = 0;                                                      \
    for (long b = 0; b < k / 256; b++, q += 256, scales += 16, sums += 16) {                                            \
      float d[CKQ_ROWS][8 * parts];                                                                                    \
      ckv_f32 all = ckv_load_f32(sums);                                                                                \
      ckv_f8 step = ckv_load_f32(scales).even;                                                                         \
      for (int r = 0; r < CKQ_ROWS; r++) {                                                                             \
        ckv_f8 ds[parts], ms[parts];                                                                                   \
        ckq_scales_##name(row[r], b, ds, ms);                                                                          \
        if (parts == 1) {                                                                                              \
          *(ckv_f8_at *)d[r] = ds[0] * step;                                                                           \
          offset[r] += ms[0] * (all.even + all.odd);                                                                   \
        } else {                                                                                                       \
          *(ckv_f8_at *)d[r] = ds[0] * __builtin_shufflevector(step, step, 0, 0, 1, 1, 2, 2, 3, 3);                    \
          *(ckv_f8_at *)(d[r] + 8 * (parts - 1)) = ds[parts - 1] * __builtin_shufflevector(step, step, 4, 4, 5, 5, 6, 6, 7, 7); \
          offset[r] += ms[0] * all.lo;                                                                                 \
          offset[r] += ms[parts - 1] * all.hi;                                                                         \
        }                                                                                                              \
      }                                                                                                                \
      _Pragma("clang loop unroll(full)") for (int s = 0; s < 8; s++) {                                                 \
        for (int r = 0; r < CKQ_ROWS; r++) {                                                                           \
          ckv_i32 p = ckq_products(ckq_quants_##name(row[r], 8 * b + s), *(const ckq_i16x32_at *)(q + 32 * s));        \
          if (parts == 1) {                                                                                            \
            acc[r] += d[r][s] * __builtin_convertvector(p.lo + p.hi, ckv_f8);                                          \
          } else {                                                                                                     \
            acc[r] += d[r][parts * s] * __builtin_convertvector(p.lo, ckv_f8);                                         \
            acc[r] += d[r][parts * s + parts - 1] * __builtin_convertvector(p.hi, ckv_f8);                             \
          }                                                                                                            \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
    for (int r = 0; r < CKQ_ROWS; r++) out[r] = ckq_sum8(acc[r] + offset[r]);                                          \
  }
CKQ_BLOCK_TYPES(CKQ_DOT_BLOCKS)

CK_KERNEL void ck_quantized_rows(int type, float *out, const uint8_t *w, long row_bytes, long rows, long k, long group,
    const int16_t *q, const float *scales, const float *sums) {
  int16_t by_nibble[CKQ_NIBBLE_DEPTH];
  bool is_by_nibble = (type == 2 || type == 3) && k <= CKQ_NIBBLE_DEPTH;
  if (is_by_nibble)
    for (long p = 0; p < k; p += 32) ckq_by_nibble(by_nibble + p, q + p);
  // Rows a quarter of all apart: memory is read in four long streams, which it gives faster than rows side by side.
  long quarter = (rows + CKQ_ROWS - 1) / CKQ_ROWS;
  for (long r = 0; r < quarter; r++) {
    ckq_row row[CKQ_ROWS];
    for (long i = 0; i < CKQ_ROWS; i++)
      row[i] = (ckq_row){w + (r + i * quarter < rows ? r + i * quarter : r) * row_bytes, k, group};
    float sum[CKQ_ROWS];
    if (is_by_nibble) {
      if (type == 2) ckq_nibbles_dot_q4_0(sum, row, k, by_nibble, scales, sums);
      else ckq_nibbles_dot_q4_1(sum, row, k, by_nibble, scales, sums);
    } else {
      switch (type) {
#define CASE(number, name, ...) case number: ckq_dot_##name(sum, row, k, q, scales, sums); break;
        CKQ_TYPES(CASE)
#undef CASE
      default: return;
      }
    }
    for (long i = 0; i < CKQ_ROWS; i++)
      if (r + i * quarter < rows) out[r + i * quarter] = sum[i];
  }
}

// MARK: Several rows of activations

#define CKQ_LANES 16           // rows of the weight in a panel
#define CKQ_TOKENS 4           // rows of activations at a time
#define CKQ_TILE_BYTES 131072  // unpacked weights that stay in the second cache
#define CKQ_DEPTH 2048         // columns at a time

// A panel: pairs[p][row][2] of a run of columns, and the scales d[run][row] and m[run][row].
typedef struct {
  int16_t *pairs;
  float *d, *m;
} ckq_panel;

CK_INLINE size_t ckq_panel_bytes(long depth) { return (size_t)(CKQ_LANES * depth * 2 + 2 * CKQ_LANES * (depth / 16) * 4); }

size_t ck_quantized_scratch(long k) {
  long depth = k < CKQ_DEPTH ? k : CKQ_DEPTH;
  size_t one = ckq_panel_bytes(depth);
  size_t panels = CKQ_TILE_BYTES / one;
  return (panels < 1 ? 1 : panels) * one;
}

// Sixteen rows of sixteen pairs, transposed: each step exchanges a bit of the row's number and one of the lane's.
CK_INLINE void ckq_transpose(ckv_i32 v[CKQ_LANES]) {
#define STEP(s, low, high)                                                                                             \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < CKQ_LANES; i++) {                                             \
    if (i & s) continue;                                                                                               \
    ckv_i32 a = v[i], b = v[i + s];                                                                                    \
    v[i] = __builtin_shufflevector(a, b, low);                                                                         \
    v[i + s] = __builtin_shufflevector(a, b, high);                                                                    \
  }
#define LIST(...) __VA_ARGS__
  STEP(1, LIST(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
      LIST(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  STEP(2, LIST(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
      LIST(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  STEP(4, LIST(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
      LIST(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  STEP(8, LIST(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
      LIST(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#undef LIST
#undef STEP
}

// The numbers of a panel's 16 rows, n runs from run g0 on. Rows past `count` are the first one again.
#define CKQ_SPREAD(name, row, g, i)                                                                                    \
  do {                                                                                                                 \
    ckv_i32 pairs[CKQ_LANES];                                                                                          \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < CKQ_LANES; r++)                                             \
      pairs[r] = (ckv_i32)ckq_quants_##name(row[r], g);                                                                \
    ckq_transpose(pairs);                                                                                              \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < CKQ_LANES; p++)                                             \
      *(ckq_i16x32_at *)(panel.pairs + ((i) * 16 + p) * 2 * CKQ_LANES) = (ckq_i16x32)pairs[p];                          \
  } while (0)
#define CKQ_UNPACK_RUNS(name)                                                                                          \
  CK_INLINE void ckq_unpack_##name(ckq_panel panel, ckq_row first, long row_bytes, long count, long g0, long n) {      \
    ckq_row row[CKQ_LANES];                                                                                            \
    for (long r = 0; r < CKQ_LANES; r++) row[r] = first, row[r].p += (r < count ? r : 0) * row_bytes;                  \
    for (long i = 0; i < n; i++) {                                                                                     \
      for (long r = 0; r < CKQ_LANES; r += CKQ_ROWS) {                                                                 \
        ckv_f8 d = ckq_scales_##name(row + r, g0 + i);                                                                 \
        for (long j = 0; j < CKQ_ROWS; j++)                                                                            \
          panel.d[i * CKQ_LANES + r + j] = d[2 * j], panel.m[i * CKQ_LANES + r + j] = d[2 * j + 1];                    \
      }                                                                                                                \
      CKQ_SPREAD(name, row, g0 + i, i);                                                                                \
    }                                                                                                                  \
  }
CKQ_RUN_TYPES(CKQ_UNPACK_RUNS)
#define CKQ_UNPACK_BLOCKS(name, parts)                                                                                 \
  CK_INLINE void ckq_unpack_##name(ckq_panel panel, ckq_row first, long row_bytes, long count, long g0, long n) {      \
    ckq_row row[CKQ_LANES];                                                                                            \
    for (long r = 0; r < CKQ_LANES; r++) row[r] = first, row[r].p += (r < count ? r : 0) * row_bytes;                  \
    for (long i = 0; i < n; i += 8) {                                                                                  \
      for (long r = 0; r < CKQ_LANES; r++) {                                                                           \
        ckv_f8 d[parts], m[parts];                                                                                     \
        ckq_scales_##name(row[r], (g0 + i) / 8, d, m);                                                                 \
        for (int j = 0; j < 8 * parts; j++) {                                                                          \
          panel.d[(i * parts + j) * CKQ_LANES + r] = d[j / 8][j % 8];                                                  \
          panel.m[(i * parts + j) * CKQ_LANES + r] = m[j / 8][j % 8];                                                  \
        }                                                                                                              \
      }                                                                                                                \
      for (int s = 0; s < 8; s++) CKQ_SPREAD(name, row, g0 + i + s, i + s);                                            \
    }                                                                                                                  \
  }
CKQ_BLOCK_TYPES(CKQ_UNPACK_BLOCKS)

// What a panel adds to `tokens` rows of results: 16 columns of out.
CK_INLINE void ckq_panel_times(float *out, long ldo, ckq_panel panel, const int parts, long n, const int16_t *q, long k,
    const float *scales, const float *sums, const int tokens, long width, bool adds) {
  ckv_f32 acc[CKQ_TOKENS];
  for (int t = 0; t < tokens; t++) acc[t] = 0;
  const int16_t *pairs = panel.pairs;
  for (long i = 0; i < n; i++) {
    for (int part = 0; part < parts; part++) {
      ckv_i32 dot[CKQ_TOKENS];
      for (int t = 0; t < tokens; t++) dot[t] = 0;
      const int count = 16 / parts;
      const int16_t *x = q + 32 * i + 16 * part;
      for (int p = 0; p < count; p++, pairs += 2 * CKQ_LANES) {
        ckq_i16x32 w = *(const ckq_i16x32_at *)pairs;
        for (int t = 0; t < tokens; t++) {
          int32_t pair;
          __builtin_memcpy(&pair, x + t * k + 2 * p, 4);
          dot[t] += ckq_products((ckq_i16x32)(ckv_i32)pair, w);
        }
      }
      ckv_f32 d = ckv_load_f32(panel.d + (i * parts + part) * CKQ_LANES);
      ckv_f32 m = ckv_load_f32(panel.m + (i * parts + part) * CKQ_LANES);
      for (int t = 0; t < tokens; t++) {
        const float *step = scales + t * (k / 16) + 2 * i;
        acc[t] += __builtin_convertvector(dot[t], ckv_f32) * (d * step[0]);
        acc[t] += m * (parts == 2 ? sums[t * (k / 16) + 2 * i + part] : step[1]);
      }
    }
  }
  for (int t = 0; t < tokens; t++) {
    float *to = out + t * ldo;
    if (adds) acc[t] += width == CKQ_LANES ? ckv_load_f32(to) : ckv_load_part_f32(to, width, 0);
    if (width == CKQ_LANES) ckv_store_f32(to, acc[t]); else ckv_store_part_f32(to, acc[t], width);
  }
}

CK_INLINE void ckq_tile(float *out, long ldo, long rows, long k, const int16_t *q, const float *scales, const float *sums,
    long tokens, void *scratch, const int parts,
    void (*unpack)(ckq_panel, ckq_row, long, long, long, long), ckq_row first, long row_bytes) {
  long depth = k < CKQ_DEPTH ? k : CKQ_DEPTH;
  size_t one = ckq_panel_bytes(depth);
  long most = (long)(ck_quantized_scratch(k) / one);
  for (long r0 = 0; r0 < rows; r0 += most * CKQ_LANES) {
    long panels = (rows - r0 + CKQ_LANES - 1) / CKQ_LANES;
    if (panels > most) panels = most;
    for (long g0 = 0; g0 < k / 32; g0 += depth / 32) {
      long n = k / 32 - g0 < depth / 32 ? k / 32 - g0 : depth / 32;
#define PANEL(j) {(int16_t *)((char *)scratch + j * one), (float *)((char *)scratch + j * one) + CKQ_LANES * depth / 2, \
      (float *)((char *)scratch + j * one) + CKQ_LANES * depth / 2 + CKQ_LANES * (depth / 16)}
      for (long j = 0; j < panels; j++) {
        ckq_panel panel = PANEL(j);
        ckq_row row = first;
        row.p += (r0 + j * CKQ_LANES) * row_bytes;
        unpack(panel, row, row_bytes, rows - r0 - j * CKQ_LANES, g0, n);
      }
      for (long t = 0; t < tokens; t += CKQ_TOKENS) {
        for (long j = 0; j < panels; j++) {
          ckq_panel panel = PANEL(j);
          long column = r0 + j * CKQ_LANES, width = rows - column < CKQ_LANES ? rows - column : CKQ_LANES;
          float *to = out + t * ldo + column;
          const int16_t *x = q + t * k + 32 * g0;
          const float *s = scales + t * (k / 16) + 2 * g0, *u = sums + t * (k / 16) + 2 * g0;
          switch (tokens - t) {
          case 1: ckq_panel_times(to, ldo, panel, parts, n, x, k, s, u, 1, width, g0 > 0); break;
          case 2: ckq_panel_times(to, ldo, panel, parts, n, x, k, s, u, 2, width, g0 > 0); break;
          case 3: ckq_panel_times(to, ldo, panel, parts, n, x, k, s, u, 3, width, g0 > 0); break;
          default: ckq_panel_times(to, ldo, panel, parts, n, x, k, s, u, 4, width, g0 > 0); break;
          }
        }
      }
#undef PANEL
    }
  }
}

CK_INLINE void ckq_tile_of(int type, float *out, long ldo, const uint8_t *w, long row_bytes, long rows, long k, long group,
    const int16_t *q, const float *scales, const float *sums, long tokens, void *scratch) {
  ckq_row first = {w, k, group};
  switch (type) {
#define CASE(number, name, parts)                                                                                      \
  case number:                                                                                                         \
    ckq_tile(out, ldo, rows, k, q, scales, sums, tokens, scratch, parts, ckq_unpack_##name, first, row_bytes);         \
    break;
    CKQ_TYPES(CASE)
#undef CASE
  default: break;
  }
}

CK_KERNEL static void ckq_tile_clones(int type, float *out, long ldo, const uint8_t *w, long row_bytes, long rows, long k,
    long group, const int16_t *q, const float *scales, const float *sums, long tokens, void *scratch) {
  ckq_tile_of(type, out, ldo, w, row_bytes, rows, k, group, q, scales, sums, tokens, scratch);
}

#if defined(__x86_64__) && defined(__linux__) && !defined(CK_NO_CLONES)
// Processors with AVX-512 VNNI add the products of neighbours to sums in one instruction. No level of the architecture has it.
__attribute__((target("arch=x86-64-v4,avx512vnni"))) static void ckq_tile_vnni(int type, float *out, long ldo,
    const uint8_t *w, long row_bytes, long rows, long k, long group, const int16_t *q, const float *scales,
    const float *sums, long tokens, void *scratch) {
  ckq_tile_of(type, out, ldo, w, row_bytes, rows, k, group, q, scales, sums, tokens, scratch);
}
#define CKQ_HAS_VNNI                                                                                                   \
  (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
#else
#define ckq_tile_vnni ckq_tile_clones
#define CKQ_HAS_VNNI false
#endif

void ck_quantized_tile(int type, float *out, long ldo, const uint8_t *w, long row_bytes, long rows, long k, long group,
    const int16_t *q, const float *scales, const float *sums, long tokens, void *scratch) {
  if (CKQ_HAS_VNNI) ckq_tile_vnni(type, out, ldo, w, row_bytes, rows, k, group, q, scales, sums, tokens, scratch);
  else ckq_tile_clones(type, out, ldo, w, row_bytes, rows, k, group, q, scales, sums, tokens, scratch);
}

// MARK: Weights of 16 bits

typedef ckq_u16x16 ckq_u16x16_at __attribute__((aligned(2), may_alias));

CK_INLINE ckv_f32 ckq_half_floats(bool is_bfloat, const uint16_t *p) {
  ckv_i32 wide = __builtin_convertvector(*(const ckq_u16x16_at *)p, ckv_i32);
  if (is_bfloat) return (ckv_f32)(wide << (ckv_i32)16);
  ckv_i32 magnitude = (wide & 0x7fff) << (ckv_i32)13;
  ckv_i32 finite = (ckv_i32)((ckv_f32)magnitude * 0x1p112f), is_other = magnitude >= 0x0f800000;
  return (ckv_f32)((finite & ~is_other) | ((magnitude | 0x7f800000) & is_other) | (wide & 0x8000) << (ckv_i32)16);
}

CK_INLINE void ckq_half_dots(const bool is_bfloat, float *out, const uint16_t *w, long stride, long k, const float *x) {
  ckv_f32 acc[CKQ_ROWS];
  long p = 0;
  for (int r = 0; r < CKQ_ROWS; r++) acc[r] = 0;
  for (; p + 16 <= k; p += 16) {
    ckv_f32 v = ckv_load_f32(x + p);
    for (int r = 0; r < CKQ_ROWS; r++) acc[r] += ckq_half_floats(is_bfloat, w + r * stride + p) * v;
  }
  if (p < k) {
    for (int r = 0; r < CKQ_ROWS; r++) {
      uint16_t last[16] = {0};
      for (long i = p; i < k; i++) last[i - p] = w[r * stride + i];
      acc[r] += ckq_half_floats(is_bfloat, last) * ckv_load_part_f32(x + p, k - p, 0);
    }
  }
  for (int r = 0; r < CKQ_ROWS; r++) out[r] = ckq_sum8(acc[r].lo + acc[r].hi);
}

CK_KERNEL void ck_half_rows(bool is_bfloat, float *out, long ldo, const uint16_t *w, long stride, long rows, long k,
    const float *x, long tokens) {
  for (long r = 0; r < rows; r += CKQ_ROWS) {
    long count = rows - r < CKQ_ROWS ? rows - r : CKQ_ROWS;
    for (long t = 0; t < tokens; t++) {
      float sum[CKQ_ROWS];
      // The last rows alone are one row four times.
      for (long i = 0; i < (count == CKQ_ROWS ? 1 : count); i++) {
        const uint16_t *row = w + (r + i) * stride;
        long step = count == CKQ_ROWS ? stride : 0;
        if (is_bfloat) ckq_half_dots(true, sum, row, step, k, x + t * k);
        else ckq_half_dots(false, sum, row, step, k, x + t * k);
        for (long j = 0; j < (count == CKQ_ROWS ? CKQ_ROWS : 1); j++) out[t * ldo + r + i + j] = sum[j];
      }
    }
  }
}
