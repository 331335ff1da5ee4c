import ApusCore

extension CustomKernels {
  /// The same, with conditions on tensors (`eq`, `ne`, logical functions) that ask for the value alone, whatever derivatives are
  /// carried: as the order does, and PyTorch's dual tensors.
  @inline(__always)
  func comparing<Element: CustomElement, Part: DualPart>(
    _ value: @escaping @Sendable (Element) -> Part
  ) -> CustomKernels {
    var kernels = self
    let (unary, binary) = (unary, binary)
    @Sendable func condition(_ holds: Bool) -> Element { holds ? .one : .zero }
    kernels.unary = { f, target, source, n in
      guard f == .not else { return unary(f, target, source, n) }
      let (y, x) = (target.assumingMemoryBound(to: Element.self), source.assumingMemoryBound(to: Element.self))
      for i in 0..<n { y[i] = condition(value(x[i]) == 0) }
    }
    kernels.binary = { f, target, a, b, n in
      let z = target.assumingMemoryBound(to: Element.self)
      let (x, y) = (a.assumingMemoryBound(to: Element.self), b.assumingMemoryBound(to: Element.self))
      switch f {
      case .eq: for i in 0..<n { z[i] = condition(value(x[i]) == value(y[i])) }
      case .ne: for i in 0..<n { z[i] = condition(value(x[i]) != value(y[i])) }
      case .and: for i in 0..<n { z[i] = condition(value(x[i]) != 0 && value(y[i]) != 0) }
      case .or: for i in 0..<n { z[i] = condition(value(x[i]) != 0 || value(y[i]) != 0) }
      case .xor: for i in 0..<n { z[i] = condition((value(x[i]) != 0) != (value(y[i]) != 0)) }
      default: binary(f, target, a, b, n)
      }
    }
    kernels.toBool = { target, source, n in
      let x = source.assumingMemoryBound(to: Element.self)
      for i in 0..<n { target[i] = value(x[i]) != 0 ? 1 : 0 }
    }
    return kernels
  }
}
