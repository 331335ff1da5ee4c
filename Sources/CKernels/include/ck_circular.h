// The part of the math prelude with the circular functions of floats. It follows ck_math.h and includes nothing, so that
// both together are one text for generated kernels.
#pragma once

// Where tables lie; languages of devices have words of their own for it.
#ifndef CKM_TABLE
#define CKM_TABLE static const
#endif

// 2^i * 2 / pi modulo 4, in two parts: 28 bits, so that a float times it is exact in double, and the rest.
CKM_TABLE double ckm_turn_high[105] = {
    0x1.45f306e000000p-1, 0x1.45f306e000000p+0, -0x1.7419f24000000p+0, 0x1.17cc1b8000000p+0, -0x1.d067c92000000p+0,
    0x1.7cc1b72000000p-2, 0x1.7cc1b72000000p-1, 0x1.7cc1b72000000p+0, -0x1.067c91c000000p+0, 0x1.f306dca000000p+0,
    -0x1.9f246c6000000p-4, -0x1.9f246c6000000p-3, -0x1.9f246c6000000p-2, -0x1.9f246c6000000p-1, -0x1.9f246c6000000p+0,
    0x1.836e4e4000000p-1, 0x1.836e4e4000000p+0, -0x1.f246c6e000000p-1, -0x1.f246c6e000000p+0, 0x1.b727220000000p-4,
    0x1.b727220000000p-3, 0x1.b727220000000p-2, 0x1.b727220000000p-1, 0x1.b727220000000p+0, -0x1.236377e000000p-1,
    -0x1.236377e000000p+0, 0x1.b939106000000p+0, -0x1.1b1bbea000000p-1, -0x1.1b1bbea000000p+0, 0x1.c9c882a000000p+0,
    -0x1.b1bbeae000000p-2, -0x1.b1bbeae000000p-1, -0x1.b1bbeae000000p+0, 0x1.391054a000000p-1, 0x1.391054a000000p+0,
    -0x1.8ddf56c000000p+0, 0x1.c882a54000000p-1, 0x1.c882a54000000p+0, -0x1.bbead60000000p-2, -0x1.bbead60000000p-1,
    -0x1.bbead60000000p+0, 0x1.1054a80000000p-1, 0x1.1054a80000000p+0, -0x1.df56b02000000p+0, 0x1.054a7f0000000p-2,
    0x1.054a7f0000000p-1, 0x1.054a7f0000000p+0, -0x1.f56b01e000000p+0, 0x1.529fc28000000p-4, 0x1.529fc28000000p-3,
    0x1.529fc28000000p-2, 0x1.529fc28000000p-1, 0x1.529fc28000000p+0, -0x1.5ac07b2000000p+0, 0x1.4a7f09e000000p+0,
    -0x1.6b01ec6000000p+0, 0x1.29fc276000000p+0, -0x1.ac07b16000000p+0, 0x1.4fe13ac000000p-1, 0x1.4fe13ac000000p+0,
    -0x1.603d8a8000000p+0, 0x1.3f84eb0000000p+0, -0x1.80f62a0000000p+0, 0x1.fc2757e000000p-1, 0x1.fc2757e000000p+0,
    -0x1.ec54170000000p-6, -0x1.ec54170000000p-5, -0x1.ec54170000000p-4, -0x1.ec54170000000p-3, -0x1.ec54170000000p-2,
    -0x1.ec54170000000p-1, -0x1.ec54170000000p+0, 0x1.3abe8fa000000p-3, 0x1.3abe8fa000000p-2, 0x1.3abe8fa000000p-1,
    0x1.3abe8fa000000p+0, -0x1.8a82e0a000000p+0, 0x1.d5f47d4000000p-1, 0x1.d5f47d4000000p+0, -0x1.505c15a000000p-2,
    -0x1.505c15a000000p-1, -0x1.505c15a000000p+0, 0x1.5f47d4e000000p+0, -0x1.4170566000000p+0, 0x1.7d1f534000000p+0,
    -0x1.05c1596000000p+0, 0x1.f47d4d4000000p+0, -0x1.7056592000000p-4, -0x1.7056592000000p-3, -0x1.7056592000000p-2,
    -0x1.7056592000000p-1, -0x1.7056592000000p+0, 0x1.1f534de000000p+0, -0x1.c159644000000p+0, 0x1.f534ddc000000p-2,
    0x1.f534ddc000000p-1, 0x1.f534ddc000000p+0, -0x1.596447e000000p-4, -0x1.596447e000000p-3, -0x1.596447e000000p-2,
    -0x1.596447e000000p-1, -0x1.596447e000000p+0, 0x1.4d37704000000p+0, -0x1.65911fa000000p+0, 0x1.34ddc0e000000p+0
};
CKM_TABLE double ckm_turn_low[105] = {
    -0x1.b1bbead603d8bp-32, -0x1.b1bbead603d8bp-31, -0x1.b1bbead603d8bp-30, -0x1.b1bbead603d8bp-29,
    0x1.391054a7f09d6p-30, 0x1.c882a53f84eb0p-32, 0x1.c882a53f84eb0p-31, 0x1.c882a53f84eb0p-30, 0x1.c882a53f84eb0p-29,
    -0x1.bbead603d8a83p-31, -0x1.df56b01ec5417p-33, -0x1.df56b01ec5417p-32, -0x1.df56b01ec5417p-31,
    -0x1.df56b01ec5417p-30, -0x1.df56b01ec5417p-29, 0x1.054a7f09d5f48p-31, 0x1.054a7f09d5f48p-30,
    -0x1.f56b01ec54170p-30, -0x1.f56b01ec54170p-29, 0x1.529fc2757d1f5p-33, 0x1.529fc2757d1f5p-32,
    0x1.529fc2757d1f5p-31, 0x1.529fc2757d1f5p-30, 0x1.529fc2757d1f5p-29, 0x1.4a7f09d5f47d5p-30, 0x1.4a7f09d5f47d5p-29,
    -0x1.6b01ec5417056p-29, -0x1.ac07b1505c159p-30, -0x1.ac07b1505c159p-29, 0x1.4fe13abe8fa9ap-30,
    0x1.3f84eafa3ea6ap-31, 0x1.3f84eafa3ea6ap-30, 0x1.3f84eafa3ea6ap-29, 0x1.fc2757d1f534ep-31, 0x1.fc2757d1f534ep-30,
    0x1.fc2757d1f534ep-29, -0x1.ec54170565912p-35, -0x1.ec54170565912p-34, -0x1.ec54170565912p-33,
    -0x1.ec54170565912p-32, -0x1.ec54170565912p-31, -0x1.ec54170565912p-30, -0x1.ec54170565912p-29,
    0x1.3abe8fa9a6ee0p-32, 0x1.3abe8fa9a6ee0p-31, 0x1.3abe8fa9a6ee0p-30, 0x1.3abe8fa9a6ee0p-29, -0x1.8a82e0acb223fp-29,
    -0x1.505c1596447e5p-33, -0x1.505c1596447e5p-32, -0x1.505c1596447e5p-31, -0x1.505c1596447e5p-30,
    -0x1.505c1596447e5p-29, 0x1.5f47d4d377037p-29, -0x1.4170565911f92p-29, 0x1.7d1f534ddc0dbp-29,
    -0x1.05c1596447e49p-29, 0x1.f47d4d377036ep-29, -0x1.70565911f924fp-33, -0x1.70565911f924fp-32,
    -0x1.70565911f924fp-31, -0x1.70565911f924fp-30, -0x1.70565911f924fp-29, -0x1.c1596447e493bp-30,
    -0x1.c1596447e493bp-29, -0x1.596447e493ad5p-36, -0x1.596447e493ad5p-35, -0x1.596447e493ad5p-34,
    -0x1.596447e493ad5p-33, -0x1.596447e493ad5p-32, -0x1.596447e493ad5p-31, -0x1.596447e493ad5p-30,
    0x1.34ddc0db6295ap-32, 0x1.34ddc0db6295ap-31, 0x1.34ddc0db6295ap-30, 0x1.34ddc0db6295ap-29, -0x1.96447e493ad4dp-29,
    0x1.a6ee06db14acdp-30, 0x1.a6ee06db14acdp-29, 0x1.377036d8a5665p-31, 0x1.377036d8a5665p-30, 0x1.377036d8a5665p-29,
    -0x1.911f924eb5336p-29, 0x1.bb81b6c52b328p-30, 0x1.bb81b6c52b328p-29, -0x1.11f924eb53362p-30,
    -0x1.11f924eb53362p-29, 0x1.c0db6295993c4p-33, 0x1.c0db6295993c4p-32, 0x1.c0db6295993c4p-31, 0x1.c0db6295993c4p-30,
    0x1.c0db6295993c4p-29, -0x1.f924eb53361dep-31, -0x1.f924eb53361dep-30, 0x1.b6c52b3278872p-35,
    0x1.b6c52b3278872p-34, 0x1.b6c52b3278872p-33, -0x1.24eb53361de38p-34, -0x1.24eb53361de38p-33,
    -0x1.24eb53361de38p-32, -0x1.24eb53361de38p-31, -0x1.24eb53361de38p-30, -0x1.24eb53361de38p-29,
    0x1.b6295993c4390p-29, -0x1.275a99b0ef1bfp-30
};

// x = (quarter + r * 2 / pi) quarter turns with |r| <= pi / 4.
typedef struct {
  float r;
  uint32_t quarter;
} ckm_turn_f32;

CK_INLINE ckm_turn_f32 ckm_turn_from_f32(double high, double low) {
  double t = high + 6755399441055744.0;
  ckm_turn_f32 turn;
  turn.quarter = (uint32_t)ckm_bits_f64(t);
  turn.r = (float)(((high - (t - 6755399441055744.0)) + low) * 1.5707963267948966);
  return turn;
}

// Enough for |x| < 2^24, where nearly all arguments are.
CK_INLINE ckm_turn_f32 ckm_turn_near_f32(float x) {
  double wide = (double)x;
  return ckm_turn_from_f32(wide * ckm_turn_high[0], wide * ckm_turn_low[0]);
}

// For every finite x: the power of two in x selects the part of 2 / pi that matters.
CK_INLINE ckm_turn_f32 ckm_turn_far_f32(float x) {
  int32_t exponent = (int32_t)((ckm_bits_f32(x) >> 23) & 255u) - 150;
  exponent = exponent < 0 ? 0 : (exponent > 104 ? 104 : exponent);
  double wide = (double)(x * ckm_float((uint32_t)(127 - exponent) << 23));
  return ckm_turn_from_f32(wide * ckm_turn_high[exponent], wide * ckm_turn_low[exponent]);
}

CK_INLINE float ckm_sine_poly_f32(float r) {
  float z = r * r;
  float p = -0.000195169494631f;
  p = p * z + 0.00833217625774f;
  p = p * z - 0.166666549319f;
  return p * (z * r) + r;
}

CK_INLINE float ckm_cosine_poly_f32(float r) {
  float z = r * r;
  float p = 2.44387790977e-5f;
  p = p * z - 0.00138873720243f;
  p = p * z + 0.0416666470054f;
  return p * (z * z) + (1.0f - 0.5f * z);
}

CK_INLINE float ckm_sin_turn_f32(ckm_turn_f32 turn) {
  float s = ckm_sine_poly_f32(turn.r), c = ckm_cosine_poly_f32(turn.r);
  float y = (turn.quarter & 1u) ? c : s;
  return ckm_float(ckm_bits_f32(y) ^ ((turn.quarter & 2u) << 30));
}

CK_INLINE float ckm_cos_turn_f32(ckm_turn_f32 turn) {
  turn.quarter += 1u;
  return ckm_sin_turn_f32(turn);
}

CK_INLINE float ckm_tan_turn_f32(ckm_turn_f32 turn) {
  float s = ckm_sine_poly_f32(turn.r), c = ckm_cosine_poly_f32(turn.r);
  uint32_t odd = turn.quarter & 1u;
  float y = (odd ? c : s) / (odd ? s : c);
  return ckm_float(ckm_bits_f32(y) ^ (odd << 31));
}

// x - x turns an infinity into NaN; a zero keeps its sign.
CK_INLINE float ckm_circular_edges_f32(float x, float y) {
  return __builtin_fabsf(x) <= 3.40282347e38f ? y : x - x;
}

CK_INLINE float ckm_sin_f32(float x) {
  float y = ckm_circular_edges_f32(x, ckm_sin_turn_f32(ckm_turn_far_f32(x)));
  return x == 0.0f ? x : y;
}
CK_INLINE float ckm_cos_f32(float x) { return ckm_circular_edges_f32(x, ckm_cos_turn_f32(ckm_turn_far_f32(x))); }
CK_INLINE float ckm_tan_f32(float x) {
  float y = ckm_circular_edges_f32(x, ckm_tan_turn_f32(ckm_turn_far_f32(x)));
  return x == 0.0f ? x : y;
}

// The same for |x| < 2^24 only, without the table.
CK_INLINE float ckm_sin_near_f32(float x) {
  float y = ckm_sin_turn_f32(ckm_turn_near_f32(x));
  return x == 0.0f ? x : y;
}
CK_INLINE float ckm_cos_near_f32(float x) { return ckm_cos_turn_f32(ckm_turn_near_f32(x)); }
CK_INLINE float ckm_tan_near_f32(float x) {
  float y = ckm_tan_turn_f32(ckm_turn_near_f32(x));
  return x == 0.0f ? x : y;
}
