import ApusCore
import ApusFormats
import ApusNN
import ApusText

/// Writes a model that continues texts as a GGUF file, which llama.cpp and this library read: its weights under llama.cpp's names and in its
/// order, its sizes, its tokeniser and its chat template.
///
///     let model = try AutoModelForCausalLM.load("SmolLM2")
///     try writeGGUFModel(model, tokenizer: "SmolLM2", to: "mine-Q4_K.gguf", as: .blocks(.q4_K))
///
/// Matrices take the form where their rows are whole blocks, else Q8_0 or float16; the table of tokens and the head take Q6_K with the
/// forms of 256 numbers and Q8_0 with others; norms, biases and positions are float32. Adapters are to be merged first.
///
/// - Parameters:
///   - tokenizer: the folder of the model, or the GGUF file that it came from, whose other metadata are kept.
///   - form: `.blocks` of F32, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K or Q6_K, `.float16`, `.bfloat16`.
/// - Throws: `TensorError` of kind `unsupported` for another architecture, form or tokeniser, of kind `state` where an adapter stands beside
///   a weight, of kind `file` when writing fails.
@discardableResult
public func writeGGUFModel(
  _ model: any PretrainedModel, tokenizer: String, to path: String, as form: WeightForm = .float16
) throws -> QuantizedModelReport {
  try GGUFExport(model, as: form, path: expandedPath(path)).write(tokenizer: expandedPath(tokenizer))
}

/// A model on its way to a GGUF file.
private struct GGUFExport {
  private let model: any PretrainedModel
  private let path: String
  private let type: GGUFTensorType
  private let architecture: GGUFArchitecture
  /// llama.cpp's name of the architecture.
  private let name: String
  private let configuration: ModelConfiguration

  /// llama.cpp's names of the architectures that are written, by `model_type`.
  private static let written = [
    "llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma2": "gemma2", "olmo2": "olmo2",
    "gpt2": "gpt2",
  ]
  init(_ model: any PretrainedModel, as form: WeightForm, path: String) throws {
    (self.model, self.path, configuration) = (model, path, model.configuration)
    let wanted: GGUFTensorType? =
      switch form {
      case .blocks(let type): type
      case .float16: .f16
      case .bfloat16: .bf16
      case .int8, .int4, .fourBits: nil
      }
    guard let wanted, wanted.fileType != nil else {
      throw TensorError(
        .unsupported, path,
        "GGUF files are not written as \(form); possible are "
          + GGUFTensorType.allCases.filter { $0.fileType != nil }.map(\.name).joined(separator: ", "))
    }
    type = wanted
    let kind = configuration["model_type"]?.string ?? "?"
    let className = ArchitectureTable.name(of: model)
    guard let name = Self.written[kind], let found = GGUFArchitecture.named(name),
      className.hasSuffix("ForCausalLM") || className.hasSuffix("LMHeadModel")
    else {
      throw TensorError(
        .unsupported, path,
        "a \(className) of type '\(kind)' is not written as GGUF; possible are models with a language head of the types "
          + Self.written.keys.sorted().joined(separator: ", "))
    }
    (self.name, architecture) = (name, found)
  }

  func write(tokenizer: String) throws -> QuantizedModelReport {
    for (path, module) in model.namedModules() {
      guard (module as? Projection)?.adapter == nil, (module as? TokenEmbedding)?.adapter == nil else {
        throw TensorError(
          .state, self.path,
          "an adapter stands beside '\(path)'; merge the adapters into the model before it is written")
      }
    }
    var metadata = GGUFMetadata()
    var tensors: [GGUFTensor] = []
    if tokenizer.hasSuffix(".gguf") {
      let file = try GGUFFile(path: tokenizer)
      guard let found = file.metadata["general.architecture"]?.string, Self.sameFamily(found, name) else {
        throw TensorError(
          .value, tokenizer,
          "the file is a model of the architecture '\(file.metadata["general.architecture"]?.string ?? "?")', and this one is '\(name)'"
        )
      }
      metadata = file.metadata
      for entry in file.entries where GGUFArchitecture.elsewhere.contains(entry.name) {
        tensors.append(GGUFTensor(name: entry.name, try file.quantizedTensor(named: entry.name)))
      }
    } else {
      try addSizes(to: &metadata)
      if let factors = try rotationFactors() { tensors.append(try GGUFTensor(name: "rope_freqs.weight", factors)) }
      let vocabulary = try GGUFMetadata(tokenizerIn: tokenizer, count: configuration.size("vocab_size"))
      for key in vocabulary.keys { metadata[key] = vocabulary[key] }
    }
    metadata["general.file_type"] = type.fileType.map { .uint32($0) }
    metadata["general.quantization_version"] = .uint32(2)
    var (matrices, before, after) = (0, 0, 0)
    for (name, load) in model.savedTensors() {
      let sample = load()
      let (tensor, bytes) = try tensor(name, sample.shape, load)
      if tensor.type != .f32 { matrices += 1 }
      before += sample.count * sample.dtype.size
      after += bytes
      tensors.append(tensor)
    }
    if let tokens = metadata["tokenizer.ggml.tokens"]?.array?.count,
      let table = tensors.first(where: { $0.name == "token_embd.weight" })?.shape[0], tokens != table
    {
      throw TensorError(
        .state, path, "the tokeniser has \(tokens) tokens and the model's table \(table) rows; they must be as many")
    }
    try makeFolder(of: path)
    try writeGGUF(tensors, metadata: metadata, to: path)
    return QuantizedModelReport(
      matrices: matrices, tensors: tensors.count, bytesBefore: before, bytesAfter: after)
  }

  private static func sameFamily(_ a: String, _ b: String) -> Bool {
    func family(_ name: String) -> String { name == "mistral" ? "llama" : name }
    return family(a) == family(b)
  }

  // MARK: - Tensors

  /// llama.cpp's name of a weight, and without its layer.
  private func place(_ name: String) throws(TensorError) -> (name: String, stem: String) {
    var parts = name.split(separator: ".").map(String.init)
    let ending = parts.popLast() ?? ""
    var layer: String?
    if let place = parts.firstIndex(where: { Int($0) != nil }) {
      layer = parts[place]
      parts[place] = "#"
    }
    let pattern = parts.joined(separator: ".")
    guard let stem = architecture.names.first(where: { $0.value == pattern })?.key else {
      throw TensorError(
        .unsupported, path, "the weight '\(name)' has no name in GGUF files of the architecture '\(self.name)'")
    }
    return (layer.map { "blk.\($0).\(stem).\(ending)" } ?? "\(stem).\(ending)", stem)
  }

  private func tensor(
    _ name: String, _ shape: [Int], _ load: @escaping @Sendable () -> Tensor
  ) throws -> (GGUFTensor, bytes: Int) {
    let (name, stem) = try place(name)
    let isTransposed = architecture.transposed.contains(stem) && shape.count == 2
    let shape = isTransposed ? shape.reversed() : shape
    let heads = try headCount(stem)
    let offset = stem.hasSuffix("norm") ? architecture.normOffset : 0
    let type = shape.count == 2 && stem != "position_embd" ? form(stem, rows: shape[1]) : .f32
    let ordered: @Sendable () -> Tensor = {
      noGrad {
        var value = load().to(.float32)
        if isTransposed { value = value.mT }
        if let heads, heads > 0, shape[0] % (2 * heads) == 0 {
          let half = shape[0] / heads / 2
          value = value.reshape([heads, 2, half] + shape.dropFirst()).transpose(1, 2).reshape(shape)
        }
        return (offset == 0 ? value : value + offset).contiguous()
      }
    }
    let made = GGUFTensor(name: name, type: type, shape: shape) { body in
      if let dtype = type.dtype {
        try ordered().to(dtype).withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
      } else {
        try QuantizedTensor(quantizing: ordered(), as: type).bytes.withUnsafeBytes {
          (bytes: UnsafeRawBufferPointer) throws in try body(bytes)
        }
      }
    }
    return (made, elementCount(shape) / type.block.count * type.block.bytes)
  }

  /// How many heads share the rows whose halves take turns; nil where rows stay in their order.
  private func headCount(_ stem: String) throws(TensorError) -> Int? {
    guard architecture.interleavesHeads, stem == "attn_q" || stem == "attn_k" else { return nil }
    let heads = try configuration.size("num_attention_heads")
    return stem == "attn_q" ? heads : try configuration.size("num_key_value_heads", default: heads)
  }

  /// The type of a matrix of rows of so many numbers.
  private func form(_ stem: String, rows: Int) -> GGUFTensorType {
    var wanted = type
    if type.dtype == nil, stem == "token_embd" || stem == "output" { wanted = type.block.count == 256 ? .q6_K : .q8_0 }
    if rows % wanted.block.count == 0 { return wanted }
    return rows % GGUFTensorType.q8_0.block.count == 0 ? .q8_0 : .f16
  }

  // MARK: - Sizes

  private func addSizes(to metadata: inout GGUFMetadata) throws(TensorError) {
    let isGPT2 = name == "gpt2"
    func set(_ key: String, _ value: Int?) {
      if let value { metadata["\(name).\(key)"] = .uint32(UInt32(clamping: value)) }
    }
    func set(_ key: String, _ value: Double?) { if let value { metadata["\(name).\(key)"] = .float32(Float(value)) } }
    metadata["general.architecture"] = .string(name)
    metadata["general.type"] = .string("model")
    metadata["general.name"] = .string(
      configuration["_name_or_path"]?.string ?? configuration["_model_name_or_path"]?.string ?? name)
    let hidden = try configuration.size(isGPT2 ? "n_embd" : "hidden_size")
    let heads = try configuration.size(isGPT2 ? "n_head" : "num_attention_heads")
    let head = try configuration.nullableInt("head_dim", default: nil) ?? hidden / heads
    set("block_count", try configuration.layers(isGPT2 ? "n_layer" : "num_hidden_layers"))
    set("context_length", try configuration.size(isGPT2 ? "n_positions" : "max_position_embeddings", default: 2048))
    set("embedding_length", hidden)
    set(
      "feed_forward_length",
      isGPT2
        ? try configuration.nullableInt("n_inner", default: nil) ?? 4 * hidden
        : try configuration.size("intermediate_size"))
    set("attention.head_count", heads)
    set("attention.head_count_kv", try configuration.nullableInt("num_key_value_heads", default: nil) ?? heads)
    if isGPT2 {
      set("attention.layer_norm_epsilon", try configuration.double("layer_norm_epsilon", default: 1e-5))
      return
    }
    set("attention.layer_norm_rms_epsilon", try configuration.double("rms_norm_eps", default: 1e-6))
    set("vocab_size", try configuration.size("vocab_size"))
    set("rope.dimension_count", head)
    if head * heads != hidden || name == "gemma2" || name == "qwen3" {
      set("attention.key_length", head)
      set("attention.value_length", head)
    }
    set("rope.freq_base", rotation("rope_theta")?.double ?? 10000)
    if name == "gemma2" {
      set("attn_logit_softcapping", try configuration.optionalDouble("attn_logit_softcapping"))
      set("final_logit_softcapping", try configuration.optionalDouble("final_logit_softcapping"))
      set("attention.sliding_window", try configuration.nullableInt("sliding_window", default: nil))
    }
    let kind = rotationKind
    switch kind {
    case "default", "llama3": break
    case "linear", "yarn":
      metadata["\(name).rope.scaling.type"] = .string(kind)
      set("rope.scaling.factor", rotation("factor")?.double ?? 1)
      if kind == "yarn" {
        set("rope.scaling.original_context_length", rotation("original_max_position_embeddings")?.int)
      }
    default:
      throw TensorError(
        .unsupported, path,
        "positions of the kind '\(kind)' are not written; possible are default, linear, yarn and llama3")
    }
  }

  /// A value of the rotary embedding, wherever the configuration has it.
  private func rotation(_ key: String) -> JSON? {
    configuration["rope_parameters"]?[key] ?? configuration["rope_scaling"]?[key] ?? configuration[key]
  }

  private var rotationKind: String { rotation("rope_type")?.string ?? rotation("type")?.string ?? "default" }

  /// What frequencies are divided by for each pair of features of a head (Llama 3.1): long waves by `factor`, short ones not at all, those
  /// between them by what lies between. Nil where there is none.
  private func rotationFactors() throws(TensorError) -> Tensor? {
    guard rotationKind == "llama3" else { return nil }
    guard let base = rotation("rope_theta")?.double, let factor = rotation("factor")?.double,
      let low = rotation("low_freq_factor")?.double, let high = rotation("high_freq_factor")?.double,
      let trained = rotation("original_max_position_embeddings")?.double, high > low
    else {
      throw TensorError(
        .format, path,
        "positions of the kind 'llama3' need rope_theta, factor, low_freq_factor, high_freq_factor and original_max_position_embeddings"
      )
    }
    let plain = try configuration.size("hidden_size") / configuration.size("num_attention_heads")
    let head = try configuration.nullableInt("head_dim", default: nil) ?? plain
    let exponents = arange(head / 2).to(.float64) * (2 / Double(head))
    let waves = Tensor(base, dtype: .float64).pow(exponents) * (2 * Double.pi)
    let numbers = waves.array(as: Double.self).map { wave -> Float in
      if wave < trained / high { return 1 }
      if wave > trained / low { return Float(factor) }
      let smooth = (trained / wave - low) / (high - low)
      return Float(1 / ((1 - smooth) / factor + smooth))
    }
    return Tensor(numbers)
  }
}

extension GGUFTensorType {
  /// ggml's number of files whose matrices are mostly of this type (`llama_ftype`); nil for types that are not written.
  var fileType: UInt32? {
    let numbers: [GGUFTensorType: UInt32] = [
      .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q8_0: 7, .q5_0: 8, .q5_1: 9, .q4_K: 14, .q6_K: 18, .bf16: 32,
    ]
    return numbers[self]
  }
}
