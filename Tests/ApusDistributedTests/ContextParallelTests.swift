import Apus
import ApusDistributed
import Testing

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct ContextParallelTests {
  @Test(arguments: [2, 3, 4]) func positionsDivided(_ ranks: Int) throws {
    let ended = try #require(Launcher.all.first).run("positions divided", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  /// Attention in a ring against attention in one process, and 20 steps of a Llama.
  static func positionsDivided() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for order in [ContextParallel.Order.zigzag, .contiguous] {
      for isCausal in [true, false] {
        try ring(try ContextParallel(world, length: 19, order: order), isCausal: isCausal, .float64, 1e-11)
      }
    }
    try ring(try ContextParallel(world, length: 16), isCausal: true, .float32, 1e-5)
    // Scores whose exponentials overflow: results are merged by logarithms. Gradients of weights of nearly 0 and 1 are rounding.
    try ring(try ContextParallel(world, length: 16), isCausal: true, .float64, 1e-9, factor: 60)
    try training(world, .float64, 1e-6)
    try training(world, .float32, 1e-4)
    #expect(throws: TensorError.self) { try ContextParallel(world, length: world.size) }
    let context = try ContextParallel(world, length: 16)
    #expect(throws: TensorError.self) { try context.shard(ones(2, 15)) }
    #expect(throws: TensorError.self) {
      try withErrors { context.attention(ones(1, 1, 16, 2), ones(1, 1, 16, 2), ones(1, 1, 16, 2)) }
    }
  }

  private static func ring(
    _ context: ContextParallel, isCausal: Bool, _ dtype: DType, _ tolerance: Double, factor: Double = 1
  ) throws {
    manualSeed(3)
    let length = context.length
    let wholes = [
      randn(2, 4, length, 6, dtype: dtype) * factor, randn(2, 2, length, 6, dtype: dtype) * factor,
      randn(2, 2, length, 5, dtype: dtype),
    ].map { $0.detach().requiresGrad_() }
    let weights = randn(2, 4, length, 5, dtype: dtype)
    let expected = scaledDotProductAttention(wholes[0], wholes[1], wholes[2], isCausal: isCausal, enableGQA: true)
    (expected * weights).sum().backward()
    let parts = try wholes.map { try context.shard($0.detach(), dim: 2).requiresGrad_() }
    let found = try context.run { () throws in
      scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: isCausal, enableGQA: true)
    }
    let what: Comment = "\(context.order), causal: \(isCausal), \(dtype)"
    #expect(isNear(found.detach(), try context.shard(expected.detach(), dim: 2), tolerance), what)
    (found * (try context.shard(weights, dim: 2))).sum().backward()
    for (part, whole) in zip(parts, wholes) {
      let expected = try context.shard(try #require(whole.grad), dim: 2)
      #expect(isNear(try #require(part.grad), expected, 10 * tolerance), what)
    }
    #expect(isNear(try context.gather(found.detach(), dim: 2), expected.detach(), tolerance), what)
  }

  private static func training(_ world: ProcessGroup, _ dtype: DType, _ tolerance: Double) throws {
    let (alone, divided) = (try largeLlama(dtype), try largeLlama(dtype))
    manualSeed(5)
    let text = randint(0, 23, [2, 18])
    let (tokens, targets) = (text.narrow(1, 0, 17), text.narrow(1, 1, 17))
    let context = try ContextParallel(world, length: 17)
    let (ownTokens, ownTargets) = (try context.shard(tokens), try context.shard(targets))
    let optimizers = [AdamW(alone.parameters(), lr: 2e-3), AdamW(divided.parameters(), lr: 2e-3)]
    for step in 0..<20 {
      for optimizer in optimizers { optimizer.zeroGrad() }
      var inputs = ModelInputs()
      inputs.inputIds = tokens
      let logits = try #require(alone.forward(inputs).logits)
      let expected = crossEntropy(logits.reshape([-1, 23]), targets.reshape([-1]))
      expected.backward()
      let found = try context.run { () throws in
        let logits = try #require(divided.forward(context.inputs(ownTokens)).logits)
        let loss = context.crossEntropy(logits, ownTargets)
        loss.backward()
        return loss.detach()
      }
      try context.reduceGradients(divided.parameters())
      let value = try world.allReduce(found).item()
      #expect(
        abs(value - expected.item()) <= tolerance * expected.item(), "step \(step): \(value) for \(expected.item())")
      for optimizer in optimizers { optimizer.step() }
    }
  }
}
