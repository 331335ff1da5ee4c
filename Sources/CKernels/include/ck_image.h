// Images: columns for convolution, and pooling in both layouts.
// k is the kernel, s the stride, p the padding, d the dilation (h: vertical, w: horizontal); Ho x Wo is the output size.
#pragma once
#include "ck_base.h"

// The (C kh kw) x (Ho Wo) matrix of windows of one C x H x W image, zero where a window leaves the image;
// and its transpose, which adds into x. Channels split: a range of C is a range of rows of col.
void ck_im2col_f32(float *col, const float *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_im2col_f64(double *col, const double *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_col2im_f32(float *x, const float *col, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_col2im_f64(double *x, const double *col, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);

// Max pooling of one H x W plane (H W < 2^31). idx is the flat position in the plane; the first maximum wins, the last NaN
// wins over all, and a window of -inf keeps its first position. The gradient adds g[i] at dx[idx[i]] for n outputs.
void ck_max_pool2d_plane_f32(float *out, int64_t *idx, const float *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_max_pool2d_plane_f64(double *out, int64_t *idx, const double *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_max_pool2d_grad_plane_f32(float *dx, const float *g, const int64_t *idx, long n);
void ck_max_pool2d_grad_plane_f64(double *dx, const double *g, const int64_t *idx, long n);

// Average pooling of one plane. The sum is divided by divisor_or_0, or if that is 0 by the size of the window, counted with
// or without its padding. The gradient adds into dx.
void ck_avg_pool2d_plane_f32(float *out, const float *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_plane_f64(double *out, const double *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_grad_plane_f32(float *dx, const float *g, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_grad_plane_f64(double *dx, const double *g, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);

// The same for one image stored H x W x C. idx is the place in the window, i * kw + j, not in the image. Gradients add into dx.
void ck_max_pool2d_nhwc_f32(float *out, int32_t *idx, const float *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_max_pool2d_nhwc_f64(double *out, int32_t *idx, const double *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_max_pool2d_grad_nhwc_f32(float *dx, const float *g, const int32_t *idx, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_max_pool2d_grad_nhwc_f64(double *dx, const double *g, const int32_t *idx, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);
void ck_avg_pool2d_nhwc_f32(float *out, const float *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_nhwc_f64(double *out, const double *x, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_grad_nhwc_f32(float *dx, const float *g, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
void ck_avg_pool2d_grad_nhwc_f64(double *dx, const double *g, long C, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
