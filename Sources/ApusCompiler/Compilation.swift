import ApusCore

extension GraphProgram {
  /// Optimises `graph` and makes a program of it, telling in `report` what was done.
  static func compile(_ graph: Graph, _ report: inout [String]) -> GraphProgram {
    var graph = graph
    let captured = graph.nodes.count
    let copies = graph.removeCopies()
    let shared = graph.shareCommon()
    let dead = graph.removeDead()
    let epilogues = graph.fuseEpilogues()
    let fused = graph.fusePointwise()
    _ = graph.removeDead()
    report.append(
      "captured \(captured) operations; removed \(dead) dead, \(copies) copies, \(shared) common; "
        + "\(epilogues) activations run inside the matrix product before them")
    report.append("fused \(fused.before) pointwise operations into \(fused.after)")
    return GraphProgram(graph, kernels: [:])
  }
}
