#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C library's pow, apart from the tensors' function of this name.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The C library's log.
func logarithm(_ x: Double) -> Double { log(x) }
