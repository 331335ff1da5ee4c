import ApusCore
import ApusFormats

/// One call of a node: the values of its inputs.
package struct ONNXCall: Sendable {
  package let node: ONNXNode
  /// The inputs in order, nil where one is left out. There may be fewer than the operator knows.
  package var inputs: [ONNXValue?]
  /// What the graphs among the attributes use of the graph around them; see ``ONNXSubgraph``.
  package let captured: [ONNXValue?]
  /// The most bytes that a result may have whose size is given by numbers and not by the inputs.
  package let limit: Int

  package init(node: ONNXNode, inputs: [ONNXValue?], captured: [ONNXValue?] = [], limit: Int = ResultMemory.limit) {
    self.node = node
    self.inputs = inputs
    self.captured = captured
    self.limit = limit
  }

  /// Whether there is an input at that position.
  package func has(_ i: Int) -> Bool { i < inputs.count && inputs[i] != nil }

  /// The name of an input in messages.
  private func inputName(_ i: Int) -> String { node.hasInput(i) ? "input \(i) ('\(node.inputs[i])')" : "input \(i)" }

  /// The input at that position.
  package func value(_ i: Int) throws(TensorError) -> ONNXValue {
    guard i < inputs.count, let value = inputs[i] else { throw TensorError(.value, "", "\(inputName(i)) is missing") }
    return value
  }

  /// The input at that position, which has to be a tensor of a type that ``Tensor`` has.
  package func tensor(_ i: Int) throws(TensorError) -> Tensor {
    let value = try value(i)
    guard case .tensor(let tensor) = value else {
      throw TensorError(.dtype, "", "\(inputName(i)) is \(value.kindName), and this operator takes tensors of numbers")
    }
    return tensor
  }

  /// ``tensor(_:)`` or nil where the input is left out.
  package func optionalTensor(_ i: Int) throws(TensorError) -> Tensor? { has(i) ? try tensor(i) : nil }

  /// All inputs as tensors, none of which may be left out.
  package func tensors() throws(TensorError) -> [Tensor] {
    var all: [Tensor] = []
    for i in inputs.indices { all.append(try tensor(i)) }
    return all
  }

  /// The input as texts.
  package func strings(_ i: Int) throws(TensorError) -> StringTensor {
    let value = try value(i)
    guard case .strings(let tensor) = value else {
      throw TensorError(.dtype, "", "\(inputName(i)) is \(value.kindName), and this operator takes tensors of text")
    }
    return tensor
  }

  /// The input as a sequence.
  package func sequence(_ i: Int) throws(TensorError) -> [ONNXValue] {
    let value = try value(i)
    guard case .sequence(let values, _) = value else {
      throw TensorError(.dtype, "", "\(inputName(i)) is \(value.kindName), and this operator takes sequences")
    }
    return values
  }

  /// The elements of a tensor of whole numbers: a shape, axes, a number of repetitions.
  package func ints(_ i: Int) throws(TensorError) -> [Int] {
    let tensor = try tensor(i)
    guard tensor.dtype.isInteger || tensor.dtype == .bool else {
      throw TensorError(.dtype, "", "\(inputName(i)) has elements of type \(tensor.dtype); whole numbers are needed")
    }
    return tensor.settled.array(as: Int.self)
  }

  /// ``ints(_:)`` or nil where the input is left out.
  package func optionalInts(_ i: Int) throws(TensorError) -> [Int]? { has(i) ? try ints(i) : nil }

  /// The one element of a tensor of whole numbers.
  package func int(_ i: Int) throws(TensorError) -> Int {
    let all = try ints(i)
    guard all.count == 1 else {
      throw TensorError(.shape, "", "\(inputName(i)) has \(all.count) elements; one is needed")
    }
    return all[0]
  }

  /// ``int(_:)`` or nil where the input is left out.
  package func optionalInt(_ i: Int) throws(TensorError) -> Int? { has(i) ? try int(i) : nil }

  /// The elements of a tensor of numbers.
  package func doubles(_ i: Int) throws(TensorError) -> [Double] {
    try tensor(i).settled.to(.float64).array(as: Double.self)
  }

  /// The one element of a tensor of numbers.
  package func double(_ i: Int) throws(TensorError) -> Double {
    let all = try doubles(i)
    guard all.count == 1 else {
      throw TensorError(.shape, "", "\(inputName(i)) has \(all.count) elements; one is needed")
    }
    return all[0]
  }

  /// ``double(_:)`` or nil where the input is left out.
  package func optionalDouble(_ i: Int) throws(TensorError) -> Double? { has(i) ? try double(i) : nil }

  // MARK: - Checks

  /// A mistake of this call; the caller puts the node's name before the message.
  package func error(_ kind: TensorError.Kind, _ message: String) -> TensorError { TensorError(kind, "", message) }

  /// A number of dimension from 0 on, for one that may count from the end.
  package func axis(_ axis: Int, rank: Int, _ name: String = "axis") throws(TensorError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw TensorError(
        .dimension, "", "\(name) \(axis) does not exist in a tensor of \(rank) dimensions")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Refuses a result of that shape that is larger than memory: for operators whose inputs say how large it is.
  package func requireMemory(_ shape: [Int], _ dtype: DType) throws(TensorError) {
    try ResultMemory.require(shape, dtype, limit: limit)
  }
}

extension Tensor {
  /// The present elements where this is a parameter or buffer: for reading values that a captured function is not to follow.
  package var settled: Tensor { isVariable ? elementsOnly : self }
}
