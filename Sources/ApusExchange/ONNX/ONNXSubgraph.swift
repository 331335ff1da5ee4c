import ApusCore
import ApusFormats

/// A graph that is an attribute of a node (`then_branch`, `body`), ready to run.
///
///     let body = try node.subgraph("body")
///     return { call in try body(values, in: call) }
///
/// What it uses of the graphs around it is among the `captured` values of the node's call.
package struct ONNXSubgraph: Sendable {
  package let graph: ONNXGraph
  /// For each value that the graph takes from around it, its place among the values that the node's call has captured.
  package let places: [Int]

  /// The names of its inputs in order.
  package var inputs: [String] { graph.inputs.map(\.name) }
  /// The names of its outputs in order.
  package var outputs: [String] { graph.outputs.map(\.name) }

  /// The outputs in order.
  /// - Parameter inputs: as many as the graph has, or fewer where the rest has default values.
  package func callAsFunction(_ inputs: [ONNXValue?], in call: ONNXCall) throws -> [ONNXValue] {
    try graph.run(inputs, captured: places.map { call.captured[$0] }, limit: call.limit)
  }
}
