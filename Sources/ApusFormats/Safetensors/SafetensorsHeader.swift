import ApusCore

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
    do throws(ByteJSON.Mistake) {
      contents = try HeaderContents(try ByteJSON(strictly: Array(text)))
    } catch {
      throw failure("the header cannot be read: \(error.description)")
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
private struct HeaderContents {
  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [String: HeaderTensor] = [:]

  init(_ json: ByteJSON) throws(ByteJSON.Mistake) {
    for (name, value) in try json.fields(of: "the header") {
      if name == "__metadata__" {
        for (key, text) in try value.fields(of: "'__metadata__'") {
          guard let text = text.string else { throw text.unexpected("a text", at: "'__metadata__' > '\(key)'") }
          metadata[key] = text
        }
      } else {
        tensors[name] = try HeaderTensor(value, name: name)
      }
    }
  }
}

private struct HeaderTensor {
  let dtype: String
  let shape: [Int]
  let offsets: [Int]

  init(_ json: ByteJSON, name: String) throws(ByteJSON.Mistake) {
    let fields = try json.fields(of: "'\(name)'")
    func field(_ field: String) throws(ByteJSON.Mistake) -> ByteJSON {
      guard let value = fields[field] else {
        throw ByteJSON.Mistake(description: "at '\(name)': the field '\(field)' is missing")
      }
      return value
    }
    func numbers(_ place: String) throws(ByteJSON.Mistake) -> [Int] {
      let value = try field(place)
      guard let items = value.array else { throw value.unexpected("a list of numbers", at: "'\(name)' > '\(place)'") }
      return try items.map { item throws(ByteJSON.Mistake) in
        guard let number = item.int else { throw item.unexpected("a whole number", at: "'\(name)' > '\(place)'") }
        return number
      }
    }
    let type = try field("dtype")
    guard let dtype = type.string else { throw type.unexpected("a text", at: "'\(name)' > 'dtype'") }
    self.dtype = dtype
    shape = try numbers("shape")
    offsets = try numbers("data_offsets")
  }
}

extension ByteJSON {
  /// The members of an object by their names, which must differ.
  fileprivate func fields(of place: String) throws(Mistake) -> [String: ByteJSON] {
    guard let members else { throw unexpected("an object", at: place) }
    var fields: [String: ByteJSON] = [:]
    fields.reserveCapacity(members.count)
    for member in members {
      guard fields.updateValue(member.value, forKey: member.name) == nil else {
        throw Mistake(description: "at \(place): '\(member.name)' occurs twice; names must differ")
      }
    }
    return fields
  }

  fileprivate func unexpected(_ wanted: String, at place: String) -> Mistake {
    Mistake(description: "at \(place): expected \(wanted), and found \(kind)")
  }
}
