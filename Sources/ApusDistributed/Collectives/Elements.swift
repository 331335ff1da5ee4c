import ApusCore

// Tensors as memory that MPI reads and writes.

extension ProcessGroup {
  /// The elements of `x` row by row in the memory of the host, without history; those of `x` itself where they lie so.
  /// - Throws: for a tensor that has failed, and for elements that mean nothing in another process.
  func elements(_ x: Tensor, _ operation: String) throws(TensorError) -> Tensor {
    guard !x.hasFailed else {
      throw TensorError(.value, operation, "the tensor is the result of an operation that failed")
    }
    let dense = noGrad { Tensor(x.resolved.detach().to(.cpu).contiguousBody()) }
    if dense.dtype.isCustom {
      let bytes = UnsafeRawBufferPointer(start: dense.body.data, count: dense.count * dense.dtype.size)
      try dense.dtype.requireSelfContained(bytes, operation)
    }
    return dense
  }

  /// ``elements(_:_:)`` in memory that may be written to: that of `x` where nobody else holds it, else a copy.
  func writable(_ x: consuming Tensor, _ operation: String) throws(TensorError) -> Tensor {
    var x = x
    if x.plainAddress != nil, TensorBody.isUnique(&x.body) { return x }
    let dense = try elements(x, operation)
    let copy = try Self.room(dense.shape, dense.dtype, operation)
    copy.body.data.copyMemory(from: dense.body.data, byteCount: dense.byteCount)
    return copy
  }

  /// Memory of the host for elements that are to come.
  static func room(_ shape: [Int], _ dtype: DType, _ operation: String) throws(TensorError) -> Tensor {
    try checkMemory(TensorType(shape, dtype), operation)
    return Tensor.uninitialized(shape, dtype)
  }
}

extension Tensor {
  /// The bytes that all elements take.
  var byteCount: Int { count * dtype.size }

  /// The addresses of `count` parts that follow each other, for the ranks from 0 on.
  func parts(_ count: Int) -> [Part] {
    let size = byteCount / Swift.max(count, 1)
    return (0..<count).map { Part(rank: $0, address: body.data + $0 * size, byteCount: size) }
  }

  /// Stores `value` where this variable or tensor has its elements.
  mutating func become(_ value: Tensor) {
    if isVariable {
      noGrad { assign(value) }
    } else {
      self = value.placed(with: self)
    }
  }
}
