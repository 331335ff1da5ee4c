// Weighted sums along one dimension of a picture. Along columns neighbours lie beside each other, so that a vector holds
// sums of as many columns. Rows are turned in blocks into columns of `LANES`, and back.
#include "kernel.h"

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

#define CV_COLUMNS(name, sum, T, W, STEP)                                                                              \
  CV_KERNEL void name(const T *in, T *out, size_t width, const cv_axis *axis) {                                        \
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
CV_COLUMNS(cv_columns_u8_narrow, cv_sum_narrow, uint8_t, int16_t, 32)
CV_COLUMNS(cv_columns_u8_wide, cv_sum_wide, uint8_t, int32_t, 32)
CV_COLUMNS(cv_columns_f32, cv_sum_f32, float, float, 32)
CV_COLUMNS(cv_columns_f64, cv_sum_f64, double, double, 16)

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

#define CV_ROWS(name, sum, turn, T, W, LANES)                                                                          \
  CV_KERNEL void name(const T *in, T *out, size_t rows, const cv_axis *axis, void *scratch) {                          \
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
CV_ROWS(cv_rows_u8_narrow, cv_sum_narrow, cv_turn_u8, uint8_t, int16_t, BYTE_LANES)
CV_ROWS(cv_rows_u8_wide, cv_sum_wide, cv_turn_u8, uint8_t, int32_t, BYTE_LANES)
CV_ROWS(cv_rows_f32, cv_sum_f32, cv_turn_f32, float, float, FLOAT_LANES)
CV_ROWS(cv_rows_f64, cv_sum_f64, cv_turn_f64, double, double, DOUBLE_LANES)
