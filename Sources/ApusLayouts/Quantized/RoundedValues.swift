import ApusCore
import ApusFunctional

/// Values of a graph that are others rounded to what integers of 8 bits stand for, in models that were trained with the error of
/// quantisation, and in imported ones with pairs of QuantizeLinear and DequantizeLinear.
///
/// Such a rounding is one operation or a chain of them on every element alone. It is told by what it does to numbers: a staircase
/// of 256 steps.
struct RoundedValues {
  /// What each is made of.
  private(set) var sources: [Int: Int] = [:]
  /// What integers stand for, for each value that is rounded.
  private(set) var codes: [Int: AffineCode] = [:]
  /// The operations that round.
  private(set) var nodes: Set<Int> = []
  /// The operations that make each rounded value of its source.
  private var chains: [Int: [Int]] = [:]

  /// The most operations on either side of the integers.
  private static let longest = 6

  init() {}

  init(_ graph: CapturedGraph) {
    for (i, node) in graph.nodes.enumerated() where node.outputs.count == 1 {
      if node.primitive is FakeQuantizeAffine {
        guard let input = Self.input(node, graph) else { continue }
        register([i], from: input, to: node.outputs[0], graph)
      } else if [.uint8, .int8].contains(graph.types[node.outputs[0]].dtype), let input = Self.input(node, graph),
        graph.types[input].dtype.isFloatingPoint
      {
        findChains(around: i, graph)
      }
    }
  }

  /// The rounding of a value that nothing else reads, and the operations that do it.
  func onlyRounding(of value: Int, _ graph: CapturedGraph) -> (value: Int, nodes: [Int])? {
    guard let next = graph.onlyUse(of: value) else { return nil }
    let found = sources.filter { $0.value == value && (chains[$0.key]?.first == next) }
    guard found.count == 1, let made = found.first?.key, let chain = chains[made] else { return nil }
    return (made, chain)
  }

  /// Chains through the operation `middle`, which makes integers.
  private mutating func findChains(around middle: Int, _ graph: CapturedGraph) {
    var before = [middle]
    while before.count < Self.longest, let value = Self.input(graph.nodes[before[0]], graph),
      let maker = graph.makers[value], graph.onlyUse(of: value) == before[0],
      Self.input(graph.nodes[maker], graph) != nil
    {
      before.insert(maker, at: 0)
    }
    for next in graph.uses[graph.nodes[middle].outputs[0]] ?? [] {
      var after: [Int] = []
      var at: Int? = next
      while let i = at, after.count < Self.longest, Self.input(graph.nodes[i], graph) != nil {
        after.append(i)
        at = graph.onlyUse(of: graph.nodes[i].outputs[0])
      }
      search: for end in stride(from: after.count, to: 0, by: -1) {
        for start in before.indices {
          let chain = Array(before[start...] + after[..<end])
          guard let input = Self.input(graph.nodes[chain[0]], graph) else { continue }
          let value = graph.nodes[chain[chain.count - 1]].outputs[0]
          if register(chain, from: input, to: value, graph) { break search }
        }
      }
    }
  }

  @discardableResult
  private mutating func register(_ chain: [Int], from source: Int, to value: Int, _ graph: CapturedGraph) -> Bool {
    guard graph.types[source].dtype == .float32, graph.types[value].dtype == .float32,
      let code = Self.code(chain.map { graph.nodes[$0] }, graph)
    else { return false }
    sources[value] = source
    let root = rootIgnoringGraph(source, graph)
    if let known = codes[root], known != code {
      sources[value] = nil
      return false
    }
    codes[root] = code
    nodes.formUnion(chain)
    chains[value] = chain
    return true
  }

  /// ``QuantizationPlan/root(_:_:)`` while the graph does not have these values yet.
  private func rootIgnoringGraph(_ value: Int, _ graph: CapturedGraph) -> Int {
    var root = value
    while true {
      if let source = sources[root] {
        root = source
      } else if let maker = graph.makers[root], QuantizationPlan.movesElements(graph.nodes[maker].primitive),
        graph.constants[graph.nodes[maker].inputs[0]] == nil
      {
        root = graph.nodes[maker].inputs[0]
      } else {
        return root
      }
    }
  }

  /// The one changing input of an operation on every element alone, whose other inputs are numbers.
  private static func input(_ node: CapturedGraph.Node, _ graph: CapturedGraph) -> Int? {
    let changing = Set(node.inputs.filter { graph.constants[$0] == nil })
    guard changing.count == 1, let input = changing.first, node.outputs.count == 1,
      node.inputs.allSatisfy({ graph.constants[$0].map { $0.count == 1 } ?? true }),
      graph.types[input].shape == graph.types[node.outputs[0]].shape
    else { return nil }
    switch node.primitive {
    case is FakeQuantizeAffine, is Cast, is QuantizeElements, is DequantizeElements, is Contiguous: return input
    default: return node.primitive.pointwiseForm == nil ? nil : input
    }
  }

  /// The code of a staircase of 256 steps; nil of any other function.
  private static func code(_ nodes: [CapturedGraph.Node], _ graph: CapturedGraph) -> AffineCode? {
    func values(_ x: [Float]) -> [Float]? {
      noGrad {
        var made = Tensor(x)
        for node in nodes {
          let inputs = node.inputs.map { graph.constants[$0]?.detach().reshape([]) ?? made }
          guard let next = apply(node.primitive, inputs).first, !next.isPoisoned, next.count == x.count else {
            return nil
          }
          made = next
        }
        return made.array(as: Float.self)
      }
    }
    guard let ends = values([-0x1p60, 0x1p60, 0]), ends.allSatisfy(\.isFinite), ends[0] <= 0, ends[1] >= 0,
      ends[0] < ends[1], ends[2] == 0
    else { return nil }
    let step = (Double(ends[1]) - Double(ends[0])) / 255
    let zero = (-Double(ends[0]) / step).rounded()
    guard (zero * step + Double(ends[0])).magnitude < 0.01 * step else { return nil }
    let places = (-20...1050).map { (Double($0) + 0.37) / 4 - zero }
    guard let found = values(places.map { Float($0 * step) }) else { return nil }
    for (place, value) in zip(places, found) {
      let wanted = min(max(place.rounded(), -zero), 255 - zero) * step
      guard (Double(value) - wanted).magnitude < 0.01 * step else { return nil }
    }
    return AffineCode(scale: Float(step), zeroPoint: Int(zero))
  }
}
