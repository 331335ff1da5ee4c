import ApusCore
import ApusFormats

/// The n-grams of a `TfIdfVectorizer`, as a tree of their items: each path is an n-gram and may have a place.
private struct NGramTree: Sendable {
  private var children: [[String: Int]] = [[:]]
  private var places: [Int?] = [nil]

  mutating func insert(_ items: ArraySlice<String>, place: Int) {
    var node = 0
    for item in items {
      if let next = children[node][item] {
        node = next
      } else {
        children.append([:])
        places.append(nil)
        children[node][item] = children.count - 1
        node = children.count - 1
      }
    }
    places[node] = place
  }

  /// The node behind `node` for an item, and the place of the n-gram that ends there.
  func step(_ node: Int, _ item: String) -> (node: Int, place: Int?)? {
    children[node][item].map { ($0, places[$0]) }
  }
}

extension ONNXOperators {
  static func tfIdf(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let (least, most) = (try node.int("min_gram_length"), try node.int("max_gram_length"))
    let skips = try node.int("max_skip_count")
    let mode = try node.choice("mode", of: ["TF", "IDF", "TFIDF"])
    let (starts, columns) = (try node.ints("ngram_counts") ?? [], try node.ints("ngram_indexes") ?? [])
    let weights = try node.floats("weights")
    // Whole numbers are looked up by their text.
    let pool = try node.strings("pool_strings") ?? (node.ints("pool_int64s") ?? []).map { "\($0)" }
    let width = (columns.max() ?? -1) + 1
    guard least > 0, most >= least, skips >= 0, skips < 1 << 20, columns.allSatisfy({ (0..<1 << 28).contains($0) }),
      weights.map({ $0.count == columns.count }) ?? true, zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }),
      starts.allSatisfy({ (0...pool.count).contains($0) })
    else { throw TensorError(.format, "", "the lengths of n-grams, their places or their weights do not fit together") }
    var tree = NGramTree()
    var number = 0
    for (i, start) in starts.enumerated() {
      let (size, end) = (i + 1, i + 1 < starts.count ? starts[i + 1] : pool.count)
      for from in stride(from: start, to: end - size + 1, by: size) {
        guard number < columns.count else { throw TensorError(.format, "", "there are more n-grams than places") }
        if size >= least, size <= most { tree.insert(pool[from..<from + size], place: number) }
        number += 1
      }
    }
    var weightOf = [Float](repeating: 1, count: width)
    for (place, weight) in zip(columns, weights ?? []) { weightOf[place] = weight }
    let (grams, factors) = (tree, weightOf)
    return { call in
      let value = try call.value(0)
      let items: [String]
      if case .strings(let texts) = value {
        items = texts.elements
      } else {
        items = try call.ints(0).map { "\($0)" }
      }
      guard let shape = value.shape, shape.count <= 2 else {
        throw call.error(.shape, "needs items [C] or [N, C], and found \(value.kindName)")
      }
      let rows = shape.count == 2 ? shape[0] : 1
      let length = shape.last ?? 1
      try call.requireMemory([rows, width], .float32)
      var counts = [Float](repeating: 0, count: rows * width)
      for row in 0..<rows {
        let line = items[row * length..<(row + 1) * length]
        for step in 1...skips + 1 {
          // Single items know no distance.
          let shortest = step == 1 ? least : max(least, 2)
          if shortest > most { break }
          for start in line.indices {
            guard start + step * (shortest - 1) < line.endIndex else { break }
            var (node, at, size) = (0, start, 1)
            while size <= most, at < line.endIndex, let next = grams.step(node, line[at]) {
              if size >= shortest, let place = next.place { counts[row * width + columns[place]] += 1 }
              node = next.node
              at += step
              size += 1
            }
          }
        }
      }
      let made = counts.enumerated().map { i, count in
        let weight = factors[i % width]
        return switch mode {
        case "TF": count
        case "IDF": count > 0 ? weight : 0
        default: count * weight
        }
      }
      return [.tensor(Tensor(made, shape: shape.count == 2 ? [rows, width] : [width]))]
    }
  }
}
