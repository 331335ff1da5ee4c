import ApusCore
import ApusFormats

extension ONNXFusion {
  /// Products of `x` with a function of `x`, as exporters write activation functions: GELU by `erf`, SiLU and hard swish.
  static let gatedActivation: Rule = { step, fusion in
    guard step.node.domain.isEmpty, step.node.opType == "Mul" || step.node.opType == "Div" else { return nil }
    var factors: [ONNXGraph.Operand] = []
    guard let scale = fusion.product(step, &factors), factors.count == 2 else { return nil }
    for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      if let replacement = fusion.gated(x, gate, scale) { return replacement }
    }
    return nil
  }

  /// A product taken apart: the number in it, and its other factors.
  private func product(_ step: ONNXGraph.Step, _ factors: inout [ONNXGraph.Operand], depth: Int = 0) -> Double? {
    guard depth < 4, step.inputs.count == 2 else { return nil }
    var scale = 1.0
    if step.node.opType == "Div" {
      guard let divisor = number(step.inputs[1]), divisor != 0 else { return nil }
      scale = 1 / divisor
    }
    for (i, operand) in step.inputs.enumerated() {
      if step.node.opType == "Div", i == 1 { continue }
      if step.node.opType == "Mul", let number = number(operand) {
        scale *= number
      } else if let inner = maker(operand, "Mul") ?? maker(operand, "Div") {
        var own: [ONNXGraph.Operand] = []
        // What is no product with a number stays whole.
        if let more = product(inner, &own, depth: depth + 1) {
          scale *= more
          factors += own
        } else {
          factors.append(operand)
        }
      } else {
        factors.append(operand)
      }
    }
    return scale
  }

  private func gated(_ x: ONNXGraph.Operand, _ gate: ONNXGraph.Operand, _ scale: Double) -> Replacement? {
    func function(_ name: String, _ compute: @escaping @Sendable (Tensor) -> Tensor) -> Replacement {
      Replacement(name: name, inputs: [x]) { call in [.tensor(compute(try call.tensor(0)))] }
    }
    if Self.isNear(scale, 1), let inner = maker(gate, "Sigmoid"), Self.isSame(inner.inputs[0], x) {
      return function("Silu") { $0.silu() }
    }
    if Self.isNear(scale, 1), let inner = maker(gate, "HardSigmoid"), Self.isSame(inner.inputs[0], x),
      let alpha = try? inner.node.float("alpha", default: 0.2), Self.isNear(alpha, 1 / 6),
      let beta = try? inner.node.float("beta", default: 0.5), Self.isNear(beta, 0.5)
    {
      return function("HardSwish") { $0.hardswish() }
    }
    if Self.isNear(scale, 1.0 / 6), let clip = maker(gate, "Clip"), isClip(clip, 0, 6),
      let shift = maker(clip.inputs[0], "Add"), let inner = partner(of: 3, shift), Self.isSame(inner, x)
    {
      return function("HardSwish") { $0.hardswish() }
    }
    if Self.isNear(scale, 0.5), let shift = maker(gate, "Add"), let curve = partner(of: 1, shift),
      let erf = maker(curve, "Erf"), let scaled = maker(erf.inputs[0], "Div") ?? maker(erf.inputs[0], "Mul"),
      scaled.inputs.count == 2, Self.isSame(scaled.inputs[0], x) || Self.isSame(scaled.inputs[1], x)
    {
      let isDivided = scaled.node.opType == "Div"
      let factor = isDivided ? 2.0.squareRoot() : 0.5.squareRoot()
      guard let inner = partner(of: factor, scaled), Self.isSame(inner, x) else { return nil }
      return function("Gelu") { $0.gelu() }
    }
    return nil
  }

  private func isClip(_ step: ONNXGraph.Step, _ low: Double, _ high: Double) -> Bool {
    if step.inputs.count == 3, let a = number(step.inputs[1]), let b = number(step.inputs[2]) {
      return a == low && b == high
    }
    guard step.inputs.count == 1, let a = try? step.node.optionalFloat("min"),
      let b = try? step.node.optionalFloat("max")
    else { return false }
    return a == low && b == high
  }
}
