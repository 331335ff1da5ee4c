import Synchronization

/// How an interpreter sees a tensor: as a value of a trace, with its derivative, or as many samples. Operations on marked
/// tensors are evaluated by the mark of the highest level, which belongs to the innermost transformation.
class TensorMark: @unchecked Sendable {
  let level: UInt64

  init(level: UInt64) { self.level = level }

  /// Evaluates an operation of which this is the mark of an input, and no input has one of a higher level.
  func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
  ) throws(TensorError) -> [Tensor] {
    preconditionFailure("a mark says how it evaluates")
  }

  /// ``evaluate(_:_:types:)`` for a function with a gradient of its own.
  func call(_ rule: FunctionRule, _ inputs: [Tensor]) throws(TensorError) -> FunctionRule.Run {
    preconditionFailure("a mark says how it calls")
  }

  /// The tensors that the marked one stands for.
  var parts: [Tensor] { [] }

  /// The elements are read past the door.
  func noteRead(_ body: TensorBody) {}

  private static let levels = Atomic<UInt64>(0)

  /// A level above all that were given before.
  static func nextLevel() -> UInt64 { levels.add(1, ordering: .relaxed).newValue }
}

/// Evaluates an operation that an interpreter has to see.
@inline(never)
func interpret(
  _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
) throws(TensorError) -> [Tensor] {
  var highest: TensorMark?
  for input in inputs {
    if let mark = input.body.mark, mark.level >= highest?.level ?? 0 { highest = mark }
  }
  if primitive.isRandom, Context.current?.isBatching == true {
    throw TensorError(
      .value, primitive.name,
      "draws random numbers inside vmap, which would be the same for all samples; draw them outside for all samples "
        + "and pass them in")
  }
  if let highest {
    guard Devices.isUsed else { return try highest.evaluate(primitive, inputs, types: types) }
    return try beside(inputs) { () throws(TensorError) in try highest.evaluate(primitive, inputs, types: types) }
  }
  if let tracer = Tracer.current { return try tracer.evaluate(primitive, inputs, types: types) }
  return try perform(primitive, inputs, types: types)
}
