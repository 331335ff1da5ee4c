import Apus
import Testing

/// The first rates of a cycle: PyTorch's.
@Suite struct CyclicScheduleTests {
  private func optimizer(momentum: Double = 0.9) -> SGD {
    SGD([parameter(Tensor.ones(1))], lr: 0.3, momentum: momentum)
  }

  private func rates(_ optimizer: Optimizer, _ schedule: LRScheduler, _ count: Int) -> [Double] {
    (0..<count).map { _ in
      defer { schedule.step() }
      return (optimizer.lr * 1e6).rounded() / 1e6
    }
  }

  @Test func alone() {
    let sgd = optimizer()
    let schedule = CyclicLR(sgd, baseLR: 0.1, maxLR: 0.5, stepSizeUp: 4)
    #expect(rates(sgd, schedule, 6) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.4])
  }

  /// After another schedule the first rate is that before all schedules.
  @Test func behindAnotherSchedule() {
    let sgd = optimizer()
    _ = ExponentialLR(sgd, gamma: 0.5)
    let schedule = CyclicLR(sgd, baseLR: 0.1, maxLR: 0.5, stepSizeUp: 4)
    #expect(schedule.lastLearningRates == [0.3] && schedule.baseLearningRates == [0.1])
    #expect(rates(sgd, schedule, 6) == [0.3, 0.2, 0.3, 0.4, 0.5, 0.4])
  }

  @Test func inASequence() {
    let sgd = optimizer()
    let parts = [ConstantLR(sgd, factor: 0.5, totalIters: 3), CyclicLR(sgd, baseLR: 0.1, maxLR: 0.5, stepSizeUp: 4)]
    let schedule = SequentialLR(sgd, schedulers: parts, milestones: [3])
    #expect(rates(sgd, schedule, 9) == [0.15, 0.15, 0.15, 0.1, 0.2, 0.3, 0.4, 0.5, 0.4])
  }

  @Test func withoutAWayDown() {
    let sgd = optimizer()
    let schedule = CyclicLR(sgd, baseLR: 0.1, maxLR: 0.5, stepSizeUp: 4, stepSizeDown: 0)
    #expect(rates(sgd, schedule, 9) == [0.1, 0.2, 0.3, 0.4, 0.1, 0.2, 0.3, 0.4, 0.1])
  }

  @Test(arguments: [(0, 1), (-3, 1), (2, -1), (Int.min, Int.min)])
  func stepsThatAreNone(_ up: Int, _ down: Int) {
    let sgd = optimizer()
    let error = #expect(throws: TensorError.self) {
      try withErrors { _ = CyclicLR(sgd, baseLR: 0.1, maxLR: 0.5, stepSizeUp: up, stepSizeDown: down) }
    }
    #expect(error?.operation == "CyclicLR" && error?.kind == .value)
  }
}
