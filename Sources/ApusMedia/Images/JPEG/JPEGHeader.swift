import ApusCore

/// What stands before the first scan of a JPEG file (ITU-T T.81): size, components, and how the picture is to be turned.
struct JPEGHeader {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var components = 0
  private(set) var orientation = Orientation.upright
  /// Pixels of the smallest coded unit.
  private var unitWidth = 8
  private var unitHeight = 8
  private var isArithmetic = false

  static func begins(_ source: ImageSource) -> Bool { source.starts(with: [0xff, 0xd8, 0xff]) }

  init(_ source: ImageSource) throws(TensorError) {
    var position = 2
    while true {
      // Some programs leave bytes between the markers, which libjpeg passes over, too.
      while try source.byte(position, "the markers of the JPEG file") != 0xff { position += 1 }
      // Any number of ff may stand before the marker's byte.
      var marker = 0xff
      while marker == 0xff {
        position += 1
        marker = try source.byte(position, "the markers of the JPEG file")
      }
      position += 1
      switch marker {
      case 0x01, 0xd0...0xd7: continue
      case 0xd9: throw source.failure("the JPEG file ends at byte \(position) without a picture")
      default: break
      }
      let length = try source.slice(position, 2, "a JPEG marker").big16(0)
      let data = try source.slice(position, Swift.max(length, 2), "a JPEG marker")
      switch marker {
      case 0xc0...0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf: try readFrame(data, marker, source)
      case 0xe1 where data.count > 8 && data[2..<8].elementsEqual([0x45, 0x78, 0x69, 0x66, 0, 0]):
        orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: data[8...]))
      case 0xda:
        guard components > 0 else { throw source.failure("a scan at byte \(position) comes before the JPEG frame") }
        try checkRoom(source, from: position)
        return
      default: break
      }
      position += data.count
    }
  }

  private mutating func readFrame(
    _ data: UnsafeRawBufferPointer, _ marker: Int, _ source: ImageSource
  ) throws(TensorError) {
    guard components == 0 else { throw source.failure("the JPEG file has two frame headers") }
    guard data.count >= 8, data.count >= 8 + 3 * Int(data[7]) else {
      throw source.failure("the JPEG frame header is cut short")
    }
    guard data[2] == 8 else {
      throw source.unsupported("the JPEG samples have \(data[2]) bits; those of 8 bits are read")
    }
    (height, width, components) = (data.big16(3), data.big16(5), Int(data[7]))
    guard height > 0 else {
      throw source.unsupported("the JPEG file tells its height after the picture (DNL); this is not read")
    }
    try source.checkSize(width, height)
    guard [1, 3, 4].contains(components) else {
      throw source.unsupported("the JPEG picture has \(components) components; 1, 3 or 4 are read")
    }
    isArithmetic = marker >= 0xc9
    for i in 0..<components {
      let factors = Int(data[8 + 3 * i + 1])
      unitWidth = Swift.max(unitWidth, components == 1 ? 8 : 8 * (factors >> 4))
      unitHeight = Swift.max(unitHeight, components == 1 ? 8 : 8 * (factors & 15))
    }
  }

  /// Each coded unit takes at least one bit with Huffman codes, so that a large picture cannot be in a small file.
  private func checkRoom(_ source: ImageSource, from position: Int) throws(TensorError) {
    let units = ((width + unitWidth - 1) / unitWidth) * ((height + unitHeight - 1) / unitHeight)
    guard isArithmetic || units / 8 <= source.count - position else {
      throw source.failure(
        "the JPEG header tells \(width) x \(height) pixels, more than the \(source.count - position) bytes of the picture "
          + "can hold; the file is damaged or cut short")
    }
  }
}
