import ApusCore
import ApusFormats

extension LoraConfiguration {
  /// Reads `adapter_config.json` in the folder at `path`, or the file at `path`.
  /// - Throws: `TensorError` of kind `format` for values that make no sense, of kind `unsupported` for adapters that are not LoRA or
  ///   DoRA.
  public init(path: String) throws(TensorError) {
    let path = expandedPath(path)
    let file = isFolder(path) ? "\(path)/adapter_config.json" : path
    guard fileExists(file) else {
      throw TensorError(
        .file, file, "there is no such file; adapters are a folder with adapter_config.json and weights")
    }
    let json = try ByteJSON(file: file)
    guard case .object(let values) = JSON(json) else {
      throw TensorError(.format, file, "the configuration of adapters is a JSON object")
    }
    try self.init(ModelConfiguration(values, path: file), json)
  }

  /// - Parameter json: the file, in whose order patterns are tried.
  private init(_ given: ModelConfiguration, _ json: ByteJSON) throws(TensorError) {
    let type = try given.string("peft_type", default: "LORA")
    guard type == "LORA" else { throw given.unsupported("peft_type", "LORA") }
    // What changes results and is not here. False, nothing and the values of an absent key are fine.
    for key in [
      "use_qalora", "use_bdlora", "layer_replication", "target_parameters", "trainable_token_indices", "velora_config",
      "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config",
    ] {
      switch given[key] {
      case nil, .bool(false), .array([]), .object([:]): continue
      default: throw given.unsupported(key, "absent: only LoRA and DoRA are read")
      }
    }
    rank = try given.int("r", default: 8, in: 1...(1 << 16))
    alpha = try given.double("lora_alpha", default: 8)
    targets = try Self.targets(given, "target_modules") ?? .names([])
    excluded = try Self.targets(given, "exclude_modules")
    if case .int(let one)? = given["layers_to_transform"] {
      layers = [one]
    } else {
      layers = try given.ints("layers_to_transform")
    }
    if case .string(let one)? = given["layers_pattern"] {
      layersPattern = one.isEmpty ? [] : [one]
    } else {
      layersPattern = try given.strings("layers_pattern") ?? []
    }
    for member in json["rank_pattern"]?.members ?? [] {
      guard let value = member.value.int, 1...(1 << 16) ~= value else {
        throw given.wrong("rank_pattern", "names with ranks of at least 1")
      }
      rankPattern[member.name] = value
    }
    for member in json["alpha_pattern"]?.members ?? [] {
      guard let value = member.value.double, value.isFinite else {
        throw given.wrong("alpha_pattern", "names with numbers")
      }
      alphaPattern[member.name] = value
    }
    isRankStabilised = try given.bool("use_rslora", default: false)
    usesDora = try given.bool("use_dora", default: false)
    dropout = try given.double("lora_dropout", default: 0)
    guard dropout >= 0, dropout < 1 else { throw given.wrong("lora_dropout", "a share from 0 and below 1") }
    guard let bias = LoraBias(rawValue: try given.string("bias", default: "none")) else {
      throw given.wrong("bias", "none, all or lora_only")
    }
    self.bias = bias
    hasOwnBias = try given.bool("lora_bias", default: false)
    modulesToSave = try given.strings("modules_to_save") ?? []
    baseModel = try given.string("base_model_name_or_path", default: "")
    task = given["task_type"]?.string
    others = given.values
  }

  private static func targets(_ given: ModelConfiguration, _ key: String) throws(TensorError) -> LoraTargets? {
    guard let value = given[key] else { return nil }
    if let text = value.string { return text == "all-linear" ? .allLinear : .pattern(text) }
    return try given.strings(key).map { .names($0) }
  }

  /// The text of `adapter_config.json`, as peft reads it.
  package func json(fanInFanOut: Bool) -> JSON {
    func targets(_ targets: LoraTargets?) -> JSON {
      switch targets {
      case nil: .null
      case .names(let names): .array(names.map { .string($0) })
      case .pattern(let pattern): .string(pattern)
      case .allLinear: .string("all-linear")
      }
    }
    func number(_ value: Double) -> JSON { Int(exactly: value).map { .int($0) } ?? .double(value) }
    var values = others
    values["peft_type"] = .string("LORA")
    values["r"] = .int(rank)
    values["lora_alpha"] = number(alpha)
    values["target_modules"] = targets(self.targets)
    values["exclude_modules"] = targets(excluded)
    values["layers_to_transform"] = layers.map { .array($0.map { .int($0) }) } ?? .null
    values["layers_pattern"] = layersPattern.isEmpty ? .null : .array(layersPattern.map { .string($0) })
    values["rank_pattern"] = .object(rankPattern.values.mapValues { .int($0) })
    values["alpha_pattern"] = .object(alphaPattern.values.mapValues(number))
    values["use_rslora"] = .bool(isRankStabilised)
    values["use_dora"] = .bool(usesDora)
    values["lora_dropout"] = number(dropout)
    values["bias"] = .string(bias.rawValue)
    values["lora_bias"] = .bool(hasOwnBias)
    values["modules_to_save"] = modulesToSave.isEmpty ? .null : .array(modulesToSave.map { .string($0) })
    values["base_model_name_or_path"] = baseModel.isEmpty ? .null : .string(baseModel)
    values["task_type"] = task.map { .string($0) } ?? .null
    values["fan_in_fan_out"] = .bool(fanInFanOut)
    values["inference_mode"] = .bool(true)
    return .object(values)
  }
}
