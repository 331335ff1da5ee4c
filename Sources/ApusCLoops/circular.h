// Sines and cosines of doubles without branches, to about one unit in the last place, for |x| < CKW_CIRCULAR_NEAR.
#pragma once
#include "ck_base.h"
#include "ck_math.h"

#define CKW_CIRCULAR_NEAR 0x1p17

// x in quarter turns, of which the whole ones choose the function and its sign, plus `quarters`.
CK_INLINE double ckw_circular_f64(double x, uint64_t quarters) {
  double shifted = __builtin_fma(x, 0.63661977236758134, 6755399441055744.0), k = shifted - 6755399441055744.0;
  // The rest as a sum of two doubles.
  double rest = __builtin_fma(-k, 1.5707963267948966, x), part = k * 6.123233995736766e-17;
  double r = rest - part, low = (rest - r) - part + k * 1.4973849048591698e-33;
  double z = r * r, half = 0.5 * z;
  double s = 2.8114572543455206e-15;
  s = s * z - 7.6471637318198164e-13;
  s = s * z + 1.6059043836821613e-10;
  s = s * z - 2.5052108385441720e-8;
  s = s * z + 2.7557319223985893e-6;
  s = s * z - 1.9841269841269841e-4;
  s = s * z + 8.3333333333333332e-3;
  s = s * z - 0.16666666666666666;
  double sine = r + (z * r * s + low * (1 - half));
  double c = -1.5619206968586225e-16;
  c = c * z + 4.7794773323873853e-14;
  c = c * z - 1.1470745597729725e-11;
  c = c * z + 2.0876756987868099e-9;
  c = c * z - 2.7557319223985888e-7;
  c = c * z + 2.4801587301587302e-5;
  c = c * z - 1.3888888888888889e-3;
  c = c * z + 4.1666666666666664e-2;
  double whole = 1 - half, cosine = whole + (((1 - whole) - half) + (z * z * c - r * low));
  uint64_t turn = ckm_bits_f64(shifted) + quarters;
  double y = turn & 1 ? cosine : sine;
  return ckm_double(ckm_bits_f64(y) ^ ((turn & 2) << 62));
}
CK_INLINE double ckw_sin_f64(double x) { return x == 0 ? x : ckw_circular_f64(x, 0); }
CK_INLINE double ckw_cos_f64(double x) { return ckw_circular_f64(x, 1); }
