import ApusCore
import ApusFormats
import ApusNN

/// How a published model is loaded.
public struct ModelLoading: Sendable {
  /// The type of large weights: nil keeps that of the file. Norms and biases are float32 in any case.
  public var dtype: DType? = .float32
  /// Whether weights that the model needs and the files lack are an error; else they keep random numbers.
  public var isStrict = true
  /// Whether weights that have another shape in the files are left out and keep random numbers, as a head for other labels has;
  /// else they are an error.
  public var ignoresMismatchedSizes = false
  /// Whether matrices that a file keeps in blocks of few bits or as 16-bit numbers (GGUF) stay so; else they become parameters
  /// of type ``dtype``.
  public var keepsPacked = true
  /// The form of few bits that matrices get while they are read, one after the other, so that the model never lies in memory as
  /// it was published; tables of tokens get 8 bits at least. nil: none. Matrices that stay packed are left as they are.
  public var quantizes: WeightForm?
  /// Whether parameters shall collect gradients.
  public var requiresGrad = true

  /// Everything as float32, every weight required.
  public init() {}

  /// Weights of the given type; nil keeps that of the file.
  public init(dtype: DType?) { self.dtype = dtype }
}

/// A published model on disk: its configuration and its weights.
public struct ModelSource: Sendable {
  public let path: String
  public let configuration: ModelConfiguration
  public let weights: any ModelWeights

  /// Puts a configuration and weights together.
  public init(path: String, configuration: ModelConfiguration, weights: any ModelWeights) {
    (self.path, self.configuration, self.weights) = (path, configuration, weights)
  }

  /// Opens the folder at `path`, or the GGUF file at `path`, which holds the configuration in its metadata.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(path: String) throws {
    let path = expandedPath(path)
    if !isFolder(path), path.hasSuffix(".gguf") {
      let file = try GGUFFile(path: path)
      self.init(path: path, configuration: try ModelConfiguration(file), weights: try GGUFWeights(file))
      return
    }
    let configuration = try ModelConfiguration(path: path)
    let weights: any ModelWeights
    if QuantizedFolder.recognizes(configuration) {
      weights = try QuantizedFolder(path: path, configuration)
    } else if try BitsAndBytesFolder.recognizes(configuration) {
      weights = try BitsAndBytesFolder(path: path)
    } else {
      weights = try FolderWeights(path: path)
    }
    self.init(path: path, configuration: configuration, weights: weights)
  }
}

/// Loads published models by what their configuration says they are.
///
///     let model = try AutoModel.load("SmolLM2-135M-Instruct")
///     var inputs = ModelInputs()
///     inputs.inputIds = Tensor([[504, 3575, 282, 4649]])
///     let logits = model(inputs).logits
///
public enum AutoModel {
  /// Loads the model in the folder at `path`, in evaluation mode.
  /// - Parameter name: the class to load it as, such as `BertModel` for the base of a `BertForMaskedLM`; nil: what the
  ///   configuration names under `architectures`.
  /// - Throws: `TensorError`: of kind `unsupported` for an unknown architecture, with the known ones; of kind `state` with every
  ///   weight that does not fit; of kind `file` and `format` for files.
  public static func load(
    _ path: String, as name: String? = nil, _ loading: ModelLoading = ModelLoading()
  ) throws -> any PretrainedModel {
    try load(ModelSource(path: path), as: name, loading)
  }

  /// ``load(_:as:_:)-(String,_,_)`` of configuration and weights that are at hand.
  public static func load(
    _ source: ModelSource, as name: String? = nil, _ loading: ModelLoading = ModelLoading()
  ) throws -> any PretrainedModel {
    try load(source, try ArchitectureTable.named(name, source.configuration), loading)
  }

  /// Loads it with a head, or without one.
  public static func load(
    _ path: String, head: ModelHead, _ loading: ModelLoading = ModelLoading()
  ) throws -> any PretrainedModel {
    try load(ModelSource(path: path), head: head, loading)
  }

  /// Loads what is at hand with a head, or without one.
  public static func load(
    _ source: ModelSource, head: ModelHead, _ loading: ModelLoading = ModelLoading()
  ) throws -> any PretrainedModel {
    try load(source, try ArchitectureTable.with(head, source.configuration), loading)
  }

  /// A model that a configuration describes, without weights.
  package static func make(
    _ configuration: ModelConfiguration, head: ModelHead
  ) throws(TensorError) -> any PretrainedModel {
    try ArchitectureTable.with(head, configuration).make(configuration)
  }

  private static func load(
    _ source: ModelSource, _ entry: ModelClass, _ loading: ModelLoading
  ) throws -> any PretrainedModel {
    var configuration = source.configuration
    configuration.limit(by: source.weights)
    let model = try Init.skipped { () throws(TensorError) in try entry.make(configuration) }
    // What other heads have is no mistake where the class was asked for by name or by head.
    let isOwn = source.configuration.architectures.first == entry.name
    try WeightLoader(source.weights, loading, requiresAll: loading.isStrict, refusesOthers: isOwn && loading.isStrict)
      .load(into: model)
    return model.eval()
  }
}

/// ``AutoModel`` for models that continue texts.
public enum AutoModelForCausalLM {
  /// Loads the model at `path` with its language head.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .causalLM, loading)
  }
}

/// ``AutoModel`` for models that fill in tokens.
public enum AutoModelForMaskedLM {
  /// Loads the model at `path` with its language head.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .maskedLM, loading)
  }
}

/// ``AutoModel`` for models that make a text of a text or of sound.
public enum AutoModelForSeq2SeqLM {
  /// Loads the model at `path` with its language head.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .seq2seqLM, loading)
  }
}

/// ``AutoModel`` for models that give texts a label.
public enum AutoModelForSequenceClassification {
  /// Loads the model at `path` with its classifier.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .sequenceClassification, loading)
  }
}

/// ``AutoModel`` for models that give each token a label.
public enum AutoModelForTokenClassification {
  /// Loads the model at `path` with its classifier.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .tokenClassification, loading)
  }
}

/// ``AutoModel`` for models that find an answer in a text.
public enum AutoModelForQuestionAnswering {
  /// Loads the model at `path` with its head.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .questionAnswering, loading)
  }
}

/// ``AutoModel`` for models that give pictures a label.
public enum AutoModelForImageClassification {
  /// Loads the model at `path` with its classifier.
  public static func load(_ path: String, _ loading: ModelLoading = ModelLoading()) throws -> any PretrainedModel {
    try AutoModel.load(path, head: .imageClassification, loading)
  }
}
