// Integer micro-kernels. Arithmetic wraps, done on unsigned values; no operand makes the processor trap.
#include "ck_pointwise.h"
#include "pointwise_loops.h"
#include <string.h>

typedef uint64_t ck_u64;

// Dividing by -1 is a negation, which wraps where the quotient would not fit.
CK_INLINE int64_t quotient_i64(int64_t a, int64_t b) {
  if (b == 0) return 0;
  return b == -1 ? (int64_t)(0 - (ck_u64)a) : a / b;
}

CK_INLINE int64_t modulus_i64(int64_t a, int64_t b) {
  return (b == 0 || b == -1) ? 0 : a % b;
}

CK_INLINE int64_t remainder_i64(int64_t a, int64_t b) {
  int64_t m = modulus_i64(a, b);
  return (m != 0 && (m < 0) != (b < 0)) ? m + b : m;
}

CK_INLINE int64_t floor_quotient_i64(int64_t a, int64_t b) {
  int64_t m = modulus_i64(a, b);
  return quotient_i64(a, b) - (m != 0 && (m < 0) != (b < 0));
}

CK_INLINE int64_t power_i64(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return (exponent & 1) ? -1 : 1;
    return 0;
  }
  ck_u64 result = 1, square = (ck_u64)base;
  for (ck_u64 rest = (ck_u64)exponent; rest; rest >>= 1) {
    if (rest & 1) result *= square;
    square *= square;
  }
  return (int64_t)result;
}

CK_INLINE int64_t gcd_i64(int64_t a, int64_t b) {
  ck_u64 x = a < 0 ? 0 - (ck_u64)a : (ck_u64)a;
  ck_u64 y = b < 0 ? 0 - (ck_u64)b : (ck_u64)b;
  while (y) {
    ck_u64 rest = x % y;
    x = y;
    y = rest;
  }
  return (int64_t)x;
}

CK_INLINE int64_t shift_left_i64(int64_t a, int64_t b) {
  ck_u64 shifted = (ck_u64)a << ((ck_u64)b & 63);
  return (ck_u64)b < 64 ? (int64_t)shifted : 0;
}

CK_INLINE int64_t shift_right_i64(int64_t a, int64_t b) {
  ck_u64 count = (ck_u64)b < 64 ? (ck_u64)b : 63;
  return a >> count;
}

#define T int64_t
CK_UNARY(neg, T, i64, 0 - (ck_u64)x)
CK_UNARY(abs, T, i64, x < 0 ? 0 - (ck_u64)x : (ck_u64)x)
CK_UNARY(sign, T, i64, (x > 0) - (x < 0))
CK_UNARY(square, T, i64, (ck_u64)x *(ck_u64)x)
CK_UNARY(relu, T, i64, x < 0 ? 0 : x)
CK_UNARY(bitnot, T, i64, ~x)
CK_BINARY(add, T, i64, (ck_u64)x + (ck_u64)y)
CK_BINARY(sub, T, i64, (ck_u64)x - (ck_u64)y)
CK_BINARY(mul, T, i64, (ck_u64)x *(ck_u64)y)
CK_BINARY(max, T, i64, x > y ? x : y)
CK_BINARY(min, T, i64, x < y ? x : y)
CK_BINARY(bitand, T, i64, x &y)
CK_BINARY(bitor, T, i64, x | y)
CK_BINARY(bitxor, T, i64, x ^ y)
CK_BINARY(shl, T, i64, shift_left_i64(x, y))
CK_BINARY(shr, T, i64, shift_right_i64(x, y))
CK_SCALAR(add_s, T, i64, (ck_u64)x + (ck_u64)s)
CK_SCALAR(mul_s, T, i64, (ck_u64)x *(ck_u64)s)
CK_SCALAR(sub_s, T, i64, (ck_u64)x - (ck_u64)s)
CK_SCALAR(rsub_s, T, i64, (ck_u64)s - (ck_u64)x)
CK_SCALAR(max_s, T, i64, x > s ? x : s)
CK_SCALAR(min_s, T, i64, x < s ? x : s)
CK_TERNARY(fma, T, i64, (ck_u64)x *(ck_u64)y + (ck_u64)z)
CK_COMPARISONS(T, i64)

CK_BINARY_CALL(floor_div, T, i64, floor_quotient_i64(x, y))
CK_BINARY_CALL(trunc_div, T, i64, quotient_i64(x, y))
CK_BINARY_CALL(remainder, T, i64, remainder_i64(x, y))
CK_BINARY_CALL(fmod, T, i64, modulus_i64(x, y))
CK_BINARY_CALL(pow, T, i64, power_i64(x, y))
CK_BINARY_CALL(gcd, T, i64, gcd_i64(x, y))

void ck_pow_s_i64(int64_t *out, const int64_t *a, int64_t s, long n) {
  for (long i = 0; i < n; i++) out[i] = power_i64(a[i], s);
}

// Unsigned integers: what does not depend on the sign is the kernel of int64.
#undef T
#define T uint64_t
CK_BINARY(max, T, u64, x > y ? x : y)
CK_BINARY(min, T, u64, x < y ? x : y)
CK_BINARY(lt, T, u64, x < y)
CK_BINARY(le, T, u64, x <= y)
CK_BINARY(gt, T, u64, x > y)
CK_BINARY(ge, T, u64, x >= y)
CK_BINARY(shr, T, u64, y < 64 ? x >> y : 0)
CK_BINARY_CALL(trunc_div, T, u64, y == 0 ? 0 : x / y)
CK_BINARY_CALL(remainder, T, u64, y == 0 ? 0 : x % y)

CK_UNARY(sign, T, u64, x != 0)
CK_UNARY(abs, T, u64, x)

#define CK_FIND_UNSIGNED(op, kernel) if (strcmp(name, #op) == 0) return (CkKernel)ck_##kernel##_u64;
#define CK_FIND_WRAPPING(op) if (strcmp(name, #op) == 0) return ck_kernel_i64(name);

CkKernel ck_kernel_u64(const char *name) {
  CK_FIND_UNSIGNED(max, max)
  CK_FIND_UNSIGNED(min, min)
  CK_FIND_UNSIGNED(lt, lt)
  CK_FIND_UNSIGNED(le, le)
  CK_FIND_UNSIGNED(gt, gt)
  CK_FIND_UNSIGNED(ge, ge)
  CK_FIND_UNSIGNED(shr, shr)
  CK_FIND_UNSIGNED(trunc_div, trunc_div)
  CK_FIND_UNSIGNED(floor_div, trunc_div)
  CK_FIND_UNSIGNED(remainder, remainder)
  CK_FIND_UNSIGNED(fmod, remainder)
  CK_FIND_UNSIGNED(sign, sign)
  CK_FIND_UNSIGNED(abs, abs)
  CK_FIND_UNSIGNED(relu, abs)
  CK_FIND_WRAPPING(neg)
  CK_FIND_WRAPPING(square)
  CK_FIND_WRAPPING(not)
  CK_FIND_WRAPPING(bitnot)
  CK_FIND_WRAPPING(add)
  CK_FIND_WRAPPING(sub)
  CK_FIND_WRAPPING(mul)
  CK_FIND_WRAPPING(eq)
  CK_FIND_WRAPPING(ne)
  CK_FIND_WRAPPING(and)
  CK_FIND_WRAPPING(or)
  CK_FIND_WRAPPING(xor)
  CK_FIND_WRAPPING(bitand)
  CK_FIND_WRAPPING(bitor)
  CK_FIND_WRAPPING(bitxor)
  CK_FIND_WRAPPING(shl)
  CK_FIND_WRAPPING(fma)
  CK_FIND_WRAPPING(select)
  CK_FIND_WRAPPING(add_s)
  CK_FIND_WRAPPING(mul_s)
  CK_FIND_WRAPPING(sub_s)
  CK_FIND_WRAPPING(rsub_s)
  CK_FIND_WRAPPING(eq_s)
  CK_FIND_WRAPPING(ne_s)
  return NULL;
}
