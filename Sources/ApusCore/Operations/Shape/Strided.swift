// Views by explicit strides.

/// The elements of a tensor's memory at `offset` and steps of `strides`.
struct AsStrided: Primitive {
  package let shape: [Int]
  package let strides: [Int]
  /// From the start of the storage; nil: where the tensor starts.
  let offset: Int?
  /// Where the input lies: the gradient goes back to the same places.
  let source: Geometry
  var name: String { "AsStrided" }
  var isView: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  /// Shape, strides and offset in a storage.
  struct Geometry: Sendable {
    var shape, strides: [Int]
    var offset: Int

    /// The place of every element, in row-major order.
    var places: [Int] {
      let walk = Walk(Array(shape.indices), shape, strides)
      return (0..<elementCount(shape)).map { offset + walk.offset($0) }
    }
  }

  private var target: Geometry { Geometry(shape: shape, strides: strides, offset: offset ?? source.offset) }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType(shape, inputs[0].dtype)] }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let offset = types[0].count == 0 ? 0 : target.offset - inputs[0].storageOffset
    return [inputs[0].view(shape, strides: strides, offset: offset)]
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    // The places are those of a sample, wherever its memory begins.
    let samples = inputs[0].resolved.body
    let step = samples.strides[0]
    let start = inputs[0].storageOffset + target.offset - source.offset
    let reach = start + zip(shape, strides).reduce(0) { $0 + max($1.0 - 1, 0) * $1.1 } + (size - 1) * step
    guard start >= 0, shape.contains(0) || reach < samples.storage.byteCount / samples.dtype.size else {
      throw TensorError(
        .index, "asStrided", "sizes \(shape) and strides \(strides) reach beyond the memory of the last sample of vmap")
    }
    let geometry = Geometry(shape: samples.shape, strides: samples.strides, offset: inputs[0].storageOffset)
    return apply(AsStrided(shape: [size] + shape, strides: [step] + strides, offset: start, source: geometry), inputs)
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
  var storageOffset: Int {
    let body = allSamples.resolved.body
    return (body.data - body.storage.pointer) / dtype.size
  }

  /// A view of the memory of this tensor with the given sizes and steps, PyTorch's `as_strided`.
  ///
  /// - Parameter storageOffset: the first element, counted from the start of the storage; nil: that of this tensor.
  public func asStrided(_ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let primitive = try strided(size, stride, storageOffset, "asStrided")
      return apply(primitive, self)
    } catch { return fail(error) }
  }

  private func strided(
    _ size: [Int], _ stride: [Int], _ storageOffset: Int?, _ operation: String
  ) throws(TensorError) -> AsStrided {
    let body = resolved.body
    let offset = storageOffset ?? self.storageOffset
    guard size.count == stride.count, size.allSatisfy({ $0 >= 0 }), stride.allSatisfy({ $0 >= 0 }), offset >= 0,
      checkedElementCount(size) != nil
    else {
      throw TensorError(
        .shape, operation, "needs a non-negative stride for each size, and found sizes \(size) and strides \(stride)")
    }
    var last = offset
    for (n, s) in zip(size, stride) where n > 0 {
      last = last.clampedAdding((n - 1).clampedMultiplying(s))
    }
    let places = body.storage.byteCount / body.dtype.size
    guard size.contains(0) || last < places else {
      throw TensorError(
        .index, operation,
        "sizes \(size) and strides \(stride) at offset \(offset) reach element \(last) of a memory of \(places)")
    }
    return AsStrided(
      shape: size, strides: stride, offset: storageOffset,
      source: AsStrided.Geometry(shape: body.shape, strides: body.strides, offset: self.storageOffset))
  }

  /// The tensor with the elements that ``asStrided(_:_:storageOffset:)`` reads replaced by `src`.
  public func asStridedScatter(_ src: Tensor, _ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor {
    if let bad = poisoned(among: [self, src]) { return bad }
    do throws(TensorError) {
      let primitive = try strided(size, stride, storageOffset, "asStridedScatter")
      guard src.shape == size else {
        throw TensorError(.shape, "asStridedScatter", "a source of shape \(src.shape) does not fill \(size)")
      }
      // Places of the view as positions in this tensor: those that it does not hold are dropped.
      var known: [Int: Int] = [:]
      for (i, place) in primitive.source.places.enumerated() { known[place] = i }
      let start = storageOffset ?? self.storageOffset
      let view = AsStrided.Geometry(shape: size, strides: stride, offset: start)
      var (to, from): ([Int], [Int]) = ([], [])
      for (i, place) in view.places.enumerated() {
        guard let position = known[place] else { continue }
        to.append(position)
        from.append(i)
      }
      if to.isEmpty { return clone() }
      let values = src.to(dtype).reshape([src.count]).indexSelect(0, Tensor(from))
      return reshape([count]).indexCopy(0, Tensor(to), values).reshape(shape)
    } catch { return fail(error) }
  }
}
