// Images: columns for convolution, and pooling in both layouts.
// k is the kernel, s the stride, p the padding, d the dilation (h: vertical, w: horizontal); Ho x Wo is the output size.
#pragma once
#include "ck_base.h"

// The windows along one dimension of `size` elements: window o sees lengths[o] elements, `step` apart, from firsts[o] on.
typedef struct {
  long size, count, step;
  const int64_t *firsts, *lengths;
} ck_windows;

#define CK_DECLARE_IMAGE(T, t)                                                                                         \
  /* The (C kh kw) x (Ho Wo) matrix of windows of one C x H x W image, zero where a window leaves the image;           \
     and its transpose, which adds into x. Channels split: a range of C is a range of rows of col. */                  \
  void ck_im2col_##t(T *col, const T *x, long C, long H, long W, long kh, long kw, long sh,                            \
      long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);                                                  \
  void ck_col2im_##t(T *x, const T *col, long C, long H, long W, long kh, long kw, long sh,                            \
      long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);                                                  \
                                                                                                                       \
  /* Max pooling of one H x W plane (H W < 2^31). idx is the flat position in the plane; the first maximum wins, the   \
     last NaN wins over all, and a window of -inf keeps its first position. The gradient adds g[i] at dx[idx[i]] for n \
     outputs. */                                                                                                       \
  void ck_max_pool2d_plane_##t(T *out, int64_t *idx, const T *x, long H, long W, long kh, long kw, long sh,            \
      long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);                                                  \
  void ck_max_pool2d_grad_plane_##t(T *dx, const T *g, const int64_t *idx, long n);                                    \
                                                                                                                       \
  /* The same over windows of one volume that a table gives for each dimension. out may be NULL. A window without       \
     elements gives -inf and 0. */                                                                                     \
  void ck_max_windows_##t(T *out, int64_t *idx, const T *x, const ck_windows *depth, const ck_windows *height,         \
      const ck_windows *width);                                                                                        \
                                                                                                                       \
  /* Average pooling of one plane. The sum is divided by divisor_or_0, or if that is 0 by the size of the window,      \
     counted with or without its padding. The gradient adds into dx. */                                                \
  void ck_avg_pool2d_plane_##t(T *out, const T *x, long H, long W, long kh, long kw, long sh,                          \
      long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);                         \
  void ck_avg_pool2d_grad_plane_##t(T *dx, const T *g, long H, long W, long kh, long kw, long sh,                      \
      long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);                         \
                                                                                                                       \
  /* The same for one image stored H x W x C. idx is the place in the window, i * kw + j, not in the image. Gradients  \
     add into dx. */                                                                                                   \
  void ck_max_pool2d_nhwc_##t(T *out, int32_t *idx, const T *x, long C, long H, long W, long kh, long kw, long sh,     \
      long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);                                                  \
  void ck_max_pool2d_grad_nhwc_##t(T *dx, const T *g, const int32_t *idx, long C, long H, long W, long kh, long kw,    \
      long sh, long sw, long ph, long pw, long dh, long dw, long Ho, long Wo);                                         \
  void ck_avg_pool2d_nhwc_##t(T *out, const T *x, long C, long H, long W, long kh, long kw, long sh,                   \
      long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);                         \
  void ck_avg_pool2d_grad_nhwc_##t(T *dx, const T *g, long C, long H, long W, long kh, long kw, long sh,               \
      long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0);
CK_DECLARE_IMAGE(float, f32)
CK_DECLARE_IMAGE(double, f64)

// Convolutions of channels-last images with 3 x 3 filters, stride 1, by Winograd's F(2 x 2, 3 x 3); in and out are
// multiples of 16. Patches of 2 x 2 results are numbered through all images; a call computes first ..< last of them.
// `turned` filters compute the gradient of the image from that of the result: `in` is then the filter's out, and the
// padding 2 minus the forward one. The weights are [out][in][3][3].
typedef struct {
  long height, width, out_height, out_width, pad_top, pad_left;
} CkWinograd;
size_t ck_winograd_filter_f32(long in, long out);   // bytes of transformed weights, and of the sums of products
size_t ck_winograd_scratch_f32(long in, long out);  // bytes of scratch, the caller's own a thread
// For the panels of 16 results from `first` to `end`.
void ck_winograd_weights_f32(float *u, const float *w, long in, long out, bool turned, long first, long end);
void ck_winograd_f32(float *y, const float *x, const float *u, const float *bias, const CkWinograd *g, long in, long out,
    long first, long last, float *scratch);
// Adds the products of transformed patches of x and dy into du; the second makes the gradient of the weights of it.
void ck_winograd_products_f32(float *du, const float *x, const float *dy, const CkWinograd *g, long in, long out,
    long first, long last, float *scratch);
void ck_winograd_weights_grad_f32(float *dw, const float *du, long in, long out, long first, long end);
