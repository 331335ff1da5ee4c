import ApusCore
import ApusFormats

/// An array in the IDX format, in which MNIST and its relatives come: element type, dimensions, elements, big endian.
///
///     let images = try IDXFile(path: "train-images-idx3-ubyte")   // shape [60000, 28, 28], uint8
public struct IDXFile: Sendable, Hashable {
  /// `uint8`, `int8`, `int16`, `int32`, `float32` or `float64`.
  public let dtype: DType
  public let shape: [Int]
  /// The elements in row-major order, in this machine's byte order.
  public let bytes: [UInt8]

  /// An array of elements in this machine's byte order.
  /// - Throws: `TensorError` of kind `dtype` or `shape` when the format cannot hold it or the numbers do not fit together.
  public init(dtype: DType, shape: [Int], bytes: [UInt8]) throws(TensorError) {
    guard Self.codes.contains(where: { $0.dtype == dtype }) else {
      throw TensorError(
        .dtype, "IDXFile", "the format has no elements of type \(dtype); it has \(Self.supported)")
    }
    guard (1...255).contains(shape.count), shape.allSatisfy({ 0...Int(UInt32.max) ~= $0 }),
      checkedElementCount(shape, elementSize: dtype.size).map({ $0 * dtype.size }) == bytes.count
    else {
      throw TensorError(
        .shape, "IDXFile",
        "\(bytes.count) bytes are no array of shape \(shape) and type \(dtype), with 1 to 255 dimensions below 2^32")
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Reads the file at `path`, also one compressed with gzip or zstd, or alone in a zip archive; `~` is the home folder, `-` the
  /// standard input.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `unsupported` where the library that decompresses is not installed.
  public init(path: String) throws(TensorError) {
    let contents = try readFile(path, unwrapsZip: true)
    defer { withExtendedLifetime(contents) {} }
    try self.init(contents: contents.bytes, name: path)
  }

  /// Reads the bytes of a whole file, which errors call `name`.
  /// - Throws: `TensorError` of kind `format`.
  public init(contents: UnsafeRawBufferPointer, name: String) throws(TensorError) {
    let failure = { (message: String) in TensorError(.format, name, message) }
    if contents.starts(with: [0x1f, 0x8b]) {
      throw failure("these are the bytes of a gzip file; decompress them with gunzip, or open the file by its path")
    }
    guard contents.count >= 4 else {
      throw failure("the file has \(contents.count) bytes; an IDX file begins with 4 bytes and its dimensions")
    }
    guard contents[0] == 0, contents[1] == 0, let dtype = Self.codes.first(where: { $0.code == contents[2] })?.dtype
    else {
      let start = contents[..<4].map { String($0, radix: 16) }.joined(separator: " ")
      throw failure(
        "the file begins with the bytes \(start) (hexadecimal); an IDX file begins with 0 0, the element type (8, 9, b, "
          + "c, d or e) and the number of dimensions")
    }
    let dimensions = Int(contents[3])
    let start = 4 + 4 * dimensions
    guard dimensions > 0 else { throw failure("the array has no dimensions; an IDX file has at least one") }
    guard contents.count >= start else {
      throw failure("the file ends within its \(dimensions) dimensions; it is cut short")
    }
    let shape = (0..<dimensions).map {
      Int(UInt32(bigEndian: contents.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self)))
    }
    guard let size = checkedElementCount(shape, elementSize: dtype.size).map({ $0 * dtype.size }) else {
      throw failure("the dimensions \(shape) are more than any file holds; the file is damaged")
    }
    guard contents.count - start == size else {
      let problem = contents.count - start < size ? "it is cut short" : "something else follows the array"
      throw failure(
        "an array of shape \(shape) and type \(dtype) has \(size) bytes, but \(contents.count - start) follow the "
          + "header; \(problem)")
    }
    self.dtype = dtype
    self.shape = shape
    bytes = Self.swapped(UnsafeRawBufferPointer(rebasing: contents[start...]), size: dtype.size)
  }

  /// The bytes of the file that holds this array.
  public var fileContents: [UInt8] {
    let code = Self.codes.first { $0.dtype == dtype }?.code ?? 8
    var header: [UInt8] = [0, 0, code, UInt8(shape.count)]
    for dimension in shape { withUnsafeBytes(of: UInt32(dimension).bigEndian) { header.append(contentsOf: $0) } }
    return header + bytes.withUnsafeBytes { Self.swapped($0, size: dtype.size) }
  }

  /// Writes the array to a file; an existing one is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    let contents = fileContents
    try replaceFile(at: path) { file in try file.write(contents) }
  }

  private static let codes: [(code: UInt8, dtype: DType)] = [
    (0x08, .uint8), (0x09, .int8), (0x0b, .int16), (0x0c, .int32), (0x0d, .float32), (0x0e, .float64),
  ]
  private static var supported: String { codes.map(\.dtype.name).joined(separator: ", ") }

  /// A copy of elements with their bytes between big endian and this machine's order.
  private static func swapped(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8] {
    var result = Array(bytes)
    guard size > 1, UInt16(bigEndian: 1) != 1 else { return result }
    for start in stride(from: 0, to: result.count, by: size) { result[start..<start + size].reverse() }
    return result
  }
}
