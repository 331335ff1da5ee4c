import ApusCore

/// The names in a group and where each leads.
enum HDF5Group {
  enum Link: Sendable {
    /// The object's header.
    case object(UInt64)
    /// Another path in the file; another file.
    case soft, external
    case other(Int)
  }

  /// The links of the group whose header this is; nil where it is no group.
  static func links(of header: HDF5ObjectHeader, in file: HDF5Bytes) throws(TensorError) -> [(
    name: String, link: Link
  )]? {
    var links: [(name: String, link: Link)] = []
    var isGroup = false
    for message in header.messages {
      switch message.kind {
      case 0x11:
        isGroup = true
        var body = message.body
        let (tree, heap) = (try body.address(), try body.address())
        try readTree(tree, try LocalHeap(heap, in: file), in: file, &links)
      case 0x06:
        isGroup = true
        links.append(try link(message.body))
      case 0x02:
        isGroup = true
        var body = message.body
        try body.skip(1)
        if try body.byte() & 1 != 0 { try body.skip(8) }
        let heap = try body.address()
        guard heap == HDF5Bytes.undefined else {
          for object in try HDF5FractalHeap(heap, in: file).objects(of: try body.address(), kind: 5) {
            links.append(try link(object))
          }
          continue
        }
      case 0x0a: isGroup = true
      default: break
      }
    }
    return isGroup ? links : nil
  }

  /// The names of a group in the older form: a tree of nodes that give places in a heap of texts.
  private struct LocalHeap {
    let data: HDF5Cursor

    init(_ address: UInt64, in file: HDF5Bytes) throws(TensorError) {
      var head = try file.cursor(address, 32, "the heap of names")
      try head.expect("HEAP")
      try head.skip(4)
      let size = try head.address()
      try head.skip(8)
      data = try file.cursor(try head.address(), size, "the heap of names")
    }

    func name(at offset: UInt64) throws(TensorError) -> String {
      guard offset < UInt64(data.remaining) else { throw data.failure("a name at \(offset) of it is outside") }
      var text = data
      try text.skip(Int(offset))
      return try text.terminatedText(multiple: 1)
    }
  }

  private static func readTree(
    _ address: UInt64, _ heap: LocalHeap, in file: HDF5Bytes, _ links: inout [(name: String, link: Link)]
  ) throws(TensorError) {
    for leaf in try HDF5Tree.children(address, kind: 0, keySize: 8, in: file) {
      var node = try file.cursor(leaf.child, 8, "a node of names")
      try node.expect("SNOD")
      try node.skip(2)
      let count = try node.short()
      var entries = try file.cursor(leaf.child + 8, UInt64(count) * 40, "a node of names")
      for _ in 0..<count {
        let name = try heap.name(at: try entries.address())
        let object = try entries.address()
        let cached = try entries.word()
        try entries.skip(20)
        links.append((name, cached == 2 ? .soft : .object(object)))
        guard links.count <= file.count / 40 else {
          throw entries.failure("nodes of names lead to one another in a circle")
        }
      }
    }
  }

  /// A link of the newer form.
  private static func link(_ body: HDF5Cursor) throws(TensorError) -> (name: String, link: Link) {
    var body = body
    guard try body.byte() == 1 else { throw body.failure("a link is of an unknown version") }
    let flags = try body.byte()
    let kind = flags & 8 != 0 ? try body.byte() : 0
    if flags & 4 != 0 { try body.skip(8) }
    if flags & 0x10 != 0 { try body.skip(1) }
    let length = try body.number(1 << (flags & 3))
    guard length <= UInt64(body.remaining) else { throw body.failure("a name has \(length) bytes") }
    let name = try body.text(Int(length))
    switch kind {
    case 0: return (name, .object(try body.address()))
    case 1: return (name, .soft)
    case 64: return (name, .external)
    default: return (name, .other(kind))
    }
  }
}

/// The older trees of HDF5 (version 1), which hold names of a group or chunks of a dataset.
enum HDF5Tree {
  struct Leaf {
    let key: HDF5Cursor
    let child: UInt64
  }

  /// What the lowest nodes hold. No node is visited twice.
  static func children(
    _ root: UInt64, kind: Int, keySize: Int, in file: HDF5Bytes
  ) throws(TensorError) -> [Leaf] {
    var leaves: [Leaf] = []
    var waiting: [(address: UInt64, level: Int?)] = [(root, nil)]
    var seen: Set<UInt64> = []
    while let (address, expected) = waiting.popLast() {
      var node = try file.cursor(address, 24, "a node of a tree")
      try node.expect("TREE")
      guard seen.insert(address).inserted else { throw node.failure("nodes of a tree lead to one another in a circle") }
      let (found, level, count) = (try node.byte(), try node.byte(), try node.short())
      guard found == kind, expected == nil || expected == level else {
        throw node.failure("a node of kind \(found) and level \(level) stands in a tree where another is needed")
      }
      let size = UInt64(count) * UInt64(keySize + 8)
      var entries = try file.cursor(address + 24, size, "a node of a tree")
      var inner: [(address: UInt64, level: Int?)] = []
      for _ in 0..<count {
        let key = try entries.part(keySize)
        guard leaves.count <= file.count / (keySize + 8) else {
          throw entries.failure("the nodes of a tree lie over one another")
        }
        let child = try entries.address()
        if level == 0 { leaves.append(Leaf(key: key, child: child)) } else { inner.append((child, level - 1)) }
      }
      waiting.append(contentsOf: inner.reversed())
    }
    return leaves
  }
}
