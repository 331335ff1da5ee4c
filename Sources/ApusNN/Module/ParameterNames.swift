import ApusCore

// What code that walks over modules of any type asks for: `if type == Conv2d { normal_(m.weight) }`.

extension Module {
  /// The parameter or buffer that this module holds under the name `weight`; nil where it has none.
  public var weight: Tensor! { held("weight") }

  /// The parameter or buffer that this module holds under the name `bias`; nil where it has none.
  public var bias: Tensor! { held("bias") }

  private func held(_ name: String) -> Tensor? {
    let contents = ModuleContents(of: self)
    return (contents.parameters + contents.buffers).first { $0.name == name }?.tensor
  }
}
