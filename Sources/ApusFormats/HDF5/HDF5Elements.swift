import ApusCore

/// Makes tensors and texts of elements as they stand in the file.
struct HDF5Elements {
  let type: HDF5Type
  let shape: [Int]
  /// What they are of, for messages.
  let what: String
  let file: HDF5Bytes

  /// Bytes that elements take in the file.
  static func byteCount(
    _ shape: [Int], _ type: HDF5Type, _ what: String, _ file: HDF5Bytes
  ) throws(TensorError) -> Int {
    var count = type.size
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw file.failure("'\(what)': the shape \(shape) has more elements than can be") }
      count = product
    }
    return count
  }

  /// The value of elements whose bytes are these.
  func value(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> HDF5Value {
    switch type.kind {
    case .number(let dtype, let swapped):
      guard let size = swapped else { return .numbers(try Tensor(bytes: bytes, shape: shape, dtype: dtype)) }
      var ordered = [UInt8](bytes)
      for start in stride(from: 0, to: ordered.count - size + 1, by: size) { ordered[start..<start + size].reverse() }
      return .numbers(
        try ordered.withBytes { (bytes) throws(TensorError) in try Tensor(bytes: bytes, shape: shape, dtype: dtype) })
    case .text:
      let count = type.size == 0 ? 0 : bytes.count / type.size
      return .texts((0..<count).map { text(bytes, at: $0 * type.size) }, shape: shape)
    case .variableText: return .texts(try variableTexts(bytes), shape: shape)
    case .other(let kind):
      throw file.failure("'\(what)': its elements are \(kind), which are not read")
    }
  }

  /// A text without the bytes that fill it up.
  private func text(_ bytes: UnsafeRawBufferPointer, at start: Int) -> String {
    let text = bytes[start..<start + type.size].prefix { $0 != 0 }
    let end = text.lastIndex { $0 != 32 }
    return String(decoding: end.map { text[...$0] } ?? text[..<text.startIndex], as: UTF8.self)
  }

  /// Texts in a heap of the file: the length, the address of a collection of objects, and a number in it.
  private func variableTexts(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> [String] {
    guard type.size == 16 else {
      throw file.failure("'\(what)': a place of a text has \(type.size) bytes, and should have 16")
    }
    var texts: [String] = []
    var collections: [UInt64: [UInt32: Range<Int>]] = [:]
    // Places may be named again and again: what that adds up to is bounded.
    var (total, parsed) = (0, 0)
    for start in stride(from: 0, to: bytes.count - 15, by: 16) {
      let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
      let address = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt64.self))
      let index = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
      if length == 0 || address == 0 || address == HDF5Bytes.undefined {
        texts.append("")
        continue
      }
      if collections[address] == nil {
        let objects = try collection(address)
        collections[address] = objects
        parsed += objects.count + 1
        guard parsed <= file.count / 16 else {
          throw file.failure("'\(what)': the heaps of its texts lie over one another")
        }
      }
      guard let range = collections[address]?[index], length <= range.count else {
        throw file.failure("'\(what)': a text of \(length) bytes is not where it should be; the file is damaged")
      }
      total += length
      guard total <= 2 * file.count else { throw file.failure("'\(what)': its texts are longer than the file") }
      texts.append(
        String(decoding: file.slice(range.lowerBound..<range.lowerBound + length).prefix { $0 != 0 }, as: UTF8.self))
    }
    return texts
  }

  /// The objects of a collection by their numbers.
  private func collection(_ address: UInt64) throws(TensorError) -> [UInt32: Range<Int>] {
    var head = try file.cursor(address, 16, "a heap of texts")
    try head.expect("GCOL")
    try head.skip(4)
    let size = try head.address()
    guard size >= 16 else { throw head.failure("a heap of texts has \(size) bytes") }
    var body = try file.cursor(address + 16, size - 16, "a heap of texts")
    var objects: [UInt32: Range<Int>] = [:]
    while body.remaining >= 16 {
      let index = try body.short()
      try body.skip(6)
      let length = try body.address()
      // Number 0 is what is free, up to the end.
      if index == 0 { break }
      guard length <= UInt64(body.remaining) else { throw body.failure("a text has \(length) bytes") }
      objects[UInt32(index)] = try body.take(Int(length))
      try body.skip(min(body.remaining, (8 - Int(length) % 8) % 8))
    }
    return objects
  }
}
