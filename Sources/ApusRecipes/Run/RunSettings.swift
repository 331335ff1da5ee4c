import ApusCore
import ApusModels
import ApusOptim
import ApusTrain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What of a model is trained.
public enum TrainedPart: String, Sendable, CaseIterable, SettingFieldValue {
  /// All weights.
  case full
  /// Low-rank adapters beside weights that stay as they are (Hu et al., 2021).
  case lora
  /// Adapters with the sizes of rows trained apart (Liu et al., 2024).
  case dora
}

/// How the weights that are not trained are kept.
public enum BaseWeights: String, Sendable, CaseIterable, SettingFieldValue {
  /// As float32; a file's blocks of few bits are widened.
  case float32
  /// As bfloat16, half the memory.
  case bfloat16
  /// As the file has them: GGUF's blocks stay, with which adapters are QLoRA.
  case stored
  /// In 4 bits of NF4 with their scales in 8 bits (QLoRA, Dettmers et al., 2023).
  case nf4
  /// In 8 bits.
  case int8
}

/// The model that a recipe begins with, and what of it is trained.
public struct ModelSettings: RecipeSettings {
  @Field("a folder of Hugging Face's, or a .gguf file")
  public var path = ""
  @Field("what is trained")
  public var trains = TrainedPart.lora
  @Field("how weights are kept that are not trained")
  public var weights = BaseWeights.float32
  @Field("the form of few bits that weights are trained for (Q4_0, Q8_0, int8); null: none")
  public var awareOf: String? = nil
  @Field("a folder of adapters to go on with")
  public var adapter: String? = nil

  public init() {}

  public func validate() throws {
    if let awareOf {
      guard WeightForm(name: awareOf) != nil else {
        throw TensorError(
          .value, "model.awareOf",
          "'\(awareOf)' is no form of weights; there are Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, int8, int4")
      }
      guard trains == .full else {
        throw TensorError(.value, "model.awareOf", "weights are trained for few bits with model.trains=full alone")
      }
    }
    guard trains == .full, weights != .float32, weights != .bfloat16 else { return }
    throw TensorError(
      .value, "model.weights",
      "weights kept as \(weights.rawValue) cannot be trained: take model.trains=lora, or model.weights=float32"
    )
  }
}

/// Low-rank adapters, where ``ModelSettings/trains`` asks for them.
public struct LoraSettings: RecipeSettings {
  @Field("rows and columns of the adapters' matrices", 1...65536)
  public var rank = 8
  @Field("what the adapters' part is multiplied by, divided by the rank", 0...1e6)
  public var alpha = 16.0
  @Field("the share of inputs that adapters do not see in training", 0...0.99)
  public var dropout = 0.0
  @Field("names of the layers that get adapters; all-linear: every one but the head")
  public var targets: [String] = ["all-linear"]
  @Field("whether alpha is divided by the root of the rank")
  public var rankStabilised = false
  @Field("modules that are trained whole and saved with the adapters")
  public var modulesToSave: [String] = []

  public init() {}

  /// The configuration of the adapters.
  public func configuration(_ part: TrainedPart, base: String, task: String = "CAUSAL_LM") -> LoraConfiguration {
    var made = LoraConfiguration()
    (made.rank, made.alpha, made.dropout) = (rank, alpha, dropout)
    made.targets = targets == ["all-linear"] ? .allLinear : .names(targets)
    (made.isRankStabilised, made.usesDora, made.modulesToSave) = (rankStabilised, part == .dora, modulesToSave)
    (made.baseModel, made.task) = (base, task)
    return made
  }
}

/// The rules by which weights are changed.
public enum OptimizerName: String, Sendable, CaseIterable, SettingFieldValue {
  /// The optimisers of these names, with states of 8 bits where the name says so.
  case adamw, adamw8bit, adafactor, lion, lion8bit, muon, sgd
}

/// How weights are changed.
public struct OptimizerSettings: RecipeSettings {
  @Field("the rule")
  public var name = OptimizerName.adamw
  @Field(
    "whether the states of adamw, adamw8bit and lion8bit lie in a file, of which the system keeps in memory what fits")
  public var paged = false
  @Field("the highest learning rate", 0...100)
  public var lr = 2e-4
  @Field("how much weights are drawn to zero", 0...1)
  public var weightDecay = 0.0
  @Field("the averages' shares of what was before", 0...1)
  public var beta1 = 0.9
  @Field("the averages' shares of squares before", 0...1)
  public var beta2 = 0.999
  @Field("what is added below the root", 0...1)
  public var eps = 1e-8
  @Field("the largest norm of the gradients of a step; 0: none", 0...1e9)
  public var maxGradNorm = 1.0
  @Field("the course of the learning rate")
  public var schedule = ScheduleName.cosine
  @Field("the share of the steps in which the rate rises", 0...1)
  public var warmupShare = 0.03
  @Field("how many steps the rate rises, in place of a share", 0...Int.max)
  public var warmupSteps: Int? = nil
  @Field("the share of the rate at the end", 0...1)
  public var finalShare = 0.0

  public init() {}

  public func validate() throws {
    switch name {
    case .adamw, .adamw8bit, .lion8bit: return
    case .adafactor, .lion, .muon, .sgd:
      if paged {
        throw TensorError(
          .value, "optimizer.paged",
          "the states of \(name.rawValue) are not paged: those of adamw, adamw8bit and lion8bit are")
      }
    }
  }

  /// The optimiser of `parameters`.
  /// - Parameter folder: where states lie that are paged out.
  public func make(_ parameters: [Tensor], folder: String) throws -> Optimizer {
    let pages = paged ? try PagedStates(folder: folder) : nil
    switch name {
    case .adamw8bit:
      return AdamW8bit(
        parameters, lr: lr, betas: (beta1, beta2), eps: eps, weightDecay: weightDecay, pagedStates: pages)
    case .lion8bit:
      return Lion8bit(parameters, lr: lr, betas: (beta1, beta2), weightDecay: weightDecay, pagedStates: pages)
    case .adamw where paged:
      return AdamW32bit(
        parameters, lr: lr, betas: (beta1, beta2), eps: eps, weightDecay: weightDecay, pagedStates: pages)
    case .adamw: return AdamW(parameters, lr: lr, betas: (beta1, beta2), eps: eps, weightDecay: weightDecay)
    case .adafactor: return Adafactor(parameters, lr: lr, weightDecay: weightDecay)
    case .lion: return Lion(parameters, lr: lr, betas: (beta1, beta2), weightDecay: weightDecay)
    case .muon: return Muon(parameters.filter { $0.rank == 2 }, lr: lr, weightDecay: weightDecay)
    case .sgd: return SGD(parameters, lr: lr, momentum: beta1, weightDecay: weightDecay)
    }
  }

  /// What is kept for each number that is trained, in bytes.
  var bytesPerNumber: Int {
    switch name {
    case .adamw: paged ? 0 : 8
    case .adamw8bit: paged ? 0 : 2
    case .lion, .muon, .sgd: 4
    case .lion8bit, .adafactor: 1
    }
  }

  /// The rate of each of `steps` steps, as shares of ``lr``.
  public func course(steps: Int) -> @Sendable (Int) -> Double {
    let warmup = warmupSteps ?? Int((warmupShare * Double(steps)).rounded(.up))
    let (schedule, final) = (schedule, finalShare)
    return { step in
      if step < warmup { return Double(step + 1) / Double(warmup + 1) }
      let done = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
      switch schedule {
      case .constant: return 1
      case .linear: return final + (1 - final) * (1 - done)
      case .cosine: return final + (1 - final) * 0.5 * (1 + cos(done * .pi))
      }
    }
  }
}

/// Courses of the learning rate after it has risen.
public enum ScheduleName: String, Sendable, CaseIterable, SettingFieldValue {
  /// After the rise the rate stays, falls on a line, or as half a wave of the cosine.
  case constant, linear, cosine
}

/// What products of matrices are computed in; sums and steps are float32.
public enum PrecisionName: String, Sendable, CaseIterable, SettingFieldValue {
  /// float32 throughout.
  case float32
  /// Products in bfloat16, sums and weights in float32.
  case bfloat16

  var precision: TrainingPrecision {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16Mixed
    }
  }
}

/// How long a run is, and what it does on the way.
public struct LoopSettings: RecipeSettings {
  @Field("how often all examples are seen", 1...1_000_000)
  public var epochs = 1
  @Field("the most steps; null: as the epochs say", 1...Int.max)
  public var maxSteps: Int? = nil
  @Field("rows of a batch", 1...65536)
  public var batchSize = 1
  @Field("batches whose gradients make one step", 1...65536)
  public var accumulate = 8
  @Field("what products are computed in")
  public var precision = PrecisionName.float32
  @Field("steps between two validations; null: after each epoch", 1...Int.max)
  public var validateEverySteps: Int? = nil
  @Field("steps between two checkpoints inside an epoch", 1...Int.max)
  public var saveEverySteps: Int? = 100
  @Field("epochs without a better validation loss after which the run ends; null: never", 1...Int.max)
  public var patience: Int? = nil
  @Field("texts that the model continues during the run")
  public var samples: [String] = []
  @Field("steps between two samples of text", 1...Int.max)
  public var sampleEverySteps = 50
  @Field("the most tokens of a sample", 1...100_000)
  public var sampleTokens = 64
  @Field("whether there is neither a screen nor lines of progress")
  public var quiet = false
  @Field("what weights, orders and dropout are drawn from", 0...Int.max)
  public var seed = 0

  public init() {}
}

/// What memory is spent on.
public struct MemorySettings: RecipeSettings {
  @Field("the share of the layers that are computed again for gradients in place of keeping what these need", 0...1)
  public var recompute = 0.0
  @Field(
    "whether what layers keep for gradients lies in a file beside the output, of which the system keeps in memory what fits"
  )
  public var offload = false

  public init() {}

  /// Which of the layers are computed again: as many as the share says, evenly spread.
  public var recomputesLayer: (@Sendable (Int) -> Bool)? {
    guard recompute > 0 else { return nil }
    let share = recompute
    return { layer in Int((Double(layer + 1) * share).rounded(.down)) > Int((Double(layer) * share).rounded(.down)) }
  }
}

/// Forms in which the result is written.
public enum OutputForm: String, Sendable, CaseIterable, SettingFieldValue {
  /// A folder `adapter` that peft loads; the whole model where all of it is trained.
  case adapter
  /// A folder `merged` with the adapters in the weights, which transformers loads.
  case merged
  /// A file `model-F16.gguf` with the adapters in the weights and the tokeniser, which llama.cpp runs; with weights of few bits the others.
  case ggufF16 = "gguf-F16"
  /// 8 bits a number.
  case ggufQ8 = "gguf-Q8_0"
  /// 4 bits a number.
  case ggufQ4 = "gguf-Q4_0"
  /// 4 bits a number in blocks of 256, the head in 6.
  case ggufQ4K = "gguf-Q4_K"

  /// The form of a GGUF file's weights; nil for folders.
  var blocks: WeightForm? {
    switch self {
    case .adapter, .merged: nil
    case .ggufF16: .float16
    case .ggufQ8: .blocks(.q8_0)
    case .ggufQ4: .blocks(.q4_0)
    case .ggufQ4K: .blocks(.q4_K)
    }
  }
}

/// What a run leaves.
public struct OutputSettings: RecipeSettings {
  @Field("the folder of checkpoints, curves and results")
  public var folder = "finetuned"
  @Field("forms of the result")
  public var forms: [OutputForm] = [.adapter]
  @Field("whether events for TensorBoard are written")
  public var tensorBoard = true

  public init() {}
}
