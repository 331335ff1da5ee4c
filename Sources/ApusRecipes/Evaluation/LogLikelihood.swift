import ApusCore
import ApusFunctional
import ApusModels

/// Tokens whose log-probabilities are asked for.
public struct ScoredTokens: Sendable, Hashable {
  /// What goes before, at least one token.
  public var context: [Int]
  /// What is scored, at least one token.
  public var continuation: [Int]

  /// What stands before, and what is asked.
  public init(context: [Int], continuation: [Int]) { (self.context, self.continuation) = (context, continuation) }
}

/// Log-probabilities of tokens under a causal language model, texts of about one length together. Contexts that several
/// continuations share are read once; never more scores of the vocabulary are held than ``mostScores``.
public struct LogLikelihood: Sendable {
  let model: any PretrainedModel
  /// The most tokens of a text; of longer ones the first are cut off.
  public let maxLength: Int
  /// How many tokens, padding counted, go through the model at once.
  public let batchTokens: Int

  /// From so many tokens on a shared context is read once.
  private static let sharedContext = 16
  /// Scores of tokens that are held at once: rows times places times vocabulary.
  private static let mostScores = 1 << 24

  /// - Parameter maxLength: the most tokens of a text; nil: as many as the model knows positions.
  public init(_ model: any PretrainedModel, maxLength: Int? = nil, batchTokens: Int = 2048) {
    self.model = model
    self.maxLength = max(2, min(maxLength ?? .max, model.contextLength ?? maxLength ?? 2048))
    self.batchTokens = max(1, batchTokens)
  }

  /// The natural logarithms of the probabilities of each continuation's tokens.
  /// - Parameter progress: called with how many requests are done.
  /// - Throws: `TensorError` where the model gives no scores of tokens.
  public func scores(
    _ requests: [ScoredTokens], progress: (Int) -> Void = { _ in }
  ) throws -> [[Double]] {
    guard !model.isEncoderDecoder else {
      throw TensorError(
        .unsupported, "log-likelihood", "needs a model that continues texts, and found \(type(of: model).typeName)")
    }
    let cut = requests.map { shortened($0) }
    var scores = [[Double]](repeating: [], count: requests.count)
    var done = 0
    try withErrors {
      try noGrad {
        for group in groups(cut) {
          let found = try group.isShared ? shared(group.places.map { cut[$0] }) : apart(group.places.map { cut[$0] })
          for (place, values) in zip(group.places, found) { scores[place] = values }
          done += group.places.count
          progress(done)
        }
      }
    }
    return scores
  }

  /// How many requests are longer than the model reads.
  public func cutCount(_ requests: [ScoredTokens]) -> Int {
    requests.count { $0.context.count + $0.continuation.count > maxLength + 1 }
  }

  /// The last tokens, as many as the model reads. The last one of all is not read.
  private func shortened(_ request: ScoredTokens) -> ScoredTokens {
    let excess = request.context.count + request.continuation.count - 1 - maxLength
    if excess <= 0 { return request }
    let fromContext = min(excess, request.context.count - 1)
    let rest = excess - fromContext
    return ScoredTokens(
      context: Array((request.context + request.continuation.prefix(rest)).suffix(request.context.count - fromContext)),
      continuation: Array(request.continuation.dropFirst(rest)))
  }

  private struct Group {
    var places: [Int]
    var isShared: Bool
  }

  /// Requests that run together: those of one context, and else those of about one length, the longest first.
  private func groups(_ requests: [ScoredTokens]) -> [Group] {
    var byContext: [[Int]: [Int]] = [:]
    for (i, request) in requests.enumerated() where request.context.count >= Self.sharedContext {
      byContext[request.context, default: []].append(i)
    }
    let canShare = model.makeCache() != nil
    let groups = byContext.values.filter { canShare && $0.count > 1 }.sorted { $0[0] < $1[0] }
    let together = Set(groups.joined())
    var result: [Group] = []
    for places in groups {
      let sorted = places.sorted { requests[$0].continuation.count > requests[$1].continuation.count }
      let context = requests[places[0]].context.count
      var start = 0
      while start < sorted.count {
        let rows = max(1, batchTokens / (context + requests[sorted[start]].continuation.count))
        let end = min(sorted.count, start + max(rows, 4))
        result.append(Group(places: Array(sorted[start..<end]), isShared: end - start > 1))
        start = end
      }
    }
    func length(_ i: Int) -> Int { requests[i].context.count + requests[i].continuation.count - 1 }
    let rest = requests.indices.filter { !together.contains($0) }.sorted { (length($1), $0) < (length($0), $1) }
    var start = 0
    while start < rest.count {
      let end = min(rest.count, start + max(1, batchTokens / length(rest[start])))
      result.append(Group(places: Array(rest[start..<end]), isShared: false))
      start = end
    }
    return result
  }

  /// Each request a row. Padding lies behind a row, where a causal model does not see it.
  private func apart(_ requests: [ScoredTokens]) throws -> [[Double]] {
    let rows = requests.map { $0.context + $0.continuation }
    return try run(
      rows.map { Array($0.dropLast()) },
      targets: zip(requests, rows).map { request, row in
        [Int](repeating: -100, count: request.context.count - 1) + row.dropFirst(request.context.count)
      }, cache: model.makeCache(capacity: rows.map(\.count).max()))
  }

  /// The context once, and then all continuations behind it.
  private func shared(_ requests: [ScoredTokens]) throws -> [[Double]] {
    let context = requests[0].context
    guard let cache = model.makeCache(capacity: context.count + requests[0].continuation.count) else {
      return try apart(requests)
    }
    // The first tokens of all continuations are scored at the context's last place.
    let logits = try self.logits([context], cache: cache, keep: 1)
    let first = logits.select(1, logits.size(1) - 1).reshape([-1]).to(.float32)
    let total = first.logsumexp(0)
    let firsts = requests.map { $0.continuation[0] }
    let index = Tensor(firsts, dtype: .int64)
    let heads: [Double] = (first.indexSelect(0, index) - total).to(.float64).array()
    if requests.allSatisfy({ $0.continuation.count == 1 }) { return heads.map { [$0] } }
    cache.reorder([Int](repeating: 0, count: requests.count))
    let tails = try run(
      requests.map { Array($0.continuation.dropLast()) }, targets: requests.map { Array($0.continuation.dropFirst()) },
      cache: cache)
    return zip(heads, tails).map { [$0] + $1 }
  }

  /// The log-probabilities of `targets`, -100 where nothing is scored, at the places of `rows`. Long rows go through the model piece
  /// by piece where it has a cache.
  private func run(_ rows: [[Int]], targets: [[Int]], cache: (any ModelCache)?) throws -> [[Double]] {
    let length = rows.map(\.count).max() ?? 0
    let vocabulary = model.configuration["vocab_size"]?.int ?? 1 << 16
    let piece = cache == nil ? length : max(16, Self.mostScores / max(1, rows.count * vocabulary))
    var scores = [[Double]](repeating: [], count: rows.count)
    var start = 0
    while start < length {
      let end = min(length, start + piece)
      let wanted = targets.map { row in (start..<end).map { $0 < row.count ? row[$0] : -100 } }
      let keep = wanted.compactMap { row in row.firstIndex { $0 != -100 } }.min().map { end - start - $0 } ?? 0
      if keep == 0, !targets.contains(where: { $0.dropFirst(end).contains { $0 != -100 } }) { break }
      let ids = rows.map { row in (start..<end).map { $0 < row.count ? row[$0] : row.last ?? 0 } }
      let logits = try self.logits(ids, cache: cache, keep: max(1, keep))
      start = end
      if keep == 0 { continue }
      let kept = min(keep, logits.size(1))
      let classes = logits.size(2)
      let labels = wanted.flatMap { $0.suffix(kept) }
      let losses: [Double] = crossEntropy(
        logits.narrow(1, logits.size(1) - kept, kept).reshape([-1, classes]).to(.float32),
        Tensor(labels, dtype: .int64), reduction: .none
      ).to(.float64).array()
      for row in rows.indices {
        for place in row * kept..<(row + 1) * kept where labels[place] != -100 { scores[row].append(-losses[place]) }
      }
    }
    return scores
  }

  private func logits(_ ids: [[Int]], cache: (any ModelCache)?, keep: Int) throws -> Tensor {
    var inputs = ModelInputs()
    inputs.inputIds = Tensor(ids.flatMap { $0 }, shape: [ids.count, ids[0].count], dtype: .int64)
    inputs.cache = cache
    inputs.logitsToKeep = keep
    guard let logits = model(inputs).logits, logits.rank == 3 else {
      throw TensorError(
        .unsupported, "log-likelihood", "\(type(of: model).typeName) gives no scores of tokens")
    }
    return logits
  }
}

extension PretrainedModel {
  /// How many positions the model knows; nil where its configuration does not say.
  var contextLength: Int? {
    for key in ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"] {
      if let found = configuration[key]?.int, found > 0 { return found }
    }
    return nil
  }
}
