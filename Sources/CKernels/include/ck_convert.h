// Conversion between element types, and movement between strided and contiguous memory.
#pragma once
#include "ck_base.h"

// Type codes: 0 bool (a byte, 0 or 1), 1 u8, 2 i8, 3 i16, 4 i32, 5 i64, 6 f16, 7 bf16, 8 f32, 9 f64, 10 u16, 11 u32, 12 u64,
// 13 float8 e4m3fn, 14 float8 e5m2, 15 complex of two f32, 16 complex of two f64, 17 complex of two f16.
typedef void (*ck_convert_fn)(void *out, const void *in, long n);

// The conversion of n elements from one type to another, NULL for a code that does not exist. To bool is `!= 0`; a
// fraction is cut towards zero, a value beyond int64 becomes INT64_MIN and narrower integers keep its low bits; to a
// narrow floating point type rounds to nearest even; of a complex number the real part stays. Input and output must not overlap, unless they are the same type and memory.
ck_convert_fn ck_convert_function(int from, int to);

// out[i] = in[i * stride], for elements of any size. A stride may be zero or negative.
void ck_gather_strided(void *out, const void *in, long stride_elements, long n, int element_size);
// n elements of a strided block, from element `start` in row-major order: sizes and strides (in elements) of its `rank` dimensions.
void ck_gather_walk(void *out, const void *in, const long *sizes, const long *strides, long rank, long start, long n,
                    int element_size);
// out[2 i] = a[i] and out[2 i + 1] = b[i], for elements of 2, 4 or 8 bytes.
void ck_interleave(void *out, const void *a, const void *b, long n, int element_size);
// out[i * stride] = in[i].
void ck_scatter_strided(void *out, long stride_elements, const void *in, long n, int element_size);
