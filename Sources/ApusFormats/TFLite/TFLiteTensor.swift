import ApusCore

/// What a TensorFlow Lite file says of a tensor.
package struct TFLiteTensor: Sendable {
  /// Element types by their numbers in the schema.
  package enum Element: Int, Sendable {
    case float32, float16, int32, uint8, int64, string, bool, int16, complex64, int8, float64, complex128, uint64,
      resource
    case variant, uint32, uint16, int4, bfloat16

    /// The type of tensors with such elements, where there is one.
    package var dtype: DType? {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .int32: .int32
      case .uint8: .uint8
      case .int64: .int64
      case .bool: .bool
      case .int16: .int16
      case .complex64: .complex64
      case .int8: .int8
      case .float64: .float64
      case .complex128: .complex128
      case .uint64: .uint64
      case .uint32: .uint32
      case .uint16: .uint16
      case .bfloat16: .bfloat16
      case .string, .resource, .variant, .int4: nil
      }
    }
  }

  /// Numbers q stand for `scale * (q - zeroPoint)`; several of each along one dimension.
  package struct Quantisation: Sendable, Hashable {
    package let scales: [Float]
    package let zeroPoints: [Int]
    package let dimension: Int
  }

  package let name: String
  package let element: Element
  package let shape: [Int]
  /// The shape with -1 for dimensions of any size; empty where all are fixed.
  package let signature: [Int]
  package let buffer: Int
  package let quantisation: Quantisation?
  package let sparsity: TFLiteSparsity?
  package let isVariable: Bool

  /// How many elements the shape has.
  package let count: Int

  init(_ table: FlatTable, bufferCount: Int) throws(TensorError) {
    name = try table.string(3) ?? ""
    let number = Int(try table.integer(1, default: Int8(0)))
    guard let element = Element(rawValue: number) else {
      throw table.buffer.failure(
        table.position, "the tensor '\(name)' has elements of type \(number), which is not known")
    }
    self.element = element
    shape = try table.integers(0, as: Int32.self).map(Int.init)
    signature = try table.integers(7, as: Int32.self).map(Int.init)
    buffer = Int(try table.integer(2, default: UInt32(0)))
    guard buffer < bufferCount else {
      throw table.buffer.failure(
        table.position, "the tensor '\(name)' lies in buffer \(buffer), and there are \(bufferCount)")
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product <= 1 << 40 else {
        throw table.buffer.failure(table.position, "the tensor '\(name)' has the shape \(shape)")
      }
      count = product
    }
    self.count = count
    isVariable = try table.bool(5)
    let parameters = try table.table(4)
    quantisation = if let parameters { try Self.quantisation(parameters, shape, name) } else { nil }
    let sparse = try table.table(6)
    sparsity = if let sparse { try TFLiteSparsity(sparse, shape, name) } else { nil }
  }

  private static func quantisation(
    _ table: FlatTable, _ shape: [Int], _ name: String
  ) throws(TensorError) -> Quantisation? {
    let scales = try table.floats(2)
    if scales.isEmpty { return nil }
    let zeros = try table.integers(3, as: Int64.self)
    let dimension = Int(try table.integer(6, default: Int32(0)))
    let fits = scales.count == 1 || shape.indices.contains(dimension) && shape[dimension] == scales.count
    guard fits, zeros.isEmpty || zeros.count == scales.count || zeros.count == 1,
      scales.allSatisfy({ $0.isFinite && $0 >= 0 }), zeros.allSatisfy({ $0.magnitude <= 1 << 32 })
    else {
      throw table.buffer.failure(
        table.position,
        "the tensor '\(name)' of shape \(shape) has \(scales.count) scales and \(zeros.count) zero points along "
          + "dimension \(dimension)")
    }
    let points = zeros.isEmpty ? [0] : zeros.map(Int.init)
    return Quantisation(
      scales: scales, zeroPoints: points.count == scales.count ? points : scales.map { _ in points[0] },
      dimension: dimension)
  }
}
