import ApusCore

/// A dataset: its element type, shape, where its bytes lie and what they went through.
struct HDF5Dataset {
  enum Layout {
    /// In one piece; nil where nothing was written yet.
    case whole(Range<Int>?)
    /// In pieces of a shape. The address of the tree that finds them, or of the only one with its size.
    case chunks(tree: UInt64, shape: [Int])
    case single(UInt64, size: UInt64?, mask: UInt32, shape: [Int])
  }

  let file: HDF5Bytes
  let place: String
  let type: HDF5Type
  /// nil for a space of nothing.
  let shape: [Int]?
  let layout: Layout
  let filters: [HDF5Filter]
  /// The element that stands for those that were not written; zeros where the file gives none.
  let fill: Range<Int>?

  init(_ header: HDF5ObjectHeader, _ place: String, in file: HDF5Bytes) throws(TensorError) {
    let failure = { (message: String) in file.failure("'\(place)': \(message)") }
    self.file = file
    self.place = place
    guard let space = header.first(1), let typeMessage = header.first(3), let layoutMessage = header.first(8) else {
      throw failure("this is no dataset")
    }
    guard header.first(7) == nil else {
      throw failure("its bytes lie in another file (external storage), which is not opened")
    }
    guard !space.isShared, !layoutMessage.isShared else { throw failure("it shares its shape, which is not read") }
    var typeBody = typeMessage.body
    if typeMessage.isShared {
      guard let shared = try HDF5ObjectHeader.shared(typeBody, in: file).first(3), !shared.isShared else {
        throw failure("its element type is not where it should be")
      }
      typeBody = shared.body
    }
    type = try HDF5Type(&typeBody)
    shape = try HDF5Space.shape(space.body)
    layout = try Self.layout(layoutMessage.body, type, shape?.count ?? 0, failure)
    filters = try header.first(0x0b).map { (message) throws(TensorError) in try HDF5Filter.list(message.body) } ?? []
    let type = type
    fill = try header.first(5).flatMap { (message) throws(TensorError) in try Self.fill(message.body, type) }
  }

  private static func fill(_ body: HDF5Cursor, _ type: HDF5Type) throws(TensorError) -> Range<Int>? {
    var body = body
    let version = try body.byte()
    if version == 3 {
      guard try body.byte() & 0x20 != 0 else { return nil }
    } else {
      try body.skip(2)
      let isDefined = try body.byte()
      guard version == 1 || isDefined != 0 else { return nil }
    }
    guard Int(try body.number(4)) == type.size, case .number(_, _) = type.kind else { return nil }
    return try body.take(type.size)
  }

  private static func layout(
    _ body: HDF5Cursor, _ type: HDF5Type, _ rank: Int, _ failure: (String) -> TensorError
  ) throws(TensorError) -> Layout {
    var body = body
    let version = try body.byte()
    guard version == 3 || version == 4 else { throw failure("its layout is of version \(version); 3 and 4 are read") }
    switch try body.byte() {
    case 0:
      let size = try body.short()
      return .whole(try body.take(size))
    case 1:
      let (address, size) = (try body.address(), try body.address())
      guard address != HDF5Bytes.undefined else { return .whole(nil) }
      return .whole(try body.file.range(address, size, "its elements"))
    case 2:
      guard version == 4 else {
        guard try body.byte() == rank + 1 else { throw failure("its chunks have another rank than it has") }
        let tree = try body.address()
        return .chunks(tree: tree, shape: try chunkShape(&body, rank, width: 4, type, failure))
      }
      let flags = try body.byte()
      guard try body.byte() == rank + 1 else { throw failure("its chunks have another rank than it has") }
      let width = try body.byte()
      let shape = try chunkShape(&body, rank, width: width, type, failure)
      let index = try body.byte()
      guard index == 1 else {
        throw failure("its chunks are found by an index of kind \(index) of HDF5 1.10, which is not read")
      }
      var size: UInt64?
      var mask = 0
      if flags & 2 != 0 {
        size = try body.address()
        mask = try body.word()
      }
      return .single(try body.address(), size: size, mask: UInt32(mask), shape: shape)
    case 3:
      throw failure("its elements are those of other datasets (a virtual dataset), which are not opened")
    case let kind: throw failure("its layout is of kind \(kind); the file is damaged")
    }
  }

  private static func chunkShape(
    _ body: inout HDF5Cursor, _ rank: Int, width: Int, _ type: HDF5Type, _ failure: (String) -> TensorError
  ) throws(TensorError) -> [Int] {
    var shape: [Int] = []
    var total = type.size
    for _ in 0..<rank {
      guard let size = Int(exactly: try body.number(width)), size > 0 else { throw failure("a chunk has no size") }
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow, product < 1 << 32 else { throw failure("a chunk has more than 4 GiB") }
      total = product
      shape.append(size)
    }
    guard try body.number(width) == UInt64(type.size) else {
      throw failure("the elements of its chunks have another size than its own")
    }
    return shape
  }

  /// Its elements.
  func value() throws(TensorError) -> HDF5Value {
    guard let shape else { return .empty }
    let count = try HDF5Elements.byteCount(shape, type, place, file)
    let elements = HDF5Elements(type: type, shape: shape, what: place, file: file)
    switch layout {
    case .whole(let range?):
      guard range.count >= count else {
        throw file.failure(
          "'\(place)': the shape \(shape) needs \(count) bytes, and the file has \(range.count) for it")
      }
      return try elements.value(file.slice(range.lowerBound..<range.lowerBound + count))
    case .whole(nil):
      return try elements.value(of: try filled(count, stored: 0))
    case .single, .chunks:
      return try elements.value(of: try assembled(shape, count))
    }
  }

  /// `count` bytes of the fill value, where a file that stores `stored` bytes may ask for as many.
  func filled(_ count: Int, stored: Int) throws(TensorError) -> [UInt8] {
    guard count <= max(1 << 20, file.count) + stored else {
      throw file.failure(
        "'\(place)': the shape \(shape ?? []) needs \(count) bytes, and the file stores \(stored) for it")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard let fill, !file.slice(fill).allSatisfy({ $0 == 0 }) else { return bytes }
    let element = Array(file.slice(fill))
    for start in stride(from: 0, to: count - element.count + 1, by: element.count) {
      bytes.replaceSubrange(start..<start + element.count, with: element)
    }
    return bytes
  }
}

extension HDF5Elements {
  func value(of bytes: [UInt8]) throws(TensorError) -> HDF5Value {
    try bytes.withBytes { (bytes) throws(TensorError) in try value(bytes) }
  }
}
