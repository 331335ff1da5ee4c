import ApusCore
import ApusFunctional

/// The connectionist temporal classification loss between log-probabilities `[T, N, C]` and label sequences: ``ctcLoss``, called
/// as `loss(logProbs, targets, inputLengths, targetLengths)` with the lengths as tensors or arrays.
public final class CTCLoss: Module {
  public let state = ModuleState()
  /// The label that stands for nothing.
  public let blank: Int
  public let reduction: LossReduction
  /// Whether losses of sequences that cannot be aligned, which are infinite, and their gradients become 0.
  public let zeroInfinity: Bool

  /// `blank` is the label that stands for nothing; `reduction` says what becomes of the losses of the batch.
  public init(blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) {
    self.blank = blank
    self.reduction = reduction
    self.zeroInfinity = zeroInfinity
  }

  /// The loss of `[T, N, C]` log-probabilities, `[N, S]` or joined labels, and the lengths `[N]` of both.
  public func forward(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor
  ) -> Tensor {
    ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }

  /// Runs ``forward(_:_:_:_:)`` with hooks and module path.
  public func callAsFunction(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor
  ) -> Tensor {
    callModule(self, logProbs, targets, inputLengths, targetLengths, of: Tensor.self) { forward($0, $1, $2, $3) }
  }

  /// ``callAsFunction(_:_:_:_:)-(_,_,Tensor,_)`` with the lengths as numbers.
  public func callAsFunction(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int]
  ) -> Tensor {
    self(logProbs, targets, Tensor(inputLengths), Tensor(targetLengths))
  }
}
