import ApusCore

/// A branch or a loop of a captured function as data, for what writes captured functions down: program files, C, ONNX.
package struct ControlForm: Sendable {
  /// What decides which steps run, and how often.
  package enum Kind: String, Sendable, CaseIterable {
    /// Operands: the predicate, then what either branch uses.
    case cond
    /// Operands: the states, then what the condition and the body use besides.
    case whileLoop = "while_loop"
    /// Operands: the sequence, the states, then what the step uses besides.
    case scan

    /// What the steps are called, in the order in which their operands follow each other.
    package var stepNames: [String] {
      switch self {
      case .cond: ["then", "else"]
      case .whileLoop: ["condition", "body"]
      case .scan: ["step"]
      }
    }
  }

  /// A step and those operands that it alone uses. Before these it takes the states, and that of a scan an element of the sequence.
  package struct Part: Sendable {
    package let step: TracedStep
    package let free: Range<Int>
  }

  package let kind: Kind
  /// The steps, in the order of ``Kind/stepNames``.
  package let parts: [Part]
  /// How many states there are; a branch has none.
  package let stateCount: Int
  /// Whether a scan goes from the last element to the first.
  package let isReverse: Bool
  /// For the gradient of a branch or loop the operands whose gradients are computed, by their numbers; its operands are the
  /// cotangents of all results and then those of the branch or loop itself. Nil: it is no gradient.
  package var wanted: [Int]?
  /// How many results the branch or loop has.
  package let resultCount: Int
  /// The gradients of the operands of a step, from them and the cotangents of its results, for tensors of these types: a step
  /// with one result for each of its operands. Nil where it cannot be captured.
  package let gradientStep: @Sendable (_ part: Int, _ cotangents: [TensorType]) -> TracedStep?

  init(_ kind: Kind, _ steps: [CapturedStep], first: Int, states: Int, isReverse: Bool = false) {
    (self.kind, stateCount, self.isReverse) = (kind, states, isReverse)
    // What a step is given besides what it alone uses.
    let given = kind == .scan ? states + 1 : states
    var (parts, next) = ([Part](), first)
    for captured in steps {
      let count = captured.step.trace.inputs.count - given
      parts.append(Part(step: captured.step, free: next..<next + count))
      next += count
    }
    self.parts = parts
    resultCount = steps[steps.count - 1].step.outputTypes.count
    gradientStep = { part, cotangents in steps[part].gradientStep(cotangents) }
  }
}

/// An operation that runs steps: a branch, a loop, or the gradient of one.
package protocol ControlFlow: Primitive {
  /// What it consists of.
  var form: ControlForm { get }
  /// The results in operations that everybody sees, as many as there are steps; nil where their number depends on elements.
  func unrolled(_ inputs: [Tensor]) -> [Tensor]?
}

extension Branch: ControlFlow {
  var form: ControlForm { ControlForm(.cond, branches, first: 1, states: 0) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { composed(inputs) }
}

extension WhileLoop: ControlFlow {
  var form: ControlForm { ControlForm(.whileLoop, [condition, body], first: count, states: count) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { nil }
}

extension ScanLoop: ControlFlow {
  var form: ControlForm { ControlForm(.scan, [step], first: 1 + count, states: count, isReverse: isReverse) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { composed(inputs) }
}

extension ControlFlow {
  fileprivate func form(of wanted: [Int]) -> ControlForm {
    var form = form
    form.wanted = wanted
    return form
  }
}

extension BranchGradient: ControlFlow {
  var form: ControlForm { branch.form(of: wanted) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { composed(inputs) }
}

extension WhileLoopGradient: ControlFlow {
  var form: ControlForm { loop.form(of: wanted) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { nil }
}

extension ScanLoopGradient: ControlFlow {
  var form: ControlForm { loop.form(of: wanted) }
  func unrolled(_ inputs: [Tensor]) -> [Tensor]? { composed(inputs) }
}

/// How scans are captured.
package enum ScanCapture {
  /// Whether a scan of few steps, too, is one operation of what is captured: where the number of steps is left open, it must be the
  /// same operation for all.
  @TaskLocal package static var keepsShortLoops = false
}
