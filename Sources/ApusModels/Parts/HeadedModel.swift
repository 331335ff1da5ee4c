import ApusCore
import ApusNN

/// A model with a head on another one, whose names for files are the other's.
protocol HeadedModel: PretrainedModel {
  associatedtype Base: PretrainedModel
  /// The model without the head.
  var base: Base { get }
  /// What the base is given of the inputs.
  func prepared(_ inputs: ModelInputs) -> ModelInputs
  /// Adds what the head makes of the base's last states.
  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs)
}

extension HeadedModel {
  public static var baseModelPrefix: String { Base.baseModelPrefix }
  public static var stateNames: [String: String] { ["base": Base.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Base.presentName(name) }

  public var tiedWeights: [String: String] {
    let prefix = Self.stateNames["base"].map { $0.isEmpty ? "" : "\($0)." } ?? "base."
    return Dictionary(uniqueKeysWithValues: base.tiedWeights.map { ("\(prefix)\($0.key)", "\(prefix)\($0.value)") })
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs { inputs }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = base(prepared(inputs))
    guard let states = output.lastHiddenState else { return output }
    finish(&output, states, inputs)
    return output
  }
}

extension ModelOutput {
  /// Sets scores of each position, `[batch, length, classes]`, and their loss against `labels`, if there are some.
  mutating func setTokens(_ scores: Tensor, _ labels: Tensor?) {
    logits = scores
    loss = labels.map { HeadLoss.tokens(scores, $0) }
  }

  /// Sets scores of labels, and their loss where the inputs have labels.
  mutating func setLabels(_ scores: Tensor, _ inputs: ModelInputs, _ configuration: ModelConfiguration) {
    logits = scores
    loss = inputs.labels.map { HeadLoss.sequence(scores, $0, configuration) }
  }

  /// Sets the scores of both ends of an answer, `[batch, length, 2]`, and their loss where the inputs say where it is.
  mutating func setSpan(_ scores: Tensor, _ inputs: ModelInputs) {
    let (start, end) = (scores.select(-1, 0), scores.select(-1, 1))
    (startLogits, endLogits) = (start, end)
    if let starts = inputs.startPositions, let ends = inputs.endPositions {
      loss = HeadLoss.span(start, end, starts, ends)
    }
  }
}
