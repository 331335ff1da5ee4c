import ApusCore
import ApusFormats

extension ModelConfiguration {
  /// The configuration that the metadata of a GGUF file stand for, under the names of `config.json`.
  /// - Throws: `TensorError` of kind `unsupported` for an unknown architecture, of kind `format` for missing or wrong metadata.
  package init(_ file: GGUFFile) throws(TensorError) {
    let (name, architecture) = try GGUFArchitecture.of(file)
    var reading = GGUFReading(file: file, prefix: name)
    try reading.sizes()
    try reading.positions()
    try reading.particulars(of: architecture.modelType)
    var values = reading.values
    values["model_type"] = .string(architecture.modelType)
    values["architectures"] = .array([.string(architecture.className)])
    self.init(values, path: file.path)
  }
}

/// Values of the metadata under the names of `config.json`.
private struct GGUFReading {
  let file: GGUFFile
  let prefix: String
  var values: [String: JSON] = [:]

  private func int(_ key: String) throws(TensorError) -> Int? {
    let key = "\(prefix).\(key)"
    guard let value = file.metadata[key] else { return nil }
    // Some sizes are given for each layer: they must be one.
    let found = value.int ?? value.array?.ints.flatMap { list in list.allSatisfy { $0 == list[0] } ? list.first : nil }
    guard let found, found >= 0 else {
      throw TensorError(.format, file.path, "'\(key)' must be a whole number, and is \(value)")
    }
    return found
  }

  private func number(_ key: String) throws(TensorError) -> Double? {
    let key = "\(prefix).\(key)"
    guard let value = file.metadata[key] else { return nil }
    guard let found = value.double, found.isFinite else {
      throw TensorError(.format, file.path, "'\(key)' must be a number, and is \(value)")
    }
    return found
  }

  private func required(_ key: String) throws(TensorError) -> Int {
    if let found = try int(key) { return found }
    throw TensorError(.format, file.path, "the metadata have no '\(prefix).\(key)'")
  }

  private mutating func set(_ name: String, _ value: Int?) { if let value { values[name] = .int(value) } }
  private mutating func set(_ name: String, _ value: Double?) { if let value { values[name] = .double(value) } }

  mutating func sizes() throws(TensorError) {
    let table = try file.entry(named: "token_embd.weight").shape
    set("vocab_size", table.count == 2 ? table[0] : nil)
    let isGPT2 = prefix == "gpt2"
    set(isGPT2 ? "n_embd" : "hidden_size", try required("embedding_length"))
    set(isGPT2 ? "n_layer" : "num_hidden_layers", try required("block_count"))
    let heads = try required("attention.head_count")
    set(isGPT2 ? "n_head" : "num_attention_heads", heads)
    set(isGPT2 ? "n_positions" : "max_position_embeddings", try int("context_length") ?? 2048)
    set(isGPT2 ? "n_inner" : "intermediate_size", try required("feed_forward_length"))
    set("num_key_value_heads", try int("attention.head_count_kv") ?? heads)
    set("head_dim", try int("attention.key_length"))
    set("rms_norm_eps", try number("attention.layer_norm_rms_epsilon"))
    set(isGPT2 ? "layer_norm_epsilon" : "layer_norm_eps", try number("attention.layer_norm_epsilon"))
    let hasHead = file.entries.contains { $0.name == "output.weight" }
    values["tie_word_embeddings"] = .bool(!hasHead)
    for (name, key) in [("bos_token_id", "bos"), ("eos_token_id", "eos"), ("pad_token_id", "padding")] {
      set(name, file.metadata["tokenizer.ggml.\(key)_token_id"]?.int)
    }
    values["attention_bias"] = .bool(file.entries.contains { $0.name == "blk.0.attn_q.bias" })
  }

  mutating func positions() throws(TensorError) {
    set("rope_theta", try number("rope.freq_base"))
    let trained = try int("rope.scaling.original_context_length")
    if let factors = try rotations("rope_freqs.weight") {
      // Frequencies divided by factors of their own, however they came about.
      values["rope_scaling"] = .object([
        "rope_type": .string("longrope"), "short_factor": .array(factors), "long_factor": .array(factors),
        "attention_factor": .double(1), "factor": .double(1),
      ])
      return
    }
    if let long = try rotations("rope_factors_long.weight"), let short = try rotations("rope_factors_short.weight") {
      var scaling: [String: JSON] = [
        "rope_type": .string("longrope"), "short_factor": .array(short), "long_factor": .array(long),
      ]
      if let factor = try number("rope.scaling.attn_factor") { scaling["attention_factor"] = .double(factor) }
      values["rope_scaling"] = .object(scaling)
      set("original_max_position_embeddings", trained)
      return
    }
    guard let type = file.metadata["\(prefix).rope.scaling.type"]?.string, type != "none" else { return }
    guard type == "linear" || type == "yarn" else {
      throw TensorError(
        .unsupported, file.path, "'\(prefix).rope.scaling.type' is '\(type)'; possible are none, linear, yarn")
    }
    var scaling: [String: JSON] = [
      "rope_type": .string(type), "factor": .double(try number("rope.scaling.factor") ?? 1),
    ]
    if let trained { scaling["original_max_position_embeddings"] = .int(trained) }
    values["rope_scaling"] = .object(scaling)
  }

  /// A factor for every frequency; nil where the file has none.
  private func rotations(_ name: String) throws(TensorError) -> [JSON]? {
    guard file.entries.contains(where: { $0.name == name && elementCount($0.shape) <= 4096 }) else { return nil }
    let factors = try file.tensor(named: name).to(.float32).contiguous()
    return factors.withUnsafeBytes { $0.bindMemory(to: Float.self).map { .double(Double($0)) } }
  }

  /// What only some architectures have, or what llama.cpp knows of them without the file.
  mutating func particulars(of type: String) throws(TensorError) {
    let heads = try required("attention.head_count")
    let width = try required("embedding_length")
    let head = try int("attention.key_length") ?? (heads > 0 ? width / heads : 0)
    // 0 stands for none.
    set("sliding_window", try int("attention.sliding_window").flatMap { $0 > 0 ? $0 : nil })
    switch type {
    case "gemma2", "gemma3_text":
      set("attn_logit_softcapping", try number("attn_logit_softcapping"))
      set("final_logit_softcapping", try number("final_logit_softcapping"))
      // The largest ones scale scores by the features for each head.
      let scale = try number("attention.scale")
      let isLargest = try required("block_count") == (type == "gemma2" ? 46 : 62)
      let features = Double(isLargest && heads > 0 ? width / heads : head)
      set("query_pre_attn_scalar", scale.flatMap { $0 > 0 ? 1 / ($0 * $0) : nil } ?? features)
      values["head_dim"] = .int(head)
      values["hidden_activation"] = .string("gelu_pytorch_tanh")
      if type == "gemma3_text" {
        values["rope_local_base_freq"] = .double(try number("rope.freq_base_swa") ?? 10000)
        // A period, or for each layer whether it has the window.
        if case .bool(let sliding)? = file.metadata["\(prefix).attention.sliding_window_pattern"]?.array {
          values["layer_types"] = .array(sliding.map { .string($0 ? "sliding_attention" : "full_attention") })
        } else {
          set("sliding_window_pattern", try int("attention.sliding_window_pattern") ?? 6)
        }
      }
    case "phi3":
      if let turned = try int("rope.dimension_count"), turned < head {
        values["partial_rotary_factor"] = .double(Double(turned) / Double(head))
      }
    case "qwen2", "qwen3":
      // A window is in use only where another key says so, which files lack.
      values["sliding_window"] = nil
    case "mixtral", "qwen3_moe":
      set(type == "mixtral" ? "num_local_experts" : "num_experts", try required("expert_count"))
      set("num_experts_per_tok", try required("expert_used_count"))
      let inner = try int("expert_feed_forward_length")
      if type == "qwen3_moe" { set("moe_intermediate_size", inner) }
      if type == "qwen3_moe" { values["norm_topk_prob"] = .bool(true) }
      if type == "qwen3_moe" { values["sliding_window"] = nil }
    default: break
    }
  }
}
