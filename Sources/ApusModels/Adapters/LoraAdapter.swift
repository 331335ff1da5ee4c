import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN

/// Low-rank adapters on a model, in the form of the `peft` library: loaded or fresh, trained, merged into the weights and taken out
/// again, saved.
///
///     let model = try AutoModel.load("SmolLM2-135M-Instruct.Q4_1.gguf")
///     let adapter = try LoraAdapter(on: model, LoraConfiguration())      // or LoraAdapter(path: "adapter", on: model)
///     let optimizer = AdamW(adapter.parameters.map(\.tensor), lr: 1e-4)   // the base stays as it is
///     ...
///     try adapter.save(to: "adapter")
///
public final class LoraAdapter {
  public let configuration: LoraConfiguration
  private let model: any PretrainedModel
  private(set) var linears: [(path: String, projection: Projection, lora: LoraLinear)] = []
  private(set) var embeddings: [(path: String, table: TokenEmbedding, lora: LoraEmbedding)] = []
  /// Parameters of the base that are trained, by name, with what they were.
  private var whole: [(name: String, tensor: Tensor, original: Tensor)] = []
  /// What merging has replaced.
  private var replaced: [Replaced] = []

  private struct Replaced {
    let holder: any WeightHolder
    let weight: Tensor?
    let packed: (any PackedWeight)?
  }

  /// Puts fresh adapters on a model: A uniform as `Linear` begins, B of zeros, so that the model's results stay as they are. Only
  /// they, and the modules and biases that the configuration names, collect gradients from now on.
  /// - Throws: `TensorError` of kind `value` where no module is a target.
  public init(on model: any PretrainedModel, _ configuration: LoraConfiguration) throws {
    (self.model, self.configuration) = (model, configuration)
    let targeting = try LoraTargeting(configuration)
    let head = Self.headPath(model, configuration)
    for (path, module) in model.namedModules() {
      guard try targeting.includes(path, isHead: path == head), !configuration.saves(path) else { continue }
      guard module is Projection || module is TokenEmbedding else { continue }
      let rank = try targeting.rank(of: path)
      let scale = try targeting.scale(of: path, rank: rank)
      if let projection = module as? Projection {
        try Self.check(rank, path, projection.inFeatures, projection.outFeatures)
        let a = Init.kaimingUniform(Tensor.zeros([rank, projection.inFeatures]), a: 5.0.squareRoot())
        let b = Tensor.zeros([projection.outFeatures, rank])
        let size = configuration.usesDora ? noGrad { LoraLinear.sizes(projection.matrix(), delta: Tensor(0)) } : nil
        add(
          LoraLinear(
            a: a, b: b, bias: configuration.hasOwnBias ? Tensor.zeros([projection.outFeatures]) : nil, magnitude: size,
            scale: scale, dropout: configuration.dropout), path, projection)
      } else if let table = module as? TokenEmbedding, configuration.targets != .allLinear {
        try Self.check(rank, path, table.count, table.width)
        let a = Tensor.zeros([rank, table.count])
        let b = Init.normal(Tensor.zeros([table.width, rank]))
        let size = configuration.usesDora ? noGrad { LoraLinear.sizes(table.matrix().mT, delta: Tensor(0)) } : nil
        add(LoraEmbedding(a: a, b: b, magnitude: size, scale: scale), path, table)
      }
    }
    guard !linears.isEmpty || !embeddings.isEmpty else {
      throw TensorError(
        .value, "LoraAdapter",
        "no linear layer or table of \(type(of: model).typeName) is one of \(configuration.targets)")
    }
    takeBase()
  }

  /// Adapters are smaller than what they adapt, or at least small.
  private static func check(_ rank: Int, _ path: String, _ inputs: Int, _ outputs: Int) throws(TensorError) {
    guard rank <= max(min(inputs, outputs), 256) else {
      throw TensorError(
        .value, "LoraAdapter", "a rank of \(rank) is more than '\(path)' of \(outputs) by \(inputs) can have")
    }
  }

  /// Loads adapters from the folder at `path` (`adapter_config.json` and `adapter_model.safetensors` or `.bin`) onto a model.
  /// - Throws: `TensorError` of kind `state` that names every tensor that fits no module or has a wrong shape.
  public init(path: String, on model: any PretrainedModel) throws {
    let path = expandedPath(path)
    configuration = try LoraConfiguration(path: path)
    self.model = model
    let targeting = try LoraTargeting(configuration, file: "\(path)/adapter_config.json")
    let file = try AdapterWeights(path: path)
    var problems: [String] = []
    for (path, module) in model.namedModules() {
      guard let found = try file.take(path, configuration, &problems) else { continue }
      if let projection = module as? Projection, !found.isEmbedding {
        let wanted = (a: [found.rank, projection.inFeatures], b: [projection.outFeatures, found.rank])
        guard found.a.shape == wanted.a, found.b.shape == wanted.b,
          (found.bias?.shape ?? [wanted.b[0]]) == [wanted.b[0]],
          (found.magnitude?.shape ?? [wanted.b[0]]) == [wanted.b[0]]
        else {
          problems.append(
            "wrong shape: \(path): A \(found.a.shape), B \(found.b.shape), expected \(wanted.a), \(wanted.b)")
          continue
        }
        add(
          LoraLinear(
            a: found.a, b: found.b, bias: found.bias, magnitude: found.magnitude,
            scale: try targeting.scale(of: path, rank: found.rank), dropout: configuration.dropout), path, projection)
      } else if let table = module as? TokenEmbedding, found.isEmbedding {
        let wanted = (a: [found.rank, table.count], b: [table.width, found.rank])
        guard found.a.shape == wanted.a, found.b.shape == wanted.b,
          (found.magnitude?.shape ?? [table.width]) == [table.width]
        else {
          problems.append(
            "wrong shape: \(path): A \(found.a.shape), B \(found.b.shape), expected \(wanted.a), \(wanted.b)")
          continue
        }
        add(
          LoraEmbedding(
            a: found.a, b: found.b, magnitude: found.magnitude, scale: try targeting.scale(of: path, rank: found.rank)),
          path, table)
      } else {
        problems.append("unexpected: \(path), which is no linear layer or table here")
      }
    }
    takeBase()
    for entry in whole {
      guard let value = try file.whole(entry.name) else { continue }
      guard value.shape == entry.tensor.shape else {
        problems.append(
          "wrong shape: \(entry.name) is \(value.shape) in the file and \(entry.tensor.shape) in the model")
        continue
      }
      entry.tensor.storeData(value.to(entry.tensor.dtype))
    }
    problems += file.rest(allows: Set(model.namedParameters().map(\.name))).map { "unexpected: \($0)" }
    guard problems.isEmpty else {
      remove()
      throw TensorError(
        .state, path,
        "the adapters do not fit \(type(of: model).typeName):\n  \(problems.prefix(30).joined(separator: "\n  "))")
    }
  }

  /// All that is trained, under the names of peft's files.
  public var parameters: [(name: String, tensor: Tensor)] {
    var found: [(name: String, tensor: Tensor)] = []
    func add(_ path: String, _ name: String, _ tensor: Tensor?) {
      if let tensor { found.append(("\(AdapterWeights.prefix)\(path).\(name)", tensor)) }
    }
    for (path, _, lora) in linears {
      add(path, "lora_A.weight", lora.loraA)
      add(path, "lora_B.weight", lora.loraB)
      add(path, "lora_B.bias", lora.loraBias)
      add(path, "lora_magnitude_vector", lora.magnitude)
    }
    for (path, _, lora) in embeddings {
      add(path, "lora_embedding_A", lora.loraA)
      add(path, "lora_embedding_B", lora.loraB)
      add(path, "lora_magnitude_vector", lora.magnitude)
    }
    for entry in whole { found.append((AdapterWeights.prefix + entry.name, entry.tensor)) }
    return found
  }

  /// Whether the weights of the model have the adapters in them.
  public private(set) var isMerged = false

  /// Puts the adapters into the weights, which takes their time away. Packed weights become float32.
  public func merge() {
    if isMerged { return }
    isMerged = true
    noGrad {
      for (_, projection, lora) in linears {
        let matrix = lora.merged(projection.matrix())
        if let bias = lora.loraBias, let base = projection.bias { base.storeData(base + bias * lora.scale) }
        replace(projection, projection.isTransposed ? matrix.mT.contiguous() : matrix)
        projection.adapter = nil
      }
      for (_, table, lora) in embeddings {
        replace(table, lora.merged(table.matrix()))
        table.adapter = nil
      }
    }
  }

  /// Takes the adapters out of the weights again, which are what they were bit for bit.
  public func unmerge() {
    if !isMerged { return }
    isMerged = false
    for old in replaced.reversed() { (old.holder.weight, old.holder.packed) = (old.weight, old.packed) }
    replaced = []
    for (_, projection, lora) in linears {
      if let bias = lora.loraBias, let base = projection.bias { noGrad { base.storeData(base - bias * lora.scale) } }
      projection.adapter = lora
    }
    for (_, table, lora) in embeddings { table.adapter = lora }
  }

  /// Takes the adapters off the model, which is what it was before; a merged model stays merged.
  public func remove() {
    if isMerged { return }
    for (_, projection, _) in linears { projection.adapter = nil }
    for (_, table, _) in embeddings { table.adapter = nil }
    for entry in whole { entry.tensor.storeData(entry.original) }
  }

  /// Runs `body` on the model as it was before it got adapters, which are there again afterwards: the reference of preference tuning
  /// costs no second model. What of the base is trained whole has its first numbers in the meantime.
  public func withoutAdapters<Value>(_ body: () throws -> Value) rethrows -> Value {
    let wasMerged = isMerged
    if wasMerged { unmerge() }
    let trained = whole.map { entry in noGrad { entry.tensor.detach() * 1 } }
    remove()
    defer {
      for (_, projection, lora) in linears { projection.adapter = lora }
      for (_, table, lora) in embeddings { table.adapter = lora }
      for (entry, now) in zip(whole, trained) { entry.tensor.storeData(now) }
      if wasMerged { merge() }
    }
    return try body()
  }

  /// Writes `adapter_config.json` and `adapter_model.safetensors` to the folder at `path`, which peft loads.
  public func save(to path: String) throws {
    let path = expandedPath(path)
    try makeFolder(of: "\(path)/adapter_config.json")
    let isTransposed = linears.contains { $0.projection.isTransposed }
    try writeText(
      configuration.json(fanInFanOut: isTransposed).text(indented: true) + "\n", to: "\(path)/adapter_config.json")
    let tensors = parameters.map { name, tensor in
      let value = tensor.detach().contiguous()
      return SafetensorsTensor(name: name, dtype: value.dtype, shape: value.shape) { body in
        try value.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
      }
    }
    try writeSafetensors(tensors, metadata: ["format": "pt"], to: "\(path)/adapter_model.safetensors")
  }

  // MARK: Parts

  private func add(_ lora: LoraLinear, _ path: String, _ projection: Projection) {
    lora.train(projection.isTraining)
    projection.adapter = lora
    linears.append((path, projection, lora))
  }

  private func add(_ lora: LoraEmbedding, _ path: String, _ table: TokenEmbedding) {
    lora.train(table.isTraining)
    table.adapter = lora
    embeddings.append((path, table, lora))
  }

  /// Finds what of the base is trained; nothing else of it is.
  private func takeBase() {
    let adapters = Set(linears.flatMap { $0.lora.parameters() }.compactMap(\.variableIdentity))
      .union(embeddings.flatMap { $0.lora.parameters() }.compactMap(\.variableIdentity))
    let adapted = Set(linears.map { "\($0.path).bias" })
    for (name, tensor) in model.namedParameters() {
      if let identity = tensor.variableIdentity, adapters.contains(identity) { continue }
      let owner = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
      let isBias =
        switch configuration.bias {
        case .none: false
        case .all: name.hasSuffix("bias")
        case .loraOnly: adapted.contains(name)
        }
      let isTrained = isBias || isSaved(owner)
      tensor.requiresGrad_(isTrained)
      if isTrained { whole.append((name, tensor, noGrad { tensor.detach() * 1 })) }
    }
  }

  /// Whether a module, or one that it is a part of, is trained whole.
  private func isSaved(_ path: String) -> Bool {
    var path = path
    while true {
      if configuration.saves(path) { return true }
      guard let point = path.lastIndex(of: ".") else { return false }
      path = String(path[..<point])
    }
  }

  /// Gives a module another matrix, and those that share it.
  private func replace(_ holder: any WeightHolder, _ matrix: Tensor) {
    let identity = holder.weight?.variableIdentity
    let made = parameter(matrix.detach())
    var holders: [any WeightHolder] = [holder]
    if let identity {
      for (_, module) in model.namedModules() {
        guard let other = module as? any WeightHolder, other !== holder, other.weight?.variableIdentity == identity
        else { continue }
        holders.append(other)
      }
    }
    for holder in holders {
      replaced.append(Replaced(holder: holder, weight: holder.weight, packed: holder.packed))
      (holder.weight, holder.packed) = (made, nil)
    }
  }

  /// The path of the model's head, which `allLinear` leaves out.
  private static func headPath(_ model: any PretrainedModel, _ configuration: LoraConfiguration) -> String? {
    let names = model.namedModules().map(\.name)
    let heads = ["lm_head", "embed_out", "cls.predictions.decoder", "lm_head.decoder", "score", "classifier"]
    return heads.first { names.contains($0) }
  }
}
