import CKernels

// Optimiser steps: a formula with several results that takes a parameter, what the optimiser keeps for it and its
// gradient, and replaces the first two where they lie, in one pass over memory.

/// A formula over (parameter, states ..., gradient) that gives the new (parameter, states ...).
package final class UpdateFormula: Sendable {
  let name: String
  let stateCount: Int
  fileprivate let fused: FusedUpdate?
  fileprivate let f32: UpdateProgram<Float>
  fileprivate let f64: UpdateProgram<Double>
  private let outputs: [Expression]
  private let knownFormula = Lock<Formula?>(nil)

  /// - Parameter body: gets the parameter, the states and the gradient and gives the new parameter and states. Numbers
  ///   of the call are `.parameter(i)`.
  /// - Parameter fused: a kernel that computes the same from the same numbers.
  package init(
    _ name: String, states: Int, fused: FusedUpdate? = nil,
    _ body: (_ parameter: Expression, _ states: [Expression], _ gradient: Expression) -> [Expression]
  ) {
    self.name = name
    self.fused = fused
    stateCount = states
    let outputs = body(.input(0), (0..<states).map { .input($0 + 1) }, .input(states + 1))
    precondition(outputs.count == states + 1, "\(name): an update replaces the parameter and each of its states")
    f32 = UpdateProgram(Program(outputs, inputCount: states + 2))
    f64 = UpdateProgram(Program(outputs, inputCount: states + 2))
    self.outputs = outputs
  }

  /// The same as an operation, for devices; made when it is first asked for.
  fileprivate var formula: Formula {
    knownFormula.withLock { known in
      let formula = known ?? Formula(name, inputs: stateCount + 2, outputs: outputs)
      known = formula
      return formula
    }
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
  let onHost = Devices.isUsed ? chosen.filter { !stepOnDevice(&items[$0], formula, scalars) } : chosen
  let ordered = onHost.sorted {
    ObjectIdentifier(items[$0].variable.variable) < ObjectIdentifier(items[$1].variable.variable)
  }
  var types: [DType] = []
  for i in ordered where !types.contains(items[i].variable.dtype) { types.append(items[i].variable.dtype) }
  for type in types {
    // The parts of complex numbers are parameters of their own.
    let dtype = type.realType
    guard dtype.computeType == .float32 || dtype.computeType == .float64 else {
      report(TensorError(.dtype, formula.name, "there are no optimiser steps for parameters of type \(type)"))
      continue
    }
    let same = ordered.filter { items[$0].variable.dtype == type }
    var start = 0
    while start < same.count {
      let batch = same[start..<min(start + batchSize, same.count)]
      let begin = Profiling.begin()
      var segments = Segments(replacedCount: formula.stateCount + 1)
      lockAndRun(&items, batch, &segments) { segments in
        if dtype == .float32, let fused = formula.fused {
          fused.run(segments, scalars)
        } else if dtype.computeType == .float64 {
          formula.f64.run(segments, dtype, scalars)
        } else {
          formula.f32.run(segments, dtype, scalars)
        }
      }
      if begin != 0 { Profiling.end(begin, formula.name, inputs: batch.map { items[$0].variable }) }
      start += batchSize
    }
  }
}

/// The step of a variable that lies on a device, by its engine; false if it lies on the host.
private func stepOnDevice(_ item: inout UpdateItem, _ formula: UpdateFormula, _ scalars: [Double]) -> Bool {
  let variable = item.variable.variable
  guard variable.engine != nil else { return false }
  guard let gradient = variable.storedGradient, !gradient.hasFailed else { return true }
  let isComplex = variable.type.dtype.isComplex
  noGrad {
    let inputs =
      [Tensor(variable.snapshot()).detach()] + item.states.map { $0.to(variable.device) }
      + [gradient.detach().to(variable.type.dtype)]
    let results = pointwiseMany(
      formula.formula, isComplex ? inputs.map { $0.viewAsReal() } : inputs, scalars.map { .float($0) })
    if results.contains(where: \.hasFailed) { return }
    let values = isComplex ? results.map { $0.viewAsComplex() } : results
    variable.setElements(values[0])
    item.states = Array(values.dropFirst())
  }
  return true
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
    if let gradient = state.gradient, !gradient.hasFailed {
      // The gradient in the type and order of the parameter.
      let dense = gradient.detach().to(state.value.dtype).contiguousBody()
      segments.replace(&state.value)
      for k in items[first].states.indices {
        // The parameter may have been converted since the last step.
        if items[first].states[k].dtype != state.value.dtype {
          items[first].states[k] = items[first].states[k].to(state.value.dtype)
        }
        segments.replace(&items[first].states[k].body)
      }
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

  package var count: Int { starts.count - 1 }
  package var elementCount: Int { starts[starts.count - 1] }

  /// Adds a tensor that is read and replaced: where it lies if nobody else holds it, else in a block of its own, which
  /// the pass over memory fills without a copy before.
  mutating func replace(_ body: inout TensorBody) {
    if !body.isContiguous { body = Tensor(body).contiguousCopy().body }
    inputs.append(UnsafeRawPointer(body.data))
    if !TensorBody.isUnique(&body) {
      kept.append(body)
      body = Tensor.uninitialized(body.shape, body.dtype).body
    }
    outputs.append(body.data)
  }

  /// Adds the tensor that is only read, which completes the segment.
  mutating func read(_ body: TensorBody) {
    inputs.append(UnsafeRawPointer(body.data))
    kept.append(body)
    starts.append(elementCount + body.count * (body.dtype.size / body.dtype.realType.size))
  }

  func withPointers(_ body: (SegmentPointers) -> Void) {
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeBufferPointer { outputs in
        starts.withUnsafeBufferPointer { starts in
          guard let read = inputs.baseAddress, let written = outputs.baseAddress, let first = starts.baseAddress else {
            return
          }
          body(SegmentPointers(inputs: read, outputs: written, starts: first))
        }
      }
    }
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

/// The tables of ``Segments`` for the loops.
private struct SegmentPointers {
  let inputs: UnsafePointer<UnsafeRawPointer>
  let outputs: UnsafePointer<UnsafeMutableRawPointer>
  let starts: UnsafePointer<Int>

  /// Calls `body` with (segment, first element in it, count) of every piece of `range`.
  @inline(__always)
  func forEachPiece(of range: Range<Int>, from firstSegment: Int, _ body: (Int, Int, Int) -> Void) {
    var segment = firstSegment
    var position = range.lowerBound
    while position < range.upperBound {
      let end = min(range.upperBound, starts[segment + 1])
      if end > position { body(segment, position - starts[segment], end - position) }
      position = end
      segment += 1
    }
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
    let scalars = scalars.map { Scalar.float($0) }
    let numbers = program.stepNumbers(scalars)
    // Plain pointers for the loops, see ``ApusCore/run(_:_:scalars:results:)``.
    program.steps.withUnsafeBufferPointer { steps in
      program.outputs.withUnsafeBufferPointer { outputs in
        numbers.withUnsafeBufferPointer { numbers in
          direct.withUnsafeBufferPointer { direct in
            segments.withPointers { layout in
              let job = UpdateJob(
                program: program, scalars: scalars, dtype: dtype, steps: steps, outputs: outputs, numbers: numbers,
                direct: direct, segments: layout)
              parallelFor(segments.elementCount, grain: updateGrain) { range in
                job.run(range, from: segments.segment(of: range.lowerBound))
              }
            }
          }
        }
      }
    }
  }
}

/// Elements of a chunk: small enough that a dozen registers and the four streams of memory stay in the first cache.
private let updateChunk = 512
/// Elements below which one thread is faster.
private let updateGrain = 8192

/// A run of an update over all segments, part by part.
private struct UpdateJob<T: ComputeElement> {
  let program: Program<T>
  let scalars: [Scalar]
  let dtype: DType
  let steps: UnsafeBufferPointer<Program<T>.Step>
  let outputs: UnsafeBufferPointer<Int>
  let numbers: UnsafeBufferPointer<T>
  let direct: UnsafeBufferPointer<Int>
  let segments: SegmentPointers

  func run(_ range: Range<Int>, from firstSegment: Int) {
    guard let numbers = numbers.baseAddress else { return }
    let size = T.computeType.size
    let elementSize = dtype.size
    let converts = dtype != T.computeType
    let inputs = program.inputCount
    let stride = (updateChunk * size + 63) & ~63
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: program.slotCount * stride, alignment: 64)
    defer { scratch.deallocate() }
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: program.slotCount) { addresses in
      for slot in 0..<program.slotCount { addresses[slot] = UnsafeRawPointer(scratch + slot * stride) }
      for (u, source) in program.uniforms.enumerated() where program.usesUniform[u] {
        T.fillKernel(scratch + (inputs + u) * stride, program.value(source, scalars), updateChunk)
      }
      segments.forEachPiece(of: range, from: firstSegment) { segment, first, count in
        let read = segments.inputs + segment * inputs
        let written = segments.outputs + segment * outputs.count
        var offset = first
        while offset < first + count {
          let n = min(updateChunk, first + count - offset)
          for k in 0..<inputs {
            let source = read[k] + offset * elementSize
            if converts {
              convert(source, dtype, scratch + k * stride, T.computeType, n)
            } else {
              addresses[k] = source
            }
          }
          for s in 0..<steps.count {
            let slot = steps[s].destination
            var destination = scratch + slot * stride
            if direct[s] >= 0 && !converts { destination = written[direct[s]] + offset * size }
            steps[s].run(destination, addresses, numbers + s, n)
            addresses[slot] = UnsafeRawPointer(destination)
          }
          for k in 0..<outputs.count {
            let target = written[k] + offset * elementSize
            let source = addresses[outputs[k]]
            if source != UnsafeRawPointer(target) { convert(source, T.computeType, target, dtype, n) }
          }
          offset += n
        }
      }
    }
  }
}

/// A kernel that computes a whole update in one loop, where the formula's chunks cannot keep up with memory. The formula
/// stays its definition, and computes what the kernel does not: other element types.
package enum FusedUpdate: Sendable {
  /// (parameter, exp_avg, exp_avg_sq, gradient), see `ck_adam_f32`.
  case adam

  fileprivate func run(_ segments: Segments, _ scalars: [Double]) {
    let numbers = scalars.map { Float($0) }
    segments.withPointers { layout in
      parallelFor(segments.elementCount, grain: updateGrain) { range in
        numbers.withUnsafeBufferPointer { numbers in
          layout.forEachPiece(of: range, from: segments.segment(of: range.lowerBound)) { segment, first, count in
            func input(_ k: Int) -> UnsafePointer<Float> {
              layout.inputs[segment * 4 + k].assumingMemoryBound(to: Float.self) + first
            }
            func output(_ k: Int) -> UnsafeMutablePointer<Float> {
              layout.outputs[segment * 3 + k].assumingMemoryBound(to: Float.self) + first
            }
            ck_adam_f32(
              output(0), output(1), output(2), input(0), input(1), input(2), input(3), numbers.baseAddress, count)
          }
        }
      }
    }
  }
}
