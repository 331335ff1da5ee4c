import CKernels

// The greatest of many numbers, without sorting all of them.

/// Gives the probabilities of `scores` to `body`.
func withProbabilities<Result>(
  _ scores: UnsafeMutableBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: scores.count) { probabilities in
    ck_softmax_f32(probabilities.baseAddress, scores.baseAddress, 1, scores.count)
    return body(UnsafeBufferPointer(probabilities))
  }
}

/// A whole number that orders as `value`: NaN of either sign at the ends.
@inline(__always)
private func ordered(_ value: Float) -> UInt32 {
  let bits = value.bitPattern
  return bits ^ (bits >> 31 == 1 ? .max : 1 << 31)
}

@inline(__always)
private func value(ofOrdered key: UInt32) -> Float {
  Float(bitPattern: key >> 31 == 1 ? key ^ (1 << 31) : ~key)
}

/// The `count`th largest of `values`, `count` from 1 on.
func kthLargest(_ values: UnsafeBufferPointer<Float>, _ count: Int) -> Float {
  count <= 256 ? LargestFew(values, count).least : selected(values, count)
}

/// The places of the `count` largest, the largest first.
func topIndices(_ values: UnsafeBufferPointer<Float>, _ count: Int) -> [Int] {
  LargestFew(values, min(count, values.count)).sorted
}

/// The largest few of many numbers, in a heap whose root is the least of them.
struct LargestFew {
  private var heap: [(value: Float, index: Int)] = []
  private let count: Int

  init(count: Int) {
    self.count = count
    heap.reserveCapacity(count)
  }

  init(_ values: UnsafeBufferPointer<Float>, _ count: Int) {
    self.init(count: count)
    add(values, offset: 0, indexOffset: 0)
  }

  /// The least of the largest; of an empty heap -infinity.
  var least: Float { heap.first?.value ?? -.infinity }

  var sorted: [Int] { ranked.map(\.index) }

  /// The largest first, of equal ones the first.
  var ranked: [(value: Float, index: Int)] {
    heap.sorted { $0.value > $1.value || ($0.value == $1.value && $0.index < $1.index) }
  }

  /// Adds `values` + `offset`, whose places are counted from `indexOffset`.
  mutating func add(_ values: UnsafeBufferPointer<Float>, offset: Float, indexOffset: Int) {
    guard count > 0 else { return }
    var i = 0
    while i < values.count, heap.count < count {
      heap.append((values[i] + offset, indexOffset + i))
      rise(heap.count - 1)
      i += 1
    }
    guard heap.count == count else { return }
    var bound = heap[0].value
    while i < values.count {
      let value = values[i] + offset
      // What is no number comes in only while there is room.
      if value > bound {
        heap[0] = (value, indexOffset + i)
        sink()
        bound = heap[0].value
      }
      i += 1
    }
  }

  private mutating func rise(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].value < heap[parent].value else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].value < heap[least].value {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

/// Hoare's selection, on numbers that order as the values do.
private func selected(_ values: UnsafeBufferPointer<Float>, _ count: Int) -> Float {
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: values.count) { keys in
    for i in values.indices { keys[i] = ordered(values[i]) }
    var (low, high) = (0, values.count - 1)
    let place = values.count - min(count, values.count)
    while low < high {
      let pivot = keys[low + (high - low) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while keys[i] < pivot { i += 1 }
        while keys[j] > pivot { j -= 1 }
        guard i <= j else { break }
        keys.swapAt(i, j)
        i += 1
        j -= 1
      }
      if place <= j { high = j } else if place >= i { low = i } else { break }
    }
    return value(ofOrdered: keys[place])
  }
}

/// The place at which the sum of `weights`, in ascending order of `keys` (of equal ones the first before), is past what `isPast`
/// says; nil if it never is. Sums are rounded from double, as PyTorch's `cumsum` rounds them. Only keys near the place are sorted.
func crossing(
  _ keys: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>, where isPast: (Float) -> Bool
) -> Int? {
  let shift: UInt32 = 20
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: 1 << 12) { sums -> Int? in
    sums.initialize(repeating: 0)
    for i in keys.indices where weights[i] > 0 { sums[Int(ordered(keys[i]) >> shift)] += Double(weights[i]) }
    var sum = 0.0
    var bucket = 0
    while bucket < sums.count {
      if sums[bucket] > 0 {
        if isPast(Float(sum + sums[bucket])) { break }
        sum += sums[bucket]
      }
      bucket += 1
    }
    guard bucket < sums.count else { return nil }
    let places = keys.indices.filter { weights[$0] > 0 && Int(ordered(keys[$0]) >> shift) == bucket }
      .sorted { (keys[$0], $0) < (keys[$1], $1) }
    for place in places {
      sum += Double(weights[place])
      if isPast(Float(sum)) { return place }
    }
    return places.last
  }
}
