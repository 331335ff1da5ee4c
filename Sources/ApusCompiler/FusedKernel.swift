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
    withExtendedLifetime(inputs) {
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: inputs.count) { read in
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: outputs.count) { written in
          for (k, input) in inputs.enumerated() { read[k] = UnsafeRawPointer(input.address) }
          for (k, output) in outputs.enumerated() { written[k] = output.address }
          guard let from = read.baseAddress, let to = written.baseAddress else { return }
          nonisolated(unsafe) let (sources, targets) = (UnsafePointer(from), UnsafePointer(to))
          parallelFor(source.unitCount, grain: grain) { range in
            function(sources, targets, range.lowerBound, range.upperBound)
          }
        }
      }
    }
    return outputs
  }
}
