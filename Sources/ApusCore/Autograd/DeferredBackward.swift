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
    let found = try withGradientMode(false) { () throws(TensorError) in
      var pass = BackwardPass(to: inputs)
      pass.retainsGraph = true
      pass.deferred = rest
      try pass.run(zip(outputs, gradients).map { ($0, $1) })
      return pass.results
    }
    return (found, rest)
  }

  /// Adds the gradients that were put off to those that the variables have. A second call finds nothing to do.
  package func run() throws(TensorError) {
    try withGradientMode(false) { () throws(TensorError) in
      var pass = BackwardPass()
      try pass.run(self)
    }
    gradients = []
  }

  /// Takes down the operands of a node that do not belong to `required`, which all do in very wide operations; false where there are none.
  func putOff(_ node: Node, _ cotangents: [Tensor?], allBut required: inout UInt64) -> Bool {
    if required != 0, node.edges.count > 64 { required = ~0 }
    let rest = node.recordedEdges & ~required
    if rest != 0 { parts.append(Part(node: node, cotangents: cotangents, required: rest)) }
    return rest != 0
  }
}

extension Node {
  /// A bit for each operand that a gradient can flow to; all bits where there are more than 64 operands.
  fileprivate var recordedEdges: UInt64 {
    guard edges.count <= 64 else { return ~0 }
    var bits: UInt64 = 0
    for i in 0..<edges.count where edges[i].record != nil { bits |= 1 << UInt64(i) }
    return bits
  }

  /// Gives up what is kept for the gradients.
  func release() {
    saved.withLock { saved in
      saved.inputs = SmallArray()
      saved.outputs = SmallArray()
      saved.isReleased = true
    }
    packed?.release()
  }
}
