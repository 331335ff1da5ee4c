import ApusCore

/// A fused node as machine code, for inputs that lie in memory as they did when the function was captured.
struct FusedKernel: Sendable {
  typealias Function =
    @convention(c) (
      UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, Int, Int
    ) -> Void

  let function: Function
  let source: CKernelSource
  let types: [TensorType]
  let inputStrides: [[Int]]

  /// Runs the kernel into tensors that `result` provides; nil where an input lies otherwise.
  func run(_ inputs: [Tensor], _ result: (_ k: Int, _ strides: [Int]) -> Tensor) -> [Tensor]? {
    for (input, strides) in zip(inputs, inputStrides) where input.strides != strides { return nil }
    let outputs = types.indices.map { result($0, source.layout.resultStrides) }
    let grain = max(1, pointwiseGrain / max(1, source.unitSize))
    // Sums that threads share are added up by each in doubles of its own, and then together in a fixed order.
    let width = source.accumulated.reduce(0, +)
    let parts = width > 0 ? parallelParts(source.unitCount, grain: grain) : 0
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: max(1, parts * width))
    defer { scratch.deallocate() }
    scratch.initialize(repeating: 0, count: parts * width)
    withExtendedLifetime(inputs) {
      let read = inputs.map { UnsafeRawPointer($0.address) }
      let written = outputs.map(\.address)
      nonisolated(unsafe) let partial = scratch
      parallelChunks(source.unitCount, grain: grain) { index, range in
        var targets = written
        var next = partial + index * width
        for (k, count) in source.accumulated.enumerated() where count > 0 {
          targets[k] = UnsafeMutableRawPointer(next)
          next += count
        }
        read.withUnsafeBufferPointer { from in
          targets.withUnsafeBufferPointer { to in
            guard let from = from.baseAddress, let to = to.baseAddress else { return }
            function(from, to, range.lowerBound, range.upperBound)
          }
        }
      }
      var offset = 0
      for (k, count) in source.accumulated.enumerated() where count > 0 {
        let target = outputs[k].address.assumingMemoryBound(to: Float.self)
        for i in 0..<count {
          var sum = 0.0
          for part in 0..<parts { sum += partial[part * width + offset + i] }
          target[i] = Float(sum)
        }
        offset += count
      }
    }
    return outputs
  }
}
