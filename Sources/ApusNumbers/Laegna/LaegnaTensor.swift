import ApusCore

extension Tensor {
  /// The elements of a tensor of Laegna numbers as digits and boundary values, in row-major order.
  /// - Precondition: they are Laegna numbers, with or without a sign.
  public func laegnaNumerals() -> [String] {
    guard !hasFailed, let format = LaegnaFormat(dtype) else {
      if !hasFailed {
        report(
          TensorError(
            .dtype, "laegnaNumerals",
            "needs a tensor of Laegna numbers, and found \(dtype); convert it with .to(.laegna(4))"))
      }
      return []
    }
    let elements = contiguousBody()
    return withExtendedLifetime(elements) {
      (0..<elements.count).map { format.text(UnsafeRawPointer(elements.data) + $0 * format.bytes) }
    }
  }
}
