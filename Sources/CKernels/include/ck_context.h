// Two thread-local words: the innermost interpreter scope of the calling thread (gradient mode, error scope, tracer) and
// the innermost call of a module. They live here because Swift has no thread-local variables that cost one load.
#pragma once

extern _Thread_local void *ck_context_slot;

static inline void *ck_context_get(void) { return ck_context_slot; }
static inline void ck_context_set(void *context) { ck_context_slot = context; }

extern _Thread_local void *ck_module_slot;

static inline void *ck_module_get(void) { return ck_module_slot; }
static inline void ck_module_set(void *frame) { ck_module_slot = frame; }
