/// The part of a backward pass that was put off: the gradients of variables, while those of some inputs were wanted at once. Pipelines
/// over processes split the pass so, since the stage before waits for the gradients of inputs alone (Qi et al., 2023).
///
/// What both parts need is computed once: at each operation on the way to the inputs the first part stops on the branches that do not
/// lead there, and keeps the gradients that have arrived; the second goes on from them.
package final class DeferredBackward {
  /// An operation whose gradients for some operands are still to be computed.
  struct Part {
    let node: Node
    let cotangents: [Tensor?]
    /// A bit for each operand.
    let required: UInt64
  }

  /// What is to be gone on with, later operations first.
  var parts: [Part] = []
  /// Gradients that came to variables themselves.
  var gradients: [(variable: Variable, gradient: Tensor)] = []

  init() {}

  /// The gradients that `outputs` with these gradients bring to `inputs`, and what is put off. The graph is kept as far as that
  /// needs it.
  ///
  /// - Parameter inputs: variables; with none of them all is put off.
  /// - Returns: a gradient for each input, nil where no output depends on it.
  package static func inputs(
    of outputs: [Tensor], gradients: [Tensor], wrt inputs: [Tensor]
  ) throws(TensorError) -> (gradients: [Tensor?], rest: DeferredBackward) {
    let rest = DeferredBackward()
    let found = try deferredPass(zip(outputs, gradients).map { ($0, $1) }, to: inputs, rest)
    return (found, rest)
  }

  /// Adds the gradients that were put off to those that the variables have. A second call finds nothing to do.
  package func run() throws(TensorError) {
    try resumedPass(self)
    gradients = []
  }
}
