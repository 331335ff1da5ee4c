import ApusCore

/// A pointwise operation as C loops over elements of any types and strides.
struct CPointwise {
  let text: String

  /// The operation; nil where it is no formula, or C has no form of it.
  init?(_ primitive: any Primitive, _ inputs: [CArray], _ outputs: [CArray]) {
    let (formula, scalars): (Formula, [Scalar])
    let compute: DType?
    if let pointwise = primitive as? Pointwise {
      (formula, scalars) = (pointwise.formula, pointwise.scalars)
      compute = try? pointwise.computeType(of: inputs.map(\.type))
    } else if primitive is Where, let form = primitive.pointwiseForm {
      (formula, scalars, compute) = (form.formula, form.scalars, outputs[0].type.dtype)
    } else {
      return nil
    }
    guard !scalars.contains(where: \.isComplex), let compute, var number = CNumber(compute) else { return nil }
    if number == .integer, !CExpressions.isOfIntegers(formula) { number = .double }
    self.init(formula, scalars, number, inputs, outputs)
  }

  /// A fused formula of float32.
  init?(_ fused: FusedPointwise, _ inputs: [CArray], _ outputs: [CArray]) {
    guard fused.sums.allSatisfy({ $0 == nil }) else { return nil }
    self.init(fused.formula, [], .float, inputs, outputs)
  }

  private init?(_ formula: Formula, _ scalars: [Scalar], _ number: CNumber, _ inputs: [CArray], _ outputs: [CArray]) {
    guard let body = CExpressions(formula, in: number, scalars: scalars) else { return nil }
    text = cLoops(outputs[0].type.shape) { i in
      let read = inputs.enumerated().map { k, x in
        "const \(number.name) x\(k) = (\(number.name))\(x.broadcast(i)); (void)x\(k);"
      }
      let written = zip(outputs, body.results).map { y, value in
        y.type.dtype == .bool ? "\(y(i)) = (\(value)) != 0;" : "\(y(i)) = (\(y.element))(\(value));"
      }
      return (read + body.statements + written).joined(separator: "\n")
    }
  }
}
