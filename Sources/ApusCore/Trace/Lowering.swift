/// An operand or result of an operation in generated C: strided memory of one element type.
public struct CArray: Sendable {
  /// The name of the pointer to its first element.
  public let name: String
  public let type: TensorType
  /// In elements.
  public let strides: [Int]
  /// Whether the program reads it later; results that nothing reads need not be written.
  public let isRead: Bool

  package init(name: String, type: TensorType, strides: [Int], isRead: Bool = true) {
    self.name = name
    self.type = type
    self.strides = strides
    self.isRead = isRead
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

  /// The element that stands at `indices` of a larger shape to which this array is broadcast.
  public func broadcast(_ indices: [String]) -> String {
    self(zip(indices.suffix(type.shape.count), type.shape).map { $1 == 1 ? "0" : $0 })
  }

  /// The C type of its elements.
  public var element: String { type.dtype.cName ?? "float" }

  /// The C type in which `count` of its elements are added up: float for a few, so that small machines need no double.
  package func accumulator(of count: Int) -> String {
    if !type.dtype.isInexact { return "long long" }
    return type.dtype == .float64 || count > 4096 ? "double" : "float"
  }

  /// The function `name` of the math prelude for its elements: `ckm_exp_f32`.
  package func math(_ name: String) -> String { "ckm_\(name)_\(type.dtype == .float64 ? "f64" : "f32")" }

  /// The lowest number of its element type, at which a search for the greatest begins.
  package var lowest: String {
    type.dtype.isInexact ? "-__builtin_inff()" : "(-9223372036854775807LL - 1)"
  }
  /// The greatest number of its element type.
  package var highest: String { type.dtype.isInexact ? "__builtin_inff()" : "9223372036854775807LL" }
}

/// C loops over `sizes` with index names i0, i1 ... around `body`, which is given the names.
public func cLoops(_ sizes: [Int], prefix: String = "i", _ body: ([String]) -> String) -> String {
  let names = sizes.indices.map { "\(prefix)\($0)" }
  let heads = zip(names, sizes).map { "for (long \($0) = 0; \($0) < \($1); \($0)++) " }
  return heads.joined() + "{\n" + body(names) + "\n}"
}

/// C that copies the elements of `x` to the places that `place` gives for their indices.
package func cCopy(_ x: CArray, to place: ([String]) -> String) -> String {
  cLoops(x.type.shape) { "\(place($0)) = \(x($0));" }
}

/// C that fills an array with a number.
package func cFill(_ y: CArray, _ value: String) -> String { cLoops(y.type.shape) { "\(y($0)) = \(value);" } }

/// A table of integers inside of a block of C.
package func cTable(_ name: String, _ values: [Int]) -> String {
  "static const int \(name)[] = {\(values.isEmpty ? "0" : values.map(String.init).joined(separator: ", "))};"
}

/// Memory for `bytes` bytes that a block of C may use while it runs, as a pointer; one block uses it once.
package func cScratch(_ bytes: Int) -> String { "apus_scratch(\(bytes))" }

/// ``cScratch(_:)`` with room for every thread of the program: `bytes` for each, one behind the other.
package func cThreadScratch(_ bytes: Int) -> String { "apus_thread_scratch(\(bytes))" }

/// The C expression of an integer.
package func cInteger(_ value: Int) -> String { value == .min ? "(-9223372036854775807LL - 1)" : "\(value)LL" }

/// The C expression of a number of a floating point type, which C reads back exactly.
package func cNumber(_ value: Double, _ dtype: DType) -> String {
  if value.isNaN { return "__builtin_nanf(\"\")" }
  if value.isInfinite { return value < 0 ? "-__builtin_inff()" : "__builtin_inff()" }
  if dtype == .float64 {
    let text = "\(value)"
    return text.contains(".") || text.contains("e") ? text : text + ".0"
  }
  let number = Float(value)
  if number.isInfinite { return number < 0 ? "-__builtin_inff()" : "__builtin_inff()" }
  let text = "\(number)"
  return text.contains(".") || text.contains("e") ? text + "f" : text + ".0f"
}

/// An operation whose C reads operands that never change in an order of their own, which is prepared when the program is
/// written.
package protocol CPreparation: Primitive {
  /// The operation for prepared operands, and these by their position; nil where there is nothing to prepare.
  /// - Parameter known: the operands that never change.
  func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared?
}

/// An operation with operands in the order that its C reads.
package struct CPrepared {
  package let primitive: any Primitive
  package let operands: [Int: Tensor]

  package init(_ primitive: any Primitive, operands: [Int: Tensor]) {
    self.primitive = primitive
    self.operands = operands
  }
}

/// An operation whose C may write its one result where its first operand lies: it changes some of the elements and leaves the
/// others as they were.
package protocol CInPlace: Primitive {}

/// A product whose weight can take over a factor for each channel of its result, and its bias a number: what a normalisation behind it
/// does.
package protocol ScalesWithWeight: Primitive {
  /// Which input has the weight, whose first dimension counts channels.
  var weightInput: Int { get }
  /// Which input has the bias `[channels]`, if there are so many inputs.
  var biasInput: Int { get }
  /// Which dimension of the result counts channels; from the end where it is negative.
  var channelDimension: Int { get }
}
