import ApusCore
import ApusNumerics

/// Tensors of which one dimension differs, in a batch: sentences of their own lengths, without padding.
///
///     let batch = nestedTensor([tensor of shape [2, 5], one of [3, 5], one of [4, 5]])
///     batch.shape                         // [3, nil, 5]
///     let y = layer(batch).mean(1)        // the mean of each sequence: [3, 5]
///
/// As PyTorch's nested tensors of layout `torch.jagged` it holds the elements of all sequences in one dense tensor, one after the
/// other, and where each begins. Operations are operations on these, so gradients reach ``values()`` and whatever they come from.
public struct NestedTensor: Sendable {
  /// All sequences one after the other, along dimension `raggedDim - 1`.
  let elements: Tensor
  /// How long each sequence is.
  let sizes: [Int]
  /// Where each sequence begins, and the last one ends: int64.
  let starts: Tensor
  /// The dimension that differs.
  public let raggedDim: Int

  init(_ elements: Tensor, _ sizes: [Int], starts: Tensor? = nil, raggedDim: Int = 1) {
    (self.elements, self.sizes, self.raggedDim) = (elements, sizes, raggedDim)
    self.starts = starts ?? indexVector(startsOf(sizes).map(Int64.init), beside: elements)
  }

  /// What takes the place of a result after a mistake.
  init(failed: Tensor) { self.init(failed, [], starts: failed) }

  var failed: Tensor? { elements.failed }

  /// Other elements in sequences of the same lengths.
  func with(_ elements: Tensor, raggedDim: Int? = nil) -> NestedTensor {
    elements.isPoisoned
      ? NestedTensor(failed: elements)
      : NestedTensor(elements, sizes, starts: starts, raggedDim: raggedDim ?? self.raggedDim)
  }

  /// The dimension of the elements along which sequences follow each other.
  var axis: Int { raggedDim - 1 }
}

private func startsOf(_ sizes: [Int]) -> [Int] { sizes.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) } }

/// The sequences in one batch. Gradients reach them; with `requiresGrad` the batch is a variable of its own.
///
/// - Parameter tensors: of one element type and number of dimensions; the first dimension may differ.
public func nestedTensor(
  _ tensors: [Tensor], dtype: DType? = nil, requiresGrad: Bool = false
) -> NestedTensor {
  attemptNested(tensors) { () throws(TensorError) in
    guard let first = tensors.first else {
      throw TensorError(.value, "nestedTensor", "needs at least one tensor, and got none")
    }
    for tensor in tensors {
      guard tensor.rank > 0, tensor.shape.dropFirst() == first.shape.dropFirst() else {
        throw TensorError(
          .shape, "nestedTensor",
          "tensors may differ in their first dimension only, and found \(first.shape) and \(tensor.shape)")
      }
      guard tensor.dtype == first.dtype else {
        throw TensorError(
          .dtype, "nestedTensor",
          "tensors must have one element type, and found \(first.dtype) and \(tensor.dtype); convert them with .to")
      }
    }
    let all = tensors.count == 1 ? first : cat(tensors, dim: 0)
    let elements = dtype.map { all.to($0) } ?? all
    return NestedTensor(
      requiresGrad ? Tensor(elements.detach(), requiresGrad: true) : elements, tensors.map { $0.size(0) })
  }
}

/// A batch of sequences that lie one after the other in `values` `[total, ...]`: sequence `i` from `offsets[i]` to before
/// `offsets[i + 1]`. With `lengths` it ends earlier, and what lies between is left out.
public func nestedTensorFromJagged(_ values: Tensor, offsets: Tensor, lengths: Tensor? = nil) -> NestedTensor {
  attemptNested([values, offsets, lengths]) { () throws(TensorError) in
    let name = "nestedTensorFromJagged"
    guard values.rank > 0, offsets.rank == 1, offsets.count > 0, offsets.dtype == .int64 || offsets.dtype == .int32
    else {
      throw TensorError(
        .shape, name,
        "needs values [total, ...] and integer offsets [n + 1], and found \(values.shape) and \(offsets.type)")
    }
    let places = offsets.array(as: Int.self)
    guard places[0] >= 0, places[places.count - 1] <= values.size(0), zip(places, places.dropFirst()).allSatisfy(<=)
    else {
      throw TensorError(
        .value, name,
        "offsets must not fall, and lie from 0 to \(values.size(0)), and found \(places.prefix(8))")
    }
    let full = zip(places, places.dropFirst()).map { $1 - $0 }
    guard let lengths else {
      let used = values.size(0) == full.reduce(0, +) ? values : values.narrow(0, places[0], full.reduce(0, +))
      return NestedTensor(used, full)
    }
    guard lengths.rank == 1, lengths.count == full.count, lengths.dtype == .int64 || lengths.dtype == .int32 else {
      throw TensorError(
        .shape, name, "needs an integer length for each of \(full.count) sequences, and found \(lengths.type)")
    }
    let sizes = lengths.array(as: Int.self)
    guard zip(sizes, full).allSatisfy({ $0 >= 0 && $0 <= $1 }) else {
      throw TensorError(
        .value, name, "a length must not be negative, nor pass the next offset, and found \(sizes.prefix(8))")
    }
    let rows = zip(places, sizes).flatMap { start, size in (start..<start + size).map(Int64.init) }
    return NestedTensor(values.indexSelect(0, indexVector(rows, beside: values)), sizes)
  }
}

extension Tensor {
  /// The first `lengths[i]` positions of each row of a padded batch `[n, longest, ...]`, without the padding: the way back from
  /// ``NestedTensor/toPadded(_:outputSize:)``.
  public func toNested(lengths: Tensor) -> NestedTensor {
    attemptNested([self, lengths]) { () throws(TensorError) in
      guard rank >= 2, lengths.rank == 1, lengths.count == size(0), lengths.dtype.isInteger else {
        throw TensorError(
          .shape, "toNested",
          "needs a batch [n, longest, ...] and n integer lengths, and found \(shape) and \(lengths.type)")
      }
      let sizes = lengths.array(as: Int.self)
      let longest = size(1)
      guard sizes.allSatisfy({ $0 >= 0 && $0 <= longest }) else {
        throw TensorError(
          .value, "toNested", "lengths are from 0 to \(longest), and found \(sizes.prefix(8))")
      }
      let rows = sizes.enumerated().flatMap { i, size in (0..<size).map { Int64(i * longest + $0) } }
      return NestedTensor(flatten(0, 1).indexSelect(0, indexVector(rows, beside: self)), sizes)
    }
  }
}

// What it is.

extension NestedTensor {
  /// The sizes; nil for the dimension that differs.
  public var shape: [Int?] {
    var shape = elements.shape.map(Optional.some)
    if shape.indices.contains(axis) { shape[axis] = nil }
    return [sizes.count] + shape
  }
  /// The number of dimensions.
  public var rank: Int { elements.rank + 1 }
  /// The number of dimensions, under PyTorch's name.
  public func dim() -> Int { rank }
  /// The number of sequences.
  public var count: Int { sizes.count }
  /// The element type.
  public var dtype: DType { elements.dtype }
  /// Where the elements lie.
  public var device: Device { elements.device }
  /// The number of elements of all sequences.
  public var numel: Int { elements.count }
  /// Whether gradients are recorded.
  public var requiresGrad: Bool { elements.requiresGrad }
  /// The gradient of a batch that is a variable.
  public var grad: NestedTensor? { elements.grad.map { with($0) } }
  /// The size of a dimension that does not differ.
  public func size(_ dim: Int) -> Int {
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "size")
      guard let size = shape[d] else {
        throw TensorError(.dimension, "size", "dimension \(d) differs from sequence to sequence: see lengths()")
      }
      return size
    } catch {
      report(error)
      return 0
    }
  }

  /// All sequences one after the other, in one dense tensor.
  public func values() -> Tensor { elements }
  /// Where each sequence begins, and the last one ends: int64 `[n + 1]`.
  public func offsets() -> Tensor { starts }
  /// How long each sequence is: int64 `[n]`.
  public func lengths() -> Tensor { indexVector(sizes.map(Int64.init), beside: elements) }
  /// The length of the longest sequence.
  public var maxLength: Int { sizes.max() ?? 0 }

  /// The sequences as tensors of their own.
  public func unbind() -> [Tensor] {
    if let failed { return [failed] }
    if sizes.isEmpty { return [] }
    return results(apply(SplitLengths(axis: axis, lengths: sizes), [elements]), sizes.count)
  }

  /// One sequence.
  public subscript(_ index: Int) -> Tensor {
    if let failed { return failed }
    guard index >= -count, index < count else {
      return fail(TensorError(.index, "subscript", "sequence \(index) is out of range for \(count)"))
    }
    let i = index < 0 ? index + count : index
    return elements.narrow(axis, sizes[..<i].reduce(0, +), sizes[i])
  }

  /// A dense tensor `[n, longest, ...]` with `padding` behind each sequence.
  ///
  /// - Parameter outputSize: the sizes of the result, at least as large; what a smaller one would cut is an error.
  public func toPadded(_ padding: Double = 0, outputSize: [Int]? = nil) -> Tensor {
    attempt(failed) { () throws(TensorError) in
      let inner = Array(elements.movedim(axis, 0).shape.dropFirst())
      var wanted = [count, maxLength] + inner
      if let outputSize {
        var known = wanted
        known.insert(known.remove(at: 1), at: raggedDim)
        guard outputSize.count == rank, zip(outputSize, known).allSatisfy(>=) else {
          throw TensorError(
            .shape, "toPadded", "a tensor of size \(outputSize) does not hold one of size \(known)")
        }
        wanted = outputSize
        wanted.insert(wanted.remove(at: raggedDim), at: 1)
      }
      try checkMemory(TensorType(wanted, dtype), "toPadded")
      let longest = wanted[1]
      let places = sizes.enumerated().flatMap { i, size in (0..<size).map { Int64(i * longest + $0) } }
      let rows = elements.movedim(axis, 0)
      let blank = Tensor.full([count * longest] + inner, padding, dtype: dtype).placed(with: elements)
      var padded = blank.indexCopy(0, indexVector(places, beside: elements), rows).reshape([count, longest] + inner)
      for (i, size) in wanted.enumerated().dropFirst(2) where size > inner[i - 2] {
        var pad = [Int](repeating: 0, count: 2 * (wanted.count - i))
        pad[2 * (wanted.count - 1 - i) + 1] = size - inner[i - 2]
        padded = padded.constantPadNd(pad, padding)
      }
      if wanted[0] > count {
        padded = padded.constantPadNd([Int](repeating: 0, count: 2 * rank - 1) + [wanted[0] - count], padding)
      }
      return padded.movedim(1, raggedDim)
    }
  }

  /// ``toPadded(_:outputSize:)`` under PyTorch's name.
  public func toPaddedTensor(padding: Double, outputSize: [Int]? = nil) -> Tensor {
    toPadded(padding, outputSize: outputSize)
  }

  /// The same elements of another type.
  public func to(_ dtype: DType) -> NestedTensor { with(elements.to(dtype)) }
  /// The same elements without the graph.
  public func detach() -> NestedTensor { with(elements.detach()) }
  /// A copy.
  public func clone() -> NestedTensor { with(elements.clone()) }
}

extension NestedTensor: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> NestedTensor {
    NestedTensor(transform(elements), sizes, starts: starts, raggedDim: raggedDim)
  }
  public var signatureParts: [AnyHashable] { [AnyHashable(sizes), AnyHashable(raggedDim)] }
}

extension NestedTensor: CustomStringConvertible {
  /// The text that PyTorch prints, with j for the dimension that differs.
  public var description: String {
    if elements.isPoisoned { return elements.description }
    let names = shape.map { $0.map(String.init) ?? "j" }
    var text = "NestedTensor(size=(\(names.joined(separator: ", "))), offsets=\(starts)"
    if let function = elements.gradFn?.name {
      text += ", grad_fn=<\(function)>"
    } else if requiresGrad {
      text += ", requires_grad=True"
    }
    return text + ", contiguous=True)"
  }
}

/// The parts of a tensor along a dimension, of given lengths, each for itself.
struct SplitLengths: LinearPrimitive, Hashable {
  let axis: Int
  let lengths: [Int]
  var name: String { "SplitWithSizes" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    lengths.map { length in
      var shape = inputs[0].shape
      shape[axis] = length
      return TensorType(shape, inputs[0].dtype)
    }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    var start = 0
    for result in results {
      let length = result.shape[axis]
      try result.fill(
        from: inputs[0].view(result.shape, strides: inputs[0].strides, offset: start * inputs[0].strides[axis]))
      start += length
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    results(apply(SplitLengths(axis: axis + 1, lengths: lengths), inputs), lengths.count)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let parts = cotangents.enumerated().map { i, g in
      g ?? Tensor.zeros(node.outputType(i).shape, dtype: node.outputType(i).dtype)
    }
    return [cat(parts, dim: axis)]
  }
}

/// ``attempt(_:_:_:_:_:body:)-(_,_,_,_,_,()->Tensor)`` for operations that give a nested tensor.
func attemptNested(
  _ operands: [Tensor?], _ body: () throws(TensorError) -> NestedTensor
) -> NestedTensor {
  if let failed = operands.lazy.compactMap({ $0?.failed }).first { return NestedTensor(failed: failed) }
  do throws(TensorError) { return try body() } catch { return NestedTensor(failed: fail(error)) }
}
