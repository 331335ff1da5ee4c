import ApusCore

/// A fused node as machine code.
struct FusedKernel: Sendable {
  /// Runs the kernel; nil where the inputs do not lie in memory as it was made for.
  func run(_ inputs: [Tensor]) -> [Tensor]? { nil }
}
