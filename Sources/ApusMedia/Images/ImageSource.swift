import ApusCore

/// The bytes of a picture's file and what errors call it, with loads that stay inside.
struct ImageSource {
  let bytes: UnsafeRawBufferPointer
  let name: String
  let maximumPixels: Int

  var count: Int { bytes.count }

  func failure(_ message: String) -> TensorError { TensorError(.format, name, message) }

  func unsupported(_ message: String) -> TensorError { TensorError(.unsupported, name, message) }

  /// The bytes of `range`, which are part of `what`.
  func slice(_ start: Int, _ length: Int, _ what: @autoclosure () -> String) throws(TensorError)
    -> UnsafeRawBufferPointer
  {
    guard start >= 0, length >= 0, start <= count, length <= count - start else {
      throw failure("the file ends within \(what()), which has \(length) bytes from byte \(start) on; it is cut short")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
  }

  func byte(_ at: Int, _ what: @autoclosure () -> String) throws(TensorError) -> Int {
    guard at >= 0, at < count else { throw failure("the file ends within \(what()), at byte \(at); it is cut short") }
    return Int(bytes[at])
  }

  func starts(with signature: [UInt8], at position: Int = 0) -> Bool {
    position >= 0 && position <= count && bytes[position...].starts(with: signature)
  }

  /// Checks the size that a header tells, before anything is allocated for it.
  ///
  /// No format packs more than about ten thousand pixels into a byte, but for pictures of one colour: a large picture in a
  /// small file is a hostile or damaged one.
  func checkSize(_ width: Int, _ height: Int, frames: Int = 1) throws(TensorError) {
    guard width > 0, height > 0 else {
      throw failure("the header tells a size of \(width) x \(height) pixels; both must be at least 1")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= maximumPixels else {
      throw failure(
        "the header tells a size of \(width) x \(height) pixels, more than the \(maximumPixels) that are read; give "
          + "maximumPixels where the file is to be trusted")
    }
    let (all, overflowOfAll) = pixels.multipliedReportingOverflow(by: frames)
    guard !overflowOfAll, all <= 1 << 24 || all >> 14 <= count else {
      let times = frames == 1 ? "" : ", \(frames) times"
      throw failure(
        "the header tells a size of \(width) x \(height) pixels\(times), more than the \(count) bytes of the file can "
          + "hold; it is damaged or cut short")
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Little-endian and big-endian numbers at `position`; whoever asks has checked that they lie inside.
  func little16(_ position: Int) -> Int {
    Int(UInt16(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt16.self)))
  }
  func little24(_ position: Int) -> Int { little16(position) | Int(self[position + 2]) << 16 }
  func little32(_ position: Int) -> Int {
    Int(UInt32(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt32.self)))
  }
  func big16(_ position: Int) -> Int {
    Int(UInt16(bigEndian: loadUnaligned(fromByteOffset: position, as: UInt16.self)))
  }
  func big32(_ position: Int) -> Int {
    Int(UInt32(bigEndian: loadUnaligned(fromByteOffset: position, as: UInt32.self)))
  }
}
