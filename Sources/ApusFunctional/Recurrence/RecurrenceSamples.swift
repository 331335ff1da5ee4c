import ApusCore

// Recurrences of many samples, for `vmap`.

extension RecurrenceSetup {
  /// That of the sequences of `size` samples side by side.
  func ofSamples(_ size: Int) -> RecurrenceSetup {
    RecurrenceSetup(
      cell: cell, isReverse: isReverse, hasBias: hasBias, hasProjection: hasProjection,
      batchSizes: batchSizes?.map { $0.clampedMultiplying(size) })
  }

  /// An operand `[size, ...]` of samples as one of ``ofSamples(_:)``; `isTimed` where it has elements of every time.
  func merged(_ samples: Tensor, isTimed: Bool) -> Tensor {
    if batchSizes == nil { return samplesMerged(samples, into: isTimed ? 1 : 0) }
    if samples.hasFailed { return samples }
    // Packed, each row of a sample is followed by that of the next sample, so that the longest sequences come first still.
    let shape = samples.shape
    return samples.movedim(0, 1).reshape([shape[0] * shape[1]] + shape.dropFirst(2))
  }

  /// What ``merged(_:isTimed:)`` joined, by samples again.
  func parted(_ tensor: Tensor, isTimed: Bool, _ size: Int) -> Tensor {
    if batchSizes == nil { return samplesParted(tensor, from: isTimed ? 1 : 0, size) }
    if tensor.hasFailed { return tensor }
    return tensor.reshape([tensor.shape[0] / size, size] + tensor.shape.dropFirst()).movedim(1, 0)
  }
}

/// `function` of every sample of those of `inputs` that have some.
func mappedComposed(
  _ inputs: [Tensor], _ isBatched: [Bool], _ function: @escaping ([Tensor]) -> [Tensor]
) -> [Tensor] {
  let mapped = vmap { (samples: [Tensor]) in
    var rest = samples[...]
    return function(zip(inputs, isBatched).map { $1 ? rest.removeFirst() : $0 })
  }
  return mapped(zip(inputs, isBatched).filter(\.1).map(\.0))
}
