import Synchronization

/// A pointwise operation: scalar expressions over the elements of its inputs, and how element types come about.
///
/// This one definition is all that an operation needs: it runs on tensors of every type and layout with broadcasting, its
/// derivatives of any order follow from it (backward, forward, for each sample), compiled functions fuse it with its
/// neighbours and write it as C, and number types of one's own compute with it.
///
///     let squareplus = Formula("Squareplus", .floating) { x in (x + (x.squared + 4)(.sqrt)) * 0.5 }
///     squareplus(tensor)
public final class Formula: Sendable {
  /// How the types of inputs become the type to compute in and that of the result.
  public enum Typing: Sendable, Hashable {
    /// The promoted type, for both.
    case arithmetic
    /// The promoted type, which must not be bool.
    case numeric
    /// The promoted type, integers and bool becoming float32.
    case floating
    /// Computed in the promoted type, giving bool.
    case predicate
    /// The promoted type, which must not be floating (bitwise operations).
    case integral
    /// The type given, whatever the inputs have; computed in the promoted type of the floating inputs.
    case fixed(DType)
    /// Computed in the promoted type, giving of complex numbers the type of their parts.
    case real
    /// The complex type that holds the promoted type, for both.
    case complex

    /// Whether float32 inputs give a float32 result.
    var keepsFloats: Bool {
      switch self {
      case .arithmetic, .numeric, .floating, .real: true
      case .predicate, .integral, .fixed, .complex: false
      }
    }
  }

  package let name: String
  package let inputCount: Int
  package let outputs: [Expression]
  package let typing: Typing
  /// Inputs (bit i: input i) for which there is no derivative; asking for it is an error.
  let withoutGradient: UInt64
  /// The derivative by each input where it is not the one that follows from the expression, such as one limited for
  /// stability or taken by a convention at edges.
  let slopes: [Expression]?
  let programs: Programs
  /// By the bits of the inputs that need a gradient, and whether numbers are complex; formulas have few inputs.
  private let backwards = Lock<[Backward?]>([])
  /// `saves` once computed; 255 before.
  private let knownSaves = Atomic<UInt8>(255)
  private let knownParts = Lock<[Part]?>(nil)
  /// By the bits of the inputs that have a derivative along the direction.
  private let forwards = Lock<[UInt64: Formula?]>([:])
  private let complexForwards = Lock<[UInt64: Formula?]>([:])
  private let knownCustom = Lock<[DType: CustomProgram]>([:])
  /// The steps in types that few formulas meet.
  private let laterPrograms = Lock<[DType: any Sendable]>([:])
  /// The micro-kernel that is the whole formula where a float32 input gives a float32 result.
  let directUnary: Kernel<Float>.Unary?
  let directBinary: Kernel<Float>.Binary?
  let directScalar: Kernel<Float>.WithScalar?
  /// The number of ck_logic_u8 for a formula that is `and`, `or` or `xor` of two inputs.
  let logic: Int32?
  /// Whether its two inputs are the parts of complex numbers, which lie beside each other in the result.
  let joinsParts: Bool

  struct Programs: Sendable {
    let f32: Program<Float>
    let f64: Program<Double>
    let i64: Program<Int64>
  }

  /// - Parameter whole: the name of the loop of CKernels that computes it of float32 in one pass.
  package init(
    _ name: String, inputs: Int, _ typing: Typing = .arithmetic, withoutGradient: UInt64 = 0,
    slopes: [Expression]? = nil, whole: StaticString? = nil,
    outputs: [Expression]
  ) {
    self.name = name
    self.inputCount = inputs
    self.outputs = outputs
    self.typing = typing
    self.withoutGradient = withoutGradient
    self.slopes = slopes
    let loop = whole.flatMap { Float.wholeKernel("\($0)") }
    programs = Programs(
      f32: loop.map { Program(whole: $0, inputCount: inputs) } ?? Program(outputs, inputCount: inputs),
      f64: Program(outputs, inputCount: inputs),
      i64: Program(outputs, inputCount: inputs))
    directUnary = typing.keepsFloats ? programs.f32.directUnary : nil
    directBinary = typing.keepsFloats ? programs.f32.directBinary : nil
    directScalar = typing.keepsFloats ? programs.f32.directScalar : nil
    logic = Self.logic(outputs)
    joinsParts = outputs == [.binary(.complex, .input(0), .input(1))]
  }

  private static func logic(_ outputs: [Expression]) -> Int32? {
    guard outputs.count == 1, case .binary(let function, let x, let y) = outputs[0].kind, x == .input(0),
      y == .input(1)
    else { return nil }
    switch function {
    case .and, .bitand: return 0
    case .or, .bitor: return 1
    case .xor, .bitxor: return 2
    case _: return nil
    }
  }

  /// A formula of one tensor: `Formula("Cube") { x in x * x * x }`.
  public convenience init(_ name: String, _ typing: Typing = .arithmetic, _ body: (Expression) -> Expression) {
    self.init(name, inputs: 1, typing, outputs: [body(.input(0))])
  }
  /// The same with the loop of CKernels that computes it of float32 in one pass.
  convenience init(_ name: String, whole: StaticString, _ body: (Expression) -> Expression) {
    self.init(name, inputs: 1, whole: whole, outputs: [body(.input(0))])
  }
  /// A formula of two tensors, which are broadcast to one shape.
  public convenience init(
    _ name: String, _ typing: Typing = .arithmetic, _ body: (Expression, Expression) -> Expression
  ) {
    self.init(name, inputs: 2, typing, outputs: [body(.input(0), .input(1))])
  }
  /// The same with the loop of CKernels that computes it of float32 in one pass.
  package convenience init(_ name: String, whole: StaticString, _ body: (Expression, Expression) -> Expression) {
    self.init(name, inputs: 2, whole: whole, outputs: [body(.input(0), .input(1))])
  }
  /// A formula of three tensors, which are broadcast to one shape.
  public convenience init(
    _ name: String, _ typing: Typing = .arithmetic, _ body: (Expression, Expression, Expression) -> Expression
  ) {
    self.init(name, inputs: 3, typing, outputs: [body(.input(0), .input(1), .input(2))])
  }

  /// The operation on tensors, one for each input; they are broadcast to one shape.
  public func callAsFunction(_ inputs: Tensor...) -> Tensor {
    guard inputs.count == inputCount else {
      return fail(TensorError(.value, name, "takes \(inputCount) tensors, and got \(inputs.count)"))
    }
    return pointwise(self, inputs)
  }

  /// The gradient of a formula with one result, as a formula of what its derivatives read.
  final class Backward: Sendable {
    enum Source: Sendable { case input(Int), output, cotangent }
    /// What an input's gradient is: a result of the formula, the cotangent itself, or nothing.
    enum Result: Sendable { case output(Int), cotangent, zero }
    let sources: [Source]
    let results: [Result]
    let formula: Formula?

    init(sources: [Source], results: [Result], formula: Formula?) {
      self.sources = sources
      self.results = results
      self.formula = formula
    }
  }

  /// What the gradients of the inputs in `mask` (bit i: input i) read and compute, of real or of complex numbers.
  func backward(mask: UInt64, isComplex: Bool = false) -> Backward {
    backwards.withLock { known in
      let index = Int(mask) << 1 | (isComplex ? 1 : 0)
      if index < known.count, let found = known[index] { return found }
      let made = makeBackward(mask: mask, isComplex: isComplex)
      while known.count <= index { known.append(nil) }
      known[index] = made
      return made
    }
  }

  /// What must be kept for the gradients of all inputs.
  var saves: Saves {
    let known = knownSaves.load(ordering: .relaxed)
    if known != 255 { return Saves(rawValue: known) }
    var saves: Saves = []
    let all: UInt64 = (1 << UInt64(inputCount)) - 1
    var sources = backward(mask: all).sources
    // Other gradients of complex numbers read what those of real ones do.
    if outputs[0].hasParts { sources += backward(mask: all, isComplex: true).sources }
    for source in sources {
      switch source {
      case .input: saves.insert(.inputs)
      case .output: saves.insert(.outputs)
      case .cotangent: break
      }
    }
    knownSaves.store(saves.rawValue, ordering: .relaxed)
    return saves
  }

  /// A result as a formula of its own, of those inputs that it reads: what it does not depend on must not be recorded,
  /// and be sent zeros that a rule before it could multiply by infinity.
  struct Part: Sendable {
    let formula: Formula
    let inputs: [Int]
  }

  /// Each result by itself.
  var parts: [Part] {
    knownParts.withLock { known in
      if let known { return known }
      let made = outputs.map { output in
        let read = Expression.topological([output]).compactMap { e in
          if case .input(let i) = e.kind { i } else { nil }
        }.sorted()
        let places = Dictionary(uniqueKeysWithValues: read.enumerated().map { ($1, $0) })
        let own = output.rewritten { e in
          if case .input(let i) = e.kind, let place = places[i] { .input(place) } else { nil }
        }
        return Part(formula: Formula(name, inputs: read.count, typing, outputs: [own]), inputs: read)
      }
      known = made
      return made
    }
  }

  /// The derivative along a direction, of the inputs and the tangents of those in `mask`; nil where it is zero.
  func forward(mask: UInt64) -> Formula? {
    forwards.withLock { known in
      if let found = known[mask] { return found }
      let wanted = (0..<inputCount).filter { mask & (1 << UInt64($0)) != 0 }
      var sum = Expression.constant(0)
      for (k, part) in adjoints(of: wanted, seed: .constant(1)).enumerated() {
        let tangent = Expression.input(inputCount + k)
        if let term = part?.wherePresent({ $0 * tangent }) { sum = .sum(sum, term) }
      }
      var made: Formula?
      if sum.constant != 0 {
        made = Formula(name + "Tangent", inputs: inputCount + wanted.count, .floating, outputs: [sum])
      }
      known[mask] = .some(made)
      return made
    }
  }

  /// ``forward(mask:)`` of complex numbers.
  func complexForward(mask: UInt64) -> Formula? {
    complexForwards.withLock { known in
      if let found = known[mask] { return found }
      let wanted = (0..<inputCount).filter { mask & (1 << UInt64($0)) != 0 }
      let tangents = Dictionary(
        uniqueKeysWithValues: wanted.enumerated().map { ($1, Expression.input(inputCount + $0)) })
      let made = outputs[0].complexTangent(tangents).map {
        Formula(name + "Tangent", inputs: inputCount + wanted.count, .complex, outputs: [$0])
      }
      known[mask] = .some(made)
      return made
    }
  }

  /// The formula as steps in a type for which they are made when they are first asked for.
  func laterProgram<T: ComputeElement>() -> Program<T> {
    laterPrograms.withLock { known in
      if let found = known[T.computeType] as? Program<T> { return found }
      let made = Program<T>(outputs, inputCount: inputCount)
      known[T.computeType] = made
      return made
    }
  }

  /// The formula as steps for a registered type.
  func customProgram(_ dtype: DType) -> CustomProgram {
    knownCustom.withLock { known in
      if let found = known[dtype] { return found }
      let made = CustomProgram(outputs, inputCount: inputCount, dtype.custom)
      known[dtype] = made
      return made
    }
  }

  /// The contributions to each of `inputs` (nil: none) of `seed` arriving at the first result.
  private func adjoints(of inputs: [Int], seed: Expression) -> [Expression?] {
    guard let slopes else { return outputs[0].adjoints(of: inputs, seed: seed) }
    return inputs.map { slopes[$0].constant == 0 ? nil : slopes[$0].wherePresent { seed * $0 } }
  }

  private func makeBackward(mask: UInt64, isComplex: Bool) -> Backward {
    let wanted = (0..<inputCount).filter { mask & (1 << UInt64($0)) != 0 }
    let value = outputs[0]
    let cotangent = Expression.input(inputCount)
    let result = Expression.input(inputCount + 1)
    let parts =
      isComplex ? value.complexAdjoints(of: wanted, seed: cotangent) : adjoints(of: wanted, seed: cotangent)
    // Reuse the result where the derivative contains the whole formula (exp, tanh, sigmoid, division ...).
    var isLeaf = false
    if case .input = value.kind { isLeaf = true }
    if value.constant != nil { isLeaf = true }
    let shortened = parts.map { part in part?.rewritten { !isLeaf && $0 == value ? result : nil } }

    var sources: [Backward.Source] = []
    var renumbered: [Int: Int] = [:]
    for e in Expression.topological(shortened.compactMap { $0 }) {
      guard case .input(let i) = e.kind, renumbered[i] == nil else { continue }
      renumbered[i] = sources.count
      sources.append(i < inputCount ? .input(i) : i == inputCount ? .cotangent : .output)
    }
    var results = [Backward.Result](repeating: .zero, count: inputCount)
    var expressions: [Expression] = []
    for (slot, part) in zip(wanted, shortened) {
      guard let part else { continue }
      if part == cotangent {
        results[slot] = .cotangent
        continue
      }
      let final = part.rewritten { e in
        if case .input(let i) = e.kind, let n = renumbered[i] { return .input(n) }
        return nil
      }
      results[slot] = .output(expressions.count)
      expressions.append(final)
    }
    guard !expressions.isEmpty else { return Backward(sources: [], results: results, formula: nil) }
    let formula = Formula(
      name + "Backward", inputs: sources.count, isComplex ? .complex : .arithmetic, outputs: expressions)
    return Backward(sources: sources, results: results, formula: formula)
  }
}
