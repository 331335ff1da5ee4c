import ApusCore

/// Where the newer form of HDF5 keeps many links or attributes of an object: blocks of doubling size, in which the objects are found by
/// identifiers that a tree of version 2 holds.
struct HDF5FractalHeap {
  private let file: HDF5Bytes
  private let width: Int
  private let startSize: UInt64
  private let largestDirect: UInt64
  private let offsetSize: Int
  private let lengthSize: Int
  private let root: UInt64
  /// Rows of the block of blocks that is the root; 0 where the root is one of objects.
  private let rootRows: Int

  init(_ address: UInt64, in file: HDF5Bytes) throws(TensorError) {
    self.file = file
    var head = try file.cursor(address, 142, "the heap of links")
    try head.expect("FRHP")
    guard try head.byte() == 0 else { throw head.failure("the heap is of an unknown version") }
    try head.skip(2)
    guard try head.short() == 0 else { throw head.failure("a heap of links that went through filters is not read") }
    try head.skip(1)
    let largestObject = try head.number(4)
    try head.skip(96)
    width = try head.short()
    startSize = try head.address()
    largestDirect = try head.address()
    let bits = try head.short()
    try head.skip(2)
    root = try head.address()
    rootRows = try head.short()
    offsetSize = (bits + 7) / 8
    lengthSize = Self.bytes(min(largestDirect, largestObject))
    guard (1...64).contains(bits), width > 0, startSize > 0, largestDirect >= startSize, largestDirect <= 1 << 32,
      rootRows <= 64
    else { throw head.failure("the sizes of the heap's blocks make no sense; the file is damaged") }
  }

  /// Bytes that a number up to `value` takes.
  private static func bytes(_ value: UInt64) -> Int { (64 - value.leadingZeroBitCount + 7) / 8 }

  /// The objects that the tree at `address` lists, by records of `kind` (5: links by name, 8: attributes by name).
  func objects(of address: UInt64, kind: Int) throws(TensorError) -> [HDF5Cursor] {
    var objects: [HDF5Cursor] = []
    for record in try records(of: address, kind: kind) {
      var record = record
      if kind == 5 { try record.skip(4) }
      let form = try record.byte()
      guard form & 0x30 == 0 else { throw record.failure("a huge or tiny object of the heap is not read") }
      let offset = try record.number(offsetSize)
      objects.append(try object(at: offset, length: try record.number(lengthSize)))
    }
    return objects
  }

  private func object(at offset: UInt64, length: UInt64) throws(TensorError) -> HDF5Cursor {
    guard rootRows > 0 else { return try self.file.cursor(root &+ offset, length, "an object of the heap") }
    var (block, within, rows) = (root, offset, rootRows)
    for _ in 0..<64 {
      guard let (row, column, start, size) = place(of: within), row < rows else { break }
      let directRows = self.directRows
      let entries = min(row, directRows) * width + max(0, row - directRows) * width + column
      let entry = block &+ UInt64(13 + offsetSize + entries * 8)
      var head = try file.cursor(block, 4, "a block of the heap")
      try head.expect("FHIB")
      var pointer = try file.cursor(entry, 8, "a block of the heap")
      block = try pointer.address()
      within -= start
      guard row >= directRows else { return try self.file.cursor(block &+ within, length, "an object of the heap") }
      rows = size.trailingZeroBitCount - (startSize * UInt64(width)).trailingZeroBitCount + 1
    }
    throw file.failure("an object at \(offset) of the heap of links is outside of it; the file is damaged")
  }

  /// Rows of a block of blocks that lead to blocks of objects.
  private var directRows: Int { largestDirect.trailingZeroBitCount - startSize.trailingZeroBitCount + 2 }

  /// The row and column of the block that holds byte `offset`, where it begins and its size.
  private func place(of offset: UInt64) -> (row: Int, column: Int, start: UInt64, size: UInt64)? {
    var (start, size) = (UInt64(0), startSize)
    for row in 0..<64 {
      if row > 1 {
        guard size < 1 << 55 else { return nil }
        size *= 2
      }
      let (rowSize, overflow) = size.multipliedReportingOverflow(by: UInt64(width))
      guard !overflow, start < 1 << 60, rowSize < 1 << 60 else { return nil }
      if offset < start + rowSize {
        let column = (offset - start) / size
        return (row, Int(column), start + column * size, size)
      }
      start += rowSize
    }
    return nil
  }

  /// The records of a tree of version 2, in any order.
  private func records(of address: UInt64, kind: Int) throws(TensorError) -> [HDF5Cursor] {
    var head = try file.cursor(address, 34, "a tree of version 2")
    try head.expect("BTHD")
    guard try head.byte() == 0, try head.byte() == kind else { throw head.failure("the tree is not of kind \(kind)") }
    let nodeSize = Int(try head.number(4))
    let recordSize = try head.short()
    let depth = try head.short()
    try head.skip(2)
    let root = try head.address()
    let rootCount = try head.short()
    guard recordSize > 0, nodeSize > 16 + recordSize, depth < 16 else { throw head.failure("its nodes make no sense") }
    // The widths of counts follow from how many records fit.
    var most = [UInt64((nodeSize - 10) / recordSize)]
    var total = [most[0]]
    let countSize = Self.bytes(most[0])
    for level in 0..<depth {
      let pointer = 8 + countSize + (level > 0 ? Self.bytes(total[level]) : 0)
      most.append(UInt64(max(0, nodeSize - 10 - pointer) / (recordSize + pointer)))
      let (all, overflow) = (most[level + 1] + 1).multipliedReportingOverflow(by: total[level])
      guard !overflow, all < 1 << 60 else { throw head.failure("its nodes make no sense") }
      total.append(all + most[level + 1])
    }
    var records: [HDF5Cursor] = []
    var waiting: [(address: UInt64, count: Int, level: Int)] =
      root == HDF5Bytes.undefined ? [] : [(root, rootCount, depth)]
    while let (address, count, level) = waiting.popLast() {
      var node = try file.cursor(address, UInt64(nodeSize), "a node of a tree")
      try node.expect(level == 0 ? "BTLF" : "BTIN")
      try node.skip(2)
      for _ in 0..<count { records.append(try node.part(recordSize)) }
      guard records.count <= file.count / recordSize else { throw node.failure("nodes of a tree go in a circle") }
      guard level > 0 else { continue }
      for _ in 0...count {
        let child = try node.address()
        let inner = Int(try node.number(countSize))
        if level > 1 { try node.skip(Self.bytes(total[level - 1])) }
        waiting.append((child, inner, level - 1))
        guard waiting.count <= file.count / 16 else { throw node.failure("nodes of a tree go in a circle") }
      }
    }
    return records
  }
}
