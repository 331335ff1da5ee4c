import ApusCore

/// Which results of a program may lie where arguments lie, and what that asks of the order in which memory is written.
struct CSharedMemory {
  private let graph: Graph
  /// The numbers of arguments by those of results in the same memory.
  private let arguments: [Int: Int]
  /// The node that makes each value.
  private let makers: [Int: Int]

  /// - Parameter inPlace: results by the numbers of arguments.
  init(_ graph: Graph, _ inPlace: [Int: Int]) {
    self.graph = graph
    arguments = Dictionary(inPlace.map { ($0.value, $0.key) }) { first, _ in first }
    var makers: [Int: Int] = [:]
    for (i, node) in graph.nodes.enumerated() { for output in node.outputs { makers[output] = i } }
    self.makers = makers
  }

  /// The value in whose memory a value lies.
  private func root(_ value: Int) -> Int {
    var value = value
    while let view = graph.values[value].view { value = view.of }
    return value
  }

  /// Whether result `k` may be computed where it is returned: it shares no memory, or nothing reads the argument any more.
  func mayCompute(result k: Int) -> Bool {
    guard let argument = arguments[k].map({ graph.inputs[$0] }) else { return true }
    let value = graph.outputs[k]
    guard let maker = makers[value], case .primitive(let primitive) = graph.nodes[maker].operation,
      !graph.outputs.contains(where: { root($0) == argument }),
      !graph.nodes[(maker + 1)...].contains(where: { $0.inputs.contains { root($0) == argument } })
    else { return false }
    let operands = graph.nodes[maker].inputs
    return operands.first == argument && primitive is any CInPlace
      && !operands.dropFirst().contains { root($0) == argument }
  }

  /// Whether result `k` is the argument itself in whose memory it lies.
  func isUnchanged(result k: Int) -> Bool { arguments[k].map { graph.inputs[$0] == graph.outputs[k] } ?? false }

  /// Whether result `k` is read from an argument whose memory another result, or this one in another order, is written to.
  func isOverwritten(result k: Int) -> Bool {
    if isUnchanged(result: k) { return false }
    let place = root(graph.outputs[k])
    return arguments.values.contains { graph.inputs[$0] == place }
  }

  // MARK: Checks

  /// - Throws: where there is no such argument, or a result is named twice.
  static func check(_ inPlace: [Int: Int], _ example: [Tensor], _ operation: String) throws(TensorError) {
    if let wrong = inPlace.keys.first(where: { !example.indices.contains($0) }) {
      throw TensorError(
        .value, operation, "inPlace names the argument \(wrong), and the function has \(example.count) arguments")
    }
    if Set(inPlace.values).count != inPlace.count {
      throw TensorError(.value, operation, "inPlace names a result for two arguments; each argument has one of its own")
    }
  }

  /// - Throws: where a result is not like its argument.
  static func check(_ inPlace: [Int: Int], _ program: CProgram, _ operation: String) throws(TensorError) {
    for (argument, result) in inPlace {
      guard program.outputs.indices.contains(result) else {
        throw TensorError(
          .value, operation, "inPlace names the result \(result), and the function has \(program.outputs.count) results"
        )
      }
      let (from, to) = (program.inputs[argument].type, program.outputs[result].type)
      if from != to {
        throw TensorError(
          .shape, operation,
          "argument \(argument) is \(from) and result \(result) \(to): they cannot lie in the same memory")
      }
    }
  }
}
