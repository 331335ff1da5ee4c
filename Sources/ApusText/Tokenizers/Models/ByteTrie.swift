/// Texts by their bytes, to find which of them another text begins with: nodes whose children lie in one hash table.
final class ByteTrie: @unchecked Sendable {
  private let root: UnsafeMutablePointer<Int32>
  private let slots: UnsafeMutablePointer<UInt64>
  private let children: UnsafeMutablePointer<Int32>
  private let values: UnsafeMutablePointer<Int32>
  private let mask: Int

  /// Of equal texts the last counts.
  init(_ tokens: some Collection<(bytes: ArraySlice<UInt8>, id: UInt32)>) {
    var edges = Edges()
    var first = [Int32](repeating: -1, count: 256)
    var numbers: [Int32] = [-1]
    for token in tokens {
      var node: Int32 = 0
      for (i, byte) in token.bytes.enumerated() {
        if i == 0 {
          if first[Int(byte)] < 0 {
            first[Int(byte)] = Int32(numbers.count)
            numbers.append(-1)
          }
          node = first[Int(byte)]
        } else {
          node = edges.child(of: node, byte, orNew: Int32(numbers.count))
          if Int(node) == numbers.count { numbers.append(-1) }
        }
      }
      numbers[Int(node)] = Int32(bitPattern: token.id)
    }
    func copy<T>(_ list: [T]) -> UnsafeMutablePointer<T> {
      let memory = UnsafeMutablePointer<T>.allocate(capacity: list.count)
      memory.initialize(from: list, count: list.count)
      return memory
    }
    (root, values) = (copy(first), copy(numbers))
    (slots, children, mask) = (copy(edges.keys), copy(edges.children), edges.keys.count - 1)
  }

  /// The way from node to node while the trie grows.
  private struct Edges {
    var keys = [UInt64](repeating: .max, count: 64)
    var children = [Int32](repeating: 0, count: 64)
    private var count = 0

    mutating func child(of node: Int32, _ byte: UInt8, orNew new: Int32) -> Int32 {
      let key = UInt64(node) << 8 | UInt64(byte)
      let slot = place(key)
      if keys[slot] == key { return children[slot] }
      (keys[slot], children[slot]) = (key, new)
      count += 1
      if count * 2 > keys.count { grow() }
      return new
    }

    private func place(_ key: UInt64) -> Int {
      var slot = ByteTrie.hash(key) & (keys.count - 1)
      while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
      return slot
    }

    private mutating func grow() {
      let old = (keys, children)
      keys = [UInt64](repeating: .max, count: 2 * old.0.count)
      children = [Int32](repeating: 0, count: 2 * old.0.count)
      for (i, key) in old.0.enumerated() where key != .max {
        let slot = place(key)
        (keys[slot], children[slot]) = (key, old.1[i])
      }
    }
  }

  deinit {
    root.deallocate()
    slots.deallocate()
    children.deallocate()
    values.deallocate()
  }

  @inline(__always)
  fileprivate static func hash(_ key: UInt64) -> Int {
    let product = key &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: product >> 28)
  }

  /// Whether any text begins with this byte.
  @inline(__always)
  func begins(_ byte: UInt8) -> Bool { root[Int(byte)] >= 0 }

  /// Gives `body` the number and the length of each text that `bytes` begin with, the shortest first.
  @inline(__always)
  func forEachPrefix(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ body: (Int, Int) -> Void) {
    guard count > 0 else { return }
    var node = root[Int(bytes[0])]
    if node < 0 { return }
    if values[Int(node)] >= 0 { body(Int(values[Int(node)]), 1) }
    var position = 1
    while position < count {
      let key = UInt64(node) << 8 | UInt64(bytes[position])
      var slot = Self.hash(key) & mask
      while slots[slot] != .max, slots[slot] != key { slot = (slot + 1) & mask }
      if slots[slot] == .max { return }
      node = children[slot]
      position += 1
      if values[Int(node)] >= 0 { body(Int(values[Int(node)]), position) }
    }
  }
}
