// Micro-kernels by name.
#include "ck_pointwise.h"
#include <string.h>

// Numbers come by address, so that all kernels take pointers only.
#define CK_CALL_SCALAR(op, T, t)                                                                                      \
  static void op##_##t(T *out, const T *a, const T *s, long n) { ck_##op##_##t(out, a, *s, n); }
#define CK_CALL_SCALED(op, T, t)                                                                                      \
  static void op##_##t(T *out, const T *a, const T *b, const T *s, long n) { ck_##op##_##t(out, a, b, *s, n); }

CK_FLOAT_SCALAR_LIST(CK_CALL_SCALAR, float, f32)
CK_FLOAT_SCALAR_LIST(CK_CALL_SCALAR, double, f64)
CK_INTEGER_SCALAR_LIST(CK_CALL_SCALAR, int64_t, i64)
CK_SCALED_LIST(CK_CALL_SCALED, float, f32)
CK_SCALED_LIST(CK_CALL_SCALED, double, f64)

#define CK_FIND(op, T, t) if (strcmp(name, #op) == 0) return (CkKernel)ck_##op##_##t;
#define CK_FIND_CALL(op, T, t) if (strcmp(name, #op) == 0) return (CkKernel)op##_##t;
#define CK_FIND_STREAM(op) if (strcmp(name, #op) == 0) return (CkKernel)ck_stream_##op;

#define CK_FIND_FLOAT(T, t)                                                                                            \
  CkKernel ck_kernel_##t(const char *name) {                                                                           \
    CK_FLOAT_LISTS(CK_FIND, CK_FIND, CK_FIND, CK_FIND, CK_FIND_CALL, CK_FIND_CALL, T, t)                               \
    CK_TERNARY_LIST(CK_FIND, T, t)                                                                                     \
    return NULL;                                                                                                       \
  }

CK_FIND_FLOAT(float, f32)
CK_FIND_FLOAT(double, f64)

CkKernel ck_kernel_i64(const char *name) {
  CK_INTEGER_UNARY_LIST(CK_FIND, int64_t, i64)
  CK_INTEGER_BINARY_LIST(CK_FIND, int64_t, i64)
  CK_TERNARY_LIST(CK_FIND, int64_t, i64)
  CK_INTEGER_SCALAR_LIST(CK_FIND_CALL, int64_t, i64)
  return NULL;
}

CkKernel ck_stream_kernel_f32(const char *name) {
  CK_STREAM_UNARY_LIST(CK_FIND_STREAM)
  CK_STREAM_BINARY_LIST(CK_FIND_STREAM)
  return NULL;
}
