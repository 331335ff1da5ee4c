/// An array of a generated C program: the operand or the result of an operation.
public struct CArray: Sendable {
  /// The name of the pointer to its first element.
  public let name: String
  public let type: TensorType
  /// In elements.
  public let strides: [Int]

  package init(name: String, type: TensorType, strides: [Int]) {
    self.name = name
    self.type = type
    self.strides = strides
  }

  /// The C expression of the element at the indices given as C expressions.
  public func callAsFunction(_ indices: [String]) -> String {
    let terms = zip(indices, strides).compactMap { index, stride -> String? in
      if stride == 0 || index == "0" { return nil }
      return stride == 1 ? "(\(index))" : "(\(index)) * \(stride)"
    }
    return "\(name)[\(terms.isEmpty ? "0" : terms.joined(separator: " + "))]"
  }
  public func callAsFunction(_ indices: String...) -> String { callAsFunction(indices) }
}

/// C loops over `sizes` with index names i0, i1 ... around `body`, which is given the names.
public func cLoops(_ sizes: [Int], prefix: String = "i", _ body: ([String]) -> String) -> String {
  let names = sizes.indices.map { "\(prefix)\($0)" }
  let heads = zip(names, sizes).map { "for (long \($0) = 0; \($0) < \($1); \($0)++) " }
  return heads.joined() + "{\n" + body(names) + "\n}"
}
