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
