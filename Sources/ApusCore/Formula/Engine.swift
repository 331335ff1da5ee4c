import CKernels

// Evaluates formulas chunk by chunk: every step of the program runs over a few hundred elements that stay in the
// first-level cache, so a formula of many steps reads its inputs and writes its results once.

/// Elements of a chunk.
private let chunkSize = 1024
/// Elements below which one thread is faster.
let parallelGrain = 16_384

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
  var data: UnsafeRawPointer
  var dtype: DType
  var access: Access
}

/// The order in which a pointwise operation visits elements: dimensions in the memory order of the result, merged
/// where every operand allows it. The result is dense in this order.
struct Iteration {
  var sizes: [Int]
  var count: Int
  var operands: [Operand]
  /// The strides of the result under its own shape.
  var resultStrides: [Int]

  init(shape: [Int], inputs: [TensorBody]) {
    count = elementCount(shape)
    // Follow the memory order of the first input that has the full shape: channels-last stays channels-last.
    var order = Array(0..<shape.count)
    resultStrides = rowMajorStrides(shape)
    if let leader = inputs.first(where: { $0.shape == shape && $0.count > 1 }), !leader.isContiguous,
      let found = memoryOrder(leader.shape, leader.strides)
    {
      order = found
      resultStrides = denseStrides(shape, order: order)
    }
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
  _ data: UnsafeRawPointer, _ strides: [Int], _ sizes: [Int], elementSize: Int, start: Int, count: Int,
  into out: UnsafeMutableRawPointer
) {
  let last = sizes.count - 1
  let inner = sizes[last]
  let innerStride = strides[last]
  var position = start
  var out = out
  var left = count
  while left > 0 {
    var rest = position / inner
    let column = position - rest * inner
    var offset = column * innerStride
    var d = last - 1
    while d >= 0 {
      let next = rest / sizes[d]
      offset += (rest - next * sizes[d]) * strides[d]
      rest = next
      d -= 1
    }
    let n = min(left, inner - column)
    ck_gather_strided(out, data + offset * elementSize, innerStride, n, Int32(elementSize))
    out += n * elementSize
    position += n
    left -= n
  }
}

/// Runs `program` over all elements; result k goes to `results[k]`, dense in iteration order.
func run<T: ComputeElement>(
  _ program: Program<T>, _ iteration: Iteration, scalars: [Scalar],
  results: [(data: UnsafeMutableRawPointer, dtype: DType)]
) {
  let total = iteration.count
  if total == 0 { return }
  // Rows that are long enough are not crossed by a chunk, so that rows of an operand are read where they lie.
  let inner = iteration.sizes.last ?? 1
  let rowed =
    inner >= 256 && inner < total
    && iteration.operands.contains {
      if case .strided = $0.access { return true }
      return false
    }
  parallelFor(total, grain: parallelGrain) { range in
    let size = T.computeType.size
    let slots = program.slotCount
    let inputs = iteration.operands.count
    let chunk = min(chunkSize, range.count)
    let stride = (chunk * 8 + 63) & ~63
    // Registers, one raw buffer for conversions, and the address of every slot.
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: (slots + 2) * stride, alignment: 64)
    defer { scratch.deallocate() }
    let raw = scratch + (slots + 1) * stride
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: slots) { addresses in
      for slot in 0..<slots { addresses[slot] = UnsafeRawPointer(scratch + slot * stride) }
      for (u, source) in program.uniforms.enumerated() where program.usesUniform[u] {
        T.fillKernel(scratch + (inputs + u) * stride, program.value(source, scalars), chunk)
      }
      for (k, operand) in iteration.operands.enumerated() {
        guard case .uniform = operand.access else { continue }
        convert(operand.data, operand.dtype, raw, T.computeType, 1)
        T.fillKernel(scratch + k * stride, raw.load(as: T.self), chunk)
      }
      var start = range.lowerBound
      while start < range.upperBound {
        var n = min(chunk, range.upperBound - start)
        if rowed { n = min(n, inner - start % inner) }
        for (k, operand) in iteration.operands.enumerated() {
          switch operand.access {
          case .uniform: continue
          case .dense:
            let source = operand.data + start * operand.dtype.size
            if operand.dtype == T.computeType {
              addresses[k] = source
            } else {
              convert(source, operand.dtype, scratch + k * stride, T.computeType, n)
            }
          case .strided(let strides):
            if rowed, strides[strides.count - 1] == 1, operand.dtype == T.computeType {
              addresses[k] = operand.data + rowOffset(start, iteration.sizes, strides) * size
            } else if operand.dtype == T.computeType {
              gather(
                operand.data, strides, iteration.sizes, elementSize: size, start: start, count: n,
                into: scratch + k * stride)
            } else {
              gather(
                operand.data, strides, iteration.sizes, elementSize: operand.dtype.size, start: start, count: n,
                into: raw)
              convert(raw, operand.dtype, scratch + k * stride, T.computeType, n)
            }
          }
        }
        execute(program, addresses, scratch, stride, inputs, scalars, results, start, n)
        start += n
      }
    }
  }
}

/// The offset, in elements, of iteration element `position` of an operand.
private func rowOffset(_ position: Int, _ sizes: [Int], _ strides: [Int]) -> Int {
  var rest = position
  var offset = 0
  var d = sizes.count - 1
  while d >= 0 {
    let next = rest / sizes[d]
    offset += (rest - next * sizes[d]) * strides[d]
    rest = next
    d -= 1
  }
  return offset
}

/// Runs every step over `n` elements and stores the results. The last writer of a result writes to memory directly.
private func execute<T: ComputeElement>(
  _ program: Program<T>, _ addresses: UnsafeMutableBufferPointer<UnsafeRawPointer>,
  _ scratch: UnsafeMutableRawPointer, _ stride: Int, _ inputs: Int, _ scalars: [Scalar],
  _ results: [(data: UnsafeMutableRawPointer, dtype: DType)], _ start: Int, _ n: Int
) {
  let last = program.steps.count - 1
  let lastIsResult =
    results.count == 1 && last >= 0 && program.steps[last].destination == program.outputs[0]
    && results[0].dtype == T.computeType
  for (i, step) in program.steps.enumerated() {
    let destination =
      i == last && lastIsResult
      ? results[0].data + start * T.computeType.size : scratch + step.destination * stride
    switch step.operation {
    case .unary(let kernel, let a): kernel(destination, addresses[a], n)
    case .binary(let kernel, let a, let b): kernel(destination, addresses[a], addresses[b], n)
    case .scalar(let kernel, let a, let source): kernel(destination, addresses[a], program.value(source, scalars), n)
    case .ternary(let kernel, let a, let b, let c):
      kernel(destination, addresses[a], addresses[b], addresses[c], n)
    }
  }
  if lastIsResult { return }
  for (k, result) in results.enumerated() {
    convert(
      addresses[program.outputs[k]], T.computeType, result.data + start * result.dtype.size, result.dtype, n)
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
  }
}
