// Private to CKernels: 64-byte vectors (one AVX-512, two AVX2 or four SSE registers), tails, and exp/log for row programs.
#pragma once
#include "ck_base.h"

// These helpers take vectors by value but are always inlined, so the calling convention that -Wpsabi warns of never arises.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_PASTE2(a, b) a##_##b
#define CK_PASTE(a, b) CK_PASTE2(a, b)

typedef float ckv_f32 __attribute__((ext_vector_type(16)));
typedef int32_t ckv_i32 __attribute__((ext_vector_type(16)));
typedef double ckv_f64 __attribute__((ext_vector_type(8)));
typedef int64_t ckv_i64 __attribute__((ext_vector_type(8)));
typedef ckv_f32 ckv_f32_at __attribute__((aligned(4), may_alias));
typedef ckv_i32 ckv_i32_at __attribute__((aligned(4), may_alias));
typedef ckv_f64 ckv_f64_at __attribute__((aligned(8), may_alias));

CK_INLINE ckv_f32 ckv_load_f32(const float *p) { return *(const ckv_f32_at *)p; }
CK_INLINE ckv_f64 ckv_load_f64(const double *p) { return *(const ckv_f64_at *)p; }
typedef float ckv_f8 __attribute__((ext_vector_type(8)));
typedef ckv_f8 ckv_f8_at __attribute__((aligned(4), may_alias));
CK_INLINE ckv_f64 ckv_widen8_f32(const float *p) { return __builtin_convertvector(*(const ckv_f8_at *)p, ckv_f64); }
CK_INLINE ckv_f64 ckv_widen8_f64(const double *p) { return ckv_load_f64(p); }
CK_INLINE void ckv_store_f32(float *p, ckv_f32 v) { *(ckv_f32_at *)p = v; }
CK_INLINE void ckv_store_f64(double *p, ckv_f64 v) { *(ckv_f64_at *)p = v; }

// Tails are copied in power-of-two pieces: each is one move, where a memcpy of variable length would be a call.
#define CKV_MOVE_PIECE(to, from, count, lanes)                                                                         \
  if (count & lanes) { __builtin_memcpy(to, from, lanes * sizeof *from); to += lanes; from += lanes; }
#define CKV_MOVE_PART(to, from, count)                                                                                 \
  if (sizeof *from == 4) CKV_MOVE_PIECE(to, from, count, 8)                                                            \
  CKV_MOVE_PIECE(to, from, count, 4)                                                                                   \
  CKV_MOVE_PIECE(to, from, count, 2)                                                                                   \
  if (count & 1) *to = *from;
#define CKV_DEFINE_PARTS(T, t)                                                                                         \
  CK_INLINE ckv_##t ckv_load_part_##t(const T *p, long count, T fill) {                                                \
    ckv_##t v = fill;                                                                                                  \
    T *lane = (T *)&v;                                                                                                 \
    CKV_MOVE_PART(lane, p, count)                                                                                      \
    return v;                                                                                                          \
  }                                                                                                                    \
  CK_INLINE void ckv_store_part_##t(T *p, ckv_##t v, long count) {                                                     \
    const T *lane = (const T *)&v;                                                                                     \
    if (count & (long)(sizeof v / sizeof *p)) { ckv_store_##t(p, v); return; }                                         \
    CKV_MOVE_PART(p, lane, count)                                                                                      \
  }
CKV_DEFINE_PARTS(float, f32)
CKV_DEFINE_PARTS(double, f64)

// A tail that may read on to `limit`: a masked load of whatever follows is cheaper than pieces.
CK_INLINE ckv_f32 ckv_load_tail_f32(const float *p, long count, float fill, const float *limit) {
  const ckv_i32 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  if (limit - p < 16) return ckv_load_part_f32(p, count, fill);
  return lane < (ckv_i32)(int32_t)count ? ckv_load_f32(p) : (ckv_f32)fill;
}
CK_INLINE ckv_f64 ckv_load_tail_f64(const double *p, long count, double fill, const double *limit) {
  const ckv_i64 lane = {0, 1, 2, 3, 4, 5, 6, 7};
  if (limit - p < 8) return ckv_load_part_f64(p, count, fill);
  return lane < (ckv_i64)(int64_t)count ? ckv_load_f64(p) : (ckv_f64)fill;
}

CK_INLINE float ckv_sum_f32(ckv_f32 v) {
  __auto_type v8 = v.lo + v.hi;
  __auto_type v4 = v8.lo + v8.hi;
  __auto_type v2 = v4.lo + v4.hi;
  return v2.x + v2.y;
}
CK_INLINE double ckv_sum_f64(ckv_f64 v) {
  __auto_type v4 = v.lo + v.hi;
  __auto_type v2 = v4.lo + v4.hi;
  return v2.x + v2.y;
}
CK_INLINE float ckv_prod_f32(ckv_f32 v) {
  __auto_type v8 = v.lo * v.hi;
  __auto_type v4 = v8.lo * v8.hi;
  __auto_type v2 = v4.lo * v4.hi;
  return v2.x * v2.y;
}
CK_INLINE double ckv_prod_f64(ckv_f64 v) {
  __auto_type v4 = v.lo * v.hi;
  __auto_type v2 = v4.lo * v4.hi;
  return v2.x * v2.y;
}

// max/min that keep the second operand when the first is NaN: one instruction on x86. Callers watch for NaN themselves.
CK_INLINE ckv_f32 ckv_max_f32(ckv_f32 x, ckv_f32 m) { return x > m ? x : m; }
CK_INLINE ckv_f64 ckv_max_f64(ckv_f64 x, ckv_f64 m) { return x > m ? x : m; }
CK_INLINE ckv_f32 ckv_min_f32(ckv_f32 x, ckv_f32 m) { return x < m ? x : m; }
CK_INLINE ckv_f64 ckv_min_f64(ckv_f64 x, ckv_f64 m) { return x < m ? x : m; }
CK_INLINE float ckv_hmax_f32(ckv_f32 v) { return __builtin_reduce_max(v); }
CK_INLINE double ckv_hmax_f64(ckv_f64 v) { return __builtin_reduce_max(v); }
CK_INLINE float ckv_hmin_f32(ckv_f32 v) { return __builtin_reduce_min(v); }
CK_INLINE double ckv_hmin_f64(ckv_f64 v) { return __builtin_reduce_min(v); }

// x = n ln2 + r with |r| <= ln2/2. The magic constant rounds x/ln2 to the nearest integer and leaves it in the low bits
// of t = n + magic; ln2 comes in two parts.
#define CKV_REDUCE(V, x, magic, per_ln2, ln2_high, ln2_low)                                                            \
  V t = x * per_ln2 + magic;                                                                                           \
  V n = t - magic;                                                                                                     \
  V r = x - n * ln2_high;                                                                                              \
  r = r - n * ln2_low;

// exp(x) for x <= 0 up to about 88: 2^n e^r. Results below the smallest normal number are 0; NaN passes through.
CK_INLINE ckv_f32 ckv_exp_f32(ckv_f32 x) {
  ckv_f32 clamped = x < -87.3f ? (ckv_f32)-87.3f : x;
  CKV_REDUCE(ckv_f32, clamped, 0x1.8p23f, 0x1.715476p0f, 0x1.62ep-1f, 0x1.0bfbe8p-15f)
  ckv_f32 p = r * 1.381453988e-03f + 8.368745127e-03f;
  p = p * r + 4.166839079e-02f;
  p = p * r + 1.666652040e-01f;
  p = p * r + 4.999999343e-01f;
  p = p * (r * r) + r + 1.0f;
  ckv_i32 bits = ((ckv_i32)t << 23) + 0x3f800000;
  p = p * (ckv_f32)bits;
  return x < -87.3f ? (ckv_f32)0.0f : p;
}
CK_INLINE ckv_f64 ckv_exp_f64(ckv_f64 x) {
  ckv_f64 clamped = x < -708.3 ? (ckv_f64)-708.3 : x;
  CKV_REDUCE(ckv_f64, clamped, 0x1.8p52, 0x1.71547652b82fep0, 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45)
  ckv_f64 p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * (r * r) + r + 1.0;
  ckv_i64 bits = ((ckv_i64)t << 52) + 0x3ff0000000000000;
  p = p * (ckv_f64)bits;
  return x < -708.3 ? (ckv_f64)0.0 : p;
}

// Natural logarithm of one normal positive number (NaN passes through): 2 atanh((m-1)/(m+1)) + e ln2.
// `single` stops the series where float cannot tell.
CK_INLINE double ckv_log(double x, bool single) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, 8);
  if (!(x > 0.0)) return x == 0.0 ? -__builtin_inf() : __builtin_nan("");
  if (x > 0x1.fffffffffffffp1023) return x;
  uint64_t shifted = bits - 0x3fe6a09e667f3bcd;  // sqrt(1/2), so that m lies in [sqrt(1/2), sqrt(2))
  int64_t e = (int64_t)shifted >> 52;
  bits -= (uint64_t)e << 52;
  double m;
  __builtin_memcpy(&m, &bits, 8);
  double f = (m - 1.0) / (m + 1.0), s = f * f;
  double q = s * s, p;
  if (single) {
    p = (1.0 / 3 + s * (1.0 / 5)) + q * ((1.0 / 7 + s * (1.0 / 9)) + q * (1.0 / 11 + s * (1.0 / 13)));
  } else {
    double low = (1.0 / 3 + s * (1.0 / 5)) + q * (1.0 / 7 + s * (1.0 / 9));
    double middle = (1.0 / 11 + s * (1.0 / 13)) + q * (1.0 / 15 + s * (1.0 / 17));
    double high = (1.0 / 19 + s * (1.0 / 21)) + q * (1.0 / 23 + s * (1.0 / 25));
    p = low + (q * q) * (middle + (q * q) * high);
  }
  double small = 2.0 * (f * s * p + f);
  return small + ((double)e * 0x1.ef35793c7673p-45 + (double)e * 0x1.62e42fefa38p-1);
}
