import ApusCore

/// What stands in front of the elements of an array in NumPy's format.
///
/// The format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): `\x93NUMPY`, two bytes of the
/// version, the header's length (2 bytes, from version 2 on 4), the header, a Python dictionary of `descr`,
/// `fortran_order` and `shape`; the elements without gaps.
public struct NumpyHeader: Sendable, Hashable {
  /// 1, 2 or 3.
  public let version: Int
  /// The element type.
  public let dtype: DType
  /// The order of the bytes of each number in the file.
  public let byteOrder: ByteOrder
  /// Whether the first dimension is the fastest in the file.
  public let isFortranOrder: Bool
  /// The size of each dimension.
  public let shape: [Int]
  /// The bytes before the first element.
  let length: Int
  /// The bytes of all elements.
  let dataSize: Int

  /// NumPy's limit on the header's length.
  static let longest = 10_000
  /// The magic bytes, the version, and the longest that the header can be.
  static let mostBytes = 12 + 4 * longest
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The most dimensions that NumPy's arrays have.
  static let mostDimensions = 64

  /// Whether a file that begins with these bytes says that it is one of NumPy's.
  package static func recognizes(_ start: UnsafeRawBufferPointer) -> Bool { start.starts(with: magic) }

  /// Reads and checks what stands before the elements. `bytes` begins with it, and may end anywhere behind it.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) {
    let (version, text) = try Self.text(of: bytes, path: path)
    self.version = version
    length = text.upperBound
    let dictionary: PythonLiteral
    do throws(PythonLiteral.SyntaxError) {
      dictionary = try PythonLiteral(parsing: UnsafeRawBufferPointer(rebasing: bytes[text]))
    } catch {
      throw TensorError(
        .format, path,
        "the header is no Python dictionary: at byte \(text.lowerBound + error.position), "
          + "\(error.expected) was expected")
    }
    guard case .dictionary(let members) = dictionary else {
      throw TensorError(.format, path, "the header is a Python literal, but no dictionary")
    }
    let names = ["descr", "fortran_order", "shape"]
    for member in members {
      guard case .string(let name) = member.key, names.contains(name) else {
        throw TensorError(.format, path, "the header has a key beside 'descr', 'fortran_order' and 'shape'")
      }
    }
    let type = try Self.type(dictionary["descr"], path: path)
    (dtype, byteOrder) = (type.dtype, type.byteOrder)
    guard case .bool(let isFortranOrder) = dictionary["fortran_order"] else {
      throw TensorError(.format, path, "the header has no 'fortran_order' that is True or False")
    }
    self.isFortranOrder = isFortranOrder
    (shape, dataSize) = try Self.shape(dictionary["shape"], dtype, path: path)
  }

  /// The version, and where the header's text lies.
  private static func text(
    of bytes: UnsafeRawBufferPointer, path: String
  ) throws(TensorError) -> (version: Int, text: Range<Int>) {
    let failure = { (message: String) in TensorError(.format, path, message) }
    guard recognizes(bytes) else {
      throw failure(
        bytes.isEmpty ? "the file is empty" : "this is no file of NumPy's: it does not begin with \\x93NUMPY")
    }
    guard bytes.count >= 10 else { throw failure("the file ends after \(bytes.count) bytes, before its header") }
    let version = Int(bytes[6])
    guard 1...3 ~= version, bytes[7] == 0 else {
      throw failure("the format's version is given as \(bytes[6]).\(bytes[7]); known are 1.0, 2.0 and 3.0")
    }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else { throw failure("the file ends after \(bytes.count) bytes, before its header") }
    let length =
      version == 1
      ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
      : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    // NumPy counts characters, of which only version 3 has such of several bytes.
    guard length <= (version == 3 ? 4 * longest : longest) else {
      throw failure("the header's length is given as \(length) bytes; NumPy takes at most \(longest)")
    }
    guard length <= bytes.count - start else {
      throw failure("the header's length is given as \(length) bytes, but only \(bytes.count - start) follow")
    }
    return (version, start..<start + length)
  }

  private static func type(_ descr: PythonLiteral?, path: String) throws(TensorError) -> NumpyType {
    switch descr {
    case .string(let name):
      switch NumpyType.named(name) {
      case .success(let type): return type
      case .failure(let problem):
        throw TensorError(
          .unsupported, path, "the element type '\(name)' stands for \(problem.what); read are \(NumpyType.supported)")
      }
    case .list, .tuple:
      throw TensorError(
        .unsupported, path,
        "the elements are structured (records of several fields), which tensors cannot hold; save each field of the "
          + "array by itself")
    case nil: throw TensorError(.format, path, "the header has no 'descr', which tells the element type")
    default: throw TensorError(.format, path, "'descr' is no element type")
    }
  }

  private static func shape(
    _ literal: PythonLiteral?, _ dtype: DType, path: String
  ) throws(TensorError) -> (shape: [Int], size: Int) {
    guard case .tuple(let items) = literal else {
      throw TensorError(.format, path, "the header has no 'shape' that is a tuple of numbers")
    }
    guard items.count <= mostDimensions else {
      throw TensorError(.format, path, "the shape has \(items.count) dimensions; NumPy has at most \(mostDimensions)")
    }
    var shape: [Int] = []
    for item in items {
      guard case .int(let size) = item, size >= 0 else {
        throw TensorError(.format, path, "dimension \(shape.count) of 'shape' is no number from 0 on")
      }
      shape.append(size)
    }
    guard let count = checkedElementCount(shape, elementSize: dtype.size) else {
      throw TensorError(.format, path, "the shape \(shape) of \(dtype) elements is larger than any file")
    }
    return (shape, count * dtype.size)
  }

  /// The strides of elements as they lie in the file.
  var strides: [Int] {
    isFortranOrder ? rowMajorStrides(shape.reversed()).reversed() : rowMajorStrides(shape)
  }

  /// Checks that there are enough bytes for the elements.
  func checkSize(_ available: Int, path: String) throws(TensorError) {
    guard available >= dataSize else {
      throw TensorError(
        .format, path,
        "an array of shape \(shape) and type \(dtype) has \(dataSize) bytes, but \(max(0, available)) follow the header; "
          + "it is cut short")
    }
  }

  /// A tensor of the elements, copied from `bytes`, which begins with the first of them.
  func tensor(copying bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) -> Tensor {
    try checkSize(bytes.count, path: path)
    let order = isFortranOrder ? Array(shape.reversed()) : shape
    let result = Tensor.uninitialized(order, dtype)
    try result.withMemory { (memory) throws(TensorError) in
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<dataSize]))
      if byteOrder != .native { swapBytes(memory, size: NumpyType(dtype, byteOrder).swappedSize ?? 1) }
    }
    return isFortranOrder ? result.view(shape, strides: strides) : result
  }
}
