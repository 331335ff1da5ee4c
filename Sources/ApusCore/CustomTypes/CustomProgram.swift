// Formulas on elements of registered types: the same expressions, walked step by step over chunks.

/// A formula as steps over chunk-sized registers, each one a call of a loop of the element type.
struct CustomProgram: Sendable {
  enum Operation: Sendable {
    case unary(UnaryFunction, Int)
    case binary(BinaryFunction, Int, Int)
    case select(Int, Int, Int)
  }
  struct Step: Sendable {
    var operation: Operation
    var destination: Int
  }

  /// Slots: inputs first, then numbers (filled once), then registers.
  private(set) var steps: [Step] = []
  let inputCount: Int
  private(set) var numbers: [ScalarSource] = []
  private(set) var slotCount = 0
  /// The slot of each output.
  private(set) var outputs: [Int] = []
  /// What the type does not have.
  private(set) var missing: ElementCapability?

  package init(_ roots: [Expression], inputCount: Int, _ kernels: RegisteredType) {
    self.inputCount = inputCount
    let roots = roots.map { $0.inTerms(of: kernels) }
    var slots = ExpressionSlots(roots, inputCount: inputCount)
    numbers = slots.numbers
    func slot(_ e: Expression) -> Int { slots[e] ?? 0 }
    for e in slots.order {
      let operation: Operation
      switch e.kind {
      case .input, .constant, .parameter: continue
      case .unary(let f, let x):
        if !kernels.loops.hasUnary(f) { missing = missing ?? .unary(f) }
        operation = .unary(f, slot(x))
      case .binary(let f, let x, let y):
        if !kernels.loops.hasBinary(f) { missing = missing ?? f.capability }
        operation = .binary(f, slot(x), slot(y))
      case .select(let c, let x, let y): operation = .select(slot(c), slot(x), slot(y))
      }
      steps.append(Step(operation: operation, destination: slots.place(e, reading: e.children)))
    }
    slotCount = slots.count
    outputs = roots.map(slot)
  }
}

extension Expression {
  /// The same value with functions that the type lacks written by those that it has, where there is a way.
  fileprivate func inTerms(of kernels: RegisteredType) -> Expression {
    var memo: [Expression: Expression] = [:]
    func visit(_ e: Expression) -> Expression {
      if let known = memo[e] { return known }
      let result: Expression
      switch e.kind {
      case .input, .constant, .parameter: result = e
      case .unary(let f, let x):
        if !kernels.loops.hasUnary(f), let form = f.composition?(x) {
          result = visit(form)
        } else {
          result = .unary(f, visit(x))
        }
      case .binary(let f, let x, let y):
        if !kernels.loops.hasBinary(f), let form = f.composition?(x, y) {
          result = visit(form)
        } else {
          result = .binary(f, visit(x), visit(y))
        }
      case .select(let c, let x, let y): result = .select(visit(c), visit(x), visit(y))
      }
      memo[e] = result
      return result
    }
    return visit(self)
  }
}

extension Pointwise {
  /// Runs the formula on elements of the registered type `compute`; result k goes to `results[k]`, dense in iteration
  /// order.
  func runCustom(
    _ iteration: Iteration, _ results: [(data: UnsafeMutableRawPointer, dtype: DType)], compute: DType
  ) throws(TensorError) {
    let kernels = compute.custom
    let program = formula.customProgram(compute)
    if let missing = program.missing { throw missing.lacking(compute, name) }
    if iteration.count == 0 { return }
    let strides = iteration.operands.map { operand in
      if case .strided(let strides) = operand.access { strides } else { [Int]() }
    }
    let numbers = program.numbers.map { number in
      switch number {
      case .constant(let c): c
      case .parameter(let p): scalars[p].double
      }
    }
    let job = CustomJob(
      program: program, kernels: kernels, compute: compute, operands: iteration.operands, strides: strides,
      numbers: numbers, sizes: iteration.sizes, results: results)
    parallelFor(iteration.count, grain: max(1, parallelGrain / 4)) { job.run($0) }
  }
}

/// A run of a program over the elements of an iteration, part by part.
private struct CustomJob {
  let program: CustomProgram
  let kernels: RegisteredType
  let compute: DType
  let operands: [Operand]
  package let strides: [[Int]]
  let numbers: [Double]
  let sizes: [Int]
  package let results: [(data: UnsafeMutableRawPointer, dtype: DType)]

  func run(_ range: Range<Int>) {
    let size = kernels.loops.size
    let slots = program.slotCount
    // The registers of a chunk stay in the first-level cache.
    let chunk = min(range.count, max(32, min(1024, 24_576 / (max(slots, 1) * size))))
    let stride = (chunk * size + 63) & ~63
    let rawBytes = (chunk * max(size, 8) + 63) & ~63
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: slots * stride + rawBytes, alignment: 64)
    defer { scratch.deallocate() }
    let raw = scratch + slots * stride
    // The last step writes the result where it belongs.
    let isDirect =
      results.count == 1 && results[0].dtype == compute && program.steps.last?.destination == program.outputs[0]
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(slots, 1)) { addresses in
      for slot in 0..<slots { addresses[slot] = UnsafeRawPointer(scratch + slot * stride) }
      for (i, number) in numbers.enumerated() {
        kernels.loops.fill(.number(number), scratch + (operands.count + i) * stride, chunk)
      }
      for (k, operand) in operands.enumerated() {
        guard case .uniform = operand.access else { continue }
        convert(operand.data, operand.dtype, raw, compute, 1)
        repeatElement(raw, into: scratch + k * stride, chunk)
      }
      var start = range.lowerBound
      while start < range.upperBound {
        let n = min(chunk, range.upperBound - start)
        for (k, operand) in operands.enumerated() {
          let slot = scratch + k * stride
          switch operand.access {
          case .uniform: continue
          case .dense:
            let data = operand.data + start * operand.dtype.size
            if operand.dtype == compute {
              addresses[k] = data
            } else {
              convert(data, operand.dtype, slot, compute, n)
            }
          case .strided:
            strides[k].withUnsafeBufferPointer { steps in
              sizes.withUnsafeBufferPointer { sizes in
                guard let base = steps.baseAddress else { return }
                let isSame = operand.dtype == compute
                gather(
                  operand.data, base, sizes, elementSize: operand.dtype.size, start: start, count: n,
                  into: isSame ? slot : raw)
                if !isSame { convert(raw, operand.dtype, slot, compute, n) }
              }
            }
          }
        }
        for (i, step) in program.steps.enumerated() {
          let isResult = isDirect && i == program.steps.count - 1
          let target = isResult ? results[0].data + start * size : scratch + step.destination * stride
          switch step.operation {
          case .unary(let f, let a): kernels.loops.unary(f, target, addresses[a], n)
          case .binary(let f, let a, let b): kernels.loops.binary(f, target, addresses[a], addresses[b], n)
          case .select(let c, let a, let b): kernels.loops.select(target, addresses[c], addresses[a], addresses[b], n)
          }
        }
        for (k, result) in results.enumerated() where !isDirect {
          convert(
            addresses[program.outputs[k]], compute, result.data + start * result.dtype.size, result.dtype, n)
        }
        start += n
      }
    }
  }

  private func repeatElement(_ element: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, _ n: Int) {
    for i in 0..<n { (target + i * kernels.loops.size).copyMemory(from: element, byteCount: kernels.loops.size) }
  }
}
