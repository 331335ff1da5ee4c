// Arithmetic sequences, sums of products, and logic.
#pragma once
#include "ck_base.h"

// out[i] = first + (start + i) * step.
void ck_range_f32(float *out, double first, double step, long start, long n);
void ck_range_f64(double *out, double first, double step, long start, long n);
void ck_range_i64(int64_t *out, int64_t first, int64_t step, long start, long n);

// out[i] = base + (start + i) * step with one rounding.
void ck_spaced_f32(float *out, float base, float step, long start, long n);
void ck_spaced_f64(double *out, double base, double step, long start, long n);

// Whether a[i] == b[i] for all i: no NaN among them.
bool ck_equal_f32(const float *a, const float *b, long n);
bool ck_equal_f64(const double *a, const double *b, long n);
bool ck_equal_bytes(const void *a, const void *b, long n);

// out[r] = the p-norm of a - row r, for rows of `width` elements; p is 0 (how many differ) or more.
void ck_row_distances_f32(float *out, const float *a, const float *rows, long count, long width, double p);
void ck_row_distances_f64(double *out, const double *a, const double *rows, long count, long width, double p);

// The sum of a[i] * b[i]: floats in blocks of a few thousand, the blocks in double precision.
double ck_vector_dot_f32(const float *a, const float *b, long n);

// out[i] = a[i] op b[i] of bools: 0 and, 1 or, 2 xor.
void ck_logic_u8(uint8_t *out, const uint8_t *a, const uint8_t *b, int op, long n);
