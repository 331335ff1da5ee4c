import ApusCore
import ApusFormats

// Forms that many operators have.

extension ONNXOperator {
  /// A function of one tensor of numbers without attributes.
  static func unary(_ name: String, since: Int = 1, _ compute: @escaping @Sendable (Tensor) -> Tensor) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: 1...1) { _ in
      { call in [.tensor(compute(try call.tensor(0)))] }
    }
  }

  /// A function of two tensors of numbers, whose shapes are made equal as NumPy does.
  static func binary(
    _ name: String, since: Int = 1, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: 2...2) { node in
      let align = try node.alignment()
      return { call in
        let a = try call.tensor(0)
        return [.tensor(compute(a, align(a, try call.tensor(1))))]
      }
    }
  }

  /// A function of any number of tensors, two at a time.
  static func folded(
    _ name: String, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, inputs: .atLeast(1)) { _ in
      { call in
        let tensors = try call.tensors()
        return [.tensor(tensors.dropFirst().reduce(tensors[0], compute))]
      }
    }
  }

  /// An operator that takes tensors of any type and moves their elements.
  static func moving(
    _ name: String, since: Int = 1, inputs: ClosedRange<Int>, settings: Set<Int> = [],
    _ prepare: @escaping @Sendable (ONNXNode) throws -> @Sendable (ONNXCall, Tensor) throws -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: inputs, settings: settings) { node in
      let move = try prepare(node)
      return { call in [try call.value(0).moved { try move(call, $0) }] }
    }
  }
}

extension ONNXNode {
  /// How the second operand is brought to the first one's dimensions. Before version 7 the attribute `broadcast` allowed it, from
  /// `axis` on; later it is always NumPy's way, which operators have already.
  func alignment() throws(TensorError) -> @Sendable (Tensor, Tensor) -> Tensor {
    guard opset < 7, try flag("broadcast"), let axis = try optionalInt("axis") else { return { $1 } }
    return { a, b in
      let start = axis < 0 ? axis + a.rank : axis
      let behind = a.rank - start - b.rank
      return behind > 0 ? b.reshape(b.shape + [Int](repeating: 1, count: behind)) : b
    }
  }

  /// Sizes of windows, steps or margins, bounded so that sums and products of a few of them can be told.
  func sizes(_ name: String, least: Int = 1) throws(TensorError) -> [Int]? {
    guard let numbers = try ints(name) else { return nil }
    if let bad = numbers.first(where: { $0 < least || $0 > Int(Int32.max) }) {
      throw TensorError(
        .value, "", "the attribute '\(name)' has \(bad); numbers from \(least) to \(Int32.max) are possible")
    }
    return numbers
  }
}

/// Whether an axis or a list of them is written in the attribute or, in later versions, in an input.
func axes(
  _ name: String = "axes", input: Int, since version: Int, _ node: ONNXNode
) throws(TensorError) -> @Sendable (ONNXCall) throws -> [Int]? {
  guard node.opset < version else { return { try $0.optionalInts(input) } }
  let fixed = try node.ints(name)
  return { _ in fixed }
}
