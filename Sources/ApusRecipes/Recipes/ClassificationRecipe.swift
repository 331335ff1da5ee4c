import ApusCore
import ApusData
import ApusFormats
import ApusFunctional
import ApusModels
import ApusText
import ApusTrain

/// Settings of ``ClassificationRecipe``.
public struct ClassificationSettings: FinetuneSettings {
  @Field public var model = ModelSettings()
  @Field public var lora = LoraSettings()
  @Field public var data = DataSettings()
  @Field public var classes = ClassSettings()
  @Field public var optimizer = OptimizerSettings()
  @Field public var loop = LoopSettings()
  @Field public var memory = MemorySettings()
  @Field public var output = OutputSettings()

  /// All weights are trained, on batches of 16 texts.
  public init() {
    model.trains = .full
    data.maxLength = 256
    (optimizer.lr, optimizer.schedule, optimizer.warmupShare) = (2e-5, .linear, 0.1)
    (optimizer.weightDecay, loop.epochs) = (0.01, 3)
    (loop.batchSize, loop.accumulate) = (16, 1)
  }
}

/// How classes are learned.
public struct ClassSettings: RecipeSettings {
  @Field("how much each class counts, in their order; empty: all alike") public var weights: [Double] = []
  @Field("whether a class counts the more the rarer it is: examples by classes times its own") public var balanced =
    false
  @Field("the share of a label that is spread over all classes", 0...0.99) public var labelSmoothing = 0.0

  public init() {}

  public func validate() throws {
    guard weights.isEmpty || !balanced, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw TensorError(
        .value, "classes", "classes.weights are numbers of 0 or more, and do not go with classes.balanced")
    }
  }

  /// How much each class counts; nil: all alike.
  func weights(_ examples: [LabelledExample], classes: Int) throws(TensorError) -> Tensor? {
    guard weights.isEmpty else {
      guard weights.count == classes else {
        throw TensorError(
          .value, "classes.weights", "\(weights.count) weights are given, and the data have \(classes) classes")
      }
      return Tensor(weights).to(.float32)
    }
    guard balanced else { return nil }
    var counts = [Double](repeating: 0, count: classes)
    for example in examples { if case .index(let label) = example.label { counts[label] += 1 } }
    return Tensor(counts.map { $0 == 0 ? 0 : Double(examples.count) / (Double(classes) * $0) }).to(.float32)
  }
}

/// A model learns the labels of texts, or of pairs of texts: classes by their names, or numbers.
public struct ClassificationRecipe: Recipe {
  public static let name = "classification"
  public static let summary = "a model learns the labels of texts, or numbers"

  public let settings: ClassificationSettings

  public init(_ settings: ClassificationSettings) { self.settings = settings }

  /// The data, cut to what the model reads.
  private func data(_ tokenizer: Tokenizer) throws -> (data: TrainingData<[LabelledExample]>, limits: DataSettings) {
    let positions = try settings.model.positions()
    var limits = settings.data
    limits.maxLength = min(limits.maxLength, positions ?? .max, tokenizer.configuration.modelMaxLength ?? .max)
    return (try TrainingData(labelled: limits, tokenizer), limits)
  }

  public func run(resumes: Bool) throws -> RecipeReport {
    manualSeed(settings.loop.seed)
    let (data, limits) = try data(Tokenizer(path: settings.model.path))
    let classes = data.classes
    let tuned = try TunedModel(labels: classes, settings.model, settings.lora)
    let weights = try classes.isEmpty ? nil : settings.classes.weights(data.train, classes: classes.count)

    let run = try RecipeRun(tuned, settings) { (batch: LabelledBatch) in
      guard let logits = tuned.model(batch.inputs).logits else {
        throw TensorError(.unsupported, Self.name, "\(tuned.path) is no model that gives texts labels")
      }
      let rows = batch.labels.size(0)
      guard !classes.isEmpty else {
        return .init(loss: mseLoss(logits.reshape([rows]).to(.float32), batch.labels), count: rows)
      }
      let loss = crossEntropy(
        logits.to(.float32), batch.labels, weight: weights, labelSmoothing: settings.classes.labelSmoothing)
      let right = logits.detach().argmax(1).eq(batch.labels).to(.float32).mean()
      return .init(loss: loss, count: rows, values: [("accuracy", right)])
    }
    return try run.fit(data, resumes: resumes, plan: plan) {
      $0.loader(limits, batchSize: settings.loop.batchSize, padding: tuned.padding, shuffles: $1)
    }
  }

  public func plan() throws -> MemoryPlan {
    try plan(data(Tokenizer(path: settings.model.path)).data.train)
  }

  private func plan(_ examples: [LabelledExample]) throws -> MemoryPlan {
    let longest = examples.map(\.encoding.count).max() ?? 1
    return try MemoryPlan(
      settings, rows: settings.loop.batchSize, length: longest, scored: 0, head: .sequenceClassification)
  }

  public func preview(_ count: Int) throws -> String {
    let tokenizer = try Tokenizer(path: settings.model.path)
    let data = try data(tokenizer).data
    let shown = try data.train.prefix(count).map { example in
      let label =
        switch example.label {
        case .index(let number): data.classes.indices.contains(number) ? data.classes[number] : "\(number)"
        case .number(let value): "\(value)"
        }
      return "\(label)\n  \(try tokenizer.decode(example.encoding.ids, skipsSpecialTokens: true))"
    }
    return ([data.report.description] + shown).joined(separator: "\n\n")
  }
}
