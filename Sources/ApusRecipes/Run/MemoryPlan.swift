import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import ApusTrain

/// What memory a run will need, before it begins: bytes by what holds them.
///
/// Weights, gradients and the optimiser's state follow from the shapes of the model. What a layer keeps for gradients is measured, on one and
/// on two layers of the model without weights, with a few tokens.
public struct MemoryPlan: Sendable, CustomStringConvertible {
  /// What holds memory, and how many bytes.
  public private(set) var parts: [(name: String, bytes: Int)] = []

  /// The most that the process is expected to hold.
  public var peak: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// - Parameters:
  ///   - settings: what the run is told.
  ///   - tokens: the most tokens of a batch, padding counted.
  ///   - scored: the most tokens of a batch that are learned; nil: all of them.
  ///   - head: what the model is to say.
  public init(_ settings: any FinetuneSettings, tokens: Int, scored: Int? = nil, head: ModelHead = .causalLM) throws {
    let source = try ModelSource(path: settings.model.path)
    let whole = try Self.shape(source, settings, head, layers: nil)
    let scored = scored ?? tokens
    parts.append(("program and tokeniser", 128 << 20))
    parts.append(("weights", try Self.weightBytes(source, settings)))
    if settings.model.trains != .full { parts.append(("adapters", whole.trained * 4)) }
    parts.append(("gradients", whole.trained * 4))
    parts.append(("state of the optimiser", whole.trained * settings.optimizer.bytesPerNumber))
    // Two sizes of the model tell what one layer keeps for a token, and what is kept beside layers.
    let probe = 64
    let one = try Self.shape(source, settings, head, layers: 1, tokens: probe).kept
    let two = try Self.shape(source, settings, head, layers: 2, tokens: probe).kept
    let layer = max(0, two - one) * tokens / probe
    let beside = max(0, one - max(0, two - one)) * tokens / probe
    let recomputed = (0..<whole.layers).count { settings.memory.recomputesLayer?($0) ?? false }
    let states = tokens * whole.features * 4
    let kept = (whole.layers - recomputed) * layer + recomputed * states + (recomputed > 0 ? layer : 0) + beside
    parts.append(("what layers keep", kept))
    // What the gradients of a layer are made in, and the scores of a part of the vocabulary.
    parts.append(("what is computed in", layer / 2 + 3 * scored * 2048 * 4 + 2 * states))
    // Freed memory waits in sizes for its next use: measured as two fifths of what layers keep.
    parts.append(("what waits for reuse", kept * 2 / 5))
  }

  public var description: String {
    let width = parts.map(\.name.count).max() ?? 0
    let lines = (parts + [("together", peak)]).map { name, bytes in
      let text = "\((bytes + (1 << 19)) >> 20) MB"
      return name + String(repeating: " ", count: max(1, width + 12 - name.count - text.count)) + text
    }
    return lines.joined(separator: "\n")
  }

  /// What a model of so many layers is, and what it keeps for gradients of so many tokens.
  private static func shape(
    _ source: ModelSource, _ settings: any FinetuneSettings, _ head: ModelHead, layers: Int?, tokens: Int = 0
  ) throws -> (trained: Int, layers: Int, features: Int, kept: Int) {
    var configuration = source.configuration
    let keys = ["num_hidden_layers", "n_layer", "num_layers", "n_layers"]
    let key = keys.first { configuration[$0] != nil } ?? keys[0]
    let all = configuration[key]?.int ?? 1
    if let layers { configuration.values[key] = .int(layers) }
    let model = try Init.skipped { () throws(TensorError) in try AutoModel.make(configuration, head: head) }
    let features = configuration.features
    var trained = 0
    if settings.model.trains == .full {
      trained = model.parameters().reduce(0) { $0 + $1.count }
    } else {
      var lora = settings.lora.configuration(.lora, base: "")
      // A probe of few layers has none of the others.
      lora.layers = layers.map { Array(0..<$0) }
      trained = try LoraAdapter(on: model, lora).parameters.reduce(0) { $0 + $1.tensor.count }
    }
    guard tokens > 0 else { return (trained, all, features, 0) }
    _ = model.train()
    var inputs = ModelInputs()
    inputs.inputIds = Tensor.zeros([1, tokens], dtype: .int64)
    let before = Allocator.shared.statistics.current
    let output = try withErrors { () throws -> Tensor? in
      if let scoring = model as? any TokenScoringModel { return scoring.lastStates(inputs) }
      let output = model(inputs)
      return output.logits ?? output.lastHiddenState
    }
    let kept = Allocator.shared.statistics.current - before
    withExtendedLifetime(output) {}
    return (trained, all, features, kept)
  }

  private static func storedBytes(_ source: ModelSource, _ name: String) throws -> Int {
    if let packed = try source.weights.packed(named: name) as? QuantizedWeight { return packed.byteCount }
    let tensor = try source.weights.tensor(named: name)
    return tensor.count * tensor.dtype.size
  }

  /// The bytes of the weights in the form in which they are kept.
  private static func weightBytes(_ source: ModelSource, _ settings: any FinetuneSettings) throws -> Int {
    try source.weights.names.reduce(0) { sum, name in
      let shape = source.weights.shape(of: name) ?? []
      let count = shape.reduce(1, *)
      guard shape.count > 1 else { return sum + 4 * count }
      let isTable = name.contains("embed") || name.contains("token_embd") || name.contains("wte")
      switch settings.model.weights {
      case .float32: return sum + 4 * count
      case .bfloat16: return sum + 2 * count
      case .int8: return sum + count + 4 * shape[0]
      // Tables of tokens have 8 bits a number.
      case .nf4: return sum + (isTable ? count + 4 * shape[0] : count / 2 + count / 60)
      case .stored: return sum + (try storedBytes(source, name))
      }
    }
  }
}
