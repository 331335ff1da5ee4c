// Weighted sums along one dimension of a picture. Along columns neighbours lie beside each other, so that a vector holds
// sums of as many columns. Rows are turned in blocks into columns of `LANES`, and back.
#include "kernel.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BYTE_LANES = 32, FLOAT_LANES = 16, DOUBLE_LANES = 8, CHUNK = 64 };

size_t cv_scratch(const cv_axis *axis, size_t size) {
  size_t lanes = size == 1 ? BYTE_LANES : size == 4 ? FLOAT_LANES : DOUBLE_LANES;
  return (axis->inputs + axis->outputs + 2) * axis->group * lanes * size + 64;
}

// MARK: Sums of `lanes` neighbours, `stride` elements between what follows each other.

#define CV_BYTE_SUM(name, W)                                                                                           \
  CV_INLINE void name(const uint8_t *restrict in, size_t stride, const W *restrict weights, int count, int shift,     \
      uint8_t *restrict out, size_t lanes) {                                                                           \
    int32_t sum[CHUNK];                                                                                                \
    for (size_t i = 0; i < lanes; i++) sum[i] = 1 << (shift - 1);                                                      \
    for (int k = 0; k < count; k++) {                                                                                  \
      int32_t w = weights[k];                                                                                          \
      const uint8_t *row = in + (size_t)k * stride;                                                                    \
      for (size_t i = 0; i < lanes; i++) sum[i] += w * (int32_t)row[i];                                                \
    }                                                                                                                  \
    for (size_t i = 0; i < lanes; i++) {                                                                               \
      int32_t value = sum[i] >> shift;                                                                                 \
      value = value < 0 ? 0 : value;                                                                                   \
      out[i] = (uint8_t)(value > 255 ? 255 : value);                                                                   \
    }                                                                                                                  \
  }
CV_BYTE_SUM(cv_sum_narrow, int16_t)
CV_BYTE_SUM(cv_sum_wide, int32_t)

#define CV_REAL_SUM(name, T)                                                                                           \
  CV_INLINE void name(const T *restrict in, size_t stride, const T *restrict weights, int count, int shift,           \
      T *restrict out, size_t lanes) {                                                                                 \
    (void)shift;                                                                                                       \
    T sum[CHUNK];                                                                                                      \
    for (size_t i = 0; i < lanes; i++) sum[i] = 0;                                                                     \
    for (int k = 0; k < count; k++) {                                                                                  \
      T w = weights[k];                                                                                                \
      const T *row = in + (size_t)k * stride;                                                                          \
      for (size_t i = 0; i < lanes; i++) sum[i] += w * row[i];                                                         \
    }                                                                                                                  \
    for (size_t i = 0; i < lanes; i++) out[i] = sum[i];                                                                \
  }
CV_REAL_SUM(cv_sum_f32, float)
CV_REAL_SUM(cv_sum_f64, double)

// MARK: Columns

#define CV_COLUMNS(name, sum, T, W, STEP, KIND)                                                                              \
  KIND void name(const T *in, T *out, size_t width, const cv_axis *axis) {                                        \
    const W *weights = axis->weights;                                                                                  \
    for (size_t o = 0; o < axis->outputs; o++) {                                                                       \
      const T *from = in + (size_t)axis->starts[o] * width;                                                            \
      const W *w = weights + o * axis->taps;                                                                           \
      T *to = out + o * width;                                                                                         \
      size_t x = 0;                                                                                                    \
      for (; x + STEP <= width; x += STEP) sum(from + x, width, w, axis->counts[o], axis->shift, to + x, STEP);        \
      if (x == width) continue;                                                                                        \
      if (width >= STEP) sum(from + width - STEP, width, w, axis->counts[o], axis->shift, to + width - STEP, STEP);    \
      else sum(from, width, w, axis->counts[o], axis->shift, to, width);                                               \
    }                                                                                                                  \
  }
CV_COLUMNS(cv_columns_u8_plain, cv_sum_narrow, uint8_t, int16_t, 32, static CV_KERNEL)
CV_COLUMNS(cv_columns_u8_wide, cv_sum_wide, uint8_t, int32_t, 32, CV_KERNEL)
CV_COLUMNS(cv_columns_f32, cv_sum_f32, float, float, 32, CV_KERNEL)
CV_COLUMNS(cv_columns_f64, cv_sum_f64, double, double, 16, CV_KERNEL)

// MARK: Rows

typedef uint8_t cv_bytes __attribute__((vector_size(16)));

#define CV_LOW(a, b)                                                                                                   \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define CV_HIGH(a, b)                                                                                                  \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// Turns 16 rows of 16 bytes: four times each is interleaved with the one eight rows on.
CV_INLINE void cv_turn_16(const uint8_t *in, size_t step, uint8_t *out, size_t out_step) {
  cv_bytes a[16], b[16];
  for (int i = 0; i < 16; i++) __builtin_memcpy(&a[i], in + (size_t)i * step, 16);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 8; i++) {
      b[2 * i] = CV_LOW(a[i], a[i + 8]);
      b[2 * i + 1] = CV_HIGH(a[i], a[i + 8]);
    }
    for (int i = 0; i < 8; i++) {
      a[2 * i] = CV_LOW(b[i], b[i + 8]);
      a[2 * i + 1] = CV_HIGH(b[i], b[i + 8]);
    }
  }
  for (int i = 0; i < 16; i++) __builtin_memcpy(out + (size_t)i * out_step, &a[i], 16);
}

// `rows` rows of `columns`, `step` apart, to `columns` rows, `out_step` apart.
CV_INLINE void cv_turn_u8(
    const uint8_t *in, size_t step, uint8_t *out, size_t out_step, size_t rows, size_t columns) {
  size_t r = 0;
  for (; r + 16 <= rows; r += 16) {
    size_t c = 0;
    for (; c + 16 <= columns; c += 16) cv_turn_16(in + r * step + c, step, out + c * out_step + r, out_step);
    for (; c < columns; c++) for (size_t i = r; i < r + 16; i++) out[c * out_step + i] = in[i * step + c];
  }
  for (; r < rows; r++) for (size_t c = 0; c < columns; c++) out[c * out_step + r] = in[r * step + c];
}

#define CV_TURN(name, T)                                                                                               \
  CV_INLINE void name(const T *in, size_t step, T *out, size_t out_step, size_t rows, size_t columns) {                \
    size_t c = 0;                                                                                                      \
    for (; c + 8 <= columns; c += 8)                                                                                   \
      for (size_t r = 0; r < rows; r++)                                                                                \
        for (int i = 0; i < 8; i++) out[(c + i) * out_step + r] = in[r * step + c + i];                                \
    for (; c < columns; c++) for (size_t r = 0; r < rows; r++) out[c * out_step + r] = in[r * step + c];               \
  }
CV_TURN(cv_turn_f32, float)
CV_TURN(cv_turn_f64, double)

#define CV_ROWS(name, sum, turn, T, W, LANES, KIND)                                                                          \
  KIND void name(const T *in, T *out, size_t rows, const cv_axis *axis, void *scratch) {                          \
    const W *weights = axis->weights;                                                                                  \
    const size_t group = axis->group, inputs = axis->inputs * group, outputs = axis->outputs * group;                  \
    T *turned = scratch, *sums = turned + (inputs + group) * LANES;                                                    \
    for (size_t r = 0; r < rows; r += LANES) {                                                                         \
      size_t some = rows - r < LANES ? rows - r : LANES;                                                               \
      turn(in + r * inputs, inputs, turned, LANES, some, inputs);                                                      \
      for (size_t o = 0; o < axis->outputs; o++)                                                                       \
        for (size_t c = 0; c < group; c++)                                                                             \
          sum(turned + ((size_t)axis->starts[o] * group + c) * LANES, group * LANES, weights + o * axis->taps,        \
              axis->counts[o], axis->shift, sums + (o * group + c) * LANES, LANES);                                    \
      turn(sums, LANES, out + r * outputs, outputs, outputs, some);                                                    \
    }                                                                                                                  \
  }
CV_ROWS(cv_rows_u8_plain, cv_sum_narrow, cv_turn_u8, uint8_t, int16_t, BYTE_LANES, static CV_KERNEL)
CV_ROWS(cv_rows_u8_wide, cv_sum_wide, cv_turn_u8, uint8_t, int32_t, BYTE_LANES, CV_KERNEL)
CV_ROWS(cv_rows_f32, cv_sum_f32, cv_turn_f32, float, float, FLOAT_LANES, CV_KERNEL)
CV_ROWS(cv_rows_f64, cv_sum_f64, cv_turn_f64, double, double, DOUBLE_LANES, CV_KERNEL)

// MARK: Bytes with weights of 16 bits

#if defined(__x86_64__)
// Two products at a time are added up in 32 bits, of 32 neighbours.
__attribute__((target("avx2"), always_inline)) static inline void cv_sum_avx2(const uint8_t *in, size_t stride,
    const int16_t *weights, int count, int shift, uint8_t *out, size_t lanes) {
  if (lanes != BYTE_LANES) {
    cv_sum_narrow(in, stride, weights, count, shift, out, lanes);
    return;
  }
  const __m256i zero = _mm256_setzero_si256();
  __m256i s0 = _mm256_set1_epi32(1 << (shift - 1)), s1 = s0, s2 = s0, s3 = s0;
  for (int k = 0; k < count; k += 2) {
    const int isPair = k + 1 < count;
    const uint8_t *row = in + (size_t)k * stride;
    __m256i a = _mm256_loadu_si256((const __m256i *)row);
    __m256i b = isPair ? _mm256_loadu_si256((const __m256i *)(row + stride)) : zero;
    uint32_t pair = (uint16_t)weights[k] | (isPair ? (uint32_t)(uint16_t)weights[k + 1] << 16 : 0);
    __m256i w = _mm256_set1_epi32((int32_t)pair);
    __m256i low = _mm256_unpacklo_epi8(a, b), high = _mm256_unpackhi_epi8(a, b);
    s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), w));
    s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), w));
    s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), w));
    s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), w));
  }
  __m256i first = _mm256_packs_epi32(_mm256_srai_epi32(s0, shift), _mm256_srai_epi32(s1, shift));
  __m256i second = _mm256_packs_epi32(_mm256_srai_epi32(s2, shift), _mm256_srai_epi32(s3, shift));
  _mm256_storeu_si256((__m256i *)out, _mm256_packus_epi16(first, second));
}
#define CV_AVX2 static __attribute__((target("avx2")))
CV_COLUMNS(cv_columns_u8_avx2, cv_sum_avx2, uint8_t, int16_t, 32, CV_AVX2)
CV_ROWS(cv_rows_u8_avx2, cv_sum_avx2, cv_turn_u8, uint8_t, int16_t, BYTE_LANES, CV_AVX2)
#define CV_HAS_AVX2 __builtin_cpu_supports("avx2")
#else
#define CV_HAS_AVX2 0
#define cv_columns_u8_avx2 cv_columns_u8_plain
#define cv_rows_u8_avx2 cv_rows_u8_plain
#endif

void cv_columns_u8_narrow(const uint8_t *in, uint8_t *out, size_t width, const cv_axis *axis) {
  (CV_HAS_AVX2 ? cv_columns_u8_avx2 : cv_columns_u8_plain)(in, out, width, axis);
}
void cv_rows_u8_narrow(const uint8_t *in, uint8_t *out, size_t rows, const cv_axis *axis, void *scratch) {
  (CV_HAS_AVX2 ? cv_rows_u8_avx2 : cv_rows_u8_plain)(in, out, rows, axis, scratch);
}
