import Apus
import ApusCore
import TestSupport
import Testing

/// Training holds no more memory after thousands of steps than after the first hundreds.
@Suite(.serialized) struct MemoryTests {
  @Test func tenThousandStepsOfAPerceptron() {
    let model = Sequential(Linear(16, 32), ReLU(), Dropout(0.1), Linear(32, 4))
    let optimizer = AdamW(model.parameters())
    let (x, y) = (randn([8, 16]), randint(0, 4, [8]))
    expectNoGrowth(steps: 10_000) {
      optimizer.zeroGrad()
      crossEntropy(model(x), y).backward()
      clipGradNorm(model.parameters(), maxNorm: 1)
      optimizer.step()
    }
  }

  @Test func twoThousandStepsOfAConvolutionalNetwork() {
    let model = Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2), Flatten(), Linear(8 * 4 * 4, 10))
    let optimizer = SGD(model.parameters(), lr: 0.01, momentum: 0.9)
    let digits = Digits(train: true).subset(0..<64)
    let loader = DataLoader(digits, batchSize: 16, shuffle: true)
    var batches = loader.makeIterator()
    expectNoGrowth(steps: 2_000) {
      // The data goes round: passes of the loader begin and end.
      var batch = batches.next()
      if batch == nil {
        batches = loader.makeIterator()
        batch = batches.next()
      }
      guard let (images, labels) = batch else { return }
      optimizer.zeroGrad()
      crossEntropy(model(images), labels).backward()
      optimizer.step()
    }
  }

  @Test func fiveThousandCompiledSteps() {
    let model = Sequential(Linear(16, 32), GELU(), Dropout(0.1), Linear(32, 4))
    let optimizer = AdamW(model.parameters())
    let (x, y) = (randn([8, 16]), randint(0, 4, [8]))
    let step = compile { (x: Tensor, y: Tensor) in
      optimizer.zeroGrad()
      let loss = crossEntropy(model(x), y)
      loss.backward()
      clipGradNorm(model.parameters(), maxNorm: 1)
      optimizer.step()
      return loss
    }
    expectNoGrowth(steps: 5_000) { _ = step(x, y) }
    #expect(!step.explain().contains("eagerly"))
  }

  /// A result that the backward pass reads too must not hold itself through its graph.
  @Test func resultsThatTheirOwnGradientReads() {
    let x = parameter(randn([64]))
    let f = compile { (y: Tensor) in [(x * y).exp(), (x - y).tanh()] }
    let y = randn([64])
    expectNoGrowth(steps: 2_000) {
      let made = f(y)
      made[0].sum().backward()
      x.grad = nil
    }
    #expect(!f.explain().contains("eagerly"))
  }

  /// Second derivatives hang gradients on gradients: no cycle may keep them.
  @Test func secondDerivativesAreReleased() {
    let x = randn([16])
    let curvature = grad { x in grad { x in (x.tanh() * x).sum() }(x).square().sum() }
    expectNoGrowth(steps: 3_000) { _ = curvature(x) }
  }

  /// Runs `step` so many times, and compares what the process and the allocator hold after 500 steps with the end.
  private func expectNoGrowth(steps: Int, _ step: () -> Void) {
    for _ in 0..<500 { step() }
    let allocator = Allocator.shared.statistics
    // The system counts pages of all threads, so that once in a while some more are touched; a leak shows in every third.
    let growth = (0..<3).map { _ in
      let before = residentBytes()
      for _ in 0..<(steps - 500) / 3 { step() }
      return residentBytes() - before
    }
    let after = Allocator.shared.statistics
    #expect(after.current == allocator.current, "the allocator handed out more")
    #expect(after.cached <= allocator.cached, "more blocks wait for reuse")
    #expect(growth.contains { $0 < 32 << 10 }, "the process grew by \(growth) bytes in each third of the steps")
  }
}
