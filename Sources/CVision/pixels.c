// Loops over single pixels.
#include "kernel.h"

void cv_look_up(const uint8_t *in, uint8_t *out, size_t count, const uint8_t *table) {
  for (size_t i = 0; i < count; i++) out[i] = table[in[i]];
}

void cv_histogram(const uint8_t *in, size_t count, uint32_t *counts) {
  for (size_t i = 0; i < count; i++) counts[in[i]]++;
}

enum { CV_PERIOD = 48 };

CV_KERNEL void cv_normalize_f32(const float *in, float *out, size_t planes, size_t area, size_t group, size_t channels,
    const float *mean, const float *deviation) {
  for (size_t p = 0; p < planes; p++) {
    const float *from = in + p * area * group;
    float *to = out + p * area * group;
    size_t first = p * group % channels, count = area * group, i = 0;
    // 48 elements are whole pixels of up to four channels.
    float means[CV_PERIOD], deviations[CV_PERIOD];
    for (size_t k = 0; k < CV_PERIOD; k++) {
      means[k] = mean[first + k % group];
      deviations[k] = deviation[first + k % group];
    }
    for (; i + CV_PERIOD <= count; i += CV_PERIOD)
      for (size_t k = 0; k < CV_PERIOD; k++) to[i + k] = (from[i + k] - means[k]) / deviations[k];
    for (size_t k = 0; i < count; i++, k++) to[i] = (from[i] - means[k]) / deviations[k];
  }
}
