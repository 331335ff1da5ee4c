import ApusCore
import ApusModels
import ApusText

// What recipes on the same kind of data show of them, and what memory they take.

extension FinetuneSettings {
  /// The plan of a recipe on instructions, conversations or texts.
  public func planOfTexts() throws -> MemoryPlan {
    try planOfTexts(TrainingData(supervised: data, Tokenizer(path: model.path)).train)
  }

  /// The same for examples that have been read.
  public func planOfTexts(_ examples: TokenizedExamples) throws -> MemoryPlan {
    let longest = data.packing == .none ? examples.lengths.max() ?? 1 : data.maxLength
    return try MemoryPlan(self, rows: loop.batchSize, length: longest)
  }

  /// What such data are, and `count` examples as the model sees them.
  public func previewOfTexts(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: model.path)
    let data = try TrainingData(supervised: data, tokenizer)
    return preview(data.report, data.train, tokenizer, count)
  }

  /// The plan of a recipe that draws answers to prompts.
  /// - Parameters:
  ///   - answer: the most tokens of an answer.
  ///   - rows: answers of a pass of training.
  public func planOfPrompts(answer: Int, rows: Int) throws -> MemoryPlan {
    try planOfPrompts(
      TrainingData(prompts: data, Tokenizer(path: model.path)).train, answer: answer, rows: rows)
  }

  /// The same for prompts that have been read.
  public func planOfPrompts(_ prompts: [PromptExample], answer: Int, rows: Int) throws -> MemoryPlan {
    let longest = (prompts.map(\.ids.count).max() ?? 1) + answer
    return try MemoryPlan(self, rows: rows, length: longest, scored: answer * rows)
  }

  /// What such data are, and `count` prompts as the model sees them.
  public func previewOfPrompts(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: model.path)
    let data = try TrainingData(prompts: data, tokenizer)
    let examples = data.train.map {
      TokenizedExample(ids: $0.ids, labels: Array(repeating: -100, count: $0.ids.count))
    }
    return preview(data.report, TokenizedExamples(examples), tokenizer, count)
  }

  /// What pairs of answers are, and `count` of the answers as the model sees them.
  public func previewOfPairs(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: model.path)
    let data = try TrainingData(preferences: data, tokenizer)
    return preview(data.report, TokenizedExamples(data.train.flatMap { [$0.chosen, $0.rejected] }), tokenizer, count)
  }

  /// What answers that are liked or not are, and `count` of them as the model sees them.
  public func previewOfFeedback(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: model.path)
    let data = try TrainingData(feedback: data, tokenizer)
    let examples = data.train.map {
      TokenizedExample(
        ids: $0.prompt + $0.completion, labels: Array(repeating: -100, count: $0.prompt.count) + $0.completion)
    }
    return preview(data.report, TokenizedExamples(examples), tokenizer, count)
  }

  private func preview(
    _ report: DataReport, _ examples: TokenizedExamples, _ tokenizer: Tokenizer, _ count: Int
  ) -> String {
    var preview = DataPreview(examples, tokenizer)
    preview.shown = count
    return "\(report)\n\n\(preview.text())"
  }
}

extension ReferenceModel {
  /// What a model that is tuned is held to: itself without its adapters, or a model of its own where all of it is trained, the adapters began
  /// elsewhere, or another one is named.
  /// - Parameter path: another model; nil: the one that the tuning began with.
  public init(of tuned: TunedModel, _ settings: any FinetuneSettings, path: String? = nil) throws {
    if path == nil, let adapter = tuned.adapter, settings.model.adapter == nil {
      self.init(tuned.model, without: adapter)
      return
    }
    var held = settings.model
    if let path { (held.path, held.adapter) = (path, nil) }
    let other = try TunedModel(held, settings.lora).model
    for parameter in other.parameters() { parameter.requiresGrad_(false) }
    self.init(other)
  }
}

extension Reward {
  /// Checks what settings say of rewards, and that a step takes all answers of its prompts.
  /// - Throws: `TensorError` of kind `value` that names the field.
  public static func validate(_ names: [String], weights: [Double], _ loop: LoopSettings) throws {
    for name in names { _ = try Reward.named(name) }
    if !weights.isEmpty, weights.count != names.count {
      throw TensorError(
        .value, "rewardWeights", "there are \(weights.count) for \(names.count) rewards; give one for each")
    }
    if loop.accumulate != 1 {
      throw TensorError(
        .value, "loop.accumulate",
        "a step takes all answers of its prompts by passes of rowsPerPass rows: set loop.accumulate=1 and loop.batchSize to the "
          + "prompts of a step")
    }
  }

  /// Rewards by their names, each with its weight; without weights each counts once.
  /// - Throws: `TensorError` of kind `value` for a name that there is not.
  public static func named(_ names: [String], weights: [Double]) throws -> [Reward] {
    var found = try names.map { try Reward.named($0) }
    for (i, weight) in weights.enumerated() where i < found.count { found[i].weight = weight }
    return found
  }
}

extension ModelConfiguration {
  /// Makes the head of labels one that gives a number, and names what rows are filled up with, which the last token of a text is looked for by.
  mutating func giveRewards(_ tokenizer: TokenizerConfiguration) {
    values["num_labels"] = .int(1)
    values["id2label"] = nil
    if self["pad_token_id"]?.int == nil, let id = tokenizer.padId ?? tokenizer.eosId {
      values["pad_token_id"] = .int(id)
    }
  }
}

extension ModelConfiguration {
  /// Makes a head of labels one for these classes; without any, for a number.
  mutating func setLabels(_ classes: [String]) {
    let names = classes.isEmpty ? ["LABEL_0"] : classes
    values["id2label"] = .object(
      Dictionary(uniqueKeysWithValues: names.enumerated().map { ("\($0)", .string($1)) }))
    values["label2id"] = .object(Dictionary(names.enumerated().map { ($1, .int($0)) }, uniquingKeysWith: { a, _ in a }))
    values["num_labels"] = nil
    values["problem_type"] = .string(classes.isEmpty ? "regression" : "single_label_classification")
  }
}

extension ModelSettings {
  /// How many positions the model has at most; nil where it does not say.
  public func positions() throws -> Int? {
    try ModelSource(path: path).configuration["max_position_embeddings"]?.int
  }
}

extension TunedModel {
  /// A model with a head for these classes of texts; without any, for a number.
  /// - Throws: `TensorError` of files.
  public convenience init(labels classes: [String], _ settings: ModelSettings, _ lora: LoraSettings) throws {
    try self.init(settings, lora, head: .sequenceClassification, task: "SEQ_CLS") { $0.setLabels(classes) }
  }

  /// A model with a new head that says how good a text is.
  /// - Throws: `TensorError` of files.
  public convenience init(reward settings: ModelSettings, _ lora: LoraSettings) throws {
    let tokenizer = try Tokenizer(path: settings.path).configuration
    try self.init(settings, lora, head: .sequenceClassification, task: "SEQ_CLS") { $0.giveRewards(tokenizer) }
  }
}
