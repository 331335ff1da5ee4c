// How the graph looks to those who ask: PyTorch's `grad_fn` and its names.

/// An operation of the graph that gradients flow through, as PyTorch's `grad_fn`.
///
///     let y = (x * 2).sum()
///     print(y.gradFn)                         // <SumBackward0>
///     print(y.gradFn?.nextFunctions[0].0)     // <MulBackward0>
public struct GradientFunction: Sendable, Equatable, CustomStringConvertible {
  private let record: GradientRecord

  init(_ record: GradientRecord) { self.record = record }

  /// PyTorch's name: `MulBackward0`; `AccumulateGrad` for a tensor that collects gradients.
  public var name: String { node?.functionName ?? "AccumulateGrad" }

  public var description: String { "<\(name)>" }

  /// Where the gradients of its inputs go: the operation that made each, nil for one that needs none, and which of its
  /// results the input was.
  public var nextFunctions: [(GradientFunction?, Int)] {
    guard let node else { return [] }
    return (0..<node.edges.count).map { i in
      let edge = node.edges[i]
      return (edge.record.map(GradientFunction.init), edge.record == nil ? 0 : Int(edge.outputIndex))
    }
  }

  private var node: Node? { record.sequence == 0 ? nil : unsafeDowncast(record, to: Node.self) }

  /// Whether both are the same operation of the same graph.
  public static func == (a: GradientFunction, b: GradientFunction) -> Bool { a.record === b.record }
}

extension Tensor {
  /// The operation that made it, if gradients flow through it; nil for leaves. It prints as PyTorch's name,
  /// `<MulBackward0>`.
  public var gradFn: GradientFunction? {
    guard let record = origin?.record, record.sequence != 0 else { return nil }
    return GradientFunction(record)
  }

  /// The result of an operation that is made of others, which the graph shows under PyTorch's name, as `MeanBackward0`.
  /// - Precondition: it was made by this call: nobody else has seen it yet.
  @inline(__always)
  package func titled(_ name: @autoclosure () -> String) -> Tensor {
    if body.flags.contains(.requiresGrad) { setTitle(name()) }
    return self
  }

  @inline(never)
  private func setTitle(_ name: String) {
    guard let record = body.record, record.sequence != 0 else { return }
    unsafeDowncast(record, to: Node.self).title = name
  }
}
