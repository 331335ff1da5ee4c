import ApusCore
import ApusFunctional
import ApusModels
import ApusNN

/// How a parameter is cut along one dimension: in layers that lie behind each other, each for itself.
struct DividedDimension: Sendable {
  let dim: Int
  /// For each of the fused layers, how long the part of each process is.
  let sizes: [[Int]]

  /// - Parameters:
  ///   - units: how many units each layer holds that stay together.
  ///   - fused: the layers in relation to each other.
  init(_ length: Int, dim: Int, units: Int?, fused: [Int], _ group: ProcessGroup, _ name: String) throws(TensorError) {
    self.dim = dim
    let total = fused.reduce(0, +)
    guard total > 0, fused.allSatisfy({ $0 > 0 }), length % total == 0 else {
      throw TensorError(
        .shape, "parallelize", "\(name): \(length) features do not hold layers in the relation \(fused)")
    }
    let unit = length / total
    let count = units ?? unit
    guard count > 0, unit % count == 0 else {
      throw TensorError(.shape, "parallelize", "\(name): \(unit) features are not \(count) units of one size")
    }
    guard count >= group.size else {
      throw TensorError(
        .shape, "parallelize",
        "\(name): \(count) \(units == nil ? "features" : "heads or other units") cannot be divided among \(group.size) "
          + "processes; use a mesh dimension of at most \(count)")
    }
    // As even as can be.
    let parts = (0..<group.size).map { count * ($0 + 1) / group.size - count * $0 / group.size }
    sizes = fused.map { factor in parts.map { $0 * (unit / count) * factor } }
  }

  /// The part of `rank`.
  func part(_ whole: Tensor, _ rank: Int) -> Tensor {
    var start = 0
    let parts = sizes.map { sizes -> Tensor in
      defer { start += sizes.reduce(0, +) }
      return whole.narrow(dim, start + sizes[..<rank].reduce(0, +), sizes[rank])
    }
    return parts.count == 1 ? parts[0].clone() : cat(parts, dim: dim)
  }

  /// How long the part of each process is.
  var lengths: [Int] { sizes[0].indices.map { rank in sizes.reduce(0) { $0 + $1[rank] } } }

  /// The whole of the parts joined by rank.
  func whole(_ joined: Tensor) -> Tensor {
    if sizes.count == 1 { return joined }
    var places: [[Int]] = sizes.map { $0.map { _ in 0 } }
    var start = 0
    for rank in sizes[0].indices {
      for layer in sizes.indices {
        places[layer][rank] = start
        start += sizes[layer][rank]
      }
    }
    let parts = sizes.indices.flatMap { layer in
      sizes[layer].indices.map { joined.narrow(dim, places[layer][$0], sizes[layer][$0]) }
    }
    return cat(parts, dim: dim)
  }
}

/// A layer of a plan: what of it is cut, and what goes on around its calls.
final class DividedLayer {
  let name: String
  /// It holds the hooks, and these hold this.
  unowned let module: any Module
  let style: ParallelStyle
  let shared: SharedSettings
  /// The parameters that are cut, under their names in the module.
  private(set) var cuts: [(parameter: String, cut: DividedDimension)] = []
  /// Those parameters, until their parts are in their places.
  private(set) var wholes: [Tensor] = []
  /// What stands in their places.
  private var parts: [Tensor] = []
  /// The rows of a divided table that this process has.
  private var rows: Range<Int>?

  var group: ProcessGroup { shared.group }

  init(_ name: String, _ module: any Module, _ style: ParallelStyle, _ shared: SharedSettings) throws(TensorError) {
    (self.name, self.module, self.style, self.shared) = (name, module, style, shared)
    switch (module, style.kind) {
    case (_, .sequence): break
    case (let attention as MultiheadAttention, .heads): try divide(attention)
    case (is Linear, .columnwise), (is Linear, .rowwise), (is Projection, .columnwise), (is Projection, .rowwise):
      try divideLinear()
    case (is Embedding, .columnwise), (is Embedding, .rowwise), (is TokenEmbedding, .columnwise),
      (is TokenEmbedding, .rowwise):
      try divideTable()
    default:
      throw unsupported(
        "is a \(type(of: module).typeName), and \(style.kind) divides "
          + (style.kind == .heads ? "MultiheadAttention" : "Linear, Projection, Embedding and TokenEmbedding"))
    }
  }

  private func unsupported(_ text: String) -> TensorError {
    TensorError(.unsupported, "parallelize", "'\(name)' \(text)")
  }

  private func checkPlacements(_ inputs: [Placement], _ outputs: [Placement]) throws(TensorError) {
    guard inputs.contains(style.input), outputs.contains(style.output) else {
      throw TensorError(
        .value, "parallelize",
        "'\(name)': \(style.kind) takes an input of \(inputs) and gives one of \(outputs), and the plan says \(style.input) "
          + "and \(style.output)")
    }
  }

  private func cut(
    _ parameter: String, _ tensor: Tensor?, dim: Int, units: Int? = nil, fused: [Int] = [1]
  ) throws(TensorError) {
    guard let tensor else { return }
    guard tensor.rank > dim else {
      throw TensorError(.shape, "parallelize", "'\(name).\(parameter)' has no dimension \(dim) in \(tensor.shape)")
    }
    let cut = try DividedDimension(
      tensor.size(dim), dim: dim, units: units, fused: fused, group, "\(name).\(parameter)")
    cuts.append((parameter, cut))
    wholes.append(tensor)
  }

  private func divideLinear() throws(TensorError) {
    var isTransposed = false
    if let projection = module as? Projection {
      guard projection.adapter == nil, projection.packed == nil, projection.weight != nil else {
        throw unsupported("has packed weights or an adapter; divide a model of plain weights")
      }
      isTransposed = projection.isTransposed
    }
    let (results, features) = isTransposed ? (1, 0) : (0, 1)
    if style.kind == .columnwise {
      try checkPlacements([.replicate, .shard(1)], [.shard(-1), .replicate])
      try cut("weight", module.weight, dim: results, units: style.units, fused: style.fused)
      try cut("bias", module.bias, dim: 0, units: style.units, fused: style.fused)
    } else {
      try checkPlacements([.shard(-1), .replicate], [.replicate, .shard(1)])
      try cut("weight", module.weight, dim: features, units: style.units)
    }
  }

  private func divideTable() throws(TensorError) {
    if let table = module as? TokenEmbedding, table.adapter != nil || table.packed != nil || table.weight == nil {
      throw unsupported("has a packed table or an adapter; divide a model of plain weights")
    }
    if let table = module as? Embedding, table.maxNorm != nil || table.scaleGradByFreq || table.sparse {
      throw unsupported(
        "scales its rows or their gradients, or keeps these by rows, for which it needs the whole table")
    }
    if style.kind == .rowwise {
      try checkPlacements([.shard(-1), .replicate], [.replicate, .shard(1)])
      try cut("weight", module.weight, dim: 0)
      if let sizes = cuts.first?.cut.lengths {
        let start = sizes[..<group.rank].reduce(0, +)
        rows = start..<(start + sizes[group.rank])
      }
    } else {
      try checkPlacements([.replicate], [.shard(-1), .replicate])
      try cut("weight", module.weight, dim: 1)
    }
  }

  private func divide(_ attention: MultiheadAttention) throws(TensorError) {
    guard attention.biasK == nil else {
      throw unsupported("adds a key and a value of its own, which have all heads")
    }
    let heads = attention.numHeads
    try cut("in_proj_weight", attention.inProjWeight, dim: 0, units: heads, fused: [1, 1, 1])
    try cut("q_proj_weight", attention.qProjWeight, dim: 0, units: heads)
    try cut("k_proj_weight", attention.kProjWeight, dim: 0, units: heads)
    try cut("v_proj_weight", attention.vProjWeight, dim: 0, units: heads)
    try cut("in_proj_bias", attention.inProjBias, dim: 0, units: heads, fused: [1, 1, 1])
    try cut("out_proj.weight", attention.outProj.weight, dim: 1, units: heads)
  }

  /// Lets go of the memory of the wholes.
  func forgetWholes() { wholes = [] }

  /// Puts parameters in the places of those that were cut.
  func replace(_ parameter: String, with tensor: Tensor) {
    parts.append(tensor)
    if let attention = module as? MultiheadAttention {
      switch parameter {
      case "in_proj_weight": attention.inProjWeight = tensor
      case "q_proj_weight": attention.qProjWeight = tensor
      case "k_proj_weight": attention.kProjWeight = tensor
      case "v_proj_weight": attention.vProjWeight = tensor
      case "in_proj_bias": attention.inProjBias = tensor
      default: attention.outProj.weight = tensor
      }
    } else if parameter == "bias" {
      module.bias = tensor
    } else {
      module.weight = tensor
    }
  }

  // MARK: - Around calls

  /// Has the module's calls exchange what they must.
  func install(among layers: [DividedLayer]) {
    switch (module, style.kind) {
    case (_, .sequence): installSequence()
    case (is MultiheadAttention, _): installAttention()
    case (is Embedding, .rowwise), (is TokenEmbedding, .rowwise): installVocabulary()
    case (is Embedding, _), (is TokenEmbedding, _): installOutput()
    case (_, .columnwise):
      // What reads one input shares what is sent for it.
      let neighbours = layers.filter {
        $0.style.kind == .columnwise && $0.style.input == style.input && !($0.module is Embedding)
          && !($0.module is TokenEmbedding) && $0.parent == parent
      }
      if neighbours.first === self {
        let input = SharedInput(readers: neighbours.count)
        for layer in neighbours { layer.installInput(input) }
      }
      installOutput()
    default: installRowwise()
    }
  }

  private var parent: Substring { name.lastIndex(of: ".").map { name[..<$0] } ?? "" }

  private func installInput(_ input: SharedInput) {
    let (style, shared) = (style, shared)
    module.registerForwardPreHook { (module: any Module, inputs: [Tensor]) -> [Tensor]? in
      let entered = inputs.map { x in
        input.value(of: x) {
          style.input == .replicate ? Self.entered(x, shared.group) : shared.joined(x, sharesLoss: false)
        }
      }
      if module.isTraining, style.output != .replicate { shared.random.set(divided: true) }
      return entered
    }
  }

  private static func entered(_ x: Tensor, _ group: ProcessGroup) -> Tensor {
    x.requiresGrad && isGradEnabled ? group.functional.copyToGroup(x) : x
  }

  /// Joins features where the plan says so.
  private func installOutput() {
    guard style.output == .replicate, let dim = cuts.first?.cut else { return }
    let (group, shared) = (group, shared)
    module.registerForwardHook { (module: any Module, _: [Tensor], output: Tensor) -> Tensor? in
      if module.isTraining { shared.random.set(divided: false) }
      return dim.whole(lastDimensionOf: group.functional.gatherFromGroup(output, dim: -1, sizes: dim.lengths))
    }
  }

  /// The sum over the processes as the plan wants it, with the bias, which counts once.
  private func summed(_ x: Tensor, _ bias: Tensor?) -> Tensor {
    let result: Tensor
    var bias = bias
    if style.output == .replicate {
      result = group.functional.reduceFromGroup(x)
    } else {
      result = shared.dividedSum(x)
      bias = bias.map { Self.entered($0, group) }
    }
    if module.isTraining { shared.random.set(divided: style.output != .replicate) }
    return bias.map { result + $0.to(result.dtype) } ?? result
  }

  private func installRowwise() {
    let kept = KeptTensors()
    let lengths = cuts.first?.cut.lengths
    module.registerForwardPreHook { [self] (_: any Module, inputs: [Tensor]) -> [Tensor]? in
      kept.bias = takeBias()
      guard style.input == .replicate else { return nil }
      return inputs.map { group.functional.scatterToGroup($0, dim: -1, sizes: lengths) }
    }
    module.registerForwardHook { [self] (_: any Module, _: [Tensor], output: Tensor) -> Tensor? in
      let bias = kept.bias
      setBias(bias)
      return summed(output, bias)
    }
  }

  private func takeBias() -> Tensor? {
    if let linear = module as? Linear {
      defer { linear.bias = nil }
      return linear.bias
    }
    if let projection = module as? Projection {
      defer { projection.bias = nil }
      return projection.bias
    }
    return nil
  }

  private func setBias(_ bias: Tensor?) {
    (module as? Linear)?.bias = bias
    (module as? Projection)?.bias = bias
  }

  private func installVocabulary() {
    guard let rows, let count = cuts.first?.cut.lengths.reduce(0, +), let part = parts.first else { return }
    let kept = KeptTensors()
    let padding = (module as? TokenEmbedding)?.paddingIndex ?? (module as? Embedding)?.paddingIdx
    module.registerForwardPreHook { (module: any Module, inputs: [Tensor]) -> [Tensor]? in
      kept.inputs = inputs
      // The module looks up one row, which is not used: numbers of rows are those of the whole, and so is that of padding, for which
      // a table of the whole's size without memory stands in.
      if padding != nil {
        let stand = Tensor.zeros([], dtype: part.dtype).expand([count, part.size(1)])
        Self.setTable(module, parameter(stand, requiresGrad: false))
      }
      return [Tensor.zeros([1], dtype: .int64)]
    }
    module.registerForwardHook { [self] (module: any Module, _: [Tensor], _: Tensor) -> Tensor? in
      if padding != nil { Self.setTable(module, part) }
      guard let indices = kept.inputs.first else { return nil }
      kept.inputs = []
      let found = VocabularyParallel.embedding(indices, part, rows: rows, paddingIndex: padding)
      return summed(module is TokenEmbedding ? found.widened : found, nil)
    }
  }

  private static func setTable(_ module: any Module, _ weight: Tensor) {
    if let table = module as? TokenEmbedding { table.weight = weight } else { module.weight = weight }
  }

  private func installAttention() {
    guard let attention = module as? MultiheadAttention else { return }
    let kept = KeptTensors()
    let (group, shared) = (group, shared)
    module.registerForwardPreHook { [unowned attention] (module: any Module, inputs: [Tensor]) -> [Tensor]? in
      kept.bias = attention.outProj.bias
      attention.outProj.bias = nil
      kept.isFirst = true
      let input = SharedInput(readers: inputs.count)
      if module.isTraining { shared.random.set(divided: true) }
      return inputs.map { x in x.requiresGrad ? input.value(of: x) { Self.entered(x, group) } : x }
    }
    module.registerForwardHook { [self, unowned attention] (_: any Module, _: [Tensor], output: Tensor) -> Tensor? in
      // Behind the result come weights, if they are asked for.
      guard kept.isFirst else { return nil }
      kept.isFirst = false
      let bias = kept.bias
      attention.outProj.bias = bias
      return summed(output, bias)
    }
  }

  private func installSequence() {
    let (group, shared) = (group, shared)
    DividedParameter.register(module.parameters(), .summed(group))
    for parameter in module.parameters() {
      guard let identity = parameter.variableIdentity else { continue }
      parameter.registerHook { (gradient: Tensor) -> Tensor? in
        // Rows of a sharded one are summed behind their reduction.
        ShardedParameter.of(identity) == nil ? noGrad { group.functional.allReduce(gradient) } : nil
      }
    }
    guard style.output == .replicate else { return }
    module.registerForwardHook { (module: any Module, _: [Tensor], output: Tensor) -> Tensor? in
      if module.isTraining { shared.random.set(divided: false) }
      return shared.joined(output, sharesLoss: true)
    }
  }
}

extension DividedDimension {
  /// ``whole(_:)`` of results, whose last dimension is cut as this one.
  fileprivate func whole(lastDimensionOf x: Tensor) -> Tensor {
    sizes.count == 1 ? x : DividedDimension(dim: x.rank - 1, sizes: sizes).whole(x)
  }

  fileprivate init(dim: Int, sizes: [[Int]]) { (self.dim, self.sizes) = (dim, sizes) }
}

/// What a hook before a call keeps for the one behind it. One call at a time uses a divided module, as collectives need an order.
private final class KeptTensors {
  var bias: Tensor?
  var inputs: [Tensor] = []
  var isFirst = false
}

/// What is made of an input that several layers read, made once: the backward pass sends one gradient for all of them.
private final class SharedInput {
  private let readers: Int
  private var present: (input: Tensor, value: Tensor)?
  private var left = 0

  init(readers: Int) { self.readers = readers }

  func value(of x: Tensor, _ make: () -> Tensor) -> Tensor {
    if let present, left > 0, present.input.body === x.body {
      left -= 1
      if left == 0 { self.present = nil }
      return present.value
    }
    let made = make()
    left = readers - 1
    present = left > 0 ? (x, made) : nil
    return made
  }
}
