// Objects of the Swift runtime.
#pragma once
#include "ck_base.h"

/// The runtime's function that makes an object (swift/Runtime/HeapObject.h).
extern void *swift_allocObject(const void *metadata, size_t size, size_t alignment_mask);

/// A new object of the class with this metadata; its fields are not initialised.
static inline void *ck_object_make(const void *metadata, size_t size, size_t alignment_mask) {
  return swift_allocObject(metadata, size, alignment_mask);
}
