import ApusCore

/// What runs the fused parts of a compiled function.
public enum CompileExecutor: Sendable, Hashable {
  /// Machine code where a C compiler is at hand (see ``native``), else chunks.
  case automatic
  /// The engine that eager operations run on, chunk by chunk through prepared kernels. Always there.
  case chunks
  /// C source, built by `clang` or another C compiler and kept on disk; chunks where that fails.
  case native
}

extension GraphProgram {
  /// Elements from which a kernel of its own is worth a run of the compiler.
  private static let nativeThreshold = 1024

  /// The program of the step of a loop.
  static func compile(_ step: TracedStep, _ executor: CompileExecutor) -> @Sendable ([Tensor]) -> [Tensor] {
    var report: [String] = []
    let all = step.trace.instructions.indices
    let graph = Graph(step.trace, all, inputs: step.trace.inputs, outputs: step.outputs)
    let program = GraphProgram.compile(graph, executor, &report)
    return { program.run($0) }
  }

  /// Optimises `graph` and makes a program of it, telling in `report` what was done.
  ///
  /// Kernels for any sizes serve a function that is called with one shape after the other: their machine code is there already when the
  /// next shape comes.
  static func compile(
    _ graph: Graph, _ executor: CompileExecutor, anySizes: Bool = false, _ report: inout [String]
  ) -> GraphProgram {
    var graph = graph
    report.append("captured \(graph.nodes.count) operations")
    report += graph.optimise()
    var kernels = graph.chunkKernels()
    if executor != .chunks {
      let sources = kernels.keys.sorted().enumerated().compactMap { n, i in
        kernels[i]?.source(name: "apus_kernel_\(n)", anySizes: anySizes).map { (node: i, source: $0) }
      }
      let size = kernels.values.map(\.elementCount).max() ?? 0
      if size >= nativeThreshold || executor == .native, let first = sources.first {
        let text = CKernelSource.common + sources.map(\.source.text).joined(separator: "\n")
        if let library = NativeCompiler.library(text, symbol: first.source.name) {
          for (i, source) in sources {
            if let native = kernels[i]?.native(source, in: library) { kernels[i] = native }
          }
          let which = anySizes ? "kernels for any sizes" : "kernels"
          report.append("\(sources.count) \(which) run as machine code: \(library.path)")
        } else {
          report.append(
            "no kernel runs as machine code: \(NativeCompiler.compiler.map { "\($0) failed" } ?? "no C compiler was found")"
          )
        }
      }
    }
    let program = GraphProgram(graph, kernels: kernels)
    report.append(program.planText)
    return program
  }
}

extension Graph {
  /// The fused nodes for the chunk engine, by their place.
  func chunkKernels() -> [Int: FusedKernel] {
    var kernels: [Int: FusedKernel] = [:]
    for (i, node) in nodes.enumerated() {
      guard case .fused(let fused) = node.operation else { continue }
      kernels[i] = FusedKernel(fused, inputs: node.inputs.map { values[$0] })
    }
    return kernels
  }
}
