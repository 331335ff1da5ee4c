// All conversions between the ten element types.
#include "ck_convert.h"
#include <string.h>
#include "ck_math.h"

// binary16 in integer and float arithmetic alone, so that every machine and every vector width has it.
CK_INLINE float float_of_half(ck_f16 half) {
  uint32_t magnitude = (uint32_t)(half & 0x7fffu) << 13;
  // As float bits the exponent is 112 short; the product adds it and brings subnormal numbers to normal form.
  float value = ckm_float(magnitude) * 0x1p112f;
  uint32_t bits = magnitude >= 0x0f800000u ? magnitude | 0x7f800000u : ckm_bits_f32(value);
  return ckm_float(bits | ((uint32_t)(half & 0x8000u) << 16));
}

CK_INLINE ck_f16 half_of_float(float x) {
  uint32_t magnitude = ckm_bits_f32(x) & 0x7fffffffu;
  uint32_t sign = ckm_bits_f32(x) >> 31 << 15;
  // Normal halves: rebias the exponent and add just under half a unit, a whole half where the kept part is odd.
  uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  // Subnormal halves: adding 1/2 lines the unit of a half up with the last bit of the sum, which rounds.
  uint32_t subnormal = ckm_bits_f32(ckm_float(magnitude) + 0.5f) - 0x3f000000u;
  uint32_t finite = magnitude < 0x38800000u ? subnormal : normal;
  uint32_t bounded = magnitude >= 0x47800000u ? 0x7c00u : finite;
  uint32_t result = magnitude > 0x7f800000u ? 0x7e00u : bounded;
  return (ck_f16)(result | sign);
}

CK_INLINE float float_of_bfloat(ck_bf16 x) { return ckm_float((uint32_t)x << 16); }

CK_INLINE ck_bf16 bfloat_of_float(float x) {
  uint32_t bits = ckm_bits_f32(x);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return (ck_bf16)(x != x ? 0x7fc0u | (bits >> 31 << 15) : rounded);
}

// C leaves values that do not fit undefined; here they become INT64_MIN, as x86 has it.
CK_INLINE int64_t integer_of_double(double x) {
  int fits = x >= -0x1p63 && x < 0x1p63;
  int64_t value = (int64_t)(fits ? x : 0.0);
  return fits ? value : INT64_MIN;
}

CK_INLINE int32_t int32_of_double(double x) {
  int fits = x > -0x1p31 - 1 && x < 0x1p31;
  int32_t value = (int32_t)(fits ? x : 0.0);
  return fits ? value : INT32_MIN;
}

// How each type is stored, the C type that its value is computed in, and the way in and out. A conversion loads a value
// and stores it: to an integer type through int64, so that an integer wraps and a fraction is cut.
#define WHOLE_OF_WHOLE(x) ((int64_t)(x))
#define WHOLE_OF_FRACTION(x) integer_of_double((double)(x))
#define WHOLE_OF_WHOLE_32(x) ((int64_t)(x))
#define WHOLE_OF_FRACTION_32(x) int32_of_double((double)(x))
#define LOAD_PLAIN(x) (x)
#define TYPE(M, ...)                                                                                                  \
  M(b8, uint8_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                              \
  M(u8, uint8_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                              \
  M(i8, int8_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                               \
  M(i16, int16_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                             \
  M(i32, int32_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                             \
  M(i64, int64_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                             \
  M(f16, ck_f16, float_of_half, WHOLE_OF_FRACTION, __VA_ARGS__)                                                        \
  M(bf16, ck_bf16, float_of_bfloat, WHOLE_OF_FRACTION, __VA_ARGS__)                                                    \
  M(f32, float, LOAD_PLAIN, WHOLE_OF_FRACTION, __VA_ARGS__)                                                            \
  M(f64, double, LOAD_PLAIN, WHOLE_OF_FRACTION, __VA_ARGS__)

#define STORE_BOOL(x, whole) ((x) != 0)
#define STORE_WHOLE(x, whole) whole(x)
// x86 converts to int32 by itself: what does not fit becomes INT32_MIN, not the low half of a wider number.
#define STORE_INT32(x, whole) whole##_32(x)
#define STORE_HALF(x, whole) half_of_float((float)(x))
#define STORE_BFLOAT(x, whole) bfloat_of_float((float)(x))
#define STORE_PLAIN(x, whole) (x)

#define CONVERSION(from, FROM, load, whole, to, TO, store)                                                            \
  CK_KERNEL static void convert_##from##_##to(void *restrict out, const void *restrict in, long n) {                   \
    const FROM *source = in;                                                                                           \
    TO *target = out;                                                                                                  \
    for (long i = 0; i < n; i++) target[i] = (TO)(store(load(source[i]), whole));                                      \
  }

TYPE(CONVERSION, b8, uint8_t, STORE_BOOL)
TYPE(CONVERSION, u8, uint8_t, STORE_WHOLE)
TYPE(CONVERSION, i8, int8_t, STORE_WHOLE)
TYPE(CONVERSION, i16, int16_t, STORE_WHOLE)
TYPE(CONVERSION, i32, int32_t, STORE_INT32)
TYPE(CONVERSION, i64, int64_t, STORE_WHOLE)
TYPE(CONVERSION, f16, ck_f16, STORE_HALF)
TYPE(CONVERSION, bf16, ck_bf16, STORE_BFLOAT)
TYPE(CONVERSION, f32, float, STORE_PLAIN)
TYPE(CONVERSION, f64, double, STORE_PLAIN)

// The same type twice moves bytes.
static void copy_1(void *out, const void *in, long n) { memmove(out, in, (size_t)n); }
static void copy_2(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 2); }
static void copy_4(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 4); }
static void copy_8(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 8); }

#define ENTRY(from, FROM, load, whole, to) convert_##from##_##to,

ck_convert_fn ck_convert_function(int from, int to) {
  // By target, then source.
  static const ck_convert_fn functions[10][10] = {
    {TYPE(ENTRY, b8)},  {TYPE(ENTRY, u8)},  {TYPE(ENTRY, i8)},   {TYPE(ENTRY, i16)}, {TYPE(ENTRY, i32)},
    {TYPE(ENTRY, i64)}, {TYPE(ENTRY, f16)}, {TYPE(ENTRY, bf16)}, {TYPE(ENTRY, f32)}, {TYPE(ENTRY, f64)},
  };
  static const ck_convert_fn copies[10] = {
    copy_1, copy_1, copy_1, copy_2, copy_4, copy_8, copy_2, copy_2, copy_4, copy_8,
  };
  if (from < 0 || from > 9 || to < 0 || to > 9) return NULL;
  return from == to ? copies[from] : functions[to][from];
}

#define STRIDED(T)                                                                                                    \
  static void gather_##T(T *restrict out, const T *restrict in, long stride, long n) {                                 \
    if (stride == 1) {                                                                                                 \
      memcpy(out, in, (size_t)n * sizeof(T));                                                                          \
    } else if (stride == 0) {                                                                                          \
      T value = *in;                                                                                                   \
      for (long i = 0; i < n; i++) out[i] = value;                                                                     \
    } else if (stride == 2) {                                                                                          \
      for (long i = 0; i < n; i++) out[i] = in[2 * i];                                                                 \
    } else {                                                                                                           \
      for (long i = 0; i < n; i++) out[i] = in[i * stride];                                                            \
    }                                                                                                                  \
  }                                                                                                                    \
  static void scatter_##T(T *restrict out, long stride, const T *restrict in, long n) {                                \
    if (stride == 1) {                                                                                                 \
      memcpy(out, in, (size_t)n * sizeof(T));                                                                          \
    } else {                                                                                                           \
      for (long i = 0; i < n; i++) out[i * stride] = in[i];                                                            \
    }                                                                                                                  \
  }

STRIDED(uint8_t)
STRIDED(uint16_t)
STRIDED(uint32_t)
STRIDED(uint64_t)

// Elements of other sizes: those of registered types.
static void gather_bytes(char *out, const char *in, long stride, long n, long size) {
  if (stride == 1) {
    memcpy(out, in, (size_t)(n * size));
    return;
  }
  for (long i = 0; i < n; i++) memcpy(out + i * size, in + i * stride * size, (size_t)size);
}
static void scatter_bytes(char *out, long stride, const char *in, long n, long size) {
  for (long i = 0; i < n; i++) memcpy(out + i * stride * size, in + i * size, (size_t)size);
}

void ck_gather_strided(void *out, const void *in, long stride_elements, long n, int element_size) {
  if (n <= 0) return;
  switch (element_size) {
  case 1: gather_uint8_t(out, in, stride_elements, n); break;
  case 2: gather_uint16_t(out, in, stride_elements, n); break;
  case 4: gather_uint32_t(out, in, stride_elements, n); break;
  case 8: gather_uint64_t(out, in, stride_elements, n); break;
  case 16: gather_bytes(out, in, stride_elements, n, 16); break;
  default: gather_bytes(out, in, stride_elements, n, element_size); break;
  }
}

void ck_scatter_strided(void *out, long stride_elements, const void *in, long n, int element_size) {
  if (n <= 0) return;
  switch (element_size) {
  case 1: scatter_uint8_t(out, stride_elements, in, n); break;
  case 2: scatter_uint16_t(out, stride_elements, in, n); break;
  case 4: scatter_uint32_t(out, stride_elements, in, n); break;
  case 8: scatter_uint64_t(out, stride_elements, in, n); break;
  case 16: scatter_bytes(out, stride_elements, in, n, 16); break;
  default: scatter_bytes(out, stride_elements, in, n, element_size); break;
  }
}
