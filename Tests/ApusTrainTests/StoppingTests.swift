import Apus
import TestSupport
import Testing

private func values(_ epoch: Int, _ value: Double) -> EpochValues {
  var values = EpochValues(epoch: epoch)
  values["validation loss"] = value
  return values
}

@Suite struct StoppingTests {
  /// The number of epochs until `stopping` ends a run with these values; nil if it does not.
  private func epochs(_ stopping: EarlyStopping, _ losses: [Double]) throws -> Int? {
    for (i, loss) in losses.enumerated() where try !stopping.epochEnded(values(i + 1, loss)) { return i + 1 }
    return nil
  }

  @Test func stopsWhenPatienceEpochsHaveBroughtNothing() throws {
    #expect(try epochs(EarlyStopping(patience: 1), [3, 3, 3]) == 2)
    #expect(try epochs(EarlyStopping(patience: 3), [3, 2, 2, 2, 2, 2]) == 5)
    #expect(try epochs(EarlyStopping(patience: 2), [3, 4, 2, 3, 1, 2, 2]) == 7)
    #expect(try epochs(EarlyStopping(patience: 0), [3, 2, 1, 1]) == 4)
    #expect(try epochs(EarlyStopping(patience: 2), [5, 4, 3, 2, 1]) == nil)
    #expect(try epochs(EarlyStopping(isLoss: false, patience: 2, minDelta: 0.5), [1, 1.25, 1.5, 1.75]) == 3)
  }

  @Test func whatIsNotANumberIsNeverTheBest() throws {
    let stopping = EarlyStopping(patience: 2)
    #expect(try epochs(stopping, [.nan, .nan]) == 2)
    #expect(stopping.best == nil)
    for isLoss in [true, false] {
      let stopping = EarlyStopping(isLoss: isLoss, patience: 3)
      #expect(try epochs(stopping, [.nan, 2, .nan, .nan, .nan]) == 5)
      #expect(stopping.best == 2)
    }
  }

  @Test func stateContinues() throws {
    let (one, two) = (EarlyStopping(patience: 2), EarlyStopping(patience: 2))
    #expect(try one.epochEnded(values(1, 3)) && one.epochEnded(values(2, 4)))
    two.state = one.state
    #expect(two.best == 3)
    #expect(try !two.epochEnded(values(3, 4)))
  }
}

@Suite struct AccuracyTests {
  private func share(_ metric: Metric, _ output: [[Double]], _ target: [Int]) throws -> Double {
    let trainer = Trainer<(Tensor, Tensor)>(Identity(), optimizer: SGD([parameter(Tensor([0.0]))], lr: 1)) { x, y in
      .init(loss: Tensor(0.0), count: y.count, output: x, target: y)
    }
    trainer.metrics = [metric]
    let columns = output[0].count
    let x = Tensor(output.flatMap { $0 }, shape: [output.count, columns], dtype: .float32)
    return try trainer.evaluate(DataLoader(TensorDataset(x, Tensor(target)), batchSize: 2)).last?.value ?? -1
  }

  @Test func equalOutputsAreOrderedByClass() throws {
    let equal = [[Double]](repeating: [1, 1, 1, 1], count: 4)
    #expect(try share(.accuracy, equal, [0, 1, 2, 3]) == 0.25)
    #expect(try share(.topAccuracy(1), equal, [0, 1, 2, 3]) == 0.25)
    #expect(try share(.topAccuracy(2), equal, [0, 1, 2, 3]) == 0.5)
    #expect(try share(.topAccuracy(4), equal, [0, 1, 2, 3]) == 1)
    #expect(try share(.topAccuracy(2), [[3, 5, 3, 1]], [2]) == 0)
    #expect(try share(.topAccuracy(3), [[3, 5, 3, 1]], [2]) == 1)
  }

  @Test func whatIsNotANumberIsNeverRight() throws {
    let broken = [[Double]](repeating: [.nan, .nan, .nan], count: 3)
    for metric in [Metric.accuracy, .topAccuracy(1), .topAccuracy(2), .topAccuracy(3)] {
      #expect(try share(metric, broken, [0, 1, 2]) == 0)
    }
    // PyTorch's topk orders NaN above every number.
    #expect(try share(.topAccuracy(1), [[.nan, 9, 1]], [1]) == 0)
    #expect(try share(.topAccuracy(2), [[.nan, 9, 1]], [1]) == 1)
    #expect(try share(.topAccuracy(2), [[.nan, 9, 1]], [0]) == 0)
    #expect(try share(.accuracy, [[.infinity, 9, 1], [0, -.infinity, 1]], [0, 2]) == 1)
  }

  @Test func targetsThatAreNoClassAreNotMet() throws {
    for metric in [Metric.accuracy, .topAccuracy(3)] {
      #expect(try share(metric, [[3, 2, 1], [3, 2, 1]], [-100, 0]) == 0.5)
    }
  }
}
