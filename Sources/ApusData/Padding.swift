import ApusCore
import ApusFunctional

/// Puts sequences of different lengths together: `[n, longest, ...]`, padded, with the lengths.
///
///     let loader = DataLoader(texts, batchSize: 32, collateFn: PadCollate(paddingValue: 0, multipleOf: 8).pairs)
public struct PadCollate: Sendable {
  /// What stands behind the end of shorter sequences.
  public let paddingValue: Double
  /// The longest length is raised to a multiple of this.
  public let multipleOf: Int
  /// Longer sequences are cut; nil for none.
  public let maxLength: Int?

  /// - Parameters:
  ///   - paddingValue: what stands behind the end of shorter sequences.
  ///   - multipleOf: raise the length to a multiple of this.
  ///   - maxLength: cut longer sequences.
  public init(paddingValue: Double = 0, multipleOf: Int = 1, maxLength: Int? = nil) {
    if multipleOf < 1 {
      report(TensorError(.value, "PadCollate", "multipleOf must be 1 or more, and is \(multipleOf)"))
    }
    self.paddingValue = paddingValue
    self.multipleOf = max(1, multipleOf)
    self.maxLength = maxLength
  }

  /// Sequences `[length, ...]` as `[n, longest, ...]`, and their lengths, int64 `[n]`.
  @Sendable public func sequences(_ items: [Tensor]) throws -> (Tensor, Tensor) {
    let cut = items.map { item in maxLength.map { $0 < (item.shape.first ?? 0) ? item.narrow(0, 0, $0) : item } ?? item
    }
    let lengths = cut.map { $0.shape.first ?? 0 }
    return try withErrors {
      let padded = padSequence(cut, batchFirst: true, paddingValue: paddingValue)
      let longest = lengths.max() ?? 0
      let missing = (multipleOf - longest % multipleOf) % multipleOf
      guard missing > 0, padded.rank >= 2 else { return (padded, Tensor(lengths)) }
      var shape = padded.shape
      shape[1] = missing
      return (cat([padded, Tensor.full(shape, paddingValue, dtype: padded.dtype)], dim: 1), Tensor(lengths))
    }
  }

  /// Sequences with a class each: padded sequences, lengths, classes.
  @Sendable public func classes(_ items: [(Tensor, Int)]) throws -> (Tensor, Tensor, Tensor) {
    let (padded, lengths) = try sequences(items.map(\.0))
    return (padded, lengths, Tensor(items.map(\.1)))
  }

  /// Pairs of sequences, such as texts and their translations: both padded, each with its lengths.
  @Sendable public func pairs(_ items: [(Tensor, Tensor)]) throws -> (Tensor, Tensor, Tensor, Tensor) {
    let (first, firstLengths) = try sequences(items.map(\.0))
    let (second, secondLengths) = try sequences(items.map(\.1))
    return (first, firstLengths, second, secondLengths)
  }
}
