extension UnaryFunction {
  public static let bitnot: UnaryFunction = .init("bitnot")
}

extension BinaryFunction {
  public static let bitand: BinaryFunction = .init("bitand")
  public static let bitor: BinaryFunction = .init("bitor")
  public static let bitxor: BinaryFunction = .init("bitxor")
  public static let shl: BinaryFunction = .init("shl")
  public static let shr: BinaryFunction = .init("shr")
}
