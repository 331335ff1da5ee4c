// Two thread-local words: the innermost interpreter scope of the calling thread (gradient mode, error scope, tracer) and
// the innermost call of a module. They live here because Swift has no thread-local variables that cost one load. Beside
// them: a flag of a field that threads share.
#pragma once

// What the thread sanitizer is to know of an order that reference counts make: it does not see them. Nothing elsewhere.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_TELLS_ORDER 1
extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);
#endif
#endif
static inline void ck_order_acquire(void *address) {
#ifdef CK_TELLS_ORDER
  __tsan_acquire(address);
#else
  (void)address;
#endif
}
static inline void ck_order_release(void *address) {
#ifdef CK_TELLS_ORDER
  __tsan_release(address);
#else
  (void)address;
#endif
}

// A flag that any thread may raise, and read at any time.
static inline _Bool ck_flag_get(const _Bool *flag) { return __atomic_load_n(flag, __ATOMIC_RELAXED); }
static inline void ck_flag_raise(_Bool *flag) {
  if (!__atomic_load_n(flag, __ATOMIC_RELAXED)) __atomic_store_n(flag, 1, __ATOMIC_RELAXED);
}

extern _Thread_local void *ck_context_slot;

static inline void *ck_context_get(void) { return ck_context_slot; }
static inline void ck_context_set(void *context) { ck_context_slot = context; }

extern _Thread_local void *ck_module_slot;

static inline void *ck_module_get(void) { return ck_module_slot; }
static inline void ck_module_set(void *frame) { ck_module_slot = frame; }
