import ApusCore

/// Runs the texts of a ``ContinuousBatch`` together.
final class BatchScheduler: @unchecked Sendable {
  // Only the one task that runs the batch uses it.
  private let model: any GenerativeModel
  private let capacity: Int
  private var texts: [BatchText] = []
  private var cache = JoinedCache()

  init(_ model: any GenerativeModel, capacity: Int) { (self.model, self.capacity) = (model, capacity) }

  var isEmpty: Bool { texts.isEmpty }

  /// How many texts more there may be.
  var room: Int { capacity - texts.count }

  /// Runs the model over a prompt, and takes the text in.
  func admit(_ request: BatchRequest) {
    do {
      try withErrors {
        guard !request.ids.isEmpty else {
          throw TensorError(.value, "generate", "needs a prompt of at least one token")
        }
        guard !model.isEncoderDecoder else {
          throw TensorError(.unsupported, "generate", "texts of encoder-decoders are not batched continuously")
        }
        guard request.configuration.numBeams == 1, request.configuration.numReturnSequences == 1 else {
          throw TensorError(.unsupported, "generate", "beams and several sequences are not batched continuously")
        }
        guard model.makeCache(capacity: nil) is KeyValueCache else {
          throw TensorError(.unsupported, "generate", "only models that keep keys and values are batched continuously")
        }
        try request.configuration.check(promptLength: request.ids.count)
        let own = JoinedCache()
        let text = BatchText(request)
        let logits = try run([text.ids], mask: nil, positions: nil, own)
        guard try text.take(logits) else { return }
        cache.join(own)
        texts.append(text)
      }
    } catch {
      request.fail(error)
    }
  }

  /// Gives every text a token.
  func step() {
    leave { $0.request.isCancelled }
    guard !texts.isEmpty else { return }
    var ended: Set<ObjectIdentifier> = []
    do {
      try withErrors {
        let length = cache.length + 1
        let starts = texts.map { length - $0.ids.count }
        let mask = starts.contains { $0 > 0 } ? starts.map { start in (0..<length).map { $0 < start ? 0 : 1 } } : nil
        let logits = try run(
          texts.map { [$0.ids[$0.ids.count - 1]] }, mask: mask, positions: texts.map { [$0.ids.count - 1] }, cache)
        for (row, text) in texts.enumerated() {
          if try !text.take(logits.narrow(0, row, 1)) { ended.insert(ObjectIdentifier(text)) }
        }
      }
    } catch {
      // What a run leaves half done is nobody's.
      for text in texts { text.request.fail(error) }
      texts = []
      cache = JoinedCache()
      return
    }
    leave { ended.contains(ObjectIdentifier($0)) }
  }

  private func leave(_ isGone: (BatchText) -> Bool) {
    let kept = texts.indices.filter { !isGone(texts[$0]) }
    guard kept.count < texts.count else { return }
    cache.reorder(kept)
    texts = kept.map { texts[$0] }
    // The last token of each text has not been run.
    if let longest = texts.map(\.ids.count).max() { cache.dropFirst(cache.length - (longest - 1)) }
  }

  private func run(_ ids: [[Int]], mask: [[Int]]?, positions: [[Int]]?, _ cache: JoinedCache) throws(TensorError)
    -> Tensor
  {
    func matrix(_ rows: [[Int]]) -> Tensor {
      Tensor(rows.flatMap { $0.map { Int64($0) } }, shape: [rows.count, rows[0].count])
    }
    var inputs = ModelInputs()
    inputs.inputIds = matrix(ids)
    inputs.attentionMask = mask.map(matrix)
    inputs.positionIds = positions.map(matrix)
    inputs.cache = cache
    inputs.logitsToKeep = 1
    guard let logits = noGrad({ model.forward(inputs).logits }), !logits.isPoisoned else {
      throw TensorError(.unsupported, "generate", "the model gives no logits: load it with its language head")
    }
    return try lastLogits(logits)
  }
}

/// A text under way in a batch.
private final class BatchText {
  let request: BatchRequest
  private(set) var ids: [Int]
  private let chooser: TokenChooser
  private let stops: StopRules

  init(_ request: BatchRequest) {
    self.request = request
    ids = request.ids
    chooser = TokenChooser(
      request.configuration, request.extras, promptLength: request.ids.count, sources: [request.ids], rows: 1)
    stops = StopRules(request.configuration, promptLength: request.ids.count, request.extras.stopping)
  }

  /// Chooses a token by `logits`, `[1, vocabulary]`; false where the text ends with it.
  func take(_ logits: Tensor) throws(TensorError) -> Bool {
    let row = logits.contiguous()
    let token = try chooser.choose(row) { _ in self.text }[0]
    ids.append(token)
    let reason = chooser.advance(0, token) ?? stops.reason(text)
    let logProbability = request.configuration.logProbabilities == nil ? nil : chooser.logProbability(token, 0)
    request.send(
      GeneratedToken(
        id: token, index: ids.count - request.ids.count - 1, logProbability: logProbability, finishReason: reason))
    return reason == nil
  }

  private var text: TextSoFar { TextSoFar(ids: ids, promptLength: request.ids.count) }
}
