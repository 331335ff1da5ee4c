// Moving elements: transposition, rows by index, and their adjoint. Indices are in range; the caller checks them.
#pragma once
#include "ck_base.h"

// The places of the bytes that are not 0, at most `room` of them, and how many were written.
long ck_places_u8(int64_t *out, const uint8_t *flags, long n, long room);

// out[c * out_ld + r] = in[r * in_ld + c] for rows x cols elements of 1, 2, 4 or 8 bytes; strides count elements.
void ck_transpose2d(void *out, const void *in, long rows, long cols, long in_ld, long out_ld, int element_size);

// out row i = table row idx[i], each of row_bytes.
void ck_gather_rows(void *out, const void *table, const int64_t *idx, long n, size_t row_bytes);

// out[r, j] = x[r, idx[r, j]] with x rows x n_x, idx and out rows x n_idx, elements of any size.
void ck_gather_along(
    void *out, const void *x, const int64_t *idx, long rows, long n_idx, long n_x, int element_size);

// table row idx[i] += g row i, in order of i, rows of `width` elements.
void ck_scatter_add_rows_f32(float *table, const float *g, const int64_t *idx, long n, long width);
void ck_scatter_add_rows_f64(double *table, const double *g, const int64_t *idx, long n, long width);
void ck_scatter_add_rows_i64(int64_t *table, const int64_t *g, const int64_t *idx, long n, long width);
