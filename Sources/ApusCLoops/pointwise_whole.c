// Formulas of several steps in one loop: what a formula computes of float32, from its inputs and the numbers given at the call.
#include "ck_pointwise.h"
#include <string.h>
#include "pointwise_loops.h"

// `declarations` reads the numbers, p[0] and so on, once.
#define CK_WHOLE(op, elements, declarations, expression)                                                               \
  CK_KERNEL void ck_whole_##op(float *out, const float *const *in, const float *p, long n) {                           \
    declarations;                                                                                                      \
    CK_EACH(n) {                                                                                                       \
      elements;                                                                                                        \
      out[i] = expression;                                                                                             \
    }                                                                                                                  \
  }
#define CK_WHOLE_UNARY(op, declarations, expression)                                                                   \
  CK_WHOLE(op, CK_X(float), const float *a = in[0]; (void)p; declarations, expression)
#define CK_WHOLE_BINARY(op, declarations, expression)                                                                  \
  CK_WHOLE(op, CK_XY(float), const float *a = in[0]; const float *b = in[1]; (void)p; declarations, expression)
#define CK_WHOLE_TERNARY(op, declarations, expression)                                                                 \
  CK_WHOLE(op, CK_XYZ(float), const float *a = in[0]; const float *b = in[1]; const float *c = in[2]; (void)p;         \
      declarations, expression)

// Held between limits, as ck_max_s_f32 and ck_min_s_f32 do it; NaN passes.
CK_INLINE float held(float x, float low, float high) {
  float y = ((x > low) | (x != x)) ? x : low;
  return ((y < high) | (y != y)) ? y : high;
}

CK_WHOLE_UNARY(clamp, float low = p[0]; float high = p[1], held(x, low, high))
CK_WHOLE_UNARY(hardsigmoid, , held(x + 3, 0, 6) / 6)
CK_WHOLE_UNARY(hardswish, , x *held(x + 3, 0, 6) / 6)
CK_WHOLE_UNARY(hardshrink, float limit = p[0], __builtin_fabsf(x) <= limit ? 0 : x)
CK_WHOLE_UNARY(softshrink, float limit = p[0], x - held(x, -limit, limit))
CK_WHOLE_UNARY(threshold, float limit = p[0]; float value = p[1], x <= limit ? value : x)
CK_WHOLE_UNARY(leaky_relu, float slope = p[0], x > 0 ? x : x * slope)
CK_WHOLE_UNARY(no_nan, , x != x ? 0 : x)
CK_WHOLE_UNARY(nan_to_num, float nan = p[0]; float high = p[1]; float low = p[2],
    x != x ? nan : x == __builtin_inff() ? high : x == -__builtin_inff() ? low : x)
CK_WHOLE_UNARY(angle, , x != x ? x : x < 0 ? 3.14159265358979323846f : 0)
CK_WHOLE_BINARY(prelu, , x > 0 ? x : x * y)
CK_WHOLE_BINARY(smooth_l1, float beta = p[0], ({
  float d = __builtin_fabsf(x - y);
  d < beta ? 0.5f * d * d / beta : d - 0.5f * beta;
}))
CK_WHOLE_BINARY(huber, float delta = p[0], ({
  float d = __builtin_fabsf(x - y);
  d < delta ? 0.5f * d * d : delta * (d - 0.5f * delta);
}))
CK_WHOLE_TERNARY(addcmul, float value = p[0], x + value * y * z)
CK_WHOLE_TERNARY(addcdiv, float value = p[0], x + value * y / z)

#define CK_FIND_WHOLE(op) if (strcmp(name, #op) == 0) return (CkKernel)ck_whole_##op;
CkKernel ck_whole_kernel_f32(const char *name) {
  CK_WHOLE_LIST(CK_FIND_WHOLE)
  return NULL;
}
