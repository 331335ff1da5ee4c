extension Tensor: CustomStringConvertible {
  /// The text that PyTorch prints, character for character.
  public var description: String {
    if let failure = body.failure { return "tensor(<failed: \(failure)>)" }
    let source = resolved
    let plain = source.detach()
    return formatTensor(
      shape: shape, dtype: dtype, device: device, requiresGrad: requiresGrad, gradFunction: gradientFunction
    ) { index in
      if dtype.isCustom || dtype == .uint64 { return .text(plain.elementText(index)) }
      return switch plain.element(at: index) {
      case .bool(let v): .bool(v)
      case .int(let v): .int(Int64(v))
      case .float(let v): .float(v)
      case .complex(let v): .complex(v)
      }
    }
  }
}
