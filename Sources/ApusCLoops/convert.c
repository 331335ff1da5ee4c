// All conversions between element types.
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

// The 8-bit floating point types: EXP bits of the exponent and MAN of the significand. A float is brought to the unit of its
// neighbours there by adding and taking off a power of two, which rounds to nearest even.
CK_INLINE uint8_t float8_of_float(float x, int exponent_bits, int digits, uint32_t largest, uint32_t beyond) {
  uint32_t bits = ckm_bits_f32(x);
  uint32_t magnitude = bits & 0x7fffffffu;
  uint8_t sign = (uint8_t)(bits >> 31 << 7);
  int bias = (1 << (exponent_bits - 1)) - 1;
  if (magnitude > 0x7f800000u) return sign | 0x7fu;
  int exponent = (int)(magnitude >> 23) - 127;
  if (exponent < 1 - bias) {
    // Subnormal: a multiple of the smallest number.
    float unit = ckm_float((uint32_t)(127 + 1 - bias - digits) << 23);
    float scaled = ckm_float(magnitude) / unit;
    float rounded = (scaled + 0x1p23f) - 0x1p23f;
    return sign | (uint8_t)rounded;
  }
  int shift = 23 - digits;
  uint32_t rounded = magnitude + ((1u << (shift - 1)) - 1) + ((magnitude >> shift) & 1u);
  uint32_t result = (rounded >> shift) - ((uint32_t)(127 - bias) << digits);
  return sign | (uint8_t)(magnitude >= 0x7f800000u || result > largest ? beyond : result);
}

CK_INLINE float float_of_float8(uint8_t x, int exponent_bits, int digits) {
  int bias = (1 << (exponent_bits - 1)) - 1;
  uint32_t exponent = (x & 0x7fu) >> digits, fraction = x & ((1u << digits) - 1);
  float value = exponent == 0 ? (float)fraction * ckm_float((uint32_t)(127 + 1 - bias - digits) << 23)
                              : ckm_float((exponent + 127 - (uint32_t)bias) << 23 | fraction << (23 - digits));
  return x & 0x80u ? -value : value;
}

// e4m3fn has no infinity: what is too large becomes the largest number, as PyTorch has it.
CK_INLINE uint8_t e4m3_of_float(float x) { return float8_of_float(x, 4, 3, 0x7eu, 0x7eu); }
CK_INLINE uint8_t e5m2_of_float(float x) { return float8_of_float(x, 5, 2, 0x7bu, 0x7cu); }
CK_INLINE float float_of_e4m3(uint8_t x) { return (x & 0x7fu) == 0x7fu ? __builtin_nanf("") : float_of_float8(x, 4, 3); }
CK_INLINE float float_of_e5m2(uint8_t x) {
  uint32_t magnitude = x & 0x7fu;
  float infinite = x & 0x80u ? -__builtin_inff() : __builtin_inff();
  return magnitude > 0x7cu ? __builtin_nanf("") : magnitude == 0x7cu ? infinite : float_of_float8(x, 5, 2);
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

// Beyond int64 an unsigned integer goes on; negative values wrap.
CK_INLINE uint64_t unsigned_of_double(double x) {
  return x >= 0x1p63 && x < 0x1p64 ? (uint64_t)(x - 0x1p63) + 0x8000000000000000u : (uint64_t)integer_of_double(x);
}

// How each type is stored, the C type that its value is computed in, and the way in and out. A conversion loads a value
// and stores it: to an integer type through int64, so that an integer wraps and a fraction is cut.
#define WHOLE_OF_WHOLE(x) ((int64_t)(x))
#define WHOLE_OF_FRACTION(x) integer_of_double((double)(x))
#define WHOLE_OF_WHOLE_32(x) ((int64_t)(x))
#define WHOLE_OF_FRACTION_32(x) int32_of_double((double)(x))
#define WHOLE_OF_WHOLE_U64(x) ((uint64_t)(x))
#define WHOLE_OF_FRACTION_U64(x) unsigned_of_double((double)(x))
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
  M(f64, double, LOAD_PLAIN, WHOLE_OF_FRACTION, __VA_ARGS__)                                                           \
  M(u16, uint16_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                            \
  M(u32, uint32_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                            \
  M(u64, uint64_t, LOAD_PLAIN, WHOLE_OF_WHOLE, __VA_ARGS__)                                                            \
  M(e4m3, uint8_t, float_of_e4m3, WHOLE_OF_FRACTION, __VA_ARGS__)                                                      \
  M(e5m2, uint8_t, float_of_e5m2, WHOLE_OF_FRACTION, __VA_ARGS__)                                                      \
  M(c64, ck_c64, LOAD_REAL, WHOLE_OF_FRACTION, __VA_ARGS__)                                                            \
  M(c128, ck_c128, LOAD_REAL, WHOLE_OF_FRACTION, __VA_ARGS__)                                                          \
  M(c32, ck_c32, LOAD_REAL_HALF, WHOLE_OF_FRACTION, __VA_ARGS__)

// Of a complex number the real part stays.
#define LOAD_REAL(x) ((x).re)
#define LOAD_REAL_HALF(x) float_of_half((x).re)
#define STORE_BOOL(x, whole) ((x) != 0)
#define STORE_WHOLE(x, whole) whole(x)
// x86 converts to int32 by itself: what does not fit becomes INT32_MIN, not the low half of a wider number.
#define STORE_INT32(x, whole) whole##_32(x)
#define STORE_HALF(x, whole) half_of_float((float)(x))
#define STORE_BFLOAT(x, whole) bfloat_of_float((float)(x))
#define STORE_PLAIN(x, whole) (x)
#define STORE_U64(x, whole) whole##_U64(x)
#define STORE_E4M3(x, whole) e4m3_of_float((float)(x))
#define STORE_E5M2(x, whole) e5m2_of_float((float)(x))
#define STORE_C64(x, whole) {(float)(x), 0}
#define STORE_C128(x, whole) {(double)(x), 0}
#define STORE_C32(x, whole) {half_of_float((float)(x)), 0}

// Clones by processor are for the types that are computed with; the others are for storage.
#define CONVERSION(from, FROM, load, whole, to, TO, store)                                                            \
  CK_KERNEL PLAIN_CONVERSION(from, FROM, load, whole, to, TO, store)
#define PLAIN_CONVERSION(from, FROM, load, whole, to, TO, store)                                                      \
  static void convert_##from##_##to(void *restrict out, const void *restrict in, long n) {                             \
    const FROM *source = in;                                                                                           \
    TO *target = out;                                                                                                  \
    for (long i = 0; i < n; i++) {                                                                                     \
      TO value = store(load(source[i]), whole);                                                                        \
      target[i] = value;                                                                                               \
    }                                                                                                                  \
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
TYPE(PLAIN_CONVERSION, u16, uint16_t, STORE_WHOLE)
TYPE(PLAIN_CONVERSION, u32, uint32_t, STORE_WHOLE)
TYPE(PLAIN_CONVERSION, u64, uint64_t, STORE_U64)
TYPE(PLAIN_CONVERSION, e4m3, uint8_t, STORE_E4M3)
TYPE(PLAIN_CONVERSION, e5m2, uint8_t, STORE_E5M2)
TYPE(PLAIN_CONVERSION, c64, ck_c64, STORE_C64)
TYPE(PLAIN_CONVERSION, c128, ck_c128, STORE_C128)
TYPE(PLAIN_CONVERSION, c32, ck_c32, STORE_C32)

// What keeps the imaginary part.
#define COMPLEX_CONVERSION(from, FROM, to, TO, value)                                                                 \
  static void keep_##from##_##to(void *restrict out, const void *restrict in, long n) {                               \
    const FROM *source = in;                                                                                           \
    TO *target = out;                                                                                                  \
    for (long i = 0; i < n; i++) {                                                                                     \
      FROM x = source[i];                                                                                              \
      target[i] = value;                                                                                               \
    }                                                                                                                  \
  }
COMPLEX_CONVERSION(c64, ck_c64, c128, ck_c128, ((ck_c128){x.re, x.im}))
COMPLEX_CONVERSION(c128, ck_c128, c64, ck_c64, ((ck_c64){(float)x.re, (float)x.im}))
COMPLEX_CONVERSION(c32, ck_c32, c64, ck_c64, ((ck_c64){float_of_half(x.re), float_of_half(x.im)}))
COMPLEX_CONVERSION(c32, ck_c32, c128, ck_c128, ((ck_c128){float_of_half(x.re), float_of_half(x.im)}))
COMPLEX_CONVERSION(c64, ck_c64, c32, ck_c32, ((ck_c32){half_of_float(x.re), half_of_float(x.im)}))
COMPLEX_CONVERSION(c128, ck_c128, c32, ck_c32, ((ck_c32){half_of_float((float)x.re), half_of_float((float)x.im)}))
COMPLEX_CONVERSION(c64, ck_c64, b8, uint8_t, (x.re != 0) | (x.im != 0))
COMPLEX_CONVERSION(c128, ck_c128, b8, uint8_t, (x.re != 0) | (x.im != 0))
COMPLEX_CONVERSION(c32, ck_c32, b8, uint8_t, ((x.re | x.im) & 0x7fff) != 0)

// The same type twice moves bytes.
static void copy_1(void *out, const void *in, long n) { memmove(out, in, (size_t)n); }
static void copy_2(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 2); }
static void copy_4(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 4); }
static void copy_8(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 8); }

static void copy_16(void *out, const void *in, long n) { memmove(out, in, (size_t)n * 16); }

#define ENTRY(from, FROM, load, whole, to) convert_##from##_##to,
#define TARGET(to) {TYPE(ENTRY, to)}
#define TYPES 18

ck_convert_fn ck_convert_function(int from, int to) {
  // By target, then source.
  static const ck_convert_fn functions[TYPES][TYPES] = {
    TARGET(b8),  TARGET(u8),  TARGET(i8),  TARGET(i16),  TARGET(i32),  TARGET(i64), TARGET(f16),  TARGET(bf16), TARGET(f32),
    TARGET(f64), TARGET(u16), TARGET(u32), TARGET(u64), TARGET(e4m3), TARGET(e5m2), TARGET(c64), TARGET(c128),
    TARGET(c32),
  };
  static const ck_convert_fn copies[TYPES] = {
    copy_1, copy_1, copy_1, copy_2, copy_4, copy_8, copy_2, copy_2, copy_4,
    copy_8, copy_2, copy_4, copy_8, copy_1, copy_1, copy_8, copy_16,
    copy_4,
  };
  if (from < 0 || from >= TYPES || to < 0 || to >= TYPES) return NULL;
  if (from == to) return copies[from];
  // What keeps the imaginary part, by source, then target.
  static const ck_convert_fn kept[3][3] = {
    {NULL, keep_c64_c128, keep_c64_c32}, {keep_c128_c64, NULL, keep_c128_c32}, {keep_c32_c64, keep_c32_c128, NULL},
  };
  static const ck_convert_fn truths[3] = {keep_c64_b8, keep_c128_b8, keep_c32_b8};
  if (from >= 15 && to >= 15) return kept[from - 15][to - 15];
  if (from >= 15 && to == 0) return truths[from - 15];
  return functions[to][from];
}

#define STRIDED(T)                                                                                                    \
  static CK_KERNEL void repeat_##T(T *restrict out, T value, long n) {                                                 \
    for (long i = 0; i < n; i++) out[i] = value;                                                                       \
  }                                                                                                                    \
  static CK_KERNEL void gather_even_##T(T *restrict out, const T *restrict in, long n) {                               \
    for (long i = 0; i < n; i++) out[i] = in[2 * i];                                                                   \
  }                                                                                                                    \
  static void gather_##T(T *restrict out, const T *restrict in, long stride, long n) {                                 \
    if (stride == 1) {                                                                                                 \
      memcpy(out, in, (size_t)n * sizeof(T));                                                                          \
    } else if (stride == 0) {                                                                                          \
      repeat_##T(out, *in, n);                                                                                         \
    } else if (stride == 2) {                                                                                          \
      gather_even_##T(out, in, n);                                                                                     \
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
STRIDED(ck_c128)

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

// The move of elements of a size; `...` is what it takes.
#define MOVE_BY_SIZE(move, ...)                                                                                        \
  switch (element_size) {                                                                                              \
  case 1: move##_uint8_t(__VA_ARGS__); break;                                                                          \
  case 2: move##_uint16_t(__VA_ARGS__); break;                                                                         \
  case 4: move##_uint32_t(__VA_ARGS__); break;                                                                         \
  case 8: move##_uint64_t(__VA_ARGS__); break;                                                                         \
  case 16: move##_ck_c128(__VA_ARGS__); break;                                                                         \
  default: move##_bytes(__VA_ARGS__, element_size); break;                                                             \
  }

void ck_gather_strided(void *out, const void *in, long stride_elements, long n, int element_size) {
  if (n <= 0) return;
  MOVE_BY_SIZE(gather, out, in, stride_elements, n)
}

// Runs of the last dimension, one after the other; the others count as an odometer does.
#define WALK(gather)                                                                                                   \
  long place[rank], offset = 0, last = rank - 1, step = strides[last];                                                 \
  for (long d = last; d >= 0; d--) {                                                                                   \
    place[d] = start % sizes[d];                                                                                       \
    start /= sizes[d];                                                                                                 \
    offset += place[d] * strides[d];                                                                                   \
  }                                                                                                                    \
  while (n > 0) {                                                                                                      \
    long run = sizes[last] - place[last];                                                                              \
    if (run > n) run = n;                                                                                              \
    gather;                                                                                                            \
    n -= run;                                                                                                          \
    offset -= place[last] * step;                                                                                      \
    place[last] = 0;                                                                                                   \
    for (long d = last - 1; d >= 0; d--) {                                                                             \
      offset += strides[d];                                                                                            \
      if (++place[d] < sizes[d]) break;                                                                                \
      offset -= sizes[d] * strides[d];                                                                                 \
      place[d] = 0;                                                                                                    \
    }                                                                                                                  \
  }
#define WALK_OF(T)                                                                                                     \
  static void walk_##T(T *restrict out, const T *restrict in, const long *sizes, const long *strides, long rank,       \
      long start, long n) {                                                                                            \
    WALK({                                                                                                  \
      if (run < 16) {                                                                                                  \
        for (long i = 0; i < run; i++) out[i] = in[offset + i * step];                                                 \
      } else {                                                                                                         \
        gather_##T(out, in + offset, step, run);                                                                       \
      }                                                                                                                \
      out += run;                                                                                                      \
    })                                                                                                                 \
  }
WALK_OF(uint8_t)
WALK_OF(uint16_t)
WALK_OF(uint32_t)
WALK_OF(uint64_t)
WALK_OF(ck_c128)
static void walk_bytes(char *out, const char *in, const long *sizes, const long *strides, long rank, long start, long n,
    long size) {
  WALK({
    gather_bytes(out, in + offset * size, step, run, size);
    out += run * size;
  })
}

void ck_gather_walk(void *out, const void *in, const long *sizes, const long *strides, long rank, long start, long n,
    int element_size) {
  MOVE_BY_SIZE(walk, out, in, sizes, strides, rank, start, n)
}

#define INTERLEAVE(T)                                                                                                  \
  static CK_KERNEL void interleave_##T(T *restrict out, const T *restrict a, const T *restrict b, long n) {            \
    for (long i = 0; i < n; i++) {                                                                                     \
      out[2 * i] = a[i];                                                                                               \
      out[2 * i + 1] = b[i];                                                                                           \
    }                                                                                                                  \
  }
INTERLEAVE(uint16_t)
INTERLEAVE(uint32_t)
INTERLEAVE(uint64_t)

void ck_interleave(void *out, const void *a, const void *b, long n, int element_size) {
  switch (element_size) {
  case 2: interleave_uint16_t(out, a, b, n); break;
  case 4: interleave_uint32_t(out, a, b, n); break;
  case 8: interleave_uint64_t(out, a, b, n); break;
  }
}

void ck_scatter_strided(void *out, long stride_elements, const void *in, long n, int element_size) {
  if (n <= 0) return;
  MOVE_BY_SIZE(scatter, out, stride_elements, in, n)
}
