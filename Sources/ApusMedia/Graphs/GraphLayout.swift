/// Where the nodes of a graph without circles lie, in layers: every arrow goes down. The method of Sugiyama, Tagawa and Toda
/// (1981): layers, points on arrows that pass a layer, an order in each layer by the means of neighbours, then places.
struct GraphLayout {
  struct Point {
    var x: Double
    var y: Double
  }

  /// The middle of each node.
  private(set) var nodes: [Point]
  /// For each arrow the points that it passes between its ends.
  private(set) var bends: [[Point]]
  private(set) var width = 0.0
  private(set) var height = 0.0

  /// - Parameters:
  ///   - widths: of the nodes, which are all as high as `nodeHeight`.
  ///   - edges: from the upper to the lower node.
  ///   - staysNear: nodes that lie right above the highest node below them, and not as high as they can.
  init(
    widths: [Double], nodeHeight: Double, edges: [(from: Int, to: Int)], staysNear: [Bool], gap: Double = 14,
    layerGap: Double = 34
  ) {
    let depths = Self.depths(widths.count, edges, staysNear)
    var grid = Grid(widths: widths, depths: depths, isAside: staysNear, gap: gap)
    let chains = edges.map { grid.connect($0.from, $0.to) }
    grid.order()
    grid.place()
    let last = grid.layers.count - 1
    func point(_ item: Int) -> Point {
      let layer = Double(last - grid.depths[item])
      return Point(x: grid.x[item], y: layer * (nodeHeight + layerGap) + nodeHeight / 2)
    }
    nodes = widths.indices.map(point)
    bends = chains.map { $0.map(point) }
    let left = widths.indices.map { grid.x[$0] - widths[$0] / 2 } + bends.joined().map(\.x)
    let right = widths.indices.map { grid.x[$0] + widths[$0] / 2 } + bends.joined().map(\.x)
    let least = left.min() ?? 0
    for i in nodes.indices { nodes[i].x -= least }
    for i in bends.indices { for k in bends[i].indices { bends[i][k].x -= least } }
    width = (right.max() ?? 0) - least
    height = Double(last + 1) * nodeHeight + Double(max(0, last)) * layerGap
  }

  /// The layer of each node, counted from below: the longest way to a node without successors.
  private static func depths(_ count: Int, _ edges: [(from: Int, to: Int)], _ staysNear: [Bool]) -> [Int] {
    var below = [[Int]](repeating: [], count: count)
    var above = [[Int]](repeating: [], count: count)
    for edge in edges {
      below[edge.from].append(edge.to)
      above[edge.to].append(edge.from)
    }
    var depths = [Int](repeating: 0, count: count)
    var open = below.map(\.count)
    var ready = open.indices.filter { open[$0] == 0 }
    while let node = ready.popLast() {
      if staysNear[node] { depths[node] = (below[node].map { depths[$0] }.min() ?? -1) + 1 }
      for next in above[node] {
        depths[next] = max(depths[next], depths[node] + 1)
        open[next] -= 1
        if open[next] == 0 { ready.append(next) }
      }
    }
    for node in depths.indices where staysNear[node] {
      depths[node] = (below[node].map { depths[$0] }.min() ?? -1) + 1
    }
    return depths
  }
}

/// Nodes and points of arrows in layers.
private struct Grid {
  private(set) var depths: [Int]
  private(set) var layers: [[Int]]
  private(set) var x: [Double] = []
  private var widths: [Double]
  private var below: [[Int]]
  private var above: [[Int]]
  /// Nodes that lie beside the way and do not bend it.
  private var isAside: [Bool]
  private let nodeCount: Int
  private let gap: Double

  init(widths: [Double], depths: [Int], isAside: [Bool], gap: Double) {
    self.widths = widths
    self.depths = depths
    self.isAside = isAside
    self.gap = gap
    nodeCount = widths.count
    layers = [[Int]](repeating: [], count: (depths.max() ?? 0) + 1)
    below = [[Int]](repeating: [], count: widths.count)
    above = below
    for (node, depth) in depths.enumerated() { layers[depth].append(node) }
  }

  /// Joins two nodes, over a point in every layer between them; gives these from above.
  mutating func connect(_ upper: Int, _ lower: Int) -> [Int] {
    var points: [Int] = []
    var last = upper
    for depth in stride(from: depths[upper] - 1, to: depths[lower], by: -1) {
      let point = depths.count
      depths.append(depth)
      widths.append(2)
      isAside.append(false)
      layers[depth].append(point)
      below.append([])
      above.append([])
      link(last, point)
      points.append(point)
      last = point
    }
    link(last, lower)
    return points
  }

  private mutating func link(_ upper: Int, _ lower: Int) {
    below[upper].append(lower)
    above[lower].append(upper)
  }

  /// Sorts the layers by the means of the places of neighbours, upwards and downwards in turn.
  mutating func order() {
    var rank = [Double](repeating: 0, count: depths.count)
    func count(_ layer: [Int]) { for (i, item) in layer.enumerated() { rank[item] = Double(i) } }
    for layer in layers { count(layer) }
    for round in 0..<8 {
      let isUp = round.isMultiple(of: 2)
      let order = isUp ? Array(layers.indices) : layers.indices.reversed()
      for i in order {
        let means = Dictionary(
          uniqueKeysWithValues: layers[i].map { item -> (Int, Double) in
            let near = isUp ? below[item] : above[item]
            return (item, near.isEmpty ? rank[item] : near.reduce(0) { $0 + rank[$1] } / Double(near.count))
          })
        layers[i].sort { (means[$0] ?? 0, rank[$0]) < (means[$1] ?? 0, rank[$1]) }
        count(layers[i])
      }
    }
  }

  /// Gives places that are near to the means of neighbours and keep order and distance.
  mutating func place() {
    x = [Double](repeating: 0, count: depths.count)
    for layer in layers {
      var next = 0.0
      for item in layer {
        x[item] = next + widths[item] / 2
        next += widths[item] + gap
      }
      for item in layer { x[item] -= next / 2 }
    }
    for round in 0..<24 {
      let isUp = round.isMultiple(of: 2)
      for i in isUp ? Array(layers.indices) : layers.indices.reversed() {
        let wishes = layers[i].map { item in
          let near = isUp ? below[item] : above[item]
          let all = round < 16 || near.isEmpty ? near : below[item] + above[item]
          let pulling = all.filter { !isAside[$0] }
          return pulling.isEmpty ? x[item] : pulling.reduce(0) { $0 + x[$1] } / Double(pulling.count)
        }
        settle(layers[i], wishes)
      }
    }
  }

  /// The places nearest to those that are wished, by least squares, that keep the distances: neighbours that would be too near
  /// move as one.
  private mutating func settle(_ layer: [Int], _ wishes: [Double]) {
    struct Group {
      var sum: Double
      var weight: Double
      var count: Int
      var mean: Double { sum / weight }
    }
    var offsets: [Double] = []
    var groups: [Group] = []
    for (k, item) in layer.enumerated() {
      let step = k == 0 ? 0 : (widths[layer[k - 1]] + widths[item]) / 2 + gap
      offsets.append((offsets.last ?? 0) + step)
      // Points of arrows pull more, so that long arrows are straight.
      let weight = item >= nodeCount ? 4.0 : isAside[item] ? 0.05 : 1.0
      var group = Group(sum: (wishes[k] - offsets[k]) * weight, weight: weight, count: 1)
      while let last = groups.last, last.mean > group.mean {
        group = Group(sum: last.sum + group.sum, weight: last.weight + group.weight, count: last.count + group.count)
        groups.removeLast()
      }
      groups.append(group)
    }
    var k = 0
    for group in groups {
      for _ in 0..<group.count {
        x[layer[k]] = group.mean + offsets[k]
        k += 1
      }
    }
  }
}
