import ApusCore

// Reductions over runs of neighbours, each of a length of its own: PyTorch's `segment_reduce`.

/// What becomes of the elements of a segment.
public enum SegmentReduction: String, Sendable, Hashable, NamedChoice {
  /// Their sum, mean, largest, smallest and product.
  case sum, mean, max, min, prod
}

/// Inputs data `[outer, n, inner]` and int64 offsets `[outer, segments + 1]`; result `[outer, segments, inner]`.
private struct SegmentReduce: Primitive, Hashable {
  enum Kind { case sum, max, min, prod }
  let kind: Kind
  /// What each segment starts from.
  let initial: Double
  var name: String { "SegmentReduce" }
  var saves: Saves { [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (data, offsets) = (inputs[0].shape, inputs[1].shape)
    return [TensorType([data[0], offsets[1] - 1, data[2]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let (data, offsets) = (try inputs[0].dense(compute), try inputs[1].dense(.int64))
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      if compute == .float32 { run(Float.self, data, offsets, result) } else { run(Double.self, data, offsets, result) }
    }
  }

  private func run<T: BinaryFloatingPoint>(_: T.Type, _ data: TensorBody, _ offsets: TensorBody, _ result: TensorBody) {
    let (n, inner, segments) = (data.shape[1], data.shape[2], result.shape[1])
    let x = UnsafePointer(data.data.assumingMemoryBound(to: T.self))
    let y = result.data.assumingMemoryBound(to: T.self)
    let starts = offsets.data.i64
    let work = data.count / Swift.max(1, data.shape[0] * segments)
    withExtendedLifetime((data, offsets, result)) {
      parallelFor(data.shape[0] * segments, grain: Swift.max(1, parallelGrain / Swift.max(1, work))) { range in
        for segment in range {
          let outer = segment / segments
          let place = outer * (segments + 1) + segment % segments
          let out = y + segment * inner
          for i in 0..<inner { out[i] = T(initial) }
          for row in Int(starts[place])..<Swift.max(Int(starts[place]), Int(starts[place + 1])) {
            let from = x + (outer * n + row) * inner
            switch kind {
            case .sum: for i in 0..<inner { out[i] += from[i] }
            case .prod: for i in 0..<inner { out[i] *= from[i] }
            case .max: for i in 0..<inner where from[i] > out[i] || from[i].isNaN { out[i] = from[i] }
            case .min: for i in 0..<inner where from[i] < out[i] || from[i].isNaN { out[i] = from[i] }
            }
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    return [samplesParted(apply(self, samplesMerged(all[0], into: 0), samplesMerged(all[1], into: 0)), from: 0, size)]
  }

  /// The derivative of each segment's result by each of its elements.
  private func slope(_ x: Tensor, _ y: Tensor, _ offsets: Tensor) -> Tensor {
    let spread = SegmentSpread(count: x.shape[1])
    let (zero, one) = (Tensor.zeros([], dtype: x.dtype), Tensor.ones([], dtype: x.dtype))
    func everywhere(_ t: Tensor) -> Tensor { apply(spread, t, offsets) }
    func summed(_ t: Tensor) -> Tensor { apply(SegmentReduce(kind: .sum, initial: 0), t, offsets) }
    guard kind == .prod else {
      // All elements that are the extreme share the gradient evenly.
      let isExtreme = x.eq(everywhere(y)).logicalOr(x.isnan()).to(x.dtype)
      return isExtreme / everywhere(summed(isExtreme)).clamp(min: 1)
    }
    // The product of the others: with one zero among the factors it is that without the zero, with more it is zero.
    let isZero = x.eq(0)
    let zeros = everywhere(summed(isZero.to(x.dtype)))
    let others = everywhere(apply(self, `where`(isZero, one, x), offsets))
    return `where`(zeros.eq(isZero.to(x.dtype)), `where`(isZero, others, others / `where`(isZero, one, x)), zero)
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard let tangent = tangents[0] else { return [nil] }
    let moved = kind == .sum ? tangent : tangent * slope(inputs[0], outputs[0], inputs[1])
    return [apply(SegmentReduce(kind: .sum, initial: 0), moved, inputs[1])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = apply(SegmentSpread(count: node.inputType(0).shape[1]), single(node, cotangents), node.input(1))
    return [kind == .sum ? g : g * slope(node.input(0), node.output(0), node.input(1)), nil]
  }
}

/// What belongs to a segment given to each of its elements: inputs `[outer, segments, inner]` and offsets, result `[outer, count,
/// inner]`; zeros where there is no segment.
private struct SegmentSpread: Primitive, Hashable {
  let count: Int
  var name: String { "SegmentSpread" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([inputs[0].shape[0], count, inputs[0].shape[2]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (data, offsets, result) = (try inputs[0].dense(), try inputs[1].dense(.int64), results[0].body)
    let segments = data.shape[1]
    let bytes = data.shape[2] * data.dtype.size
    let starts = offsets.data.i64
    results[0].fillZero()
    withExtendedLifetime((data, offsets)) {
      for outer in 0..<data.shape[0] {
        for segment in 0..<segments {
          let place = outer * (segments + 1) + segment
          let from = data.data + (outer * segments + segment) * bytes
          for row in Int(starts[place])..<Swift.max(Int(starts[place]), Int(starts[place + 1])) {
            (result.data + (outer * count + row) * bytes).copyMemory(from: from, byteCount: bytes)
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    return [samplesParted(apply(self, samplesMerged(all[0], into: 0), samplesMerged(all[1], into: 0)), from: 0, size)]
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [tangents[0].map { apply(self, $0, inputs[1]) }]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(SegmentReduce(kind: .sum, initial: 0), single(node, cotangents), node.input(1)), nil]
  }
}

extension Tensor {
  /// Neighbours along `axis` reduced to one for each segment, PyTorch's `segment_reduce`: of `[..., n, ...]` a tensor
  /// `[..., segments, ...]`.
  ///
  /// Segments are told by `lengths` `[..., segments]`, one after the other from the start, or by `offsets`
  /// `[..., segments + 1]`, where each begins and the last one ends; both have the dimensions in front of `axis`. An empty segment
  /// gives `initial`: if that is left out 0 for the sum, 1 for the product, NaN for the mean, and an infinity for extremes.
  ///
  /// - Parameters:
  ///   - unsafe: leaves the check out that lengths add up to what is there.
  ///   - initial: what every segment begins with; the mean adds it to the sum.
  public func segmentReduce(
    _ reduce: SegmentReduction, lengths: Tensor? = nil, offsets: Tensor? = nil, axis: Int = 0, unsafe: Bool = false,
    initial: Double? = nil
  ) -> Tensor {
    attempt(self, lengths, offsets) { () throws(TensorError) in
      let operation = "segmentReduce"
      let axis = try normalize(dim: axis, rank: rank, operation)
      guard rank > 0, dtype.isFloatingPoint else {
        throw TensorError(
          .dtype, operation, "needs floating point numbers along an axis, and found \(type); convert them with .to")
      }
      guard let given = offsets ?? lengths else {
        throw TensorError(.value, operation, "needs lengths or offsets of the segments, and got neither")
      }
      guard given.dtype == .int64 || given.dtype == .int32 else {
        throw TensorError(
          .dtype, operation, "lengths and offsets are int32 or int64, and found \(given.dtype); convert them with .to")
      }
      guard given.rank == axis + 1, Array(given.shape.dropLast()) == Array(shape[..<axis]),
        offsets == nil || given.size(axis) > 0
      else {
        throw TensorError(
          .shape, operation,
          "lengths and offsets have the dimensions \(Array(shape[..<axis])) in front of axis \(axis) and one more, and found "
            + "\(given.shape)")
      }
      let (outer, n) = (shape[..<axis].reduce(1, *), shape[axis])
      let inner = shape[(axis + 1)...].reduce(1, *)
      let places = try segmentPlaces(
        given.detach().to(.int64).reshape([outer, given.shape[axis]]), areOffsets: offsets != nil, n, unsafe, operation)
      let data = reshape([outer, n, inner])
      func reduced(_ kind: SegmentReduce.Kind, _ start: Double) -> Tensor {
        apply(SegmentReduce(kind: kind, initial: initial ?? start), data, places)
      }
      let found: Tensor
      switch reduce {
      case .sum: found = reduced(.sum, 0)
      case .prod: found = reduced(.prod, 1)
      case .max: found = reduced(.max, -.infinity)
      case .min: found = reduced(.min, .infinity)
      case .mean:
        let segments = places.size(1) - 1
        let sizes = (places.narrow(1, 1, segments) - places.narrow(1, 0, segments)).to(dtype).unsqueeze(2)
        // Nothing divided by no elements is no number, and an initial value stays what it is.
        found = reduced(.sum, 0) / (initial == nil ? sizes : sizes.clamp(min: 1))
      }
      return found.reshape(shape[..<axis] + [places.size(1) - 1] + shape[(axis + 1)...])
    }
  }
}

/// Offsets `[outer, segments + 1]` of segments that lie within `n` elements.
private func segmentPlaces(
  _ given: Tensor, areOffsets: Bool, _ n: Int, _ unsafe: Bool, _ operation: String
) throws(TensorError) -> Tensor {
  let values = given.array(as: Int.self)
  let (outer, width) = (given.size(0), given.size(1))
  if areOffsets {
    for row in 0..<outer {
      let starts = values[row * width..<(row + 1) * width]
      guard zip(starts, starts.dropFirst()).allSatisfy(<=), (starts.first ?? 0) >= 0, (starts.last ?? 0) <= n else {
        throw TensorError(
          .value, operation, "offsets must not fall, and lie from 0 to \(n), and found \(Array(starts.prefix(8)))")
      }
    }
    return given
  }
  guard values.allSatisfy({ $0 >= 0 }) else {
    throw TensorError(.value, operation, "a length must not be negative, and found \(values.first { $0 < 0 } ?? 0)")
  }
  var places: [Int] = []
  for row in 0..<outer {
    var sum = 0
    places.append(0)
    for length in values[row * width..<(row + 1) * width] {
      sum = sum.clampedAdding(length)
      places.append(sum)
    }
    guard sum == n || (unsafe && sum < n) else {
      throw TensorError(
        .value, operation,
        "lengths add up to \(sum), and there are \(n) elements" + (sum < n ? "; unsafe: true leaves the rest out" : ""))
    }
  }
  return Tensor(places).reshape([outer, width + 1]).placed(with: given)
}

extension Registry {
  /// Reductions over segments.
  static let segments: [Operation] = [
    .tensor(
      "segment_reduce _segment_reduce",
      "data, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None"
    ) {
      guard let reduce = SegmentReduction(rawValue: try $0.string("reduce")) else {
        throw $0.mismatch("reduce", "'sum', 'mean', 'max', 'min' or 'prod'")
      }
      guard try $0.isNone("indices") else {
        throw TensorError(.unsupported, "segment_reduce", "indices are not supported, in PyTorch neither; pass lengths")
      }
      return try $0.tensor("data").segmentReduce(
        reduce, lengths: $0.optionalTensor("lengths"), offsets: $0.optionalTensor("offsets"),
        axis: $0.int("axis"), unsafe: $0.bool("unsafe"),
        initial: $0.isNone("initial") ? nil : $0.double("initial"))
    }
  ]
}
