import ApusCore
import ApusFunctional
import ApusNumerics

/// How a router's scores become choices and weights.
public enum ExpertGate: Sendable, Hashable {
  /// The softmax over all experts, of which the greatest are taken (Shazeer et al., 2017); Mixtral makes their weights sum to 1, the Switch
  /// Transformer does not.
  case softmax(normalizes: Bool)
  /// The greatest scores, and the softmax over these.
  case softmaxOfChosen
}

/// What a router chose for some tokens.
struct ExpertChoice {
  /// The experts of each token, `[tokens, chosen]`, the best first.
  let experts: [[Int]]
  /// How much each of them counts, `[tokens, chosen]`, with gradients.
  let weights: Tensor
  /// The probabilities of all experts, `[tokens, experts]`, with gradients.
  let probabilities: Tensor

  /// - Parameter logits: `[tokens, experts]`.
  init(_ logits: Tensor, chosen: Int, gate: ExpertGate) {
    // Half types choose in float32, as published models do.
    let scores = logits.dtype.size < 4 ? logits.to(.float32) : logits
    probabilities = scores.softmax(-1)
    let top = (gate == .softmaxOfChosen ? scores : probabilities).topk(chosen, dim: -1)
    switch gate {
    case .softmax(let normalizes): weights = normalizes ? top.values / top.values.sum([-1], keepDim: true) : top.values
    case .softmaxOfChosen: weights = top.values.softmax(-1)
    }
    experts = ExpertDispatch.rows(top.indices.to(.int64))
  }
}

/// Brings tokens to their experts and what these make of them back.
///
/// Experts are divided over the ranks of a group, in their order and evenly. The tokens of all ranks count as one batch, those of rank 0
/// first; so what comes out does not depend on how many ranks there are.
struct ExpertDispatch: Sendable {
  /// A module that holds this is looked into for its parameters, and the group must not be.
  private let hidden: @Sendable () -> ProcessGroup?
  let expertCount: Int
  /// How many tokens an expert takes by its share of all choices; nil: all that come.
  let capacityFactor: Double?
  /// The greatest number of experts of a token.
  let maximumChoices: Int

  init(group: ProcessGroup?, expertCount: Int, capacityFactor: Double?, maximumChoices: Int) {
    hidden = { group }
    self.expertCount = expertCount
    self.capacityFactor = capacityFactor
    self.maximumChoices = maximumChoices
  }

  var group: ProcessGroup? { hidden() }
  var ranks: Int { group?.size ?? 1 }
  var rank: Int { group?.rank ?? 0 }
  /// The experts of a rank.
  func experts(of rank: Int) -> Range<Int> {
    (rank * expertCount / ranks)..<((rank + 1) * expertCount / ranks)
  }
  /// The experts of this rank.
  var own: Range<Int> { experts(of: rank) }

  /// What came of the tokens, and how many of all tokens chose each expert.
  struct Outcome {
    /// `[tokens, features]`.
    let output: Tensor
    /// The choices of all ranks for each expert.
    let counts: [Int]
    /// The number of tokens of all ranks.
    let tokens: Int
    /// How many choices found their expert full.
    let dropped: Int
  }

  /// The rows of a matrix of integers.
  static func rows(_ matrix: Tensor) -> [[Int]] {
    guard !matrix.isPoisoned, matrix.rank == 2, matrix.count > 0 else { return [] }
    let (flat, width) = (matrix.reshape([-1]).array(as: Int.self), matrix.shape[1])
    return stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<($0 + width)]) }
  }

  /// - Parameters:
  ///   - rows: `[tokens, features]` of this rank.
  ///   - choices: the experts of each token, `[tokens, chosen]`, the best first.
  ///   - weights: how much each of them counts, `[tokens, chosen]`, with gradients.
  ///   - run: the results `[n, features]` of an expert of this rank for rows `[n, features]`.
  func callAsFunction(
    _ rows: Tensor, _ choices: [[Int]], _ weights: Tensor, _ run: (_ expert: Int, _ rows: Tensor) -> Tensor
  ) throws(TensorError) -> Outcome {
    let chosen = choices.first?.count ?? 0
    let all = try counts(choices, chosen)
    let tokens = all.map { $0.tokens }.reduce(0, +)
    let totals = (0..<expertCount).map { expert in
      all.map { part in part.counts.map { $0[expert] }.reduce(0, +) }.reduce(0, +)
    }
    let places = places(choices, all, tokens)

    // Rows go out in the order of experts, so that each rank's part is one piece.
    let sent = places.kept.enumerated().flatMap { expert, places in places }
    let rowNumbers = Tensor(sent.map { Int64($0 / max(chosen, 1)) }, dtype: .int64)
    let outgoing = rows.indexSelect(0, rowNumbers)
    let returned = try exchanged(outgoing, places.sizes, run)
    let counted = weights.reshape([-1]).indexSelect(0, Tensor(sent.map { Int64($0) }, dtype: .int64))
    let output = Tensor.zeros(rows.shape, dtype: rows.dtype).indexAdd(
      0, rowNumbers, returned * counted.unsqueeze(-1).to(rows.dtype))
    let dropped = totals.reduce(0, +) - places.sizes.joined().reduce(0, +)
    return Outcome(output: output, counts: totals, tokens: tokens, dropped: dropped)
  }

  /// How often the tokens of a rank chose each expert, by first, second ... choice.
  private struct RankCounts {
    let tokens: Int
    let counts: [[Int]]
  }

  private func counts(_ choices: [[Int]], _ chosen: Int) throws(TensorError) -> [RankCounts] {
    var own = [[Int]](repeating: [Int](repeating: 0, count: expertCount), count: chosen)
    for experts in choices {
      for (k, expert) in experts.enumerated() { own[k][expert] += 1 }
    }
    guard let group, group.size > 1 else { return [RankCounts(tokens: choices.count, counts: own)] }
    // A rank without tokens knows nothing of the number of choices.
    let flat = [choices.count, chosen] + own.joined()
    let padded = flat + [Int](repeating: 0, count: max(0, 2 + maximumChoices * expertCount - flat.count))
    let all = try group.allGather(Tensor(padded, dtype: .int64))
    return all.map { tensor in
      let values = tensor.array(as: Int.self)
      return RankCounts(
        tokens: values[0],
        counts: (0..<values[1]).map { k in
          Array(values[(2 + k * expertCount)..<(2 + (k + 1) * expertCount)])
        })
    }
  }

  /// The choices that each expert takes: for experts in their order the places among this rank's choices, and how many each rank sends to
  /// each expert. First choices go before second ones, earlier tokens before later.
  private func places(
    _ choices: [[Int]], _ all: [RankCounts], _ tokens: Int
  ) -> (kept: [[Int]], sizes: [[Int]]) {
    let chosen = all.map { $0.counts.count }.max() ?? 0
    let capacity =
      capacityFactor.map { Int((Double(chosen * tokens) * $0 / Double(expertCount)).rounded(.up)) } ?? Int.max
    var sizes = [[Int]](repeating: [Int](repeating: 0, count: expertCount), count: ranks)
    var left = [Int](repeating: capacity, count: expertCount)
    /// How many of this rank's choices an expert takes, by first, second ... choice.
    var quota = [[Int]](repeating: [Int](repeating: 0, count: expertCount), count: chosen)
    for k in 0..<chosen {
      for (rank, part) in all.enumerated() where k < part.counts.count {
        for expert in 0..<expertCount {
          let taken = min(part.counts[k][expert], left[expert])
          left[expert] -= taken
          sizes[rank][expert] += taken
          if rank == self.rank { quota[k][expert] = taken }
        }
      }
    }
    var kept = [[Int]](repeating: [], count: expertCount)
    for k in 0..<chosen {
      for (token, experts) in choices.enumerated() where quota[k][experts[k]] > 0 {
        quota[k][experts[k]] -= 1
        kept[experts[k]].append(token * chosen + k)
      }
    }
    return (kept, sizes)
  }

  /// Rows in the order of experts, to these and back.
  private func exchanged(
    _ rows: Tensor, _ sizes: [[Int]], _ run: (Int, Tensor) -> Tensor
  ) throws(TensorError) -> Tensor {
    let features = rows.size(-1)
    func computed(_ rows: Tensor, _ counts: [Int]) throws(TensorError) -> Tensor {
      var parts: [Tensor] = []
      var first = 0
      for (expert, count) in zip(own, counts) {
        // An expert without tokens takes part all the same, so that gradients are there on all ranks alike.
        let part = run(expert, rows.narrow(0, first, count))
        guard part.isPoisoned || part.shape.first == count && part.rank == 2 else {
          throw TensorError(
            .shape, "MixtureOfExperts",
            "expert \(expert) gives the shape \(part.shape) for rows [\(count), \(features)]; it must give as many rows"
          )
        }
        parts.append(part)
        first += count
      }
      return parts.isEmpty ? rows : cat(parts)
    }
    guard let group, group.size > 1 else { return try computed(rows, sizes[0]) }
    let send = (0..<ranks).map { sizes[rank][experts(of: $0)].reduce(0, +) }
    let receive = (0..<ranks).map { sizes[$0][own].reduce(0, +) }
    let arrived = group.functional.allToAll(rows, sendSizes: send, receiveSizes: receive)
    // They come by rank and in it by expert; experts want them by expert and in it by rank.
    var order: [Int] = []
    var starts: [Int] = []
    var first = 0
    for count in receive {
      starts.append(first)
      first += count
    }
    for expert in own {
      for source in 0..<ranks {
        let count = sizes[source][expert]
        order += starts[source]..<(starts[source] + count)
        starts[source] += count
      }
    }
    var inverse = [Int](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { inverse[row] = place }
    let counts = own.map { expert in (0..<ranks).map { sizes[$0][expert] }.reduce(0, +) }
    let results = try computed(arrived.indexSelect(0, Tensor(order.map { Int64($0) }, dtype: .int64)), counts)
    let back = results.indexSelect(0, Tensor(inverse.map { Int64($0) }, dtype: .int64))
    return group.functional.allToAll(back, sendSizes: receive, receiveSizes: send)
  }
}
