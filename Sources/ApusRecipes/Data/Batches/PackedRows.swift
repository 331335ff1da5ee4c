import ApusCore
import ApusData

/// Tokenised examples that share rows: row i is a list of examples which together have at most `length` tokens.
public struct PackedRows: Dataset {
  /// The examples.
  public let examples: TokenizedExamples
  /// The examples of each row by their numbers.
  public let rows: [[Int]]
  /// The most tokens of a row.
  public let length: Int

  /// Packs examples in windows: rows are made of examples of one window alone.
  /// - Parameters:
  ///   - examples: none longer than `length`; longer ones get a row of their own.
  ///   - window: how many examples are packed together.
  public init(_ examples: TokenizedExamples, length: Int, strategy: PackingStrategy, window: Int = 1000) {
    (self.examples, self.length) = (examples, length)
    let lengths = examples.lengths
    var rows: [[Int]] = []
    for start in stride(from: 0, to: lengths.count, by: max(1, window)) {
      let examples = (start..<min(lengths.count, start + max(1, window))).filter { lengths[$0] > 0 }
      switch strategy {
      case .none: rows += examples.map { [$0] }
      case .bestFit: rows += Self.bestFit(lengths, examples, length)
      case .inOrder: rows += Self.inOrder(lengths, examples, length)
      }
    }
    self.rows = rows
  }

  public var count: Int { rows.count }

  public subscript(index: Int) -> [TokenizedExample] {
    get throws {
      guard rows.indices.contains(index) else {
        throw TensorError(.index, "PackedRows", "row \(index) was asked for, and there are \(count)")
      }
      return rows[index].map { examples[$0] }
    }
  }

  /// The share of the places of all rows of ``length`` that tokens take.
  public var fill: Double {
    rows.isEmpty ? 1 : Double(examples.tokens) / (Double(rows.count) * Double(length))
  }

  /// Longest first, each into the row with the least room that is enough; rows in the order in which they were begun.
  /// O(n log n + n * rooms), where rooms are the different amounts of room at a time.
  private static func bestFit(_ lengths: [Int], _ examples: [Int], _ most: Int) -> [[Int]] {
    var rows: [[Int]] = []
    // Rows by the room that they have, and the rooms in order.
    var byRoom: [Int: [Int]] = [:]
    var rooms: [Int] = []
    func place(_ room: Int) -> Int {
      var (low, high) = (0, rooms.count)
      while low < high {
        let middle = (low + high) / 2
        if rooms[middle] < room { low = middle + 1 } else { high = middle }
      }
      return low
    }
    for example in examples.sorted(by: { (-lengths[$0], $0) < (-lengths[$1], $1) }) {
      let length = lengths[example]
      let at = place(length)
      var row = rows.count
      var room = most
      if at < rooms.count {
        room = rooms[at]
        // Of rows with as much room, the one that was left first.
        row = byRoom[room]?.removeFirst() ?? row
        if byRoom[room]?.isEmpty ?? true {
          byRoom[room] = nil
          rooms.remove(at: at)
        }
      }
      if row == rows.count { rows.append([]) }
      rows[row].append(example)
      let left = room - length
      guard left > 0 else { continue }
      if byRoom[left] == nil { rooms.insert(left, at: place(left)) }
      byRoom[left, default: []].append(row)
    }
    return rows
  }

  private static func inOrder(_ lengths: [Int], _ examples: [Int], _ most: Int) -> [[Int]] {
    var rows: [[Int]] = []
    var room = 0
    for example in examples {
      if rows.isEmpty || lengths[example] > room {
        rows.append([])
        room = most
      }
      rows[rows.count - 1].append(example)
      room -= lengths[example]
    }
    return rows
  }
}
