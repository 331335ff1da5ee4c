import ApusCore
import ApusFormats

/// How the nodes of one operator compute. All of them stand in ``ONNXOperatorTable``, listed family by family in
/// `Operators/`.
///
///     ONNXOperator("LeakyRelu", inputs: 1...1) { node in
///       let slope = try node.float("alpha", default: 0.01)
///       return { call in [.tensor(leakyReLU(try call.tensor(0), negativeSlope: slope))] }
///     }
///
/// `prepare` runs once for each node when a model is loaded: it reads and checks the attributes and gives what then runs
/// at every call. Both may throw a `TensorError`; the name of the node, its operator, domain and opset are put before
/// its message by the caller. Mistakes that tensor expressions report are caught by the caller as well.
package struct ONNXOperator: Sendable {
  /// What a node does with its inputs: it gives its outputs in order. Nil stands for an output that is left out; outputs
  /// at the end that the node does not name may be absent.
  package typealias Kernel = @Sendable (ONNXCall) throws -> [ONNXValue?]

  package let name: String
  /// Empty for ONNX's own operators.
  package let domain: String
  /// The first version of the operator set that it is for. Of several with one name the last that fits serves a node.
  package let since: Int
  /// How many inputs a node may have, those left out included.
  package let inputs: ClosedRange<Int>
  /// How many outputs a node may have.
  package let outputs: ClosedRange<Int>
  /// Inputs that are settings, such as scales of quantisation or sizes: initialisers there are constants of the graph, not
  /// parameters.
  package let settings: Set<Int>
  /// Inputs that are statistics, such as a running mean: initialisers there become buffers, not parameters.
  package let statistics: Set<Int>
  /// Whether equal inputs give equal outputs, so that a node of constants can be computed when the model is loaded.
  package let isPure: Bool
  package let prepare: @Sendable (ONNXNode) throws -> Kernel

  package init(
    _ name: String, domain: String = "", since: Int = 1, inputs: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1,
    settings: Set<Int> = [], statistics: Set<Int> = [], isPure: Bool = true,
    prepare: @escaping @Sendable (ONNXNode) throws -> Kernel
  ) {
    self.name = name
    self.domain = domain
    self.since = since
    self.inputs = inputs
    self.outputs = outputs
    self.settings = settings
    self.statistics = statistics
    self.isPure = isPure
    self.prepare = prepare
  }
}

extension ClosedRange where Bound == Int {
  /// At least so many inputs, without a limit.
  package static func atLeast(_ count: Int) -> Self { count...Int.max }
}

/// All operators, by domain and name.
package enum ONNXOperatorTable {
  /// The newest version of each operator set that is known, by domain; other domains have no such limit.
  package static let newest: [String: Int] = [
    "": 28, "ai.onnx.ml": 5, "ai.onnx.training": 1, "ai.onnx.preview": 1, "ai.onnx.preview.training": 1,
  ]

  /// The families, each of a file in `Operators/`.
  package static let families: [[ONNXOperator]] =
    [
      ONNXOperator.pointwise, ONNXOperator.activations, ONNXOperator.casting, ONNXOperator.shapes, ONNXOperator.joining,
      ONNXOperator.creation, ONNXOperator.slicing, ONNXOperator.indexing, ONNXOperator.reducing, ONNXOperator.sorting,
      ONNXOperator.products, ONNXOperator.convolving, ONNXOperator.pooling, ONNXOperator.normalising,
      ONNXOperator.resizing, ONNXOperator.sampling,
    ] + furtherFamilies

  private static let operators: [String: [String: [ONNXOperator]]] = {
    var table: [String: [String: [ONNXOperator]]] = [:]
    for entry in families.joined() { table[entry.domain, default: [:]][entry.name, default: []].append(entry) }
    return table.mapValues { $0.mapValues { $0.sorted { $0.since < $1.since } } }
  }()

  /// ONNX's own operators have two spellings of their domain.
  package static func plainDomain(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

  /// The operator of that name in that version of the set of operators, if there is one.
  package static func find(_ name: String, domain: String, opset: Int) -> ONNXOperator? {
    operators[plainDomain(domain)]?[name]?.last { $0.since <= opset }
  }

  /// Whether any operator of that domain is known.
  package static func knows(domain: String) -> Bool { operators[plainDomain(domain)] != nil }
}
