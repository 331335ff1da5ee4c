/// A type that kernels compute in.
package protocol KernelElement: Sendable, BitwiseCopyable {
  static var computeType: DType { get }
  static var fillKernel: Kernel<Self>.Fill { get }
  static func value(_ scalar: Scalar) -> Self
  static func value(_ constant: Double) -> Self
}

extension KernelElement where Self: BinaryFloatingPoint {
  package static func value(_ scalar: Scalar) -> Self { Self(scalar.double) }
  package static func value(_ constant: Double) -> Self { Self(constant) }
}

/// A compute type of the formula engine, see ``ElementType/compute``.
protocol ComputeElement: KernelElement {
  static func unaryKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary?
  static func binaryKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary?
  static func scalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar?
  /// s op x.
  static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Self>.WithScalar?
  static var selectKernel: Kernel<Self>.Ternary? { get }
  static var fmaKernel: Kernel<Self>.Ternary? { get }
  /// y + x * s and y - x * s of (x, y, address of s).
  static var addScaledKernel: Kernel<Self>.Ternary? { get }
  static var subScaledKernel: Kernel<Self>.Ternary? { get }
  /// Kernels that write past the caches, for results larger than those.
  static func streamingKernel(_ f: UnaryFunction) -> Kernel<Self>.Unary?
  static func streamingKernel(_ f: BinaryFunction) -> Kernel<Self>.Binary?
  /// The steps of a formula.
  static func program(of formula: Formula) -> Program<Self>
}

extension ComputeElement {
  static func program(of formula: Formula) -> Program<Self> { formula.laterProgram() }
}

/// The signatures of micro-kernels on elements of one type.
package enum Kernel<T> {
  package typealias Unary = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int) -> Void
  package typealias Binary = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int) -> Void
  package typealias Ternary =
    @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int) -> Void
  /// The third argument is the address of the scalar. It is a plain C pointer as the others: a closure would be
  /// retained and released by every thread at every step.
  package typealias WithScalar =
    @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int) -> Void
  /// A whole formula: of the addresses of its inputs and that of the numbers given at the call.
  package typealias Whole =
    @convention(c) (UnsafeMutableRawPointer, UnsafePointer<UnsafeRawPointer>, UnsafeRawPointer, Int) -> Void
  package typealias Fill = @Sendable (UnsafeMutableRawPointer, T, Int) -> Void
}

/// Where the number of a step comes from: the formula, or the call.
enum ScalarSource: Sendable {
  case constant(Double)
  case parameter(Int)

  init?(_ e: Expression) {
    switch e.kind {
    case .constant(let c): self = .constant(c)
    case .parameter(let p): self = .parameter(p)
    default: return nil
    }
  }
}

/// The slots of the expressions of a program: inputs first, then numbers, then registers, which are used again.
struct ExpressionSlots {
  /// The expressions, children before parents.
  let order: [Expression]
  let numbers: [ScalarSource]
  /// How many readers each expression still has; results never run out of them.
  private(set) var readers: [Expression: Int] = [:]
  private(set) var count: Int
  private let firstRegister: Int
  private var slots: [Expression: Int] = [:]
  private var free: [Int] = []

  init(_ roots: [Expression], inputCount: Int) {
    order = Expression.topological(roots)
    var numbers: [ScalarSource] = []
    for e in order {
      for child in e.children { readers[child, default: 0] += 1 }
      if case .input(let i) = e.kind { slots[e] = i }
      if let number = ScalarSource(e) {
        slots[e] = inputCount + numbers.count
        numbers.append(number)
      }
    }
    for root in roots { readers[root, default: 0] += 1 << 20 }
    self.numbers = numbers
    firstRegister = inputCount + numbers.count
    count = firstRegister
  }

  subscript(_ e: Expression) -> Int? { slots[e] }

  /// A register for `e`, which is computed from `operands`. One is free again once its last reader is done; kernels may
  /// write over an operand.
  mutating func place(_ e: Expression, reading operands: [Expression]) -> Int {
    for operand in operands {
      readers[operand, default: 0] -= 1
      if readers[operand] == 0, let slot = slots[operand], slot >= firstRegister { free.append(slot) }
    }
    let slot = free.popLast() ?? count
    if slot == count { count += 1 }
    slots[e] = slot
    return slot
  }
}

/// A formula compiled for one compute type: steps over chunk-sized registers.
struct Program<T: ComputeElement>: Sendable {
  enum Operation: Sendable {
    case unary(Kernel<T>.Unary, Int)
    case binary(Kernel<T>.Binary, Int, Int)
    case scalar(Kernel<T>.WithScalar, Int, ScalarSource)
    case ternary(Kernel<T>.Ternary, Int, Int, Int)
    /// y + x * scalar or y - x * scalar of slots x and y, in one pass.
    case scaled(Kernel<T>.Ternary, Int, Int, ScalarSource)
    /// All of a formula, which is the only step then.
    case whole(Kernel<T>.Whole)
  }
  struct Step: Sendable {
    var operation: Operation
    var destination: Int
    /// The kernels of a binary function whose first or second operand is one number, which comes by its address.
    var ofNumber: (first: Kernel<T>.WithScalar?, second: Kernel<T>.WithScalar?) = (nil, nil)
    /// The same with a result that is written past the caches, where there is a kernel for it.
    var streaming: Operation?
  }

  /// Slots: inputs first, then uniform slots (filled once), then registers.
  var steps: [Step] = []
  var inputCount: Int
  var uniforms: [ScalarSource] = []
  /// Whether a step reads uniform slot u; constants of scalar kernels need no slot filled.
  var usesUniform: [Bool] = []
  var slotCount = 0
  /// The slot of each output.
  var outputs: [Int] = []
  /// Why this compute type cannot run it: the name of a function without a kernel.
  var missing: String?
  /// The micro-kernel that is the whole formula, if there is one.
  var directUnary: Kernel<T>.Unary?
  var directBinary: Kernel<T>.Binary?
  /// The same for one input and the first number given at the call.
  var directScalar: Kernel<T>.WithScalar?

  /// A formula that is one loop.
  init(whole kernel: @escaping Kernel<T>.Whole, inputCount: Int) {
    self.inputCount = inputCount
    steps = [Step(operation: .whole(kernel), destination: inputCount)]
    slotCount = inputCount + 1
    outputs = [inputCount]
  }

  package init(_ roots: [Expression], inputCount: Int) {
    self.inputCount = inputCount
    var slots = ExpressionSlots(roots, inputCount: inputCount)
    let order = slots.order
    uniforms = slots.numbers
    // Products with a number that only a sum or difference reads become part of that step.
    var absorbed: [Expression: (x: Expression, s: ScalarSource)] = [:]
    func scaledOperand(_ e: Expression) -> Bool {
      guard case .binary(.mul, let x, let y) = e.kind, slots.readers[e] == 1, absorbed[e] == nil else { return false }
      if let s = ScalarSource(y), ScalarSource(x) == nil {
        absorbed[e] = (x, s)
      } else if let s = ScalarSource(x), ScalarSource(y) == nil {
        absorbed[e] = (y, s)
      } else {
        return false
      }
      return true
    }
    var scaled: [Expression: (kernel: Kernel<T>.Ternary, product: Expression, other: Expression)] = [:]
    for e in order {
      guard case .binary(let f, let x, let y) = e.kind else { continue }
      if f == .add, let kernel = T.addScaledKernel {
        if scaledOperand(y) { scaled[e] = (kernel, y, x) } else if scaledOperand(x) { scaled[e] = (kernel, x, y) }
      } else if f == .sub, let kernel = T.subScaledKernel, scaledOperand(y) {
        scaled[e] = (kernel, y, x)
      }
    }
    // A product that only a sum reads becomes part of that sum: one pass and one rounding less.
    var fused: Set<Expression> = []
    var fusedSums: [Expression: (Expression, Expression, Expression)] = [:]
    for e in order {
      guard case .binary(.add, let x, let y) = e.kind, scaled[e] == nil, T.fmaKernel != nil else { continue }
      for (product, other) in [(x, y), (y, x)] where ScalarSource(other) == nil {
        guard case .binary(.mul, let p, let q) = product.kind, slots.readers[product] == 1, absorbed[product] == nil,
          ScalarSource(p) == nil, ScalarSource(q) == nil, fusedSums[product] == nil, !fused.contains(product)
        else { continue }
        fused.insert(product)
        fusedSums[e] = (p, q, other)
        break
      }
    }
    for e in order {
      if absorbed[e] != nil || fused.contains(e) { continue }
      let operation: Operation
      var streaming: Operation?
      var ofNumber: (first: Kernel<T>.WithScalar?, second: Kernel<T>.WithScalar?) = (nil, nil)
      var operands = e.children
      switch e.kind {
      case .input, .constant, .parameter: continue
      case .binary where fusedSums[e] != nil:
        guard let (p, q, other) = fusedSums[e], let a = slots[p], let b = slots[q], let c = slots[other],
          let kernel = T.fmaKernel
        else {
          missing = missing ?? "fma"
          continue
        }
        operands = [p, q, other]
        operation = .ternary(kernel, a, b, c)
      case .unary(let f, let x):
        guard let kernel = T.unaryKernel(f), let a = slots[x] else {
          missing = missing ?? f.name
          continue
        }
        operation = .unary(kernel, a)
        streaming = T.streamingKernel(f).map { .unary($0, a) }
      case .binary(let f, let x, let y):
        if let (kernel, product, other) = scaled[e], let (factor, s) = absorbed[product] {
          operands = [factor, other]
          guard let a = slots[factor], let b = slots[other] else {
            missing = missing ?? f.name
            continue
          }
          operation = .scaled(kernel, a, b, s)
          break
        }
        guard let a = slots[x], let b = slots[y] else {
          missing = missing ?? f.name
          continue
        }
        if let s = ScalarSource(y), ScalarSource(x) == nil, let kernel = T.scalarKernel(f) {
          operation = .scalar(kernel, a, s)
        } else if let s = ScalarSource(x), ScalarSource(y) == nil, let kernel = T.reversedScalarKernel(f) {
          operation = .scalar(kernel, b, s)
        } else if let kernel = T.binaryKernel(f) {
          operation = .binary(kernel, a, b)
          streaming = T.streamingKernel(f).map { .binary($0, a, b) }
          ofNumber = (T.reversedScalarKernel(f), T.scalarKernel(f))
        } else {
          missing = missing ?? f.name
          continue
        }
      case .select(let c, let x, let y):
        guard let a = slots[c], let b = slots[x], let d = slots[y], let kernel = T.selectKernel else {
          missing = missing ?? "select"
          continue
        }
        operation = .ternary(kernel, a, b, d)
      }
      let destination = slots.place(e, reading: operands)
      steps.append(
        Step(operation: operation, destination: destination, ofNumber: ofNumber, streaming: streaming))
    }
    slotCount = slots.count
    usesUniform = uniforms.indices.map { u in
      let slot = inputCount + u
      return roots.contains { slots[$0] == slot } || steps.contains { $0.reads(slot) }
    }
    outputs = roots.map { slots[$0] ?? 0 }
    if missing == nil, roots.count == 1, steps.count == 1 {
      switch steps[0].operation {
      case .unary(let kernel, 0) where inputCount == 1: directUnary = kernel
      case .binary(let kernel, 0, 1) where inputCount == 2: directBinary = kernel
      case .scalar(let kernel, 0, .parameter(0)) where inputCount == 1: directScalar = kernel
      default: break
      }
    }
  }
}

/// Up to this many elements a formula runs in one chunk with registers on the stack.
let smallLimit = 256

extension Program {
  /// Runs over `count` dense elements of every input, at most ``smallLimit``.
  func runSmall(_ inputs: [Tensor], _ results: [Tensor], _ scalars: [Scalar], count: Int) {
    let stride = count * MemoryLayout<T>.stride
    withUnsafeTemporaryAllocation(byteCount: max(1, (slotCount - inputCount) * stride), alignment: 32) { scratch in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: slotCount) { slots in
        guard let base = scratch.baseAddress else { return }
        for i in 0..<inputCount { slots[i] = inputs[i].body.data }
        for i in inputCount..<slotCount { slots[i] = base + (i - inputCount) * stride }
        // Results are written where they belong; only one that is an input or another's twin is copied at the end.
        let firstRegister = inputCount + uniforms.count
        for (k, result) in results.enumerated() where outputs[k] >= firstRegister {
          slots[outputs[k]] = result.body.data
        }
        for (u, source) in uniforms.enumerated() where usesUniform[u] {
          T.fillKernel(slots[inputCount + u], value(source, scalars), count)
        }
        for step in steps {
          let destination = slots[step.destination]
          switch step.operation {
          case .unary(let kernel, let a): kernel(destination, slots[a], count)
          case .binary(let kernel, let a, let b): kernel(destination, slots[a], slots[b], count)
          case .scalar(let kernel, let a, let source):
            var s = value(source, scalars)
            kernel(destination, slots[a], &s, count)
          case .scaled(let kernel, let a, let b, let source):
            var s = value(source, scalars)
            kernel(destination, slots[a], slots[b], &s, count)
          case .ternary(let kernel, let a, let b, let c): kernel(destination, slots[a], slots[b], slots[c], count)
          case .whole(let kernel):
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(1, inputCount)) { addresses in
              withUnsafeTemporaryAllocation(of: T.self, capacity: max(1, scalars.count)) { numbers in
                guard let addresses = addresses.baseAddress, let numbers = numbers.baseAddress else { return }
                for i in 0..<inputCount { addresses[i] = UnsafeRawPointer(slots[i]) }
                for (i, scalar) in scalars.enumerated() { numbers[i] = T.value(scalar) }
                kernel(destination, addresses, numbers, count)
              }
            }
          }
        }
        for (k, result) in results.enumerated() {
          let computed = slots[outputs[k]]
          if computed != result.body.data { result.body.data.copyMemory(from: computed, byteCount: stride) }
        }
      }
    }
  }

  @inline(__always)
  package func value(_ source: ScalarSource, _ scalars: [Scalar]) -> T {
    switch source {
    case .constant(let c): T.value(c)
    case .parameter(let p): T.value(scalars[p])
    }
  }
}

extension Program.Step {
  /// Whether it reads slot `slot`.
  func reads(_ slot: Int) -> Bool {
    switch operation {
    case .unary(_, let a), .scalar(_, let a, _): a == slot
    case .binary(_, let a, let b), .scaled(_, let a, let b, _): a == slot || b == slot
    case .ternary(_, let a, let b, let c): a == slot || b == slot || c == slot
    case .whole: slot != destination
    }
  }
}
