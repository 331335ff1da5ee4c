#include "ck_index.h"

#include <string.h>

// No branch that depends on a flag: every place is written, and stays where its flag is set.
long ck_places_u8(int64_t *out, const uint8_t *flags, long n, long room) {
  long found = 0;
  for (long i = 0; i < n && found < room; i++) {
    out[found] = i;
    found += flags[i] != 0;
  }
  return found;
}

// Blocks of 8 x 8 (4 x 4 for 8 bytes) are transposed in registers. They are walked in tiles small enough that the lines
// written stay in L1 until they are full.
#define TILE 64

typedef uint32_t u32x8 __attribute__((ext_vector_type(8)));
typedef u32x8 u32x8_at __attribute__((aligned(4), may_alias));
typedef uint64_t u64x4 __attribute__((ext_vector_type(4)));
typedef u64x4 u64x4_at __attribute__((aligned(8), may_alias));
typedef uint16_t u16x8 __attribute__((ext_vector_type(8)));
typedef u16x8 u16x8_at __attribute__((aligned(2), may_alias));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
typedef u8x16 u8x16_at __attribute__((aligned(1), may_alias));

CK_INLINE void block_u32(uint32_t *out, const uint32_t *in, long in_ld, long out_ld) {
  u32x8 r[8], s[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) r[i] = *(const u32x8_at *)(in + i * in_ld);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4)
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) {
      r[i + 2 * j] = __builtin_shufflevector(s[i + j], s[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + 2 * j + 1] = __builtin_shufflevector(s[i + j], s[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    *(u32x8_at *)(out + j * out_ld) = __builtin_shufflevector(r[j], r[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(u32x8_at *)(out + (j + 4) * out_ld) = __builtin_shufflevector(r[j], r[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

CK_INLINE void block_u64(uint64_t *out, const uint64_t *in, long in_ld, long out_ld) {
  u64x4 a = *(const u64x4_at *)in, b = *(const u64x4_at *)(in + in_ld);
  u64x4 c = *(const u64x4_at *)(in + 2 * in_ld), d = *(const u64x4_at *)(in + 3 * in_ld);
  u64x4 ab0 = __builtin_shufflevector(a, b, 0, 4, 2, 6), ab1 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
  u64x4 cd0 = __builtin_shufflevector(c, d, 0, 4, 2, 6), cd1 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
  *(u64x4_at *)out = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
  *(u64x4_at *)(out + out_ld) = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
  *(u64x4_at *)(out + 2 * out_ld) = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
  *(u64x4_at *)(out + 3 * out_ld) = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
}

// Three (four) rounds of interleaving row i with row i + half transpose a square of registers.
#define LOWER_8 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER_8 4, 12, 5, 13, 6, 14, 7, 15
#define LOWER_16 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER_16 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define UNROLLED_TO(n) _Pragma("clang loop unroll(full)") for (int i = 0; i < n; i++)
#define DEFINE_BLOCK(T, NAME, ROW, SIDE, ROUNDS)                                                                       \
  CK_INLINE void block_##NAME(T *out, const T *in, long in_ld, long out_ld) {                                          \
    ROW r[SIDE], s[SIDE];                                                                                              \
    UNROLLED_TO(SIDE) r[i] = *(const ROW##_at *)(in + i * in_ld);                                                      \
    _Pragma("clang loop unroll(full)") for (int round = 0; round < ROUNDS; round++) {                                  \
      UNROLLED_TO(SIDE / 2) {                                                                                          \
        s[2 * i] = __builtin_shufflevector(r[i], r[i + SIDE / 2], LOWER_##SIDE);                                       \
        s[2 * i + 1] = __builtin_shufflevector(r[i], r[i + SIDE / 2], UPPER_##SIDE);                                   \
      }                                                                                                                \
      UNROLLED_TO(SIDE) r[i] = s[i];                                                                                   \
    }                                                                                                                  \
    UNROLLED_TO(SIDE) *(ROW##_at *)(out + i * out_ld) = r[i];                                                          \
  }
DEFINE_BLOCK(uint16_t, u16, u16x8, 8, 3)
DEFINE_BLOCK(uint8_t, u8, u8x16, 16, 4)

#define DEFINE_TRANSPOSE(T, NAME, SIDE)                                                                               \
  CK_INLINE void transpose_##NAME(T *out, const T *in, long rows, long cols, long in_ld, long out_ld) {               \
    for (long r0 = 0; r0 < rows; r0 += TILE)                                                                          \
      for (long c0 = 0; c0 < cols; c0 += TILE) {                                                                      \
        long r1 = rows - r0 < TILE ? rows : r0 + TILE, c1 = cols - c0 < TILE ? cols : c0 + TILE;                      \
        long r_full = r0 + (r1 - r0) / SIDE * SIDE, c_full = c0 + (c1 - c0) / SIDE * SIDE;                            \
        for (long c = c0; c < c_full; c += SIDE)                                                                      \
          for (long r = r0; r < r_full; r += SIDE)                                                                    \
            block_##NAME(out + c * out_ld + r, in + r * in_ld + c, in_ld, out_ld);                                    \
        for (long r = r0; r < r1; r++)                                                                                \
          for (long c = r < r_full ? c_full : c0; c < c1; c++) out[c * out_ld + r] = in[r * in_ld + c];               \
      }                                                                                                               \
  }

DEFINE_TRANSPOSE(uint8_t, u8, 16)
DEFINE_TRANSPOSE(uint16_t, u16, 8)
DEFINE_TRANSPOSE(uint32_t, u32, 8)
DEFINE_TRANSPOSE(uint64_t, u64, 4)

CK_KERNEL void ck_transpose2d(
    void *out, const void *in, long rows, long cols, long in_ld, long out_ld, int element_size) {
  switch (element_size) {
  case 1: transpose_u8(out, in, rows, cols, in_ld, out_ld); break;
  case 2: transpose_u16(out, in, rows, cols, in_ld, out_ld); break;
  case 4: transpose_u32(out, in, rows, cols, in_ld, out_ld); break;
  default: transpose_u64(out, in, rows, cols, in_ld, out_ld); break;
  }
}

void ck_gather_rows(void *out, const void *table, const int64_t *idx, long n, size_t row_bytes) {
  char *to = out;
  const char *from = table;
  // Short rows: a move of known size instead of a call.
#define GATHER_ROWS_OF(bytes)                                                                                         \
  case bytes:                                                                                                          \
    for (long i = 0; i < n; i++) __builtin_memcpy(to + i * bytes, from + idx[i] * bytes, bytes);                        \
    break;
  switch (row_bytes) {
    GATHER_ROWS_OF(4)
    GATHER_ROWS_OF(8)
    GATHER_ROWS_OF(16)
    GATHER_ROWS_OF(32)
    GATHER_ROWS_OF(64)
  default:
    for (long i = 0; i < n; i++) {
      // The rows are anywhere in the table: ask for one a few steps ahead.
      if (i + 4 < n) __builtin_prefetch(from + (size_t)idx[i + 4] * row_bytes);
      memcpy(to + (size_t)i * row_bytes, from + (size_t)idx[i] * row_bytes, row_bytes);
    }
  }
}

#define DEFINE_SCATTER(T, SUFFIX)                                                                                     \
  CK_KERNEL void ck_scatter_add_rows_##SUFFIX(T *table, const T *g, const int64_t *idx, long n, long width) {         \
    for (long i = 0; i < n; i++) {                                                                                    \
      if (i + 4 < n) __builtin_prefetch(table + idx[i + 4] * width, 1);                                               \
      T *restrict to = table + idx[i] * width;                                                                        \
      const T *restrict from = g + i * width;                                                                         \
      for (long j = 0; j < width; j++) to[j] += from[j];                                                              \
    }                                                                                                                 \
  }

DEFINE_SCATTER(float, f32)
DEFINE_SCATTER(double, f64)

// Wraps, so that the sums are unsigned.
CK_KERNEL void ck_scatter_add_rows_i64(int64_t *table, const int64_t *g, const int64_t *idx, long n, long width) {
  for (long i = 0; i < n; i++) {
    uint64_t *restrict to = (uint64_t *)table + idx[i] * width;
    const uint64_t *restrict from = (const uint64_t *)g + i * width;
    for (long j = 0; j < width; j++) to[j] += from[j];
  }
}

#define GATHER_ALONG(T)                                                                                               \
  do {                                                                                                                \
    T *to = out;                                                                                                      \
    const T *from = x;                                                                                                \
    for (long r = 0; r < rows; r++, to += n_idx, from += n_x, idx += n_idx)                                           \
      for (long j = 0; j < n_idx; j++) to[j] = from[idx[j]];                                                          \
  } while (0)

void ck_gather_along(void *out, const void *x, const int64_t *idx, long rows, long n_idx, long n_x, int element_size) {
  switch (element_size) {
  case 1: GATHER_ALONG(uint8_t); break;
  case 2: GATHER_ALONG(uint16_t); break;
  case 4: GATHER_ALONG(uint32_t); break;
  case 8: GATHER_ALONG(uint64_t); break;
  case 16: GATHER_ALONG(ck_c128); break;
  default: {
    // Elements of other sizes: those of registered types.
    char *to = out;
    const char *from = x;
    const long size = element_size;
    for (long r = 0; r < rows; r++, to += n_idx * size, from += n_x * size, idx += n_idx)
      for (long j = 0; j < n_idx; j++) memcpy(to + j * size, from + idx[j] * size, (size_t)size);
  }
  }
}
