import Apus
import ApusDistributed
import Foundation
import Testing

// Which gradients are reduced when, and what is said where that cannot be.

/// Layers of which a call uses some.
private final class Branches: Module {
  let left = Linear(3, 2, dtype: .float64)
  let right = Linear(3, 2, dtype: .float64)
  let unused = Linear(3, 2, dtype: .float64)

  func run(_ x: Tensor, left isLeft: Bool) -> Tensor { isLeft ? left(x) : right(x) }
  func both(_ x: Tensor) -> Tensor { left(x) + right(x) + unused(x) }
}

extension Cases {
  /// An input of its own for each rank.
  private static func input(_ rank: Int, _ shape: [Int] = [4, 3]) -> Tensor { ripple(shape, 0.3 + Double(rank)) }

  /// The mean over the ranks of what `gradient` gives for the input of each.
  private static func mean(_ ranks: Int, _ gradient: (Tensor) -> Tensor) -> Tensor {
    (1..<ranks).reduce(gradient(input(0))) { $0 + gradient(input($1)) } / Double(ranks)
  }

  private static func close(_ a: Tensor?, _ b: Tensor, _ tolerance: Double = 1e-12) -> Bool {
    guard let a, a.shape == b.shape else { return false }
    return (a.detach().to(.complex128) - b.detach().to(.complex128)).abs().max().item() <= tolerance
  }

  /// The gradient of the sum of squares of `x` times a weight.
  private static func weightGradient(_ layer: Linear, _ x: Tensor) -> Tensor {
    let w = Tensor(layer.weight.detach(), requiresGrad: true)
    (linear(x, w, layer.bias.detach()) * linear(x, w, layer.bias.detach())).sum().backward()
    return w.grad ?? w
  }

  static func dataParallelRules() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    let x = input(rank)
    func squares(_ y: Tensor) -> Tensor { (y * y).sum() }

    // The gradients of rank 0's parameters; those collected inside of noSync come with the next pass; two models side
    // by side.
    let layer = Linear(3, 2, dtype: .float64)
    for p in layer.parameters() { set(p, to: p.detach() + Double(rank)) }
    let model = try DistributedDataParallel(layer)
    let other = try DistributedDataParallel(Linear(3, 2, dtype: .float64), gradientAsBucketView: false)
    let isFirst = close(layer.weight, try world.broadcast(layer.weight.detach(), from: 0))
    #expect(isFirst)
    squares(model(x)).backward()
    let expected = mean(size) { weightGradient(layer, $0) }
    #expect(close(layer.weight.grad, expected))
    squares(other(x)).backward()
    #expect(close(layer.weight.grad, expected))
    #expect(close(other.module.weight.grad, mean(size) { weightGradient(other.module, $0) }))
    model.zeroGrad()
    model.noSync { squares(model(x)).backward() }
    #expect(close(layer.weight.grad, weightGradient(layer, x)))
    squares(model(x)).backward()
    #expect(close(layer.weight.grad, expected * 2))
    // Passes that are not forgotten add up.
    squares(model(x)).backward()
    #expect(close(layer.weight.grad, expected * 3))
    // Several forward passes before one backward pass, and a backward pass for each.
    model.zeroGrad()
    let (first, second) = (squares(model(x)), squares(model(x)))
    (first + second).backward()
    #expect(close(layer.weight.grad, expected * 2))
    model.zeroGrad()
    let (third, fourth) = (squares(model(x)), squares(model(x)))
    third.backward()
    fourth.backward()
    #expect(close(layer.weight.grad, expected * 2))
    // The wrapped model's names.
    #expect(model.stateDict().names == ["module.weight", "module.bias"])
    // A compiled forward pass.
    model.zeroGrad()
    let forward = compile { (x: Tensor) in layer(x).tanh() * layer(x) }
    model { _ in squares(forward(x)) }.backward()
    let compiled = layer.weight.grad
    model.zeroGrad()
    squares(model { $0(x).tanh() * $0(x) }).backward()
    #expect(layer.weight.grad.map { close(compiled, $0) } == true)

    // PyTorch's parts: every so many-th, from the beginning again at the end.
    let sampler = try DistributedSampler(TensorDataset(zeros(10, 1), zeros(10)), shuffle: false)
    #expect(sampler.indices(count: 10) == (0..<((9 + size) / size)).map { ($0 * size + rank) % 10 })

    try unused(world)
    try types(world)
    try hooks(world)
    try bufferRules(world)
    try differentModels(world)
    try destroyProcessGroup()
  }

  /// Parameters that take no part in a pass.
  private static func unused(_ world: ProcessGroup) throws {
    let (rank, size) = (world.rank, world.size)
    let x = input(rank)
    let branches = Branches()
    let kept = Tensor.full([2, 3], 5, dtype: .float64)
    branches.unused.weight.grad = kept
    let model = try DistributedDataParallel(branches, findUnusedParameters: true)
    // Rank 0 goes left, all others right; nobody uses the third.
    let y = model { $0.run(x, left: rank == 0) }
    (y * y).sum().backward()
    #expect(close(branches.left.weight.grad, weightGradient(branches.left, input(0)) / Double(size)))
    let right = (1..<size).map { weightGradient(branches.right, input($0)) }
    #expect(close(branches.right.weight.grad, right.dropFirst().reduce(right[0], +) / Double(size)))
    #expect(close(branches.unused.weight.grad, kept) && branches.unused.bias.grad == nil)
    // What only a pass inside of noSync uses is reduced with the next one.
    model.zeroGrad()
    model.noSync {
      let z = model { $0.run(x, left: true) }
      (z * z).sum().backward()
    }
    #expect(close(branches.left.weight.grad, weightGradient(branches.left, x)))
    let last = model { $0.run(x, left: false) }
    (last * last).sum().backward()
    for layer in [branches.left, branches.right] {
      #expect(close(layer.weight.grad, mean(size) { weightGradient(layer, $0) }))
    }
    // A graph that stays the same: what the first pass leaves out is left out from then on.
    let fixed = try DistributedDataParallel(Branches(), staticGraph: true)
    for _ in 0..<2 {
      fixed.zeroGrad()
      let y = fixed { $0.run(x, left: true) }
      (y * y).sum().backward()
      #expect(close(fixed.module.left.weight.grad, mean(size) { weightGradient(fixed.module.left, $0) }))
      #expect(fixed.module.right.weight.grad == nil)
    }
    // Without either all ranks get the same error, also where one alone leaves something out.
    let strict = try DistributedDataParallel(Branches())
    do {
      try withErrors {
        let y = strict { rank == 1 ? $0.run(x, left: true) : $0.both(x) }
        (y * y).sum().backward()
      }
      Issue.record("a pass without all parameters was accepted")
    } catch {
      let text = "\(error)"
      #expect(text.contains("rank 1: right.weight, right.bias, unused.weight, unused.bias"), "\(text)")
      #expect(text.contains("findUnusedParameters"), "\(text)")
    }
    // The next pass goes well. Parameters that are not trained need no gradient.
    strict.zeroGrad()
    let all = strict { $0.both(x) }
    (all * all).sum().backward()
    #expect(strict.module.unused.weight.grad != nil)
    let frozen = Branches()
    frozen.unused.requiresGrad(false)
    frozen.right.requiresGrad(false)
    let part = try DistributedDataParallel(frozen)
    let z = part { $0.run(x, left: true) }
    (z * z).sum().backward()
    #expect(close(frozen.left.weight.grad, mean(size) { weightGradient(frozen.left, $0) }))
  }

  /// Gradients of types that MPI does not add up, and of several types at once.
  private static func types(_ world: ProcessGroup) throws {
    for dtype in [DType.float16, .bfloat16, .float32, .complex64] {
      let weight = parameter(Tensor.ones([5], dtype: dtype))
      let holder = Holder(weight, parameter(Tensor.ones([300, 300], dtype: .float32)))
      let model = try DistributedDataParallel(holder)
      let y = model { holder in
        (holder.first * Double(world.rank + 1)).abs().sum().to(.float32) + (holder.second * Double(world.rank)).sum()
      }
      y.backward()
      let expected = Double(world.size + 1) / 2
      #expect(
        close(holder.first.grad?.to(.complex128), Tensor.full([5], expected, dtype: .complex128), 1e-2), "\(dtype)")
      #expect(holder.first.grad?.dtype == dtype)
      #expect(close(holder.second.grad, Tensor.full([300, 300], expected - 1), 1e-6))
    }
  }

  private static func hooks(_ world: ProcessGroup) throws {
    let size = Double(world.size)
    func gradient(_ hook: CommunicationHook?, _ rows: Int = 64, times: Int = 1) throws -> Tensor {
      let holder = Holder(parameter(Tensor.ones([4])), parameter(Tensor.ones([rows, 64])))
      let model = try DistributedDataParallel(holder)
      if let hook { model.registerCommHook(hook) }
      for _ in 0..<times {
        model.zeroGrad()
        let column = ripple([rows, 1], 0.2 + Double(world.rank)).to(.float32)
        let y = model { ($0.second * column * ripple([1, 64], 0.9).to(.float32)).sum() + $0.first.sum() }
        y.backward()
      }
      #expect(close(holder.first.grad, Tensor.ones([4]), 1e-6))
      return holder.second.grad ?? Tensor(0.0)
    }
    let plain = try gradient(nil)
    let columns = (0..<world.size).map { ripple([64, 1], 0.2 + Double($0)).to(.float32) }
    let expected = columns.dropFirst().reduce(columns[0], +) * ripple([1, 64], 0.9).to(.float32) / size
    #expect(close(plain, expected, 1e-6))
    #expect(close(try gradient(allReduceHook), plain, 1e-7))
    #expect(close(try gradient(float16CompressionHook), plain, 1e-3))
    #expect(close(try gradient(bfloat16CompressionHook), plain, 1e-2))
    // The mean of these gradients has rank 1: one column tells all of it.
    let power = try PowerSGD(rank: 1, startStep: 2)
    #expect(close(try gradient(power.hook, times: 5), plain, 1e-5))
    #expect(power.sentNumbers.before > 15 * power.sentNumbers.after)
    do {
      _ = try PowerSGD(startStep: 0)
      Issue.record("compression from the first step was accepted")
    } catch { #expect(error.description.contains("startStep must be 2 or more")) }
    // What a step leaves out comes later: over many steps the sum of what is sent is that of the gradients.
    let holder = Holder(parameter(Tensor.zeros([40, 40])), parameter(Tensor.zeros([2])))
    let model = try DistributedDataParallel(holder)
    model.registerCommHook(try PowerSGD(rank: 1, startStep: 2).hook)
    let target = ripple([40, 40], 0.37).to(.float32)
    var sum = Tensor.zeros([40, 40])
    for step in 0..<62 {
      model.zeroGrad()
      model { ($0.first * target).sum() + $0.second.sum() }.backward()
      if step >= 2, let gradient = holder.first.grad { sum = sum + gradient }
    }
    let left = (sum / 60 - target).norm().item() / target.norm().item()
    #expect(left < 0.2, "\(left)")
  }

  private static func bufferRules(_ world: ProcessGroup) throws {
    let norm = BatchNorm1d(3)
    norm.double()
    let model = try DistributedDataParallel(norm)
    _ = model(input(world.rank))
    let after = try world.allGather(norm.runningMean.detach())
    #expect(!close(after[0], after[1]))
    // The next pass begins with those of rank 0.
    model.eval()
    _ = model(input(0))
    let common = try world.allGather(norm.runningMean.detach())
    #expect(close(common[1], after[0]))
    // All batches together, of different sizes, against one batch.
    let whole = BatchNorm1d(3)
    whole.double()
    let counts = (0..<world.size).map { $0 + 2 }
    let batches = counts.enumerated().map { ripple([$0.element, 3], 0.4 + Double($0.offset)) }
    let all = cat(batches, dim: 0)
    let x = Tensor(all, requiresGrad: true)
    let weights = ripple([all.shape[0], 3], 1.3)
    let y = whole(x)
    (y * weights).sum().backward()
    let start = counts[..<world.rank].reduce(0, +)
    let range = start..<(start + counts[world.rank])
    let sync = try SyncBatchNorm(numFeatures: 3, dtype: .float64)
    let converted = try SyncBatchNorm.convert(BatchNorm1d(3))
    converted.double()
    for layer in [sync, converted] as [any Layer] {
      let own = Tensor(batches[world.rank], requiresGrad: true)
      let result = layer(own)
      (result * weights[range]).sum().backward()
      #expect(close(result, y.detach()[range], 1e-10))
      #expect(close(own.grad, x.grad.map { $0[range] } ?? x, 1e-10))
      let sums = try world.allReduce(layer.weight.grad ?? Tensor(0.0))
      #expect(close(sums, whole.weight.grad ?? whole.weight, 1e-10))
      let buffers = zip(layer.buffers(), whole.buffers())
      #expect(buffers.allSatisfy { close($0.to(.float64), $1.to(.float64), 1e-10) })
    }
  }

  private static func differentModels(_ world: ProcessGroup) throws {
    do {
      _ = try DistributedDataParallel(Linear(3, world.rank == 1 ? 4 : 2))
      Issue.record("different models were joined")
    } catch {
      #expect(error.description.contains("rank 0 has parameter weight, float32[2, 3]"), "\(error)")
      #expect(error.description.contains("rank 1 has parameter weight, float32[4, 3]"), "\(error)")
    }
    do {
      _ = try DistributedDataParallel(ReLU())
      Issue.record("a model without parameters was accepted")
    } catch { #expect(error.description.contains("has no parameter that requires a gradient")) }
  }

  static func dataParallelJoin() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for byAll in [true, false] {
      let layer = Linear(3, 2, dtype: .float64)
      let norm = BatchNorm1d(2, affine: false)
      let model = try DistributedDataParallel(Sequential(layer, norm))
      let optimizer = SGD(model.parameters(), lr: 0.1)
      try model.join(divideByInitialWorldSize: byAll) {
        // Rank r has 2r + 1 batches.
        for step in 0...(2 * world.rank) {
          optimizer.zeroGrad()
          model { _ in (layer.weight * Double(step + 1)).sum() + layer.bias.sum() }.backward()
          let active = (0..<world.size).count { 2 * $0 >= step }
          let share = byAll ? Double(active) / Double(world.size) : 1
          #expect(close(layer.weight.grad, Tensor.full([2, 3], Double(step + 1) * share, dtype: .float64)))
          optimizer.step()
        }
      }
      let weights = try world.allGather(layer.weight.detach())
      for weight in weights { #expect(close(weight, weights[0])) }
    }
    try destroyProcessGroup()
  }
}

/// Two parameters.
private final class Holder: Module {
  let first: Tensor
  let second: Tensor

  init(_ first: Tensor, _ second: Tensor) { (self.first, self.second) = (first, second) }
}
