import ApusCore

// Grids, products and blocks of several tensors.

/// All tensors repeated to their common shape.
public func broadcastTensors(_ tensors: [Tensor]) -> [Tensor] {
  attempt(poisoned(among: tensors)) { () throws(TensorError) in
    let shape = try broadcastShapes(tensors.map(\.shape), "broadcastTensors")
    return tensors.map { $0.expand(shape) }
  }
}

/// ``broadcastTensors(_:)-([Tensor])`` of single tensors.
public func broadcastTensors(_ tensors: Tensor...) -> [Tensor] { broadcastTensors(tensors) }

/// The shape that tensors of the given shapes have together.
/// - Throws: an error that names the sizes that do not fit.
public func broadcastShapes(_ shapes: [Int]...) throws(TensorError) -> [Int] {
  if let bad = shapes.first(where: { $0.contains { $0 < 0 } }) {
    throw TensorError(.shape, "broadcastShapes", "sizes must not be negative, and found \(bad)")
  }
  return try broadcastShapes(shapes, "broadcastShapes")
}

/// Which of the first two vectors runs along the rows of a grid.
public enum MeshgridIndexing: String, NamedChoice, Sendable {
  /// Matrix order: the first vector along dimension 0.
  case ij
  /// Picture order: the first vector along dimension 1.
  case xy
}

/// The coordinates of the grid that vectors span: one tensor each, with a dimension for every vector.
public func meshgrid(_ tensors: [Tensor], indexing: MeshgridIndexing = .ij) -> [Tensor] {
  if let bad = poisoned(among: tensors) { return [bad] }
  guard let first = tensors.first, tensors.allSatisfy({ $0.rank <= 1 && $0.dtype == first.dtype }) else {
    return [
      fail(TensorError(.shape, "meshgrid", "needs vectors of one type, and found \(tensors.map(\.type))"))
    ]
  }
  let swaps = indexing == .xy && tensors.count >= 2
  let ordered = swaps ? [tensors[1], tensors[0]] + tensors[2...] : tensors
  let shape = ordered.map(\.count)
  var grids = ordered.enumerated().map { i, t in
    t.reshape(shape.indices.map { $0 == i ? shape[i] : 1 }).expand(shape)
  }
  if swaps { grids.swapAt(0, 1) }
  return grids
}

/// ``meshgrid(_:indexing:)-([Tensor],_)`` of single tensors.
public func meshgrid(_ tensors: Tensor..., indexing: MeshgridIndexing = .ij) -> [Tensor] {
  meshgrid(tensors, indexing: indexing)
}

/// All tuples with one element of each vector, as rows. One vector alone is given back.
public func cartesianProd(_ tensors: [Tensor]) -> Tensor {
  if let bad = poisoned(among: tensors) { return bad }
  guard let first = tensors.first, tensors.allSatisfy({ $0.rank == 1 }) else {
    return fail(TensorError(.shape, "cartesianProd", "needs vectors, and found \(tensors.map(\.shape))"))
  }
  if tensors.count == 1 { return alias(first) }
  return stack(meshgrid(tensors).map { $0.reshape([$0.count]) }, dim: 1)
}

/// ``cartesianProd(_:)-([Tensor])`` of single tensors.
public func cartesianProd(_ tensors: Tensor...) -> Tensor { cartesianProd(tensors) }

/// A matrix with the given matrices along its diagonal and zeros elsewhere.
public func blockDiag(_ tensors: [Tensor]) -> Tensor {
  if let bad = poisoned(among: tensors) { return bad }
  guard tensors.allSatisfy({ $0.rank <= 2 }) else {
    return fail(TensorError(.dimension, "blockDiag", "needs at most 2 dimensions, and found \(tensors.map(\.shape))"))
  }
  let blocks = tensors.map { $0.atleast2d() }
  let dtype = blocks.isEmpty ? .float32 : resultType(blocks.map(\.type))
  let columns = blocks.reduce(0) { $0 + $1.shape[1] }
  var left = 0
  let rows = blocks.map { block in
    defer { left += block.shape[1] }
    return block.to(dtype).constantPadNd([left, columns - left - block.shape[1]])
  }
  return rows.isEmpty ? Tensor.zeros([1, 0]) : cat(rows, dim: 0)
}

/// ``blockDiag(_:)-([Tensor])`` of single tensors.
public func blockDiag(_ tensors: Tensor...) -> Tensor { blockDiag(tensors) }

extension Tensor {
  /// All choices of `r` elements of this vector, in order, as rows.
  public func combinations(_ r: Int = 2, withReplacement: Bool = false) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard rank == 1, r >= 0 else {
        throw TensorError(
          .value, "combinations", "needs a vector and a non-negative number, and found \(shape) and \(r)")
      }
      if r == 0 { return Tensor.zeros([0], dtype: dtype) }
      guard count >= (withReplacement ? 1 : r) else {
        return indexSelect(0, Tensor.zeros([0], dtype: .int64)).reshape([0, r])
      }
      let choices = choiceCount(withReplacement ? count.clampedAdding(r - 1) : count, r)
      try checkMemory(TensorType([choices, r], .int64), "combinations")
      let positions = Context.onHost { Tensor.zeros([choices, r], dtype: .int64) }
      var out = positions.body.data.i64
      var chosen = (0..<r).map { withReplacement ? 0 : $0 }
      while true {
        // The last place runs to its end, then the one before it goes on.
        chosen.withUnsafeBufferPointer { chosen in
          for last in chosen[r - 1]..<count {
            for i in 0..<(r - 1) { out[i] = Int64(chosen[i]) }
            out[r - 1] = Int64(last)
            out += r
          }
        }
        let movable = chosen.indices.dropLast().last { chosen[$0] < (withReplacement ? count - 1 : count - r + $0) }
        guard let i = movable else { break }
        chosen[i] += 1
        for j in chosen.indices[(i + 1)...] { chosen[j] = withReplacement ? chosen[i] : chosen[j - 1] + 1 }
      }
      return indexSelect(0, positions.reshape([choices * r]).placed(with: self)).reshape([choices, r])
    }
  }

  /// With `value` around: `pad` gives how many elements before and behind the last dimension, then the one before it, and
  /// so on. Negative numbers cut.
  public func constantPadNd(_ pad: [Int], _ value: some ScalarConvertible) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let (before, after) = try padding(pad, "constantPadNd")
      if before.allSatisfy({ $0 == 0 }), after.allSatisfy({ $0 == 0 }) { return clone() }
      let target = shape.indices.map { shape[$0] + before[$0] + after[$0] }
      // What is cut first, then the rest put into a filled block.
      let starts = before.map { Swift.max(0, -$0) }
      let counts = shape.indices.map { Swift.max(0, shape[$0] - starts[$0] - Swift.max(0, -after[$0])) }
      let part = apply(Slice(starts: starts, counts: counts, steps: shape.map { _ in 1 }), self)
      if counts == target { return part.clone() }
      let place = Slice(starts: before.map { Swift.max(0, $0) }, counts: counts, steps: shape.map { _ in 1 })
      let scalar = value.scalar
      if !scalar.isComplex, scalar.double.bitPattern == 0 {
        return apply(PlaceSlice(shape: target, slice: place), part)
      }
      return apply(ReplaceSlice(slice: place), Tensor.full(target, scalar, dtype: dtype), part)
    }
  }
  public func constantPadNd(_ pad: [Int]) -> Tensor { constantPadNd(pad, 0) }

  /// What to add before and behind each dimension; checks that sizes stay possible.
  private func padding(_ pad: [Int], _ operation: String) throws(TensorError) -> (before: [Int], after: [Int]) {
    guard pad.count % 2 == 0, pad.count / 2 <= rank else {
      throw TensorError(
        .value, operation, "needs two numbers for each of at most \(rank) dimensions, and found \(pad) for \(shape)")
    }
    guard pad.allSatisfy({ $0.magnitude < 1 << 40 }) else {
      throw TensorError(.value, operation, "\(pad) is out of range: numbers must be below 2^40")
    }
    var (before, after) = (shape.map { _ in 0 }, shape.map { _ in 0 })
    for i in 0..<(pad.count / 2) {
      (before[rank - 1 - i], after[rank - 1 - i]) = (pad[2 * i], pad[2 * i + 1])
    }
    if let d = shape.indices.first(where: { shape[$0] + before[$0] + after[$0] < 0 }) {
      throw TensorError(
        .shape, operation, "\(pad) leaves less than nothing of dimension \(d) of size \(shape[d])")
    }
    return (before, after)
  }

  /// With elements around, PyTorch's `nn.functional.pad`: `pad` gives how many before and behind the last dimension, then
  /// the one before it, and so on.
  ///
  /// - Parameter value: what to fill in, for the mode `constant`.
  public func pad(_ pad: [Int], mode: PadMode = .constant, value: some ScalarConvertible = 0.0) -> Tensor {
    if mode == .reflect || mode == .replicate, let autocast = Autocast.active {
      return autocast.run(.float32, self) { $0.pad(pad, mode: mode, value: value) }
    }
    return attempt(self) { () throws(TensorError) in
      if mode == .constant { return constantPadNd(pad, value) }
      let (before, after) = try padding(pad, "pad")
      var result = self
      for d in shape.indices where before[d] != 0 || after[d] != 0 {
        let n = shape[d]
        let most = mode == .reflect ? n - 1 : mode == .circular ? n : Int.max
        guard n > 0, before[d] <= most, after[d] <= most else {
          throw TensorError(
            .value, "pad",
            "\(mode.rawValue) padding of (\(before[d]), \(after[d])) needs a dimension larger than that, and dimension \(d) "
              + "has \(n) elements")
        }
        try checkMemory(TensorType([before[d] + n + after[d]], .int64), "pad")
        func position(_ i: Int) -> Int {
          switch mode {
          case .replicate: return Swift.min(Swift.max(i, 0), n - 1)
          case .circular:
            // What a negative number cuts off takes no part in the round.
            let first = Swift.max(0, -before[d])
            let size = n - first - Swift.max(0, -after[d])
            return size > 0 ? (((i - first) % size) + size) % size + first : 0
          case .reflect, .constant: return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i
          }
        }
        func part(_ range: Range<Int>) -> Tensor {
          result.indexSelect(d, range.isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(range.map(position)))
        }
        if before[d] >= 0, after[d] >= 0, n > 1 << 10 {
          // The elements themselves stay in their order: a position for each would cost more than to copy them.
          let parts = [part(-before[d]..<0), result, part(n..<n + after[d])]
          result = cat(parts.filter { $0.hasFailed || $0.shape[d] > 0 }, dim: d)
        } else {
          result = part(-before[d]..<n + after[d])
        }
      }
      return result
    }
  }
}

/// In how many ways `r` of `n` things can be chosen, or the largest number.
private func choiceCount(_ n: Int, _ r: Int) -> Int {
  var (result, i) = (1, 1)
  while i <= min(r, n - r) {
    // Exact: the product of i numbers in a row is a multiple of i!.
    let (next, overflow) = result.multipliedReportingOverflow(by: n - i + 1)
    if overflow { return .max }
    result = next / i
    i += 1
  }
  return result
}

/// What ``Tensor/pad(_:mode:value:)`` puts around a tensor.
public enum PadMode: String, Sendable, NamedChoice {
  /// One number.
  case constant
  /// The tensor mirrored at its border element, which is not repeated.
  case reflect
  /// The border element over and over.
  case replicate
  /// The elements from the other end.
  case circular

  /// ``constant``, as layers call it.
  public static var zeros: PadMode { .constant }

  public init(stringLiteral name: String) { self = name == "zeros" ? .zeros : PadMode(named: name) }
}

extension Registry {
  /// Grids, combinations and padding.
  static let combining: [Operation] = [
    .tensor("constant_pad_nd", "input, pad, value=0") {
      try $0.tensor("input").constantPadNd(try $0.ints("pad"), try $0.scalar("value"))
    },
    .tensor("nn.functional.pad", "input, pad, mode='constant', value=None") {
      let name = try $0.string("mode")
      guard let mode = PadMode(rawValue: name) else {
        throw TensorError(
          .value, "pad", "mode must be constant, reflect, replicate or circular, and found '\(name)'")
      }
      return try $0.tensor("input").pad(
        try $0.ints("pad"), mode: mode, value: try $0.optionalScalar("value") ?? .int(0))
    },
    .tensors("broadcast_tensors", "*tensors") { broadcastTensors(try $0.tensors("tensors")) },
    Operation("broadcast_shapes", "*shapes") {
      guard case .list(let items) = try $0.value("shapes") else { throw $0.mismatch("shapes", "shapes") }
      let shapes = try items.map { item -> [Int] in
        switch item {
        case .int(let n): return [n]
        case .list(let sizes):
          return sizes.compactMap {
            if case .int(let n) = $0 { return n }
            return nil
          }
        default: throw TensorError(.value, "broadcast_shapes", "expected shapes, and found \(item.kind)")
        }
      }
      return [.list(try broadcastShapes(shapes, "broadcastShapes").map { .int($0) })]
    },
    .tensors("meshgrid", "*tensors, indexing='ij'") {
      let name = try $0.string("indexing")
      guard let indexing = MeshgridIndexing(rawValue: name) else {
        throw TensorError(.value, "meshgrid", "indexing must be 'ij' or 'xy', and found '\(name)'")
      }
      return meshgrid(try $0.tensors("tensors"), indexing: indexing)
    },
    .tensor("cartesian_prod", "*tensors") { cartesianProd(try $0.tensors("tensors")) },
    .tensor("block_diag", "*tensors") { blockDiag(try $0.tensors("tensors")) },
    .tensor("combinations", "input, r=2, with_replacement=False") {
      try $0.tensor("input").combinations(try $0.int("r"), withReplacement: try $0.bool("with_replacement"))
    },
  ]
}
