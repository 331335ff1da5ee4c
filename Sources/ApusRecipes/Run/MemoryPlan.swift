import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import ApusTrain

/// What memory a run will need, before it begins: bytes by what holds them.
///
/// What is trained follows from the shapes of the model, and so do gradients and the optimiser's state. What a layer keeps for gradients is
/// measured, on one and on two layers of the model without weights, with a row of as many tokens as the run has.
public struct MemoryPlan: Sendable, CustomStringConvertible {
  /// What holds memory, and how many bytes.
  public private(set) var parts: [(name: String, bytes: Int)] = []

  /// The most that the process is expected to hold.
  public var peak: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// - Parameters:
  ///   - settings: what the run is told.
  ///   - rows: the most rows of a batch.
  ///   - length: the most tokens of a row.
  ///   - scored: the most tokens of a batch that are learned; nil: all of them.
  ///   - head: what the model is to say.
  public init(
    _ settings: any FinetuneSettings, rows: Int, length: Int, scored: Int? = nil, head: ModelHead = .causalLM
  ) throws {
    let source = try ModelSource(path: settings.model.path)
    let layers = Self.layers(source.configuration).count
    // A run that is planned for draws as one that is not.
    let random = Generator.default.getState()
    defer { try? Generator.default.setState(random) }
    // Two sizes of the model tell what one layer is and keeps, and what is beside layers.
    let one = try Self.probe(source, settings, head, layers: 1, length: length, isPadded: rows > 1)
    let two = try Self.probe(source, settings, head, layers: 2, length: length, isPadded: rows > 1)
    let trained = one.trained + max(0, layers - 1) * (two.trained - one.trained)
    parts.append(("program and tokeniser", 64 << 20))
    parts.append(("weights", try Self.weightBytes(source, settings)))
    if settings.model.trains != .full { parts.append(("adapters", trained * 4)) }
    parts.append(("gradients", trained * 4))
    parts.append(("state of the optimiser", trained * settings.optimizer.bytesPerNumber))
    let layer = rows * max(0, two.kept - one.kept)
    let beside = rows * max(0, one.kept - max(0, two.kept - one.kept))
    let recomputed = (0..<layers).count { settings.memory.recomputesLayer?($0) ?? false }
    let states = rows * length * one.features * 4
    let kept = (layers - recomputed) * layer + recomputed * states + (recomputed > 0 ? layer : 0) + beside
    // In a file there is no more of it in memory than a layer's at a time.
    let held = settings.memory.offload ? min(kept, layer + beside) : kept
    parts.append(("what layers keep", held))
    // What the gradients of a layer are made in, and the scores of a part of the vocabulary.
    let scores = 3 * (scored ?? rows * length) * 2048 * 4
    parts.append(("what is computed in", layer / 2 + scores + 2 * states))
    switch settings.model.weights {
    case .float32, .bfloat16, .stored: break
    case .nf4, .int8: parts.append(("the largest weight while it is read", 4 * one.largest))
    }
    // Blocks of other sizes that no longer fit where others were: measured as a twelfth of what layers keep.
    parts.append(("places between blocks", held / 12))
  }

  public var description: String {
    let width = parts.map(\.name.count).max() ?? 0
    let lines = (parts + [("together", peak)]).map { name, bytes in
      let text = "\((bytes + (1 << 19)) >> 20) MB"
      return name + String(repeating: " ", count: max(1, width + 12 - name.count - text.count)) + text
    }
    return lines.joined(separator: "\n")
  }

  /// How many layers the model has, and by which name its configuration says so.
  private static func layers(_ configuration: ModelConfiguration) -> (count: Int, key: String) {
    let keys = ["num_hidden_layers", "n_layer", "num_layers", "n_layers"]
    let key = keys.first { configuration[$0] != nil } ?? keys[0]
    return (configuration[key]?.int ?? 1, key)
  }

  /// What of a model of so many layers is trained, and what it keeps for the gradients of a row.
  private static func probe(
    _ source: ModelSource, _ settings: any FinetuneSettings, _ head: ModelHead, layers: Int, length: Int,
    isPadded: Bool
  ) throws -> (trained: Int, largest: Int, features: Int, kept: Int) {
    var configuration = source.configuration
    configuration.values[Self.layers(configuration).key] = .int(layers)
    let model = try Init.skipped { () throws(TensorError) in try AutoModel.make(configuration, head: head) }
    let trained: Int
    if settings.model.trains == .full {
      trained = model.parameters().reduce(0) { $0 + $1.count }
    } else {
      for parameter in model.parameters() { parameter.requiresGrad_(false) }
      var lora = settings.lora.configuration(settings.model.trains, base: "")
      // A probe of few layers has none of the others.
      lora.layers = Array(0..<layers)
      trained = try LoraAdapter(on: model, lora).parameters.reduce(0) { $0 + $1.tensor.count }
    }
    _ = model.train()
    var inputs = ModelInputs()
    inputs.inputIds = Tensor.zeros([1, length], dtype: .int64)
    if isPadded { inputs.attentionMask = Tensor((0..<length).map { $0 < length - 1 ? 1 : 0 }).reshape([1, length]) }
    let before = Allocator.shared.statistics.current
    let output = try withErrors { () throws -> Tensor? in
      if let scoring = model as? any TokenScoringModel { return scoring.lastStates(inputs) }
      let output = model(inputs)
      return output.logits ?? output.lastHiddenState
    }
    let kept = Allocator.shared.statistics.current - before
    withExtendedLifetime(output) {}
    return (trained, model.parameters().map(\.count).max() ?? 0, configuration.features, kept)
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
