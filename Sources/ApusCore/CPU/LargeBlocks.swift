#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// What the allocator makes large blocks of: memory from the system in one piece, cut to size and joined again.

/// Sizes of large blocks: eight for each power of two.
enum LargeSize {
  static let limit = 1 << 46
  static let count = (46 - 16) * 8
  /// The smallest of them.
  static let least = bytes(at: 0)

  @inline(__always)
  static func index(of bytes: Int) -> Int {
    let last = bytes - 1
    let power = Int.bitWidth - 1 - last.leadingZeroBitCount
    return (power - 16) * 8 + (last >> (power - 3)) & 7
  }

  @inline(__always)
  static func bytes(at index: Int) -> Int {
    let power = 16 + index >> 3
    return (1 << power) + ((index & 7) + 1) << (power - 3)
  }
}

/// Memory that has been touched and that nobody uses, in pieces as large as there are: neighbours are joined, and a block is cut from
/// the smallest piece that surely has room. Every operation takes a time that does not grow with the number of pieces.
struct FreeRanges: ~Copyable {
  private struct Piece {
    var size: Int
    /// Where in its list it stands.
    var position: Int
  }

  /// The pieces by where they begin.
  private var pieces: [UInt: Piece] = [:]
  /// Where the pieces begin by where they end.
  private var beginnings: [UInt: UInt] = [:]
  /// The beginnings of the pieces that have room for a block of this size, and none for one of the next.
  private var lists: [[UInt]] = Array(repeating: [], count: LargeSize.count)
  /// Which lists have pieces, a bit each.
  private var filled: [UInt64] = Array(repeating: 0, count: (LargeSize.count + 63) / 64)

  /// The list of pieces of `size` bytes; nil below the smallest block.
  private static func list(_ size: Int) -> Int? {
    guard size >= LargeSize.least else { return nil }
    let index = LargeSize.index(of: size)
    return LargeSize.bytes(at: index) == size ? index : index - 1
  }

  /// Takes back a piece.
  mutating func insert(_ start: UInt, _ size: Int) {
    var (start, size) = (start, size)
    if let before = beginnings[start], let piece = pieces[before] {
      remove(before, piece)
      (start, size) = (before, size + piece.size)
    }
    if let after = pieces[start + UInt(size)] {
      remove(start + UInt(size), after)
      size += after.size
    }
    var position = -1
    if let list = Self.list(size) {
      position = lists[list].count
      lists[list].append(start)
      filled[list >> 6] |= 1 << (list & 63)
    }
    pieces[start] = Piece(size: size, position: position)
    beginnings[start + UInt(size)] = start
  }

  private mutating func remove(_ start: UInt, _ piece: Piece) {
    pieces[start] = nil
    beginnings[start + UInt(piece.size)] = nil
    guard let list = Self.list(piece.size), let last = lists[list].popLast() else { return }
    if last != start {
      lists[list][piece.position] = last
      pieces[last]?.position = piece.position
    }
    if lists[list].isEmpty { filled[list >> 6] &= ~(1 << (list & 63)) }
  }

  /// The first list from `index` on that has pieces.
  private func filledList(from index: Int) -> Int? {
    var word = index >> 6
    var bits = filled[word] & (~0 << (index & 63))
    while bits == 0 {
      word += 1
      guard word < filled.count else { return nil }
      bits = filled[word]
    }
    return word << 6 + bits.trailingZeroBitCount
  }

  /// Whether there is room for a block of the size `index`.
  func hasRoom(for index: Int) -> Bool { filledList(from: index) != nil }

  /// A block of the size `index`.
  mutating func take(_ index: Int) -> UInt? {
    guard let list = filledList(from: index), let start = lists[list].last, let piece = pieces[start] else {
      return nil
    }
    remove(start, piece)
    let size = LargeSize.bytes(at: index)
    if piece.size > size { insert(start + UInt(size), piece.size - size) }
    return start
  }

  /// Whole huge pages of one of the largest pieces, at most as many as `wanted` bytes need; nil where no piece has one.
  mutating func takePages(_ wanted: Int) -> (start: UInt, size: Int)? {
    let page = SystemMemory.hugePage
    for list in lists.indices.reversed().prefix(while: { LargeSize.bytes(at: $0 + 1) > page })
    where !lists[list].isEmpty {
      for start in lists[list].reversed() {
        guard let piece = pieces[start] else { continue }
        let first = SystemMemory.raised(Int(bitPattern: start))
        let end = Int(bitPattern: start) + piece.size
        let size = min(SystemMemory.raised(wanted), (end - first) / page * page)
        guard size > 0 else { continue }
        remove(start, piece)
        let address = UInt(bitPattern: first)
        if address > start { insert(start, Int(address - start)) }
        if first + size < end { insert(address + UInt(size), end - first - size) }
        return (address, size)
      }
    }
    return nil
  }
}

/// Memory from the system, in whole huge pages.
enum SystemMemory {
  static let hugePage = 2 << 20

  /// The next number of bytes, or address, that is a multiple of a huge page.
  static func raised(_ bytes: Int) -> Int { (bytes + hugePage - 1) / hugePage * hugePage }

  /// - Parameters:
  ///   - bytes: a multiple of ``hugePage``.
  ///   - isHuge: whether it is to lie in huge pages, which are touched whole.
  static func allocate(_ bytes: Int, isHuge: Bool) -> UInt? {
    // One huge page more than asked for, so that an aligned end lies within; the rest is given back at once. The system goes downward:
    // with aligned ends new memory lies directly before what came earlier, and the two are one piece.
    let total = bytes + hugePage
    let protection = PROT_READ | PROT_WRITE
    guard let mapped = mmap(nil, total, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mapped != MAP_FAILED else {
      return nil
    }
    let tail = (Int(bitPattern: mapped) + total) % hugePage
    let head = hugePage - tail
    if head > 0 { munmap(mapped, head) }
    let block = mapped + head
    if tail > 0 { munmap(block + bytes, tail) }
    // Where the system has no huge pages the call fails and ordinary ones serve.
    if isHuge { madvise(block, bytes, Int32(MADV_HUGEPAGE)) }
    return UInt(bitPattern: block)
  }

  static func deallocate(_ start: UInt, _ bytes: Int) {
    if let block = UnsafeMutableRawPointer(bitPattern: start) { munmap(block, bytes) }
  }
}
