extension Tracer {
  /// What a function of tensors does, captured without gradients: its operations, and which values its results are.
  /// - Parameters:
  ///   - operation: who asks, for messages.
  ///   - prepare: is given the tracer before the call.
  /// - Throws: `TensorError` where it does what cannot be followed, or fails; what it throws itself.
  package static func pureCall(
    _ inputs: [Tensor], _ operation: String, prepare: (Tracer) -> Void = { _ in }, _ call: ([Tensor]) throws -> [Tensor]
  ) throws -> (trace: Trace, outputs: [Int]) {
    let tracer = Tracer()
    prepare(tracer)
    defer { tracer.close() }
    var outputs: [Int] = []
    try withErrors {
      try noGrad {
        try tracer.follow { () -> Result<Void, any Error> in
          Result {
            let results = try call(inputs.map { tracer.input($0.elementsOnly.contiguous()) })
            if !results.contains(where: \.isPoisoned) {
              outputs = results.map { tracer.value(of: $0.isVariable ? alias($0) : $0) }
            }
          }
        }.get()
      }
    }
    if let reason = tracer.failure {
      throw TensorError(.value, operation, "the function cannot be captured: \(reason)")
    }
    return (tracer.trace, outputs)
  }
}
