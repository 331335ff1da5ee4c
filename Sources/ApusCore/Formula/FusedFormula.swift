/// A formula of several results of one shape and types of their own, computed in float32: what the compiler makes of neighbouring
/// operations for a device, whose engine knows it. It stands in graphs that have been differentiated, and has no rules.
package struct FusedFormula: Primitive {
  package let formula: Formula
  private let types: [TensorType]
  private let strides: [Int]

  /// - Parameter strides: those of the results, without gaps.
  package init(_ formula: Formula, types: [TensorType], strides: [Int]) {
    (self.formula, self.types, self.strides) = (formula, types, strides)
  }

  package var name: String { "Fused" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { types }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    memoryOrder(type.shape, strides).map { .order($0) } ?? .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try Pointwise(formula: formula, scalars: []).evaluate(inputs, into: results, compute: .float32)
  }
}
