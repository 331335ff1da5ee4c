import ApusCore

/// The order of the bytes of a number.
public enum ByteOrder: Sendable, Hashable {
  /// The lowest byte first: that of almost every machine of today.
  case little
  /// The highest byte first.
  case big

  /// The order of this machine.
  static var native: ByteOrder { UInt16(littleEndian: 1) == 1 ? .little : .big }
}

/// An element type as NumPy names it: `<f4`, `>i8`, `|b1`.
struct NumpyType: Hashable, Sendable {
  let dtype: DType
  let byteOrder: ByteOrder

  init(_ dtype: DType, _ byteOrder: ByteOrder) {
    self.dtype = dtype
    self.byteOrder = byteOrder
  }

  /// How many bytes are swapped at a time between the orders: those of one number, of a complex one those of a part; of
  /// registered types those of all their parts, which must be of one size. Nil where they are not.
  var swappedSize: Int? {
    guard dtype.isCustom else { return dtype.isComplex ? dtype.size / 2 : dtype.size }
    let sizes = Set(dtype.fields.map(\.dtype.size))
    if sizes.isEmpty { return 1 }
    let isWhole = sizes.count == 1 && dtype.fields.allSatisfy { $0.offset % $0.dtype.size == 0 }
    return isWhole ? sizes.first : nil
  }

  /// What `numpy.save` writes for the type, as Python spells it; nil where NumPy does not have it.
  var descr: String? {
    if dtype.isCustom { return structure }
    return code.map { "'\($0)'" }
  }

  private var code: String? {
    guard let code = Self.codes.first(where: { $0.dtype == dtype })?.code else { return nil }
    return (dtype.size == 1 ? "|" : byteOrder == .little ? "<" : ">") + code
  }

  /// The structure of elements of a registered type, with what lies between their parts; nil where NumPy does not have the
  /// type of a part. A type that names no parts is bytes.
  private var structure: String? {
    if dtype.fields.isEmpty { return "'|V\(dtype.size)'" }
    var (members, end): ([String], Int) = ([], 0)
    func fill(to offset: Int) {
      if offset > end { members.append("('', '|V\(offset - end)')") }
    }
    for field in dtype.fields.sorted(by: { $0.offset < $1.offset }) {
      guard field.offset >= end, let code = NumpyType(field.dtype, byteOrder).code else { return nil }
      fill(to: field.offset)
      members.append("('\(field.name)', '\(code)')")
      end = field.offset + field.dtype.size
    }
    guard end <= dtype.size else { return nil }
    fill(to: dtype.size)
    return "[\(members.joined(separator: ", "))]"
  }

  /// The type that NumPy calls by `descr`, or what is wrong with it.
  static func named(_ descr: String) -> Result<NumpyType, Problem> {
    var code = Substring(descr)
    var order = ByteOrder.native
    switch code.first {
    case "<": order = .little
    case ">", "!": order = .big
    case "=", "|": break
    default: return byName(descr, .native)
    }
    code.removeFirst()
    return byName(String(code), order)
  }

  struct Problem: Error {
    let what: String
  }

  private static func byName(_ code: String, _ order: ByteOrder) -> Result<NumpyType, Problem> {
    if let found = codes.first(where: { $0.code == code || $0.name == code || $0.letter == code }) {
      return .success(NumpyType(found.dtype, found.dtype.size == 1 ? .native : order))
    }
    return .failure(Problem(what: unsupported(code)))
  }

  /// What the elements are that tensors cannot hold.
  private static func unsupported(_ code: String) -> String {
    switch code.first {
    case "O": "Python objects, stored as a pickle, which is never run; save numbers instead"
    case "U": "texts; tensors hold numbers"
    case "S", "a": "byte strings; tensors hold numbers"
    case "M", "m": "dates or durations; convert them to integers with .astype('int64') before saving"
    case "V": "raw bytes (void); save them as numbers with .view(...)"
    case "f", "g": "floating point numbers of extended precision; convert them with .astype('float64') before saving"
    case "c", "G": "complex numbers of extended precision; convert them with .astype('complex128') before saving"
    default: "elements of a type that NumPy does not have"
    }
  }

  private static let codes: [(dtype: DType, code: String, name: String, letter: String)] = [
    (.bool, "b1", "bool", "?"), (.int8, "i1", "int8", "b"), (.uint8, "u1", "uint8", "B"),
    (.int16, "i2", "int16", "h"), (.uint16, "u2", "uint16", "H"), (.int32, "i4", "int32", "i"),
    (.uint32, "u4", "uint32", "I"), (.int64, "i8", "int64", "q"), (.uint64, "u8", "uint64", "Q"),
    (.float16, "f2", "float16", "e"), (.float32, "f4", "float32", "f"), (.float64, "f8", "float64", "d"),
    (.complex64, "c8", "complex64", "F"), (.complex128, "c16", "complex128", "D"),
  ]

  /// The types that both tensors and NumPy have.
  static var supported: String { codes.map(\.name).joined(separator: ", ") }
}

/// Turns the bytes of each number of `size` bytes around, where they lie.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
  func swap<Word: FixedWidthInteger>(_ type: Word.Type) {
    parallelFor(bytes.count / size, grain: 1 << 16) { range in
      for i in range {
        let word = bytes.loadUnaligned(fromByteOffset: i * size, as: Word.self)
        bytes.storeBytes(of: word.byteSwapped, toByteOffset: i * size, as: Word.self)
      }
    }
  }
  switch size {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  case 8: swap(UInt64.self)
  default: break
  }
}
