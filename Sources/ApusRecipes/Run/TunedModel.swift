import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import ApusText
import ApusTrain

/// A published model that is made one's own: its weights, what of them is trained, its tokeniser.
public final class TunedModel {
  /// The language model, or whatever head was asked for.
  public let model: any PretrainedModel
  /// What makes its tokens.
  public let tokenizer: Tokenizer
  /// The adapters; nil where all weights are trained.
  public let adapter: LoraAdapter?
  /// What a trainer changes and checkpoints hold: the model, or the adapters alone.
  public private(set) var trained: any Module
  /// Where the model came from.
  public let path: String

  /// Loads a model and prepares what of it is trained.
  /// - Parameters:
  ///   - head: what the model is to say. What of it the files lack is random; adapters beside a model with a head of labels leave
  ///     the head to be trained whole, as peft does.
  ///   - task: what the model is for, in peft's words.
  ///   - configure: changes the configuration before the model is made: the labels of a head, for example.
  /// - Throws: `TensorError` of files, and where the settings do not fit the model.
  public init(
    _ settings: ModelSettings, _ lora: LoraSettings, head: ModelHead = .causalLM, task: String = "CAUSAL_LM",
    configure: (inout ModelConfiguration) -> Void = { _ in }
  ) throws {
    guard !settings.path.isEmpty else {
      throw TensorError(.value, "model.path", "there is no model: name a folder or a .gguf file")
    }
    path = expandedPath(settings.path)
    var loading = ModelLoading()
    loading.keepsPacked = settings.weights == .stored
    switch settings.weights {
    case .float32: break
    case .bfloat16: loading.dtype = .bfloat16
    case .stored: loading.dtype = nil
    case .nf4: loading.quantizes = .fourBits(FourBitForm(.nf4, isNested: true))
    case .int8: loading.quantizes = .int8
    }
    loading.isStrict = head == .causalLM
    loading.ignoresMismatchedSizes = head == .sequenceClassification
    let source = try ModelSource(path: path)
    var configuration = source.configuration
    configure(&configuration)
    let model = try AutoModel.load(
      ModelSource(path: path, configuration: configuration, weights: source.weights), head: head, loading)
    self.model = model
    tokenizer = try Tokenizer(path: path)
    if let name = settings.awareOf, let form = WeightForm(name: name) { try QuantizationAware.put(on: model, as: form) }
    guard settings.trains != .full else {
      // Steps change what is the program's own; elements of a file would stay in memory beside the changed ones.
      for parameter in model.parameters() { parameter.storeData(parameter.detach().clone()) }
      (adapter, trained) = (nil, model)
      return
    }
    var lora = lora
    if head == .sequenceClassification, lora.modulesToSave.isEmpty { lora.modulesToSave = Self.headModules(of: model) }
    let adapter =
      try settings.adapter.map { try LoraAdapter(path: $0, on: model) }
      ?? LoraAdapter(on: model, lora.configuration(settings.trains, base: path, task: task))
    let parameters: ParameterDict = [:]
    for (name, tensor) in adapter.parameters { parameters[name] = tensor }
    (self.adapter, trained) = (adapter, parameters)
  }

  /// The modules beside the base of a model with a head: `classifier`.
  private static func headModules(of model: any PretrainedModel) -> [String] {
    let base = type(of: model).baseModelPrefix
    let names = model.namedParameters().compactMap { $0.name.split(separator: ".").first.map(String.init) }
    return Set(names).subtracting([base]).sorted()
  }

  /// All that is trained.
  public var parameters: [Tensor] { trained.parameters() }

  /// How many features a state of the model has.
  public var features: Int { model.configuration.features }

  /// Trains the parameters of `module` too, which checkpoints then hold and results do not.
  public func add(_ module: any Module) { trained = TrainedTogether(trained, module) }

  /// The token that short rows are filled up with.
  public var padding: Int { tokenizer.configuration.padId ?? tokenizer.configuration.eosId ?? 0 }

  /// Puts the model into the mode that what is trained is in.
  public func follow() {
    if model.isTraining != trained.isTraining { _ = model.train(trained.isTraining) }
  }

  /// Writes the result in the forms asked for, into folders of their names.
  /// - Returns: what was written.
  public func save(_ output: OutputSettings) throws -> [String] {
    let folder = expandedPath(output.folder)
    var written: [String] = []
    func write(_ name: String, _ body: (String) throws -> Void) throws {
      try body("\(folder)/\(name)")
      written.append("\(folder)/\(name)")
    }
    func merged(_ body: () throws -> Void) throws {
      adapter?.merge()
      defer { adapter?.unmerge() }
      try body()
    }
    // Products that see weights in few bits have weights of their own all the same.
    QuantizationAware.remove(from: model)
    for form in output.forms {
      switch form {
      case .adapter:
        if let adapter { try write("adapter", adapter.save) } else { try write("model", saveModel) }
      case .merged: try merged { try write("merged", saveModel) }
      case .ggufF16, .ggufQ8, .ggufQ4, .ggufQ4K:
        try merged {
          try write("model-\(form.rawValue.dropFirst(5)).gguf") { path in
            try writeGGUFModel(model, tokenizer: self.path, to: path, as: form.blocks ?? .float16)
          }
        }
      }
    }
    return written
  }

  private func saveModel(to folder: String) throws {
    try model.save(to: folder)
    try copyTokenizer(to: folder)
  }

  /// The tokeniser's files, and how the model was published to generate.
  private func copyTokenizer(to folder: String) throws {
    try tokenizer.copyFiles(to: folder)
    let name = "generation_config.json"
    if fileExists("\(path)/\(name)") { try copyFile("\(path)/\(name)", to: "\(folder)/\(name)") }
  }
}

extension ModelConfiguration {
  /// How many features a state has, under whatever name; 0 where the file does not say.
  var features: Int {
    ["hidden_size", "n_embd", "d_model", "dim"].lazy.compactMap { self[$0]?.int }.first ?? 0
  }
}

/// A part of a model and what is trained beside it.
private final class TrainedTogether: Module {
  let state = ModuleState()
  let base: any Module
  let extra: any Module

  static let stateNames = ["base": ""]

  init(_ base: any Module, _ extra: any Module) { (self.base, self.extra) = (base, extra) }
}
