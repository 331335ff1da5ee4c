import ApusCore
import ApusFunctional
import ApusNN
import ApusNumerics

/// A mixture of experts (Shazeer et al., 2017): a router sends each token to a few networks, whose results are added up with the
/// router's weights.
struct ExpertRouting {
  /// How many experts a token goes to.
  let chosen: Int
  /// Whether the weights of the chosen ones are made to sum to 1.
  let normalises: Bool

  /// `x` `[batch, length, features]` to the same shape.
  ///
  /// - Parameters:
  ///   - router: gives the score of each expert.
  ///   - experts: each takes rows `[tokens, features]`; nil stands for those of other processes.
  ///   - exchange: brings tokens to experts of other processes; nil where all are here.
  func callAsFunction(
    _ x: Tensor, router: Projection, experts: [(some Layer)?], exchange: (any ExpertExchange)?, _ pass: DecoderPass
  ) -> Tensor {
    let rows = x.reshape([-1, x.size(-1)])
    let logits = router(rows)
    pass.keep(router: logits)
    let top = logits.to(.float32).softmax(-1).topk(chosen, dim: -1)
    if top.values.hasFailed { return top.values }
    let weights = normalises ? top.values / top.values.sum([-1], keepDim: true) : top.values
    if let exchange {
      let indices = top.indices.to(.int64)
      return attempt(rows) { () throws(TensorError) in
        try exchange(rows, indices, weights) { experts[$0]?($1) ?? $1 }.reshape(x.shape)
      }
    }
    let flat = weights.reshape([-1])
    var places = [[Int64]](repeating: [], count: experts.count)
    for (place, expert) in top.indices.to(.int64).reshape([-1]).array(as: Int64.self).enumerated() {
      places[Int(expert)].append(Int64(place))
    }
    var sum = Tensor.zeros(rows.shape, dtype: rows.dtype)
    for case (let expert?, let places) in zip(experts, places) where !places.isEmpty {
      let tokens = Tensor(places.map { $0 / Int64(chosen) })
      let part = expert(rows.indexSelect(0, tokens)) * flat.indexSelect(0, Tensor(places)).unsqueeze(-1).to(rows.dtype)
      sum = sum.indexAdd(0, tokens, part)
    }
    return sum.reshape(x.shape)
  }
}

/// The experts of a layer and their router.
final class RoutedExperts<Expert: Layer>: DecoderFeedForward, DivisibleExperts {
  let state = ModuleState()
  let gate: Projection
  /// Nil stands for those of other processes.
  @Changeable var experts: [Expert?]
  @Changeable private var exchange: (any ExpertExchange)?
  private let routing: ExpertRouting

  init(_ features: Int, count: Int, _ routing: ExpertRouting, expert: () -> Expert) {
    gate = Projection(features, count)
    experts = (0..<count).map { _ in expert() }
    exchange = nil
    self.routing = routing
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    routing(x, router: gate, experts: experts, exchange: exchange, pass)
  }

  var expertCount: Int { experts.count }
  var chosenCount: Int { routing.chosen }
  var expertParameters: [Tensor] { experts.flatMap { $0?.parameters() ?? [] } }

  func keep(_ own: Range<Int>, exchange: any ExpertExchange) {
    let all = experts
    experts = all.indices.map { own.contains($0) ? all[$0] : nil }
    self.exchange = exchange
  }
}

/// Brings tokens to experts that are divided over processes, and what these make of them back.
package protocol ExpertExchange: Sendable {
  /// The sum over the chosen experts of their results times their weights, `[tokens, features]`.
  ///
  /// - Parameters:
  ///   - rows: the tokens of this process, `[tokens, features]`.
  ///   - indices: their experts, `[tokens, chosen]`, int64.
  ///   - weights: how much each counts, `[tokens, chosen]`.
  ///   - run: the result of an expert of this process for some rows.
  func callAsFunction(
    _ rows: Tensor, _ indices: Tensor, _ weights: Tensor, _ run: (_ expert: Int, _ rows: Tensor) -> Tensor
  ) throws(TensorError) -> Tensor
}

/// A layer of experts that can be divided over processes.
package protocol DivisibleExperts: Module {
  /// The number of experts of all processes.
  var expertCount: Int { get }
  /// How many experts a token goes to.
  var chosenCount: Int { get }
  /// The parameters of the experts that are here.
  var expertParameters: [Tensor] { get }
  /// Gives up all experts but these, and has tokens go to the others by `exchange`.
  func keep(_ own: Range<Int>, exchange: any ExpertExchange)
}

/// How evenly routers use their experts.
enum RouterBalance {
  /// The loss of the Switch Transformer (Fedus et al., 2022), equations 4 to 6, over the routers of all layers together: the
  /// share of tokens of each expert by its mean probability, summed, times the number of experts.
  ///
  /// - Parameter mask: 0 where padding is, `[batch, length]`, which does not count.
  static func loss(_ routers: [Tensor], experts: Int, chosen: Int, _ mask: Tensor?) -> Tensor {
    var used = Tensor.zeros([experts])
    var probabilities = Tensor.zeros([experts])
    var rows = Tensor.zeros([])
    let counted = mask.flatMap { $0.rank == 2 ? $0.reshape([-1]).to(.float32) : nil }
    for logits in routers {
      let weights = logits.to(.float32).softmax(-1)
      let count = weights.size(0)
      // With a cache the mask has the positions before as well, which this call has no routers of.
      let factor = counted.flatMap { $0.count == count ? $0 : nil } ?? Tensor.ones([count])
      let hits = oneHot(weights.detach().topk(chosen, dim: -1).indices, numClasses: experts).to(.float32).sum([1])
      used = used + (hits * factor.unsqueeze(-1)).sum([0])
      probabilities = probabilities + (weights * factor.unsqueeze(-1)).sum([0])
      rows = rows + factor.sum()
    }
    return (used / rows * (probabilities / rows)).sum() * Double(experts)
  }
}
