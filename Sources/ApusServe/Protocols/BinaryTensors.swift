import ApusCore

/// Tensors as the binary extension of the Open Inference Protocol has them: elements in row-major order, little endian;
/// texts each behind the number of its bytes.
enum BinaryTensors {
  /// The value of these bytes.
  /// - Throws: where they are not as many as type and shape need.
  static func value(
    _ bytes: ArraySlice<UInt8>, _ type: ServedType, _ shape: [Int], name: String
  ) throws(ServeError) -> ServedValue {
    guard let dtype = type.dtype else { return .texts(try texts(bytes, shape, name: name), shape: shape) }
    let expected = shape.reduce(dtype.size) { $0.clampedMultiplying($1) }
    guard expected == bytes.count else {
      throw ServeError(
        400, "unexpected total byte size \(bytes.count) for input '\(name)', expecting \(expected)")
    }
    do {
      return .tensor(try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: shape, dtype: dtype) })
    } catch { throw ServeError(error) }
  }

  private static func texts(_ bytes: ArraySlice<UInt8>, _ shape: [Int], name: String) throws(ServeError) -> [[UInt8]] {
    let expected = shape.reduce(1) { $0.clampedMultiplying($1) }
    guard expected <= bytes.count / 4 else {
      throw ServeError(
        400,
        "unexpected number of string elements for input '\(name)': shape needs \(expected), and its \(bytes.count) "
          + "bytes hold fewer"
      )
    }
    var texts: [[UInt8]] = []
    texts.reserveCapacity(expected)
    var position = bytes.startIndex
    while position < bytes.endIndex {
      guard bytes.endIndex - position >= 4 else {
        throw ServeError(
          400, "incomplete string length for input '\(name)': \(bytes.endIndex - position) bytes are left")
      }
      let size = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
      position += 4
      guard size <= bytes.endIndex - position else {
        throw ServeError(400, "incomplete string data for input '\(name)': a text of \(size) bytes does not fit")
      }
      texts.append(Array(bytes[position..<position + size]))
      position += size
      guard texts.count <= expected else { break }
    }
    guard texts.count == expected else {
      throw ServeError(
        400, "unexpected number of string elements \(texts.count) for input '\(name)', expecting \(expected)")
    }
    return texts
  }

  /// Appends the bytes of a value. Gives how many these are.
  static func append(_ value: ServedValue, to out: inout [UInt8]) -> Int {
    let start = out.count
    switch value {
    case .tensor(let tensor): tensor.withUnsafeBytes { out += $0 }
    case .texts(let texts, _):
      for text in texts {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.count).littleEndian) { out += $0 }
        out += text
      }
    }
    return out.count - start
  }
}
