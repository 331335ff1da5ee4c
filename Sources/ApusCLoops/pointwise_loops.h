// The loops behind every micro-kernel; the expression sees x, y and z, the elements at one index, and the scalar s.
#pragma once
#include "ck_base.h"
#include "ck_math.h"
#include "ck_circular.h"

// An output is either an input itself or apart from it, so iterations are independent although pointers may be equal.
#define CK_EACH(n) _Pragma("clang loop vectorize(assume_safety) interleave(enable)") for (long i = 0; i < (n); i++)

// For long chains of dependent steps: four vectors side by side, since the scheduler does not look far enough ahead to
// overlap one with the next.
#define CK_EACH_OF_FOUR(n)                                                                                            \
  _Pragma("clang loop vectorize(assume_safety) interleave_count(4)") for (long i = 0; i < (n); i++)

// A loop of library calls gains nothing from more.
#define CK_EACH_CALL(n) for (long i = 0; i < (n); i++)

// Every kernel is one loop: what it takes, how it goes over the elements, and what it makes of those of one index.
#define CK_LOOP(linkage, name, parameters, each, elements, value)                                                      \
  linkage void name parameters {                                                                                       \
    each(n) {                                                                                                          \
      elements;                                                                                                        \
      out[i] = value;                                                                                                  \
    }                                                                                                                  \
  }
#define CK_X(T) T x = a[i]
#define CK_XY(T) CK_X(T); T y = b[i]
#define CK_XYZ(T) CK_XY(T); T z = c[i]

#define CK_UNARY(op, T, t, expression)                                                                                 \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, long n), CK_EACH, CK_X(T), (T)(expression))
#define CK_UNARY_DEEP(op, T, t, expression)                                                                            \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, long n), CK_EACH_OF_FOUR, CK_X(T), (T)(expression))
#define CK_UNARY_CALL(op, T, t, expression)                                                                            \
  CK_LOOP(, ck_##op##_##t, (T *out, const T *a, long n), CK_EACH_CALL, CK_X(T), (T)(expression))
#define CK_SCALAR(op, T, t, expression)                                                                                \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, T s, long n), CK_EACH, CK_X(T), (T)(expression))
#define CK_BINARY(op, T, t, expression)                                                                                \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, const T *b, long n), CK_EACH, CK_XY(T), (T)(expression))
#define CK_BINARY_CALL(op, T, t, expression)                                                                           \
  CK_LOOP(, ck_##op##_##t, (T *out, const T *a, const T *b, long n), CK_EACH_CALL, CK_XY(T), (T)(expression))
#define CK_BINARY_SCALAR(op, T, t, expression)                                                                         \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, const T *b, T s, long n), CK_EACH, CK_XY(T), (T)(expression))
#define CK_TERNARY(op, T, t, expression)                                                                               \
  CK_LOOP(CK_KERNEL, ck_##op##_##t, (T *out, const T *a, const T *b, const T *c, long n), CK_EACH,                     \
      CK_XYZ(T), (T)(expression))

// Floats, in blocks: one in which every element is near takes the expression without branches, another the slow one.
#define CK_BLOCKS(op, parameters, elements, shift, is_near, fast, slow)                                                \
  CK_KERNEL void ck_##op##_f32 parameters {                                                                            \
    while (n > 0) {                                                                                                    \
      long count = n < 512 ? n : 512;                                                                                  \
      uint32_t far = 0;                                                                                                \
      for (long i = 0; i < count; i++) {                                                                               \
        elements;                                                                                                      \
        far |= !(is_near);                                                                                             \
      }                                                                                                                \
      if (far) {                                                                                                       \
        CK_EACH_CALL(count) {                                                                                          \
          elements;                                                                                                    \
          out[i] = (float)(slow);                                                                                      \
        }                                                                                                              \
      } else {                                                                                                         \
        CK_EACH(count) {                                                                                               \
          elements;                                                                                                    \
          out[i] = (float)(fast);                                                                                      \
        }                                                                                                              \
      }                                                                                                                \
      shift;                                                                                                           \
      out += count;                                                                                                    \
      n -= count;                                                                                                      \
    }                                                                                                                  \
  }
#define CK_UNARY_BLOCKED(op, is_near, fast, slow)                                                                      \
  CK_BLOCKS(op, (float *out, const float *a, long n), CK_X(float), a += count, is_near, fast, slow)
#define CK_BINARY_BLOCKED(op, is_near, fast, slow)                                                                     \
  CK_BLOCKS(op, (float *out, const float *a, const float *b, long n), CK_XY(float), (a += count, b += count), is_near, \
      fast, slow)

#define CK_COMPARISON(op, T, t, sign)                                                                                  \
  CK_BINARY(op, T, t, x sign y)                                                                                        \
  CK_SCALAR(op##_s, T, t, x sign s)

// Arithmetic, comparison and selection read the same for every type.
#define CK_COMPARISONS(T, t)                                                                                           \
  CK_COMPARISON(eq, T, t, ==)                                                                                          \
  CK_COMPARISON(ne, T, t, !=)                                                                                          \
  CK_COMPARISON(lt, T, t, <)                                                                                           \
  CK_COMPARISON(le, T, t, <=)                                                                                          \
  CK_COMPARISON(gt, T, t, >)                                                                                           \
  CK_COMPARISON(ge, T, t, >=)                                                                                          \
  CK_UNARY(not, T, t, x == 0)                                                                                          \
  CK_BINARY(and, T, t, (x != 0) & (y != 0))                                                                            \
  CK_BINARY(or, T, t, (x != 0) | (y != 0))                                                                             \
  CK_BINARY(xor, T, t, (x != 0) != (y != 0))                                                                           \
  CK_TERNARY(select, T, t, x != 0 ? y : z)                                                                             \
  CK_KERNEL void ck_fill_##t(T *out, T s, long n) {                                                                    \
    CK_EACH(n) out[i] = s;                                                                                             \
  }

// A block of exponentials, of which nearly all have no large arguments and take the shorter way to the same results.
CK_INLINE void ck_exp_block_f32(float *to, const float *from, long count) {
  uint32_t largest = 0;
  for (long i = 0; i < count; i++) {
    uint32_t magnitude = ckm_bits_f32(from[i]) & 0x7fffffffu;
    largest = largest > magnitude ? largest : magnitude;
  }
  if (largest > CKM_EXP_NEAR_LIMIT_F32) {
    CK_EACH_OF_FOUR(count) to[i] = ckm_exp_f32(from[i]);
  } else {
    CK_EACH_OF_FOUR(count) to[i] = ckm_exp_near_f32(from[i]);
  }
}
