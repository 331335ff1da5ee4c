// Reductions of a contiguous run, row-accumulate forms for reducing an outer axis, and scans.
// f32 sums run in short float chains gathered in double; i64 arithmetic wraps. Unless said, accumulators do not overlap inputs.
#pragma once
#include "ck_base.h"

// sum, product; the largest and smallest (NaN propagates; n = 0 gives the identity).
float ck_sum_f32(const float *a, long n);
double ck_sum_f64(const double *a, long n);
int64_t ck_sum_i64(const int64_t *a, long n);
float ck_prod_f32(const float *a, long n);
double ck_prod_f64(const double *a, long n);
int64_t ck_prod_i64(const int64_t *a, long n);
float ck_reduce_max_f32(const float *a, long n);
double ck_reduce_max_f64(const double *a, long n);
int64_t ck_reduce_max_i64(const int64_t *a, long n);
float ck_reduce_min_f32(const float *a, long n);
double ck_reduce_min_f64(const double *a, long n);
int64_t ck_reduce_min_i64(const int64_t *a, long n);

// Index of the first largest or smallest element; the first NaN wins. n > 0.
long ck_argmax_f32(const float *a, long n);
long ck_argmax_f64(const double *a, long n);
long ck_argmax_i64(const int64_t *a, long n);
long ck_argmin_f32(const float *a, long n);
long ck_argmin_f64(const double *a, long n);
long ck_argmin_i64(const int64_t *a, long n);

// sum a^2, sum |a|, sum (a - mean)^2, sum a b.
float ck_sumsq_f32(const float *a, long n);
double ck_sumsq_f64(const double *a, long n);
int64_t ck_sumsq_i64(const int64_t *a, long n);
float ck_sum_abs_f32(const float *a, long n);
double ck_sum_abs_f64(const double *a, long n);
int64_t ck_sum_abs_i64(const int64_t *a, long n);
float ck_sum_sqdiff_f32(const float *a, long n, float mean);
double ck_sum_sqdiff_f64(const double *a, long n, double mean);
int64_t ck_sum_sqdiff_i64(const int64_t *a, long n, int64_t mean);
float ck_dot_f32(const float *a, const float *b, long n);
double ck_dot_f64(const double *a, const double *b, long n);
int64_t ck_dot_i64(const int64_t *a, const int64_t *b, long n);

// acc = acc op a, element by element. max and min propagate NaN.
void ck_add_into_f32(float *acc, const float *a, long n);
void ck_add_into_f64(double *acc, const double *a, long n);
void ck_add_into_i64(int64_t *acc, const int64_t *a, long n);
void ck_mul_into_f32(float *acc, const float *a, long n);
void ck_mul_into_f64(double *acc, const double *a, long n);
void ck_mul_into_i64(int64_t *acc, const int64_t *a, long n);
void ck_max_into_f32(float *acc, const float *a, long n);
void ck_max_into_f64(double *acc, const double *a, long n);
void ck_max_into_i64(int64_t *acc, const int64_t *a, long n);
void ck_min_into_f32(float *acc, const float *a, long n);
void ck_min_into_f64(double *acc, const double *a, long n);
void ck_min_into_i64(int64_t *acc, const int64_t *a, long n);
void ck_sumsq_into_f32(float *acc, const float *a, long n);
void ck_sumsq_into_f64(double *acc, const double *a, long n);
void ck_sumsq_into_i64(int64_t *acc, const int64_t *a, long n);
void ck_fma_into_f32(float *acc, const float *a, const float *b, long n);
void ck_fma_into_f64(double *acc, const double *a, const double *b, long n);
void ck_fma_into_i64(int64_t *acc, const int64_t *a, const int64_t *b, long n);
void ck_axpy_f32(float *y, const float *x, float s, long n);
void ck_axpy_f64(double *y, const double *x, double s, long n);
void ck_axpy_i64(int64_t *y, const int64_t *x, int64_t s, long n);

// Where a beats best (strictly, or as the first NaN), best becomes a and idx becomes i.
void ck_argmax_into_f32(float *best, int64_t *idx, const float *a, int64_t i, long n);
void ck_argmax_into_f64(double *best, int64_t *idx, const double *a, int64_t i, long n);
void ck_argmax_into_i64(int64_t *best, int64_t *idx, const int64_t *a, int64_t i, long n);
void ck_argmin_into_f32(float *best, int64_t *idx, const float *a, int64_t i, long n);
void ck_argmin_into_f64(double *best, int64_t *idx, const double *a, int64_t i, long n);
void ck_argmin_into_i64(int64_t *best, int64_t *idx, const int64_t *a, int64_t i, long n);

// The same sums in double: of a run, and acc[i] += a[i] or (a[i] - mean[i])^2 over a row.
double ck_wide_sum_f32(const float *a, long n);
double ck_wide_sum_f64(const double *a, long n);
double ck_wide_sum_sqdiff_f32(const float *a, long n, double mean);
double ck_wide_sum_sqdiff_f64(const double *a, long n, double mean);
void ck_wide_sum_into_f32(double *acc, const float *a, long n);
void ck_wide_sum_into_f64(double *acc, const double *a, long n);
void ck_wide_sqdiff_into_f32(double *acc, const float *a, const double *mean, long n);
void ck_wide_sqdiff_into_f64(double *acc, const double *a, const double *mean, long n);

// Scans; out may be a. Sums and products start from carry. cummax and cummin give the index of the last equal extreme; NaN, once met, stays.
void ck_cumsum_f32(float *out, const float *a, long n, double carry);
void ck_cumsum_f64(double *out, const double *a, long n, double carry);
void ck_cumsum_i64(int64_t *out, const int64_t *a, long n, int64_t carry);
void ck_cumprod_f32(float *out, const float *a, long n, double carry);
void ck_cumprod_f64(double *out, const double *a, long n, double carry);
void ck_cumprod_i64(int64_t *out, const int64_t *a, long n, int64_t carry);
void ck_cummax_f32(float *out, int64_t *idx, const float *a, long n);
void ck_cummax_f64(double *out, int64_t *idx, const double *a, long n);
void ck_cummax_i64(int64_t *out, int64_t *idx, const int64_t *a, long n);
void ck_cummin_f32(float *out, int64_t *idx, const float *a, long n);
void ck_cummin_f64(double *out, int64_t *idx, const double *a, long n);
void ck_cummin_i64(int64_t *out, int64_t *idx, const int64_t *a, long n);

long ck_count_nonzero_u8(const uint8_t *a, long n);
