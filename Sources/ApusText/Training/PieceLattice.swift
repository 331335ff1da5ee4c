#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// All ways in which a text is made of pieces.
struct PieceLattice {
  /// Pieces and their scores, in a tree of their characters.
  struct Model {
    let scores: [Double]
    /// The lowest score.
    let lowest: Double
    private var children: [UInt64: Int32] = [:]
    private var ends: [Int32] = [-1]

    /// The first piece stands for what is unknown.
    init(_ pieces: [UnigramLearner.Piece]) {
      scores = pieces.map(\.score)
      lowest = scores.dropFirst().min() ?? 0
      for (i, piece) in pieces.enumerated().dropFirst() {
        var node: Int32 = 0
        for c in piece.piece {
          let key = UInt64(node) << 32 | UInt64(c.value)
          if let next = children[key] {
            node = next
          } else {
            let next = Int32(ends.count)
            ends.append(-1)
            children[key] = next
            node = next
          }
        }
        ends[Int(node)] = Int32(i)
      }
    }

    /// The pieces that `text` goes on with at a place, and their lengths.
    func forEachPiece(of text: [Unicode.Scalar], at place: Int, _ body: (_ piece: Int, _ length: Int) -> Void) {
      var node: Int32 = 0
      for i in place..<text.count {
        guard let next = children[UInt64(node) << 32 | UInt64(text[i].value)] else { return }
        node = next
        if ends[Int(node)] >= 0 { body(Int(ends[Int(node)]), i - place + 1) }
      }
    }
  }

  private struct Node {
    var piece: Int
    var start: Int
    var score: Double
  }

  private let count: Int
  private var nodes: [Node] = []
  private var starting: [[Int]]
  private var ending: [[Int]]

  init(_ text: [Unicode.Scalar], _ model: Model) {
    count = text.count
    starting = [[Int]](repeating: [], count: count + 1)
    ending = starting
    for place in 0..<count {
      var hasSingle = false
      model.forEachPiece(of: text, at: place) { piece, length in
        add(Node(piece: piece, start: place, score: model.scores[piece]), end: place + length)
        if length == 1 { hasSingle = true }
      }
      if !hasSingle { add(Node(piece: 0, start: place, score: model.lowest - 10), end: place + 1) }
    }
  }

  private mutating func add(_ node: Node, end: Int) {
    starting[node.start].append(nodes.count)
    ending[end].append(nodes.count)
    nodes.append(node)
  }

  private func logSum(_ x: Double, _ y: Double) -> Double {
    let (low, high) = x < y ? (x, y) : (y, x)
    return high > low + 50 ? high : high + log(exp(low - high) + 1)
  }

  /// Adds to each piece how often it is expected in `weight` texts like this one.
  func addExpected(_ weight: Double, to expected: inout [Double]) {
    // The logarithms of what all ways up to a place, and from it on, weigh.
    var before = [Double](repeating: 0, count: count + 1)
    var after = before
    for place in 1..<max(1, count + 1) {
      for (i, node) in ending[place].enumerated() {
        let weight = before[nodes[node].start] + nodes[node].score
        before[place] = i == 0 ? weight : logSum(before[place], weight)
      }
    }
    var ends = [Int](repeating: 0, count: nodes.count)
    for (place, list) in ending.enumerated() { for node in list { ends[node] = place } }
    for place in stride(from: count - 1, through: 0, by: -1) {
      for (i, node) in starting[place].enumerated() {
        let weight = after[ends[node]] + nodes[node].score
        after[place] = i == 0 ? weight : logSum(after[place], weight)
      }
    }
    for (i, node) in nodes.enumerated() {
      expected[node.piece] += weight * exp(before[node.start] + node.score + after[ends[i]] - before[count])
    }
  }

  private struct Hypothesis {
    var place: Int
    var path: [Int]
    var score: Double
    var estimate: Double
  }

  /// The best `most` ways, each as the numbers of its pieces.
  func bestPaths(_ most: Int) -> [[Int]] {
    var best = [Double](repeating: 0, count: count + 1)
    var last = [Int](repeating: -1, count: count + 1)
    for place in 1..<max(1, count + 1) {
      for node in ending[place] {
        let score = best[nodes[node].start] + nodes[node].score
        if last[place] < 0 || score > best[place] { (best[place], last[place]) = (score, node) }
      }
    }
    guard most > 1 else {
      var path: [Int] = []
      var place = count
      while place > 0 {
        path.append(nodes[last[place]].piece)
        place = nodes[last[place]].start
      }
      return [path.reversed()]
    }
    // From the end to the start, by what a way can still become.
    var queue = BinaryHeap<Hypothesis> { $0.estimate > $1.estimate }
    queue.insert(Hypothesis(place: count, path: [], score: 0, estimate: best[count]))
    var found: [[Int]] = []
    while found.count < most, queue.count < 100_000, let top = queue.removeFirst() {
      if top.place == 0 {
        found.append(top.path.reversed())
        continue
      }
      for node in ending[top.place] {
        let score = top.score + nodes[node].score
        queue.insert(
          Hypothesis(
            place: nodes[node].start, path: top.path + [nodes[node].piece], score: score,
            estimate: score + best[nodes[node].start]))
      }
    }
    return found
  }
}
