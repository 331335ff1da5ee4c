// What the loops of this folder share.
#ifndef CFOURIER_BASE_H
#define CFOURIER_BASE_H
#include "CFourier.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CF_NO_CLONES 1
#endif
#endif

// Compiled for baseline x86-64, AVX2 and AVX-512; the best one is bound when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && !defined(CF_NO_CLONES)
#define CF_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CF_KERNEL
#endif
// The arrays that are read and written are different ones.
#define CF_LOOP _Pragma("clang loop vectorize(assume_safety) interleave(disable)")
#define CF_INLINE static inline __attribute__((always_inline))

#endif
