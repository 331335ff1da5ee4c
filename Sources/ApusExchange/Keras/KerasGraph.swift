import ApusCore
import ApusFormats

/// What a node of a functional model is called with.
indirect enum KerasArgument: Sendable {
  /// A result of another node.
  case reference(Reference, shape: KerasShape)
  case list([KerasArgument])
  case dictionary([String: KerasArgument])
  case value(KerasValue)

  struct Reference: Hashable, Sendable {
    let layer: Int
    let node: Int
    let tensor: Int
  }

  var references: [(Reference, KerasShape)] {
    switch self {
    case .reference(let reference, let shape): [(reference, shape)]
    case .list(let items): items.flatMap(\.references)
    case .dictionary(let items): items.sorted { $0.key < $1.key }.flatMap(\.value.references)
    case .value: []
    }
  }

  /// The argument with results in the place of references.
  func filled(_ results: [KerasNodeKey: [KerasValue]]) -> KerasValue {
    switch self {
    case .reference(let reference, _):
      let outputs = results[KerasNodeKey(layer: reference.layer, node: reference.node)] ?? []
      return outputs.indices.contains(reference.tensor) ? outputs[reference.tensor] : .none
    case .list(let items): return .list(items.map { $0.filled(results) })
    case .dictionary(let items): return .dictionary(items.mapValues { $0.filled(results) })
    case .value(let value): return value
    }
  }
}

/// A call of a layer in a graph.
struct KerasNodeKey: Hashable, Sendable {
  let layer: Int
  let node: Int
}

struct KerasNode: Sendable {
  let key: KerasNodeKey
  let arguments: [KerasArgument]
  let options: [String: KerasArgument]

  /// The tensors whose shapes decide those of the weights: those that are given by place, then attention's by name.
  var inputs: [(KerasArgument.Reference, KerasShape)] {
    arguments.flatMap(\.references) + ["query", "value", "key"].flatMap { options[$0]?.references ?? [] }
  }

  var references: [(KerasArgument.Reference, KerasShape)] {
    arguments.flatMap(\.references) + options.sorted { $0.key < $1.key }.flatMap(\.value.references)
  }
}

/// The nodes of a functional model in an order in which they can be computed.
struct KerasGraph: Sendable {
  let layers: [JSON]
  let names: [String]
  /// Nodes that the outputs need, without those of inputs.
  private(set) var order: [KerasNode] = []
  /// The input layers in the order of the model's inputs.
  private(set) var inputs: [Int] = []
  /// Names in the order of the inputs.
  var inputNames: [String] { inputs.map { names[$0] } }
  private(set) var outputs: KerasArgument = .value(.none)

  private let config: KerasConfig
  private let index: [String: Int]
  /// Whether the nodes of a layer are counted from 1: models count the node that they were made with.
  private var shifts: [Bool] = []

  init(_ config: KerasConfig) throws(TensorError) {
    self.config = config
    guard let layers = config["layers"]?.array, layers.count < 100_000 else {
      throw config.fail(.format, "the model's JSON has no list of layers")
    }
    self.layers = layers
    var names: [String] = []
    var index: [String: Int] = [:]
    for layer in layers {
      guard let name = layer["name"]?.string ?? layer["config"]?["name"]?.string else {
        throw config.fail(.format, "a layer has no name")
      }
      guard index.updateValue(names.count, forKey: name) == nil else {
        throw config.fail(.format, "two layers are called '\(name)'")
      }
      names.append(name)
    }
    self.names = names
    self.index = index
    shifts = layers.map { Self.startsWithNode($0, isOld: config.isOld) }
    let ins = try structure(config["input_layers"] ?? .array([]))
    outputs = try structure(config["output_layers"] ?? .array([]))
    inputs = ins.references.map(\.0.layer)
    guard !inputs.isEmpty, !outputs.references.isEmpty else {
      throw config.fail(.format, "the model has no inputs or outputs")
    }
    try sort()
  }

  /// References as they stand for the inputs and outputs: `[name, 0, 0]`, in lists and dictionaries.
  private func structure(_ json: JSON) throws(TensorError) -> KerasArgument {
    if let reference = try reference(json, isOutput: true) { return .reference(reference, shape: .unknown) }
    if let items = json.array {
      var list: [KerasArgument] = []
      for item in items { list.append(try structure(item)) }
      return .list(list)
    }
    guard let items = json.object else {
      throw config.fail(.format, "an output is not described as [layer, node, tensor]")
    }
    var entries: [String: KerasArgument] = [:]
    for (key, item) in items { entries[key] = try structure(item) }
    return .dictionary(entries)
  }

  /// Keras 2 counts a node of its own for models inside; Keras 3 only where it lists outputs.
  private static func startsWithNode(_ layer: JSON, isOld: Bool) -> Bool {
    switch layer["class_name"]?.string {
    case "Functional", "Model": true
    case "Sequential":
      isOld
        && (layer["config"]?["layers"]?.array ?? layer["config"]?.array)?.first?["class_name"]?.string == "InputLayer"
    default: false
    }
  }

  private func reference(
    _ json: JSON, isOutput: Bool = false
  ) throws(TensorError) -> KerasArgument.Reference? {
    guard let items = json.array, items.count == 3 || items.count == 4, let name = items[0].string,
      let node = items[1].int, let tensor = items[2].int
    else { return nil }
    guard let layer = index[name] else {
      throw config.fail(.format, "a node refers to the layer '\(name)', which there is not")
    }
    guard node >= 0, tensor >= 0, node < 1 << 20 else {
      throw config.fail(.format, "a node refers to '\(name)' \(node) \(tensor)")
    }
    let counts = shifts.indices.contains(layer) && shifts[layer] && (isOutput || config.isOld)
    return KerasArgument.Reference(layer: layer, node: counts ? max(node - 1, 0) : node, tensor: tensor)
  }

  // MARK: Nodes

  private func nodes(_ layer: Int) throws(TensorError) -> [KerasNode] {
    var nodes: [KerasNode] = []
    for item in layers[layer]["inbound_nodes"]?.array ?? [] {
      let key = KerasNodeKey(layer: layer, node: nodes.count)
      nodes.append(item.object == nil ? try oldNode(item, key) : try newNode(item, key))
    }
    return nodes
  }

  /// Keras 3: `{"args": [...], "kwargs": {...}}`.
  private func newNode(_ json: JSON, _ key: KerasNodeKey) throws(TensorError) -> KerasNode {
    var arguments: [KerasArgument] = []
    for item in json["args"]?.array ?? [] { arguments.append(try argument(item)) }
    var options: [String: KerasArgument] = [:]
    for (name, item) in json["kwargs"]?.object ?? [:] { options[name] = try argument(item) }
    return KerasNode(key: key, arguments: arguments, options: options)
  }

  private func argument(_ json: JSON) throws(TensorError) -> KerasArgument {
    if let items = json.array {
      var list: [KerasArgument] = []
      for item in items { list.append(try argument(item)) }
      return .list(list)
    }
    guard let members = json.object else { return .value(json.isNull ? .none : .constant(json)) }
    let settings = json["config"]
    switch json["class_name"]?.string {
    case nil:
      var entries: [String: KerasArgument] = [:]
      for (key, item) in members { entries[key] = try argument(item) }
      return .dictionary(entries)
    case "__keras_tensor__":
      guard let found = try reference(settings?["keras_history"] ?? .null) else {
        throw config.fail(.format, "a tensor of the graph has no history")
      }
      return .reference(found, shape: KerasShape(settings?["shape"]) ?? .unknown)
    case "__slice__":
      return .value(.slice(settings?["start"]?.int, settings?["stop"]?.int, settings?["step"]?.int))
    case "__tuple__": return try argument(json["items"] ?? .array([]))
    case "__ellipsis__": return .value(.constant(.string("...")))
    case "__tensor__", "__numpy__":
      guard let values = settings?["value"],
        let tensor = Self.tensor(values, KerasConfig.dtype(settings?["dtype"]?.string ?? "float32") ?? .float32)
      else { throw config.fail(.format, "a constant of the graph is no tensor") }
      return .value(KerasValue(tensor))
    default: return .value(.constant(json))
    }
  }

  /// A tensor from numbers in nested lists.
  static func tensor(_ json: JSON, _ dtype: DType) -> Tensor? {
    var shape: [Int] = []
    var first: JSON? = json
    while let items = first?.array {
      shape.append(items.count)
      first = items.first
    }
    var numbers: [Double] = []
    func collect(_ json: JSON, _ depth: Int) -> Bool {
      if depth == shape.count {
        guard let number = json.double ?? json.bool.map({ $0 ? 1 : 0 }) else { return false }
        numbers.append(number)
        return true
      }
      guard let items = json.array, items.count == shape[depth] else { return false }
      return items.allSatisfy { collect($0, depth + 1) }
    }
    guard collect(json, 0) else { return nil }
    return Tensor(numbers, dtype: .float64).reshape(shape).to(dtype)
  }

  /// Keras 2: a list of `[layer, node, tensor, options]`, one for each tensor of the first argument.
  private func oldNode(_ json: JSON, _ key: KerasNodeKey) throws(TensorError) -> KerasNode {
    var options: [String: KerasArgument] = [:]
    func entry(_ item: JSON) throws(TensorError) -> KerasArgument {
      guard let parts = item.array, parts.count >= 3 else {
        throw config.fail(.format, "a node of '\(names[key.layer])' is not [layer, node, tensor, options]")
      }
      if parts.count > 3 {
        for (name, value) in parts[3].object ?? [:] { options[name] = try oldOption(value) }
      }
      if parts[0].string == "_CONSTANT_VALUE" { return .value(.constant(parts[2])) }
      guard let reference = try reference(item) else {
        throw config.fail(.format, "a node of '\(names[key.layer])' is not [layer, node, tensor, options]")
      }
      return .reference(reference, shape: .unknown)
    }
    // One tensor may stand without the list around it.
    if json.array?.first?.string != nil {
      let single = try entry(json)
      return KerasNode(key: key, arguments: [single], options: options)
    }
    var items: [KerasArgument] = []
    for item in json.array ?? [] { items.append(try entry(item)) }
    return KerasNode(key: key, arguments: [items.count == 1 ? items[0] : .list(items)], options: options)
  }

  private func oldOption(_ json: JSON) throws(TensorError) -> KerasArgument {
    if let items = json.array {
      if items.count >= 3, let name = items[0].string {
        if name == "_CONSTANT_VALUE" { return .value(.constant(items[2])) }
        if index[name] != nil, let found = try reference(json) { return .reference(found, shape: .unknown) }
      }
      var list: [KerasArgument] = []
      for item in items { list.append(try oldOption(item)) }
      return .list(list)
    }
    return try argument(json)
  }

  // MARK: Order

  /// Puts the nodes that the outputs need in an order in which each comes behind what it needs.
  private mutating func sort() throws(TensorError) {
    var known: [Int: [KerasNode]] = [:]
    var state: [KerasNodeKey: Bool] = [:]
    var waiting = outputs.references.reversed().map { KerasNodeKey(layer: $0.0.layer, node: $0.0.node) }
    while let key = waiting.last {
      if state[key] == true {
        waiting.removeLast()
        continue
      }
      if known[key.layer] == nil { known[key.layer] = try nodes(key.layer) }
      let all = known[key.layer] ?? []
      if inputs.contains(key.layer) {
        state[key] = true
        waiting.removeLast()
        continue
      }
      guard all.indices.contains(key.node) else {
        throw config.fail(.format, "the layer '\(names[key.layer])' has no node \(key.node)")
      }
      let node = all[key.node]
      let needed = node.references.map { KerasNodeKey(layer: $0.0.layer, node: $0.0.node) }.filter { state[$0] != true }
      if needed.isEmpty {
        state[key] = true
        order.append(node)
        waiting.removeLast()
      } else {
        guard state[key] == nil else {
          throw config.fail(.format, "the layers go in a circle at '\(names[key.layer])'")
        }
        state[key] = false
        waiting += needed.reversed()
      }
    }
  }
}
