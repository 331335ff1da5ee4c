import ApusCore
import ApusFormats

/// The bytes of a program file, see docs/formats/program-files.md:
///
///     8 bytes   APUSPROG
///     4         the version of the format: 1, or 2 where an operation has graphs
///     4         CRC-32 of the header
///     8         length of the header
///               the header: JSON in UTF-8, filled up with spaces so that what follows begins at a multiple of 64
///               the elements of constants, row-major, each tensor at a multiple of 64
///
/// Numbers are little endian.
package enum ProgramFile {
  static let magic = Array("APUSPROG".utf8)
  /// The newest version, which programs with branches and loops have; others have the first one, for older readers.
  static let version = 2
  static let alignment = 64
  private static let headStart = 24
  private static let longestHeader = 1 << 25
  /// Values of JSON in each other: expressions, and four for each graph in a graph.
  private static let deepestValues = 48 + 4 * ProgramContents.deepestGraphs

  // MARK: Writing

  /// Writes a program; `tensors` are the elements of its constants, in their order, nil for those that are made.
  static func write(_ contents: ProgramContents, _ tensors: [Tensor?], to path: String) throws {
    var contents = contents
    var offset = 0
    let dense = tensors.map { given in given.map { tensor in noGrad { tensor.elementsOnly.contiguous() } } }
    for (i, tensor) in dense.enumerated() {
      guard let tensor else { continue }
      let check = tensor.withUnsafeBytes { CRC32.of($0) }
      contents.constants[i].source = .bytes(offset: offset, check: Int(check))
      offset = aligned(offset + tensor.count * tensor.dtype.size)
    }
    let head = head(JSON(contents.attribute), version: contents.hasGraphs ? version : 1)
    try replaceFile(at: expandedPath(path)) { file in
      try file.write(head)
      for tensor in dense {
        guard let tensor else { continue }
        let size = tensor.count * tensor.dtype.size
        try tensor.withUnsafeBytes { try file.write($0) }
        try file.write([UInt8](repeating: 0, count: aligned(size) - size))
      }
    }
  }

  /// All bytes before those of constants.
  package static func head(_ header: JSON, version: Int = 1) -> [UInt8] {
    var text = Array(header.text().utf8)
    let end = aligned(headStart + text.count)
    text += [UInt8](repeating: UInt8(ascii: " "), count: end - headStart - text.count)
    var head = magic
    append(UInt32(version), to: &head)
    append(CRC32.of(text), to: &head)
    append(UInt64(text.count), to: &head)
    return head + text
  }

  private static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  // MARK: Reading

  /// Reads a program and its constants, which lie in the mapped file; nil for those that are made.
  /// - Throws: `TensorError` of kind `file` when the file cannot be read, of kind `format` when it is damaged or something
  ///   else, of kind `unsupported` when it needs a newer version.
  static func read(_ path: String) throws(TensorError) -> (contents: ProgramContents, tensors: [Tensor?]) {
    let mapping = try MappedFile(path: expandedPath(path), isWritable: true)
    return try read(FileContents(mapping), path)
  }

  /// The same of bytes in memory.
  static func read(
    _ file: FileContents, _ path: String
  ) throws(TensorError) -> (contents: ProgramContents, tensors: [Tensor?]) {
    do throws(TensorError) {
      return try file.withHeader { (header, dataStart) throws(TensorError) in
        let contents = try ProgramContents(header.json)
        guard header.version > 1 || !contents.hasGraphs else {
          throw TensorError(.format, "", "an operation has graphs, which version 1 of the format does not know")
        }
        return (contents, try tensors(contents, file, dataStart))
      }
    } catch {
      throw TensorError(
        error.kind, path, error.operation.isEmpty || error.operation == path ? error.message : "\(error)")
    }
  }

  private static func tensors(
    _ contents: ProgramContents, _ file: FileContents, _ dataStart: Int
  ) throws(TensorError) -> [Tensor?] {
    let block = FileBlock(file)
    let available = file.bytes.count - dataStart
    var tensors: [Tensor?] = []
    var end = 0
    for (i, constant) in contents.constants.enumerated() {
      guard case .bytes(let offset, let check) = constant.source else {
        tensors.append(nil)
        continue
      }
      func failure(_ message: String) -> TensorError {
        TensorError(.format, "", "constant '\(constant.name)': \(message)")
      }
      let type: TensorType
      do { type = try contents.values[contents.inputs.count + i].type([:]) } catch { throw failure(error.message) }
      let size = type.count.clampedMultiplying(type.dtype.size)
      guard offset >= end, offset % alignment == 0, offset <= available, size <= available - offset else {
        throw failure(
          "its \(size) bytes at \(offset) do not lie in the \(available) bytes behind the header, or among others; "
            + "the file may be cut short")
      }
      let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[(dataStart + offset)..<(dataStart + offset + size)])
      guard Int(CRC32.of(bytes)) == check else { throw failure("its elements are damaged: the check is another one") }
      tensors.append(try block.tensor(at: dataStart + offset, shape: type.shape, dtype: type.dtype))
      end = offset + size
    }
    guard aligned(end) >= available else {
      throw TensorError(.format, "", "\(available - end) bytes behind the last constant belong to nothing")
    }
    return tensors
  }

  /// The JSON header of a file as data with the version of the format, and where the elements begin.
  fileprivate static func header(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TensorError) -> (header: (json: Attribute, version: Int), dataStart: Int) {
    guard bytes.count >= headStart, bytes.starts(with: magic) else {
      throw TensorError(.format, "", "this is no program file, which begins with APUSPROG")
    }
    let found = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard (1...version).contains(Int(found)) else {
      throw TensorError(
        .unsupported, "", "this is version \(found) of the format, and this program reads those up to \(version)")
    }
    let check = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    guard length <= longestHeader, Int(length) <= bytes.count - headStart else {
      throw TensorError(
        .format, "",
        "the header's length is given as \(length) bytes, and the file has \(bytes.count); it may be cut short")
    }
    let end = headStart + Int(length)
    guard end % alignment == 0 else { throw TensorError(.format, "", "the header does not end at a multiple of 64") }
    let text = UnsafeRawBufferPointer(rebasing: bytes[headStart..<end])
    guard CRC32.of(text) == check else {
      throw TensorError(.format, "", "the header is damaged: its check is another one")
    }
    do throws(ByteJSON.Mistake) {
      let json = try ByteJSON(parsing: Array(text), deepest: deepestValues, refusesRepeatedNames: true)
      return ((Attribute(json), Int(found)), end)
    } catch {
      throw TensorError(.format, "", "the header is no JSON: \(error.description)")
    }
  }
}

extension FileContents {
  fileprivate func withHeader<Result>(
    _ body: (_ header: (json: Attribute, version: Int), _ dataStart: Int) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    let (header, dataStart) = try ProgramFile.header(bytes)
    return try withExtendedLifetime(self) { () throws(TensorError) in try body(header, dataStart) }
  }
}

extension Attribute {
  /// A value of a header.
  init(_ json: ByteJSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .real: self = .double(json.double ?? .nan)
    case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .array(let items): self = .list(items.map { Attribute($0) })
    case .object(let members):
      self = .record(Dictionary(members.map { ($0.name, Attribute($0.value)) }) { _, last in last })
    }
  }
}

extension JSON {
  /// An attribute for a header. Numbers that JSON does not have are texts.
  init(_ attribute: Attribute) {
    switch attribute {
    case .none: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value):
      self = value.isFinite ? .double(value) : .string(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
    case .string(let value): self = .string(value)
    case .list(let items): self = .array(items.map { JSON($0) })
    case .record(let parts): self = .object(parts.mapValues { JSON($0) })
    }
  }
}
