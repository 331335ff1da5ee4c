import Apus
import ApusDistributed

// Small models whose numbers are formulas, so that another program can have the same ones.

/// Three layers whose rows no number of ranks divides.
final class ShardedMLP: Layer {
  let a = Linear(7, 13)
  let b = Linear(13, 5)
  let c = Linear(5, 3)
  func forward(_ x: Tensor) -> Tensor { c(b(a(x).tanh()).tanh()) }
}

final class ShardedBlock: Layer {
  let ln1 = LayerNorm(16)
  let qkv = Linear(16, 48)
  let proj = Linear(16, 16)
  let ln2 = LayerNorm(16)
  let up = Linear(16, 40)
  let down = Linear(40, 16)

  func forward(_ x: Tensor) -> Tensor {
    let (b, t, c) = (x.shape[0], x.shape[1], x.shape[2])
    let parts = qkv(ln1(x)).chunk(3, dim: -1).map { $0.reshape([b, t, 2, 8]).transpose(1, 2) }
    let y = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    let h = x + proj(y.transpose(1, 2).reshape([b, t, c]))
    return h + down(up(ln2(h)).relu())
  }
}

/// A transformer over characters whose head is its embedding.
final class ShardedGPT: Layer {
  let wte = Embedding(29, 16)
  let wpe = Embedding(8, 16)
  let blocks = ModuleList((0..<3).map { _ in ShardedBlock() })
  let ln = LayerNorm(16)

  func forward(_ x: Tensor) -> Tensor {
    var h = wte(x) + wpe(Tensor(Array(0..<8)))
    for case let block as ShardedBlock in blocks { h = block(h) }
    return matmul(ln(h), wte.weight.t())
  }
}

/// A model, its data and its loss.
enum ShardedTask: String, CaseIterable {
  case mlp, gpt

  func model(_ dtype: DType) -> any Layer {
    let model: any Layer = self == .mlp ? ShardedMLP() : ShardedGPT()
    model.to(dtype)
    for (i, (name, parameter)) in model.namedParameters().enumerated() {
      let x = (0.37 * Tensor((0..<parameter.count).map { Double($0) }, dtype: .float64) + Double(i)).sin() * 0.3
      let value = name.contains("ln") && name.hasSuffix("weight") ? x + 1 : x
      var parameter = parameter
      noGrad { parameter.assign(value.reshape(parameter.shape)) }
    }
    return model
  }

  /// Rows `rows` of the 12 rows of a step's batch.
  func batch(_ step: Int, _ rows: Range<Int>, _ dtype: DType) -> (x: Tensor, y: Tensor) {
    switch self {
    case .mlp:
      let x = (0.11 * Tensor((0..<84).map { Double($0) }, dtype: .float64) + Double(step)).sin().reshape([12, 7])
      let y = (0.23 * Tensor((0..<36).map { Double($0) }, dtype: .float64) + Double(step)).cos().reshape([12, 3])
      return (x[rows].to(dtype), y[rows].to(dtype))
    case .gpt:
      let tokens = Tensor(
        (0..<108).map { i -> Int in
          let (r, p) = (i / 9, i % 9)
          return (step * 7 + r * 3 + p * p + r * p) % 29
        }
      ).reshape([12, 9])
      return (tokens[rows, 0..<8], tokens[rows, 1..<9])
    }
  }

  func loss(_ model: any Layer, _ batch: (x: Tensor, y: Tensor)) -> Tensor {
    let output = model(batch.x)
    return self == .mlp ? mseLoss(output, batch.y) : crossEntropy(output.reshape([-1, 29]), batch.y.reshape([-1]))
  }

  /// The losses of PyTorch 2.15 in steps 1, 10, 25 and 50 (float64, one process).
  func recorded(_ rule: ShardedRule) -> [Double] {
    switch (self, rule) {
    case (.mlp, .sgd): [0.6466955719276102, 0.49994514230017095, 0.26508853183603986, 0.045832611651399416]
    case (.mlp, .adamw): [0.6466955719276102, 0.41469750981147385, 0.23845302385710643, 0.03667521189361919]
    case (.gpt, .sgd): [4.713167856689878, 3.5347827560630627, 3.41276885227786, 3.3785023709420483]
    case (.gpt, .adamw): [4.713167856689878, 3.41877665870863, 3.3769791359631722, 3.381888862957832]
    }
  }
}

enum ShardedRule: String, CaseIterable {
  case sgd, adamw

  func optimizer(_ groups: [ParameterGroup]) -> Optimizer {
    self == .sgd ? SGD(groups, lr: 0.05, momentum: 0.9) : AdamW(groups, lr: 0.01, weightDecay: 0.1)
  }
}

/// How a model is divided.
enum ShardedWay: String, CaseIterable {
  case alone, zero1, zero2, zero2Units, zero3
}

/// A training that is divided among the ranks of a group.
final class ShardedTraining {
  let task: ShardedTask
  let model: any Layer
  let optimizer: Optimizer
  let sharded: FullyShardedModule?
  let way: ShardedWay
  let dtype: DType
  let group: ProcessGroup
  var step = 0
  var maxNorm: Double?

  init(
    _ task: ShardedTask, _ rule: ShardedRule, _ way: ShardedWay, _ dtype: DType, _ group: ProcessGroup,
    replicas: ProcessGroup? = nil, precision: MixedPrecisionPolicy = MixedPrecisionPolicy(), overlap: Bool = true
  ) throws {
    self.task = task
    self.way = way
    self.dtype = dtype
    self.group = group
    model = task.model(dtype)
    switch way {
    case .alone, .zero1, .zero2: sharded = nil
    case .zero2Units, .zero3:
      sharded = try Self.shard(
        model, group, replicas, way == .zero2Units ? false : nil, precision, overlap: overlap)
    }
    let groups = [ParameterGroup(model.parameters())]
    switch way {
    case .zero1, .zero2:
      optimizer = try ZeroRedundancyOptimizer(groups, group: group, reducesGradients: way == .zero2) {
        rule.optimizer($0)
      }
    default: optimizer = rule.optimizer(groups)
    }
  }

  static func shard(
    _ model: some Layer, _ group: ProcessGroup, _ replicas: ProcessGroup?, _ reshard: Bool?,
    _ precision: MixedPrecisionPolicy, overlap: Bool = true
  ) throws -> FullyShardedModule {
    try fullyShard(
      model, group: group, replicas: replicas, reshardAfterForward: reshard, mixedPrecision: precision, overlap: overlap
    ) { $0 is ShardedBlock || ($0 as? Linear)?.outFeatures == 13 || ($0 as? Linear)?.outFeatures == 5 }
  }

  /// Makes a step with this rank's rows of the batch, or with all of them.
  /// - Returns: the loss over the whole batch.
  func run(ranks: ProcessGroup? = nil) throws -> Double {
    let ranks = ranks ?? group
    let rows = way == .alone ? 0..<12 : (ranks.rank * 12 / ranks.size)..<((ranks.rank + 1) * 12 / ranks.size)
    let loss = task.loss(model, task.batch(step, rows, dtype))
    optimizer.zeroGrad()
    loss.backward()
    if way == .zero1 {
      for parameter in model.parameters() {
        if let gradient = parameter.grad { parameter.grad = try group.allReduce(gradient, .mean) }
      }
    }
    if let maxNorm {
      if let sharded {
        try sharded.clipGradNorm(maxNorm: maxNorm)
      } else if let zero = optimizer as? ZeroRedundancyOptimizer {
        try zero.clipGradNorm(maxNorm: maxNorm)
      } else {
        clipGradNorm(model.parameters(), maxNorm: maxNorm)
      }
    }
    optimizer.step()
    step += 1
    let value = loss.detach().to(.float64)
    return way == .alone ? value.item() : try ranks.allReduce(value, .mean).item()
  }

  func losses(_ count: Int) throws -> [Double] { try (0..<count).map { _ in try run() } }
}
