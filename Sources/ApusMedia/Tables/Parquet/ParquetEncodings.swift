import ApusCore

/// Bytes that are read from front to back, never beyond their end.
struct ParquetBytes {
  let bytes: UnsafeRawBufferPointer
  var position = 0
  let name: String

  init(_ bytes: UnsafeRawBufferPointer, name: String) {
    self.bytes = bytes
    self.name = name
  }

  var rest: Int { bytes.count - position }

  func damaged(_ what: String) -> TensorError {
    TensorError(.format, name, "a page of values: \(what); the file is damaged")
  }

  mutating func take(_ count: Int) throws(TensorError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= rest else { throw damaged("\(count) bytes are asked for, and \(rest) are left") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func byte() throws(TensorError) -> UInt8 { try take(1)[0] }

  mutating func uint32() throws(TensorError) -> Int {
    Int(UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self)))
  }

  mutating func variable() throws(TensorError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw damaged("a number is too long")
  }

  mutating func zigzag() throws(TensorError) -> Int64 {
    let value = try variable()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}

/// Decoders of numbers.
enum ParquetEncodings {
  /// Reads `count` numbers of `width` bits in the hybrid of runs and packed bits. The caller has counted what they take.
  static func hybrid<T: FixedWidthInteger & UnsignedInteger>(
    _ source: inout ParquetBytes, width: Int, count: Int, as type: T.Type
  ) throws(TensorError) -> [T] {
    guard width <= min(32, T.bitWidth) else { throw source.damaged("positions have \(width) bits") }
    if width == 0 { return [T](repeating: 0, count: count) }
    var result: [T] = []
    result.reserveCapacity(count)
    while result.count < count {
      let head = try source.variable()
      if head & 1 == 0 {
        var value: UInt32 = 0
        for i in 0..<(width + 7) / 8 { value |= UInt32(try source.byte()) << UInt32(8 * i) }
        let length = Int(min(head >> 1, UInt64(count - result.count)))
        guard length > 0, let fit = T(exactly: value) else { throw source.damaged("a run is empty or too large") }
        result += repeatElement(fit, count: length)
      } else {
        let groups = head >> 1
        guard groups > 0, groups <= UInt64(source.bytes.count) else {
          throw source.damaged("packed numbers are cut short")
        }
        // The last group may be cut where the values end.
        let size = min(Int(groups) * width, source.rest)
        let wanted = min(Int(groups) * 8, count - result.count)
        guard wanted * width <= size * 8 else { throw source.damaged("packed numbers are cut short") }
        unpack(try source.take(size), width: width, count: wanted, into: &result)
      }
    }
    return result
  }

  /// Numbers of `width` bits each, the lowest bit first.
  static func unpack<T: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, width: Int, count: Int, into result: inout [T]
  ) {
    let mask: UInt64 = width >= 64 ? .max : (1 << UInt64(width)) - 1
    var bit = 0
    for _ in 0..<count {
      let start = bit >> 3
      let shift = UInt64(bit & 7)
      var value: UInt64
      if start + 8 <= bytes.count {
        value = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) >> shift
      } else {
        value = 0
        for i in start..<bytes.count { value |= UInt64(bytes[i]) << UInt64(8 * (i - start)) }
        value >>= shift
      }
      if Int(shift) + width > 64, start + 8 < bytes.count { value |= UInt64(bytes[start + 8]) << (64 - shift) }
      result.append(T(truncatingIfNeeded: value & mask))
      bit += width
    }
  }

  /// Integers as differences in blocks (DELTA_BINARY_PACKED); at most `most` of them.
  static func deltas(_ source: inout ParquetBytes, most: Int) throws(TensorError) -> [Int64] {
    let block = try source.variable()
    let minis = try source.variable()
    let total = try source.variable()
    let first = try source.zigzag()
    guard block > 0, block <= 1 << 20, minis > 0, minis <= block, block % minis == 0, block / minis % 8 == 0 else {
      throw source.damaged("blocks of \(block) differences in \(minis) parts")
    }
    guard total <= UInt64(most) else { throw source.damaged("\(total) numbers where at most \(most) are expected") }
    var result: [Int64] = []
    guard total > 0 else { return result }
    let count = Int(total)
    let per = Int(block / minis)
    result.reserveCapacity(count)
    result.append(first)
    var last = first
    while result.count < count {
      let least = try source.zigzag()
      let widths = try source.take(Int(minis))
      for width in widths where result.count < count {
        guard width <= 64 else { throw source.damaged("differences have \(width) bits") }
        let size = per / 8 * Int(width)
        // Some writers leave out what the last part would be filled up with.
        let part = try source.take(min(size, source.rest))
        let wanted = min(per, count - result.count)
        guard wanted * Int(width) <= part.count * 8 else { throw source.damaged("differences are cut short") }
        var packed: [UInt64] = []
        packed.reserveCapacity(wanted)
        unpack(part, width: Int(width), count: wanted, into: &packed)
        for value in packed {
          last = last &+ least &+ Int64(bitPattern: value)
          result.append(last)
        }
      }
    }
    return result
  }
}

/// Values of one physical type behind each other.
struct ParquetValues {
  /// Bytes of each value, or 0 for byte arrays, whose ends `offsets` gives.
  let width: Int
  var bytes: [UInt8] = []
  var offsets: [Int] = [0]

  init(width: Int) { self.width = width }

  /// Values of no bytes are kept as byte arrays.
  var isText: Bool { width == 0 }
  var count: Int { isText ? offsets.count - 1 : bytes.count / width }

  mutating func append(_ value: UnsafeRawBufferPointer) {
    bytes += value
    if isText { offsets.append(bytes.count) }
  }

  /// Decodes `count` values of a page.
  mutating func decode(
    _ source: inout ParquetBytes, encoding: Int, count: Int, leaf: ParquetLeaf, dictionary: ParquetValues?,
    budget: DecodeBudget
  ) throws(TensorError) {
    switch encoding {
    case 0: try plain(&source, count, leaf)
    case 2, 8:
      guard let dictionary else { throw source.damaged("values are in a dictionary that is not there") }
      try lookUp(&source, count, dictionary, budget)
    case 3 where leaf.physical == 0:
      let size = try source.uint32()
      var part = ParquetBytes(try source.take(size), name: source.name)
      bytes += try ParquetEncodings.hybrid(&part, width: 1, count: count, as: UInt8.self)
    case 5: try integers(&source, count, leaf)
    case 6: try lengths(&source, count, leaf, budget)
    case 7: try prefixes(&source, count, leaf, budget)
    case 9: try streams(&source, count, leaf)
    default:
      throw TensorError(
        .unsupported, source.name, "column '\(leaf.field.name)': the encoding \(encoding) of its values is not known")
    }
  }

  mutating func plain(_ source: inout ParquetBytes, _ count: Int, _ leaf: ParquetLeaf) throws(TensorError) {
    if leaf.physical == 0 {
      let packed = try source.take((count + 7) / 8)
      ParquetEncodings.unpack(packed, width: 1, count: count, into: &bytes)
    } else if leaf.physical == 6 {
      guard count <= source.rest / 4 else { throw source.damaged("\(count) texts are more than there are") }
      for _ in 0..<count {
        let size = try source.uint32()
        append(try source.take(size))
      }
    } else if isText {
      offsets += repeatElement(0, count: count)
    } else {
      guard count <= source.rest / width else { throw source.damaged("\(count) values are more than there are") }
      bytes += try source.take(count * width)
    }
  }

  private mutating func lookUp(
    _ source: inout ParquetBytes, _ count: Int, _ dictionary: ParquetValues, _ budget: DecodeBudget
  ) throws(TensorError) {
    guard count > 0 else { return }
    let places = try ParquetEncodings.hybrid(&source, width: Int(try source.byte()), count: count, as: UInt32.self)
    let known = dictionary.count
    if let wrong = places.first(where: { $0 >= known }) {
      throw source.damaged("position \(wrong) is outside of a dictionary of \(known) values")
    }
    if isText {
      let total = places.reduce(0) { $0 + dictionary.offsets[Int($1) + 1] - dictionary.offsets[Int($1)] }
      try budget.spend(total)
      bytes.reserveCapacity(bytes.count + total)
      for place in places {
        bytes += dictionary.bytes[dictionary.offsets[Int(place)]..<dictionary.offsets[Int(place) + 1]]
        offsets.append(bytes.count)
      }
      return
    }
    let start = bytes.count
    bytes += repeatElement(0, count: count * width)
    let width = width
    bytes.withUnsafeMutableBytes { target in
      dictionary.bytes.withUnsafeBytes { values in
        guard let to = target.baseAddress, let from = values.baseAddress else { return }
        for (i, place) in places.enumerated() {
          (to + start + i * width).copyMemory(from: from + Int(place) * width, byteCount: width)
        }
      }
    }
  }

  private mutating func integers(_ source: inout ParquetBytes, _ count: Int, _ leaf: ParquetLeaf) throws(TensorError) {
    guard leaf.physical == 1 || leaf.physical == 2 else { throw source.damaged("differences of what is no integer") }
    let values = try ParquetEncodings.deltas(&source, most: count)
    guard values.count == count else { throw source.damaged("\(values.count) values where \(count) are expected") }
    let width = width
    for value in values { withUnsafeBytes(of: value.littleEndian) { bytes += $0.prefix(width) } }
  }

  private mutating func lengths(
    _ source: inout ParquetBytes, _ count: Int, _ leaf: ParquetLeaf, _ budget: DecodeBudget
  ) throws(TensorError) {
    guard leaf.physical == 6 else { throw source.damaged("lengths of what is no byte array") }
    let sizes = try ParquetEncodings.deltas(&source, most: count)
    guard sizes.count == count else { throw source.damaged("\(sizes.count) values where \(count) are expected") }
    for size in sizes {
      guard size >= 0, size <= source.rest else { throw source.damaged("a text of \(size) bytes") }
      append(try source.take(Int(size)))
    }
  }

  private mutating func prefixes(
    _ source: inout ParquetBytes, _ count: Int, _ leaf: ParquetLeaf, _ budget: DecodeBudget
  ) throws(TensorError) {
    guard leaf.physical >= 6 else { throw source.damaged("prefixes of what is no byte array") }
    let shared = try ParquetEncodings.deltas(&source, most: count)
    let sizes = try ParquetEncodings.deltas(&source, most: count)
    guard shared.count == count, sizes.count == count else {
      throw source.damaged("\(sizes.count) values where \(count) are expected")
    }
    var last = 0..<0
    for (prefix, size) in zip(shared, sizes) {
      guard prefix >= 0, prefix <= last.count, size >= 0, size <= source.rest else {
        throw source.damaged("a text of \(prefix) known and \(size) new bytes")
      }
      guard isText || Int(prefix) + Int(size) == width else { throw source.damaged("a value of another length") }
      try budget.spend(Int(prefix))
      let start = bytes.count
      bytes += bytes[last.lowerBound..<last.lowerBound + Int(prefix)]
      append(try source.take(Int(size)))
      last = start..<bytes.count
    }
  }

  private mutating func streams(_ source: inout ParquetBytes, _ count: Int, _ leaf: ParquetLeaf) throws(TensorError) {
    guard !isText, leaf.physical != 0, count <= source.rest / width else {
      throw source.damaged("\(count) values in streams are more than there are")
    }
    let planes = try source.take(count * width)
    bytes.reserveCapacity(bytes.count + count * width)
    for i in 0..<count {
      for k in 0..<width { bytes.append(planes[k * count + i]) }
    }
  }
}
