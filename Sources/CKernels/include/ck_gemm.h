// Matrix product for when no library is at hand: C = A B + beta C on one thread.
// C is m x n with rows `ldc` apart and unit column stride; A is m x k and B is k x n with any row and column strides.
// With beta = 0, C is written without being read. `scratch` has at least ck_gemm_scratch bytes (at most about 3 MB,
// whatever the sizes) and is the caller's own a thread. To use more threads, split the rows or columns of C.
#pragma once
#include "ck_base.h"

void ck_gemm_f32(float *c, long ldc, const float *a, long a_rs, long a_cs, const float *b, long b_rs, long b_cs, long m,
    long n, long k, float beta, float *scratch);
void ck_gemm_f64(double *c, long ldc, const double *a, long a_rs, long a_cs, const double *b, long b_rs, long b_cs,
    long m, long n, long k, double beta, double *scratch);
// Simple loops; arithmetic wraps; scratch is not used.
void ck_gemm_i64(int64_t *c, long ldc, const int64_t *a, long a_rs, long a_cs, const int64_t *b, long b_rs, long b_cs,
    long m, long n, long k, int64_t beta, int64_t *scratch);

// Bytes of scratch for these sizes.
size_t ck_gemm_scratch_f32(long m, long n, long k);
size_t ck_gemm_scratch_f64(long m, long n, long k);
size_t ck_gemm_scratch_i64(long m, long n, long k);

// The product of matrices that several threads share. The right operand (k x n) is packed into panels of
// CK_GEMM_PANEL_BYTES a row of it, the left one (m x k) is read where it lies or packed into panels of CK_GEMM_ROWS rows.
#define CK_GEMM_PANEL_BYTES 64
#define CK_GEMM_ROWS 6
// Columns of the right operand, a multiple of a panel of them but for the last: `k` numbers for each, rounded up to whole panels.
void ck_gemm_pack_right_f32(float *packed, const float *b, long b_rs, long b_cs, long k, long n);
void ck_gemm_pack_right_f64(double *packed, const double *b, long b_rs, long b_cs, long k, long n);
// Rows of the left operand, a multiple of CK_GEMM_ROWS but for the last: `k` numbers for each, rounded up to whole panels.
void ck_gemm_pack_left_f32(float *packed, const float *a, long a_rs, long a_cs, long m, long k);
void ck_gemm_pack_left_f64(double *packed, const double *a, long a_rs, long a_cs, long m, long k);
// A block of the result, m x n, with a value of `bias` added to each column unless it is null. Panels of rows of A lie a_panel
// numbers apart: CK_GEMM_ROWS * a_rs where A lies as it is, and CK_GEMM_ROWS * k with strides of 1 and CK_GEMM_ROWS where it is packed.
// With `scratch` (m times n numbers, n rounded up to whole panels) the result is stored transposed, with columns `ldc` apart and a
// value of `bias` for each row.
void ck_gemm_block_f32(float *c, long ldc, const float *a, long a_rs, long a_cs, long a_panel, const float *packed,
    long m, long n, long k, const float *bias, float *scratch);
void ck_gemm_block_f64(double *c, long ldc, const double *a, long a_rs, long a_cs, long a_panel, const double *packed,
    long m, long n, long k, const double *bias, double *scratch);
