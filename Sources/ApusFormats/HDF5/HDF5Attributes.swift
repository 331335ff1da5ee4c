import ApusCore

/// An attribute as it stands in the file.
struct HDF5Attribute {
  let name: String
  let type: HDF5Type
  /// nil for a space of nothing.
  let shape: [Int]?
  /// The elements' bytes.
  let data: HDF5Cursor
}

extension HDF5File {
  /// The attributes of the object whose header this is.
  func attributes(of header: HDF5ObjectHeader) throws(TensorError) -> [HDF5Attribute] {
    var found: [HDF5Attribute] = []
    for message in header.messages {
      if message.kind == 0x0c {
        guard !message.isShared else { throw message.body.failure("an attribute that objects share is not read") }
        found.append(try attribute(message.body))
      } else if message.kind == 0x15 {
        // Many attributes lie in a heap of their own.
        var body = message.body
        try body.skip(1)
        if try body.byte() & 1 != 0 { try body.skip(2) }
        let heap = try body.address()
        guard heap != HDF5Bytes.undefined else { continue }
        for object in try HDF5FractalHeap(heap, in: bytes).objects(of: try body.address(), kind: 8) {
          found.append(try attribute(object))
        }
      }
    }
    return found
  }

  private func attribute(_ message: HDF5Cursor) throws(TensorError) -> HDF5Attribute {
    var body = message
    let version = try body.byte()
    guard (1...3).contains(version) else { throw body.failure("an attribute of version \(version)") }
    let flags = try body.byte()
    let (nameSize, typeSize, spaceSize) = (try body.short(), try body.short(), try body.short())
    if version == 3 { try body.skip(1) }
    // The first version fills up each part to a multiple of eight bytes.
    func padded(_ size: Int) -> Int { version == 1 ? (size + 7) / 8 * 8 : size }
    let name = try body.text(padded(nameSize))
    var typeBody = try body.part(padded(typeSize))
    if version > 1, flags & 1 != 0 {
      guard let shared = try HDF5ObjectHeader.shared(typeBody, in: bytes).first(3) else {
        throw typeBody.failure("the element type of attribute '\(name)' is not where it should be")
      }
      typeBody = shared.body
    }
    let type = try HDF5Type(&typeBody)
    let spaceBody = try body.part(padded(spaceSize))
    guard version == 1 || flags & 2 == 0 else {
      throw spaceBody.failure("the shape of attribute '\(name)' is one that objects share, which is not read")
    }
    return HDF5Attribute(name: name, type: type, shape: try HDF5Space.shape(spaceBody), data: body)
  }

  func value(of attribute: HDF5Attribute, _ what: String) throws(TensorError) -> HDF5Value {
    guard let shape = attribute.shape else { return .empty }
    var data = attribute.data
    let count = try elementBytes(shape, attribute.type, what)
    let range = try data.take(count)
    return try HDF5Elements(type: attribute.type, shape: shape, what: what, file: bytes).value(bytes.slice(range))
  }

  private func elementBytes(_ shape: [Int], _ type: HDF5Type, _ what: String) throws(TensorError) -> Int {
    try HDF5Elements.byteCount(shape, type, what, bytes)
  }
}
