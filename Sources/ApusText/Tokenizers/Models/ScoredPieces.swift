/// The characters of a text that are joined piece by piece, the pair with the best score first and of equals the leftmost.
struct ScoredPieces {
  private var starts: [Int32] = []
  private var lengths: [Int32] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []
  private var isFrozen: [Bool] = []

  /// - Parameter whole: how many bytes at a place are one piece that is joined to nothing; 0 for a single character.
  init(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ whole: (Int) -> Int) {
    var position = 0
    while position < count {
      let frozen = whole(position)
      let length = frozen > 0 ? frozen : min(scalarLength(bytes[position]), count - position)
      starts.append(Int32(position))
      lengths.append(Int32(length))
      isFrozen.append(frozen > 0)
      previous.append(Int32(starts.count - 2))
      next.append(Int32(starts.count))
      position += length
    }
    if !next.isEmpty { next[next.count - 1] = -1 }
  }

  /// A pair that can be joined: by score, then by place.
  private struct Pair {
    var score: Float
    var left: Int32
    var right: Int32
    var length: Int32

    @inline(__always)
    func isBefore(_ other: Pair) -> Bool { score > other.score || score == other.score && left < other.left }
  }

  /// Joins as long as something can be joined.
  ///
  /// - Parameters:
  ///   - score: the score of the piece that begins at a place and has so many bytes, nil where there is none.
  ///   - joined: is told of every join: where, and the lengths of both parts.
  mutating func join(_ score: (Int, Int) -> Float?, joined: (Int, Int, Int) -> Void = { _, _, _ in }) {
    var heap: [Pair] = []
    func offer(_ left: Int32, _ right: Int32) {
      guard left >= 0, right >= 0, !isFrozen[Int(left)], !isFrozen[Int(right)] else { return }
      let length = lengths[Int(left)] + lengths[Int(right)]
      guard let score = score(Int(starts[Int(left)]), Int(length)) else { return }
      heap.append(Pair(score: score, left: left, right: right, length: length))
      var i = heap.count - 1
      while i > 0, heap[i].isBefore(heap[(i - 1) / 2]) {
        heap.swapAt(i, (i - 1) / 2)
        i = (i - 1) / 2
      }
    }
    for i in 0..<max(0, starts.count - 1) { offer(Int32(i), Int32(i + 1)) }
    while let top = heap.first {
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        var i = 0
        while true {
          var best = i
          for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child].isBefore(heap[best]) {
            best = child
          }
          if best == i { break }
          heap.swapAt(i, best)
          i = best
        }
      }
      let (left, right) = (Int(top.left), Int(top.right))
      guard lengths[left] > 0, lengths[right] > 0, lengths[left] + lengths[right] == top.length else { continue }
      joined(Int(starts[left]), Int(lengths[left]), Int(lengths[right]))
      lengths[left] += lengths[right]
      lengths[right] = 0
      next[left] = next[right]
      if next[left] >= 0 { previous[Int(next[left])] = top.left }
      offer(previous[left], top.left)
      offer(top.left, next[left])
    }
  }

  /// Gives `body` the place and the length of each piece.
  func forEach(_ body: (Int, Int) -> Void) {
    for i in starts.indices where lengths[i] > 0 { body(Int(starts[i]), Int(lengths[i])) }
  }
}
