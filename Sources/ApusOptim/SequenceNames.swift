import ApusCore
import ApusFunctional
import ApusNN

extension nn.utils {
  /// PyTorch's `torch.nn.utils.rnn` as a place of names.
  public enum rnn {
    /// ``ApusFunctional/PackedSequence``.
    public typealias PackedSequence = ApusFunctional.PackedSequence

    /// ``ApusFunctional/padSequence(_:batchFirst:paddingValue:paddingSide:)``.
    public static func padSequence(
      _ sequences: [Tensor], batchFirst: Bool = false, paddingValue: some ScalarConvertible = 0.0,
      paddingSide: PaddingSide = .right
    ) -> Tensor {
      ApusFunctional.padSequence(
        sequences, batchFirst: batchFirst, paddingValue: paddingValue, paddingSide: paddingSide)
    }
    /// ``ApusFunctional/packPaddedSequence(_:_:batchFirst:enforceSorted:)``.
    public static func packPaddedSequence(
      _ input: Tensor, _ lengths: [Int], batchFirst: Bool = false, enforceSorted: Bool = true
    ) -> PackedSequence {
      ApusFunctional.packPaddedSequence(input, lengths, batchFirst: batchFirst, enforceSorted: enforceSorted)
    }
    /// ``ApusFunctional/packPaddedSequence(_:_:batchFirst:enforceSorted:)``.
    public static func packPaddedSequence(
      _ input: Tensor, _ lengths: Tensor, batchFirst: Bool = false, enforceSorted: Bool = true
    ) -> PackedSequence {
      ApusFunctional.packPaddedSequence(input, lengths, batchFirst: batchFirst, enforceSorted: enforceSorted)
    }
    /// ``ApusFunctional/padPackedSequence(_:batchFirst:paddingValue:totalLength:)``.
    public static func padPackedSequence(
      _ sequence: PackedSequence, batchFirst: Bool = false, paddingValue: some ScalarConvertible = 0.0,
      totalLength: Int? = nil
    ) -> (Tensor, Tensor) {
      ApusFunctional.padPackedSequence(
        sequence, batchFirst: batchFirst, paddingValue: paddingValue, totalLength: totalLength)
    }
    /// ``ApusFunctional/packSequence(_:enforceSorted:)``.
    public static func packSequence(_ sequences: [Tensor], enforceSorted: Bool = true) -> PackedSequence {
      ApusFunctional.packSequence(sequences, enforceSorted: enforceSorted)
    }
    /// ``ApusFunctional/unpackSequence(_:)``.
    public static func unpackSequence(_ sequence: PackedSequence) -> [Tensor] {
      ApusFunctional.unpackSequence(sequence)
    }
    /// ``ApusFunctional/unpadSequence(_:_:batchFirst:)``.
    public static func unpadSequence(_ padded: Tensor, _ lengths: Tensor, batchFirst: Bool = false) -> [Tensor] {
      ApusFunctional.unpadSequence(padded, lengths, batchFirst: batchFirst)
    }
  }
}
