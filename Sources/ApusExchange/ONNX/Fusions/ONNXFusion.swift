import ApusCore
import ApusFormats

/// Puts one step in place of several that belong together. A rule looks at a step and at what its inputs come from; the last step
/// of those it joins is replaced, and the others go when nobody uses them.
struct ONNXFusion {
  private(set) var steps: [ONNXGraph.Step]
  /// The step that makes each value.
  private var makers: [Int: Int] = [:]
  /// How often each value is used.
  private var uses: [Int: Int] = [:]

  init(steps: [ONNXGraph.Step], outputs: [ONNXGraph.Output]) {
    self.steps = steps
    for (i, step) in steps.enumerated() {
      for case .some(let slot) in step.outputs { makers[slot] = i }
      for operand in step.inputs + step.captured { if case .slot(let slot) = operand { uses[slot, default: 0] += 1 } }
    }
    for output in outputs { if case .slot(let slot) = output.operand { uses[slot, default: 0] += 1 } }
  }

  /// What a step and those before it are replaced by: its inputs, and what computes its one output from them.
  struct Replacement {
    let name: String
    let inputs: [ONNXGraph.Operand]
    var attributes: [String: ONNX.AttributeProto.Value] = [:]
    let kernel: ONNXOperator.Kernel
  }

  typealias Rule = @Sendable (ONNXGraph.Step, ONNXFusion) -> Replacement?

  /// The rules, the narrower first.
  private static let rules: [Rule] =
    [gatedActivation, normalisation, foldedConvolution, linearLayer] + integerRules

  /// Applies the rules until none fits.
  mutating func run() {
    for i in steps.indices {
      var rounds = 0
      while rounds < 8, let replacement = Self.rules.lazy.compactMap({ [self] in $0(steps[i], self) }).first {
        replace(i, replacement)
        rounds += 1
      }
    }
  }

  private mutating func replace(_ i: Int, _ replacement: Replacement) {
    let old = steps[i]
    for operand in replacement.inputs { if case .slot(let slot) = operand { uses[slot, default: 0] += 1 } }
    release(old.inputs)
    let node = ONNXNode(
      ONNX.NodeProto(
        replacement.name, domain: old.node.domain, name: old.node.name, output: old.node.outputs,
        attribute: replacement.attributes.map { ONNX.AttributeProto($0, $1) }), opset: old.node.opset)
    steps[i] = ONNXGraph.Step(
      node: node, kernel: replacement.kernel, inputs: replacement.inputs, captured: [], outputs: old.outputs,
      isPure: true)
  }

  /// Counts operands as used once less; a step that nobody uses any more uses nothing either.
  private mutating func release(_ operands: [ONNXGraph.Operand]) {
    var open = operands
    while let operand = open.popLast() {
      guard case .slot(let slot) = operand, let count = uses[slot] else { continue }
      uses[slot] = count - 1
      if count == 1, let i = makers[slot], steps[i].outputs.allSatisfy({ $0.map { uses[$0] ?? 0 == 0 } ?? true }) {
        open += steps[i].inputs + steps[i].captured
      }
    }
  }

  // MARK: - For rules

  /// The step that makes an operand, if it is of that type (and ONNX's own) and nobody else uses its output.
  func maker(_ operand: ONNXGraph.Operand, _ type: String) -> ONNXGraph.Step? {
    guard case .slot(let slot) = operand, uses[slot] == 1, let step = anyMaker(operand), step.node.opType == type
    else { return nil }
    return step
  }

  /// The step that makes an operand, whoever uses it.
  func anyMaker(_ operand: ONNXGraph.Operand) -> ONNXGraph.Step? {
    guard case .slot(let slot) = operand, let i = makers[slot], steps[i].node.domain.isEmpty,
      steps[i].outputs.first == slot
    else { return nil }
    return steps[i]
  }

  /// The step that makes an operand as output `output`, of whatever domain and whoever uses it.
  func maker(_ operand: ONNXGraph.Operand, output: Int) -> ONNXGraph.Step? {
    guard case .slot(let slot) = operand, let i = makers[slot], steps[i].outputs.count > output,
      steps[i].outputs[output] == slot
    else { return nil }
    return steps[i]
  }

  /// The one number that an operand is.
  func number(_ operand: ONNXGraph.Operand) -> Double? {
    guard let tensor = operand.constant?.tensor, tensor.count == 1, tensor.dtype.isFloatingPoint else { return nil }
    return tensor.to(.float64).item()
  }

  /// The other input of a step of two, one of which is the number.
  func partner(of number: Double, _ step: ONNXGraph.Step) -> ONNXGraph.Operand? {
    guard step.inputs.count == 2 else { return nil }
    if let found = self.number(step.inputs[1]), Self.isNear(found, number) { return step.inputs[0] }
    if let found = self.number(step.inputs[0]), Self.isNear(found, number) { return step.inputs[1] }
    return nil
  }

  static func isNear(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude <= 1e-4 * max(b.magnitude, 1e-3) }

  /// Whether both are the same value.
  static func isSame(_ a: ONNXGraph.Operand, _ b: ONNXGraph.Operand) -> Bool {
    if case (.slot(let a), .slot(let b)) = (a, b) { return a == b }
    return false
  }
}
