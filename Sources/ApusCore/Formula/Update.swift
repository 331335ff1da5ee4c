import Synchronization

// Optimiser steps: a formula with several results that takes a parameter, what the optimiser keeps for it and its
// gradient, and replaces the first two where they lie, in one pass over memory.

/// A formula over (parameter, states ..., gradient) that gives the new (parameter, states ...).
package final class UpdateFormula: Sendable {
  let name: String
  let stateCount: Int
  fileprivate let f32: UpdateProgram<Float>
  fileprivate let f64: UpdateProgram<Double>

  /// - Parameter body: gets the parameter, the states and the gradient and gives the new parameter and states. Numbers
  ///   of the call are `.parameter(i)`.
  package init(
    _ name: String, states: Int,
    _ body: (_ parameter: Expression, _ states: [Expression], _ gradient: Expression) -> [Expression]
  ) {
    self.name = name
    stateCount = states
    let outputs = body(.input(0), (0..<states).map { .input($0 + 1) }, .input(states + 1))
    precondition(outputs.count == states + 1, "\(name): an update replaces the parameter and each of its states")
    f32 = UpdateProgram(Program(outputs, inputCount: states + 2))
    f64 = UpdateProgram(Program(outputs, inputCount: states + 2))
  }
}

/// A parameter and what an optimiser keeps for it.
package struct UpdateItem: Sendable {
  /// A variable.
  package let variable: Tensor
  /// Tensors of the parameter's shape and type.
  package var states: [Tensor]

  package init(_ variable: Tensor, states: [Tensor]) {
    self.variable = variable
    self.states = states
  }
}

/// How many variables are locked at a time: the locks are nested calls.
private let batchSize = 128

/// Runs `formula` on those of `items` that are in `chosen` and have a gradient, all of them in one parallel region.
///
/// The elements are replaced in place where nobody else holds them; holders of earlier elements keep those. While it
/// runs, readers of the variables wait. Variables are locked in an order common to all callers.
package func update(
  _ items: inout [UpdateItem], _ chosen: [Int], _ formula: UpdateFormula, scalars: [Double]
) {
  let ordered = chosen.sorted { ObjectIdentifier(items[$0].variable.variable) < ObjectIdentifier(items[$1].variable.variable) }
  for dtype in [DType.float32, .float64, .float16, .bfloat16] {
    let same = ordered.filter { items[$0].variable.dtype == dtype }
    var start = 0
    while start < same.count {
      let batch = same[start..<min(start + batchSize, same.count)]
      var segments = Segments(replacedCount: formula.stateCount + 1)
      lockAndRun(&items, batch, &segments) { segments in
        if dtype == .float64 {
          formula.f64.run(segments, dtype, scalars)
        } else {
          formula.f32.run(segments, dtype, scalars)
        }
      }
      start += batchSize
    }
  }
}

/// Locks the variable of the first of `chosen`, adds its segment, and goes on to the others; then calls `run`.
private func lockAndRun(
  _ items: inout [UpdateItem], _ chosen: ArraySlice<Int>, _ segments: inout Segments, _ run: (Segments) -> Void
) {
  guard let first = chosen.first else {
    run(segments)
    return
  }
  let variable = items[first].variable.variable
  variable.state.withLock { state in
    if let gradient = state.gradient, !gradient.isPoisoned {
      // The gradient in the type and order of the parameter.
      let dense = gradient.detach().to(variable.type.dtype).contiguousBody()
      segments.replace(&state.value)
      for k in items[first].states.indices { segments.replace(&items[first].states[k].body) }
      segments.read(dense)
    }
    lockAndRun(&items, chosen.dropFirst(), &segments, run)
  }
}

/// Where the elements of each parameter lie: for every segment what is read, in the order of the formula's inputs, and
/// what is written.
private struct Segments {
  let replacedCount: Int
  private(set) var inputs: [UnsafeRawPointer] = []
  private(set) var outputs: [UnsafeMutableRawPointer] = []
  /// The index of each segment's first element, and of the end.
  private(set) var starts = [0]
  /// What must outlive the pass: gradients, and elements that others held a moment ago.
  private var kept: [TensorBody] = []

  init(replacedCount: Int) { self.replacedCount = replacedCount }

  var count: Int { starts.count - 1 }
  var elementCount: Int { starts[starts.count - 1] }

  /// Adds a tensor that is read and replaced: where it lies if nobody else holds it, else in a block of its own, which
  /// the pass over memory fills without a copy before.
  mutating func replace(_ body: inout TensorBody) {
    if !body.isContiguous { body = Tensor(body).contiguousCopy().body }
    inputs.append(UnsafeRawPointer(body.data))
    if !(isKnownUniquelyReferenced(&body) && isKnownUniquelyReferenced(&body.storage)) {
      kept.append(body)
      body = Tensor.uninitialized(body.shape, body.dtype).body
    }
    outputs.append(body.data)
  }

  /// Adds the tensor that is only read, which completes the segment.
  mutating func read(_ body: TensorBody) {
    inputs.append(UnsafeRawPointer(body.data))
    kept.append(body)
    starts.append(elementCount + body.count)
  }

  /// The segment that holds element `i`.
  func segment(of i: Int) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= i { low = middle } else { high = middle }
    }
    return low
  }
}

/// The pointers are to blocks that the caller keeps locked and alive; each part of the pass writes elements of its own.
extension Segments: @unchecked Sendable {}

/// A program whose results may be stored where its inputs lie.
private struct UpdateProgram<T: ComputeElement>: Sendable {
  let program: Program<T>
  /// For each step the result that it may store in memory at once: -1 where no step after it reads what lay there.
  let direct: [Int]

  init(_ program: Program<T>) {
    self.program = program
    var direct = [Int](repeating: -1, count: program.steps.count)
    for (k, slot) in program.outputs.enumerated() {
      guard let s = program.steps.lastIndex(where: { $0.destination == slot }), direct[s] < 0 else { continue }
      let isReadLater = program.steps[(s + 1)...].contains { $0.reads(k) }
      let isResult = program.outputs.indices.contains { $0 != k && program.outputs[$0] == k }
      if !isReadLater && !isResult { direct[s] = k }
    }
    self.direct = direct
  }

  func run(_ segments: Segments, _ dtype: DType, _ scalars: [Double]) {
    guard program.missing == nil, segments.elementCount > 0 else { return }
    let numbers = scalars.map { T.value($0) }
    parallelFor(segments.elementCount, grain: parallelGrain / 2) { range in
      run(segments, dtype, numbers, range)
    }
  }

  private func run(_ segments: Segments, _ dtype: DType, _ numbers: [T], _ range: Range<Int>) {
    let chunkSize = 1024
    let size = T.computeType.size
    let converts = dtype != T.computeType
    let inputs = program.inputCount
    let outputs = program.outputs.count
    let stride = (chunkSize * size + 63) & ~63
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: program.slotCount * stride, alignment: 64)
    defer { scratch.deallocate() }
    func number(_ source: Program<T>.ScalarSource) -> T {
      switch source {
      case .constant(let c): T.value(c)
      case .parameter(let p): numbers[p]
      }
    }
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: program.slotCount) { addresses in
      for slot in 0..<program.slotCount { addresses[slot] = UnsafeRawPointer(scratch + slot * stride) }
      for (u, source) in program.uniforms.enumerated() {
        T.fillKernel(scratch + (inputs + u) * stride, number(source), chunkSize)
      }
      var segment = segments.segment(of: range.lowerBound)
      var position = range.lowerBound
      while position < range.upperBound {
        let end = min(range.upperBound, segments.starts[segment + 1])
        var offset = position - segments.starts[segment]
        while position < end {
          let n = min(chunkSize, end - position)
          for k in 0..<inputs {
            let source = segments.inputs[segment * inputs + k] + offset * dtype.size
            if converts {
              convert(source, dtype, scratch + k * stride, T.computeType, n)
            } else {
              addresses[k] = source
            }
          }
          for (s, step) in program.steps.enumerated() {
            var destination = scratch + step.destination * stride
            if direct[s] >= 0 && !converts {
              destination = segments.outputs[segment * outputs + direct[s]] + offset * size
            }
            switch step.operation {
            case .unary(let kernel, let a): kernel(destination, addresses[a], n)
            case .binary(let kernel, let a, let b): kernel(destination, addresses[a], addresses[b], n)
            case .scalar(let kernel, let a, let source): kernel(destination, addresses[a], number(source), n)
            case .ternary(let kernel, let a, let b, let c): kernel(destination, addresses[a], addresses[b], addresses[c], n)
            }
            addresses[step.destination] = UnsafeRawPointer(destination)
          }
          for (k, slot) in program.outputs.enumerated() {
            let target = segments.outputs[segment * outputs + k] + offset * dtype.size
            if addresses[slot] != UnsafeRawPointer(target) { convert(addresses[slot], T.computeType, target, dtype, n) }
          }
          position += n
          offset += n
        }
        segment += 1
      }
    }
  }
}

extension Program.Step {
  /// Whether it reads slot `slot`.
  fileprivate func reads(_ slot: Int) -> Bool {
    switch operation {
    case .unary(_, let a): a == slot
    case .binary(_, let a, let b): a == slot || b == slot
    case .scalar(_, let a, _): a == slot
    case .ternary(_, let a, let b, let c): a == slot || b == slot || c == slot
    }
  }
}
