import ApusCore
import ApusFunctional
import ApusModels

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The loss of knowledge distillation: how far the distributions of a student are from those of its teacher at the tokens that are
/// learned (Hinton et al., arXiv 1503.02531; Agarwal et al., arXiv 2306.13649), beside the cross entropy.
///
/// With the teacher `p` and the student `q`, both of logits by the temperature, and `m = beta p + (1 - beta) q`: the generalised
/// Jensen-Shannon divergence `beta KL(p | m) + (1 - beta) KL(q | m)`, whose limits are taken as `KL(p | q)` (`beta` 0, forward) and
/// `KL(q | p)` (1, reverse).
public struct DistillationLoss: RecipeSettings {
  @Field("between the teacher's divergence (0: forward KL) and the student's (1: reverse KL)", 0...1) public
    var beta =
    0.5
  @Field("what logits of both are divided by", 1e-3...1e3) public var temperature = 1.0
  @Field("whether the divergence is multiplied by the squared temperature, which keeps gradients as large")
  public var scalesByTemperature = false
  @Field("the weight of the cross entropy of the labels; the divergence has the rest", 0...1) public var hardWeight =
    0.0

  public init() {}

  /// With some of the options.
  public init(beta: Double, temperature: Double = 1, hardWeight: Double = 0) {
    self.init()
    (self.beta, self.temperature, self.hardWeight) = (beta, temperature, hardWeight)
  }

  /// The mean loss of the tokens that `batch` has labels for.
  /// - Parameters:
  ///   - student: logits, `[rows, length, vocabulary]`.
  ///   - teacher: logits of the same tokens; constants.
  public func callAsFunction(_ student: Tensor, teacher: Tensor, _ batch: TokenBatch) -> RecipeLoss {
    let count = batch.inputIds.size(0)
    guard student.rank == 3, student.shape == teacher.shape, student.size(1) == batch.labels.size(1) else {
      let message =
        "logits of the student \(student.shape) and of the teacher \(teacher.shape) must be of one vocabulary and have the "
        + "length \(batch.labels.shape) of the labels"
      return RecipeLoss(fail(TensorError(.shape, "DistillationLoss", message)), count: count)
    }
    let learned = LearnedPlaces(batch)
    let own = learned.rows(of: student).to(.float32)
    let divergence = self.divergence(own, learned.rows(of: teacher.detach()).to(.float32))
    let entropy = crossEntropy(own, learned.labels, reduction: .sum) / Double(max(1, learned.count))
    let loss =
      switch hardWeight {
      case 0: divergence
      case 1: entropy
      default: divergence * (1 - hardWeight) + entropy * hardWeight
      }
    return RecipeLoss(
      loss, count: count, values: [("divergence", divergence.detach()), ("cross_entropy", entropy.detach())])
  }

  /// The mean divergence of rows of logits, `[rows, vocabulary]`.
  func divergence(_ student: Tensor, _ teacher: Tensor) -> Tensor {
    let q = (student / temperature).logSoftmax(-1)
    let p = (teacher / temperature).logSoftmax(-1)
    func divergence(of a: Tensor, from b: Tensor) -> Tensor { (a.exp() * (a - b)).sum() }
    let sum: Tensor
    if beta == 0 {
      sum = divergence(of: p, from: q)
    } else if beta == 1 {
      sum = divergence(of: q, from: p)
    } else {
      let mixture = (q + log(1 - beta)).logaddexp(p + log(beta))
      sum = divergence(of: p, from: mixture) * beta + divergence(of: q, from: mixture) * (1 - beta)
    }
    let mean = sum / Double(max(1, student.size(0)))
    return scalesByTemperature ? mean * (temperature * temperature) : mean
  }
}

/// Where labels are learned, and what they are.
struct LearnedPlaces {
  /// How many.
  let count: Int
  /// The labels, `[count]`.
  let labels: Tensor
  private let places: Tensor

  init(_ batch: TokenBatch) {
    let all: [Int64] = batch.labels.array()
    let length = batch.labels.size(1)
    // What predicts a label is the position before it.
    let found = all.indices.filter { $0 % length > 0 && all[$0] != -100 }
    count = found.count
    labels = Tensor(found.map { all[$0] }, shape: [found.count])
    places = Tensor(found.map { Int64($0 - 1) }, shape: [found.count])
  }

  /// The rows from which labels are predicted, `[count, features]`, of `[rows, length, features]`.
  func rows(of x: Tensor) -> Tensor { x.reshape([-1, x.size(2)]).indexSelect(0, places) }
}
