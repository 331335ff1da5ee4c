extension Tensor: CustomStringConvertible {
  /// The text that PyTorch prints, character for character.
  public var description: String {
    if let failure = body.failure { return "tensor(<failed: \(failure)>)" }
    let source = resolved
    let plain = source.detach()
    let text = formatTensor(
      shape: shape, dtype: dtype, device: device, requiresGrad: requiresGrad, gradFunction: gradFn?.name,
      element: plain.printedElement)
    return isParameter ? "Parameter containing:\n" + text : text
  }
}

/// What may be missing and prints as Python's `None` then: a gradient, or what made a tensor.
public protocol PrintedAsNone: CustomStringConvertible {}
extension Tensor: PrintedAsNone {}
extension GradientFunction: PrintedAsNone {}

/// Prints a tensor that may not be there, such as a gradient: its text, or `None`.
public func print(_ value: (any PrintedAsNone)?, separator: String = " ", terminator: String = "\n") {
  Swift.print(value.map(\.description) ?? "None", terminator: terminator)
}
