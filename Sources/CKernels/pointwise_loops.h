// The loops behind every micro-kernel; the expression sees x, y and z, the elements at one index, and the scalar s.
#pragma once
#include "ck_base.h"

// An output is either an input itself or apart from it, so iterations are independent although pointers may be equal.
#define CK_EACH(n) _Pragma("clang loop vectorize(assume_safety) interleave(enable)") for (long i = 0; i < (n); i++)

// For long chains of dependent steps: four vectors side by side, since the scheduler does not look far enough ahead to
// overlap one with the next.
#define CK_EACH_OF_FOUR(n)                                                                                            \
  _Pragma("clang loop vectorize(assume_safety) interleave_count(4)") for (long i = 0; i < (n); i++)

#define CK_UNARY(op, T, t, expression)                                                                                \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, long n) {                                                           \
    CK_EACH(n) {                                                                                                       \
      T x = a[i];                                                                                                      \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_UNARY_DEEP(op, T, t, expression)                                                                           \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, long n) {                                                           \
    CK_EACH_OF_FOUR(n) {                                                                                               \
      T x = a[i];                                                                                                      \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_BINARY(op, T, t, expression)                                                                               \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, const T *b, long n) {                                               \
    CK_EACH(n) {                                                                                                       \
      T x = a[i], y = b[i];                                                                                            \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_SCALAR(op, T, t, expression)                                                                               \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, T s, long n) {                                                      \
    CK_EACH(n) {                                                                                                       \
      T x = a[i];                                                                                                      \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_BINARY_SCALAR(op, T, t, expression)                                                                        \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, const T *b, T s, long n) {                                          \
    CK_EACH(n) {                                                                                                       \
      T x = a[i], y = b[i];                                                                                            \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_TERNARY(op, T, t, expression)                                                                              \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, const T *b, const T *c, long n) {                                   \
    CK_EACH(n) {                                                                                                       \
      T x = a[i], y = b[i], z = c[i];                                                                                  \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

// A loop of library calls gains nothing from clones.
#define CK_UNARY_CALL(op, T, t, expression)                                                                           \
  void ck_##op##_##t(T *out, const T *a, long n) {                                                                     \
    for (long i = 0; i < n; i++) {                                                                                     \
      T x = a[i];                                                                                                      \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

#define CK_BINARY_CALL(op, T, t, expression)                                                                          \
  void ck_##op##_##t(T *out, const T *a, const T *b, long n) {                                                         \
    for (long i = 0; i < n; i++) {                                                                                     \
      T x = a[i], y = b[i];                                                                                            \
      out[i] = (T)(expression);                                                                                        \
    }                                                                                                                  \
  }

// Arithmetic, comparison and selection read the same for every type.
#define CK_COMPARISONS(T, t)                                                                                          \
  CK_BINARY(eq, T, t, x == y)                                                                                          \
  CK_BINARY(ne, T, t, x != y)                                                                                          \
  CK_BINARY(lt, T, t, x < y)                                                                                           \
  CK_BINARY(le, T, t, x <= y)                                                                                          \
  CK_BINARY(gt, T, t, x > y)                                                                                           \
  CK_BINARY(ge, T, t, x >= y)                                                                                          \
  CK_SCALAR(eq_s, T, t, x == s)                                                                                        \
  CK_SCALAR(ne_s, T, t, x != s)                                                                                        \
  CK_SCALAR(lt_s, T, t, x < s)                                                                                         \
  CK_SCALAR(le_s, T, t, x <= s)                                                                                        \
  CK_SCALAR(gt_s, T, t, x > s)                                                                                         \
  CK_SCALAR(ge_s, T, t, x >= s)                                                                                        \
  CK_UNARY(not, T, t, x == 0)                                                                                          \
  CK_BINARY(and, T, t, (x != 0) & (y != 0))                                                                            \
  CK_BINARY(or, T, t, (x != 0) | (y != 0))                                                                             \
  CK_BINARY(xor, T, t, (x != 0) != (y != 0))                                                                           \
  CK_TERNARY(select, T, t, x != 0 ? y : z)                                                                             \
  CK_KERNEL void ck_fill_##t(T *out, T s, long n) {                                                                    \
    CK_EACH(n) out[i] = s;                                                                                             \
  }
