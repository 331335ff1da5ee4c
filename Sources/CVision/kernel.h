// What the loops here share.
#pragma once
#include "CVision.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CV_NO_CLONES 1
#endif
#endif

// Compiled for baseline x86-64, AVX2 and AVX-512; the best one is bound when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && !defined(CV_NO_CLONES)
#define CV_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CV_KERNEL
#endif
#define CV_INLINE static inline __attribute__((always_inline))
