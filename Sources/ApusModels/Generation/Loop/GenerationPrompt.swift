import ApusCore

/// What generation starts from.
package struct GenerationPrompt {
  /// The model's inputs.
  var inputs: ModelInputs
  /// Tokens of each row, of one length; with an encoder what the decoder starts with.
  var ids: [[Int]]
  /// 0 where a token of ``ids`` is padding; nil where there is none.
  var mask: [[Int64]]?
  /// How many of each row's first tokens are padding.
  var padding: [Int] { ids.indices.map { row in mask?[row].firstIndex { $0 != 0 } ?? 0 } }
  /// Tokens that an encoder reads, or the prompt itself; empty where the input is something else.
  var sources: [[Int]]

  init(
    _ inputs: ModelInputs, isEncoderDecoder: Bool, _ configuration: GenerationConfiguration
  ) throws(TensorError) {
    self.inputs = inputs
    sources = try inputs.inputIds.map { (ids) throws(TensorError) in try rows(ids, "inputIds") } ?? []
    if isEncoderDecoder {
      ids = try Self.start(inputs, configuration, rows: Self.batch(inputs))
    } else {
      guard inputs.inputIds != nil else { throw TensorError(.value, "generate", "needs inputIds") }
      ids = sources
      mask = try Self.mask(inputs, sources, configuration)
    }
    guard let length = ids.first?.count, length > 0 else {
      throw TensorError(.value, "generate", "needs a prompt of at least one token")
    }
  }

  /// Prompts of different lengths, shorter ones padded on the left.
  package static func inputs(_ prompts: [[Int]], padding token: Int) -> ModelInputs {
    var inputs = ModelInputs()
    let length = prompts.lazy.map(\.count).max() ?? 0
    let ids = prompts.flatMap { Array(repeating: Int64(token), count: length - $0.count) + $0.map(Int64.init) }
    inputs.inputIds = Tensor(ids, shape: [prompts.count, length])
    if prompts.contains(where: { $0.count < length }) {
      let mask = prompts.flatMap { prompt in (0..<length).map { Int64($0 < length - prompt.count ? 0 : 1) } }
      inputs.attentionMask = Tensor(mask, shape: [prompts.count, length])
    }
    return inputs
  }

  private static func batch(_ inputs: ModelInputs) throws(TensorError) -> Int {
    let all = [inputs.inputIds, inputs.inputFeatures, inputs.pixelValues, inputs.inputsEmbeds, inputs.encoderOutput]
    guard let first = all.compactMap({ $0 }).first, first.rank > 0 else {
      throw TensorError(.value, "generate", "needs something that the encoder reads")
    }
    return first.size(0)
  }

  /// What the decoder starts with: the start token, before given tokens that do not begin with it.
  private static func start(
    _ inputs: ModelInputs, _ configuration: GenerationConfiguration, rows count: Int
  ) throws(TensorError) -> [[Int]] {
    let start =
      configuration.decoderStartTokenIds.isEmpty
      ? configuration.bosTokenId.map { [$0] } ?? [] : configuration.decoderStartTokenIds
    if let given = inputs.decoderInputIds {
      let ids = try rows(given, "decoderInputIds")
      let starts = start.count == 1 ? Array(repeating: start[0], count: ids.count) : start
      guard starts.count == ids.count, zip(ids, starts).allSatisfy({ $0.first != $1 }) else { return ids }
      return zip(ids, starts).map { [$1] + $0 }
    }
    guard !start.isEmpty else {
      throw TensorError(
        .value, "generate", "needs decoderStartTokenIds (or bosTokenId): what the decoder starts with")
    }
    guard start.count == 1 || start.count == count else {
      throw TensorError(.value, "generate", "\(start.count) start tokens are given for \(count) rows")
    }
    return start.count == 1 ? Array(repeating: start, count: count) : start.map { [$0] }
  }

  private static func mask(
    _ inputs: ModelInputs, _ ids: [[Int]], _ configuration: GenerationConfiguration
  ) throws(TensorError) -> [[Int64]]? {
    var mask: [[Int64]]
    if let given = inputs.attentionMask {
      mask = try rows(given, "attentionMask").map { $0.map { $0 == 0 ? 0 : 1 } }
      guard mask.map(\.count) == ids.map(\.count) else {
        throw TensorError(
          .shape, "generate",
          "attentionMask \(given.shape) must have the shape of inputIds [\(ids.count), \(ids[0].count)]")
      }
    } else {
      // As the library infers it: padding is what has the padding token, unless that is the end as well.
      guard let pad = configuration.padTokenId, !configuration.eosTokenIds.contains(pad) else { return nil }
      mask = ids.map { $0.map { $0 == pad ? 0 : 1 } }
    }
    return mask.contains { $0.contains(0) } ? mask : nil
  }
}

/// The rows of a matrix of whole numbers.
func rows(_ matrix: Tensor, _ name: String) throws(TensorError) -> [[Int]] {
  guard matrix.rank == 2, matrix.dtype.isInteger else {
    throw TensorError(
      .shape, "generate", "\(name) must be whole numbers [rows, length], and is \(matrix.dtype) \(matrix.shape)")
  }
  let values: [Int64] = matrix.to(.int64).array(as: Int64.self)
  let length = matrix.size(1)
  return (0..<matrix.size(0)).map { row in values[row * length..<(row + 1) * length].map { Int($0) } }
}
