// Joining tensors and cutting them apart.

/// Tensors one behind the other along a dimension.
package struct Cat: Rearrangement, Hashable {
  package let dim: Int
  package var name: String { "Cat" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    var shape = inputs[0].shape
    for (k, input) in inputs.enumerated().dropFirst() {
      guard input.rank == shape.count else {
        throw TensorError(
          .shape, "cat",
          "tensors must have the same number of dimensions: tensor 0 has \(inputs[0].shape) and tensor \(k) \(input.shape)"
        )
      }
      for d in shape.indices where d != dim && input.shape[d] != shape[d] {
        throw TensorError(
          .shape, "cat",
          "sizes must match except in dimension \(dim): tensor 0 has \(inputs[0].shape) and tensor \(k) \(input.shape)")
      }
      shape[dim] += input.shape[dim]
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .images(inputs) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let result = results[0]
    var offset = 0
    for input in inputs {
      let window = result.view(input.shape, strides: result.body.strides, offset: offset * result.body.strides[dim])
      window.fill(with: input)
      offset += input.shape[dim]
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    var offset = 0
    return inputs.map { x in
      defer { offset += x.type.shape[dim] }
      return cCopy(x) { i in
        var place = i
        place[dim] = "\(offset) + \(i[dim])"
        return outputs[0](place)
      }
    }.joined(separator: "\n")
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Cat(dim: dim + 1), everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    var offset = 0
    return (0..<node.inputCount).map { i in
      let size = node.inputType(i).shape[dim]
      defer { offset += size }
      return node.needs(i) ? g.slice(dim: dim, start: offset, count: size, step: 1) : nil
    }
  }
}

/// The first result of a failed operation among `tensors`.

/// `tensors` one behind the other along `dim`: PyTorch's `torch.cat`. Other dimensions must agree; element types are
/// promoted.
public func cat(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
  attempt(poisoned(among: tensors)) { () throws(TensorError) in
    guard !tensors.isEmpty else { throw TensorError(.value, "cat", "needs at least one tensor, and the list is empty") }
    if let k = tensors.firstIndex(where: { $0.rank == 0 }) {
      throw TensorError(.shape, "cat", "tensor \(k) has no dimension to join along; use stack for scalars")
    }
    let dtype = resultType(tensors.map(\.type))
    // An empty vector joins anything, as in PyTorch.
    var parts = tensors.filter { $0.shape != [0] }.map { $0.to(dtype) }
    if parts.isEmpty { parts = [tensors[0].to(dtype)] }
    return apply(Cat(dim: try normalize(dim: dim, rank: parts[0].rank, "cat")), parts)[0]
  }
}
/// ``cat(_:dim:)`` under its other name.
public func concat(_ tensors: [Tensor], dim: Int = 0) -> Tensor { cat(tensors, dim: dim) }

/// `tensors` of one shape side by side along a new dimension `dim`.
public func stack(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
  attempt(poisoned(among: tensors)) { () throws(TensorError) in
    guard let first = tensors.first else {
      throw TensorError(.value, "stack", "needs at least one tensor, and the list is empty")
    }
    if let k = tensors.firstIndex(where: { $0.shape != first.shape }) {
      throw TensorError(
        .shape, "stack",
        "needs tensors of one shape, and tensor 0 has \(first.shape) but tensor \(k) \(tensors[k].shape)")
    }
    let d = try normalize(dim: dim, rank: first.rank + 1, "stack")
    let dtype = resultType(tensors.map(\.type))
    return apply(Cat(dim: d), tensors.map { $0.to(dtype).unsqueeze(d) })[0].titled("StackBackward0")
  }
}

/// Joined along the second dimension, vectors along the first.
public func hstack(_ tensors: [Tensor]) -> Tensor {
  let parts = tensors.map { $0.atleast1d() }
  return cat(parts, dim: (parts.first?.rank ?? 1) == 1 ? 0 : 1)
}
/// Joined along the first dimension, vectors as rows.
public func vstack(_ tensors: [Tensor]) -> Tensor { cat(tensors.map { $0.atleast2d() }, dim: 0) }
/// ``vstack(_:)`` under its other name.
public func rowStack(_ tensors: [Tensor]) -> Tensor { vstack(tensors) }
/// Joined along the third dimension.
public func dstack(_ tensors: [Tensor]) -> Tensor { cat(tensors.map { $0.atleast3d() }, dim: 2) }
/// Joined along the second dimension, vectors as columns.
public func columnStack(_ tensors: [Tensor]) -> Tensor {
  cat(tensors.map { $0.rank <= 1 ? $0.reshape([$0.count, 1]) : $0 }, dim: 1)
}

extension Tensor {
  /// Pieces of `size` elements along `dim`; the last one may be shorter.
  public func split(_ size: Int, dim: Int = 0) -> [Tensor] {
    pieces("split", dim, "SplitBackward0") { n throws(TensorError) in
      guard size > 0 || (size == 0 && n == 0) else {
        throw TensorError(.value, "split", "the size of a piece must be positive, and found \(size)")
      }
      if n == 0 { return [0] }
      return Swift.stride(from: 0, to: n, by: size).map { Swift.min(size, n - $0) }
    }
  }

  /// Pieces of the given sizes along `dim`, which must add up to its size.
  public func split(_ sizes: [Int], dim: Int = 0) -> [Tensor] {
    pieces("split", dim, "SplitWithSizesBackward0", asked: sizes.count) { n throws(TensorError) in
      guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, { $0.clampedAdding($1) }) == n else {
        throw TensorError(
          .value, "split", "the sizes \(sizes) must be non-negative and add up to the \(n) elements of dimension \(dim)"
        )
      }
      return sizes
    }
  }

  /// At most `chunks` pieces of equal size along `dim`; the last one may be shorter.
  public func chunk(_ chunks: Int, dim: Int = 0) -> [Tensor] {
    pieces("chunk", dim, "SplitBackward0", asked: chunks) { n throws(TensorError) in
      guard chunks > 0 else {
        throw TensorError(.value, "chunk", "needs a positive number of chunks, and found \(chunks)")
      }
      let size = n == 0 ? 0 : (n - 1) / chunks + 1
      try checkedCount(size == 0 ? chunks : 0, bytes: pieceBytes, "the number of chunks", "chunk")
      if size == 0 { return Array(repeating: 0, count: chunks) }
      return Swift.stride(from: 0, to: n, by: size).map { Swift.min(size, n - $0) }
    }
  }

  /// `sections` pieces along `dim` whose sizes differ by one at most, the longer ones first.
  public func tensorSplit(_ sections: Int, dim: Int = 0) -> [Tensor] {
    pieces("tensorSplit", dim, "SliceBackward0", asked: sections) { n throws(TensorError) in
      try checkedCount(sections, least: 1, bytes: pieceBytes, "the number of sections", "tensorSplit")
      return (0..<sections).map { n / sections + ($0 < n % sections ? 1 : 0) }
    }
  }

  /// Pieces between the given positions along `dim`.
  public func tensorSplit(_ indices: [Int], dim: Int = 0) -> [Tensor] {
    let parts = attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "tensorSplit")
      guard rank > 0 else { throw TensorError(.dimension, "tensorSplit", "a scalar cannot be split") }
      let bounds = [Optional(0)] + indices.map { Optional($0) } + [nil]
      return zip(bounds, bounds.dropFirst()).map { start, stop in
        let (first, count) = sliceBounds(start, stop, 1, shape[d]) ?? (0, 0)
        return slice(dim: d, start: first, count: count, step: 1)
      }
    }
    return failed(parts, asked: indices.count + 1)
  }

  /// The tensor cut along its second dimension (vectors: the first) in equal sections, or at positions.
  public func hsplit(_ sections: Int) -> [Tensor] { evenly(sections, rank == 1 ? 0 : 1, "hsplit", least: 1) }
  public func hsplit(_ indices: [Int]) -> [Tensor] { cut(indices, rank == 1 ? 0 : 1, "hsplit", least: 1) }
  /// The tensor cut along its first dimension in equal sections, or at positions.
  public func vsplit(_ sections: Int) -> [Tensor] { evenly(sections, 0, "vsplit", least: 2) }
  public func vsplit(_ indices: [Int]) -> [Tensor] { cut(indices, 0, "vsplit", least: 2) }
  /// The tensor cut along its third dimension in equal sections, or at positions.
  public func dsplit(_ sections: Int) -> [Tensor] { evenly(sections, 2, "dsplit", least: 3) }
  public func dsplit(_ indices: [Int]) -> [Tensor] { cut(indices, 2, "dsplit", least: 3) }

  /// All slices along `dim`, without it.
  public func unbind(_ dim: Int = 0) -> [Tensor] {
    attempt(self) { () throws(TensorError) in
      guard rank > 0 else { throw TensorError(.dimension, "unbind", "a scalar has no dimension to take apart") }
      let d = try normalize(dim: dim, rank: rank, "unbind")
      return (0..<shape[d]).map { select(d, $0).titled("UnbindBackward0") }
    }
  }

  private func pieces(
    _ operation: String, _ dim: Int, _ title: String, asked: Int = 1, _ sizes: (Int) throws(TensorError) -> [Int]
  ) -> [Tensor] {
    let parts = attempt(self) { () throws(TensorError) in
      guard rank > 0 else { throw TensorError(.dimension, operation, "a scalar cannot be split") }
      let d = try normalize(dim: dim, rank: rank, operation)
      var start = 0
      return try sizes(shape[d]).map { size in
        defer { start += size }
        return slice(dim: d, start: start, count: size, step: 1).titled(title)
      }
    }
    return failed(parts, asked: asked)
  }

  /// Where one failed tensor stands for all parts, as many as were asked for, so that `parts[1]` in a scope of errors is one.
  private func failed(_ parts: [Tensor], asked: Int) -> [Tensor] {
    guard parts.count == 1, (2...maxFailedParts).contains(asked), parts[0].isPoisoned else { return parts }
    return Array(repeating: parts[0], count: asked)
  }

  private func evenly(_ sections: Int, _ dim: Int, _ operation: String, least: Int) -> [Tensor] {
    if hasFailed { return failed([self], asked: sections) }
    guard rank >= least else { return failed([tooFlat(operation, least)], asked: sections) }
    guard sections > 0, shape[dim] % sections == 0 else {
      let mistake = fail(
        TensorError(
          .shape, operation, "dimension \(dim) of size \(shape[dim]) cannot be cut into \(sections) equal sections"))
      return failed([mistake], asked: sections)
    }
    return tensorSplit(sections, dim: dim)
  }

  private func cut(_ indices: [Int], _ dim: Int, _ operation: String, least: Int) -> [Tensor] {
    if hasFailed { return failed([self], asked: indices.count + 1) }
    return rank >= least
      ? tensorSplit(indices, dim: dim) : failed([tooFlat(operation, least)], asked: indices.count + 1)
  }

  private func tooFlat(_ operation: String, _ least: Int) -> Tensor {
    fail(TensorError(.dimension, operation, "needs at least \(least) dimensions, and found \(shape)"))
  }

  /// With at least one dimension: a scalar becomes [1].
  public func atleast1d() -> Tensor { rank == 0 && !hasFailed ? reshape([1]) : self }
  /// With at least two dimensions: a vector becomes one row.
  public func atleast2d() -> Tensor {
    rank >= 2 || hasFailed ? self : reshape([1, count])
  }
  /// With at least three dimensions: a matrix becomes [rows, columns, 1], a vector [1, n, 1].
  public func atleast3d() -> Tensor {
    if rank >= 3 || hasFailed { return self }
    return rank == 2 ? unsqueeze(2) : reshape([1, count, 1])
  }
}

/// The memory that one of many views takes, at least.
private let pieceBytes = 256
/// More failed parts than these are not made.
private let maxFailedParts = 65_536

/// Each tensor cut into `chunks` pieces of one size along `dim`, zeros filling up the last ones, and the pieces of all joined flat, a row a
/// chunk: `[..., chunks, n]`, how PyTorch's `_chunk_cat` gathers the gradients of sharded parameters.
private func chunkCat(_ tensors: [Tensor], _ dim: Int, _ chunks: Int) throws(TensorError) -> Tensor {
  guard let first = tensors.first, chunks > 0 else {
    throw TensorError(
      .value, "_chunk_cat", "needs tensors and a positive number of chunks, and found \(tensors.count) and \(chunks)")
  }
  if let failed = poisoned(among: tensors) { return failed }
  let d = try normalize(dim: dim, rank: first.rank, "_chunk_cat")
  var parts: [Tensor] = []
  for tensor in tensors {
    guard tensor.rank > d, tensor.shape.prefix(d) == first.shape.prefix(d), tensor.count > 0 else {
      throw TensorError(
        .shape, "_chunk_cat",
        "needs tensors with elements that agree before dimension \(d), and found \(first.shape) and \(tensor.shape)")
    }
    let size = (tensor.shape[d] - 1) / chunks + 1
    let rowBytes = (tensor.count / tensor.shape[d]).clampedMultiplying(size * tensor.dtype.size)
    try checkedCount(chunks, bytes: rowBytes, "the number of chunks", "_chunk_cat")
    let missing = size * chunks - tensor.shape[d]
    let filled =
      missing == 0
      ? tensor
      : cat(
        [
          tensor,
          Tensor.zeros(
            tensor.shape.enumerated().map { $0.offset == d ? missing : $0.element }, dtype: tensor.dtype,
            device: tensor.deviceIfUsed),
        ], dim: d)
    parts.append(filled.reshape(Array(tensor.shape.prefix(d)) + [chunks, -1]))
  }
  return cat(parts, dim: d + 1)
}

extension Registry {
  /// Joining tensors, and taking them apart.
  static let joining: [Operation] = [
    .tensor("atleast_1d", "input: tensor") { try $0.tensor("input").atleast1d() },
    .tensor("atleast_2d", "input: tensor") { try $0.tensor("input").atleast2d() },
    .tensor("atleast_3d", "input: tensor") { try $0.tensor("input").atleast3d() },
    .tensors("atleast_1d", "*tensors") { try $0.tensors("tensors").map { $0.atleast1d() } },
    .tensors("atleast_2d", "*tensors") { try $0.tensors("tensors").map { $0.atleast2d() } },
    .tensors("atleast_3d", "*tensors") { try $0.tensors("tensors").map { $0.atleast3d() } },
    .tensors("unbind unbind_copy", "input, dim=0") { try $0.tensor("input").unbind(try $0.int("dim")) },
    .tensors("split_with_sizes split_with_sizes_copy", "input, split_sizes, dim=0") {
      try $0.tensor("input").split(try $0.ints("split_sizes"), dim: try $0.int("dim"))
    },
    .tensor("cat concat concatenate", "tensors: list, dim=0") {
      cat(try $0.tensors("tensors"), dim: try $0.int("dim"))
    },
    .tensor("_chunk_cat", "tensors, dim, num_chunks") {
      try chunkCat($0.tensors("tensors"), $0.int("dim"), $0.int("num_chunks"))
    },
    .tensor("stack", "tensors, dim=0") { stack(try $0.tensors("tensors"), dim: try $0.int("dim")) },
    .tensor("hstack", "tensors") { hstack(try $0.tensors("tensors")) },
    .tensor("vstack row_stack", "tensors") { vstack(try $0.tensors("tensors")) },
    .tensor("dstack", "tensors") { dstack(try $0.tensors("tensors")) },
    .tensor("column_stack", "tensors") { columnStack(try $0.tensors("tensors")) },
    .tensors("chunk unsafe_chunk", "input, chunks, dim=0") {
      try $0.tensor("input").chunk(try $0.int("chunks"), dim: try $0.int("dim"))
    },
    .tensors("split unsafe_split", "input, split_size: int, dim=0") {
      try $0.tensor("input").split(try $0.int("split_size"), dim: try $0.int("dim"))
    },
    .tensors("split unsafe_split", "input, split_size, dim=0") {
      try $0.tensor("input").split(try $0.ints("split_size"), dim: try $0.int("dim"))
    },
    .tensors("tensor_split", "input, indices_or_sections, dim=0") {
      let (x, dim) = (try $0.tensor("input"), try $0.int("dim"))
      switch try $0.value("indices_or_sections") {
      case .int(let sections): return x.tensorSplit(sections, dim: dim)
      case .tensor(let t) where t.rank == 0: return x.tensorSplit(try $0.int("indices_or_sections"), dim: dim)
      default: return x.tensorSplit(try $0.ints("indices_or_sections"), dim: dim)
      }
    },
    .tensors("hsplit", "input, sections: int") { try $0.tensor("input").hsplit(try $0.int("sections")) },
    .tensors("hsplit", "input, indices") { try $0.tensor("input").hsplit(try $0.ints("indices")) },
    .tensors("vsplit", "input, sections: int") { try $0.tensor("input").vsplit(try $0.int("sections")) },
    .tensors("vsplit", "input, indices") { try $0.tensor("input").vsplit(try $0.ints("indices")) },
    .tensors("dsplit", "input, sections: int") { try $0.tensor("input").dsplit(try $0.int("sections")) },
    .tensors("dsplit", "input, indices") { try $0.tensor("input").dsplit(try $0.ints("indices")) },
  ]
}
