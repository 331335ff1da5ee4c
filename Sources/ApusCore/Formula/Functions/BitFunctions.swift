extension UnaryFunction {
  /// All bits turned over.
  public static let bitnot: UnaryFunction = .init("bitnot")
}

extension BinaryFunction {
  /// The bits that both have.
  public static let bitand: BinaryFunction = .init("bitand")
  /// The bits that either has.
  public static let bitor: BinaryFunction = .init("bitor")
  /// The bits that just one has.
  public static let bitxor: BinaryFunction = .init("bitxor")
  /// x with its bits moved up by y places.
  public static let shl: BinaryFunction = .init("shl")
  /// x with its bits moved down by y places.
  public static let shr: BinaryFunction = .init("shr")
}
