import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file of an offline run of Weights & Biases: records of protocol buffers in the frames of LevelDB's log, behind a header
/// of seven bytes.
///
/// The file is cut into blocks of 32 KiB. A frame has a checksum (CRC-32 of kind and data), a length, a kind (whole record, its
/// first, middle or last part) and the data; where fewer than seven bytes are left in a block, they are zeros.
final class WandbRecords: Sendable {
  private static let blockSize = 32768
  private static let headerSize = 7
  private enum Kind: UInt8 { case full = 1, first, middle, last }

  private let file: OutputFile
  private let stream: String
  private let state = Lock<(position: Int, number: Int64)>((0, 0))

  /// A new file, which begins with the header and the record of the format's version.
  /// - Parameter stream: the id of the run.
  init(path: String, stream: String) throws {
    let opened = try OutputFile(path: path, flags: O_CREAT | O_EXCL | O_APPEND)
    try opened.write(Array(":W&B".utf8) + [0xe1, 0xbe, 0])
    file = opened
    self.stream = stream
    state.withLock { $0.position = Self.headerSize }
    try add { record in
      record.add(21) { header in
        header.add(1) { version in
          version.add(1, string: "apus")
          version.add(2, string: "0.12.0")
        }
      }
    }
  }

  /// Adds a record: `build` adds the fields of `Record` behind its number.
  func add(_ build: (inout ProtobufWriter) -> Void) throws {
    try state.withLock { state in
      state.number += 1
      var record = ProtobufWriter()
      record.add(1, int64: state.number)
      build(&record)
      record.add(200) { $0.add(1, string: stream) }
      var rest = record.bytes[...]
      var bytes: [UInt8] = []
      var isFirst = true
      repeat {
        var left = Self.blockSize - (state.position + bytes.count) % Self.blockSize
        if left < Self.headerSize {
          bytes += [UInt8](repeating: 0, count: left)
          left = Self.blockSize
        }
        let part = rest.prefix(left - Self.headerSize)
        rest = rest.dropFirst(part.count)
        let kind: Kind = rest.isEmpty ? (isFirst ? .full : .last) : isFirst ? .first : .middle
        isFirst = false
        let body = [kind.rawValue] + part
        let checksum = CRC32.of(body)
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
        bytes += [UInt8(part.count & 255), UInt8(part.count >> 8)] + body
      } while !rest.isEmpty
      try file.write(bytes)
      state.position += bytes.count
    }
  }
}
