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

  private static let castagnoli = table(0x82f6_3b78)

  private static func table(_ polynomial: UInt32) -> [UInt32] {
    (0..<256).map { start in
      (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
    }
  }

  private static func crc(_ data: some Sequence<UInt8>, _ table: [UInt32]) -> UInt32 {
    ~data.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
