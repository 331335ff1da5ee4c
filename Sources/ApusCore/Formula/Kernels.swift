import CKernels

// Which micro-kernel of CKernels computes a function on a compute type: the one of the same name in C's spelling.

extension RawRepresentable where RawValue == String {
  /// `geluTanh` is `gelu_tanh` in C.
  fileprivate var kernelName: String {
    rawValue.reduce(into: "") { name, letter in name += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}

/// Compute types whose kernels CKernels finds by name.
protocol NamedKernels: ComputeElement {
  static func find(_ name: String) -> CkKernel?
  static func findStreaming(_ name: String) -> CkKernel?
}

extension NamedKernels {
  static func findStreaming(_ name: String) -> CkKernel? { nil }

  package static func unaryKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary? { cast(find(f.kernelName)) }
  package static func binaryKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary? { cast(find(f.kernelName)) }
  package static func scalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar? { cast(find(f.kernelName + "_s")) }
  package static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar? {
    switch f {
    case .sub, .div: cast(find("r" + f.kernelName + "_s"))
    case .add, .mul: scalarKernel(f)
    default: nil
    }
  }
  package static var selectKernel: Kernel<Self>.Ternary? { cast(find("select")) }
  package static var fmaKernel: Kernel<Self>.Ternary? { cast(find("fma")) }
  package static var addScaledKernel: Kernel<Self>.Ternary? { cast(find("add_scaled")) }
  package static var subScaledKernel: Kernel<Self>.Ternary? { cast(find("sub_scaled")) }
  package static func streamingKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary? { cast(findStreaming(f.kernelName)) }
  package static func streamingKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary? { cast(findStreaming(f.kernelName)) }

  /// The lists of CKernels vouch for what a kernel of a name takes; all arguments but the count are addresses.
  private static func cast<Function>(_ kernel: CkKernel?) -> Function? {
    kernel.map { unsafeBitCast($0, to: Function.self) }
  }
}

extension Float: NamedKernels {
  package static var computeType: DType { .float32 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_f32(name) }
  static func findStreaming(_ name: String) -> CkKernel? { ck_stream_kernel_f32(name) }
  package static var fillKernel: Kernel<Float>.Fill { { ck_fill_f32($0.assumingMemoryBound(to: Float.self), $1, $2) } }
  package static func value(_ scalar: Scalar) -> Float { Float(scalar.double) }
  package static func value(_ constant: Double) -> Float { Float(constant) }
}

extension Double: NamedKernels {
  package static var computeType: DType { .float64 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_f64(name) }
  package static var fillKernel: Kernel<Double>.Fill {
    { ck_fill_f64($0.assumingMemoryBound(to: Double.self), $1, $2) }
  }
  package static func value(_ scalar: Scalar) -> Double { Double(scalar.double) }
  package static func value(_ constant: Double) -> Double { Double(constant) }
}

extension Int64: NamedKernels {
  package static var computeType: DType { .int64 }
  static func find(_ name: String) -> CkKernel? { ck_kernel_i64(name) }
  package static var fillKernel: Kernel<Int64>.Fill { { ck_fill_i64($0.assumingMemoryBound(to: Int64.self), $1, $2) } }
  package static func value(_ scalar: Scalar) -> Int64 { Int64(scalar.int) }
  package static func value(_ constant: Double) -> Int64 { Int64(exactly: constant.rounded(.towardZero)) ?? 0 }
}
