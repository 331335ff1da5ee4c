/// Protocol buffer fields appended to bytes, as far as TensorBoard's events need them.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, int64 value: Int64) {
    appendVarint(UInt64(field) << 3)
    appendVarint(UInt64(bitPattern: value))
  }

  mutating func add(_ field: Int, double value: Double) {
    appendVarint(UInt64(field) << 3 | 1)
    append(littleEndian: value.bitPattern)
  }

  mutating func add(_ field: Int, float value: Float) {
    appendVarint(UInt64(field) << 3 | 5)
    append(littleEndian: value.bitPattern)
  }

  mutating func add(_ field: Int, bytes value: some Collection<UInt8>) {
    appendVarint(UInt64(field) << 3 | 2)
    appendVarint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func add(_ field: Int, string value: String) { add(field, bytes: Array(value.utf8)) }

  /// A message inside this one.
  mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    build(&message)
    add(field, bytes: message.bytes)
  }

  /// A packed repeated field.
  mutating func add(_ field: Int, doubles values: [Double]) {
    appendVarint(UInt64(field) << 3 | 2)
    appendVarint(UInt64(values.count * 8))
    for value in values { append(littleEndian: value.bitPattern) }
  }

  private mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(littleEndian value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// A record of a TFRecord file: length, masked checksum of the length, data, masked checksum of the data.
func eventRecord(_ data: [UInt8]) -> [UInt8] {
  var record: [UInt8] = []
  record.reserveCapacity(data.count + 16)
  withUnsafeBytes(of: UInt64(data.count).littleEndian) { record.append(contentsOf: $0) }
  appendChecksum(of: record[...], to: &record)
  record.append(contentsOf: data)
  appendChecksum(of: data[...], to: &record)
  return record
}

/// The mask keeps a checksum of data that holds checksums from being degenerate.
private func appendChecksum(of data: ArraySlice<UInt8>, to record: inout [UInt8]) {
  let sum = Checksum.crc32c(data)
  withUnsafeBytes(of: ((sum >> 15 | sum << 17) &+ 0xa282_ead8).littleEndian) { record.append(contentsOf: $0) }
}

/// Cyclic redundancy checks of 32 bits, one byte at a time.
enum Checksum {
  /// The Castagnoli polynomial, as TFRecord files use it.
  static func crc32c(_ data: some Sequence<UInt8>) -> UInt32 { crc(data, castagnoli) }
  /// The polynomial of zip and PNG.
  static func crc32(_ data: some Sequence<UInt8>) -> UInt32 { crc(data, ethernet) }

  private static let castagnoli = table(0x82f6_3b78)
  private static let ethernet = table(0xedb8_8320)

  private static func table(_ polynomial: UInt32) -> [UInt32] {
    (0..<256).map { start in
      (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
    }
  }

  private static func crc(_ data: some Sequence<UInt8>, _ table: [UInt32]) -> UInt32 {
    ~data.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
