import ApusCore

/// Rows of tokens that a model goes on from: what it is given in each step, and its cache.
final class DecodingBatch {
  private let model: any GenerativeModel
  private let prompt: ModelInputs
  let cache: (any ModelCache)?
  /// Tokens of each row, of one length; with an encoder those of the decoder.
  private(set) var ids: [[Int]]
  /// How many positions the cache holds.
  private var done: Int
  /// 0 where a token is padding; nil: there is none in any row.
  private var mask: [[Int64]]?
  /// The positions of tokens where there is padding.
  private var positions: [[Int64]] = []
  /// 0 where the encoder's text is padding.
  private var encoderMask: Tensor?
  private var encoderOutput: Tensor?

  /// - Parameter capacity: how many positions the cache shall hold.
  init(
    _ model: any GenerativeModel, _ prompt: GenerationPrompt, _ configuration: GenerationConfiguration, capacity: Int
  ) {
    self.model = model
    self.prompt = prompt.inputs
    ids = prompt.ids
    mask = prompt.mask
    encoderMask = model.isEncoderDecoder ? prompt.inputs.attentionMask : nil
    encoderOutput = prompt.inputs.encoderOutput
    let own = configuration.useCache ? model.makeCache(configuration.cache, capacity: capacity) : nil
    cache = prompt.inputs.cache ?? own
    done = prompt.inputs.cache?.length ?? 0
    if let mask { positions = mask.map(Self.positions) }
  }

  /// Adds a token to each row.
  func append(_ tokens: [Int]) {
    for (row, token) in tokens.enumerated() { ids[row].append(token) }
    for row in positions.indices {
      mask?[row].append(1)
      positions[row].append((positions[row].last ?? -1) + 1)
    }
  }

  /// Runs the model over the tokens that it has not seen, and gives the logits of the last `count` positions,
  /// `[rows, positions, vocabulary]`.
  func advance(keeping count: Int = 1) throws(TensorError) -> Tensor {
    let start = cache == nil ? 0 : min(done, ids[0].count - 1)
    guard let logits = forward(from: start, keeping: count) else {
      throw TensorError(.unsupported, "generate", "the model gives no logits: load it with its language head")
    }
    // What a mistake in the model left must not be read.
    if logits.isPoisoned { throw TensorError(.state, "generate", "the model failed") }
    done = ids[0].count
    return logits
  }

  /// Forgets the tokens from `length` on.
  func truncate(to length: Int) {
    for row in ids.indices where ids[row].count > length { ids[row].removeSubrange(length...) }
    for row in positions.indices where positions[row].count > length {
      positions[row].removeSubrange(length...)
      mask?[row].removeSubrange(length...)
    }
    guard done > length else { return }
    cache?.truncate(to: length)
    done = length
  }

  /// Makes row i what row `rows[i]` was; there may be more rows than before, or fewer.
  func reorder(_ rows: [Int]) {
    if rows.count == ids.count, rows.elementsEqual(rows.indices) { return }
    ids = rows.map { ids[$0] }
    if let known = mask {
      mask = rows.map { known[$0] }
      positions = rows.map { positions[$0] }
    }
    cache?.reorder(rows)
    let index = Tensor(rows.map { Int64($0) }, shape: [rows.count])
    encoderMask = encoderMask?.indexSelect(0, index)
    encoderOutput = encoderOutput?.indexSelect(0, index)
  }

  private func forward(from start: Int, keeping count: Int) -> Tensor? {
    noGrad {
      let tokens = matrix(ids.map { $0[start...].map { Int64($0) } })
      let isFirst = start == 0 || start == prompt.cache?.length
      var inputs = isFirst ? prompt : ModelInputs()
      inputs.cache = cache
      inputs.logitsToKeep = count
      if model.isEncoderDecoder {
        if encoderOutput != nil { inputs = ModelInputs(cache: cache, logitsToKeep: count) }
        inputs.encoderOutput = encoderOutput
        inputs.attentionMask = encoderMask
        inputs.decoderInputIds = tokens
      } else {
        inputs.inputIds = tokens
        inputs.attentionMask = mask.map(matrix)
        inputs.positionIds = mask == nil ? nil : matrix(positions.map { Array($0[start...]) })
      }
      let output = model.forward(inputs)
      if model.isEncoderDecoder, encoderOutput == nil { encoderOutput = output.encoderLastHiddenState }
      return output.logits
    }
  }

  private func matrix(_ rows: [[Int64]]) -> Tensor {
    Tensor(rows.count == 1 ? rows[0] : rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  /// Padding does not count, and stands at 0.
  private static func positions(_ mask: [Int64]) -> [Int64] {
    var next: Int64 = 0
    return mask.map { seen in
      if seen == 0 { return 0 }
      next += 1
      return next - 1
    }
  }
}

extension ModelInputs {
  fileprivate init(cache: (any ModelCache)?, logitsToKeep: Int) {
    self.init()
    (self.cache, self.logitsToKeep) = (cache, logitsToKeep)
  }
}

extension GenerativeModel {
  /// An empty cache of that kind, or of the one that the model has.
  func makeCache(_ kind: GenerationConfiguration.CacheKind, capacity: Int) -> (any ModelCache)? {
    let own = makeCache(capacity: kind == .growing ? nil : min(capacity, 1 << 20))
    // Caches of other things than keys and values of one text have their own form.
    return kind == .int8 && own is KeyValueCache ? QuantizedKeyValueCache(capacity: min(capacity, 1 << 20)) : own
  }
}
