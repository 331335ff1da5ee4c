import ApusCore
import ApusModels
import ApusNN

extension ParallelPlan {
  /// The published models whose layers are known by their names, by the `model_type` of their configurations.
  static let families: Set<String> = [
    "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3_text", "phi3", "gpt2", "gpt_neox", "bert", "roberta",
    "electra", "distilbert", "t5", "mt5", "bart", "whisper", "vit",
  ]

  /// Those of them that have an encoder and a decoder.
  static let familiesOfTwoHalves: Set<String> = ["t5", "mt5", "bart", "whisper"]

  /// Those of them whose layers may be given some of the positions.
  static let familiesOfPositions: Set<String> = ["llama", "mistral", "qwen2", "qwen3", "phi3"]

  /// The plan for a transformer: published models of the families of Llama (Mistral, Qwen, Gemma, Phi-3), GPT-2, GPT-NeoX and BERT, T5, BART,
  /// Whisper and ViT, and the library's ``TransformerEncoder``, ``TransformerDecoder`` and ``Transformer``. Attention is divided by heads, networks by
  /// their inner features, tables of tokens and language heads by the vocabulary.
  ///
  /// - Parameters:
  ///   - model: its layers are found by their names.
  ///   - sequenceParallel: whether what lies between the divided layers is divided by positions (Korthikanti et al., 2022): Llama, Mistral,
  ///     Qwen and Phi-3 with inputs of tokens.
  ///   - lossParallel: whether a language head's scores stay divided, for ``VocabularyParallel/crossEntropy(_:_:group:sizes:ignoreIndex:)``.
  /// - Throws: where no layer is known.
  public init(
    for model: any Module, sequenceParallel: Bool = false, lossParallel: Bool = false
  ) throws(TensorError) {
    self.init()
    let configuration = (model as? any PretrainedModel)?.configuration
    if let type = configuration?["model_type"]?.string, !Self.families.contains(type) {
      throw TensorError(
        .unsupported, "ParallelPlan",
        "there is no plan for models of type '\(type)', only for \(Self.families.sorted().joined(separator: ", ")); write one: "
          + "[\"layers.*.up\": .columnwise, ...]")
    }
    if sequenceParallel, !Self.familiesOfPositions.contains(configuration?["model_type"]?.string ?? "") {
      throw TensorError(
        .unsupported, "ParallelPlan",
        "positions can be divided in models of type \(Self.familiesOfPositions.sorted().joined(separator: ", ")), and "
          + "\(type(of: model).typeName) is none; leave sequenceParallel out")
    }
    if lossParallel, let type = configuration?["model_type"]?.string, Self.familiesOfTwoHalves.contains(type) {
      throw TensorError(
        .unsupported, "ParallelPlan",
        "models of type '\(type)' compute with the scores of all tokens behind their heads; leave lossParallel out")
    }
    let modules = model.namedModules()
    let heads = try Self.heads(configuration, modules)
    let hasHead = modules.contains { ["lm_head", "embed_out"].contains($0.name) }
    for (name, module) in modules {
      let style = Self.style(
        name, module, heads, isPublished: configuration != nil, hasHead: hasHead, sequenceParallel: sequenceParallel,
        lossParallel: lossParallel)
      if let style { self[name] = style }
    }
    guard !entries.isEmpty else {
      throw TensorError(
        .unsupported, "ParallelPlan",
        "no layer of \(type(of: model).typeName) has a name that is known; write the plan as [\"layers.*.up\": .columnwise, ...]"
      )
    }
    guard sequenceParallel else { return }
    // What has parameters and is given positions needs to be known: its gradients are sums over the processes.
    for (name, module) in modules where match(name) == nil {
      let inside = module.namedChildren().map { $0.name + "." }
      let own = module.namedParameters().contains { held in !inside.contains { held.name.hasPrefix($0) } }
      guard !own else {
        throw TensorError(
          .unsupported, "ParallelPlan",
          "\(type(of: model).typeName) has no plan that divides positions, for '\(name)' is not made for it; leave sequenceParallel out"
        )
      }
    }
  }

  /// How many heads of queries there are for each of keys and values, and of these; a decoder beside an encoder may have others.
  struct Heads {
    var shared: Int?
    var group = 1
    var ofDecoder: Int?

    /// Those of keys and values in the layer of this name.
    func shared(in parts: [String]) -> Int? { parts.contains("decoder") ? ofDecoder ?? shared : shared }
  }

  private static func heads(
    _ configuration: ModelConfiguration?, _ modules: [(name: String, module: any Module)]
  ) throws(TensorError) -> Heads {
    guard let configuration else { return Heads() }
    func number(_ names: String...) -> Int? {
      for name in names { if let value = configuration[name]?.int { return value } }
      return nil
    }
    let heads = number("num_attention_heads", "n_head", "n_heads", "encoder_attention_heads", "num_heads")
    let shared = number("num_key_value_heads") ?? heads
    for (name, module) in modules where name.hasSuffix("q_norm") {
      // A norm over all heads needs them all.
      guard let width = module.parameters().first?.count, let heads,
        let projection = modules.first(where: {
          $0.name == String(name.dropLast("norm".count)) + "proj"
        })?.module as? Projection, width == projection.outFeatures, heads > 1
      else { continue }
      throw TensorError(
        .unsupported, "ParallelPlan", "\(name) normalises all heads together, so that these cannot be divided")
    }
    return Heads(
      shared: shared, group: (heads ?? 1) / max(1, shared ?? 1), ofDecoder: number("decoder_attention_heads"))
  }

  private static func style(
    _ name: String, _ module: any Module, _ heads: Heads, isPublished: Bool, hasHead: Bool, sequenceParallel: Bool,
    lossParallel: Bool
  ) -> ParallelStyle? {
    let parts = name.split(separator: ".").map(String.init)
    let (last, end) = (parts.last ?? "", parts.suffix(2).joined(separator: "."))
    let shared = heads.shared(in: parts)
    let isAttention =
      parts.suffix(2).first?.lowercased().hasSuffix("attn") == true
      || parts.suffix(2).first?.hasSuffix("Attention") == true
    let positions: Placement = sequenceParallel ? .shard(1) : .replicate
    switch module {
    case is MultiheadAttention: return .heads
    case is TokenEmbedding:
      switch last {
      case "embed_tokens", "wte", "word_embeddings", "embed_in", "shared": return .rowwise(output: positions)
      case "relative_attention_bias": return .columnwise
      default: return nil
      }
    case is Projection, is Linear: break
    case is RootMeanSquareNorm, is LayerNorm:
      if last == "q_norm" || last == "k_norm" { return .sequence }
      guard sequenceParallel else { return nil }
      let isLast = last == "norm" && !parts.contains("layers") || last == "final_layer_norm"
      return isLast && !hasHead ? .sequence(output: .replicate) : .sequence
    default: return nil
    }
    func first(_ units: Int? = nil, fused: [Int] = [1]) -> ParallelStyle {
      .columnwise(input: positions, units: units, fused: fused)
    }
    func second(_ units: Int? = nil) -> ParallelStyle { .rowwise(output: positions, units: units) }
    if !isPublished { return last == "linear1" ? first() : last == "linear2" ? second() : nil }
    switch last {
    case "q_proj", "k_proj", "v_proj", "q_lin", "k_lin", "v_lin", "query_key_value": return first(shared)
    case "q", "k", "v": return isAttention ? first(shared) : nil
    case "qkv_proj": return first(shared, fused: [heads.group, 1, 1])
    case "c_attn": return first(shared, fused: [1, 1, 1])
    case "o_proj", "out_lin": return second(shared)
    case "out_proj", "o": return isAttention ? second(shared) : nil
    case "gate_proj", "up_proj", "c_fc", "dense_h_to_4h", "lin1", "fc1", "wi", "wi_0", "wi_1": return first()
    case "gate_up_proj": return first(fused: [1, 1])
    case "down_proj", "dense_4h_to_h", "lin2", "fc2", "wo": return second()
    case "lm_head", "embed_out", "proj_out":
      return .columnwise(input: positions, output: lossParallel ? .shard(-1) : .replicate)
    default: break
    }
    switch end {
    case "self.query", "self.key", "self.value", "attention.query", "attention.key", "attention.value":
      return first(shared)
    case "attn.c_proj", "attention.dense": return second(shared)
    case "mlp.c_proj": return second()
    case "intermediate.dense": return first()
    case "output.dense": return second(parts.suffix(3).first == "attention" ? shared : nil)
    case "predictions.decoder":
      return .columnwise(output: lossParallel ? .shard(-1) : .replicate)
    default: return nil
    }
  }
}
