import ApusCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The checked header of a safetensors file.
struct SafetensorsHeader {
  let metadata: [String: String]
  let entries: [SafetensorsFile.Entry]

  /// The reference implementation's limit on the header's length.
  static let longest = 100_000_000
  /// The most dimensions that a tensor of a file can have: twice what PyTorch's operations take.
  static let mostDimensions = 128

  /// Reads and checks the header of a whole file.
  init(bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) {
    let failure = { (message: String) in TensorError(.format, path, message) }
    let length = try Self.headerLength(bytes, path: path)
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + length])
    guard text.first == UInt8(ascii: "{"), let outline = JSONOutline(text) else {
      throw failure("the header is not a JSON object in UTF-8; the file is damaged or no safetensors file")
    }
    if let excess = outline.excess {
      throw failure("the header has \(excess); the file is damaged or no safetensors file")
    }
    let contents: HeaderContents
    do {
      contents = try JSONDecoder().decode(HeaderContents.self, from: Data(text))
    } catch {
      throw failure("the header cannot be read: \(Self.describe(error))")
    }
    // The decoder keeps one of several members of the same name: fewer members than were written means a repetition.
    if let name = outline.repeatedName { throw failure("two tensors are called '\(name)'; names must differ") }
    guard contents.memberCount == outline.innerMembers, contents.names == outline.names.count else {
      throw failure("a name or field occurs twice in the header; names must differ")
    }
    metadata = contents.metadata
    entries = try Self.check(contents.tensors, dataStart: 8 + length, fileSize: bytes.count, path: path)
  }

  private static func headerLength(_ bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) -> Int {
    guard bytes.count >= 8 else {
      let found = bytes.isEmpty ? "the file is empty" : "the file has only \(bytes.count) bytes"
      throw TensorError(.format, path, "\(found); a safetensors file begins with the 8 bytes of its header's length")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= longest else {
      let known = recognize(bytes).map { "this is \($0), not a safetensors file" }
      throw TensorError(
        .format, path,
        known ?? "the header's length is given as \(length) bytes, more than \(longest); this is no safetensors file")
    }
    guard length <= bytes.count - 8 else {
      throw TensorError(
        .format, path,
        "the header's length is given as \(length) bytes, but only \(bytes.count - 8) follow; the file is cut short")
    }
    guard length >= 2 else {
      throw TensorError(.format, path, "the header's length is given as \(length) bytes; the shortest header is '{}'")
    }
    return Int(length)
  }

  /// What a file of another kind is, by its first bytes.
  private static func recognize(_ bytes: UnsafeRawBufferPointer) -> String? {
    let kinds: [([UInt8], String)] = [
      ([0x50, 0x4b, 3, 4], "a zip archive, such as PyTorch's torch.save writes"), ([0x80, 2], "a Python pickle"),
      (Array("GGUF".utf8), "a GGUF file"), ([0x93] + Array("NUMPY".utf8), "a NumPy file"),
      ([0x1f, 0x8b], "a gzip file (decompress it with gunzip)"), ([0x89] + Array("HDF".utf8), "an HDF5 file"),
      ([0x89] + Array("PNG".utf8), "a PNG picture"), ([0xff, 0xd8, 0xff], "a JPEG picture"),
      (Array("<".utf8), "a web page or XML"), (Array("{".utf8), "a text file, such as JSON"),
      (Array("version ".utf8), "a Git LFS pointer (fetch the file itself with `git lfs pull`)"),
    ]
    return kinds.first { bytes.starts(with: $0.0) }?.1
  }

  private static func describe(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let (context, kind): (DecodingError.Context, String)
    switch error {
    case .typeMismatch(_, let found): (context, kind) = (found, found.debugDescription)
    case .valueNotFound(_, let found): (context, kind) = (found, found.debugDescription)
    case .keyNotFound(let key, let found): (context, kind) = (found, "the field '\(key.stringValue)' is missing")
    case .dataCorrupted(let found): (context, kind) = (found, found.debugDescription)
    @unknown default: return "\(error)"
    }
    let place = context.codingPath.map(\.stringValue).joined(separator: " > ")
    return place.isEmpty ? kind : "at '\(place)': \(kind)"
  }

  /// The tensors by position, after checking that each has the bytes its shape asks for and that together they are exactly
  /// the bytes behind the header.
  private static func check(
    _ tensors: [String: HeaderTensor], dataStart: Int, fileSize: Int, path: String
  ) throws(TensorError) -> [SafetensorsFile.Entry] {
    let available = fileSize - dataStart
    var entries: [SafetensorsFile.Entry] = []
    entries.reserveCapacity(tensors.count)
    for (name, tensor) in tensors {
      let failure = { (message: String) in TensorError(.format, path, "tensor '\(name)': \(message)") }
      guard let type = SafetensorsType.byName[tensor.dtype] else {
        throw failure(
          "the element type '\(tensor.dtype)' is unknown; known are \(SafetensorsType.supported) and others")
      }
      guard tensor.shape.count <= mostDimensions else {
        throw failure("the shape has \(tensor.shape.count) dimensions; at most \(mostDimensions) are possible")
      }
      guard tensor.offsets.count == 2 else {
        throw failure("data_offsets has \(tensor.offsets.count) numbers; it must be [begin, end]")
      }
      let (begin, end) = (tensor.offsets[0], tensor.offsets[1])
      guard 0 <= begin, begin <= end else { throw failure("data_offsets [\(begin), \(end)] is not a range") }
      guard end <= available else {
        throw failure("its bytes end at \(end), but the file has \(available) behind the header; it may be cut short")
      }
      guard let size = byteCount(tensor.shape, bits: type.bits) else {
        throw failure("the shape \(tensor.shape) of \(tensor.dtype) does not describe a number of bytes")
      }
      guard size == end - begin else {
        throw failure("the shape \(tensor.shape) of \(tensor.dtype) needs \(size) bytes, but it has \(end - begin)")
      }
      entries.append(
        .init(
          name: name, dtypeName: tensor.dtype, dtype: type.dtype, shape: tensor.shape,
          byteRange: dataStart + begin..<dataStart + end, path: path))
    }
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound, $0.name)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound, $1.name)
    }
    var position = dataStart
    for entry in entries {
      let begin = entry.byteRange.lowerBound
      guard begin == position else {
        let problem = begin < position ? "overlap those of another tensor" : "leave a hole before them"
        throw TensorError(
          .format, path,
          "tensor '\(entry.name)': its bytes begin at \(begin - dataStart) and \(problem); expected \(position - dataStart)"
        )
      }
      position = entry.byteRange.upperBound
    }
    guard position == fileSize else {
      throw TensorError(.format, path, "\(fileSize - position) bytes at the end of the file belong to no tensor")
    }
    return entries
  }

  /// The bytes of a tensor, or nil when a dimension is negative, the number overflows, or a byte is only partly used.
  static func byteCount(_ shape: [Int], bits: Int) -> Int? {
    var total = bits
    for dimension in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      total = product
    }
    return total % 8 == 0 ? total / 8 : nil
  }
}

/// What the header of a file says, before it is checked.
private struct HeaderContents: Decodable {
  var metadata: [String: String] = [:]
  var tensors: [String: HeaderTensor] = [:]
  var names = 0
  /// Members of the objects in the header's object.
  var memberCount = 0

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    for key in container.allKeys {
      names += 1
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
        memberCount += metadata.count
      } else {
        let tensor = try container.decode(HeaderTensor.self, forKey: key)
        memberCount += tensor.memberCount
        tensors[key.stringValue] = tensor
      }
    }
  }
}

private struct HeaderTensor: Decodable {
  let dtype: String
  let shape: [Int]
  let offsets: [Int]
  let memberCount: Int

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    dtype = try container.decode(String.self, forKey: AnyKey(stringValue: "dtype"))
    shape = try container.decode([Int].self, forKey: AnyKey(stringValue: "shape"))
    offsets = try container.decode([Int].self, forKey: AnyKey(stringValue: "data_offsets"))
    memberCount = container.allKeys.count
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
