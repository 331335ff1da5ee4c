// Images read between their elements.
#pragma once
#include "ck_base.h"

// What a position outside of an image reads: zeros, the element at the border, or the image mirrored there.
enum ck_grid_padding { CK_GRID_ZEROS, CK_GRID_BORDER, CK_GRID_REFLECTION };

// The neighbours of n positions between -1 and 1, `rank` numbers each, the last one of the first dimension of `sizes`: `nearest`, or the
// 2^rank around it. Of neighbour k of position i places[k * step + i] is the element, -1 outside of the image or for NaN, and weights[...] what
// it counts.
void ck_grid_places_f32(
    int64_t *places, float *weights, const float *grid, long n, long step, long rank, const long *sizes, bool nearest,
    enum ck_grid_padding padding, bool align_corners);
void ck_grid_places_f64(
    int64_t *places, double *weights, const double *grid, long n, long step, long rank, const long *sizes, bool nearest,
    enum ck_grid_padding padding, bool align_corners);

// out[i] = sum over `corners` (1, 4 or 8) k of x[places[k * step + i]] * weights[k * step + i], with 0 for what
// lies at negative places.
void ck_weighted_places_f32(
    float *out, const float *x, const int64_t *places, const float *weights, long n, long step, long corners);
void ck_weighted_places_f64(
    double *out, const double *x, const int64_t *places, const double *weights, long n, long step, long corners);
