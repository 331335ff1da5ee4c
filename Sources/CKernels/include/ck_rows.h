// Row programs: `rows` rows of `n` contiguous elements each. `out` may be `x`, and `dx` may be `g`, unless said.
#pragma once
#include "ck_base.h"

// exp(x - max) / sum, and its logarithm. A row with NaN or +inf, or of -inf alone, is NaN as in PyTorch.
void ck_softmax_f32(float *out, const float *x, long rows, long n);
void ck_softmax_f64(double *out, const double *x, long rows, long n);
void ck_log_softmax_f32(float *out, const float *x, long rows, long n);
void ck_log_softmax_f64(double *out, const double *x, long rows, long n);

// Given the forward result y: y (g - sum(y g)) and g - exp(y) sum(g).
void ck_softmax_grad_f32(float *dx, const float *y, const float *g, long rows, long n);
void ck_softmax_grad_f64(double *dx, const double *y, const double *g, long rows, long n);
void ck_log_softmax_grad_f32(float *dx, const float *y, const float *g, long rows, long n);
void ck_log_softmax_grad_f64(double *dx, const double *y, const double *g, long rows, long n);

// Cross entropy of class indices: loss = logsumexp(x) - x[target], 0 where target is `ignore`. Other targets lie in [0, n).
// The gradient is (softmax - one hot) row_scale; rows of ignored targets are 0.
void ck_cross_entropy_f32(float *loss_per_row, float *logsumexp_per_row, const float *x, const int64_t *target, long rows,
    long n, int64_t ignore);
void ck_cross_entropy_f64(double *loss_per_row, double *logsumexp_per_row, const double *x, const int64_t *target, long rows,
    long n, int64_t ignore);
void ck_cross_entropy_grad_f32(float *dx, const float *x, const float *lse, const int64_t *target, const float *row_scale,
    long rows, long n, int64_t ignore);
void ck_cross_entropy_grad_f64(double *dx, const double *x, const double *lse, const int64_t *target, const double *row_scale,
    long rows, long n, int64_t ignore);

// (x - mean) rstd weight + bias with rstd = 1 / sqrt(variance + eps); weight and bias may be NULL.
// The gradient adds to dweight and dbias (NULL where not wanted), which are the caller's own a thread.
void ck_layer_norm_f32(float *out, float *mean, float *rstd, const float *x, const float *weight, const float *bias, long rows, long n,
    float eps);
void ck_layer_norm_f64(double *out, double *mean, double *rstd, const double *x, const double *weight, const double *bias, long rows, long n,
    double eps);
void ck_layer_norm_grad_f32(float *dx, float *dweight, float *dbias, const float *g, const float *x, const float *mean, const float *rstd,
    const float *weight, long rows, long n);
void ck_layer_norm_grad_f64(double *dx, double *dweight, double *dbias, const double *g, const double *x, const double *mean, const double *rstd,
    const double *weight, long rows, long n);

// x rrms weight with rrms = 1 / sqrt(mean(x^2) + eps); weight and dweight may be NULL.
void ck_rms_norm_f32(float *out, float *rrms, const float *x, const float *weight, long rows, long n, float eps);
void ck_rms_norm_f64(double *out, double *rrms, const double *x, const double *weight, long rows, long n, double eps);
void ck_rms_norm_grad_f32(float *dx, float *dweight, const float *g, const float *x, const float *rrms, const float *weight, long rows,
    long n);
void ck_rms_norm_grad_f64(double *dx, double *dweight, const double *g, const double *x, const double *rrms, const double *weight, long rows,
    long n);

// Batch norm, channels first: n elements of one channel. Sums are added to what is there.
// sqdiff adds sum (x - mean)^2; grad_stats adds sum g and sum g (x - mean); grad_apply is a g + b x + c.
void ck_bn_stats_plane_f32(double *sum, double *sumsq, const float *x, long n);
void ck_bn_stats_plane_f64(double *sum, double *sumsq, const double *x, long n);
void ck_bn_sqdiff_plane_f32(double *sumsq, const float *x, float mean, long n);
void ck_bn_sqdiff_plane_f64(double *sumsq, const double *x, double mean, long n);
void ck_bn_apply_plane_f32(float *out, const float *x, float scale, float shift, long n);
void ck_bn_apply_plane_f64(double *out, const double *x, double scale, double shift, long n);
void ck_bn_grad_stats_plane_f32(double *sum_g, double *sum_gx, const float *g, const float *x, float mean, long n);
void ck_bn_grad_stats_plane_f64(double *sum_g, double *sum_gx, const double *g, const double *x, double mean, long n);
void ck_bn_grad_apply_plane_f32(float *dx, const float *g, const float *x, float a, float b, float c, long n);
void ck_bn_grad_apply_plane_f64(double *dx, const double *g, const double *x, double a, double b, double c, long n);

// Batch norm, channels last: `rows` rows of c channels, a value for each channel in every vector. No operands overlap.
// Sums are formed in double and added to what is there, rounded to the type of the vector: where the mean is large against
// the deviation take the variance from sqdiff.
void ck_bn_stats_rows_f32(float *sum, float *sumsq, const float *x, long rows, long c);
void ck_bn_stats_rows_f64(double *sum, double *sumsq, const double *x, long rows, long c);
void ck_bn_sqdiff_rows_f32(float *sumsq, const float *x, const float *mean, long rows, long c);
void ck_bn_sqdiff_rows_f64(double *sumsq, const double *x, const double *mean, long rows, long c);
void ck_bn_apply_rows_f32(float *out, const float *x, const float *scale, const float *shift, long rows, long c);
void ck_bn_apply_rows_f64(double *out, const double *x, const double *scale, const double *shift, long rows, long c);
void ck_bn_grad_stats_rows_f32(float *sum_g, float *sum_gx, const float *g, const float *x, const float *mean, long rows, long c);
void ck_bn_grad_stats_rows_f64(double *sum_g, double *sum_gx, const double *g, const double *x, const double *mean, long rows, long c);
void ck_bn_grad_apply_rows_f32(float *dx, const float *g, const float *x, const float *a, const float *b, const float *shift, long rows,
    long c);
void ck_bn_grad_apply_rows_f64(double *dx, const double *g, const double *x, const double *a, const double *b, const double *shift, long rows,
    long c);
