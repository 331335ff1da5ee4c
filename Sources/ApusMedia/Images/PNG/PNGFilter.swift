/// The filters of PNG rows: each byte is stored as its difference from what its neighbours foretell.
enum PNGFilter {
  /// Undoes the filters of `rows` rows, each a byte that names the filter and `rowBytes` bytes, in place.
  /// - Returns: the first row whose filter does not exist, or nil.
  static func undo(_ data: UnsafeMutableRawBufferPointer, rows: Int, rowBytes: Int, pixelBytes: Int) -> Int? {
    guard let base = data.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let none = UnsafeMutablePointer<UInt8>.allocate(capacity: rowBytes)
    none.initialize(repeating: 0, count: rowBytes)
    defer { none.deallocate() }
    var above = UnsafePointer(none)
    for row in 0..<rows {
      let line = base + row * (1 + rowBytes) + 1
      let first = Swift.min(pixelBytes, rowBytes)
      switch line[-1] {
      case 0: break
      case 1: sub(line, rowBytes, pixelBytes)
      case 2: for i in 0..<rowBytes { line[i] &+= above[i] }
      case 3:
        for i in 0..<first { line[i] &+= above[i] >> 1 }
        for i in first..<rowBytes {
          line[i] &+= UInt8(truncatingIfNeeded: (UInt16(line[i - pixelBytes]) &+ UInt16(above[i])) >> 1)
        }
      case 4: paeth(line, above, rowBytes, pixelBytes)
      default: return row
      }
      above = UnsafePointer(line)
    }
    return nil
  }

  private static func sub(_ line: UnsafeMutablePointer<UInt8>, _ count: Int, _ pixelBytes: Int) {
    guard count > pixelBytes else { return }
    for i in pixelBytes..<count { line[i] &+= line[i - pixelBytes] }
  }

  private static func paeth(
    _ line: UnsafeMutablePointer<UInt8>, _ above: UnsafePointer<UInt8>, _ count: Int, _ pixelBytes: Int
  ) {
    for i in 0..<Swift.min(pixelBytes, count) { line[i] &+= above[i] }
    // Each channel on its own keeps the left and upper left bytes in registers.
    for channel in 0..<Swift.min(pixelBytes, count) {
      var left = Int32(line[channel])
      var corner = Int32(above[channel])
      var i = channel + pixelBytes
      while i < count {
        let up = Int32(above[i])
        left = Int32(UInt8(truncatingIfNeeded: Int32(line[i]) &+ predict(left, up, corner)))
        line[i] = UInt8(truncatingIfNeeded: left)
        corner = up
        i &+= pixelBytes
      }
    }
  }

  /// Of left, up and corner the one that is closest to left + up - corner.
  @inline(__always)
  static func predict(_ left: Int32, _ up: Int32, _ corner: Int32) -> Int32 {
    let toLeft = abs(up &- corner)
    let toUp = abs(left &- corner)
    let toCorner = abs(left &+ up &- 2 &* corner)
    let first = toUp < toLeft ? up : left
    return toCorner < Swift.min(toLeft, toUp) ? corner : first
  }
}
