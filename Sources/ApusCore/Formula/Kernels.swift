import CKernels

// Which micro-kernel computes a function on a compute type: the row's own, or the one of CKernels of the same name in C's
// spelling.

/// Compute types whose kernels CKernels finds by name.
protocol NamedKernels: ComputeElement {
  static func find(_ name: String) -> CkKernel?
  static func findStreaming(_ name: String) -> CkKernel?
}

extension NamedKernels {
  static func findStreaming(_ name: String) -> CkKernel? { nil }

  static func unaryKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary? {
    own(f.f32, f.f64) ?? cast(find(nameInC(f.name)))
  }
  static func binaryKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary? {
    own(f.f32, f.f64) ?? cast(find(nameInC(f.name)))
  }
  static func scalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar? { cast(find(nameInC(f.name) + "_s")) }
  static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar? {
    f.isCommutative ? scalarKernel(f) : cast(find("r" + nameInC(f.name) + "_s"))
  }
  static var selectKernel: Kernel<Self>.Ternary? { cast(find("select")) }
  static var fmaKernel: Kernel<Self>.Ternary? { cast(find("fma")) }
  static var addScaledKernel: Kernel<Self>.Ternary? { cast(find("add_scaled")) }
  static var subScaledKernel: Kernel<Self>.Ternary? { cast(find("sub_scaled")) }
  static func streamingKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary? { cast(findStreaming(nameInC(f.name))) }
  static func streamingKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary? { cast(findStreaming(nameInC(f.name))) }

  /// The loop for this type of those that a row has.
  private static func own<Function>(_ f32: Function?, _ f64: Function?) -> Function? {
    switch computeType {
    case .float32: f32
    case .float64: f64
    default: nil
    }
  }

  /// The lists of CKernels vouch for what a kernel of a name takes; all arguments but the count are addresses.
  private static func cast<Function>(_ kernel: CkKernel?) -> Function? {
    kernel.map { unsafeBitCast($0, to: Function.self) }
  }
}

extension Float: NamedKernels {
  package static var computeType: DType { .float32 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_f32(name) }
  static func findStreaming(_ name: String) -> CkKernel? { ck_stream_kernel_f32(name) }
  /// The loop of a whole formula.
  static func wholeKernel(_ name: String) -> Kernel<Float>.Whole? {
    ck_whole_kernel_f32(name).map { unsafeBitCast($0, to: Kernel<Float>.Whole.self) }
  }
  package static var fillKernel: Kernel<Float>.Fill { { ck_fill_f32($0.assumingMemoryBound(to: Float.self), $1, $2) } }
  static func program(of formula: Formula) -> Program<Float> { formula.programs.f32 }
}

extension Double: NamedKernels {
  package static var computeType: DType { .float64 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_f64(name) }
  package static var fillKernel: Kernel<Double>.Fill {
    { ck_fill_f64($0.assumingMemoryBound(to: Double.self), $1, $2) }
  }
  static func program(of formula: Formula) -> Program<Double> { formula.programs.f64 }
}

extension Int64: NamedKernels {
  package static var computeType: DType { .int64 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_i64(name) }
  package static var fillKernel: Kernel<Int64>.Fill { { ck_fill_i64($0.assumingMemoryBound(to: Int64.self), $1, $2) } }
  package static func value(_ scalar: Scalar) -> Int64 { Int64(scalar.int) }
  package static func value(_ constant: Double) -> Int64 { Int64(exactly: constant.rounded(.towardZero)) ?? 0 }
  static func program(of formula: Formula) -> Program<Int64> { formula.programs.i64 }
}

extension UInt64: NamedKernels {
  package static var computeType: DType { .uint64 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_u64(name) }
  package static var fillKernel: Kernel<UInt64>.Fill {
    { ck_fill_i64($0.assumingMemoryBound(to: Int64.self), Int64(bitPattern: $1), $2) }
  }
  package static func value(_ scalar: Scalar) -> UInt64 { UInt64(truncatingIfNeeded: scalar.int) }
  package static func value(_ constant: Double) -> UInt64 { UInt64(exactly: constant.rounded(.towardZero)) ?? 0 }
}
