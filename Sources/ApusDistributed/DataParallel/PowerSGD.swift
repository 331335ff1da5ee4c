import ApusCore
import ApusFunctional

/// Gradients of matrices reduced as products of two thin ones (Vogels, Karimireddy and Jaggi, 2019): PyTorch's
/// `powerSGD_hook` with its state.
///
///     model.registerCommHook(PowerSGD(rank: 2).hook)
///
/// Each gradient M `[n, m]` (the first dimension against all others) is replaced by P Qᵀ: P = M Q over all ranks,
/// made orthonormal, and Q = Mᵀ P. What that leaves out is added to the gradient of the next step. Vectors, and
/// matrices of which the products save too little, are reduced whole.
///
/// Sendable: one backward pass at a time uses it.
public final class PowerSGD: @unchecked Sendable {
  /// The number of columns of P and Q.
  public let rank: Int
  /// The steps that reduce gradients whole, before compression begins.
  public var startStep: Int { firstSteps.count }
  /// How many times fewer numbers the products must have than the matrix.
  public let minCompressionRate: Double
  /// Whether what a step leaves out is added to the next one.
  public let usesErrorFeedback: Bool
  /// Whether Q begins with that of the step before.
  public let warmStart: Bool
  /// What is added to norms that columns are divided by.
  public let orthogonalizationEpsilon: Double
  /// The numbers of all gradients so far, and of what was sent in their place.
  public private(set) var sentNumbers = (before: 0, after: 0)

  private let random: Generator
  private var firstSteps: FirstSteps
  private var errors: [Int: Tensor] = [:]
  private var factors: [Int: [Tensor]] = [:]

  /// - Parameters:
  ///   - rank: the number of columns of P and Q, at least 1.
  ///   - startStep: the steps that reduce gradients whole at first, at least 2 with error feedback or warm start:
  ///     after the first one the buckets change.
  ///   - minCompressionRate: compress where n · m is at least as often the numbers of P and Q.
  ///   - seed: of the random Q, the same on all ranks.
  /// - Throws: `TensorError` where a number is out of range.
  public init(
    rank: Int = 1, startStep: Int = 1000, minCompressionRate: Double = 2, useErrorFeedback: Bool = true,
    warmStart: Bool = true, orthogonalizationEpsilon: Double = 0, seed: Int = 0
  ) throws(TensorError) {
    guard rank >= 1 else { throw TensorError(.value, "PowerSGD", "rank must be 1 or more, and is \(rank)") }
    let least = useErrorFeedback || warmStart ? 2 : 0
    guard startStep >= least else {
      throw TensorError(
        .value, "PowerSGD",
        "startStep must be \(least) or more, since buckets change after the first step, and is \(startStep)")
    }
    self.rank = rank
    firstSteps = FirstSteps(count: startStep)
    self.minCompressionRate = minCompressionRate
    usesErrorFeedback = useErrorFeedback
    self.warmStart = warmStart
    self.orthogonalizationEpsilon = orthogonalizationEpsilon
    random = Generator(seed: UInt64(bitPattern: Int64(seed)))
  }

  /// What ``DistributedDataParallel/registerCommHook(_:)`` takes.
  public var hook: CommunicationHook {
    { (bucket, group) throws(TensorError) in try self.reduce(bucket, group) }
  }

  private func reduce(
    _ bucket: GradientBucket, _ group: ProcessGroup
  ) throws(TensorError) -> @Sendable () throws(TensorError) -> Tensor {
    if firstSteps.take(bucket) { return try allReduceHook(bucket, group) }
    guard bucket.buffer.dtype.isFloatingPoint else { return try allReduceHook(bucket, group) }
    let given = try mistakesThrown { errors[bucket.index].map { bucket.buffer + $0 } ?? bucket.buffer }
    let gradients = bucket.gradients(in: given)
    let isCompressed = gradients.map { pays($0) }
    for (gradient, isCompressed) in zip(gradients, isCompressed) {
      let (n, m) = gradient.sides
      sentNumbers.before += n * m
      sentNumbers.after += isCompressed ? (n + m) * min(rank, n, m) : n * m
    }
    let whole = zip(gradients, isCompressed).filter { !$0.1 }.map(\.0)
    let matrices = try mistakesThrown {
      zip(gradients, isCompressed).filter(\.1).map { $0.0.reshape([$0.0.sides.0, $0.0.sides.1]) }
    }
    let work = try group.startAllReduce(try flat(whole, like: given), .mean)
    let right = try rightFactors(matrices, bucket.index)
    let left = try mistakesThrown { zip(matrices, right).map { matmul($0, $1) } }
    let lefts = try group.startAllReduce(try flat(left, like: given), .sum)
    return { [self] () throws(TensorError) in
      let mean = try work.wait()
      let reducedLeft = try apart(try lefts.wait(), like: left)
      let (bases, products) = try mistakesThrown {
        let bases = reducedLeft.map { self.orthogonalized($0) }
        return (bases, zip(matrices, bases).map { matmul($0.t(), $1) })
      }
      let factors = try apart(try group.allReduce(try flat(products, like: given), .mean), like: products)
      let result = try mistakesThrown {
        var approximations = zip(bases, factors).map { matmul($0, $1.t()) }[...]
        var others = try apart(mean, like: whole)[...]
        let parts = isCompressed.map {
          (($0 ? approximations.popFirst() : others.popFirst()) ?? given[0..<0]).reshape([-1])
        }
        return cat(parts, dim: 0)
      }
      if warmStart { self.factors[bucket.index] = factors }
      if usesErrorFeedback { errors[bucket.index] = try mistakesThrown { given - result } }
      return result
    }
  }

  private func pays(_ gradient: Tensor) -> Bool {
    let (n, m) = gradient.sides
    return Double((n + m) * min(rank, n, m)) * minCompressionRate < Double(n * m)
  }

  /// Orthonormal Q `[m, rank]` for each matrix.
  private func rightFactors(_ matrices: [Tensor], _ index: Int) throws(TensorError) -> [Tensor] {
    try mistakesThrown {
      let known = warmStart ? factors[index] : nil
      return matrices.enumerated().map { i, matrix in
        let (n, m) = matrix.sides
        let columns = min(rank, n, m)
        let start = known?[i] ?? randn(m, columns, generator: random).to(matrix.dtype)
        return orthogonalized(start)
      }
    }
  }

  /// The columns made orthonormal one after the other (Gram and Schmidt).
  private func orthogonalized(_ matrix: Tensor) -> Tensor {
    let wide = matrix.to(matrix.dtype == .float64 ? .float64 : .float32)
    var columns: [Tensor] = []
    for i in 0..<wide.shape[1] {
      var column = wide[0..., i]
      for other in columns { column = column - other * (other * column).sum() }
      let norm = (column * column).sum().sqrt()
      // A matrix of lower rank leaves nothing for its last columns.
      column = norm.item() > 0 ? column / (norm + orthogonalizationEpsilon) : column
      columns.append(column)
    }
    return stack(columns, dim: 1).to(matrix.dtype)
  }

  private func flat(_ tensors: [Tensor], like other: Tensor) throws(TensorError) -> Tensor {
    try mistakesThrown {
      tensors.isEmpty ? Tensor.zeros([0], dtype: other.dtype) : cat(tensors.map { $0.reshape([-1]) }, dim: 0)
    }
  }

  private func apart(_ flat: Tensor, like tensors: [Tensor]) throws(TensorError) -> [Tensor] {
    try mistakesThrown {
      var offset = 0
      return tensors.map { tensor in
        defer { offset += tensor.count }
        return flat[offset..<(offset + tensor.count)].reshape(tensor.shape)
      }
    }
  }
}

extension Tensor {
  /// The first dimension, and the product of all others.
  fileprivate var sides: (Int, Int) {
    let n = rank == 0 ? 1 : shape[0]
    return (n, n == 0 ? 0 : count / n)
  }
}
