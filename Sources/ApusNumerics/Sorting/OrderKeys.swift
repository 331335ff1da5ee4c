import ApusCore

// Numbers as unsigned integers of the same order: what sorting and selecting works on.

/// An unsigned type that keys fit in, with the position of the element beside it.
protocol OrderedItem: Comparable, Sendable {
  associatedtype Key: FixedWidthInteger & UnsignedInteger & Sendable
  init(_ key: Key, _ position: Int)
  var key: Key { get }
  var position: Int { get }
}

/// A key of 32 bits and a position, in one word: comparing the word is comparing both.
struct NarrowItem: OrderedItem {
  var word: UInt64
  @inline(__always) init(_ key: UInt32, _ position: Int) {
    word = UInt64(key) << 32 | UInt64(truncatingIfNeeded: position)
  }
  @inline(__always) var key: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
  @inline(__always) var position: Int { Int(word & 0xffff_ffff) }
  @inline(__always) static func < (a: NarrowItem, b: NarrowItem) -> Bool { a.word < b.word }
}

/// A key of 64 bits and a position.
struct WideItem: OrderedItem {
  var key: UInt64
  var position: Int
  @inline(__always) init(_ key: UInt64, _ position: Int) {
    self.key = key
    self.position = position
  }
  @inline(__always) static func < (a: WideItem, b: WideItem) -> Bool {
    a.key != b.key ? a.key < b.key : a.position < b.position
  }
}

/// An element type that is sorted by an unsigned key. NaN is larger than every number, and -0 equals 0.
protocol OrderedElement: Equatable, Sendable {
  associatedtype Item: OrderedItem
  var orderKey: Item.Key { get }
  var isNumber: Bool { get }
}

extension OrderedElement where Self: FloatingPoint {
  @inline(__always) var isNumber: Bool { self == self }
  /// The key of a number of these bits.
  @inline(__always) fileprivate func key(_ bits: Item.Key) -> Item.Key {
    let sign = 1 << (Item.Key.bitWidth - 1) as Item.Key
    if self != self { return .max }
    return self == 0 ? sign : bits & sign != 0 ? ~bits : bits | sign
  }
}

extension OrderedElement where Self: FixedWidthInteger {
  @inline(__always) var isNumber: Bool { true }
}

extension Float: OrderedElement {
  typealias Item = NarrowItem
  @inline(__always) var orderKey: UInt32 { key(bitPattern) }
}

extension Double: OrderedElement {
  typealias Item = WideItem
  @inline(__always) var orderKey: UInt64 { key(bitPattern) }
}

extension Int64: OrderedElement {
  typealias Item = WideItem
  @inline(__always) var orderKey: UInt64 { UInt64(bitPattern: self) ^ 0x8000_0000_0000_0000 }
}

extension Int32: OrderedElement {
  typealias Item = NarrowItem
  @inline(__always) var orderKey: UInt32 { UInt32(bitPattern: self) ^ 0x8000_0000 }
}

/// Work on elements that are compared: written once, and compiled for each type that comparisons have.
protocol OrderTask {
  associatedtype Result
  func run<T: OrderedElement & PickElement>(_: T.Type) -> Result
}

extension DType {
  /// Runs `task` on the Swift type of an order type, see ``orderType(_:)``.
  @inline(__always)
  func order<Task: OrderTask>(_ task: Task) throws(TensorError) -> Task.Result {
    switch self {
    case .float32: return task.run(Float.self)
    case .float64: return task.run(Double.self)
    case .int64: return task.run(Int64.self)
    case .int32: return task.run(Int32.self)
    default: throw TensorError(.dtype, "order", "there are no kernels that compare \(self) elements")
    }
  }
}

/// Sorts items by key, those of equal keys by position. They come with ascending positions.
func sortItems<Item: OrderedItem>(_ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutableBufferPointer<Item>)
{
  let n = items.count
  if n < 1024 {
    mergeSort(items, spare)
  } else {
    radixSort(items, spare)
  }
}

/// Runs of 24 by insertion, then merged pairwise between the two buffers. The standard library's sort is not used: with
/// everything inlined, its rethrowing paths were compiled into a jump past the end of the caller.
private func mergeSort<Item: OrderedItem>(
  _ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutableBufferPointer<Item>
) {
  guard let first = items.baseAddress, let second = spare.baseAddress else { return }
  let n = items.count
  var width = 24
  for start in stride(from: 0, to: n, by: width) {
    let end = min(start + width, n)
    for i in start..<end {
      let item = first[i]
      var j = i
      while j > start, item < first[j - 1] {
        first[j] = first[j - 1]
        j -= 1
      }
      first[j] = item
    }
  }
  var (from, to) = (first, second)
  while width < n {
    for start in stride(from: 0, to: n, by: 2 * width) {
      let middle = min(start + width, n)
      let end = min(start + 2 * width, n)
      var (a, b, k) = (start, middle, start)
      while a < middle, b < end {
        if from[b] < from[a] {
          to[k] = from[b]
          b += 1
        } else {
          to[k] = from[a]
          a += 1
        }
        k += 1
      }
      (to + k).update(from: from + a, count: middle - a)
      (to + k + (middle - a)).update(from: from + b, count: end - b)
    }
    swap(&from, &to)
    width *= 2
  }
  if from != first { first.update(from: from, count: n) }
}

/// ``sortItems(_:_:)`` of a long run on two threads: halves first, then both ends of the merged run at once.
func sortLongItems<Item: OrderedItem>(
  _ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutableBufferPointer<Item>
) {
  let n = items.count
  guard parallelParts(n, grain: 65_536) > 1, let from = items.baseAddress, let to = spare.baseAddress else {
    sortItems(items, spare)
    return
  }
  let half = n / 2
  parallelFor(2, grain: 1) { range in
    for part in range {
      let bounds = part == 0 ? 0..<half : half..<n
      sortItems(
        UnsafeMutableBufferPointer(rebasing: items[bounds]), UnsafeMutableBufferPointer(rebasing: spare[bounds]))
    }
  }
  parallelFor(2, grain: 1) { range in
    for part in range {
      if part == 0 {
        var (i, j) = (0, half)
        for k in 0..<half {
          if j == n || (i < half && from[i] < from[j]) {
            to[k] = from[i]
            i += 1
          } else {
            to[k] = from[j]
            j += 1
          }
        }
      } else {
        var (i, j) = (half - 1, n - 1)
        for k in stride(from: n - 1, through: half, by: -1) {
          if j < half || (i >= 0 && from[j] < from[i]) {
            to[k] = from[i]
            i -= 1
          } else {
            to[k] = from[j]
            j -= 1
          }
        }
      }
    }
  }
  parallelFor(n, grain: parallelGrain) { range in
    (from + range.lowerBound).update(from: to + range.lowerBound, count: range.count)
  }
}

/// Least-significant-digit radix sort by key; passes in which all items have one digit are left out.
private func radixSort<Item: OrderedItem>(
  _ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutableBufferPointer<Item>
) {
  guard let first = items.baseAddress, let second = spare.baseAddress else { return }
  let n = items.count
  // 256 open runs of memory are what caches and address translation bear; more make every write a miss.
  let bits = 8
  let digits = 1 << bits
  let passes = (Item.Key.bitWidth + bits - 1) / bits
  // Allocated, not borrowed from the stack: a closure for that which ends in a move of memory loses its error register
  // in the optimiser of Swift 6.3, and its caller goes astray.
  let table = UnsafeMutablePointer<Int>.allocate(capacity: digits * passes)
  defer { table.deallocate() }
  table.initialize(repeating: 0, count: digits * passes)
  for i in 0..<n {
    var key = first[i].key
    for p in 0..<passes {
      table[p &* digits &+ (Int(truncatingIfNeeded: key) & (digits &- 1))] &+= 1
      key >>= Item.Key(bits)
    }
  }
  var (from, to) = (first, second)
  for p in 0..<passes {
    let row = table + p * digits
    let shift = Item.Key(p * bits)
    let probe = Int(truncatingIfNeeded: from[0].key >> shift) & (digits - 1)
    if row[probe] == n { continue }
    var sum = 0
    for d in 0..<digits {
      let count = row[d]
      row[d] = sum
      sum += count
    }
    for i in 0..<n {
      let item = from[i]
      let d = Int(truncatingIfNeeded: item.key >> shift) & (digits &- 1)
      to[row[d]] = item
      row[d] &+= 1
    }
    swap(&from, &to)
  }
  if from != first { first.update(from: from, count: n) }
}

/// Moves the `k` smallest items, in no order, to the front, with the largest of them at `k - 1`.
func selectItems<Item: OrderedItem>(_ items: UnsafeMutableBufferPointer<Item>, _ k: Int) {
  var (low, high) = (0, items.count - 1)
  let target = k - 1
  while low < high {
    // The median of three guards against sorted input.
    let middle = low + (high - low) / 2
    if items[middle] < items[low] { items.swapAt(middle, low) }
    if items[high] < items[low] { items.swapAt(high, low) }
    if items[high] < items[middle] { items.swapAt(high, middle) }
    let pivot = items[middle]
    var (i, j) = (low, high)
    while i <= j {
      while items[i] < pivot { i += 1 }
      while pivot < items[j] { j -= 1 }
      if i <= j {
        if i < j { items.swapAt(i, j) }
        i += 1
        j -= 1
      }
    }
    if target <= j {
      high = j
    } else if target >= i {
      low = i
    } else {
      return
    }
  }
}
