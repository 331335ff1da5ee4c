import ApusCore
import ApusFunctional
import ApusNN

/// A product of a model that can be one of integers, with what is done to its result in the same pass.
struct QuantizedSite {
  enum Kind { case convolution(ConvolutionSettings), linear, rows }

  var kind: Kind
  /// Which of the products that the model has it is.
  let number: Int
  /// What its weight is called, without `.weight`.
  let name: String
  let weight: Int
  let bias: Int?
  /// Factor and number of each channel of a normalisation behind it, `[channels]`.
  var norm: (scale: Tensor, shift: Tensor)?
  var epilogue = Epilogue.none
  /// The value that it reads, and the one that it makes.
  var input: Int
  var result: Int
  /// The value that it makes if nothing is done behind it but the normalisation.
  var plainResult: Int
  /// The value that is added.
  var former: Int?
  /// Its operations, the last of which is where it is computed.
  var nodes: [Int]
  /// Those of ``nodes`` that make ``plainResult``.
  var plainNodes: [Int]

  /// Nothing but the product and its normalisation.
  mutating func strip() { (result, former, nodes) = (plainResult, nil, plainNodes) }
}

/// A pooling by means, or a sum over whole pictures, that can be one of integers.
struct QuantizedPool {
  let input: Int
  let window: PoolWindow
  let rule: AverageRule
}

/// Where a model computes with integers.
struct QuantizationPlan {
  private(set) var sites: [QuantizedSite]
  /// Values that become integers, in the order in which they are made; others that are made of them by moving elements are those
  /// too.
  let roots: [Int]
  /// Poolings by means whose images are integers, by the operation.
  let pools: [Int: QuantizedPool]

  /// - Parameters:
  ///   - isDynamic: only products whose inputs are quantised at the call, and tables.
  ///   - isWanted: whether the product of this number and name may be one of integers.
  init(_ graph: CapturedGraph, isDynamic: Bool, _ isWanted: (Int, String) -> Bool) {
    let candidates = QuantizationPlan.candidates(graph)
    var sites = candidates.enumerated().filter { isWanted($0.offset, $0.element.name) }.map(\.element)
    if isDynamic {
      sites = sites.filter { if case .convolution = $0.kind { false } else { true } }
      self.sites = sites
      (roots, pools) = ([], [:])
      return
    }
    var taken = Set(sites.flatMap(\.nodes))
    for i in sites.indices { Self.extend(&sites[i], graph, &taken) }
    var wanted: Set<Int> = []
    var found: [Int: QuantizedPool] = [:]
    while true {
      wanted = []
      for site in sites {
        if case .rows = site.kind { continue }
        wanted.insert(Self.root(site.input, graph))
        if let former = site.former { wanted.insert(Self.root(former, graph)) }
      }
      found = Self.pools(graph, sites)
      for pool in found.values { wanted.insert(Self.root(pool.input, graph)) }
      // A result that only floating point operations read is not rounded; what is done to it stays as it was.
      guard
        let open = sites.firstIndex(where: { site in
          if case .rows = site.kind { return false }
          return !wanted.contains(site.result) && site.nodes.count > site.plainNodes.count
        })
      else { break }
      sites[open].strip()
    }
    (self.sites, pools) = (sites, found)
    wanted.formUnion(graph.rounded.codes.keys)
    var order: [Int] = []
    for value in graph.inputs where wanted.contains(value) { order.append(value) }
    for node in graph.nodes { for value in node.outputs where wanted.contains(value) { order.append(value) } }
    roots = order
  }

  /// Means of windows of what a convolution makes, and sums over all of its pictures.
  private static func pools(_ graph: CapturedGraph, _ sites: [QuantizedSite]) -> [Int: QuantizedPool] {
    let results = Set(sites.filter(\.isConvolution).map(\.result))
    var found: [Int: QuantizedPool] = [:]
    for (i, node) in graph.nodes.enumerated() {
      guard let input = node.inputs.first, graph.constants[input] == nil, results.contains(root(input, graph)),
        graph.types[input].shape.count == 4, graph.types[input].dtype == .float32
      else { continue }
      switch node.primitive {
      case let pool as AveragePool:
        found[i] = QuantizedPool(input: input, window: pool.window, rule: pool.rule)
      case let sum as Reduce where sum.reduction == .sum && sum.dims.sorted() == [2, 3] && sum.dtype == .float32:
        found[i] = QuantizedPool(
          input: input, window: .whole(Array(graph.types[input].shape[2...])),
          rule: AverageRule(countIncludePad: false, divisor: 1))
      default: continue
      }
    }
    return found
  }

  /// The products of the model that have constant weights.
  static func candidates(_ graph: CapturedGraph) -> [QuantizedSite] {
    var found: [QuantizedSite] = []
    for (i, node) in graph.nodes.enumerated() {
      let place = node.primitive is EmbeddingRows ? 0 : 1
      guard node.inputs.count > 1, let weight = graph.constants[node.inputs[place]], weight.dtype == .float32,
        graph.constants[node.inputs[1 - place]] == nil
      else { continue }
      let value = node.inputs[place]
      let name = graph.sources[value]?.compactMap { graph.names[$0] }.min() ?? "layer\(found.count)"
      let suffix = ".weight"
      let short = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
      let bias = node.inputs.count == 3 ? node.inputs[2] : nil
      if let bias, graph.constants[bias] == nil { continue }
      func site(_ kind: QuantizedSite.Kind, input: Int) -> QuantizedSite {
        QuantizedSite(
          kind: kind, number: found.count, name: short, weight: value, bias: bias, input: input,
          result: node.outputs[0],
          plainResult: node.outputs[0], nodes: [i], plainNodes: [i])
      }
      switch node.primitive {
      case let convolution as ConvolutionForward where convolution.epilogue == .none:
        var made = site(.convolution(convolution.settings), input: node.inputs[0])
        takeNorm(&made, graph)
        takePadding(&made, graph)
        found.append(made)
      case let product as LinearProduct where product.epilogue == .none:
        var made = site(.linear, input: node.inputs[0])
        if bias == nil { takeBias(&made, graph) }
        takeEpilogue(&made, graph)
        found.append(made)
      case is EmbeddingRows where weight.rank == 2: found.append(site(.rows, input: node.inputs[1]))
      default: continue
      }
    }
    return found
  }

  /// What multiplies each channel by a number and adds one, in one operation or several: a normalisation with running statistics.
  private static func takeNorm(_ site: inout QuantizedSite, _ graph: CapturedGraph) {
    let shape = graph.types[site.result].shape
    let column = [shape[1]] + [Int](repeating: 1, count: shape.count - 2)
    func line(_ value: Int) -> Tensor? {
      guard let found = graph.constants[value], found.dtype == .float32,
        found.shape == column || found.shape == [1] + column
      else { return nil }
      return found.detach().reshape([shape[1]])
    }
    while let next = graph.onlyUse(of: site.result), let form = graph.nodes[next].primitive.pointwiseForm,
      form.scalars.isEmpty
    {
      let inputs = graph.nodes[next].inputs
      let (scale, shift) = site.norm ?? (Tensor.ones([shape[1]]), Tensor.zeros([shape[1]]))
      let others = inputs.filter { $0 != site.result }.compactMap(line)
      guard others.count == inputs.count - 1, inputs.count > 1 else { return }
      switch form.formula.outputs {
      case [.input(0) * .input(1) + .input(2)] where inputs[0] == site.result:
        site.norm = noGrad { (scale * others[0], shift * others[0] + others[1]) }
      case [.input(0) * .input(1)]: site.norm = noGrad { (scale * others[0], shift * others[0]) }
      case [.input(0) + .input(1)]: site.norm = noGrad { (scale, shift + others[0]) }
      default: return
      }
      site.nodes.append(next)
      finish(&site, graph.nodes[next].outputs[0])
    }
  }

  private static func finish(_ site: inout QuantizedSite, _ value: Int) {
    (site.result, site.plainResult, site.plainNodes) = (value, value, site.nodes)
  }

  /// Zeros around a picture that become the convolution's own.
  private static func takePadding(_ site: inout QuantizedSite, _ graph: CapturedGraph) {
    guard case .convolution(var settings) = site.kind, let maker = graph.makers[site.input],
      let placed = graph.nodes[maker].primitive as? PlaceSlice, graph.onlyUse(of: site.input) != nil
    else { return }
    let slice = placed.slice
    guard slice.steps.allSatisfy({ $0 == 1 }), slice.starts[0] == 0, slice.starts[1] == 0,
      slice.counts[0] == placed.shape[0], slice.counts[1] == placed.shape[1]
    else { return }
    for d in settings.stride.indices {
      settings.padding[d] += slice.starts[d + 2]
      settings.paddingAfter[d] += placed.shape[d + 2] - slice.starts[d + 2] - slice.counts[d + 2]
    }
    site.kind = .convolution(settings)
    site.input = graph.nodes[maker].inputs[0]
    site.nodes.insert(maker, at: 0)
    site.plainNodes = site.nodes
  }

  /// A number that is added to each channel of a linear layer's result.
  private static func takeBias(_ site: inout QuantizedSite, _ graph: CapturedGraph) {
    guard let next = graph.onlyUse(of: site.result), let form = graph.nodes[next].primitive.pointwiseForm,
      form.formula.outputs == [.input(0) + .input(1)], form.scalars.isEmpty, graph.nodes[next].inputs.count == 2,
      let other = graph.nodes[next].inputs.first(where: { $0 != site.result }),
      let channels = graph.types[site.result].shape.last,
      let bias = graph.constants[other], bias.dtype == .float32, bias.count == channels, bias.shape.last == channels
    else { return }
    site.norm = (Tensor.ones([channels]), bias.detach().reshape([channels]))
    site.nodes.append(next)
    finish(&site, graph.nodes[next].outputs[0])
  }

  /// A function of a product's result that its kernel has.
  private static func takeEpilogue(_ site: inout QuantizedSite, _ graph: CapturedGraph) {
    guard let next = graph.onlyUse(of: site.result), let epilogue = Epilogue(graph.nodes[next].primitive) else {
      return
    }
    site.epilogue = epilogue
    site.nodes.append(next)
    finish(&site, graph.nodes[next].outputs[0])
  }

  /// What rounding to integers does besides: a sum with another value, and limits on either side of 0.
  private static func extend(_ site: inout QuantizedSite, _ graph: CapturedGraph, _ taken: inout Set<Int>) {
    guard case .convolution = site.kind else { return }
    var isLimited = false
    while true {
      skipRounding(&site, isLimited: isLimited, graph, &taken)
      guard let next = graph.onlyUse(of: site.result), !taken.contains(next), !graph.rounded.nodes.contains(next) else {
        return
      }
      let node = graph.nodes[next]
      guard let form = node.primitive.pointwiseForm, node.outputs.count == 1 else { return }
      if !isLimited, site.former == nil, form.formula.outputs == [.input(0) + .input(1)], form.scalars.isEmpty,
        let other = node.inputs.first(where: { $0 != site.result }), node.inputs.count == 2,
        graph.constants[other] == nil, graph.types[other] == graph.types[site.result]
      {
        site.former = other
      } else if isLimit(node, of: site.result, graph) {
        isLimited = true
      } else {
        return
      }
      taken.insert(next)
      site.nodes.append(next)
      site.result = node.outputs[0]
    }
  }

  /// A rounding behind which nothing but a sum or a limit follows, and one that is no finer, is left to the latter: one rounding is more
  /// exact than two, and what differs is within a step.
  private static func skipRounding(
    _ site: inout QuantizedSite, isLimited: Bool, _ graph: CapturedGraph, _ taken: inout Set<Int>
  ) {
    guard let (value, nodes) = graph.rounded.onlyRounding(of: site.result, graph),
      let next = graph.onlyUse(of: value), !taken.contains(next), !graph.rounded.nodes.contains(next)
    else { return }
    let node = graph.nodes[next]
    guard let own = graph.rounded.codes[site.result],
      let behind = node.outputs.first.flatMap({ graph.rounded.codes[$0] }),
      own.scale <= behind.scale * 1.01
    else { return }
    let isSum =
      !isLimited && site.former == nil && node.inputs.count == 2
      && node.primitive.pointwiseForm?.formula.outputs == [.input(0) + .input(1)]
      && node.inputs.allSatisfy { graph.constants[$0] == nil && graph.types[$0] == graph.types[value] }
    guard isSum || isLimit(node, of: value, graph) else { return }
    taken.formUnion(nodes)
    site.nodes += nodes
    site.result = value
  }

  /// Whether an operation cuts `value` to a range with 0 in it, and does nothing else.
  private static func isLimit(_ node: CapturedGraph.Node, of value: Int, _ graph: CapturedGraph) -> Bool {
    if Epilogue(node.primitive) == .relu { return true }
    guard let form = node.primitive.pointwiseForm else { return false }
    let numbers = form.scalars.map(\.double)
    switch form.formula.name {
    case "Hardtanh", "Clamp":
      return form.formula.inputCount == 1 && numbers.count == 2 && numbers[0] <= 0 && numbers[1] >= 0
    default: break
    }
    guard numbers.isEmpty, node.inputs.count == 2, let other = node.inputs.first(where: { $0 != value }),
      let bound = graph.constants[other], bound.count == 1, bound.dtype == .float32
    else { return false }
    let number = bound.detach().item(as: Float.self)
    switch form.formula.outputs {
    case [Expression.input(0)(.max, .input(1))]: return number <= 0
    case [Expression.input(0)(.min, .input(1))]: return number >= 0
    default: return false
    }
  }

  /// Whether an operation only moves elements, or takes some of them.
  static func movesElements(_ primitive: any Primitive) -> Bool {
    switch primitive {
    case is MaxPool, is Reshape, is Contiguous: true
    case let view as any ViewPrimitive: view is any ElementMove
    default: false
    }
  }

  /// The value whose integers `value` has.
  static func root(_ value: Int, _ graph: CapturedGraph) -> Int {
    var root = value
    while true {
      if let source = graph.rounded.sources[root] {
        root = source
      } else if let maker = graph.makers[root], movesElements(graph.nodes[maker].primitive),
        graph.constants[graph.nodes[maker].inputs[0]] == nil
      {
        root = graph.nodes[maker].inputs[0]
      } else {
        return root
      }
    }
  }
}
