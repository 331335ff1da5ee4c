import ApusCore
import ApusFormats
import ApusNN
import ApusText

/// Makes vectors of texts with a published sentence encoder, as `sentence-transformers` does: tokens, states, one vector of them
/// all, of length 1 where the model says so.
///
///     let embedder = try TextEmbedder(path: "all-MiniLM-L6-v2")
///     let vectors = try embedder.embed(["A cat sat here.", "A kitten sat here."])      // [2, 384]
public struct TextEmbedder: Sendable {
  /// The encoder.
  public let model: any PretrainedModel
  /// What makes its tokens.
  public let tokenizer: Tokenizer
  /// How the states of tokens become one vector.
  public let pooling: Pooling
  /// Whether vectors have length 1.
  public let normalises: Bool
  /// The most tokens that are read of a text.
  public let maxLength: Int

  /// Loads the model in the folder at `path`; without files of `sentence-transformers`, the mean over the tokens is taken.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(path: String, _ loading: ModelLoading = ModelLoading()) throws {
    let path = expandedPath(path)
    let tokenizer = try Tokenizer(path: path)
    try self.init(AutoModel.load(path, head: .base, loading), tokenizer, path: path)
  }

  /// Puts an encoder that is at hand together with what the folder at `path` says of its vectors.
  public init(_ model: any PretrainedModel, _ tokenizer: Tokenizer, path: String) throws {
    let path = expandedPath(path)
    var (pooling, normalises) = (Pooling.mean, false)
    if fileExists("\(path)/modules.json") {
      for module in try JSON(file: "\(path)/modules.json").array ?? [] {
        let kind = module["type"]?.string ?? ""
        if kind.hasSuffix("Normalize") { normalises = true }
        if kind.hasSuffix("Pooling"), let folder = module["path"]?.string, !folder.contains("..") {
          pooling = try Self.pooling("\(path)/\(folder)/config.json")
        }
      }
    }
    var lengths = [tokenizer.configuration.modelMaxLength, model.configuration["max_position_embeddings"]?.int]
    if fileExists("\(path)/sentence_bert_config.json") {
      lengths.append(try JSON(file: "\(path)/sentence_bert_config.json")["max_seq_length"]?.int)
    }
    self.init(
      model, tokenizer, pooling: pooling, normalises: normalises, maxLength: lengths.compactMap { $0 }.min() ?? 512)
  }

  /// Puts an encoder, its tokeniser and the rest together.
  public init(
    _ model: any PretrainedModel, _ tokenizer: Tokenizer, pooling: Pooling = .mean, normalises: Bool = false,
    maxLength: Int
  ) {
    (self.model, self.tokenizer, self.pooling, self.normalises) = (model, tokenizer, pooling, normalises)
    self.maxLength = max(1, maxLength)
  }

  /// The names of ways of pooling in their file, each true or false.
  static let poolingModes: [(String, Pooling)] = [
    ("pooling_mode_cls_token", .cls), ("pooling_mode_mean_tokens", .mean), ("pooling_mode_max_tokens", .max),
    ("pooling_mode_mean_sqrt_len_tokens", .meanOverRoot), ("pooling_mode_weightedmean_tokens", .weightedMean),
    ("pooling_mode_lasttoken", .lastToken),
  ]

  private static func pooling(_ file: String) throws -> Pooling {
    let options = try JSON(file: file)
    if let mode = options["pooling_mode"]?.string {
      let names: [String: Pooling] = [
        "mean": .mean, "cls": .cls, "max": .max, "lasttoken": .lastToken, "mean_sqrt_len_tokens": .meanOverRoot,
        "weightedmean": .weightedMean,
      ]
      guard let found = names[mode] else { throw TensorError(.unsupported, file, "'pooling_mode' is '\(mode)'") }
      return found
    }
    let chosen = poolingModes.filter { options[$0.0]?.bool == true }
    guard chosen.count == 1 else {
      throw TensorError(
        .unsupported, file, "one way of pooling is known at a time, and the file asks for \(chosen.map(\.0))")
    }
    return chosen[0].1
  }

  /// The vectors of texts, `[texts, features]`.
  /// - Parameter batchSize: how many texts go through the model at once, texts of about one length together; fewer where they are
  ///   long, since what the layers pass on should stay in the caches.
  /// - Throws: `TensorError` where a text cannot be cut into tokens.
  public func embed(_ texts: [String], batchSize: Int = 32) throws -> Tensor {
    guard !texts.isEmpty else { throw TensorError(.value, "TextEmbedder", "there is no text") }
    let encodings = try tokenizer.encodeBatch(texts, truncation: Truncation(maxLength: maxLength))
    let order = encodings.indices.sorted { encodings[$0].count < encodings[$1].count }
    var parts: [Tensor] = []
    try withErrors {
      try noGrad {
        var start = 0
        while start < order.count {
          var end = start + 1
          while end < order.count, end - start < batchSize,
            (end + 1 - start) * encodings[order[end]].count <= Self.mostTokens
          { end += 1 }
          parts.append(try vectors(of: order[start..<end].map { encodings[$0] }))
          start = end
        }
      }
    }
    var places = [Int](repeating: 0, count: order.count)
    for (place, i) in order.enumerated() { places[i] = place }
    return cat(parts, dim: 0).indexSelect(0, Tensor(places, dtype: .int64))
  }

  /// How many tokens, padding counted, go through the model at once, if not one text alone has more.
  private static let mostTokens = 2048

  private func vectors(of rows: [Encoding]) throws -> Tensor {
    self(ModelInputs(rows, padding: tokenizer.configuration.padId ?? 0))
  }

  /// The vectors of texts in tokens, `[texts, features]`, with their gradient to the model.
  public func callAsFunction(_ inputs: ModelInputs) -> Tensor {
    guard let states = model(inputs).lastHiddenState else {
      return fail(TensorError(.unsupported, "TextEmbedder", "the model gives no states of tokens"))
    }
    let vectors = pooling(states, inputs.attentionMask)
    if !normalises { return vectors }
    return vectors / vectors.square().sum(1, keepDim: true).sqrt().clamp(min: 1e-12)
  }
}

extension ModelInputs {
  /// Encoded texts, shorter ones filled up on the right with `padding`; a mask where any are.
  public init(_ rows: [Encoding], padding: Int) {
    self.init()
    let length = rows.map(\.count).max() ?? 0
    func filled(_ list: (Encoding) -> [Int], _ value: Int) -> Tensor {
      let values = rows.flatMap { list($0) + [Int](repeating: value, count: length - $0.count) }
      return Tensor(values, shape: [rows.count, length], dtype: .int64)
    }
    inputIds = filled(\.ids, padding)
    if rows.contains(where: { $0.count < length }) { attentionMask = filled({ $0.ids.map { _ in 1 } }, 0) }
    if rows.contains(where: { $0.typeIds.contains { $0 != 0 } }) { tokenTypeIds = filled(\.typeIds, 0) }
  }
}
