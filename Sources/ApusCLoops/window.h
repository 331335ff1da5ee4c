// Private to CKernels: sliding-window arithmetic shared by convolution and pooling.
#pragma once
#include "ck_base.h"

// The range of output positions whose input position o * stride + offset lies in [0, size).
CK_INLINE void ck_valid_range(long offset, long stride, long size, long outputs, long *first, long *last) {
  long lo = offset < 0 ? (-offset + stride - 1) / stride : 0;
  long hi = offset >= size ? 0 : (size - offset + stride - 1) / stride;
  *first = lo < outputs ? lo : outputs;
  hi = hi < outputs ? hi : outputs;
  *last = hi > *first ? hi : *first;
}

// The window positions [first, last) whose input position start + i * dilation lies in [0, size).
CK_INLINE void ck_inside(long start, long window, long dilation, long size, long *first, long *last) {
  ck_valid_range(start, dilation, size, window, first, last);
}

// The outputs [first, last) whose whole window lies inside the input.
CK_INLINE void ck_whole_windows(
    long size, long window, long stride, long padding, long dilation, long outputs, long *first, long *last) {
  long lo = (padding + stride - 1) / stride;
  long room = size + padding - dilation * (window - 1) - 1;
  long hi = room < 0 ? 0 : room / stride + 1;
  *first = lo < outputs ? lo : outputs;
  hi = hi < outputs ? hi : outputs;
  *last = hi > *first ? hi : *first;
}

// n / d, or -1 where d does not divide n. Small strides are spared the division.
CK_INLINE long ck_exact_quotient(long n, long d) {
  if (d == 1) return n;
  if (d == 2) return n & 1 ? -1 : n >> 1;
  return n % d ? -1 : n / d;
}

// PyTorch's rule: the padded window is cut at the padded edge, the unpadded one at the image's.
CK_INLINE long ck_pool_divisor(long oy, long ox, long H, long W, long kh, long kw, long sh, long sw, long ph, long pw,
    bool count_include_pad, long divisor_or_0) {
  if (divisor_or_0) return divisor_or_0;
  long y0 = oy * sh - ph, x0 = ox * sw - pw;
  long y1 = y0 + kh < H + ph ? y0 + kh : H + ph, x1 = x0 + kw < W + pw ? x0 + kw : W + pw;
  if (!count_include_pad) {
    y0 = y0 < 0 ? 0 : y0;
    x0 = x0 < 0 ? 0 : x0;
    y1 = y1 < H ? y1 : H;
    x1 = x1 < W ? x1 : W;
  }
  return (y1 - y0) * (x1 - x0);
}
