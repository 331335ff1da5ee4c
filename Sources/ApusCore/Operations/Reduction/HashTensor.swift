// A hash of the elements of a tensor.

/// The exclusive or of the bits of all elements over `dims`, each as a number of 64 bits.
struct HashTensor: Primitive, Hashable {
  let dims: [Int]
  let keepDim: Bool
  var name: String { "HashTensor" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(reducedShape(inputs[0].shape, dims, keepDim: keepDim), .uint64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    let kept = x.shape.indices.filter { !dims.contains($0) }
    let wide: DType = x.dtype.isFloatingPoint ? .float64 : x.dtype == .uint64 ? .uint64 : .int64
    let source = try x.permute(kept + dims).dense(wide)
    try results[0].fill(as: .uint64) { (result) throws(TensorError) in
      let bits = source.data.assumingMemoryBound(to: UInt64.self)
      let hashes = result.data.assumingMemoryBound(to: UInt64.self)
      let n = dims.reduce(1) { $0 * x.shape[$1] }
      withExtendedLifetime(source) {
        parallelFor(result.count, grain: max(1, parallelGrain / max(1, n))) { range in
          for i in range {
            var hash: UInt64 = 0
            for j in i * n..<(i + 1) * n { hash ^= bits[j] }
            hashes[i] = hash
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(HashTensor(dims: dims.map { $0 + 1 }, keepDim: keepDim), inputs)
  }
}

extension Tensor {
  /// The exclusive or, over `dims` (all if nil or empty), of the bits of the elements as uint64: floating point numbers as float64,
  /// integers and bool as int64. Equal tensors have equal hashes whatever the order of their elements.
  public func hashTensor(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard !isComplex, !dtype.isCustom else {
        throw TensorError(.dtype, "hashTensor", "has no hash of \(dtype) elements; take those of viewAsReal()")
      }
      let chosen = try normalize(dims: dims?.isEmpty == true ? nil : dims, rank: rank, "hashTensor")
      guard chosen.allSatisfy({ shape[$0] > 0 }) else {
        throw TensorError(.shape, "hashTensor", "dimensions \(chosen) of \(shape) have no elements")
      }
      return apply(HashTensor(dims: chosen, keepDim: keepDim), detach())
    }
  }

  /// ``hashTensor(_:keepDim:)-([Int]?,_)`` over one dimension.
  public func hashTensor(_ dim: Int, keepDim: Bool = false) -> Tensor { hashTensor([dim], keepDim: keepDim) }
}

extension Registry {
  /// Hashes of elements.
  static let hashes: [Operation] = [
    .tensor("hash_tensor", "input, dim=[], *, keepdim=False, mode=0") {
      guard try $0.int("mode") == 0 else { throw $0.mismatch("mode", "0, the exclusive or, which is the only one") }
      return try $0.tensor("input").hashTensor($0.optionalInts("dim"), keepDim: $0.bool("keepdim"))
    }
  ]
}
