// One thread-local word: the innermost interpreter scope of the calling thread (gradient mode, error scope, tracer).
// It lives here because Swift has no thread-local variables that cost one load.
#pragma once

extern _Thread_local void *ck_context_slot;

static inline void *ck_context_get(void) { return ck_context_slot; }
static inline void ck_context_set(void *context) { ck_context_slot = context; }
