import ApusCore

/// How a fused node walks memory, and what its sums need: the same for every executor.
struct FusedWalk: Sendable {
  let layout: PointwiseLayout
  /// Elements of a row.
  let inner: Int
  /// Whether the walk goes row by row: an operand is broadcast or strided, or rows or columns are summed.
  let isRowed: Bool
  /// What the ranges of a kernel count, rows or elements, and elements in one of it.
  let unitCount, unitSize: Int
  /// For each result how many doubles a kernel adds to: sums over columns and over all elements, which every thread does
  /// for itself; 0 for results that are stored.
  let accumulated: [Int]

  /// Nil where the operands lie so that the rows of sums cannot be walked.
  init?(_ fused: FusedPointwise, inputs: [Trace.Value]) {
    layout = PointwiseLayout(shape: fused.shape, inputs: inputs.map { ($0.type, $0.strides) })
    let total = layout.sizes.reduce(1, *)
    let rows = fused.sums.lazy.compactMap { $0?.columns }.first ?? 0
    if rows > 0 {
      // Elements that lie in one run can be cut anywhere; others only where the walk has its rows.
      guard !layout.isStrided || layout.sizes.last == rows, layout.resultStrides == rowMajorStrides(fused.shape) else {
        return nil
      }
    }
    isRowed = layout.isStrided || rows > 0
    let inner = rows > 0 ? rows : isRowed ? layout.sizes.last ?? 1 : total
    self.inner = inner
    accumulated = fused.sums.map { sum in
      switch sum?.kind {
      case nil, .rows: 0
      case .all: 1
      case .columns: inner
      }
    }
    unitCount = isRowed ? total / max(1, inner) : total
    unitSize = isRowed ? inner : 1
  }
}

extension PointwiseLayout {
  /// Whether an operand is broadcast or strided, so that its place is computed for each row.
  var isStrided: Bool { access.contains { if case .strided = $0 { true } else { false } } }
}

/// A fused node ready to run, for operands that lie in memory as they did when the function was captured.
final class FusedKernel: Sendable {
  /// Machine code, over a range of units.
  typealias Function =
    @convention(c) (
      UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, Int, Int
    ) -> Void

  /// The same for any sizes, which it is given.
  typealias SizedFunction =
    @convention(c) (
      UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, Int, Int, UnsafePointer<Int>
    ) -> Void

  private enum Body: Sendable {
    case native(Function)
    case sized(SizedFunction, [Int])
    case chunks(PreparedFormula)
  }

  private let body: Body
  private let walk: FusedWalk
  private let fused: FusedPointwise
  private let inputs: [Trace.Value]
  /// How each operand and each result lies.
  private let inputStrides, resultStrides: [[Int]]
  /// All doubles that a thread adds to.
  private let width: Int

  private init(_ body: Body, _ walk: FusedWalk, _ fused: FusedPointwise, inputs: [Trace.Value]) {
    (self.body, self.walk, self.fused, self.inputs) = (body, walk, fused, inputs)
    width = walk.accumulated.reduce(0, +)
    inputStrides = inputs.map(\.strides)
    resultStrides = fused.types.indices.map { k in
      fused.sums[k] == nil ? walk.layout.resultStrides : rowMajorStrides(fused.types[k].shape)
    }
  }

  /// The node for the chunk engine. Nil where that has no kernel for a function, or where rows cannot be walked.
  convenience init?(_ fused: FusedPointwise, inputs: [Trace.Value]) {
    guard let walk = FusedWalk(fused, inputs: inputs),
      let formula = PreparedFormula(
        fused.formula, walk.layout, inputs: inputs.map(\.type.dtype), results: fused.types.map(\.dtype),
        sums: fused.sums)
    else { return nil }
    self.init(.chunks(formula), walk, fused, inputs: inputs)
  }

  /// The node as C, for its own sizes or for any; nil where it has no such form.
  func source(name: String, anySizes: Bool) -> CKernelSource? {
    CKernelSource(fused, walk, inputs: inputs, name: name, anySizes: anySizes)
  }

  /// The same node with the machine code of its source; nil where that is not in the library.
  func native(_ source: CKernelSource, in library: DynamicLibrary) -> FusedKernel? {
    let body: Body? =
      if let numbers = source.numbers {
        library.function(source.name, as: SizedFunction.self).map { .sized($0, numbers) }
      } else {
        library.function(source.name, as: Function.self).map { .native($0) }
      }
    return body.map { FusedKernel($0, walk, fused, inputs: inputs) }
  }

  /// How many elements it computes.
  var elementCount: Int { walk.unitCount * walk.unitSize }

  /// Runs the node into tensors that `result` provides.
  func run(
    _ given: [Tensor], _ result: (_ k: Int, _ strides: [Int]) -> Tensor
  ) throws(TensorError) -> [Tensor] {
    for i in given.indices where given[i].strides != inputStrides[i] { return try runOtherwise(given, result) }
    var outputs: [Tensor] = []
    outputs.reserveCapacity(resultStrides.count)
    for k in resultStrides.indices { outputs.append(result(k, resultStrides[k])) }
    withExtendedLifetime(given) {
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: given.count) { from in
        for i in given.indices { from[i] = UnsafeRawPointer(given[i].address) }
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: outputs.count) { to in
          for k in outputs.indices { to[k] = outputs[k].address }
          run(UnsafeBufferPointer(from), UnsafeBufferPointer(to))
        }
      }
    }
    return outputs
  }

  /// Runs all units, side by side where there are many.
  private func run(
    _ from: UnsafeBufferPointer<UnsafeRawPointer>, _ to: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) {
    let grain = max(1, pointwiseGrain / max(1, walk.unitSize))
    if width > 0 {
      addUp(from, to, grain: grain)
    } else if walk.unitCount <= grain {
      run(0..<walk.unitCount, from, to)
    } else {
      parallelFor(walk.unitCount, grain: grain) { run($0, from, to) }
    }
  }

  private func run(
    _ range: Range<Int>, _ from: UnsafeBufferPointer<UnsafeRawPointer>,
    _ to: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) {
    switch body {
    case .native(let function):
      // A node reads and writes something, so there are addresses.
      function(from.baseAddress.unsafelyUnwrapped, to.baseAddress.unsafelyUnwrapped, range.lowerBound, range.upperBound)
    case .sized(let function, let numbers):
      numbers.withUnsafeBufferPointer { numbers in
        guard let sizes = numbers.baseAddress else { return }
        function(
          from.baseAddress.unsafelyUnwrapped, to.baseAddress.unsafelyUnwrapped, range.lowerBound, range.upperBound,
          sizes)
      }
    case .chunks(let formula):
      formula.run(range.lowerBound * walk.unitSize..<range.upperBound * walk.unitSize, from, to)
    }
  }

  /// Runs with sums that threads share: each adds up doubles of its own, which come together in a fixed order.
  private func addUp(
    _ from: UnsafeBufferPointer<UnsafeRawPointer>, _ to: UnsafeBufferPointer<UnsafeMutableRawPointer>, grain: Int
  ) {
    let parts = parallelParts(walk.unitCount, grain: grain)
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: parts * width)
    defer { scratch.deallocate() }
    scratch.initialize(repeating: 0, count: parts * width)
    nonisolated(unsafe) let partial = scratch
    parallelChunks(walk.unitCount, parts: parts) { index, range in
      var targets = Array(to)
      var next = partial + index * width
      for (k, count) in walk.accumulated.enumerated() where count > 0 {
        targets[k] = UnsafeMutableRawPointer(next)
        next += count
      }
      targets.withUnsafeBufferPointer { run(range, from, $0) }
    }
    var offset = 0
    for (k, count) in walk.accumulated.enumerated() where count > 0 {
      let target = to[k].assumingMemoryBound(to: Float.self)
      for i in 0..<count {
        var sum = 0.0
        for part in 0..<parts { sum += scratch[part * width + offset + i] }
        target[i] = Float(sum)
      }
      offset += count
    }
  }

  /// The same for operands that lie otherwise, as a gradient may that somebody else stored.
  private func runOtherwise(
    _ given: [Tensor], _ result: (_ k: Int, _ strides: [Int]) -> Tensor
  ) throws(TensorError) -> [Tensor] {
    func values(_ tensors: [Tensor]) -> [Trace.Value] {
      tensors.map { Trace.Value(type: $0.type, strides: $0.strides) }
    }
    if let kernel = FusedKernel(fused, inputs: values(given)) { return try kernel.run(given, result) }
    let dense = given.map { $0.contiguous() }
    guard let kernel = FusedKernel(fused, inputs: values(dense)) else {
      throw TensorError(
        .value, "compile", "cannot run \(fused.parts.joined(separator: ", ")) on operands that lie as these do")
    }
    return try kernel.run(dense, result)
  }
}
