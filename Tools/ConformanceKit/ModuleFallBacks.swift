/// A module that does not go through a transformation as all others do, and why.
package struct FallBack: Sendable {
  package let check: TransformCheck
  package let modules: [String]
  /// What the library says, or the comparison.
  package let says: String
  package let reason: String

  func covers(_ module: String, _ check: TransformCheck, _ text: String) -> Bool {
    self.check == check && modules.contains(module) && text.contains(says)
  }

  /// A line of the list that something met.
  package struct Met: Hashable, Sendable, CustomStringConvertible {
    package let module: String
    package let says: String
    package let check: TransformCheck

    package var description: String { "\(check.rawValue), \(module): \(says)" }
  }

  /// Its row in the guide.
  package var row: String {
    let names = modules.map { $0.hasPrefix("nn.") ? "`\($0.dropFirst(3))`" : $0 }
    return "| `\(check.rawValue)` | \(names.joined(separator: ", ")) | \(reason) |"
  }

  package var met: [Met] { modules.map { Met(module: $0, says: says, check: check) } }

  static let statistics = "a value that differs from sample to sample"
  static let randomNumbers = "draws random numbers inside vmap"
}

/// Everything that does not go through, which a test compares with what is found. docs/transforms.md has its rows.
package let moduleFallBacks: [FallBack] = [
  FallBack(
    check: .vmap,
    modules: [
      "nn.BatchNorm1d", "nn.BatchNorm2d", "nn.BatchNorm3d", "nn.LazyBatchNorm1d", "nn.LazyBatchNorm2d",
      "nn.LazyBatchNorm3d", "nn.InstanceNorm1d", "nn.InstanceNorm2d", "nn.InstanceNorm3d", "nn.LazyInstanceNorm1d",
      "nn.LazyInstanceNorm2d", "nn.LazyInstanceNorm3d",
    ],
    says: FallBack.statistics,
    reason:
      "running statistics in training would be one for each sample, and the module holds one: functorch refuses it likewise"
  ),
  FallBack(
    check: .vmap,
    modules: [
      "nn.Dropout", "nn.Dropout1d", "nn.Dropout2d", "nn.Dropout3d", "nn.AlphaDropout", "nn.FeatureAlphaDropout",
      "nn.RReLU", "nn.FractionalMaxPool2d", "nn.FractionalMaxPool3d",
    ],
    says: FallBack.randomNumbers,
    reason:
      "random numbers in training, also of such layers inside of others, would be the same for all samples: torch.vmap "
      + "refuses them by default, too"),
  FallBack(
    check: .jvp, modules: ["nn.Embedding"], says: "u J v is",
    reason:
      "the row of `paddingIdx` has a derivative forward and no gradient, and `scaleGradByFreq` changes gradients alone"),
  FallBack(
    check: .jvp, modules: ["nn.Embedding"], says: "numerically",
    reason: "scaling rows to `maxNorm` happens to the table before, and is no part of the derivative"),
  FallBack(
    check: .second, modules: ["nn.Embedding"], says: "numerically",
    reason:
      "the same of `maxNorm`; and what `scaleGradByFreq` gives is no gradient of the result, so that the derivative of it is not "
      + "symmetric"),
  FallBack(
    check: .second, modules: ["nn.Embedding"], says: "in the recorded types",
    reason: "the same of `scaleGradByFreq`: differentiating forward and backward in another order gives another thing"),
  FallBack(
    check: .second, modules: ["CTCLoss"], says: "has no second derivative",
    reason: "its gradient is computed by a kernel that has none, and so is PyTorch's"),
]
