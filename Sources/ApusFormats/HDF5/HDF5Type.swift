import ApusCore

/// An element type of HDF5, of those that tensors and texts have.
struct HDF5Type {
  enum Kind {
    /// Numbers; their bytes come in the other order where it says so, in groups of the given size.
    case number(DType, swapped: Int?)
    /// Texts of a fixed length, filled up with zeros or blanks.
    case text
    /// Texts of any length, which lie in a heap.
    case variableText
    /// What is not read, in words.
    case other(String)
  }

  let kind: Kind
  /// Bytes of one in the file.
  let size: Int

  /// Reads the type where the cursor stands, which passes it.
  init(_ body: inout HDF5Cursor, depth: Int = 0) throws(TensorError) {
    guard depth < 8 else { throw body.failure("element types are nested more than 8 deep") }
    let head = try body.byte()
    let (form, version) = (head & 15, head >> 4)
    let bits = Int(try body.number(3))
    size = Int(try body.number(4))
    guard (1...4).contains(version), size > 0 || form == 3, size < 1 << 30 else {
      throw body.failure("an element type of version \(version) with \(size) bytes; the file is damaged")
    }
    switch form {
    case 0: kind = try Self.integer(&body, bits, size)
    case 1: kind = try Self.floating(&body, bits, size)
    case 3: kind = .text
    case 5:
      // NumPy writes bfloat16, for which HDF5 has no type, as two bytes of its own.
      try body.skip(bits & 255)
      kind = size == 2 ? .number(.bfloat16, swapped: nil) : .other("\(size) bytes without a meaning")
    case 6: kind = try Self.record(&body, bits & 0xffff, size, version, depth)
    case 8:
      let base = try HDF5Type(&body, depth: depth + 1)
      // Enumerations of bytes with two names are what h5py makes of truth values.
      if case .number(_, _) = base.kind, base.size == 1, bits & 0xffff == 2 {
        kind = .number(.bool, swapped: nil)
      } else {
        kind = base.kind
      }
    case 9:
      _ = try HDF5Type(&body, depth: depth + 1)
      kind = bits & 15 == 1 ? .variableText : .other("lists of any length")
    default:
      let names = [2: "times", 4: "bit fields", 7: "references", 10: "arrays"]
      kind = .other(names[form] ?? "elements of class \(form)")
    }
  }

  private static func integer(_ body: inout HDF5Cursor, _ bits: Int, _ size: Int) throws(TensorError) -> Kind {
    let (offset, precision) = (try body.short(), try body.short())
    guard offset == 0, precision == size * 8 else { return .other("integers with bits that are not used") }
    let swapped = bits & 1 != 0 && size > 1 ? size : nil
    let signed = bits & 8 != 0
    switch size {
    case 1: return .number(signed ? .int8 : .uint8, swapped: swapped)
    case 2: return .number(signed ? .int16 : .uint16, swapped: swapped)
    case 4: return .number(signed ? .int32 : .uint32, swapped: swapped)
    case 8: return .number(signed ? .int64 : .uint64, swapped: swapped)
    default: return .other("integers of \(size) bytes")
    }
  }

  private static func floating(_ body: inout HDF5Cursor, _ bits: Int, _ size: Int) throws(TensorError) -> Kind {
    try body.skip(4)
    let (exponentAt, exponent, mantissaAt, mantissa) =
      (try body.byte(), try body.byte(), try body.byte(), try body.byte())
    try body.skip(4)
    let dtype: DType
    switch (size, bits >> 8 & 255, exponentAt, exponent, mantissaAt, mantissa) {
    case (2, 15, 10, 5, 0, 10): dtype = .float16
    case (2, 15, 7, 8, 0, 7): dtype = .bfloat16
    case (4, 31, 23, 8, 0, 23): dtype = .float32
    case (8, 63, 52, 11, 0, 52): dtype = .float64
    default: return .other("floating point numbers of \(size) bytes, \(exponent) bits of them exponent")
    }
    guard bits & 0x40 == 0 else { return .other("floating point numbers in the order of the VAX") }
    return .number(dtype, swapped: bits & 1 != 0 ? size : nil)
  }

  /// A record: complex numbers are one of two parts that h5py calls `r` and `i`.
  private static func record(
    _ body: inout HDF5Cursor, _ count: Int, _ size: Int, _ version: Int, _ depth: Int
  ) throws(TensorError) -> Kind {
    guard count == 2 else { return .other("records of \(count) members") }
    var members: [(name: String, offset: Int, type: HDF5Type)] = []
    for _ in 0..<count {
      let name = try body.terminatedText(multiple: version < 3 ? 8 : 1)
      let width = version < 3 ? 4 : size < 256 ? 1 : size < 65536 ? 2 : size < 1 << 24 ? 3 : 4
      let offset = Int(try body.number(width))
      if version == 1 { try body.skip(28) }
      members.append((name, offset, try HDF5Type(&body, depth: depth + 1)))
    }
    guard members.map(\.name) == ["r", "i"], members[0].offset == 0, members[1].offset == size / 2,
      case .number(let real, let swapped) = members[0].type.kind,
      case .number(let other, let otherSwapped) = members[1].type.kind, other == real, otherSwapped == swapped,
      real == .float32 && size == 8 || real == .float64 && size == 16
    else { return .other("records of \(members.map(\.name).joined(separator: " and "))") }
    return .number(real == .float32 ? .complex64 : .complex128, swapped: swapped)
  }
}

/// The shape of a dataset or attribute, from the message of kind 1.
enum HDF5Space {
  /// The sizes of the dimensions, or nil for a space of nothing.
  static func shape(_ body: HDF5Cursor) throws(TensorError) -> [Int]? {
    var body = body
    let (version, rank, _) = (try body.byte(), try body.byte(), try body.byte())
    guard version == 1 || version == 2, rank <= 32 else {
      throw body.failure("a shape of version \(version) with \(rank) dimensions; the file is damaged")
    }
    if version == 1 { try body.skip(5) } else if try body.byte() == 2 { return nil }
    var shape: [Int] = []
    var total = 1
    for _ in 0..<rank {
      guard let size = Int(exactly: try body.address()) else {
        throw body.failure("a dimension has no size that can be")
      }
      let (product, overflow) = total.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, product < 1 << 56 else { throw body.failure("a shape has more elements than can be") }
      total = product
      shape.append(size)
    }
    return shape
  }
}
