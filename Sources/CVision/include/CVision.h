// Loops over pictures, one plane of rows after the other.
#ifndef CVISION_H
#define CVISION_H
#include <stddef.h>
#include <stdint.h>

// How one dimension is resampled: element i of the result is the sum of weights[i * taps + k] times element starts[i] + k
// for k below counts[i], and none of them lies outside.
typedef struct {
  const int32_t *starts, *counts;
  const void *weights;
  size_t taps, inputs, outputs;
  // Elements that lie beside each other at each position: channels of a pixel, which are resampled apart.
  size_t group;
  // Of whole-number weights: the number of bits behind the point.
  int shift;
} cv_axis;

// Rows [rows, inputs, group] to [rows, outputs, group]. The room for `scratch` is cv_scratch(axis, bytes of an element).
// Bytes are rounded and kept within 0 ... 255; `narrow` weights are int16_t, others int32_t.
size_t cv_scratch(const cv_axis *axis, size_t size);
void cv_rows_u8_narrow(const uint8_t *in, uint8_t *out, size_t rows, const cv_axis *axis, void *scratch);
void cv_rows_u8_wide(const uint8_t *in, uint8_t *out, size_t rows, const cv_axis *axis, void *scratch);
void cv_rows_f32(const float *in, float *out, size_t rows, const cv_axis *axis, void *scratch);
void cv_rows_f64(const double *in, double *out, size_t rows, const cv_axis *axis, void *scratch);

// Columns [inputs, width] to [outputs, width].
void cv_columns_u8_narrow(const uint8_t *in, uint8_t *out, size_t width, const cv_axis *axis);
void cv_columns_u8_wide(const uint8_t *in, uint8_t *out, size_t width, const cv_axis *axis);
void cv_columns_f32(const float *in, float *out, size_t width, const cv_axis *axis);
void cv_columns_f64(const double *in, double *out, size_t width, const cv_axis *axis);

// What a picture is read by: `planes` planes of height x width, of which `planes / fills` stand for each number in `fill`
// in turn (none where `fills` is 0).
typedef struct {
  size_t planes, height, width, places;
  int bilinear;
  const float *fill;
  size_t fills;
} cv_sampling;

// The planes at `places` positions (x, y), which count from -1 to 1 from edge to edge; outside lies 0, or what `fill` says.
void cv_sample_u8(const uint8_t *in, const float *grid, uint8_t *out, const cv_sampling *how);
void cv_sample_f32(const float *in, const float *grid, float *out, const cv_sampling *how);

// Each element less the mean and over the deviation of its channel: `planes` planes of `area` pixels, in each of which `group`
// channels lie beside each other; plane p begins with channel p * group % channels.
void cv_normalize_f32(const float *in, float *out, size_t planes, size_t area, size_t group, size_t channels,
    const float *mean, const float *deviation);

// The positions (x, y) of a grid, row by row, that a matrix m0 ... m5 moves the ones in xs and ys to; with a perspective m6, m7
// also divided by m6 x + m7 y + 1, and less 1.
void cv_affine_grid(const float *xs, size_t columns, const float *ys, size_t rows, const float *m, float *out);
void cv_perspective_grid(const float *xs, size_t columns, const float *ys, size_t rows, const float *m, float *out);

// The entry of a table with 256 of them for each byte.
void cv_look_up(const uint8_t *in, uint8_t *out, size_t count, const uint8_t *table);
// The least and the greatest byte.
void cv_extremes(const uint8_t *in, size_t count, uint8_t *least, uint8_t *greatest);
// Each byte with its bits turned over.
void cv_invert(const uint8_t *in, uint8_t *out, size_t count);
// Pixels of `size` bytes, each from its place in a row.
void cv_pick(const uint8_t *in, uint8_t *out, const int32_t *places, size_t count, size_t size);
// Adds the bytes of a plane to the counts of their values.
void cv_histogram(const uint8_t *in, size_t count, uint32_t *counts);
#endif
