// Views by explicit strides.

/// The elements of a tensor's memory at steps of `strides`, from as far behind its first element as `target` is behind
/// `source`: so a captured function can keep the input elsewhere.
struct AsStrided: ViewPrimitive, Hashable, ElementMove {
  /// Where the result lies in the storage.
  let target: Geometry
  /// Where the input lies: the gradient goes back to the same places.
  let source: Geometry
  private var shape: [Int] { target.shape }
  private var strides: [Int] { target.strides }
  var name: String { "AsStrided" }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  /// Shape, strides and offset in a storage.
  struct Geometry: Sendable, Hashable {
    var shape, strides: [Int]
    var offset: Int

    /// Whether all elements lie in a storage of `count` elements.
    func fits(_ count: Int) -> Bool {
      if shape.contains(0) { return true }
      var last = offset
      for (n, s) in zip(shape, strides) { last = last.clampedAdding((n - 1).clampedMultiplying(s)) }
      return offset >= 0 && last < count
    }

    /// The place of every element, in row-major order.
    var places: [Int] {
      let walk = Walk(Array(shape.indices), shape, strides)
      return (0..<elementCount(shape)).map { offset + walk.offset($0) }
    }
  }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType(shape, inputs[0].dtype)] }

  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    let body = input.body
    let offset = type.count == 0 ? 0 : target.offset - source.offset
    // A call of a captured function may bring another storage than the one that was seen.
    let places = body.storage.byteCount / body.dtype.size
    guard Geometry(shape: shape, strides: strides, offset: body.storageOffset + offset).fits(places) else {
      throw TensorError(
        .index, "asStrided",
        "sizes \(shape) and strides \(strides) at offset \(body.storageOffset + offset) reach beyond a memory of \(places)"
      )
    }
    return View(strides: strides, offset: offset)
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    // The places are those of a sample, wherever its memory begins.
    let samples = inputs[0].resolved.body
    let step = samples.strides[0]
    let all = Geometry(
      shape: [size] + shape, strides: [step] + strides, offset: samples.storageOffset + target.offset - source.offset)
    guard all.fits(samples.storage.byteCount / samples.dtype.size) else {
      throw TensorError(
        .index, "asStrided", "sizes \(shape) and strides \(strides) reach beyond the memory of the last sample of vmap")
    }
    let geometry = Geometry(shape: samples.shape, strides: samples.strides, offset: samples.storageOffset)
    return apply(AsStrided(target: all, source: geometry), inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (to, from) = (target.places, source.places)
    let span = ((to + from).max() ?? -1) + 1
    func vector(_ places: [Int]) -> Tensor { places.isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(places) }
    let memory = apply(AddRows(rows: span), g.reshape([1, to.count, 1]), vector(to))
    var result = apply(TakeRows(), memory, vector(from))
    if Set(from).count < from.count {
      // Elements that share a place share its gradient.
      let ones = Tensor.ones([1, from.count, 1], dtype: g.dtype)
      result = result / apply(TakeRows(), apply(AddRows(rows: span), ones, vector(from)), vector(from))
    }
    return [result.reshape(node.inputType(0).shape)]
  }
}

extension Tensor {
  /// Where the first element lies in the storage, in elements.
  public func storageOffset() -> Int { allSamples.resolved.body.storageOffset }

  /// A view of the memory of this tensor with the given sizes and steps, PyTorch's `as_strided`.
  ///
  /// - Parameter storageOffset: the first element, counted from the start of the storage; nil: that of this tensor.
  public func asStrided(_ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let primitive = try strided(size, stride, storageOffset, "asStrided")
      return apply(primitive, self)
    }
  }

  private func strided(
    _ size: [Int], _ stride: [Int], _ storageOffset: Int?, _ operation: String
  ) throws(TensorError) -> AsStrided {
    let body = resolved.body
    if storageOffset != nil { Tracer.current?.pin(allSamples.resolved.body) }
    let offset = storageOffset ?? self.storageOffset()
    guard size.count == stride.count, size.allSatisfy({ $0 >= 0 }), stride.allSatisfy({ $0 >= 0 }), offset >= 0,
      checkedElementCount(size) != nil
    else {
      throw TensorError(
        .shape, operation, "needs a non-negative stride for each size, and found sizes \(size) and strides \(stride)")
    }
    let target = AsStrided.Geometry(shape: size, strides: stride, offset: offset)
    let places = body.storage.byteCount / body.dtype.size
    guard target.fits(places) else {
      throw TensorError(
        .index, operation,
        "sizes \(size) and strides \(stride) at offset \(offset) reach beyond a memory of \(places)")
    }
    return AsStrided(
      target: target,
      source: AsStrided.Geometry(shape: body.shape, strides: body.strides, offset: self.storageOffset()))
  }

  /// The tensor with the elements that ``asStrided(_:_:storageOffset:)`` reads replaced by `src`.
  public func asStridedScatter(_ src: Tensor, _ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor {
    attempt(self, src) { () throws(TensorError) in
      let primitive = try strided(size, stride, storageOffset, "asStridedScatter")
      guard src.shape == size else {
        throw TensorError(.shape, "asStridedScatter", "a source of shape \(src.shape) does not fill \(size)")
      }
      // Places of the view as positions in this tensor: those that it does not hold are dropped.
      var known: [Int: Int] = [:]
      for (i, place) in primitive.source.places.enumerated() { known[place] = i }
      var (to, from): ([Int], [Int]) = ([], [])
      for (i, place) in primitive.target.places.enumerated() {
        guard let position = known[place] else { continue }
        to.append(position)
        from.append(i)
      }
      if to.isEmpty { return clone() }
      let values = src.to(dtype).reshape([src.count]).indexSelect(0, Tensor(from))
      return reshape([count]).indexCopy(0, Tensor(to), values).reshape(shape)
    }
  }
}

extension Registry {
  /// Views under strides of the caller.
  static let strided: [Operation] = [
    .tensor("as_strided as_strided_copy", "input, size, stride, storage_offset=None") {
      try $0.tensor("input").asStrided(
        try $0.ints("size"), try $0.ints("stride"), storageOffset: try $0.optionalInt("storage_offset"))
    },
    .tensor("as_strided_scatter", "input, src, size, stride, storage_offset=None") {
      try $0.tensor("input").asStridedScatter(
        try $0.tensor("src"), try $0.ints("size"), try $0.ints("stride"),
        storageOffset: try $0.optionalInt("storage_offset"))
    },
  ]
}
