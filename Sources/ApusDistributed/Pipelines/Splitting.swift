import ApusCore
import ApusModels
import ApusNN

/// How the layers of a model are divided among the stages of a pipeline. Stages have neighbouring layers, and the dearest stage is as
/// cheap as can be.
public enum StageBalance: Sendable {
  /// By the number of layers; of language models the embeddings and the head count as one layer each.
  case layers
  /// By the numbers of their parameters.
  case parameters
  /// By what each layer costs, in any unit: measured times.
  case costs([Double])
  /// By the number of layers of each stage.
  case counts([Int])
}

/// Neighbouring parts of a model, which run one after the other on one rank. Its parameters have the names that they have in the
/// whole model, in its state dictionary too, and what other stages have it does not hold.
public final class ModelPart: StagedModule {
  public let state = ModuleState()
  /// By their names in the whole model.
  let modules: [String: any Module]
  /// The numbers of the layers that it has of the whole model.
  public let layers: Range<Int>
  private let run: @Sendable (StageInputs) -> [Tensor]
  /// The parameters that other parts have too, and the names that all of these know them by.
  private let shared: [String: String]

  public static let stateNames = ["modules": ""]

  init(
    _ modules: [String: any Module], layers: Range<Int>, sharing shared: [String: String],
    _ run: @escaping @Sendable (StageInputs) -> [Tensor]
  ) {
    (self.modules, self.layers, self.shared, self.run) = (modules, layers, shared, run)
  }

  public func forward(_ inputs: StageInputs) -> [Tensor] { run(inputs) }

  public var sharedParameters: [(name: String, tensor: Tensor)] {
    namedParameters().compactMap { entry in shared[entry.name].map { (name: $0, tensor: entry.tensor) } }
  }
}

/// The layers of `model` in `count` parts for the stages of a pipeline.
///
///     let part = try splitIntoStages(model, count: world.size, by: .parameters)[world.rank]
///     let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
///
/// - Throws: `TensorError` where there are fewer layers than stages, or a layer with parameters is in two stages.
public func splitIntoStages(
  _ model: Sequential, count: Int, by balance: StageBalance = .layers
) throws(TensorError) -> [ModelPart] {
  let layers = model.layers
  let names = Dictionary(
    model.namedChildren().map { (ObjectIdentifier($0.module), $0.name) }, uniquingKeysWith: { first, _ in first })
  let sizes = layers.map { $0.parameters().map(\.count).reduce(0, +) }
  let ranges = try balance.ranges(sizes, count)
  var parts: [ModelPart] = []
  var places: [ObjectIdentifier: Int] = [:]
  for (stage, range) in ranges.enumerated() {
    var modules: [String: any Module] = [:]
    for layer in layers[range] {
      modules[names[ObjectIdentifier(layer)] ?? ""] = layer
      for variable in layer.parameters() {
        guard let identity = variable.variableIdentity else { continue }
        if let other = places[identity], other != stage {
          throw TensorError(
            .unsupported, "splitIntoStages",
            "stages \(other) and \(stage) share parameters of layer \(names[ObjectIdentifier(layer)] ?? ""); divide the "
              + "layers so that they come together (.counts), or give both copies of their own and name them in a "
              + "StagedModule's sharedParameters")
        }
        places[identity] = stage
      }
    }
    let own = Array(layers[range])
    parts.append(
      ModelPart(modules, layers: range, sharing: [:]) { inputs in
        guard inputs.tensors.count == 1 else {
          return [fail(TensorError(.value, "Sequential", "takes one tensor, and gets \(inputs.tensors.count)"))]
        }
        var x = inputs.tensors[0]
        for layer in own { x = layer(x) }
        return [x]
      })
  }
  return parts
}

/// A language model in `count` parts for the stages of a pipeline: the embeddings with the first layers, more layers, and the last
/// layers with the head.
///
/// The first stage takes token numbers `[batch, length]`, the last one gives scores `[batch, length, tokens]`; every rank gives the
/// masks and positions that it wants as `extras` of the step (`attentionMask`, `positionIds`, `tokenTypeIds`). Where the head is the table of
/// tokens, the first and the last stage have one each, whose gradients are added up.
///
/// - Throws: `TensorError` where there are fewer layers than stages, and for models whose layers do not follow each other.
public func splitIntoStages(
  _ model: any PretrainedModel, count: Int, by balance: StageBalance = .layers
) throws(TensorError) -> [ModelPart] {
  guard let model = model as? any DivisibleModel else {
    throw TensorError(
      .unsupported, "splitIntoStages",
      "\(type(of: model).typeName) cannot be cut between its layers; decoders with a language head can")
  }
  let sizes = try model.partSizes()
  let ranges = try balance.ranges(sizes, count)
  // A tied head is known by the name of the table.
  let tied = model.tiedWeights
  var common: [String: String] = [:]
  for (name, table) in tied { (common[name], common[table]) = (table, table) }
  var parts: [ModelPart] = []
  for range in ranges {
    let part = try model.part(range)
    parts.append(
      ModelPart(["": part], layers: range, sharing: ranges.count > 1 ? common : [:]) { inputs in
        var given = ModelInputs()
        given.attentionMask = inputs.extras["attentionMask"]
        given.positionIds = inputs.extras["positionIds"]
        given.tokenTypeIds = inputs.extras["tokenTypeIds"]
        if range.lowerBound == 0 {
          given.inputIds = inputs.tensors.first
          return [part.forward(nil, given)]
        }
        return [part.forward(inputs.tensors.first, given)]
      })
  }
  return parts
}

extension PipelineLoss {
  /// The mean cross entropy of the next tokens, of scores `[batch, length, tokens]` and labels `[batch, length]`, which are shifted
  /// here; labels of -100 do not count. It is that of one process on the whole batch, however many labels each microbatch has.
  public static var nextToken: PipelineLoss {
    weighted(by: { targets in
      guard let labels = targets.first, labels.rank > 0, labels.size(-1) > 1 else { return 0 }
      return noGrad { (labels.narrow(-1, 1, labels.size(-1) - 1) .!= -100).to(.float64).sum().item() }
    }) { outputs, targets in HeadLoss.causal(outputs[0], targets[0]) }
  }
}

extension StageBalance {
  /// The ranges of layers of each stage.
  func ranges(_ sizes: [Int], _ count: Int) throws(TensorError) -> [Range<Int>] {
    guard count > 0, count <= sizes.count else {
      throw TensorError(
        .value, "splitIntoStages", "\(sizes.count) layers cannot make \(count) stages; each needs at least one")
    }
    switch self {
    case .layers: return Self.divide(sizes.map { _ in 1 }, count)
    case .parameters: return Self.divide(sizes.map(Double.init), count)
    case .costs(let costs):
      guard costs.count == sizes.count, costs.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw TensorError(
          .value, "splitIntoStages",
          "\(costs.count) costs were given for \(sizes.count) layers; each needs one, of 0 or more")
      }
      return Self.divide(costs, count)
    case .counts(let counts):
      guard counts.count == count, counts.allSatisfy({ $0 > 0 }), counts.reduce(0, +) == sizes.count else {
        throw TensorError(
          .value, "splitIntoStages",
          "the counts \(counts) were given for \(count) stages and \(sizes.count) layers; each stage needs one of at least "
            + "1, and together they make \(sizes.count)")
      }
      var first = 0
      return counts.map { length in
        defer { first += length }
        return first..<(first + length)
      }
    }
  }

  /// The division whose dearest range costs least; of several the one whose ranges have the smallest squares, so that the rest is even
  /// too.
  private static func divide(_ costs: [Double], _ count: Int) -> [Range<Int>] {
    let n = costs.count
    var sums = [0.0]
    for cost in costs { sums.append(sums[sums.count - 1] + cost) }
    // best[k][i]: the first i layers in k ranges.
    typealias Score = (largest: Double, squares: Double)
    var best = [[Score?]](repeating: [Score?](repeating: nil, count: n + 1), count: count + 1)
    var cut = [[Int]](repeating: [Int](repeating: 0, count: n + 1), count: count + 1)
    best[0][0] = (0, 0)
    for k in 1...count {
      for i in k...n {
        for j in (k - 1)..<i {
          guard let before = best[k - 1][j] else { continue }
          let cost = sums[i] - sums[j]
          let score: Score = (max(before.largest, cost), before.squares + cost * cost)
          if let known = best[k][i], (known.largest, known.squares) <= (score.largest, score.squares) { continue }
          best[k][i] = score
          cut[k][i] = j
        }
      }
    }
    var ranges: [Range<Int>] = []
    var end = n
    for k in stride(from: count, to: 0, by: -1) {
      ranges.append(cut[k][end]..<end)
      end = cut[k][end]
    }
    return ranges.reversed()
  }
}
