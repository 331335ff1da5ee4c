/// An operation: a small value that holds its attributes, with its rules beside it.
///
/// A composite operation is a plain function of primitives and needs none of this. Conform to it to add an operation of
/// your own: shapes and checks in ``outputTypes(_:)``, the values in ``evaluate(_:into:)``, the gradient in
/// ``vjp(_:cotangents:)``; then call it with ``apply(_:_:)``.
public protocol Primitive: Sendable {
  /// The name in messages and in `grad_fn`, as PyTorch spells it: `AddBackward0` is `Add`.
  var name: String { get }

  /// Which values the gradient rule reads; only those are kept alive by the graph.
  var saves: Saves { get }

  /// Whether it draws random numbers: every call gives other results, in the order of the calls.
  var isRandom: Bool { get }

  /// What tells this value from others of its type that compute something else; nil where two calls must never be
  /// taken for one. A primitive that is `Hashable` need not say it.
  var identity: AnyHashable? { get }

  /// Whether it works on elements of registered types (``CustomElement``); other operations refuse them by name.
  var takesCustomElements: Bool { get }

  /// Whether it works on complex elements; other operations refuse them by name. Unless said otherwise, what works on
  /// elements of registered types does.
  var takesComplexElements: Bool { get }

  /// Shapes and element types of the results.
  /// - Throws: what is wrong with the inputs, naming the operation.
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType]

  /// The one result as a view of the first input; nil where it must be computed, which ``evaluate(_:into:)`` does then.
  /// It looks at shapes and strides only, never at elements. A view may be larger than any memory.
  func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View?

  /// How result `i`, of this type, shall lie in memory; row-major unless said otherwise.
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout

  /// Computes the results into the memory that was made for them. Inputs are free of errors as far as `outputTypes` checks
  /// them; `results` have the types and layouts that were asked for, and nobody has seen them yet.
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError)

  /// Where the results lie; nil: where the inputs do.
  var destination: Device? { get }

  /// Whether the results are linear in the inputs taken together, as those of views, sums and conversions: the operation
  /// is its own derivative.
  var isLinear: Bool { get }

  /// This operation with `epilogue` applied to its result in the same pass; nil where there is no such form.
  func absorbing(_ epilogue: Epilogue) -> (any Primitive)?

  /// The directional derivatives of the results for those of the inputs (nil: zero), in tensor operations. What is not
  /// given here follows from ``vjp(_:cotangents:)``, which is linear in the cotangents and is transposed.
  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?]

  /// The operation on many samples at once: inputs for which `isBatched` have one more dimension in front, of `size`
  /// samples, and so must all results. Nil where there is no better way than one sample after the other.
  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]?

  /// C statements that compute float32 results from float32 inputs, for programs that run without this library; nil where
  /// there are none. Pointwise operations and views need none.
  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String?

  /// How many floating-point operations the results of these types take, multiplications and additions counted apart; 0 for
  /// what is not counted (see ``countFLOPs(_:)``).
  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int

  /// The gradients of the inputs from those of the results (nil: zero), written in tensor operations so that they can
  /// be differentiated again. An input for which `node.needs(i)` is false may get nil.
  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?]
}

extension Primitive {
  public var saves: Saves { .inputs }
  public var isRandom: Bool { false }
  public var identity: AnyHashable? { nil }
  public var isLinear: Bool { false }
  public var destination: Device? { nil }

  public func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? { nil }
  public func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .rowMajor }

  public func absorbing(_ epilogue: Epilogue) -> (any Primitive)? { nil }

  public func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard isLinear else { return try transposedGradient(self, inputs, outputs, tangents) }
    let filled = zip(inputs, tangents).map { $1 ?? Tensor.zeros($0.shape, dtype: $0.dtype) }
    return apply(self, filled)
  }

  public func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? { nil }
  public func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int { 0 }

  public func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { nil }
  public var takesCustomElements: Bool { false }
  public var takesComplexElements: Bool { takesCustomElements }

  public func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    throw TensorError(.autograd, name, "this operation has no gradient")
  }

  /// The one cotangent of an operation with one result, zeros where nothing arrived.
  package func single(_ node: Recorded, _ cotangents: [Tensor?]) -> Tensor {
    cotangents[0] ?? Tensor.zeros(node.outputType(0).shape, dtype: node.outputType(0).dtype)
  }
}

/// An operation whose result is a view of its input, whatever that is.
public protocol ViewPrimitive: Primitive {
  /// Where the elements of the result, which is of this type, lie among those of `input`.
  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View
}

extension ViewPrimitive {
  public func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? {
    try view(of: inputs[0], type: type)
  }
  public func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0].seen(try view(of: inputs[0], type: results[0].type), results[0].type))
  }
}

/// An operation that others can say too, more slowly: what is computed instead on a device whose engine lacks it, and of
/// registered types that it does not take itself.
package protocol ComposedPrimitive: Primitive {
  /// The results by other operations, whose types and shapes are those of ``Primitive/outputTypes(_:)``.
  func composed(_ inputs: [Tensor]) -> [Tensor]
}

/// An operation that others can say too, more slowly, where there are elements of registered types that it does not take
/// itself. Gradients, derivatives and batches are those of the others.
package protocol ElementComposition: Primitive {
  /// The results by other operations, whose types and shapes are those of ``Primitive/outputTypes(_:)``. What the elements
  /// lack is said by these operations.
  func composed(ofElements inputs: [Tensor]) -> [Tensor]
}

/// An operation that is linear in its inputs: its gradient reads no values.
package protocol LinearPrimitive: Primitive {}

extension LinearPrimitive {
  package var isLinear: Bool { true }
  package var saves: Saves { .nothing }
}

/// An operation that does no more than move elements: whatever their type, gradients move back.
package protocol ElementMove: Primitive {}

/// A linear operation that does no more than move elements, and so takes those of any type.
package protocol Rearrangement: LinearPrimitive, ElementMove {}

extension Rearrangement {
  package var takesCustomElements: Bool { true }
}

extension Primitive where Self: Hashable {
  public var identity: AnyHashable? { AnyHashable(self) }
}

/// Which values a gradient rule reads.
public struct Saves: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The rule of the gradient reads the inputs.
  public static let inputs = Saves(rawValue: 1)
  /// The rule of the gradient reads the results.
  public static let outputs = Saves(rawValue: 2)
  /// The rule of the gradient reads shapes and attributes only.
  public static let nothing: Saves = []
  /// Tensors that were chosen when the operation was recorded.
  static let own = Saves(rawValue: 4)
}

/// The one door: every operation passes here. Evaluates `primitive` and, where an input asks for gradients, records it.
public func apply(_ primitive: some Primitive, _ inputs: [Tensor]) -> [Tensor] {
  enter(Entry(primitive: primitive), inputs)
}

/// Whoever stands at the door. A type of its own, since the compiler copies a function that takes an existential for
/// every type that it is called with.
private struct Entry {
  let primitive: any Primitive
}

/// Behind the door: one function for all primitives.
@inline(never)
private func enter(_ entry: Entry, _ inputs: [Tensor]) -> [Tensor] {
  Profiling.isOn ? enterWatched(entry, inputs) : pass(entry, inputs)
}

/// ``enter(_:_:)`` while somebody logs operations or counts what they compute.
@inline(never)
private func enterWatched(_ entry: Entry, _ inputs: [Tensor]) -> [Tensor] {
  let primitive = entry.primitive
  let start = Profiling.begin()
  let counter = FLOPCounter.current
  let earlier = counter?.calls.count ?? 0
  let outputs = pass(entry, inputs)
  func flops() -> Int {
    outputs.contains(where: \.isPoisoned) ? 0 : primitive.flops(inputs.map(\.type), outputs.map(\.type))
  }
  let node = Int(outputs.first?.body.record?.sequence ?? 0)
  counter?.add(primitive.name, flops(), node: UInt64(node), after: earlier)
  if start != 0 { Profiling.end(start, primitive.name, number: node, flops: flops(), inputs: inputs) }
  return outputs
}

@inline(__always)
private func pass(_ entry: Entry, _ inputs: [Tensor]) -> [Tensor] {
  let primitive = entry.primitive
  var flags: TensorFlags = []
  for input in inputs { flags.formUnion(input.body.flags) }
  var inputs = inputs
  if !flags.isEmpty {
    if let failed = flags.contains(.poisoned) ? poisoned(among: inputs) : nil { return [failed] }
    if flags.contains(.variable) {
      // Whether a variable asks for a gradient is known only now: it can be switched.
      inputs = inputs.map(\.resolved)
      flags = inputs.reduce(into: []) { $0.formUnion($1.body.flags) }
    }
  }
  if flags.contains(.device) { inputs = withNumbersMoved(inputs) }
  do {
    if !flags.isDisjoint(with: .element) {
      if let composed = try composition(of: primitive, inputs) { return composed }
      try checkElements(primitive, inputs)
    }
    let types = try primitive.outputTypes(inputs.map(\.body.type))
    let outputs: [Tensor]
    if flags.contains(.marked) || primitive.isRandom {
      outputs = try interpret(primitive, inputs, types: types)
    } else {
      outputs = try perform(primitive, inputs, types: types)
    }
    if ResultChecks.areOn { try ResultChecks.look(at: outputs, of: primitive, inputs) }
    if flags.contains(.requiresGrad) && Context.isGradientEnabled {
      try checkDifferentiable(types, primitive.name)
      record(primitive, inputs: inputs, outputs: outputs)
    }
    return outputs
  } catch {
    return [fail(error)]
  }
}

/// ``apply(_:_:)`` for an operation with one result.
public func apply(_ primitive: some Primitive, _ inputs: Tensor...) -> Tensor { apply(primitive, inputs)[0] }

/// The results of a primitive with `count` of them, also where it failed and gave one poisoned tensor.
package func results(_ outputs: [Tensor], _ count: Int) -> [Tensor] {
  outputs.count == count ? outputs : Array(repeating: outputs[0], count: count)
}
