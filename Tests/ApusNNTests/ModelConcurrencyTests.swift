import Apus
import ApusCore
import Testing

private final class ConvNet: Layer {
  let conv = Conv2d(1, 8, kernelSize: 3, padding: 1)
  let norm = BatchNorm2d(8)
  let dropout = Dropout(0.2)
  let head = Linear(8 * 4 * 4, 10)
  func forward(_ x: Tensor) -> Tensor { head(dropout(maxPool2d(norm(conv(x)).relu(), 2).flatten(1))) }
}

@Module
private final class Changing {
  var head = Linear(4, 2)
  var calls = 0
  var seen: [Int] = []
  func forward(_ x: Tensor, scale: Double = 1) -> (Tensor, Int) {
    calls += 1
    seen.append(x.shape[0])
    let head = head
    return (head(x) * scale, head.outFeatures)
  }
}

/// One model in several tasks. Run under the thread sanitizer by scripts/sanitize.sh.
@Suite(.serialized) struct ModelConcurrencyTests {
  private let images = Tensor((0..<(6 * 64)).map { Float(($0 * 37) % 101) / 101 }, shape: [6, 1, 8, 8])
  private let labels = Tensor([1, 2, 3, 4, 5, 6])

  @Test func aModelIsEvaluatedInSeveralTasks() async {
    let (model, images) = (ConvNet().eval(), images)
    let expected: [Float] = noGrad { model(images) }.array()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 {
        group.addTask { (0..<10).allSatisfy { _ in noGrad { model(images) }.array() == expected } }
      }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test func gradientsOfSeveralTasksAddUp() async throws {
    let (model, images, labels) = (ConvNet().eval(), images, labels)
    crossEntropy(model(images), labels).backward()
    let single = try #require(model.head.weight.grad).array()
    model.zeroGrad()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<5 { crossEntropy(model(images), labels).backward() } }
      }
    }
    let sum = try #require(model.head.weight.grad).array()
    for (one, all) in zip(single, sum) { #expect(abs(one * 20 - all) < 1e-4 + 1e-4 * abs(all)) }
  }

  @Test func aModelIsTrainedWhileOthersLookAtIt() async throws {
    let (model, images, labels) = (ConvNet(), images, labels)
    let start = model.stateDict()
    let optimizer = Locked(AdamW(model.parameters(), lr: 1e-3))
    await withTaskGroup(of: Bool.self) { group in
      // Training in two tasks that take turns at the optimiser.
      for _ in 0..<2 {
        group.addTask {
          (0..<15).allSatisfy { _ in
            let loss = crossEntropy(model(images), labels)
            loss.backward()
            optimizer.use { optimizer in
              optimizer.step()
              optimizer.zeroGrad()
            }
            return loss.item().isFinite
          }
        }
      }
      group.addTask { (0..<15).allSatisfy { _ in noGrad { model(images) }.isfinite().all().item() == 1 } }
      group.addTask { (0..<15).allSatisfy { _ in model.stateDict().count == start.count } }
      group.addTask { (0..<15).allSatisfy { _ in model.summary(input: [1, 1, 8, 8]).description.contains("conv") } }
      group.addTask {
        (0..<15).allSatisfy { i in
          model.train(i % 2 == 0)
          return model.namedModules().count == 5
        }
      }
      group.addTask {
        (0..<15).allSatisfy { i in
          guard i % 5 == 0 else { return true }
          return (try? model.loadStateDict(start)) != nil
        }
      }
      for await holds in group { #expect(holds) }
    }
  }

  @Test func modelsOfTheirOwnTrainSideBySide() async {
    let (images, labels) = (images, labels)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let model = ConvNet()
          let optimizer = SGD(model.parameters(), lr: 0.05, momentum: 0.9)
          var losses: [Double] = []
          for _ in 0..<20 {
            optimizer.zeroGrad()
            let loss = crossEntropy(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
          }
          return losses[19] < losses[0]
        }
      }
      for await learned in group { #expect(learned) }
    }
  }
}

/// An optimiser that one task at a time uses.
private final class Locked: @unchecked Sendable {
  private let optimizer: Optimizer
  private let lock = Lock(())
  init(_ optimizer: Optimizer) { self.optimizer = optimizer }
  func use(_ body: (Optimizer) -> Void) { lock.withLock { _ in body(optimizer) } }
}

extension ModelConcurrencyTests {
  @Test func aModelChangesWhileTasksCallIt() async {
    let model = Changing()
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<4 {
        group.addTask {
          (0..<25).allSatisfy { i in
            if task == 0 { model.head = Linear(4, 2 + i % 3) }
            let (output, size) = model(Tensor.ones([1, 4]))
            return output.shape == [1, size]
          }
        }
      }
      for await fits in group { #expect(fits) }
    }
    #expect(model.calls == 100)
    #expect(model.seen.count == 100)
  }

  @Test func aTiedWeightIsReplacedWhileTasksReadIt() async {
    let (first, second) = (Linear(4, 4), Linear(4, 4))
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for _ in 0..<50 { second.weight = first.weight }
        return true
      }
      group.addTask { (0..<50).allSatisfy { _ in second(Tensor.ones([1, 4])).shape == [1, 4] } }
      for await fits in group { #expect(fits) }
    }
    #expect(first.weight.variableIdentity == second.weight.variableIdentity)
  }
}
