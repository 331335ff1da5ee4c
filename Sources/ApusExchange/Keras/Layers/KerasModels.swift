import ApusCore
import ApusFormats

/// Models, which are layers too: Sequential and Functional.
enum KerasModels {
  static let makers: [String: KerasBuilder.Maker] = [
    "Sequential": sequential, "Functional": functional, "Model": functional, "InputLayer": input,
  ]

  /// The names, shapes and types of a model's inputs.
  static func inputs(of object: JSON, _ config: KerasConfig) throws(TensorError) -> [KerasModel.Input] {
    guard config.className == "Sequential" else {
      let graph = try KerasGraph(config)
      return graph.inputs.map { layer in
        let settings = graph.layers[layer]["config"]
        return KerasModel.Input(
          name: graph.names[layer], shape: shape(settings) ?? [],
          dtype: KerasConfig.dtype(settings?["dtype"]?.string ?? "float32") ?? .float32)
      }
    }
    let first = layers(config).first
    let settings = first?["config"]
    let build = KerasShape(config["build_input_shape"]) ?? KerasShape(config.build?["input_shape"])
    return [
      KerasModel.Input(
        name: settings?["name"]?.string ?? "input", shape: shape(settings) ?? build?.sizes ?? [],
        dtype: first?["class_name"]?.string == "InputLayer"
          ? KerasConfig.dtype(settings?["dtype"]?.string ?? "float32") ?? .float32
          : first?["class_name"]?.string == "Embedding" ? .int32 : .float32)
    ]
  }

  private static func shape(_ settings: JSON?) -> [Int?]? {
    if let shape = KerasShape(settings?["batch_shape"]) ?? KerasShape(settings?["batch_input_shape"]) {
      return shape.sizes
    }
    return KerasShape(settings?["shape"])?.sizes.map { [nil] + $0 }
  }

  private static func input(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let known = shape(request.config.json).map { KerasShape($0) } ?? request.input
    let plan = KerasPlan(request.config, outputs: [known], masking: .passes) { call throws(TensorError) in
      KerasValue(try call.tensor())
    }
    plan.convertsInputs = false
    return plan
  }

  /// The layers of a Sequential model; the oldest files have the list in the place of the settings.
  private static func layers(_ config: KerasConfig) -> [JSON] { config.json.array ?? config["layers"]?.array ?? [] }

  private static func sequential(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let layers = layers(config)
    guard !layers.isEmpty, layers.count < 100_000 else { throw config.fail(.format, "the model has no layers") }
    var shape = request.input
    if shape.rank == nil {
      let built = KerasShape(config["build_input_shape"]) ?? KerasShape(config.build?["input_shape"])
      shape = built ?? KerasShape(Self.shape(layers[0]["config"]))
    }
    var parts: [(attribute: String, plan: KerasPlan)] = []
    var shapes = [shape]
    var names: [String: Int] = [:]
    var knowsShape = Self.shape(layers[0]["config"]) != nil
    knowsShape = knowsShape || KerasShape(config["build_input_shape"]) != nil
    for object in layers {
      let plan = try request.builder.plan(object, shapes)
      shapes = plan.outputs
      guard plan.config.className != "InputLayer" else { continue }
      parts.append(("layers/\(unique(plan, &names))", plan))
    }
    let plan = KerasPlan(config, parts: parts, outputs: shapes, masking: .own) { call throws(TensorError) in
      var value: KerasValue = call.arguments.first ?? .none
      if let mask = call.options["mask"]?.flat.first?.tensor {
        value = value.map { tensor, _ in .tensor(tensor, mask: mask) }
      }
      for layer in call.parts { value = try layer.call([value]) }
      return value
    }
    plan.convertsInputs = false
    plan.namesParts = !config.isOld
    plan.startsPaths = knowsShape
    return plan
  }

  /// The name under which Keras stores a layer in the list of a model's layers: its class with a number.
  private static func unique(_ plan: KerasPlan, _ names: inout [String: Int]) -> String {
    let name = plan.snakeName ?? plan.config.className.kerasSnakeCase
    let count = names[name, default: 0]
    names[name] = count + 1
    return count == 0 ? name : "\(name)_\(count)"
  }

  private static func functional(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let graph = try KerasGraph(config)
    var plans: [Int: KerasPlan] = [:]
    var planned: [Int: [KerasShape]] = [:]
    var shapes: [KerasNodeKey: [KerasShape]] = [:]
    for (place, layer) in graph.inputs.enumerated() {
      let own = shape(graph.layers[layer]["config"]).map { KerasShape($0) } ?? .unknown
      let given = request.inputs.indices.contains(place) ? request.inputs[place] : .unknown
      shapes[KerasNodeKey(layer: layer, node: 0)] = [
        given.rank == own.rank || own.rank == nil ? given.rank == nil ? own : given : own
      ]
    }
    for node in graph.order {
      let inputs = node.inputs.map { reference, recorded in
        let known = shapes[KerasNodeKey(layer: reference.layer, node: reference.node)] ?? []
        let shape = known.indices.contains(reference.tensor) ? known[reference.tensor] : .unknown
        return shape.rank == nil ? recorded : shape
      }
      let layer = node.key.layer
      if let plan = plans[layer] {
        // A layer that is used again; what it gives for other shapes is not followed through models.
        shapes[node.key] =
          planned[layer] == inputs
          ? plan.outputs
          : plan.parts.isEmpty ? try request.builder.plan(graph.layers[layer], inputs).outputs : [.unknown]
      } else {
        let plan = try request.builder.plan(graph.layers[layer], inputs)
        plans[layer] = plan
        planned[layer] = inputs
        shapes[node.key] = plan.outputs
      }
    }
    var parts: [(attribute: String, plan: KerasPlan)] = []
    var places: [Int: Int] = [:]
    var names: [String: Int] = [:]
    for layer in graph.layers.indices {
      guard let plan = plans[layer] else { continue }
      places[layer] = parts.count
      parts.append((plan.config.isOperation ? "" : "layers/\(unique(plan, &names))", plan))
    }
    let outputs = graph.outputs.references.map { reference, _ in
      let known = shapes[KerasNodeKey(layer: reference.layer, node: reference.node)] ?? []
      return known.indices.contains(reference.tensor) ? known[reference.tensor] : KerasShape.unknown
    }
    let finalPlaces = places
    let plan = KerasPlan(config, parts: parts, outputs: outputs, masking: .own) { call throws(TensorError) in
      try run(graph, finalPlaces, call)
    }
    plan.convertsInputs = false
    plan.namesParts = false
    return plan
  }

  private static func run(
    _ graph: KerasGraph, _ places: [Int: Int], _ call: KerasCall
  ) throws(TensorError) -> KerasValue {
    let given = inputs(of: call, graph)
    guard given.count == graph.inputs.count else {
      throw call.fail(
        "has \(graph.inputs.count) inputs (\(graph.inputNames.joined(separator: ", "))), and is called with \(given.count)"
      )
    }
    var results: [KerasNodeKey: [KerasValue]] = [:]
    for (layer, value) in zip(graph.inputs, given) { results[KerasNodeKey(layer: layer, node: 0)] = [value] }
    let layers = call.parts
    // What is not needed any more is let go.
    var uses: [KerasNodeKey: Int] = [:]
    func count(_ references: [(KerasArgument.Reference, KerasShape)], _ change: Int) {
      for (reference, _) in references {
        let key = KerasNodeKey(layer: reference.layer, node: reference.node)
        uses[key, default: 0] += change
        if uses[key] == 0 { results[key] = nil }
      }
    }
    for node in graph.order { count(node.references, 1) }
    count(graph.outputs.references, 1)
    for node in graph.order {
      guard let place = places[node.key.layer] else { continue }
      let arguments = node.arguments.map { $0.filled(results) }
      let options = node.options.mapValues { $0.filled(results) }
      results[node.key] = try layers[place].call(arguments, options).flat
      count(node.references, -1)
    }
    return graph.outputs.filled(results)
  }

  /// The inputs in the model's order: a dictionary's by the names of the input layers.
  private static func inputs(of call: KerasCall, _ graph: KerasGraph) -> [KerasValue] {
    if case .dictionary(let named)? = call.arguments.first, graph.inputNames.allSatisfy({ named[$0] != nil }) {
      return graph.inputNames.compactMap { named[$0] }
    }
    return call.arguments.first?.flat ?? []
  }
}
