import CKernels

// Evaluates formulas chunk by chunk: every step of the program runs over a few hundred elements that stay in the
// first-level cache, so a formula of many steps reads its inputs and writes its results once.

/// Elements of a chunk.
private let chunkSize = 1024
/// Elements below which one thread is faster.
package let parallelGrain = 16_384

/// Bytes from which a result is written past the caches: what reads it next would not find it there anyway.
private let streamingBytes = 8 << 20

/// One operand of a formula over the elements of its iteration.
struct Operand {
  enum Access {
    /// Element i of the iteration is element i of memory.
    case dense
    /// The same element everywhere.
    case uniform
    /// By the strides over the collapsed dimensions.
    case strided([Int])
  }
  package var data: UnsafeRawPointer
  var dtype: DType
  var access: Access
}

/// The order in which a pointwise operation visits elements: dimensions in the memory order of the result, merged
/// where every operand allows it. The result is dense in this order.
struct Iteration {
  var sizes: [Int]
  package var count: Int
  var operands: [Operand]
  /// The strides of the result under its own shape.
  var resultStrides: [Int]

  /// A walk over results that lie as inputs of their shape do.
  init(shape: [Int], inputs: [TensorBody]) {
    let strides = Layout.kept(inputs.map { Tensor($0) }, shape).strides(shape)
    self.init(shape: shape, resultStrides: strides, inputs: inputs)
  }

  /// - Parameter resultStrides: the strides of results, which are dense.
  init(shape: [Int], resultStrides: [Int], inputs: [TensorBody]) {
    count = elementCount(shape)
    self.resultStrides = resultStrides
    let order =
      isRowMajor(shape, resultStrides)
      ? Array(shape.indices) : memoryOrder(shape, resultStrides) ?? Array(shape.indices)
    let all = inputs.map { input -> [Int] in
      let strides = broadcastStrides(input.shape, input.strides, to: shape)
      return order.map { strides[$0] }
    }
    let ordered = order.map { shape[$0] }
    // Merge neighbours that every operand steps through evenly; drop dimensions of one element.
    var sizes: [Int] = []
    var merged = [[Int]](repeating: [], count: inputs.count)
    for d in 0..<ordered.count where ordered[d] != 1 {
      if let last = sizes.last,
        (0..<inputs.count).allSatisfy({ merged[$0][sizes.count - 1] == all[$0][d] * ordered[d] })
      {
        sizes[sizes.count - 1] = last * ordered[d]
        for k in 0..<inputs.count { merged[k][sizes.count - 1] = all[k][d] }
      } else {
        sizes.append(ordered[d])
        for k in 0..<inputs.count { merged[k].append(all[k][d]) }
      }
    }
    self.sizes = sizes
    operands = []
    for (k, input) in inputs.enumerated() {
      let strides = merged[k]
      let access: Operand.Access
      if strides.allSatisfy({ $0 == 0 }) {
        access = .uniform
      } else if isRowMajor(sizes, strides) {
        access = .dense
      } else {
        access = .strided(strides)
      }
      operands.append(Operand(data: UnsafeRawPointer(input.data), dtype: input.dtype, access: access))
    }
  }
}

/// Copies elements `start ..< start + n` (in iteration order) of a strided operand into a dense run.
func gather(
  _ data: UnsafeRawPointer, _ strides: UnsafePointer<Int>, _ sizes: UnsafeBufferPointer<Int>, elementSize: Int,
  start: Int, count: Int, into out: UnsafeMutableRawPointer
) {
  ck_gather_walk(out, data, sizes.baseAddress, strides, sizes.count, start, count, Int32(elementSize))
}

/// Runs `program` over all elements; result k goes to `results[k]`, dense in iteration order.
func run<T: ComputeElement>(
  _ program: Program<T>, _ iteration: Iteration, scalars: [Scalar],
  results: [(data: UnsafeMutableRawPointer, dtype: DType)]
) {
  if iteration.count == 0 { return }
  let plan = ChunkPlan(
    program, sizes: iteration.sizes, operands: iteration.operands, results: results.map(\.dtype), scalars: scalars,
    mayStream: !iteration.operands.contains { $0.data == UnsafeRawPointer(results[0].data) })
  let (inputs, outputs) = (iteration.operands.map(\.data), results.map(\.data))
  inputs.withUnsafeBufferPointer { inputs in
    outputs.withUnsafeBufferPointer { outputs in
      parallelFor(iteration.count, grain: parallelGrain) { plan.run($0, inputs, outputs) }
    }
  }
}

/// A program and its walk: all that does not depend on where the elements lie.
struct ChunkPlan<T: ComputeElement>: Sendable {
  private let program: Program<T>
  private let scalars: [Scalar]
  private let steps: [Program<T>.Step]
  /// The scalar of each step.
  private let numbers: [T]
  private var sources: [ChunkSource]
  /// Whether a chunk ends with a row, so that rows of an operand are read where they lie.
  private let isRowed: Bool
  /// Those of each operand in a row.
  private let strides: [Int]
  private let sizes: [Int]
  private let results: [DType]
  private let isStreaming: Bool
  /// The most bytes that an element takes in a register or a buffer.
  private let elementBytes: Int
  /// Results of which only a sum is kept, and the elements of a row for them: 0 where sums have no rows. Float programs only.
  private let sums: [FormulaSum?]
  private let columns: Int

  /// - Parameter mayStream: whether a large result may be written past the caches: no operand lies there.
  init(
    _ program: Program<T>, sizes: [Int], operands: [Operand], results: [DType], scalars: [Scalar], mayStream: Bool,
    sums: [FormulaSum?] = []
  ) {
    self.program = program
    self.scalars = scalars
    self.sizes = sizes
    self.results = results
    self.sums = sums
    columns = sums.lazy.compactMap { $0 }.first?.columns ?? 0
    numbers = program.stepNumbers(scalars)
    elementBytes = operands.reduce(max(8, T.computeType.size)) { max($0, $1.dtype.size) }
    sources = operands.map(ChunkSource.init)
    let rank = sizes.count
    strides = operands.flatMap { operand in
      if case .strided(let strides) = operand.access { strides } else { [Int](repeating: 0, count: rank) }
    }
    var steps = program.steps
    isRowed = Self.isRowed(sizes, sources, columns)
    if isRowed && sums.isEmpty { Self.takeRowConstants(&sources, &steps, strides, rank) }
    var isStreaming = false
    if mayStream, sums.isEmpty, let last = steps.indices.last, let streaming = steps[last].streaming,
      results.count == 1, steps[last].destination == program.outputs[0], results[0] == T.computeType,
      sizes.reduce(1, *) * T.computeType.size >= streamingBytes
    {
      steps[last].operation = streaming
      isStreaming = true
    }
    self.steps = steps
    self.isStreaming = isStreaming
  }

  /// Rows that are long enough are not crossed by a chunk; where rows are summed a chunk has whole ones or a part of one.
  private static func isRowed(_ sizes: [Int], _ sources: [ChunkSource], _ columns: Int) -> Bool {
    let inner = columns > 0 ? columns : sizes.last ?? 1
    return inner >= 256 && inner < sizes.reduce(1, *) && sources.contains { $0.kind == .strided }
      || columns >= chunkSize
  }

  /// Operands with one number for each row that only binary functions read are given to their kernels for numbers, in place
  /// of a row full of it.
  private static func takeRowConstants(
    _ sources: inout [ChunkSource], _ steps: inout [Program<T>.Step], _ strides: [Int], _ rank: Int
  ) {
    for k in sources.indices
    where sources[k].kind == .strided && strides[(k + 1) * rank - 1] == 0 && sources[k].dtype == T.computeType {
      var changed = steps
      let isTaken = steps.indices.allSatisfy { i in
        guard steps[i].reads(k) else { return true }
        guard case .binary(_, let a, let b) = steps[i].operation, a != b,
          let kernel = a == k ? steps[i].ofNumber.first : steps[i].ofNumber.second
        else { return false }
        changed[i].operation = .binary(kernel, a == k ? b : a, k)
        (changed[i].ofNumber, changed[i].streaming) = ((nil, nil), nil)
        return true
      }
      if isTaken {
        sources[k].kind = .rowConstant
        steps = changed
      }
    }
  }

  /// Runs over elements `range` of the walk, whole rows where there are sums. A sum over rows goes to the row's place in
  /// its result; sums over columns and over everything are added to doubles there.
  func run(
    _ range: Range<Int>, _ inputs: UnsafeBufferPointer<UnsafeRawPointer>,
    _ targets: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) {
    // Plain pointers for the loops: retaining an array at every chunk makes the threads wait for each other.
    steps.withUnsafeBufferPointer { steps in
      program.outputs.withUnsafeBufferPointer { outputs in
        numbers.withUnsafeBufferPointer { numbers in
          sources.withUnsafeBufferPointer { sources in
            strides.withUnsafeBufferPointer { strides in
              sizes.withUnsafeBufferPointer { sizes in
                results.withUnsafeBufferPointer { results in
                  sums.withUnsafeBufferPointer { sums in
                    ChunkJob(
                      program: program, elementBytes: elementBytes, isRowed: isRowed, scalars: scalars, steps: steps,
                      outputs: outputs,
                      numbers: numbers,
                      sources: sources, strides: strides, sizes: sizes, results: results,
                      sums: sums, columns: columns, inputs: inputs, targets: targets
                    ).run(range)
                  }
                }
              }
            }
          }
        }
      }
    }
    if isStreaming { ck_stream_end() }
  }
}

/// How a chunk of an operand is brought to a slot.
private struct ChunkSource {
  enum Kind { case dense, uniform, strided, rowConstant }
  var kind: Kind
  let dtype: DType

  init(_ operand: Operand) {
    switch operand.access {
    case .dense: kind = .dense
    case .uniform: kind = .uniform
    case .strided: kind = .strided
    }
    dtype = operand.dtype
  }
}

/// A run of a plan over a part of its elements.
private struct ChunkJob<T: ComputeElement> {
  let program: Program<T>
  let elementBytes: Int
  let isRowed: Bool
  let scalars: [Scalar]
  let steps: UnsafeBufferPointer<Program<T>.Step>
  let outputs: UnsafeBufferPointer<Int>
  let numbers: UnsafeBufferPointer<T>
  let sources: UnsafeBufferPointer<ChunkSource>
  package let strides: UnsafeBufferPointer<Int>
  let sizes: UnsafeBufferPointer<Int>
  package let results: UnsafeBufferPointer<DType>
  let sums: UnsafeBufferPointer<FormulaSum?>
  let columns: Int
  let inputs: UnsafeBufferPointer<UnsafeRawPointer>
  let targets: UnsafeBufferPointer<UnsafeMutableRawPointer>

  func run(_ range: Range<Int>) {
    let inner = columns > 0 ? columns : sizes.last ?? 1
    let size = T.computeType.size
    let slots = program.slotCount
    let chunk = min(columns > 0 && columns < chunkSize ? chunkSize / columns * columns : chunkSize, range.count)
    let stride = (chunk * elementBytes + 63) & ~63
    // Registers, one raw buffer for conversions, and the address of every slot.
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: (slots + 2) * stride, alignment: 64)
    defer { scratch.deallocate() }
    let raw = scratch + (slots + 1) * stride
    var gathered = sums.isEmpty ? nil : ChunkSums(sums, columns, targets)
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: slots) { addresses in
      for slot in 0..<slots { addresses[slot] = UnsafeRawPointer(scratch + slot * stride) }
      for (u, source) in program.uniforms.enumerated() where program.usesUniform[u] {
        T.fillKernel(scratch + (inputs.count + u) * stride, program.value(source, scalars), chunk)
      }
      for k in 0..<inputs.count where sources[k].kind == .uniform {
        convert(inputs[k], sources[k].dtype, raw, T.computeType, 1)
        T.fillKernel(scratch + k * stride, raw.load(as: T.self), chunk)
      }
      var start = range.lowerBound
      while start < range.upperBound {
        var n = min(chunk, range.upperBound - start)
        if isRowed { n = min(n, inner - start % inner) }
        for k in 0..<inputs.count {
          let source = sources[k]
          switch source.kind {
          case .uniform: continue
          case .dense:
            let data = inputs[k] + start * source.dtype.size
            if source.dtype == T.computeType {
              addresses[k] = data
            } else {
              convert(data, source.dtype, scratch + k * stride, T.computeType, n)
            }
          case .rowConstant:
            guard let base = strides.baseAddress else { continue }
            addresses[k] = inputs[k] + rowOffset(start, sizes, base + k * sizes.count) * size
          case .strided:
            guard let base = strides.baseAddress else { continue }
            let steps = base + k * sizes.count
            if isRowed, steps[sizes.count - 1] == 1, source.dtype == T.computeType {
              addresses[k] = inputs[k] + rowOffset(start, sizes, steps) * size
            } else if source.dtype == T.computeType {
              gather(inputs[k], steps, sizes, elementSize: size, start: start, count: n, into: scratch + k * stride)
            } else {
              gather(inputs[k], steps, sizes, elementSize: source.dtype.size, start: start, count: n, into: raw)
              convert(raw, source.dtype, scratch + k * stride, T.computeType, n)
            }
          }
        }
        execute(addresses, scratch, stride, start, n)
        gathered?.add(addresses, outputs, start, n)
        start += n
      }
      gathered?.finish()
    }
  }

  /// Runs every step over `n` elements and stores the results. The last writer of a result writes to memory directly.
  @inline(__always)
  private func execute(
    _ addresses: UnsafeMutableBufferPointer<UnsafeRawPointer>, _ scratch: UnsafeMutableRawPointer, _ stride: Int,
    _ start: Int, _ n: Int
  ) {
    let last = steps.count - 1
    let lastIsResult =
      sums.isEmpty && results.count == 1 && last >= 0 && steps[last].destination == outputs[0]
      && results[0] == T.computeType
    for i in 0..<steps.count {
      let destination =
        i == last && lastIsResult
        ? targets[0] + start * T.computeType.size : scratch + steps[i].destination * stride
      // There is a number for every step.
      steps[i].run(destination, addresses, numbers.baseAddress.unsafelyUnwrapped + i, n)
    }
    if lastIsResult { return }
    for k in 0..<results.count where sums.isEmpty || sums[k] == nil {
      convert(addresses[outputs[k]], T.computeType, targets[k] + start * results[k].size, results[k], n)
    }
  }
}

/// The offset, in elements, of iteration element `position` of an operand.
private func rowOffset(_ position: Int, _ sizes: UnsafeBufferPointer<Int>, _ strides: UnsafePointer<Int>) -> Int {
  var offset = 0
  forEachCoordinate(of: position, in: sizes) { offset += $1 * strides[$0] }
  return offset
}

extension Program.Step {
  /// Computes `n` elements. `number` is the address of the scalar of a step that has one; those of a whole formula follow it.
  @inline(__always)
  func run(
    _ destination: UnsafeMutableRawPointer, _ addresses: UnsafeMutableBufferPointer<UnsafeRawPointer>,
    _ number: UnsafeRawPointer, _ n: Int
  ) {
    switch operation {
    case .unary(let kernel, let a): kernel(destination, addresses[a], n)
    case .binary(let kernel, let a, let b): kernel(destination, addresses[a], addresses[b], n)
    case .scalar(let kernel, let a, _): kernel(destination, addresses[a], number, n)
    case .ternary(let kernel, let a, let b, let c): kernel(destination, addresses[a], addresses[b], addresses[c], n)
    case .scaled(let kernel, let a, let b, _): kernel(destination, addresses[a], addresses[b], number, n)
    case .whole(let kernel): kernel(destination, addresses.baseAddress.unsafelyUnwrapped, number, n)
    }
  }
}

extension Program {
  /// The scalar of every step, zero for those without; of a whole formula all that the call gives.
  func stepNumbers(_ scalars: [Scalar]) -> [T] {
    if case .whole = steps.first?.operation { return scalars.isEmpty ? [T.value(0.0)] : scalars.map { T.value($0) } }
    return steps.map { step in
      switch step.operation {
      case .scalar(_, _, let source), .scaled(_, _, _, let source): value(source, scalars)
      default: T.value(0.0)
      }
    }
  }
}

/// Converts `n` dense elements; the same type is a copy.
@inline(__always)
func convert(
  _ source: UnsafeRawPointer, _ from: DType, _ destination: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
  if from == to {
    destination.copyMemory(from: source, byteCount: n * from.size)
  } else if let kernel = ck_convert_function(Int32(from.rawValue), Int32(to.rawValue)) {
    kernel(destination, source, n)
  } else {
    convertCustom(source, from, destination, to, n)
  }
}
