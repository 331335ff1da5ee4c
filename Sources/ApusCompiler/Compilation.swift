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

  /// Optimises `graph` and makes a program of it, telling in `report` what was done.
  static func compile(_ graph: Graph, _ executor: CompileExecutor, _ report: inout [String]) -> GraphProgram {
    var graph = graph
    let captured = graph.nodes.count
    let copies = graph.removeCopies()
    let shared = graph.shareCommon()
    let dead = graph.removeDead()
    let epilogues = graph.fuseEpilogues()
    let fused = graph.fusePointwise()
    let sums = graph.fuseSums()
    _ = graph.removeDead()
    report.append(
      "captured \(captured) operations; removed \(dead) dead, \(copies) copies, \(shared) common; "
        + "\(epilogues) activations run inside the matrix product or convolution before them")
    report.append("fused \(fused.before) pointwise operations into \(fused.after), with \(sums) sums")
    var kernels = graph.chunkKernels()
    if executor != .chunks {
      let sources = graph.kernelSources()
      let size = sources.values.map { $0.walk.unitCount * $0.walk.unitSize }.max() ?? 0
      if size >= nativeThreshold || executor == .native, let first = sources.values.first {
        let text =
          CKernelSource.common + sources.sorted { $0.key < $1.key }.map(\.value.source.text).joined(separator: "\n")
        if let library = NativeCompiler.library(text, symbol: first.source.name) {
          for (i, (walk, source)) in sources {
            guard case .fused(let fused) = graph.nodes[i].operation,
              let function = library.function(source.name, as: FusedKernel.Function.self)
            else { continue }
            kernels[i] = FusedKernel(
              .native(function), walk, fused, inputs: graph.nodes[i].inputs.map { graph.values[$0] })
          }
          report.append("\(sources.count) kernels run as machine code: \(library.path)")
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

  /// The fused nodes that have a C form, by their place.
  func kernelSources() -> [Int: (walk: FusedWalk, source: CKernelSource)] {
    var sources: [Int: (walk: FusedWalk, source: CKernelSource)] = [:]
    for (i, node) in nodes.enumerated() {
      guard case .fused(let fused) = node.operation else { continue }
      let inputs = node.inputs.map { values[$0] }
      guard let walk = FusedWalk(fused, inputs: inputs),
        let source = CKernelSource(fused, walk, inputs: inputs, name: "apus_kernel_\(sources.count)")
      else { continue }
      sources[i] = (walk, source)
    }
    return sources
  }
}
