import ApusCore

// Sequences of different lengths side by side.

/// At which end ``padSequence(_:batchFirst:paddingValue:paddingSide:)`` fills sequences up.
public enum PaddingSide: String, Sendable, Hashable, NamedChoice {
  /// Behind the elements, or before them.
  case left, right
}

/// Sequences `[length, ...]` filled up to the longest, PyTorch's `nn.utils.rnn.pad_sequence`.
///
/// - Parameters:
///   - batchFirst: whether the result is `[N, longest, ...]` instead of `[longest, N, ...]`.
///   - paddingValue: what fills the gaps.
///   - paddingSide: where the gaps lie.
public func padSequence(
  _ sequences: [Tensor], batchFirst: Bool = false, paddingValue: some ScalarConvertible = 0.0,
  paddingSide: PaddingSide = .right
) -> Tensor {
  if let failed = poisoned(among: sequences) { return failed }
  guard let first = sequences.first, first.rank > 0,
    sequences.allSatisfy({ $0.rank == first.rank && $0.shape[1...] == first.shape[1...] && $0.dtype == first.dtype })
  else {
    return fail(
      TensorError(
        .shape, "pad_sequence",
        "needs sequences of one element type that differ in their first dimension only, and found \(sequences.map(\.type))"
      ))
  }
  let longest = sequences.reduce(0) { max($0, $1.shape[0]) }
  let padded = sequences.map { sequence in
    let missing = longest - sequence.shape[0]
    if missing == 0 { return sequence }
    let gap = Tensor.full([missing] + first.shape[1...], paddingValue.scalar, dtype: first.dtype).placed(with: first)
    return cat(paddingSide == .right ? [sequence, gap] : [gap, sequence])
  }
  return stack(padded, dim: batchFirst ? 0 : 1)
}

extension Registry {
  /// Sequences and choices.
  static let sequences: [Operation] = [
    .tensor(
      "nn.utils.rnn.pad_sequence", "sequences, batch_first=False, padding_value=0.0, padding_side='right'"
    ) {
      guard let side = PaddingSide(rawValue: try $0.string("padding_side")) else {
        throw $0.mismatch("padding_side", "'left' or 'right'")
      }
      return try padSequence(
        $0.tensors("sequences"), batchFirst: $0.bool("batch_first"), paddingValue: $0.double("padding_value"),
        paddingSide: side)
    },
    .tensor("nn.functional.gumbel_softmax", "logits, tau=1.0, hard=False, eps=1e-10, dim=-1") {
      try gumbelSoftmax($0.tensor("logits"), tau: $0.double("tau"), hard: $0.bool("hard"), dim: $0.int("dim"))
    },
  ]
}
