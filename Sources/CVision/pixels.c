// Loops over single pixels.
#include "kernel.h"

void cv_look_up(const uint8_t *in, uint8_t *out, size_t count, const uint8_t *table) {
  for (size_t i = 0; i < count; i++) out[i] = table[in[i]];
}

void cv_histogram(const uint8_t *in, size_t count, uint32_t *counts) {
  for (size_t i = 0; i < count; i++) counts[in[i]]++;
}

CV_KERNEL void cv_extremes(const uint8_t *in, size_t count, uint8_t *least, uint8_t *greatest) {
  uint8_t low = 255, high = 0;
  for (size_t i = 0; i < count; i++) {
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  *least = low;
  *greatest = high;
}

CV_KERNEL void cv_invert(const uint8_t *in, uint8_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)~in[i];
}

#define CV_PICK(SIZE)                                                                                                  \
  case SIZE:                                                                                                           \
    for (size_t i = 0; i < count; i++) __builtin_memcpy(out + SIZE * i, in + SIZE * (size_t)places[i], SIZE);          \
    return;

void cv_pick(const uint8_t *in, uint8_t *out, const int32_t *places, size_t count, size_t size) {
  switch (size) { CV_PICK(1) CV_PICK(2) CV_PICK(3) CV_PICK(4) CV_PICK(6) CV_PICK(8) CV_PICK(12) CV_PICK(16) CV_PICK(24) }
  for (size_t i = 0; i < count; i++) __builtin_memcpy(out + size * i, in + size * (size_t)places[i], size);
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
