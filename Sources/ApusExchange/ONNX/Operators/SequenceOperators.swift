import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperatorTable {
  /// Sequences and optionals.
  static let sequences: [ONNXOperator] = [
    .reading("SequenceEmpty", since: 11, inputs: 0...0, ONNXOperators.sequenceEmpty),
    .reading("SequenceConstruct", since: 11, inputs: .atLeast(1)) { call in
      [.sequence(try call.inputs.indices.map { try call.value($0) })]
    },
    .reading("SequenceInsert", since: 11, inputs: 2...3, ONNXOperators.sequenceInsert),
    .reading("SequenceErase", since: 11, inputs: 1...2, ONNXOperators.sequenceErase),
    .reading("SequenceAt", since: 11, inputs: 2...2, ONNXOperators.sequenceAt),
    .reading("SequenceLength", since: 11, inputs: 1...1) { call in [.tensor(Tensor(Int64(try call.sequence(0).count)))]
    },
    .reading("SplitToSequence", since: 11, inputs: 1...2, ONNXOperators.splitToSequence),
    .reading("ConcatFromSequence", since: 11, inputs: 1...1, ONNXOperators.concatFromSequence),
    .reading("Optional", since: 15, inputs: 0...1) { call in [.optional(call.has(0) ? try call.value(0) : nil)] },
    .reading("OptionalHasElement", since: 15, inputs: 0...1) { call in
      guard call.has(0) else { return [.tensor(Tensor(false))] }
      if case .optional(let value) = try call.value(0) { return [.tensor(Tensor(value != nil))] }
      return [.tensor(Tensor(true))]
    },
    .reading("OptionalGetElement", since: 15, inputs: 1...1) { call in
      guard case .optional(let value) = try call.value(0) else { return [try call.value(0)] }
      guard let value else { throw call.error(.value, "the optional holds nothing") }
      return [value]
    },
  ]
}

extension ONNXOperators {
  static func sequenceEmpty(_ call: ONNXCall) throws -> [ONNXValue?] {
    [.sequence([], of: try call.node.dataType("dtype") ?? .float)]
  }

  /// A place among `count` things, which may count from the end.
  private static func place(_ call: ONNXCall, _ i: Int, _ count: Int, _ standard: Int) throws -> Int {
    guard let given = try call.optionalInt(i) else { return standard }
    guard given >= -count, given < count else {
      throw call.error(.index, "position \(given) does not exist in a sequence of \(count)")
    }
    return given < 0 ? given + count : given
  }

  static func sequenceInsert(_ call: ONNXCall) throws -> [ONNXValue?] {
    guard case .sequence(var items, let type) = try call.value(0) else { return [.sequence(try call.sequence(0))] }
    // One place more: behind the last.
    let given = try call.optionalInt(2) ?? items.count
    guard given >= -items.count, given <= items.count else {
      throw call.error(.index, "position \(given) does not exist in a sequence of \(items.count)")
    }
    items.insert(try call.value(1), at: given < 0 ? given + items.count : given)
    return [.sequence(items, of: type)]
  }

  static func sequenceErase(_ call: ONNXCall) throws -> [ONNXValue?] {
    var items = try call.sequence(0)
    guard !items.isEmpty else { throw call.error(.index, "the sequence is empty") }
    items.remove(at: try place(call, 1, items.count, items.count - 1))
    return [.sequence(items)]
  }

  static func sequenceAt(_ call: ONNXCall) throws -> [ONNXValue?] {
    let items = try call.sequence(0)
    return [items[try place(call, 1, items.count, 0)]]
  }

  static func splitToSequence(_ call: ONNXCall) throws -> [ONNXValue?] {
    let value = try call.value(0)
    guard let shape = value.shape else {
      throw call.error(.dtype, "needs a tensor, and found \(value.kindName)")
    }
    let axis = try call.axis("axis", 0, rank: shape.count)
    let size = shape[axis]
    var sizes = [Int](repeating: 1, count: size)
    if let split = try call.optionalTensor(1) {
      let given = try call.ints(1)
      if split.rank == 0 {
        guard let step = given.first, step > 0 else { throw call.error(.value, "cannot cut parts of \(given)") }
        sizes = stride(from: 0, to: size, by: step).map { min(step, size - $0) }
      } else {
        sizes = given
      }
    }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, { $0.clampedAdding($1) }) == size else {
      throw call.error(.value, "the parts \(sizes) do not make up \(size)")
    }
    let keeps = call.has(1) ? true : try call.flag("keepdims", true)
    var start = 0
    return [
      .sequence(
        sizes.map { size in
          defer { start += size }
          let from = start
          return value.moving { x in
            let part = x.narrow(axis, from, size)
            return keeps ? part : part.squeeze([axis])
          }
        })
    ]
  }

  static func concatFromSequence(_ call: ONNXCall) throws -> [ONNXValue?] {
    let items = try call.sequence(0).map { value in
      guard case .tensor(let tensor) = value else {
        throw call.error(.dtype, "joins tensors of numbers, and found \(value.kindName)")
      }
      return tensor
    }
    guard let first = items.first else { throw call.error(.value, "cannot join an empty sequence") }
    let isNew = try call.flag("new_axis")
    let axis = try call.axis(call.node.int("axis"), rank: first.rank + (isNew ? 1 : 0))
    return [.tensor(isNew ? stack(items, dim: axis) : cat(items, dim: axis))]
  }
}

extension ONNXValue {
  /// A tensor of any element type after an operation that only moves elements.
  func moving(_ move: (Tensor) -> Tensor) -> ONNXValue {
    switch self {
    case .tensor(let tensor): .tensor(move(tensor))
    case .narrow(let tensor, let type): .narrow(move(tensor), type)
    case .strings(let texts): .strings(texts.moved(move))
    case .sequence, .optional, .map: self
    }
  }
}
