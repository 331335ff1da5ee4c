import ApusCore
import ApusFunctional
import ApusModels
import ApusNN

/// The losses of a router beside the model's own.
public struct ExpertLosses: Sendable {
  /// How unevenly experts are used (Fedus et al., 2022, equations 4 to 6): the number of experts times the sum over these of the part of
  /// the choices that went to the expert times its mean probability. 1 where all are used alike, and as often as a token has experts.
  public let balance: Tensor
  /// How large the router's scores are (Zoph et al., 2022): the mean square of the logarithm of the sum of their exponentials.
  public let z: Tensor
  /// How many choices of all tokens found their expert full.
  public let dropped: Int
  /// How many tokens chose each expert.
  public let counts: [Int]
}

/// A layer of several networks of which each token goes through a few (Shazeer et al., 2017): `Σ weight_e(x) · expert_e(x)` over the
/// experts that a router chose for `x`.
///
///     let layer = try MixtureOfExperts(features: 64, count: 8, chosen: 2, group: world) { _ in
///       Sequential(Linear(64, 256), GELU(), Linear(256, 64))
///     }
///     let y = layer(x)                                     // [..., features], as x
///     let loss = mseLoss(y, target) + layer.losses.balance * 0.01 + layer.losses.z * 0.001
///
/// With a group each rank has an equal part of the experts, and its own tokens; these travel to the rank of their experts and back, and so
/// do the gradients. The tokens of all ranks count as one batch, so results, choices and losses are those of one process that has all of
/// them. Gradients of experts are then there once, and those of everything else on every rank: ``reduceExpertGradients(of:group:)``
/// brings both to the gradients of the mean over the ranks' losses.
public final class MixtureOfExperts: Layer {
  public let state = ModuleState()
  /// Gives the score of each expert.
  public let router: Linear
  /// The experts of this rank by their numbers among all: in the state dictionary they have the names of the whole model.
  let experts: [String: any Layer]
  /// How scores become choices.
  public let gate: ExpertGate
  /// How many experts a token goes to.
  public let chosen: Int
  let dispatch: ExpertDispatch
  @Changeable private var last: ExpertLosses?

  /// A layer with `count` experts.
  ///
  /// - Parameters:
  ///   - features: the width of the tokens.
  ///   - count: the number of experts of all ranks.
  ///   - chosen: how many experts a token goes to.
  ///   - capacityFactor: an expert takes at most this many times its share of all choices, rounded up; what comes later (second choices after
  ///     first ones) is left out, and such tokens get nothing from it. nil: all that come.
  ///   - group: the ranks that the experts are divided over; nil: this process has all of them.
  ///   - expert: makes the expert of a number, called for those of this rank only.
  /// - Throws: `TensorError` where the numbers do not fit each other.
  public init(
    features: Int, count: Int, chosen: Int = 2, gate: ExpertGate = .softmax(normalizes: true),
    capacityFactor: Double? = nil, group: ProcessGroup? = nil, expert: (Int) -> any Layer
  ) throws(TensorError) {
    guard features > 0, count > 0, (1...count).contains(chosen) else {
      throw TensorError(
        .value, "MixtureOfExperts",
        "\(count) experts of \(features) features, \(chosen) for each token, were asked for; a token goes to at least one "
          + "and at most all")
    }
    if let group, count % group.size != 0 {
      throw TensorError(
        .value, "MixtureOfExperts",
        "\(count) experts cannot be divided evenly over \(group.size) ranks; take a multiple of \(group.size)")
    }
    if let capacityFactor, !(capacityFactor > 0 && capacityFactor.isFinite) {
      throw TensorError(.value, "MixtureOfExperts", "a capacity factor must be above 0, and was \(capacityFactor)")
    }
    router = Linear(features, count, bias: false)
    dispatch = ExpertDispatch(
      group: group, expertCount: count, capacityFactor: capacityFactor, maximumChoices: chosen)
    experts = Dictionary(uniqueKeysWithValues: dispatch.own.map { ("\($0)", expert($0)) })
    self.gate = gate
    self.chosen = chosen
    if let group { DividedParameter.register(expertParameters, .own(group)) }
  }

  /// The numbers of this rank's experts among all.
  public var ownExperts: Range<Int> { dispatch.own }

  /// The parameters of this rank's experts, which other ranks do not have.
  public var expertParameters: [Tensor] { experts.values.flatMap { $0.parameters() } }

  /// The losses of the last call, of the tokens of all ranks.
  /// - Precondition: the layer was called; else this is reported, and the losses are 0.
  public var losses: ExpertLosses {
    if let last { return last }
    report(TensorError(.state, "MixtureOfExperts", "has no losses before its first call"))
    return ExpertLosses(balance: Tensor(0.0), z: Tensor(0.0), dropped: 0, counts: [])
  }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard let features = x.shape.last, features == router.weight.shape[1] else {
        throw TensorError(
          .shape, "MixtureOfExperts", "takes [..., \(router.weight.shape[1])], and found \(x.shape)")
      }
      let rows = x.reshape([-1, features])
      let logits = router(rows)
      let choice = ExpertChoice(logits, chosen: chosen, gate: gate)
      let outcome = try dispatch(rows, choice.experts, choice.weights) { expert, rows in
        experts["\(expert)"]?(rows) ?? rows
      }
      last = losses(of: logits, choice, outcome)
      return outcome.output.reshape(x.shape)
    }
  }

  private func losses(
    of logits: Tensor, _ choice: ExpertChoice, _ outcome: ExpertDispatch.Outcome
  ) -> ExpertLosses {
    func total(_ x: Tensor) -> Tensor { dispatch.group.map { $0.functional.allReduce(x) } ?? x }
    let tokens = Double(max(outcome.tokens, 1))
    let mean = total(choice.probabilities.sum([0])) / tokens
    let used = Tensor(outcome.counts.map { Double($0) / tokens }, dtype: mean.dtype)
    let scores = logits.dtype.size < 4 ? logits.to(.float32) : logits
    let sizes = scores.logsumexp([-1])
    return ExpertLosses(
      balance: (used * mean).sum() * Double(outcome.counts.count), z: total((sizes * sizes).sum()) / tokens,
      dropped: outcome.dropped, counts: outcome.counts)
  }
}

/// Divides the experts of a published model (Mixtral, Qwen3-MoE) over the ranks of a group, each of which keeps an equal part of them
/// and has tokens of its own; results are those of the whole model. Its state dictionary keeps the names, of this rank's experts alone.
///
///     let model = try AutoModel.load("Mixtral-8x7B-v0.1")
///     try divideExperts(of: model, group: world)
///
/// A loss of the routers' balance (`output_router_logits`) is then one over each rank's own tokens.
///
/// - Parameter group: nil: all processes.
/// - Throws: `TensorError` where there are no such experts, or their number is no multiple of the ranks.
public func divideExperts(of model: any Module, group: ProcessGroup? = nil) throws(TensorError) {
  let group = try ProcessGroup.orWorld(group)
  let layers = model.modules().compactMap { $0 as? any DivisibleExperts }.filter { !($0 is MixtureOfExperts) }
  guard !layers.isEmpty else {
    throw TensorError(
      .unsupported, "divideExperts",
      "\(type(of: model).typeName) has no experts that can be divided; Mixtral and Qwen3-MoE have, and MixtureOfExperts takes "
        + "a group when it is made")
  }
  for layer in layers {
    guard layer.expertCount % group.size == 0 else {
      throw TensorError(
        .value, "divideExperts",
        "\(layer.expertCount) experts cannot be divided evenly over \(group.size) ranks")
    }
  }
  for layer in layers {
    let dispatch = ExpertDispatch(
      group: group, expertCount: layer.expertCount, capacityFactor: nil, maximumChoices: layer.chosenCount)
    layer.keep(dispatch.own, exchange: ModelExperts(dispatch: dispatch))
    DividedParameter.register(layer.expertParameters, .own(group))
  }
}

/// The experts of a published model on several ranks.
private struct ModelExperts: ExpertExchange {
  let dispatch: ExpertDispatch

  func callAsFunction(
    _ rows: Tensor, _ indices: Tensor, _ weights: Tensor, _ run: (_ expert: Int, _ rows: Tensor) -> Tensor
  ) throws(TensorError) -> Tensor {
    try dispatch(rows, ExpertDispatch.rows(indices), weights, run).output
  }
}

extension MixtureOfExperts: DivisibleExperts {
  package var expertCount: Int { dispatch.expertCount }
  package var chosenCount: Int { chosen }

  package func keep(_ own: Range<Int>, exchange: any ExpertExchange) {
    report(
      TensorError(.unsupported, "MixtureOfExperts", "is divided by the group that it is made with, and not afterwards"))
  }
}

/// Makes the gradients of a model with divided experts those of the mean over the ranks' losses: experts have the sum over all ranks
/// already, which is divided by their number; everything else becomes the mean over the ranks. All ranks call it, after `backward()`.
///
/// - Parameters:
///   - group: that of the experts, whose ranks have different parts of the batch; nil: all processes.
public func reduceExpertGradients(of model: any Module, group: ProcessGroup? = nil) throws(TensorError) {
  let group = try ProcessGroup.orWorld(group)
  var divided: Set<ObjectIdentifier> = []
  for layer in model.modules().compactMap({ $0 as? any DivisibleExperts }) {
    for parameter in layer.expertParameters {
      guard let identity = parameter.variableIdentity, divided.insert(identity).inserted else { continue }
      if let gradient = parameter.grad { parameter.grad = noGrad { gradient / Double(group.size) } }
    }
  }
  let others = model.parameters().filter { $0.variableIdentity.map { !divided.contains($0) } ?? true }
  let gradients = DataGradients(group)
  try gradients.start(others)
  try gradients.finish()
}
