// Reductions of runs of elements that follow each other.

/// How ``segmentReduce(_:reduce:lengths:offsets:axis:unsafe:initial:)`` combines the elements of a segment.
public enum SegmentReduction: String, Sendable, Hashable, NamedChoice {
  /// Their sum, mean, maximum, minimum or product.
  case sum, mean, max, min, prod
}

/// The elements of each segment of `data` along `axis` combined to one, PyTorch's `torch.segment_reduce`.
///
///     segmentReduce(Tensor([1, 2, 3, 4.0]), reduce: .sum, lengths: Tensor([1, 3]))      // [1, 9]
///
/// - Parameters:
///   - reduce: how they are combined. NaN wins in extremes, of which equal elements share the gradient.
///   - lengths: how many elements each segment has, integers of the shape `data.shape[..<axis] + [segments]`; they follow each other.
///   - offsets: in place of lengths, where each segment begins and the last one ends, `data.shape[..<axis] + [segments + 1]`.
///   - unsafe: whether elements may be left over behind the last segment, which otherwise is a mistake.
///   - initial: what each segment starts from; nil: 0 for sums, 1 for products, -infinity and infinity for extremes.
/// - Returns: `data.shape[..<axis] + [segments] + data.shape[(axis + 1)...]`. The mean of no elements is `initial`, or NaN if that is nil.
public func segmentReduce(
  _ data: Tensor, reduce: SegmentReduction, lengths: Tensor? = nil, offsets: Tensor? = nil, axis: Int = 0,
  unsafe: Bool = false, initial: (any ScalarConvertible)? = nil
) -> Tensor {
  attempt(data, lengths, offsets) { () throws(TensorError) in
    if let type = narrowType(data) {
      return segmentReduce(
        data.widened, reduce: reduce, lengths: lengths, offsets: offsets, axis: axis, unsafe: unsafe, initial: initial
      ).to(type)
    }
    let dim = try normalize(dim: axis, rank: data.rank, "segment_reduce")
    let segments = try Segments(data.shape, dim, lengths, offsets, unsafe: unsafe)
    let rest = Array(data.shape[(dim + 1)...])
    let batch = Array(data.shape[..<dim])
    let (low, high) = extremeScalars(data.dtype)
    let neutral: Scalar =
      switch reduce {
      case .sum, .mean: .int(0)
      case .prod: .int(1)
      case .max: low
      case .min: high
      }
    let start = Tensor.full(
      batch + [segments.count + 1] + rest, initial?.scalar ?? neutral, dtype: data.dtype, device: data.deviceIfUsed)
    let index = segments.places.reshape(batch + [data.shape[dim]] + rest.map { _ in 1 }).expand(data.shape)
    let how: ScatterReduction =
      switch reduce {
      case .sum, .mean: .sum
      case .prod: .prod
      case .max: .amax
      case .min: .amin
      }
    // The last place takes what belongs to no segment.
    let combined = start.scatterReduce(dim, index.placed(with: data), data, reduce: how)
      .narrow(dim, 0, segments.count)
    guard reduce == .mean else { return combined }
    let counts = Tensor(segments.lengths, shape: batch + [segments.count] + rest.map { _ in 1 }).placed(with: data)
    let means = combined / counts.clamp(min: 1).to(data.dtype)
    return initial == nil ? means.maskedFill(counts.eq(0), Double.nan) : means
  }
}

/// To which segment each element along a dimension belongs.
private struct Segments {
  /// How many there are in each row of the batch.
  let count: Int
  /// How many elements each one has, row by row.
  var lengths: [Int] = []
  /// The segment of each element, row by row; `count` for those that are in none.
  let places: Tensor

  init(_ shape: [Int], _ dim: Int, _ lengths: Tensor?, _ offsets: Tensor?, unsafe: Bool) throws(TensorError) {
    let operation = "segment_reduce"
    guard let given = lengths ?? offsets, lengths == nil || offsets == nil else {
      throw TensorError(.value, operation, "needs either lengths or offsets of the segments")
    }
    let name = lengths == nil ? "offsets" : "lengths"
    guard given.dtype.kind == .signed || given.dtype.kind == .unsigned, given.rank == dim + 1,
      Array(given.shape.dropLast()) == Array(shape[..<dim]), lengths != nil || given.size(-1) > 0
    else {
      throw TensorError(
        .shape, operation,
        "\(name) must be integers of shape \(Array(shape[..<dim])) + [segments], and are \(given.type)")
    }
    let (n, width) = (shape[dim], given.size(-1))
    count = lengths == nil ? width - 1 : width
    let numbers = given.detach().array(as: Int.self)
    var places: [Int] = []
    for row in 0..<elementCount(Array(shape[..<dim])) {
      let part = Array(numbers[row * width..<(row + 1) * width])
      var edges = part
      if lengths != nil {
        edges = [0]
        for length in part { edges.append(edges[edges.count - 1].clampedAdding(length)) }
      }
      guard zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 }), edges[0] >= 0, edges[edges.count - 1] <= n,
        unsafe || edges[edges.count - 1] == n
      else {
        throw TensorError(
          .value, operation, "the \(name) \(part) of row \(row) do not divide \(n) elements into segments")
      }
      places += [Int](repeating: count, count: edges[0])
      for segment in 0..<count {
        let length = edges[segment + 1] - edges[segment]
        self.lengths.append(length)
        places += [Int](repeating: segment, count: length)
      }
      places += [Int](repeating: count, count: n - edges[edges.count - 1])
    }
    self.places = Tensor(places, shape: [places.count])
  }
}

extension Registry {
  /// Reductions of segments.
  static let segments: [Operation] = [
    .tensor(
      "segment_reduce _segment_reduce",
      "input, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None"
    ) {
      guard let reduce = SegmentReduction(rawValue: try $0.string("reduce")) else {
        throw $0.mismatch("reduce", "'sum', 'mean', 'max', 'min' or 'prod'")
      }
      guard try $0.isNone("indices") else { throw $0.mismatch("indices", "nothing: PyTorch does not support them") }
      return segmentReduce(
        try $0.tensor("input"), reduce: reduce, lengths: try $0.optionalTensor("lengths"),
        offsets: try $0.optionalTensor("offsets"), axis: try $0.int("axis"), unsafe: try $0.bool("unsafe"),
        initial: try $0.optionalScalar("initial"))
    }
  ]
}
