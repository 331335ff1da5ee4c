import ApusCore
import CKernels

// Sums, means and maxima of rows of a table, without keeping the rows: PyTorch's `embedding_bag`.

/// What becomes of the rows of a bag.
public enum EmbeddingBagMode: String, Sendable, Hashable, NamedChoice {
  /// Their sum, weighted where there are weights.
  case sum
  /// Their mean.
  case mean
  /// The largest element of each column.
  case max
}

/// Which row each element of a bag's maximum comes from: inputs the table `[rows, width]`, indices `[n]`, bags `[n]`, which are -1
/// for what does not count; result `[bags, width]`, -1 for a bag without rows.
struct BagMaxima: Primitive, Hashable {
  let bags: Int
  var name: String { "EmbeddingBagMaxima" }
  var takesCustomElements: Bool { true }
  var takesComplexElements: Bool { false }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([bags, inputs[0].shape[1]], .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let dtype = inputs[0].dtype
    try ElementCapability.order.require(of: dtype, "embedding_bag")
    let table = try inputs[0].dense(dtype.isCustom ? dtype : .float64)
    let (indices, bag) = (try inputs[1].dense(.int64), try inputs[2].dense(.int64))
    let (rows, width) = (table.shape[0], table.shape[1])
    let (index, place, out) = (indices.data.i64, bag.data.i64, results[0].body.data.i64)
    for i in 0..<bags * width { out[i] = -1 }
    /// Compared element by element; the loop is compiled for each way to compare.
    @inline(__always)
    func choose(_ isAbove: (Int, Int) -> Bool) throws(TensorError) {
      for i in 0..<indices.count where place[i] >= 0 {
        let row = Int(index[i])
        guard row >= 0, row < rows else {
          throw TensorError(
            .index, "embedding_bag", "index \(row) at position \(i) is out of range for a table of \(rows) rows")
        }
        guard place[i] < bags else {
          throw TensorError(
            .index, "embedding_bag", "bag \(place[i]) at position \(i) is out of range for \(bags) bags")
        }
        let first = Int(place[i]) * width
        for c in 0..<width {
          let known = out[first + c]
          if known < 0 || isAbove(row * width + c, Int(known) * width + c) { out[first + c] = Int64(row) }
        }
      }
    }
    try withExtendedLifetime((table, indices, bag)) { () throws(TensorError) in
      if dtype.isCustom {
        let (loops, x, size) = (dtype.custom.loops, UnsafeRawPointer(table.data), dtype.size)
        try choose { loops.isLess(x + $1 * size, x + $0 * size) }
      } else {
        // NaN is larger than every number.
        let x = table.data.f64
        try choose { x[$0] > x[$1] || (x[$0].isNaN && !x[$1].isNaN) }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    // Tables, bags and what lies in them, of all samples one after the other.
    let all = everySample(inputs, isBatched, size)
    let rows = all[0].shape[1]
    let index = positionsOfSamples(all[1], rows: rows, size, wrap: false, "embedding_bag")
    let (first, none) = (arange(size).unsqueeze(1), Tensor(-1))
    let bag = `where`(all[2].ge(0), all[2] + first * bags, none).reshape([all[2].count])
    let made = apply(BagMaxima(bags: bags * size), samplesMerged(all[0], into: 0), index, bag)
    let parted = samplesParted(made, from: 0, size)
    return [`where`(parted.ge(0), parted - first.unsqueeze(2) * rows, none)]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil, nil, nil] }
}

/// The arguments of an embedding bag as lists: the index of every row, the bag that it belongs to, -1 where it does not count.
private struct Bags {
  var indices: Tensor
  var bag: Tensor
  var weights: Tensor?
  var count: Int
  /// How many indices each bag has, where all have as many and all count.
  var length: Int?
}

private func bags(
  _ input: Tensor, _ offsets: Tensor?, _ weights: Tensor?, _ padding: Int?, includesLast: Bool
) throws(TensorError) -> Bags {
  let operation = "embedding_bag"
  guard input.dtype == .int64 || input.dtype == .int32, input.rank == 1 || input.rank == 2 else {
    throw TensorError(
      .dtype, operation,
      "indices must be int32 or int64, [bags, length] or in a row with offsets, and found \(input.type)")
  }
  if let weights, weights.shape != input.shape {
    throw TensorError(
      .shape, operation, "needs a weight for each index, of shape \(input.shape), and found \(weights.shape)")
  }
  var made: Bags
  let flat = input.reshape([input.count])
  if input.rank == 2 {
    guard offsets == nil else {
      throw TensorError(.value, operation, "offsets go with indices in a row only, and these have shape \(input.shape)")
    }
    let bag = arange(input.shape[0]).unsqueeze(1).expand(input.shape).reshape([input.count])
    made = Bags(indices: flat, bag: bag, weights: weights?.reshape([input.count]), count: input.shape[0])
    if padding == nil, input.shape[1] > 0 { made.length = input.shape[1] }
  } else {
    guard let offsets, offsets.rank == 1, offsets.dtype == .int64 || offsets.dtype == .int32 else {
      throw TensorError(
        .value, operation, "indices in a row need offsets, a vector of int32 or int64 numbers where the bags begin")
    }
    guard !includesLast || offsets.count > 0 else {
      throw TensorError(.value, operation, "with includeLastOffset there must be an offset at least")
    }
    let count = includesLast ? offsets.count - 1 : offsets.count
    let bag =
      offsets.isMarked ? followedBags(offsets, count, of: input.count) : try knownBags(offsets, count, of: input.count)
    made = Bags(indices: flat, bag: bag, weights: weights, count: count)
  }
  if let padding { made.bag = `where`(made.indices.eq(padding), Tensor(-1), made.bag) }
  return made
}

/// The bag of each index, where bags begin at `offsets`.
private func knownBags(_ offsets: Tensor, _ count: Int, of indices: Int) throws(TensorError) -> Tensor {
  let starts = offsets.to(.int64).array(as: Int.self)
  guard starts.first ?? 0 == 0, (starts.last ?? 0) <= indices, zip(starts, starts.dropFirst()).allSatisfy(<=) else {
    throw TensorError(
      .value, "embedding_bag",
      "offsets must begin with 0, not fall, and not pass the \(indices) indices, and found \(starts.prefix(8))")
  }
  var bag = [Int](repeating: -1, count: indices)
  for b in 0..<count {
    let end = b + 1 < starts.count ? starts[b + 1] : indices
    for i in starts[b]..<end { bag[i] = b }
  }
  return Tensor(bag)
}

/// The same for offsets that nobody can look at: the last one not behind an index begins its bag.
private func followedBags(_ offsets: Tensor, _ count: Int, of indices: Int) -> Tensor {
  let begun = arange(indices).unsqueeze(1).ge(offsets.to(.int64).unsqueeze(0)).to(.int64).sum([1])
  return `where`(begun.le(count), begun - 1, Tensor(-1))
}

/// The rows of `weight` `[rows, width]` at the indices of each bag, reduced to one: `[bags, width]`.
///
/// - Parameters:
///   - input: indices `[bags, length]`, or of all bags in a row.
///   - offsets: where each bag begins, for indices in a row.
///   - maxNorm: rows that are used and whose `normType`-norm is larger are scaled down to it first, in `weight` itself.
///   - scaleGradByFreq: whether gradients are divided by how often a row is used.
///   - mode: the sum, the mean or the maxima; an empty bag gives zeros.
///   - sparse: whether `backward()` leaves the gradient of a variable by rows, as
///     ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)`` does; not with the mode max.
///   - perSampleWeights: a factor for each index, for sums.
///   - includeLastOffset: whether `offsets` ends with the number of indices.
///   - paddingIdx: a row that does not count; negative ones count from the end.
public func embeddingBag(
  _ input: Tensor, _ weight: Tensor, offsets: Tensor? = nil, maxNorm: Double? = nil, normType: Double = 2,
  scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil,
  includeLastOffset: Bool = false, paddingIdx: Int? = nil
) -> Tensor {
  attempt(input, weight, offsets, perSampleWeights) { () throws(TensorError) in
    guard weight.rank == 2, weight.dtype.isFloatingPoint else {
      throw TensorError(.shape, "embedding_bag", "needs a table of shape [rows, width], and found \(weight.type)")
    }
    guard perSampleWeights == nil || mode == .sum else {
      throw TensorError(.value, "embedding_bag", "weights of samples go with the mode sum only, and found \(mode)")
    }
    if let perSampleWeights, perSampleWeights.dtype != weight.dtype {
      throw TensorError(
        .dtype, "embedding_bag",
        "table and weights must be of one type, and found \(weight.dtype) and \(perSampleWeights.dtype)")
    }
    guard !sparse || mode != .max else {
      throw TensorError(.value, "embedding_bag", "sparse gradients do not go with the mode max")
    }
    guard !scaleGradByFreq || mode != .max else {
      throw TensorError(.value, "embedding_bag", "scaleGradByFreq does not go with the mode max")
    }
    let padding = try paddingRow(paddingIdx, rows: weight.shape[0], "embedding_bag")
    let all = try bags(input, offsets, perSampleWeights, padding, includesLast: includeLastOffset)
    let table = try renormed(weight, all.indices, maxNorm, normType, "embedding_bag")
    if let type = narrowType(table) {
      return reduced(all, table.widened, mode, scaleGradByFreq, sparse).to(type)
    }
    return reduced(all, table, mode, scaleGradByFreq, sparse)
  }
}

private func reduced(
  _ all: Bags, _ table: Tensor, _ mode: EmbeddingBagMode, _ scales: Bool, _ isSparse: Bool
) -> Tensor {
  let zeros = Tensor.zeros([all.count, table.shape[1]], dtype: table.dtype)
  if mode == .max {
    let rows = apply(BagMaxima(bags: all.count), table.detach(), all.indices, all.bag)
    if rows.hasFailed || table.shape[0] == 0 { return rows.hasFailed ? rows : zeros }
    let found = rows.ge(0)
    return `where`(found, table.gather(0, `where`(found, rows, Tensor(0))), zeros)
  }
  let counts = all.bag.ge(0)
  let lookup = EmbeddingRows(paddingIndex: nil, scalesByFrequency: scales, isSparse: isSparse)
  let rows = apply(lookup, table, all.indices)
  if rows.hasFailed { return rows }
  if let length = all.length {
    let parts = all.weights.map { rows * $0.to(table.dtype).unsqueeze(1) } ?? rows
    let sums = parts.reshape([all.count, length, table.shape[1]]).sum([1])
    return mode == .sum ? sums : sums / Double(length)
  }
  var factors = counts.to(table.dtype)
  if let weights = all.weights {
    factors = `where`(counts, weights.to(table.dtype), Tensor.zeros([], dtype: table.dtype))
  }
  // What does not count is added to the first bag as zero, whatever the row holds.
  let bag = `where`(counts, all.bag, Tensor(0))
  let parts = `where`(counts.unsqueeze(1), rows * factors.unsqueeze(1), Tensor.zeros([], dtype: table.dtype))
  if all.count == 0 { return zeros }
  let sums = zeros.indexAdd(0, bag, parts)
  if mode == .sum { return sums }
  let sizes = Tensor.zeros([all.count], dtype: table.dtype).indexAdd(0, bag, factors.detach())
  return sums / sizes.clamp(min: 1).unsqueeze(1)
}

/// The row that gets no gradient, from the front.
func paddingRow(_ given: Int?, rows: Int, _ operation: String) throws(TensorError) -> Int? {
  guard let given else { return nil }
  guard given >= -rows, given < rows else {
    throw TensorError(.index, operation, "paddingIdx \(given) is out of range for a table of \(rows) rows")
  }
  return given < 0 ? given + rows : given
}

/// The table with those rows that `indices` name scaled down to `maxNorm`. A variable is changed itself, without a record.
func renormed(
  _ table: Tensor, _ indices: Tensor, _ maxNorm: Double?, _ normType: Double, _ operation: String
) throws(TensorError) -> Tensor {
  guard let maxNorm else { return table }
  guard maxNorm >= 0, normType > 0 else {
    throw TensorError(
      .value, operation, "maxNorm must not be negative and normType positive, and found \(maxNorm) and \(normType)")
  }
  let flat = indices.reshape([indices.count]).to(.int64)
  if indices.count == 0 { return table }
  let changed = noGrad {
    let used = Tensor.zeros([table.shape[0]], dtype: .int64).indexFill(0, flat, 1)
    return `where`(
      used.ne(0).unsqueeze(1), table.detach().renorm(p: normType, dim: 0, maxnorm: maxNorm), table.detach())
  }
  if changed.hasFailed { return changed }
  guard table.isVariable else { return table + (changed - table).detach() }
  noGrad {
    var target = table
    target.assign(changed)
  }
  return table
}

extension Registry {
  /// Reduced rows by index.
  static let embeddingBags: [Operation] = [
    .tensor(
      "nn.functional.embedding_bag",
      "input, weight, offsets=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, "
        + "per_sample_weights=None, include_last_offset=False, padding_idx=None"
    ) {
      guard let mode = EmbeddingBagMode(rawValue: try $0.string("mode")) else {
        throw $0.mismatch("mode", "'sum', 'mean' or 'max'")
      }
      let maxNorm = try $0.isNone("max_norm") ? nil : $0.double("max_norm")
      return try embeddingBag(
        $0.tensor("input"), $0.tensor("weight"), offsets: $0.optionalTensor("offsets"), maxNorm: maxNorm,
        normType: $0.double("norm_type"), scaleGradByFreq: $0.bool("scale_grad_by_freq"), mode: mode,
        sparse: $0.bool("sparse"), perSampleWeights: $0.optionalTensor("per_sample_weights"),
        includeLastOffset: $0.bool("include_last_offset"),
        paddingIdx: $0.optionalInt("padding_idx"))
    }
  ]
}
