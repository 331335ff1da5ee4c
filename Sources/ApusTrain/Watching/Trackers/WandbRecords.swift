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
  private let path: String

  /// Where the next record goes.
  private struct Place {
    var position = 0
    var number: Int64 = 0
  }
  /// Also where the record of the end stands, if that is the last one.
  private let state = Lock<(next: Place, end: Place?)>((Place(), nil))

  /// A new file, which begins with the header and the record of the format's version.
  /// - Parameter stream: the id of the run.
  init(path: String, stream: String) throws {
    let opened = try OutputFile(path: path, flags: O_CREAT | O_EXCL | O_APPEND)
    try opened.write(Array(":W&B".utf8) + [0xe1, 0xbe, 0])
    file = opened
    self.stream = stream
    self.path = path
    state.withLock { $0.next.position = Self.headerSize }
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
  /// - Parameter isEnd: whether it says that the run is over. If the run goes on, the next record takes its place.
  func add(isEnd: Bool = false, _ build: (inout ProtobufWriter) -> Void) throws {
    try state.withLock { (places: inout (next: Place, end: Place?)) in
      if let end = places.end {
        guard truncate(path, off_t(end.position)) == 0 else {
          throw TensorError(.file, path, "cannot go on with the run: \(String(cString: strerror(errno)))")
        }
        places.next = end
      }
      places.end = isEnd ? places.next : nil
      var state = places.next
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
      places.next = state
    }
  }
}
