// vmap: a function of one sample as a function of many, by adding a dimension behind its back.

/// Many samples that a function sees as one: `samples` has a dimension in front that the tensor does not show.
private final class Batch: TensorMark, @unchecked Sendable {
  let samples: Tensor
  package let size: Int

  init(level: UInt64, samples: Tensor, size: Int) {
    self.samples = samples
    self.size = size
    super.init(level: level)
  }

  override func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    if size == 0 { return types.map { Self.hide(Tensor.zeros([0] + $0.shape, dtype: $0.dtype), level, 0) } }
    let parts = inputs.map { Self.samples($0, level) }
    let isBatched = parts.map { $0 != nil }
    let tensors = zip(inputs, parts).map { $1 ?? $0 }
    let results =
      try primitive.batch(tensors, isBatched: isBatched, size: size)
      ?? eachAlone(primitive, tensors, isBatched)
    return results.map { $0.hasFailed ? $0 : Self.hide($0, level, size) }
  }

  /// Both directions of the function on all samples: it sees samples, of a new level each time, and the graph around sees a
  /// function of all.
  override func call(_ rule: FunctionRule, _ inputs: [Tensor]) throws(TensorError) -> FunctionRule.Run {
    let (level, size) = (level, size)
    let parts = inputs.map { Self.samples($0, level) }
    let isBatched = parts.map { $0 != nil }
    let types = inputs.map(\.type)
    func show(_ result: Tensor, _ inner: UInt64) -> Tensor {
      if result.hasFailed { return result }
      return Self.samples(result, inner) ?? result.unsqueeze(0).expand([size] + result.shape)
    }
    var savedIsBatched: [Bool] = []
    let mapped = FunctionRule(rule) { context, samples in
      let inner = TensorMark.nextLevel()
      let hidden = zip(samples, isBatched).map { $1 ? Self.hide($0, inner, size) : $0 }
      let own = FunctionContext(rule.shared, needs: context.needsInputGrad)
      let given = Context.with(isBatching: true) { rule.forward(own, hidden) }
      rule.note(own, given)
      let shown = given.map { show($0, inner) }
      let saving = own.saving.map { tensor -> Tensor? in
        guard let body = tensor?.body, let tensor else { return nil }
        if let i = hidden.firstIndex(where: { $0.body === body }) {
          savedIsBatched.append(isBatched[i])
          return samples[i]
        }
        if let i = given.firstIndex(where: { $0.body === body }) {
          savedIsBatched.append(true)
          return shown[i]
        }
        let samples = Self.samples(tensor, inner)
        savedIsBatched.append(samples != nil)
        return samples ?? tensor
      }
      context.save(saving)
      return shown
    } backward: { context, cotangents, outputTypes throws(TensorError) in
      let inner = TensorMark.nextLevel()
      var flags = savedIsBatched[...]
      let saved = context.savedTensors.tensors.map { tensor in
        tensor.map { flags.removeFirst() ? Self.hide($0, inner, size) : $0 }
      }
      let own = FunctionContext(rule.shared, saved: saved, needs: context.needsInputGrad)
      let hidden = cotangents.map { $0.map { Self.hide($0, inner, size) } }
      let sampleTypes = outputTypes.map { TensorType(Array($0.shape.dropFirst()), $0.dtype) }
      let found = try Context.with(isBatching: true) { () throws(TensorError) in
        try rule.backward(own, hidden, sampleTypes)
      }
      var result: [Tensor?] = []
      for (i, gradient) in found.enumerated() {
        guard let gradient else {
          result.append(nil)
          continue
        }
        let samples = show(try gradient.conformed(to: types[i], i, rule.shared.name), inner)
        result.append(isBatched[i] ? samples : samples.sum([0]))
      }
      return result
    }
    var run = try mapped.run(zip(inputs, parts).map { $1 ?? $0 })
    if run.outputs.contains(where: \.isPoisoned) { return run }
    run.outputs = run.outputs.map { Self.hide($0, level, size) }
    var flags = savedIsBatched[...]
    run.saved = run.saved.map { saved in
      if case .none = saved { return saved }
      let isBatched = flags.removeFirst()
      if case .other(let tensor) = saved, isBatched { return .other(Self.hide(tensor, level, size)) }
      return saved
    }
    return run
  }

  override var parts: [Tensor] { [samples] }

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
    var made: [[Tensor]] = []
    for i in 0..<size {
      let outputs = apply(primitive, zip(tensors, isBatched).map { $1 ? $0.select(0, i) : $0 })
      if outputs.contains(where: \.hasFailed) { return outputs }
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

/// ``vmap(inDims:outDim:_:)`` with the function first, in the order of PyTorch's `torch.vmap(f, in_dims=(None, 0), out_dims=0)`.
public func vmap<each Argument: TensorTree, Output: TensorTree>(
  _ function: @escaping (repeat each Argument) -> Output, inDims: [Int?], outDims: Int = 0
) -> MappedFunction<Output, repeat each Argument> {
  MappedFunction(function: function, inDims: inDims, outDim: outDims)
}

/// ``vmap(_:inDims:outDims:)-swift.function`` with one dimension for all arguments.
public func vmap<each Argument: TensorTree, Output: TensorTree>(
  _ function: @escaping (repeat each Argument) -> Output, inDims: Int, outDims: Int = 0
) -> MappedFunction<Output, repeat each Argument> {
  var dims: [Int?] = []
  func give<T>(_: T.Type) { dims.append(inDims) }
  repeat give((each Argument).self)
  return MappedFunction(function: function, inDims: dims, outDim: outDims)
}

/// ``vmap(_:inDims:outDims:)-swift.function`` for two arguments.
public func vmap<A: TensorTree, B: TensorTree, Output: TensorTree>(
  _ function: @escaping (A, B) -> Output, inDims: (Int?, Int?), outDims: Int = 0
) -> MappedFunction<Output, A, B> {
  MappedFunction(function: function, inDims: [inDims.0, inDims.1], outDim: outDims)
}

/// ``vmap(_:inDims:outDims:)-swift.function`` for three arguments.
public func vmap<A: TensorTree, B: TensorTree, C: TensorTree, Output: TensorTree>(
  _ function: @escaping (A, B, C) -> Output, inDims: (Int?, Int?, Int?), outDims: Int = 0
) -> MappedFunction<Output, A, B, C> {
  MappedFunction(function: function, inDims: [inDims.0, inDims.1, inDims.2], outDim: outDims)
}

/// ``vmap(_:inDims:outDims:)-swift.function`` for four arguments.
public func vmap<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, Output: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Output, inDims: (Int?, Int?, Int?, Int?), outDims: Int = 0
) -> MappedFunction<Output, A, B, C, D> {
  MappedFunction(function: function, inDims: [inDims.0, inDims.1, inDims.2, inDims.3], outDim: outDims)
}

/// A function made by ``vmap(inDims:outDim:_:)``: call it as the original, with samples in place of one.
public struct MappedFunction<Output: TensorTree, each Argument: TensorTree> {
  let function: (repeat each Argument) -> Output
  let inDims: [Int?]?
  let outDim: Int

  /// Maps the function over all samples of the arguments at once.
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
  package var size: Int?
  var index = 0

  /// The next argument as the function sees it.
  mutating func hide<T: TensorTree>(_ tree: T) -> T {
    let argument = index
    index += 1
    guard let dim = inDims.map({ argument < $0.count ? $0[argument] : 0 }) ?? 0 else { return tree }
    return tree.mapTensors { tensor in
      if tensor.hasFailed { return tensor }
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
    if result.hasFailed { return result }
    guard let size else {
      return fail(TensorError(.value, "vmap", "no argument is mapped; give a dimension for one in inDims"))
    }
    let samples = Batch.samples(result, level) ?? result.unsqueeze(0).expand([size] + result.shape)
    return dim == 0 ? samples : samples.movedim(0, dim)
  }
}

// What batching rules have in common.

extension Tensor {
  /// The samples that a tensor stands for inside of `vmap`, which begin at the same element; itself elsewhere.
  package var allSamples: Tensor { (resolved.body.mark as? Batch)?.samples.allSamples ?? self }

  /// Whether it stands for many samples.
  var isOneOfSamples: Bool { body.mark is Batch }
}

/// `samples` with dimensions of one element put behind the first, so that a sample has `rank` dimensions.
package func alignedSamples(_ samples: Tensor, rank: Int) -> Tensor {
  let missing = rank + 1 - samples.rank
  if missing <= 0 { return samples }
  var shape = samples.shape
  shape.insert(contentsOf: repeatElement(1, count: missing), at: 1)
  return samples.reshape(shape)
}

/// Operands of an operation that broadcasts, so that the samples of those that have some meet in the first dimension.
package func alignedSamples(_ inputs: [Tensor], _ isBatched: [Bool]) -> [Tensor] {
  let rank = zip(inputs, isBatched).map { $0.rank - ($1 ? 1 : 0) }.max() ?? 0
  return zip(inputs, isBatched).map { $1 ? alignedSamples($0, rank: rank) : $0 }
}

/// Operands of which every one has samples.
package func everySample(_ inputs: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
  zip(inputs, isBatched).map { $1 ? $0 : $0.unsqueeze(0).expand([size] + $0.shape) }
}

/// Samples `[size, ..., n, ...]` side by side in dimension `dim` of a sample: `[..., size n, ...]`.
package func samplesMerged(_ samples: Tensor, into dim: Int) -> Tensor {
  if samples.hasFailed { return samples }
  var shape = Array(samples.shape.dropFirst())
  shape[dim] *= samples.shape[0]
  return (dim == 0 ? samples : samples.movedim(0, dim)).reshape(shape)
}

/// The samples that stand side by side in dimension `dim`, in front again: undoes ``samplesMerged(_:into:)``.
package func samplesParted(_ tensor: Tensor, from dim: Int, _ size: Int) -> Tensor {
  if tensor.hasFailed { return tensor }
  var shape = tensor.shape
  shape[dim] /= size
  shape.insert(size, at: dim)
  let parted = tensor.reshape(shape)
  return dim == 0 ? parted : parted.movedim(dim, 0)
}

/// A sample's shape with the rows (the first dimension) of `size` samples.
package func rowShape(_ shape: [Int], samples size: Int) -> [Int] { [shape[0] * size] + shape.dropFirst() }

/// Positions `[size, ...]` in `rows` rows of each sample as a vector of positions in the rows of all samples.
package func positionsOfSamples(_ index: Tensor, rows: Int, _ size: Int, wrap: Bool, _ operation: String) -> Tensor {
  // Checked sample by sample: a position too large must not name a row of the next sample.
  let linear = LinearIndex(sizes: [size, rows], wrap: wrap, operation: operation)
  let numbers = arange(size).reshape([size] + [Int](repeating: 1, count: index.rank - 1))
  return apply(linear, numbers, index).reshape([index.count])
}

extension Primitive {
  /// The operation on the rows of all samples together, for one whose results have rows in front, made of the rows of
  /// the first `rowInputs` inputs (all if nil) that do not know of each other. Other inputs (a weight) are the same for all
  /// samples and left as they are.
  package func rowsOfSamples(
    _ inputs: [Tensor], _ isBatched: [Bool], _ size: Int, rowInputs: Int? = nil
  ) -> [Tensor] {
    let count = rowInputs ?? inputs.count
    let rows = everySample(Array(inputs[..<count]), Array(isBatched[..<count]), size).map { samplesMerged($0, into: 0) }
    return apply(self, rows + inputs[count...]).map { samplesParted($0, from: 0, size) }
  }
}
