import Apus
import ApusDistributed
import Foundation

// How many examples a second several processes train on: what scripts/compare-data-parallel.sh starts, which also has
// the same in PyTorch.

extension Cases {
  /// Training steps of a network (APUS_SPEED_ROW: gpt, resnet18) in each process, whose gradients are shared; rank 0
  /// writes how many examples a second all have together, from the median step.
  static func dataParallelSpeed() throws {
    let environment = ProcessInfo.processInfo.environment
    let row = environment["APUS_SPEED_ROW"] ?? "gpt"
    let seconds = Double(environment["APUS_SPEED_SECONDS"] ?? "") ?? 10
    let world = try initProcessGroup(timeout: .seconds(300))
    manualSeed(1 + world.rank)
    let (model, optimizer, batch, step): (DistributedDataParallel<Network>, Optimizer, Int, () -> Void)
    if row == "gpt" {
      model = try DistributedDataParallel(Network(CharGPT()))
      optimizer = AdamW(model.parameters(), lr: 3e-4, betas: (0.9, 0.95), weightDecay: 0.1)
      let (x, y) = (randint(0, 96, [8, 256]), randint(0, 96, [8, 256]).flatten())
      (batch, step) = (8, { [model] in crossEntropy(model(x), y).backward() })
    } else {
      model = try DistributedDataParallel(Network(ResNet18()))
      optimizer = SGD(model.parameters(), lr: 0.05, momentum: 0.9, weightDecay: 5e-4)
      let x = rand(32, 32, 32, 3).permute([0, 3, 1, 2])
      let y = randint(0, 10, [32])
      (batch, step) = (32, { [model] in crossEntropy(model(x), y).backward() })
    }
    var times: [Double] = []
    var total = 0.0
    for i in 0..<10_000 {
      try world.barrier()
      let start = ContinuousClock.now
      optimizer.zeroGrad()
      step()
      optimizer.step()
      let time = (ContinuousClock.now - start) / .seconds(1)
      // The first steps make buckets and fill caches.
      if i >= 2 {
        times.append(time)
        total += time
      }
      let isOver = try world.broadcast(Tensor([total > seconds && times.count >= 5 ? 1.0 : 0]), from: 0).item()
      if isOver > 0 { break }
    }
    let median = times.sorted()[times.count / 2]
    if world.rank == 0 {
      let rate = Double(batch * world.size) / median
      print("speed \(row) ranks \(world.size): \(rate) examples/s, \(median * 1000) ms a step")
    }
    try destroyProcessGroup()
  }
}

/// One of the networks.
private final class Network: Layer {
  let inside: any Layer
  init(_ inside: any Layer) { self.inside = inside }
  func forward(_ x: Tensor) -> Tensor { inside(x) }
}

private final class SpeedBlock: Layer {
  let norm1 = LayerNorm(384)
  let qkv = Linear(384, 1152)
  let projection = Linear(384, 384)
  let norm2 = LayerNorm(384)
  let wide = Linear(384, 1536)
  let narrow = Linear(1536, 384)

  func forward(_ x: Tensor) -> Tensor {
    let parts = qkv(norm1(x)).split(384, dim: 2).map { $0.view(x.shape[0], x.shape[1], 6, 64).transpose(1, 2) }
    let attended = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    let y = x + projection(attended.transpose(1, 2).reshape(x.shape))
    return y + narrow(gelu(wide(norm2(y)), approximate: .tanh))
  }
}

/// 6 blocks of width 384, 256 characters.
private final class CharGPT: Layer {
  let tokens = Embedding(96, 384)
  let positions = Embedding(256, 384)
  let blocks = Sequential((0..<6).map { _ in SpeedBlock() })
  let norm = LayerNorm(384)
  let head = Linear(384, 96, bias: false)

  func forward(_ x: Tensor) -> Tensor {
    head(norm(blocks(tokens(x) + positions.weight[0..<x.shape[1]]))).flatten(0, 1)
  }
}

private final class SpeedResidual: Layer {
  let conv1, conv2: Conv2d
  let norm1, norm2: BatchNorm2d
  let shortcut: Sequential?

  init(_ inputs: Int, _ outputs: Int, _ stride: Int) {
    conv1 = Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false)
    norm1 = BatchNorm2d(outputs)
    conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false)
    norm2 = BatchNorm2d(outputs)
    shortcut =
      stride == 1 && inputs == outputs
      ? nil : Sequential(Conv2d(inputs, outputs, 1, stride: stride, bias: false), BatchNorm2d(outputs))
  }

  func forward(_ x: Tensor) -> Tensor {
    (norm2(conv2(norm1(conv1(x)).relu())) + (shortcut?(x) ?? x)).relu()
  }
}

/// For pictures of 32 x 32.
private final class ResNet18: Layer {
  let stem = Sequential(Conv2d(3, 64, 3, padding: 1, bias: false), BatchNorm2d(64), ReLU())
  let blocks = Sequential(
    [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
      .map { SpeedResidual($0.0, $0.1, $0.2) })
  let scores = Linear(512, 10)

  func forward(_ x: Tensor) -> Tensor { scores(blocks(stem(x)).mean([2, 3])) }
}
