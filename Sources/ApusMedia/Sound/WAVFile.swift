import ApusCore

/// How a sample of a WAV file is stored.
public enum SoundEncoding: String, Sendable, Hashable, CaseIterable {
  /// Integers: of 8 bits around 128, of 16, 24 and 32 bits around 0.
  case uint8, int16, int24, int32
  /// Floating point numbers of 32 and 64 bits.
  case float32, float64
  /// The logarithmic 8 bits of telephones (ITU-T G.711).
  case aLaw, muLaw

  var bits: Int {
    switch self {
    case .uint8, .aLaw, .muLaw: 8
    case .int16: 16
    case .int24: 24
    case .int32, .float32: 32
    case .float64: 64
    }
  }

  /// The number of the kind of sample in the file: integers, floating point numbers, A-law, mu-law.
  var tag: Int {
    switch self {
    case .uint8, .int16, .int24, .int32: 1
    case .float32, .float64: 3
    case .aLaw: 6
    case .muLaw: 7
    }
  }
}

/// The chunks of a WAV file (RIFF, and RF64 for more than 4 GiB).
struct WAVFile {
  let channels: Int
  let sampleRate: Int
  /// Nil for a compression that is not one of ``SoundEncoding``.
  let encoding: SoundEncoding?
  /// Where the samples lie.
  let data: Range<Int>

  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 12, bytes[8..<12].elementsEqual("WAVE".utf8) else { return false }
    return bytes.starts(with: "RIFF".utf8) || bytes.starts(with: "RF64".utf8)
  }

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(TensorError) {
    let failure = { (message: String) in TensorError(.format, name, message) }
    var position = 12
    var format: UnsafeRawBufferPointer?
    var found: Range<Int>?
    var wideSize: Int?
    while found == nil, bytes.count - position >= 8 {
      let start = position + 8
      let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      var size = bytes.little32(position + 4)
      let room = bytes.count - start
      if name == "data" {
        // Programs that write to a pipe do not know the size; RF64 tells it elsewhere.
        if size == 0xffff_ffff { size = wideSize ?? room }
        guard size <= room else {
          throw failure(
            "the WAV file tells \(size) bytes of samples from byte \(start) on, and has \(room); it is cut short")
        }
        found = start..<start + size
      }
      guard size <= room else {
        throw failure(
          "the WAV chunk '\(name)' at byte \(position) has \(size) bytes, and the file ends before; it is cut short")
      }
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
      if name == "fmt " { format = chunk }
      if name == "ds64", size >= 16 {
        wideSize = Int(exactly: UInt64(littleEndian: chunk.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      }
      position = start + size + size & 1
    }
    guard let found else { throw failure("the WAV file has no samples (no chunk 'data'); it is cut short") }
    guard let format, format.count >= 16 else {
      throw failure("the WAV file does not tell its format before the samples (no chunk 'fmt ' of at least 16 bytes)")
    }
    var tag = format.little16(0)
    let bits = format.little16(14)
    let blockBytes = format.little16(12)
    (channels, sampleRate) = (format.little16(2), format.little32(4))
    if tag == 0xfffe {
      guard format.count >= 26 else { throw failure("the extended format of the WAV file is cut short") }
      tag = format.little16(24)
    }
    guard channels > 0, sampleRate > 0 else {
      throw failure("the WAV file tells \(channels) channels and \(sampleRate) frames per second; both are at least 1")
    }
    encoding = SoundEncoding.allCases.first { $0.tag == tag && $0.bits == bits }
    data = found
    if let encoding {
      guard blockBytes == channels * encoding.bits / 8, found.count % blockBytes == 0 else {
        throw failure(
          "\(found.count) bytes of samples in blocks of \(blockBytes) are no frames of \(channels) channels with \(bits) bits"
        )
      }
    }
  }

  /// The frames of the file that are wanted.
  func frames(from offset: Int, count: Int?) -> Range<Int> {
    let total = data.count / Swift.max(channels * (encoding?.bits ?? 8) / 8, 1)
    let start = Swift.min(offset, total)
    return start..<start + Swift.min(count ?? total, total - start)
  }

  /// Turns frames into numbers, channel by channel.
  func decode(
    _ bytes: UnsafeRawBufferPointer, _ encoding: SoundEncoding, _ frames: Range<Int>, into result: SoundBuffer
  ) {
    let block = channels * encoding.bits / 8
    let part = UnsafeRawBufferPointer(
      rebasing: bytes[data.lowerBound + frames.lowerBound * block..<data.lowerBound + frames.upperBound * block])
    switch encoding {
    case .uint8: spread(part, 1, result) { Float(Int(part[$0]) - 128) / 128 }
    case .int16: spread(part, 2, result) { Float(Int16(truncatingIfNeeded: part.little16($0))) / 32768 }
    case .int24:
      spread(part, 3, result) { Float(Int32(truncatingIfNeeded: part.little24($0) << 8) >> 8) / 8_388_608 }
    case .int32: spread(part, 4, result) { Float(Int32(truncatingIfNeeded: part.little32($0))) / 2_147_483_648 }
    case .float32: spread(part, 4, result) { Float(bitPattern: UInt32(truncatingIfNeeded: part.little32($0))) }
    case .float64:
      spread(part, 8, result) {
        Float(Double(bitPattern: UInt64(littleEndian: part.loadUnaligned(fromByteOffset: $0, as: UInt64.self))))
      }
    case .aLaw:
      let table = (0..<256).map { Float(Telephone.expandALaw(UInt8($0))) / 32768 }
      spread(part, 1, result) { table[Int(part[$0])] }
    case .muLaw:
      let table = (0..<256).map { Float(Telephone.expandMuLaw(UInt8($0))) / 32768 }
      spread(part, 1, result) { table[Int(part[$0])] }
    }
  }

  @inline(__always)
  private func spread(
    _ part: UnsafeRawBufferPointer, _ size: Int, _ result: SoundBuffer, _ sample: (Int) -> Float
  ) {
    let (samples, frames) = (result.samples, result.frames)
    for channel in 0..<channels {
      let out = samples + channel * frames
      for frame in 0..<frames { out[frame] = sample((frame * channels + channel) * size) }
    }
  }
}

/// The logarithmic samples of ITU-T G.711, as numbers of 16 bits.
enum Telephone {
  static func expandMuLaw(_ code: UInt8) -> Int {
    let bits = Int(~code)
    let size = ((bits & 15) << 3 + 0x84) << (bits >> 4 & 7) - 0x84
    return bits & 0x80 != 0 ? -size : size
  }

  static func expandALaw(_ code: UInt8) -> Int {
    let bits = Int(code ^ 0x55)
    let exponent = bits >> 4 & 7
    let size = exponent == 0 ? (bits & 15) << 4 + 8 : ((bits & 15) << 4 + 0x108) << (exponent - 1)
    return bits & 0x80 != 0 ? size : -size
  }

  /// The code that expands to what is closest to `value`; there are 256.
  static func compress(_ value: Int, _ expanded: [(value: Int, code: UInt8)]) -> UInt8 {
    // The values are in ascending order.
    var (low, high) = (0, expanded.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if expanded[middle].value < value { low = middle + 1 } else { high = middle }
    }
    if low > 0, value - expanded[low - 1].value < expanded[low].value - value { low -= 1 }
    return expanded[low].code
  }

  static func table(_ expand: (UInt8) -> Int) -> [(value: Int, code: UInt8)] {
    (0..<256).map { (expand(UInt8($0)), UInt8($0)) }.sorted { $0.value < $1.value }
  }
}
