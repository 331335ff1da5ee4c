// What every kernel file shares: the half-precision storage types and the per-CPU clone attribute.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CK_NO_CLONES 1
#endif
#endif

// A kernel marked CK_KERNEL is compiled for baseline x86-64, AVX2 and AVX-512 and the best one is bound at load time.
#if defined(__x86_64__) && defined(__linux__) && !defined(CK_NO_CLONES)
#define CK_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CK_KERNEL
#endif

#define CK_INLINE static inline __attribute__((always_inline))

typedef uint16_t ck_f16;   // IEEE binary16 bits
typedef uint16_t ck_bf16;  // bfloat16 bits

// Complex numbers, as C's own types lie in memory; of the first the parts are binary16 bits.
typedef struct { uint16_t re, im; } ck_c32;
typedef struct { float re, im; } ck_c64;
typedef struct { double re, im; } ck_c128;

// The text of ck_math.h and ck_circular.h.
const char *ck_math_text(void);
