// vmap: a function of one sample as a function of many, by adding a dimension behind its back.

/// Many samples that a function sees as one: `samples` has a dimension in front that the tensor does not show.
private final class Batch: TensorMark, @unchecked Sendable {
  let samples: Tensor
  let size: Int

  init(level: UInt64, samples: Tensor, size: Int) {
    self.samples = samples
    self.size = size
    super.init(level: level)
  }

  override func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    let parts = inputs.map { Self.samples($0, level) }
    let isBatched = parts.map { $0 != nil }
    let tensors = zip(inputs, parts).map { $1 ?? $0 }
    let results =
      try primitive.batch(tensors, isBatched: isBatched, size: size)
      ?? eachAlone(primitive, tensors, isBatched)
    return results.map { $0.isPoisoned ? $0 : Self.hide($0, level, size) }
  }

  override func noteRead(_ body: TensorBody) {
    report(
      TensorError(
        .value, "vmap",
        "the elements of a tensor of shape \(body.shape) are read, and they differ from sample to sample; "
          + "use operations on tensors (where instead of if)"))
  }

  /// Each sample through the operation by itself: right for every operation.
  private func eachAlone(
    _ primitive: any Primitive, _ tensors: [Tensor], _ isBatched: [Bool]
  ) -> [Tensor] {
    if size == 0 {
      return [fail(TensorError(.shape, "vmap", "\(primitive.name) cannot be mapped over no samples at all"))]
    }
    var made: [[Tensor]] = []
    for i in 0..<size {
      let outputs = apply(primitive, zip(tensors, isBatched).map { $1 ? $0.select(0, i) : $0 })
      if outputs.contains(where: \.isPoisoned) { return outputs }
      made.append(outputs)
    }
    return made[0].indices.map { k in stack(made.map { $0[k] }, dim: 0) }
  }

  /// A tensor that hides the first dimension of `samples`. Its elements are those of the first sample.
  static func hide(_ samples: Tensor, _ level: UInt64, _ size: Int) -> Tensor {
    let inner = samples.resolved.body
    let plain = TensorBody(sharing: inner, marked: false)
    let sample = Tensor(plain).view(Array(inner.shape.dropFirst()), strides: Array(inner.strides.dropFirst()))
    sample.body.setMark(Batch(level: level, samples: samples, size: size))
    return sample
  }

  /// All samples of a tensor at a level, nil if it is the same for all.
  static func samples(_ tensor: Tensor, _ level: UInt64) -> Tensor? {
    guard let mark = tensor.resolved.body.mark as? Batch, mark.level == level else { return nil }
    return mark.samples
  }
}

/// Makes a function of one sample a function of many, PyTorch's `torch.vmap`.
///
///     let dots = vmap { (x: Tensor, y: Tensor) in x.dot(y) }
///     dots(randn(8, 3), randn(8, 3))  // 8 dot products
///
/// The function sees tensors without the mapped dimension; its operations run on all samples at once. Gradients inside of it
/// are those of each sample. It cannot read elements (`item()`, `if` on data) or draw random numbers.
///
/// - Parameters:
///   - inDims: for each argument the dimension of its tensors that numbers the samples, nil for one that is the same for
///     all. The first dimension of all arguments if not given.
///   - outDim: where the results get the dimension.
public func vmap<each Argument: TensorTree, Output: TensorTree>(
  inDims: [Int?]? = nil, outDim: Int = 0, _ function: @escaping (repeat each Argument) -> Output
) -> MappedFunction<Output, repeat each Argument> {
  MappedFunction(function: function, inDims: inDims, outDim: outDim)
}

/// A function made by ``vmap(inDims:outDim:_:)``: call it as the original, with samples in place of one.
public struct MappedFunction<Output: TensorTree, each Argument: TensorTree> {
  let function: (repeat each Argument) -> Output
  let inDims: [Int?]?
  let outDim: Int

  public func callAsFunction(_ argument: repeat each Argument) -> Output {
    var samples = Samples(inDims: inDims)
    let hidden = (repeat samples.hide(each argument))
    let output = Context.with(isBatching: true) { function(repeat each hidden) }
    return output.mapTensors { samples.show($0, outDim) }
  }
}

/// The samples of one call.
private struct Samples {
  let inDims: [Int?]?
  let level = TensorMark.nextLevel()
  var size: Int?
  var index = 0

  /// The next argument as the function sees it.
  mutating func hide<T: TensorTree>(_ tree: T) -> T {
    let argument = index
    index += 1
    guard let dim = inDims.map({ argument < $0.count ? $0[argument] : 0 }) ?? 0 else { return tree }
    return tree.mapTensors { tensor in
      if tensor.isPoisoned { return tensor }
      do throws(TensorError) {
        guard tensor.rank > 0 else {
          throw TensorError(
            .shape, "vmap",
            "argument \(argument) is a tensor without dimensions, so there is nothing to map over; "
              + "give nil for it in inDims")
        }
        let d = try normalize(dim: dim, rank: tensor.rank, "vmap")
        let count = tensor.shape[d]
        guard size == nil || size == count else {
          throw TensorError(
            .shape, "vmap",
            "argument \(argument) has \(count) samples along dimension \(dim), and others have \(size ?? 0)")
        }
        size = count
        return Batch.hide(d == 0 ? tensor : tensor.movedim(d, 0), level, count)
      } catch { return fail(error) }
    }
  }

  /// A result with its samples along `dim`.
  func show(_ result: Tensor, _ dim: Int) -> Tensor {
    if result.isPoisoned { return result }
    guard let size else {
      return fail(TensorError(.value, "vmap", "no argument is mapped; give a dimension for one in inDims"))
    }
    let samples = Batch.samples(result, level) ?? result.unsqueeze(0).expand([size] + result.shape)
    return dim == 0 ? samples : samples.movedim(0, dim)
  }
}

// What batching rules have in common.

/// `samples` with dimensions of one element put behind the first, so that a sample has `rank` dimensions.
func alignedSamples(_ samples: Tensor, rank: Int) -> Tensor {
  let missing = rank + 1 - samples.rank
  if missing <= 0 { return samples }
  var shape = samples.shape
  shape.insert(contentsOf: repeatElement(1, count: missing), at: 1)
  return samples.reshape(shape)
}

/// Operands of an operation that broadcasts, so that the samples of those that have some meet in the first dimension.
func alignedSamples(_ inputs: [Tensor], _ isBatched: [Bool]) -> [Tensor] {
  let rank = zip(inputs, isBatched).map { $0.rank - ($1 ? 1 : 0) }.max() ?? 0
  return zip(inputs, isBatched).map { $1 ? alignedSamples($0, rank: rank) : $0 }
}

/// Operands of which every one has samples.
func everySample(_ inputs: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
  zip(inputs, isBatched).map { $1 ? $0 : $0.unsqueeze(0).expand([size] + $0.shape) }
}

extension Primitive {
  /// The operation on the rows of all samples together, for one whose inputs and results have rows in front that do not
  /// know of each other. An input without samples that has no rows (a weight) is left as it is.
  func rowsOfSamples(_ inputs: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
    let rows = zip(inputs, isBatched).first { $1 }.map { $0.0.shape[1] } ?? 0
    let joined = zip(inputs, isBatched).map { input, batched -> Tensor in
      if batched { return input.reshape([size * rows] + input.shape.dropFirst(2)) }
      guard self is CrossEntropyRows || self is CrossEntropyRowsGradient else { return input }
      let all = input.unsqueeze(0).expand([size] + input.shape)
      return all.reshape([size * rows] + input.shape.dropFirst())
    }
    return apply(self, joined).map { made -> Tensor in
      made.isPoisoned ? made : made.reshape([size, rows] + made.shape.dropFirst())
    }
  }
}
