import ApusCore
import ApusFunctional
import ApusNN

/// The weight of a product as integers: `(weight[o] * scale[o])` stands for the numbers of channel o.
public final class QuantizedLayer: Module {
  public let state = ModuleState()
  /// Integers of 8 bits from -127 to 127, of the weight's shape.
  public let weight: Tensor
  /// What they are multiplied by, for each channel: float32.
  public let scale: Tensor
  /// What is added to each channel, float32; nil in tables.
  public let bias: Tensor?
  /// What the weight is called in the model that it comes from, without `.weight`.
  public let name: String

  init(name: String, weight: Tensor, scale: Tensor, bias: Tensor?) {
    self.name = name
    (self.weight, self.scale, self.bias) = (buffer(weight), buffer(scale), bias.map { buffer($0) })
  }

  /// The weight of a site after normalisation, rounded.
  /// - Parameters:
  ///   - moments: what has been seen of its inputs; nil: nothing.
  ///   - correctsBias: whether the mean of what rounding changes is taken from the bias.
  convenience init(
    _ site: QuantizedSite, _ graph: CapturedGraph, _ moments: InputMoments? = nil, correctsBias: Bool = false
  ) throws(TensorError) {
    guard var weight = graph.constants[site.weight]?.detach().to(.float32) else {
      throw TensorError(.state, "quantize", "the weight of '\(site.name)' is not there")
    }
    var bias = site.bias.flatMap { graph.constants[$0]?.detach().to(.float32) }
    let channels = weight.shape[0]
    if let norm = site.norm {
      weight = weight * norm.scale.reshape([channels] + [Int](repeating: 1, count: weight.rank - 1))
      bias = bias.map { $0 * norm.scale + norm.shift } ?? norm.shift
    }
    let rounded = noGrad { RoundedWeight(weight, covariance: moments?.covariance) }
    if case .rows = site.kind {
      self.init(name: site.name, weight: rounded.integers, scale: rounded.scale, bias: nil)
      return
    }
    var shift = bias ?? Tensor.zeros([channels])
    if correctsBias, let moments {
      let column = rounded.scale.reshape([channels] + [Int](repeating: 1, count: weight.rank - 1))
      let change = noGrad { rounded.integers.to(.float32) * column - weight }
      if let mean = moments.meanResult(change, site.kind) { shift = noGrad { shift - mean } }
    }
    self.init(name: site.name, weight: rounded.integers, scale: rounded.scale, bias: shift)
  }
}

/// A model with products of integers, for arguments of given shapes: operations in order.
struct QuantizedProgram: Sendable {
  /// What an operation reads.
  enum Operand: Sendable {
    case value(Int)
    case constant(Tensor)
  }

  struct Step: Sendable {
    let primitive: any Primitive
    let inputs: [Operand]
    let outputs: [Int]
    /// Values that nothing reads behind it.
    var last: [Int] = []
  }

  private(set) var steps: [Step] = []
  private var inputs: [Int] = []
  private var results: [Operand] = []
  private var count: Int
  /// Where what a site makes is found, and what its integers stand for.
  private(set) var places: [(site: Int, value: Int, code: AffineCode?)] = []
  /// The named constants that are used as they are.
  private(set) var floats: [Int: String] = [:]

  /// - Parameters:
  ///   - codes: what the integers of each of the plan's roots stand for.
  ///   - layers: the weights of each of its sites.
  init(
    _ graph: CapturedGraph, _ plan: QuantizationPlan, codes: [Int: AffineCode], layers: [QuantizedLayer],
    isDynamic: Bool, floats own: [String: Tensor]
  ) throws(TensorError) {
    count = graph.types.count
    inputs = graph.inputs
    var builder = Builder(graph, plan, codes, layers, isDynamic, own, next: count)
    try builder.build()
    (steps, places, floats) = (builder.steps, builder.places, builder.floats)
    results = try graph.outputs.map { (value) throws(TensorError) in try builder.float(value) }
    steps = builder.steps
    floats = builder.floats
    count = builder.next
    noteLast()
  }

  private mutating func noteLast() {
    var kept: Set<Int> = []
    for case .value(let value) in results { kept.insert(value) }
    for i in steps.indices.reversed() {
      var last: [Int] = []
      for case .value(let value) in steps[i].inputs where kept.insert(value).inserted { last.append(value) }
      for value in steps[i].outputs where !kept.contains(value) { last.append(value) }
      steps[i].last = last
    }
  }

  /// What the model makes of `arguments`; `see` is told of every value.
  func run(_ arguments: [Tensor], _ see: ((Int, Tensor) -> Void)? = nil) -> [Tensor] {
    var values = [Tensor?](repeating: nil, count: count)
    for (value, tensor) in zip(inputs, arguments) { values[value] = tensor }
    func read(_ operand: Operand) -> Tensor {
      switch operand {
      case .constant(let tensor): return tensor
      case .value(let value):
        return values[value] ?? fail(TensorError(.state, "QuantizedModel", "value \(value) was not made"))
      }
    }
    for step in steps {
      let made = apply(step.primitive, step.inputs.map(read))
      if let failed = made.first(where: \.isPoisoned) { return results.map { _ in failed } }
      for (value, tensor) in zip(step.outputs, made) {
        values[value] = tensor
        see?(value, tensor)
      }
      for value in step.last { values[value] = nil }
    }
    return results.map(read)
  }
}

/// Writes a program: every value is made as integers, as floating point numbers, or as both, as those that read it want it.
private struct Builder {
  let graph: CapturedGraph
  let plan: QuantizationPlan
  let codes: [Int: AffineCode]
  let layers: [QuantizedLayer]
  let isDynamic: Bool
  /// Elements of named constants that stand for those of the graph.
  let own: [String: Tensor]
  var next: Int
  var steps: [QuantizedProgram.Step] = []
  var places: [(site: Int, value: Int, code: AffineCode?)] = []
  var floats: [Int: String] = [:]
  private var asIntegers: [Int: Int] = [:]
  private var asFloats: [Int: Int] = [:]

  init(
    _ graph: CapturedGraph, _ plan: QuantizationPlan, _ codes: [Int: AffineCode], _ layers: [QuantizedLayer],
    _ isDynamic: Bool, _ own: [String: Tensor], next: Int
  ) {
    (self.graph, self.plan, self.codes, self.layers) = (graph, plan, codes, layers)
    (self.isDynamic, self.own, self.next) = (isDynamic, own, next)
    for value in graph.inputs { asFloats[value] = value }
  }

  mutating func build() throws(TensorError) {
    var sites: [Int: Int] = [:]
    var absorbed: Set<Int> = []
    for (i, site) in plan.sites.enumerated() {
      absorbed.formUnion(site.nodes)
      if let last = site.nodes.max() { sites[last] = i }
    }
    for (i, node) in graph.nodes.enumerated() {
      if let site = sites[i] {
        try write(site)
      } else if let pool = plan.pools[i] {
        try write(pool, node.outputs[0])
      } else if !absorbed.contains(i), !graph.rounded.nodes.contains(i),
        !QuantizationPlan.movesElements(node.primitive)
      {
        let written = node.asWritten ?? (node.primitive, node.inputs)
        let inputs = try written.inputs.map { (value) throws(TensorError) in try float(value) }
        add(written.primitive, inputs, node.outputs)
        for value in node.outputs { asFloats[value] = value }
      }
    }
  }

  private mutating func add(_ primitive: any Primitive, _ inputs: [QuantizedProgram.Operand], _ outputs: [Int]) {
    steps.append(.init(primitive: primitive, inputs: inputs, outputs: outputs))
  }

  private mutating func newValue() -> Int {
    next += 1
    return next - 1
  }

  /// The value in floating point numbers.
  mutating func float(_ value: Int) throws(TensorError) -> QuantizedProgram.Operand {
    if let constant = graph.constants[value] {
      for source in graph.sources[value] ?? [] { floats[source] = graph.names[source] }
      if let name = graph.names[value], let tensor = own[name] { return .constant(tensor) }
      return .constant(constant)
    }
    if let made = asFloats[value] { return .value(made) }
    if graph.rounded.sources[value] != nil { _ = try integers(value) }
    if let integers = asIntegers[value], let code = codes[QuantizationPlan.root(value, graph)] {
      let made = newValue()
      add(DequantizeElements(code), [.value(integers)], [made])
      asFloats[value] = made
      return .value(made)
    }
    guard let maker = graph.makers[value] else {
      throw TensorError(.state, "quantize", "value \(value) of the model is used and not made")
    }
    // Moved elements: as integers where they are such, so that fewer bytes move.
    let node = graph.nodes[maker]
    if asIntegers[node.inputs[0]] != nil, asFloats[node.inputs[0]] == nil {
      _ = try integers(value)
      return try float(value)
    }
    let inputs = try node.inputs.map { (value) throws(TensorError) in try float(value) }
    add(node.primitive, inputs, node.outputs)
    for output in node.outputs { asFloats[output] = output }
    return .value(value)
  }

  /// The value in integers, which stand for what the code of its root says.
  mutating func integers(_ value: Int) throws(TensorError) -> (operand: QuantizedProgram.Operand, code: AffineCode) {
    let root = QuantizationPlan.root(value, graph)
    guard let code = codes[root] else {
      throw TensorError(.state, "quantize", "value \(root) of the model was not calibrated")
    }
    if let made = asIntegers[value] { return (.value(made), code) }
    if let source = graph.rounded.sources[value] {
      let (operand, _) = try integers(source)
      if case .value(let made) = operand { asIntegers[value] = made }
      return (operand, code)
    }
    if let maker = graph.makers[value], graph.nodes[maker].primitive is Contiguous, root != value {
      // Nothing changes elements, so that a copy is the same.
      let (operand, _) = try integers(graph.nodes[maker].inputs[0])
      if case .value(let made) = operand { asIntegers[value] = made }
      return (operand, code)
    }
    let made = newValue()
    if root != value, let maker = graph.makers[value] {
      let node = graph.nodes[maker]
      let source = try integers(node.inputs[0]).operand
      if let pool = node.primitive as? MaxPool {
        add(QuantizedMaxPool(pool.window), [source], [made])
      } else {
        let rest = try node.inputs.dropFirst().map { (value) throws(TensorError) in try float(value) }
        add(node.primitive, [source] + rest, [made])
      }
    } else {
      add(QuantizeElements(code), [try float(value)], [made])
    }
    asIntegers[value] = made
    return (.value(made), code)
  }

  private mutating func write(_ pool: QuantizedPool, _ result: Int) throws(TensorError) {
    let input = try integers(pool.input)
    let output = codes[result]
    let shape = graph.types[result].shape
    let kernel = QuantizedAveragePool(pool.window, pool.rule, input: input.code, output: output)
    let isWhole = shape.count == 2
    let made = output == nil && !isWhole ? result : newValue()
    add(kernel, [input.operand], [made])
    var last = made
    if isWhole {
      last = output == nil ? result : newValue()
      add(Reshape(shape: shape), [.value(made)], [last])
    }
    if output == nil { asFloats[result] = last } else { asIntegers[result] = last }
  }

  private mutating func write(_ i: Int) throws(TensorError) {
    let (site, layer) = (plan.sites[i], layers[i])
    let weights = [layer.weight, layer.scale, layer.bias].compactMap { $0 }.map {
      QuantizedProgram.Operand.constant($0)
    }
    if case .rows = site.kind {
      add(QuantizedRows(), weights + [try float(site.input)], [site.result])
      asFloats[site.result] = site.result
      return
    }
    if isDynamic {
      add(DynamicLinear(epilogue: site.epilogue), [try float(site.input)] + weights, [site.result])
      asFloats[site.result] = site.result
      places.append((i, site.result, nil))
      return
    }
    let input = try integers(site.input)
    let output = codes[site.result]
    let made = output == nil ? site.result : newValue()
    switch site.kind {
    case .convolution(let settings):
      let former = try site.former.map { (value) throws(TensorError) in try integers(value) }
      add(
        QuantizedConvolution(settings: settings, input: input.code, output: output, former: former?.code),
        [input.operand] + weights + (former.map { [$0.operand] } ?? []), [made])
    case .linear, .rows:
      add(
        QuantizedLinear(input: input.code, output: output, epilogue: site.epilogue), [input.operand] + weights, [made])
    }
    if output == nil { asFloats[site.result] = made } else { asIntegers[site.result] = made }
    places.append((i, made, output))
  }
}
