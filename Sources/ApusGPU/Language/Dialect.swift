/// The language that kernels are written in: C with a few words that a head of macros makes OpenCL C or CUDA C.
///
/// - `KERNEL void name(...)` is a kernel; `GLOBAL` and `SHARED(T, name, count)` say where memory lies; `FUNCTION` is a function
///   that kernels call.
/// - `PLACE(T, x)` declares the two parameters of an ``Argument/place(_:offset:)``, `AT(T, x)` at the start of the body makes of
///   them the address `x`.
/// - `THREAD`, `THREADS`, `GROUP`, `ELEMENT` tell where a thread is; `BARRIER` waits for the group.
/// - `index` counts elements: 32 bits where all tensors are small enough, for which `APUS_WIDE` is not defined.
/// - `ap_bits`, `ap_from_bits` and their like move bits; the types of elements have their names in ``ElementText``.
package enum Dialect {
  /// What stands before the macros of everyone.
  package static let openCL = """
    #ifdef cl_khr_fp64
    #pragma OPENCL EXTENSION cl_khr_fp64 : enable
    #endif
    #define KERNEL __kernel
    #define GLOBAL __global
    #define RESTRICT restrict
    #define FUNCTION static inline
    #define SHARED(T, name, count) __local T name[count]
    #define THREAD ((int)get_local_id(0))
    #define THREADS ((int)get_local_size(0))
    #define GROUP ((index)get_group_id(0))
    #define ELEMENT ((index)get_global_id(0))
    #define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
    #define AP_C64(re, im) ((float2)(re, im))
    #define AP_C128(re, im) ((double2)(re, im))
    typedef uint uint32_t;
    typedef int int32_t;
    typedef ulong uint64_t;
    typedef long int64_t;
    #define CK_INLINE static inline
    #define CKM_BITS
    #define ckm_bits_f32(x) as_uint(x)
    #define ckm_float(x) as_float(x)
    #define ckm_bits_f64(x) as_ulong(x)
    #define ckm_double(x) as_double(x)
    #define ap_bits(x) as_uint(x)
    #define ap_from_bits(x) as_float(x)
    #define ap_bits64(x) as_ulong(x)
    #define ap_from_bits64(x) as_double(x)
    #define AP_INF as_float(0x7f800000)
    #define AP_NAN as_float(0x7fc00000)
    #define __builtin_inf() ((double)AP_INF)
    #define __builtin_inff() AP_INF
    #define __builtin_nan(text) ((double)AP_NAN)
    #define __builtin_nanf(text) AP_NAN
    #define CKM_TABLE __constant
    #define half half_
    """ + OverloadedFunctions.macros

  /// The same for CUDA.
  package static let cuda = """
    typedef unsigned char uchar;
    typedef unsigned short ushort;
    typedef unsigned int uint;
    typedef unsigned long ulong;
    typedef unsigned int uint32_t;
    typedef int int32_t;
    typedef unsigned long uint64_t;
    typedef long int64_t;
    #define KERNEL extern "C" __global__
    #define GLOBAL
    #define RESTRICT __restrict__
    #define FUNCTION static __device__ __forceinline__
    #define SHARED(T, name, count) __shared__ __align__(16) T name[count]
    #define THREAD ((int)threadIdx.x)
    #define THREADS ((int)blockDim.x)
    #define GROUP ((index)blockIdx.x)
    #define ELEMENT ((index)blockIdx.x * (index)blockDim.x + (index)threadIdx.x)
    #define BARRIER __syncthreads()
    #define AP_C64(re, im) make_float2(re, im)
    #define AP_C128(re, im) make_double2(re, im)
    #define CK_INLINE static __device__ __forceinline__
    #define CKM_BITS
    #define ckm_bits_f32(x) __float_as_uint(x)
    #define ckm_float(x) __uint_as_float(x)
    #define ckm_bits_f64(x) ((ulong)__double_as_longlong(x))
    #define ckm_double(x) __longlong_as_double((long long)(x))
    #define ap_bits(x) __float_as_uint(x)
    #define ap_from_bits(x) __uint_as_float(x)
    #define ap_bits64(x) ((ulong)__double_as_longlong(x))
    #define ap_from_bits64(x) __longlong_as_double((long long)(x))
    #define AP_INF __int_as_float(0x7f800000)
    #define AP_NAN __int_as_float(0x7fc00000)
    #define __builtin_inf() ((double)AP_INF)
    #define __builtin_inff() AP_INF
    #define __builtin_nan(text) ((double)AP_NAN)
    #define __builtin_nanf(text) AP_NAN
    #define CKM_TABLE static __device__ const
    """ + OverloadedFunctions.macros

  /// What follows in both.
  static let common = """

    #ifdef APUS_WIDE
    typedef long index;
    #else
    typedef int index;
    #endif
    #define PLACE(T, x) GLOBAL T *RESTRICT x, long x##_at
    #define AT(T, x) x = (GLOBAL T *)((GLOBAL const char *)x + x##_at)
    // A number without its fraction as an integer; what no long holds is the smallest one.
    FUNCTION long ap_whole(double x) {
      return x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (long)x : (long)(1UL << 63);
    }
    FUNCTION int ap_whole32(double x) {
      return x > -2147483649.0 && x < 2147483648.0 ? (int)x : (int)(1U << 31);
    }
    FUNCTION ulong ap_whole_u64(double x) {
      return x >= 9223372036854775808.0 && x < 18446744073709551616.0 ? (ulong)x : (ulong)ap_whole(x);
    }
    FUNCTION float ap_from_f16(ushort h) {
      uint magnitude = (uint)(h & 0x7fff) << 13;
      uint bits = (h & 0x7c00) == 0x7c00 ? magnitude | 0x7f800000u
                                         : ap_bits(ap_from_bits(magnitude) * 5192296858534827628530496329220096.0f);
      return ap_from_bits(bits | (uint)(h & 0x8000) << 16);
    }
    FUNCTION ushort ap_to_f16(float x) {
      uint bits = ap_bits(x), a = bits & 0x7fffffffu, h;
      if (a >= 0x47800000u)
        h = a > 0x7f800000u ? 0x7e00u : 0x7c00u;
      else if (a < 0x38800000u)
        h = ap_bits(ap_from_bits(a) + 0.5f) - 0x3f000000u;
      else
        h = ((a + 0xfffu + ((a >> 13) & 1u)) >> 13) - 0x1c000u;
      return (ushort)(h | ((bits >> 16) & 0x8000u));
    }
    FUNCTION float ap_from_bf16(ushort h) { return ap_from_bits((uint)h << 16); }
    FUNCTION ushort ap_to_bf16(float x) {
      uint bits = ap_bits(x);
      if ((bits & 0x7fffffffu) > 0x7f800000u) return (ushort)(0x7fc0u | ((bits >> 16) & 0x8000u));
      return (ushort)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
    }

    """
}

/// Functions that the C texts of formulas call by the names that clang knows: both languages have them under their plain names,
/// for float and double.
private enum OverloadedFunctions {
  static let macros: String = {
    let names = [
      "fabs", "sqrt", "floor", "ceil", "rint", "trunc", "copysign", "fmod", "sin", "cos", "tan", "erf", "erfc", "fma",
      "exp", "log", "pow",
    ]
    return "\n"
      + names.map { "#define __builtin_\($0) \($0)\n#define __builtin_\($0)f \($0)" }.joined(separator: "\n") + "\n"
  }()
}
