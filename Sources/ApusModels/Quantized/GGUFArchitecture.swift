import ApusCore
import ApusFormats

/// How llama.cpp's files of an architecture name and order what `transformers` names and orders otherwise.
struct GGUFArchitecture: Sendable {
  /// The `model_type` and the class of the model.
  let modelType: String
  let className: String
  /// Names of tensors without the `blk.N.` of a layer and without `.weight` or `.bias`, and what stands for them; `#` is the layer.
  var names: [String: String]
  /// Whether rows of queries and keys take turns between the halves of a head.
  var interleavesHeads = false
  /// What files add to the weights of norms.
  var normOffset = 0.0
  /// Matrices that the model holds as `[in, out]`.
  var transposed: Set<String> = []
  /// What a tensor of which the model has no weight is used for elsewhere.
  static let elsewhere: Set<String> = ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"]

  /// The architecture that the metadata names.
  /// - Throws: `TensorError` of kind `format` without a name, of kind `unsupported` for one that is not known.
  static func of(_ file: GGUFFile) throws(TensorError) -> (name: String, architecture: GGUFArchitecture) {
    guard let name = file.metadata["general.architecture"]?.string else {
      throw TensorError(
        .format, file.path, "the metadata have no text 'general.architecture', which names the kind of model")
    }
    if name == "llama", let experts = file.metadata["llama.expert_count"]?.int, experts > 0 { return (name, mixtral) }
    guard let found = all[name] else {
      throw TensorError(
        .unsupported, file.path,
        "the architecture '\(name)' is unknown; known are \(all.keys.sorted().joined(separator: ", "))")
    }
    return (name, found)
  }

  /// The architecture that llama.cpp calls so; nil for one that is not known.
  static func named(_ name: String) -> GGUFArchitecture? { all[name] }

  private static let all: [String: GGUFArchitecture] = [
    "llama": GGUFArchitecture(
      modelType: "llama", className: "LlamaForCausalLM", names: decoder, interleavesHeads: true),
    "mistral": GGUFArchitecture(
      modelType: "mistral", className: "MistralForCausalLM", names: decoder, interleavesHeads: true),
    "qwen2": GGUFArchitecture(modelType: "qwen2", className: "Qwen2ForCausalLM", names: decoder),
    "qwen3": GGUFArchitecture(modelType: "qwen3", className: "Qwen3ForCausalLM", names: decoder),
    "qwen3moe": GGUFArchitecture(
      modelType: "qwen3_moe", className: "Qwen3MoeForCausalLM", names: decoder.merging(experts) { $1 }),
    "gemma2": GGUFArchitecture(
      modelType: "gemma2", className: "Gemma2ForCausalLM", names: decoder.merging(sandwich) { $1 }, normOffset: 1),
    "gemma3": GGUFArchitecture(
      modelType: "gemma3_text", className: "Gemma3ForCausalLM", names: decoder.merging(sandwich) { $1 }, normOffset: 1),
    "phi3": GGUFArchitecture(
      modelType: "phi3", className: "Phi3ForCausalLM",
      names: decoder.merging([
        "attn_qkv": "model.layers.#.self_attn.qkv_proj", "ffn_up": "model.layers.#.mlp.gate_up_proj",
      ]) { $1 }),
    "olmo2": GGUFArchitecture(
      modelType: "olmo2", className: "Olmo2ForCausalLM",
      names: decoder.merging([
        "post_attention_norm": "model.layers.#.post_attention_layernorm",
        "post_ffw_norm": "model.layers.#.post_feedforward_layernorm",
      ]) { $1 }),
    "gpt2": GGUFArchitecture(
      modelType: "gpt2", className: "GPT2LMHeadModel",
      names: [
        "token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
        "output": "lm_head", "attn_norm": "transformer.h.#.ln_1", "ffn_norm": "transformer.h.#.ln_2",
        "attn_qkv": "transformer.h.#.attn.c_attn", "attn_output": "transformer.h.#.attn.c_proj",
        "ffn_up": "transformer.h.#.mlp.c_fc", "ffn_down": "transformer.h.#.mlp.c_proj",
      ],
      transposed: ["attn_qkv", "attn_output", "ffn_up", "ffn_down"]),
  ]

  private static let mixtral = GGUFArchitecture(
    modelType: "mixtral", className: "MixtralForCausalLM",
    names: decoder.merging([
      "ffn_gate_inp": "model.layers.#.block_sparse_moe.gate",
      "ffn_gate_exps": "model.layers.#.block_sparse_moe.experts.*.w1",
      "ffn_up_exps": "model.layers.#.block_sparse_moe.experts.*.w3",
      "ffn_down_exps": "model.layers.#.block_sparse_moe.experts.*.w2",
    ]) { $1 },
    interleavesHeads: true)

  private static let decoder: [String: String] = [
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
    "attn_norm": "model.layers.#.input_layernorm", "ffn_norm": "model.layers.#.post_attention_layernorm",
    "attn_q": "model.layers.#.self_attn.q_proj", "attn_k": "model.layers.#.self_attn.k_proj",
    "attn_v": "model.layers.#.self_attn.v_proj", "attn_output": "model.layers.#.self_attn.o_proj",
    "attn_q_norm": "model.layers.#.self_attn.q_norm", "attn_k_norm": "model.layers.#.self_attn.k_norm",
    "ffn_gate": "model.layers.#.mlp.gate_proj", "ffn_up": "model.layers.#.mlp.up_proj",
    "ffn_down": "model.layers.#.mlp.down_proj",
  ]

  /// Norms before and after each part of a layer.
  private static let sandwich: [String: String] = [
    "post_attention_norm": "model.layers.#.post_attention_layernorm",
    "ffn_norm": "model.layers.#.pre_feedforward_layernorm",
    "post_ffw_norm": "model.layers.#.post_feedforward_layernorm",
  ]

  /// The matrices of all experts are one tensor each.
  private static let experts: [String: String] = [
    "ffn_gate_inp": "model.layers.#.mlp.gate", "ffn_gate_exps": "model.layers.#.mlp.experts.*.gate_proj",
    "ffn_up_exps": "model.layers.#.mlp.experts.*.up_proj", "ffn_down_exps": "model.layers.#.mlp.experts.*.down_proj",
  ]
}
