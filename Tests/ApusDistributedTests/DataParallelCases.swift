import Apus
import ApusDistributed
import Foundation
import Testing

// Data-parallel training against one process with the same global batch, which every rank computes beside it.

extension Cases {
  /// Numbers that PyTorch's script makes too: sin of multiples.
  static func ripple(_ shape: [Int], _ factor: Double, _ scale: Double = 1) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { sin(Double($0 + 1) * factor) * scale }, dtype: .float64).reshape(shape)
  }

  /// Gives a variable another value.
  static func set(_ variable: Tensor, to value: Tensor) {
    var variable = variable
    noGrad { variable.assign(value.to(variable.dtype)) }
  }

  /// Fills all matrices by position.
  static func fill(_ model: any Module) {
    for (i, tensor) in model.parameters().enumerated() where tensor.rank > 1 {
      set(tensor, to: ripple(tensor.shape, 0.37 + 0.11 * Double(i), 0.3))
    }
  }

  /// The rows of a global batch that a rank has: a block of them.
  static func rows(_ x: Tensor, _ group: ProcessGroup) -> Tensor {
    let n = x.shape[0]
    return x[(n * group.rank / group.size)..<(n * (group.rank + 1) / group.size)]
  }

  /// Losses of `steps` steps of a model on all ranks and of its copy on the whole batch, which may differ by
  /// `tolerance`.
  static func compare<Model: Layer>(
    _ title: String, _ model: Model, _ group: ProcessGroup, steps: Int, tolerance: Double, lr: Double = 0.1,
    synchronised: Bool = false, batches: (Int) -> (Tensor, Tensor), loss: (Tensor, Tensor) -> Tensor
  ) throws {
    let alone = deepCopy(model)
    let size = Double(group.size)
    // Other ranks than 0 begin with something else.
    if group.rank > 0 { for tensor in model.parameters() { set(tensor, to: tensor.detach() * 0) } }
    if synchronised { try SyncBatchNorm.convert(model, group: group) }
    let parallel = try DistributedDataParallel(model, group: group, bucketCapMB: 0.01)
    let optimizers = [
      SGD(parallel.parameters(), lr: lr, momentum: 0.9), SGD(alone.parameters(), lr: lr, momentum: 0.9),
    ]
    var (worst, whole) = (0.0, [Double]())
    for step in 0..<steps {
      let (x, y) = batches(step)
      for optimizer in optimizers { optimizer.zeroGrad() }
      let own = loss(parallel(rows(x, group)), rows(y, group))
      own.backward()
      let expected = loss(alone(x), y)
      expected.backward()
      whole.append(expected.item())
      for optimizer in optimizers { optimizer.step() }
      let mean = try group.allReduce(own.detach().to(.float64)).item() / size
      worst = max(worst, abs(mean - whole[step]) / abs(whole[step]))
    }
    #expect(worst <= tolerance, "\(title): \(worst)")
    #expect((whole.last ?? 0) < 0.99 * whole[0], "\(title): \(whole)")
    if group.rank == 0, ProcessInfo.processInfo.environment["APUS_TEST_PRINT"] != nil {
      print("\(title), \(group.size) ranks: \(worst), from \(whole[0]) to \(whole.last ?? 0)")
    }
  }

  static func dataParallel() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for (dtype, tolerance) in [(DType.float64, 1e-6), (.float32, 1e-4)] {
      let net = Sequential(Linear(6, 16), ReLU(), Linear(16, 3))
      net.to(dtype)
      fill(net)
      try compare("MLP \(dtype)", net, world, steps: 50, tolerance: tolerance) { step in
        (ripple([24, 6], 0.71 + Double(step) * 0.01).to(dtype), ripple([24, 3], 0.53).to(dtype))
      } loss: {
        mseLoss($0, $1)
      }
      let pictures = SmallResNet()
      pictures.to(dtype)
      fill(pictures)
      try compare("ResNet \(dtype)", pictures, world, steps: 50, tolerance: tolerance, lr: 0.02, synchronised: true) {
        step in
        (
          ripple([12, 2, 6, 6], 0.71 + Double(step) * 0.01).to(dtype),
          Tensor((0..<12).map { ($0 * 5 + step) % 4 }, dtype: .int64)
        )
      } loss: {
        crossEntropy($0, $1)
      }
      let text = SmallGPT()
      text.to(dtype)
      fill(text)
      try compare("GPT \(dtype)", text, world, steps: 50, tolerance: tolerance, lr: 0.02) { step in
        let tokens = Tensor((0..<(12 * 9)).map { ($0 * 7 + $0 / 5 + step) % 11 }, dtype: .int64).reshape([12, 9])
        return (tokens[0..., 0..<8], tokens[0..., 1..<9])
      } loss: {
        crossEntropy($0.reshape([-1, 11]), $1.reshape([-1]))
      }
    }
    try destroyProcessGroup()
  }

  /// What PyTorch 2.15's DistributedDataParallel (gloo, 2 processes) gives for the same numbers, float64.
  static func dataParallelPeer() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let net = Sequential(Linear(6, 16), Tanh(), Linear(16, 3))
    net.double()
    fill(net)
    for (i, tensor) in net.parameters().enumerated() where tensor.rank == 1 {
      set(tensor, to: ripple(tensor.shape, 0.2 + Double(i), 0.1))
    }
    let model = try DistributedDataParallel(net)
    let optimizer = SGD(model.parameters(), lr: 0.1, momentum: 0.9)
    var losses: [Double] = []
    for step in 0..<50 {
      let (x, y) = (ripple([24, 6], 0.71 + Double(step) * 0.01), ripple([24, 3], 0.53))
      optimizer.zeroGrad()
      let loss = mseLoss(model(rows(x, world)), rows(y, world))
      loss.backward()
      optimizer.step()
      losses.append(try world.allReduce(loss.detach(), .mean).item())
    }
    for (ours, theirs) in zip(losses, recordedLosses) { #expect(abs(ours - theirs) <= 1e-6 * theirs) }
    #expect(recordedLosses.count == 50)
    try destroyProcessGroup()
  }
}

/// A convolution, a norm, a residual block, scores.
final class SmallResNet: Layer {
  let first = Conv2d(2, 4, 3, padding: 1, bias: false)
  let norm1 = BatchNorm2d(4)
  let second = Conv2d(4, 4, 3, padding: 1, bias: false)
  let norm2 = BatchNorm2d(4)
  let scores = Linear(4, 4)

  func forward(_ x: Tensor) -> Tensor {
    let y = norm1(first(x)).relu()
    return scores((norm2(second(y)) + y).relu().mean([2, 3]))
  }
}

/// A block of attention over characters, with the embedding as the head.
final class SmallGPT: Layer {
  let tokens = Embedding(11, 12)
  let positions = Embedding(8, 12)
  let norm1 = LayerNorm(12)
  let qkv = Linear(12, 36)
  let projection = Linear(12, 12)
  let norm2 = LayerNorm(12)
  let wide = Linear(12, 24)
  let narrow = Linear(24, 12)

  func forward(_ x: Tensor) -> Tensor {
    var y = tokens(x) + positions.weight[0..<x.shape[1]]
    let parts = qkv(norm1(y)).split(12, dim: 2).map { $0.view(x.shape[0], x.shape[1], 2, 6).transpose(1, 2) }
    let attended = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    y = y + projection(attended.transpose(1, 2).reshape(y.shape))
    y = y + narrow(gelu(wide(norm2(y))))
    return matmul(y, tokens.weight.t())
  }
}
