// What a profiler switches, in words that operations can read with one load, and the clock that it reads.
#pragma once

#include <stdint.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

// What is watched: the bits CK_WATCH_..., and above them the number of the session. Zero: nothing.
extern long ck_watch_word;
// Elements below which operations take their short paths, and bytes up to which a tensor's memory lies behind its object: who
// has to see them sets both to what none is below.
extern long ck_short_limit_word;
extern long ck_inline_limit_word;
// The calling thread's log of events.
extern _Thread_local void *ck_events_slot;

enum {
  CK_WATCH_EVENTS = 1,
  CK_WATCH_SHAPES = 2,
  CK_WATCH_MEMORY = 4,
  CK_WATCH_FLOPS = 8,
  CK_WATCH_STACK = 16,
  CK_WATCH_MODULES = 32,
  CK_WATCH_COUNTS = 64,
  CK_WATCH_RESULTS = 128,
  CK_WATCH_HISTORY = 256,
  CK_WATCH_BITS = 9
};

static inline long ck_watch_get(void) { return __atomic_load_n(&ck_watch_word, __ATOMIC_RELAXED); }
static inline long ck_short_limit(void) { return __atomic_load_n(&ck_short_limit_word, __ATOMIC_RELAXED); }
static inline long ck_inline_limit(void) { return __atomic_load_n(&ck_inline_limit_word, __ATOMIC_RELAXED); }
static inline void ck_watch_set(long word, long short_limit, long inline_limit) {
  __atomic_store_n(&ck_watch_word, word, __ATOMIC_RELAXED);
  __atomic_store_n(&ck_short_limit_word, short_limit, __ATOMIC_RELAXED);
  __atomic_store_n(&ck_inline_limit_word, inline_limit, __ATOMIC_RELAXED);
}

static inline void *ck_events_get(void) { return ck_events_slot; }
static inline void ck_events_set(void *events) { ck_events_slot = events; }

static inline uint64_t ck_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// The processor's clock, whose rate is not known beforehand.
static inline uint64_t ck_ticks(void) {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return ck_nanoseconds();
#endif
}

// The system's number of the calling thread, and of the process.
long ck_thread_number(void);
long ck_process_number(void);
