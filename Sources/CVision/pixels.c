// Loops over single pixels.
#include "kernel.h"

void cv_look_up(const uint8_t *in, uint8_t *out, size_t count, const uint8_t *table) {
  for (size_t i = 0; i < count; i++) out[i] = table[in[i]];
}

void cv_histogram(const uint8_t *in, size_t count, uint32_t *counts) {
  for (size_t i = 0; i < count; i++) counts[in[i]]++;
}
