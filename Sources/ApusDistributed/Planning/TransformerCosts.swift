import ApusCore
import ApusFormats
import ApusModels

extension PlannedModel {
  /// What a configuration of a published model tells, without its weights: a model of any size is planned in no memory.
  ///
  /// - Parameters:
  ///   - configuration: of a transformer: Llama, Mistral, Mixtral, Qwen, Gemma, Phi-3, OLMo, GPT-2, GPT-NeoX, BERT and the like.
  ///   - length: tokens of an example; nil: as many as the model takes, at most 2,048.
  /// - Throws: `TensorError` that names the key that is missing or makes no sense.
  public init(_ configuration: ModelConfiguration, length: Int? = nil) throws(TensorError) {
    let sizes = try TransformerSizes(configuration)
    let length = length ?? min(2048, sizes.positions)
    guard length > 0 else {
      throw TensorError(.value, "plan", "texts have at least one token, and length is \(length)")
    }
    self.init(
      name: configuration.modelType, blocks: sizes.blocks(length), length: length,
      sharedParameters: sizes.isTied ? sizes.vocabulary * sizes.width : 0)
    dividesPositions = ParallelPlan.familiesOfPositions.contains(configuration.modelType)
    if sizes.experts > 1 {
      let idle = (sizes.experts - sizes.chosenExperts) * sizes.matricesOfNetwork * sizes.width * sizes.inner
      activeParameters = parameterCount - sizes.layers * idle
    }
  }

  /// What the file or folder at `path` tells: `config.json`, a folder with it, or a GGUF file. Weights are not read.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(path: String, length: Int? = nil) throws(TensorError) {
    let configuration =
      path.hasSuffix(".gguf") ? try ModelConfiguration(try GGUFFile(path: path)) : try ModelConfiguration(path: path)
    try self.init(configuration, length: length)
    let parts = path.split(separator: "/").map(String.init)
    name = (parts.last == "config.json" ? parts.dropLast().last : parts.last) ?? name
  }
}

/// The sizes of a transformer under the names that configurations give them.
struct TransformerSizes {
  let width, layers, heads, sharedHeads, headWidth, inner, vocabulary, positions: Int
  let isGated, isTied, hasBiases, hasPositionTable, hasHead: Bool
  let experts, chosenExperts: Int
  let normParameters, layerNorms: Int

  init(_ configuration: ModelConfiguration) throws(TensorError) {
    // Models of pictures and texts keep the sizes of their language model in a section.
    let configuration = try configuration.section("text_config") ?? configuration
    let type = configuration.modelType
    let isGPT2 = type == "gpt2"
    width = try configuration.size("hidden_size", "n_embd", "d_model", "dim")
    layers = try configuration.int(
      "num_hidden_layers", "n_layer", "n_layers", "num_layers", in: 1...ModelConfiguration.mostLayers)
    heads = try configuration.size("num_attention_heads", "n_head", "n_heads", "num_heads")
    sharedHeads = try configuration.size("num_key_value_heads", default: heads)
    headWidth = try configuration.size("head_dim", "d_kv", default: max(1, width / heads))
    let isMixture = configuration["num_local_experts"] != nil || configuration["num_experts"] != nil
    experts = isMixture ? try configuration.int("num_local_experts", "num_experts", in: 1...4096) : 1
    chosenExperts = isMixture ? min(experts, try configuration.int("num_experts_per_tok", default: 2, in: 1...4096)) : 1
    let dense = ["intermediate_size", "n_inner", "d_ff", "hidden_dim", "ffn_dim"].contains { configuration[$0] != nil }
    if isMixture, configuration["moe_intermediate_size"] != nil {
      inner = try configuration.size("moe_intermediate_size")
    } else {
      inner =
        dense ? try configuration.size("intermediate_size", "n_inner", "d_ff", "hidden_dim", "ffn_dim") : 4 * width
    }
    vocabulary = try configuration.size("vocab_size")
    positions = try configuration.size("max_position_embeddings", "n_positions", "max_seq_len", default: 2048)
    let plain: Set<String> = [
      "gpt2", "gpt_neox", "bert", "roberta", "electra", "distilbert", "albert", "opt", "mpt", "falcon",
    ]
    isGated = !plain.contains(type)
    hasBiases = ["gpt2", "gpt_neox", "bert", "roberta", "electra", "distilbert", "opt"].contains(type)
    hasPositionTable = ["gpt2", "bert", "roberta", "electra", "distilbert", "opt"].contains(type)
    let isEncoder = ["bert", "roberta", "electra", "distilbert"].contains(type)
    hasHead = !isEncoder
    let tiesByDefault = isGPT2 || ["gemma", "gemma2", "gemma3_text", "opt"].contains(type)
    if case .bool(let tied)? = configuration["tie_word_embeddings"] {
      isTied = tied && hasHead
    } else {
      isTied = tiesByDefault
    }
    normParameters = isGated ? width : 2 * width
    layerNorms = ["gemma2", "gemma3_text"].contains(type) ? 4 : 2
  }

  /// The matrices of a network of a layer.
  var matricesOfNetwork: Int { isGated ? 3 : 2 }

  /// Table, layers, head.
  func blocks(_ length: Int) -> [PlannedBlock] {
    let (h, tokens) = (Double(width), Double(length))
    let (queries, shared) = (heads * headWidth, sharedHeads * headWidth)
    var matrices = [width * queries, width * shared, width * shared, queries * width]
    if hasBiases { matrices += [queries, shared, shared, width] }
    var networks: [Int] = []
    for _ in 0..<experts {
      networks += [Int](repeating: width * inner, count: matricesOfNetwork)
      if hasBiases { networks += [inner, width] }
    }
    // What sends tokens to experts.
    if experts > 1 { matrices.append(width * experts) } else { matrices += networks }
    let norms = [Int](repeating: normParameters, count: layerNorms)
    // A multiplication and an addition for each weight and token, and scores of all pairs of tokens.
    let attention = 2 * Double(2 * width * queries + 2 * width * shared)
    let network = 2 * Double(chosenExperts * matricesOfNetwork * width * inner)
    let scores = 4 * Double(queries) * tokens
    // Inputs of norms and products; queries, keys and values; what attention gives; both sides of activations. Scores are not kept.
    let wide = Double(queries + 2 * shared + queries) + Double(chosenExperts * (isGated ? 4 : 2) * inner)
    // What experts are given and give back is kept for each of them.
    let narrow = 4 * h + (experts > 1 ? 2 * h * Double(chosenExperts) : 0)
    var layer = PlannedBlock(
      name: "layer", parameters: matrices + norms, forward: tokens * (attention + network + scores),
      kept: tokens * wide, keptEverywhere: tokens * narrow, output: tokens * h, divisible: 1, forwardReductions: 2,
      backwardReductions: 2, reduced: tokens * h, keysAndValues: tokens * Double(2 * shared))
    // Divided products keep the positions that were put together for them.
    layer.keptByPosition = tokens * 2 * h
    if experts > 1 {
      (layer.experts, layer.expertParameters) = (experts, networks)
      layer.exchanged = tokens * h * Double(chosenExperts)
    }
    var table = PlannedBlock(
      name: "tokens", parameters: [vocabulary * width] + (hasPositionTable ? [positions * width] : []), forward: 0,
      kept: 0, output: tokens * h, divisible: 1, forwardReductions: 1, reduced: tokens * h, isLayer: false)
    table.backward = 0
    var last = PlannedBlock(name: "norm", parameters: [normParameters], forward: 0, kept: tokens * h, isLayer: false)
    if hasHead {
      last = PlannedBlock(
        name: "head", parameters: [normParameters, vocabulary * width],
        forward: tokens * 2 * h * Double(vocabulary),
        // Scores and their logarithms, in float32 also where all else has 16 bits.
        kept: tokens * 2 * Double(vocabulary), keptEverywhere: tokens * 2 * h, output: 0, divisible: 1,
        backwardReductions: 1,
        reduced: tokens * h, isLayer: false)
      last.keptByPosition = tokens * h
    }
    return [table]
      + [PlannedBlock](repeating: layer, count: layers).enumerated().map { i, block in
        var block = block
        block.name = "layer \(i)"
        return block
      } + [last]
  }
}
