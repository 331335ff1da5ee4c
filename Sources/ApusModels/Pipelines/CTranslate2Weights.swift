import ApusCore
import ApusFormats

/// The weights of a Whisper that CTranslate2 has converted (`model.bin`, version 6), under the names of `transformers`.
public struct CTranslate2Weights: ModelWeights {
  public let path: String
  public let names: [String]
  private let file: MappedFile
  private let places: [String: Place]
  private let headCounts: [String: Int]

  /// Where a weight lies: all of a variable, or some of its rows.
  private struct Place: Sendable {
    var offset: Int
    var shape: [Int]
    var dtype: DType
  }

  /// Opens the file at `path`.
  /// - Throws: `TensorError` of kind `format` where it is damaged, of kind `unsupported` for another kind of model.
  public init(path: String) throws {
    self.path = path
    file = try MappedFile(path: path)
    var reader = Reader(bytes: file.bytes, path: path)
    let version = try reader.number(4)
    guard (4...6).contains(version) else {
      throw TensorError(.unsupported, path, "this is version \(version) of CTranslate2's format; 4 to 6 can be read")
    }
    let kind = try reader.text()
    guard kind == "WhisperSpec" else {
      throw TensorError(.unsupported, path, "this is a '\(kind)'; WhisperSpec can be read")
    }
    _ = try reader.number(4)
    var places: [String: Place] = [:]
    var heads: [String: Int] = [:]
    for _ in 0..<(try reader.number(4)) {
      let name = try reader.text()
      let rank = try reader.number(1)
      var shape: [Int] = []
      for _ in 0..<rank { shape.append(try reader.number(4)) }
      let type = try reader.number(1)
      let size = try reader.number(4)
      let offset = reader.position
      try reader.skip(size)
      if name.hasSuffix("num_heads") {
        guard size == 1 || size == 2 || size == 4 else { continue }
        var value = Reader(bytes: file.bytes, path: path)
        try value.skip(offset)
        heads[name] = try value.number(size)
        continue
      }
      guard let dtype = [0: DType.float32, 4: .float16, 5: .bfloat16][type] else {
        if shape.isEmpty || name.contains("alignment") { continue }
        throw TensorError(.unsupported, path, "'\(name)' has elements of type \(type); floating point ones can be read")
      }
      guard let count = checkedElementCount(shape, elementSize: dtype.size), count * dtype.size == size else {
        throw TensorError(.format, path, "'\(name)' has the shape \(shape) and \(size) bytes, which do not fit")
      }
      for part in Self.parts(name, shape) {
        let rowSize = shape.isEmpty ? 0 : size / max(1, shape[0])
        places[part.name] = Place(
          offset: offset + part.first * rowSize, shape: [part.rows] + shape.dropFirst(), dtype: dtype)
      }
    }
    self.places = places
    headCounts = heads
    names = places.keys.sorted()
  }

  public func shape(of name: String) -> [Int]? { places[name]?.shape }

  public func tensor(named name: String) throws -> Tensor {
    guard let place = places[name] else { throw TensorError(.index, path, "no weight is called '\(name)'") }
    let size = place.shape.reduce(place.dtype.size, *)
    return try Tensor(
      bytes: UnsafeRawBufferPointer(rebasing: file.bytes[place.offset..<place.offset + size]), shape: place.shape,
      dtype: place.dtype)
  }

  /// The configuration that follows from the weights' sizes.
  func whisperConfiguration() throws(TensorError) -> ModelConfiguration {
    guard let tokens = shape(of: "model.decoder.embed_tokens.weight"), tokens.count == 2,
      let first = shape(of: "model.encoder.conv1.weight"), first.count == 3,
      let sound = shape(of: "model.encoder.embed_positions.weight"),
      let text = shape(of: "model.decoder.embed_positions.weight"),
      let encoderHeads = headCounts["encoder/num_heads"], let decoderHeads = headCounts["decoder/num_heads"]
    else { throw TensorError(.format, path, "embeddings or numbers of heads are missing") }
    func layers(_ half: String) -> Int {
      var count = 0
      while places["model.\(half).layers.\(count).fc1.weight"] != nil { count += 1 }
      return count
    }
    func width(_ half: String) -> Int { shape(of: "model.\(half).layers.0.fc1.weight")?[0] ?? 4 * tokens[1] }
    let sizes: [String: Int] = [
      "vocab_size": tokens[0], "d_model": tokens[1], "num_mel_bins": first[1], "max_source_positions": sound[0],
      "max_target_positions": text[0], "encoder_layers": layers("encoder"), "decoder_layers": layers("decoder"),
      "encoder_attention_heads": encoderHeads, "decoder_attention_heads": decoderHeads,
      "encoder_ffn_dim": width("encoder"),
      "decoder_ffn_dim": width("decoder"), "num_hidden_layers": layers("encoder"),
      "decoder_start_token_id": tokens[0] >= 51865 ? 50258 : 50257, "pad_token_id": tokens[0] >= 51865 ? 50257 : 50256,
    ]
    var values = sizes.mapValues { JSON.int($0) }
    values["model_type"] = .string("whisper")
    values["architectures"] = .array([.string("WhisperForConditionalGeneration")])
    values["is_encoder_decoder"] = .bool(true)
    values["tie_word_embeddings"] = .bool(true)
    values["activation_function"] = .string("gelu")
    return ModelConfiguration(values, path: path)
  }

  // MARK: Names

  /// The weights that a variable holds one below the other; none where the model computes it itself.
  private static func parts(_ name: String, _ shape: [Int]) -> [(name: String, first: Int, rows: Int)] {
    var words = name.split(separator: "/").map(String.init)
    guard words.count >= 3, let rows = shape.first, words[0] == "encoder" || words[0] == "decoder" else { return [] }
    let half = words[0]
    let kind =
      ["gamma": "weight", "beta": "bias", "encodings": "weight"][words.removeLast()]
      ?? String(name.split(separator: "/").last ?? "")
    let rest = words.dropFirst().joined(separator: "/")
    let plain = [
      "conv1": "conv1", "conv2": "conv2", "layer_norm": "layer_norm", "position_encodings": "embed_positions",
      "embeddings": "embed_tokens",
    ]
    if let found = plain[rest] { return [("model.\(half).\(found).\(kind)", 0, rows)] }
    guard words.count >= 3, words[1].hasPrefix("layer_"), let layer = Int(words[1].dropFirst(6)) else { return [] }
    let prefix = "model.\(half).layers.\(layer)."
    func divided(_ attention: String, _ names: [String]) -> [(name: String, first: Int, rows: Int)] {
      let size = rows / names.count
      return names.enumerated()
        // Keys have no bias: theirs is zero.
        .filter { kind != "bias" || $0.element != "k_proj" }
        .map { ("\(prefix)\(attention).\($0.element).\(kind)", $0.offset * size, size) }
    }
    switch words[2...].joined(separator: "/") {
    case "self_attention/layer_norm": return [(prefix + "self_attn_layer_norm.\(kind)", 0, rows)]
    case "self_attention/linear_0": return divided("self_attn", ["q_proj", "k_proj", "v_proj"])
    case "self_attention/linear_1": return divided("self_attn", ["out_proj"])
    case "attention/layer_norm": return [(prefix + "encoder_attn_layer_norm.\(kind)", 0, rows)]
    case "attention/linear_0": return divided("encoder_attn", ["q_proj"])
    case "attention/linear_1": return divided("encoder_attn", ["k_proj", "v_proj"])
    case "attention/linear_2": return divided("encoder_attn", ["out_proj"])
    case "ffn/layer_norm": return [(prefix + "final_layer_norm.\(kind)", 0, rows)]
    case "ffn/linear_0": return [(prefix + "fc1.\(kind)", 0, rows)]
    case "ffn/linear_1": return [(prefix + "fc2.\(kind)", 0, rows)]
    default: return []
    }
  }

  /// Reads little-endian numbers and texts, never beyond the end.
  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    let path: String
    var position = 0

    mutating func skip(_ count: Int) throws(TensorError) {
      guard count <= bytes.count - position else {
        throw TensorError(.format, path, "the file ends at byte \(bytes.count), and more was announced")
      }
      position += count
    }

    mutating func number(_ size: Int) throws(TensorError) -> Int {
      let start = position
      try skip(size)
      return (0..<size).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    /// A text with its length before it and a zero behind it.
    mutating func text() throws(TensorError) -> String {
      let size = try number(2)
      let start = position
      try skip(size)
      return String(decoding: bytes[start..<start + size].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
