import Apus
import ApusCore
import ApusDistributed
import Foundation

// Networks on which the simulator is checked: rows of layers, so that all strategies can divide them.

/// A block of a transformer whose matrices `parallelize` can divide.
final class PlanBlock: Layer {
  let norm1, norm2: LayerNorm
  let query, key, value, projection, up, down: Linear

  init(_ width: Int) {
    (norm1, norm2) = (LayerNorm(width), LayerNorm(width))
    (query, key, value) = (Linear(width, width), Linear(width, width), Linear(width, width))
    projection = Linear(width, width)
    (up, down) = (Linear(width, 4 * width), Linear(4 * width, width))
  }

  func forward(_ x: Tensor) -> Tensor {
    let normal = norm1(x)
    let parts = [query(normal), key(normal), value(normal)].map {
      $0.view($0.shape[0], $0.shape[1], -1, 64).transpose(1, 2)
    }
    let attended = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true).transpose(1, 2)
    let y = x + projection(attended.reshape([x.shape[0], x.shape[1], -1]))
    return y + down(gelu(up(norm2(y)), approximate: .tanh))
  }
}

/// A row of layers with its examples.
struct PlanNetwork {
  let name: String
  let layers: [any Layer]
  /// Examples of a microbatch.
  let examples: Int
  let x: (Int) -> Tensor
  let y: (Int) -> Tensor
  let loss: @Sendable (Tensor, Tensor) -> Tensor
  /// How `parallelize` divides it; nil: not.
  let plan: ParallelPlan?
  /// What a layer tells the planner.
  let facts: (Int, inout PlannedBlock) -> Void

  static func named(_ name: String) -> PlanNetwork? {
    switch name {
    case "mlp":
      let width = 1024
      let layers: [any Layer] = (0..<8).flatMap { _ -> [any Layer] in [Linear(width, width), ReLU()] }
      var plan = ParallelPlan()
      for i in 0..<8 { plan["\(2 * i)"] = i % 2 == 0 ? .columnwise : .rowwise }
      return PlanNetwork(
        name: name, layers: layers, examples: 64, x: { randn($0, width) }, y: { randn($0, width) },
        loss: { mseLoss($0, $1) }, plan: plan
      ) { i, block in
        block.output = Double(width)
        block.reduced = Double(width)
        // The activation behind a columnwise layer sees a part of the features.
        let isFirst = i % 4 == 0
        block.divisible = i % 4 == 3 ? 0 : 1
        if i % 4 == 2 { block.forwardReductions = 1 }
        if isFirst, i > 0 { block.backwardReductions = 1 }
      }
    case "gpt":
      let (width, length, tokens) = (256, 128, 96)
      let layers: [any Layer] =
        [Embedding(tokens, width)] + (0..<4).map { _ in PlanBlock(width) } + [Linear(width, tokens)]
      var plan = ParallelPlan()
      for i in 1...4 {
        for name in ["query", "key", "value"] { plan["\(i).\(name)"] = .columnwise(units: width / 64) }
        plan["\(i).projection"] = .rowwise(units: width / 64)
        plan["\(i).up"] = .columnwise
        plan["\(i).down"] = .rowwise
      }
      return PlanNetwork(
        name: name, layers: layers, examples: 4, x: { randint(0, tokens, [$0, length]) },
        y: { randint(0, tokens, [$0, length]) }, loss: { crossEntropy($0.flatten(0, 1), $1.flatten()) }, plan: plan
      ) { i, block in
        block.output = Double(length * width)
        block.reduced = block.output
        guard (1...4).contains(i) else { return }
        (block.forwardReductions, block.backwardReductions) = (2, 2)
        block.divisible = 1
      }
    case "conv":
      func pair(_ inputs: Int, _ outputs: Int, _ stride: Int) -> [any Layer] {
        [Conv2d(inputs, outputs, 3, stride: stride, padding: 1), ReLU()]
      }
      let layers =
        pair(3, 64, 1) + pair(64, 64, 1) + pair(64, 128, 2) + pair(128, 128, 1) + pair(128, 256, 2)
        + pair(256, 256, 1) + [Flatten(), Linear(256 * 64, 10)]
      let sides = [64 * 1024, 64 * 1024, 128 * 256, 128 * 256, 256 * 64, 256 * 64]
      return PlanNetwork(
        name: name, layers: layers, examples: 8, x: { randn($0, 3, 32, 32) }, y: { randint(0, 10, [$0]) },
        loss: { crossEntropy($0, $1) }, plan: nil
      ) { i, block in block.output = i < 12 ? Double(sides[i / 2]) : i == 12 ? 16384 : 10 }
    default: return nil
    }
  }
}

extension PlannedModel {
  /// What a network's layers take in this process, one after the other, and the optimiser's step.
  static func measured(_ network: PlanNetwork, seconds: Double = 2) throws -> PlannedModel {
    let examples = network.examples
    let model = Sequential(network.layers)
    let optimizer = AdamW(model.parameters(), lr: 1e-4)
    let (x, y) = (network.x(examples), network.y(examples))
    var forward = [[Double]](repeating: [], count: network.layers.count)
    var backward = forward
    var steps: [Double] = []
    var whole: [Double] = []
    let begin = Clock.seconds
    var round = 0
    while Clock.seconds - begin < seconds / 2 || steps.count < 4 {
      round += 1
      // Layer by layer.
      var inputs: [Tensor] = []
      var outputs: [Tensor] = []
      var present = x
      for (i, layer) in network.layers.enumerated() {
        let input = i > 0 ? Tensor(present.detach(), requiresGrad: true) : present
        let start = Clock.seconds
        var output = layer(input)
        if i == network.layers.count - 1 { output = network.loss(output, y) }
        if round > 1 { forward[i].append(Clock.seconds - start) }
        inputs.append(input)
        outputs.append(output)
        present = output
      }
      optimizer.zeroGrad()
      var gradient: Tensor?
      for i in network.layers.indices.reversed() {
        let start = Clock.seconds
        if let gradient { ApusCore.backward([outputs[i]], [gradient]) } else { outputs[i].backward() }
        if round > 1 { backward[i].append(Clock.seconds - start) }
        gradient = i > 0 ? inputs[i].grad : nil
      }
      let middle = Clock.seconds
      optimizer.step()
      if round > 1 { steps.append(Clock.seconds - middle) }
    }
    // And as a whole, which counts.
    steps = []
    while Clock.seconds - begin < seconds || steps.count < 5 {
      let start = Clock.seconds
      optimizer.zeroGrad()
      network.loss(model(x), y).backward()
      let middle = Clock.seconds
      optimizer.step()
      whole.append(middle - start)
      steps.append(Clock.seconds - middle)
    }
    func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
    let parts = (forward + backward).reduce(0) { $0 + median($1) }
    let factor = median(whole) / parts
    let blocks = network.layers.enumerated().map { i, layer -> PlannedBlock in
      var block = PlannedBlock(
        name: "\(i)", parameters: layer.parameters().map(\.count),
        forward: median(forward[i]) * factor / Double(examples),
        backward: median(backward[i]) * factor / Double(examples), isLayer: !layer.parameters().isEmpty)
      network.facts(i, &block)
      return block
    }
    return PlannedModel(name: network.name, blocks: blocks, unit: .seconds, optimizerTime: median(steps))
  }
}
