// Micro-kernels for results that are larger than the caches: written past them, so that no line is read only to be
// overwritten. Sixty-four results at a time are computed as ever and leave as whole cache lines.
#include "ck_pointwise.h"
#include "pointwise_loops.h"

#define PIECE 64
typedef float Line __attribute__((ext_vector_type(16)));

CK_INLINE void leave(float *out, const float *piece) {
  for (int i = 0; i < PIECE; i += 16) __builtin_nontemporal_store(*(const Line *)(piece + i), (Line *)(out + i));
}

// A result that does not begin at a line is written in the ordinary way.
#define CK_STREAM(op, arguments, call, values, expression)                                                            \
  CK_KERNEL void ck_stream_##op(float *out, arguments long n) {                                                        \
    long start = 0;                                                                                                    \
    if (((uintptr_t)out & 63) == 0)                                                                                    \
      for (; start + PIECE <= n; start += PIECE) {                                                                     \
        _Alignas(64) float piece[PIECE];                                                                               \
        CK_EACH_OF_FOUR(PIECE) {                                                                                       \
          values;                                                                                                      \
          piece[i] = (float)(expression);                                                                              \
        }                                                                                                              \
        leave(out + start, piece);                                                                                     \
      }                                                                                                                \
    if (start < n) ck_##op##_f32(out + start, call, n - start);                                                        \
  }

#define COMMA ,
#define CK_STREAM_UNARY(op, expression)                                                                               \
  CK_STREAM(op, const float *a COMMA, a + start, float x = a[start + i], expression)
#define CK_STREAM_BINARY(op, expression)                                                                              \
  CK_STREAM(op, const float *a COMMA const float *b COMMA, a + start COMMA b + start,                                  \
      float x = a[start + i] COMMA y = b[start + i], expression)

CK_KERNEL void ck_stream_exp(float *out, const float *a, long n) {
  long start = 0;
  if (((uintptr_t)out & 63) == 0)
    for (; start + PIECE <= n; start += PIECE) {
      _Alignas(64) float piece[PIECE];
      ck_exp_block_f32(piece, a + start, PIECE);
      leave(out + start, piece);
    }
  if (start < n) ck_exp_f32(out + start, a + start, n - start);
}
CK_STREAM_UNARY(tanh, ckm_tanh_f32(x))
CK_STREAM_UNARY(sigmoid, ckm_sigmoid_f32(x))
CK_STREAM_UNARY(gelu, ckm_gelu_f32(x))
CK_STREAM_UNARY(gelu_tanh, ckm_gelu_tanh_f32(x))
CK_STREAM_UNARY(silu, ckm_silu_f32(x))
CK_STREAM_UNARY(relu, x < 0 ? 0 : x)
CK_STREAM_BINARY(add, x + y)
CK_STREAM_BINARY(sub, x - y)
CK_STREAM_BINARY(mul, x *y)
CK_STREAM_BINARY(div, x / y)

void ck_stream_end(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}
