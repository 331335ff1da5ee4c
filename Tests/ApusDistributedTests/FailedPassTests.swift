import Apus
import ApusDistributed
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A rank that fails in the middle of a pass, while the others wait for it: the pass ends on all, with its words.
@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct FailedPassTests {
  @Test(arguments: [2, 3], Cases.FailedPass.allCases)
  func allHearOfTheFirstMistake(_ ranks: Int, _ pass: Cases.FailedPass) throws {
    let launcher = Launcher.all[ranks % Launcher.all.count]
    let ended = try launcher.run(
      "failed pass", ranks: ranks, environment: ["APUS_TEST_PASS": pass.rawValue, "APUS_DISTRIBUTED_TIMEOUT": "30"])
    #expect(ended.status != 0)
    #expect(!ended.output.contains("has not ended within"), "\(ended.output)")
    let lines = ended.output.split(separator: "\n")
    func words(_ rank: Int) -> Substring? {
      let mark = "rank \(rank) caught: "
      return lines.lazy.compactMap { line in line.firstRange(of: mark).map { line[$0.upperBound...] } }.first
    }
    let first = try #require(words(1), "\(ended.output)")
    #expect(first.contains(pass.mistake), "\(first)")
    for rank in 0..<ranks where rank != 1 {
      let other = try #require(words(rank), "\(ended.output)")
      // Where it was in a module then, that is named behind it.
      #expect(other.hasPrefix("rank 1 of \(ranks) (") && other.contains("): \(first)"), "\(other)")
    }
  }
}

extension Cases {
  /// What rank 1 does not get through.
  enum FailedPass: String, CaseIterable {
    case shardedForward, shardedBackward, dataParallelForward, loss, trainer, evaluation

    /// What is in the message.
    var mistake: String {
      switch self {
      case .shardedForward, .dataParallelForward, .evaluation: "linear"
      case .shardedBackward: "[2, 3]"
      case .loss: "target 3"
      case .trainer: "the third picture is damaged"
      }
    }
  }

  static func failedPass() throws {
    let world = try initProcessGroup()
    let rank = world.rank
    let pass = try #require(ProcessInfo.processInfo.environment["APUS_TEST_PASS"].flatMap(FailedPass.init))
    let net = Sequential(Linear(5, 8), Tanh(), Linear(8, 3))
    // A row of rank 1 is too short.
    let x = ripple([4, rank == 1 ? 4 : 5], 0.7).to(.float32)
    let good = ripple([4, 5], 0.7).to(.float32)
    let classes = Tensor([0, 1, 2, 0], dtype: .int64)
    func trainer(_ loss: @escaping (Tensor, Tensor) throws -> Tensor) -> Trainer<(Tensor, Tensor)> {
      let trainer = Trainer(net, optimizer: SGD(net.parameters(), lr: 0.1)) { (batch: (Tensor, Tensor)) in
        .init(loss: try loss(batch.0, batch.1), count: batch.0.shape[0])
      }
      trainer.strategy = .fullySharded
      trainer.showsProgress = false
      return trainer
    }
    let loader = DataLoader(
      TensorDataset(ripple([12, 5], 0.3).to(.float32), Tensor.zeros([12], dtype: .int64)), batchSize: 2)
    let error = #expect(throws: (any Error).self) {
      switch pass {
      case .shardedForward:
        try fullyShard(net) { $0 is Linear }
        try withErrors { net(x).sum().backward() }
      case .shardedBackward:
        try fullyShard(net) { $0 is Linear }
        try world.withErrors {
          let y = net(good)
          // A gradient of another shape.
          if rank == 1 { y.registerHook { (gradient: Tensor) -> Tensor? in gradient[0..<2] } }
          y.sum().backward()
        }
      case .dataParallelForward:
        let model = try DistributedDataParallel(net)
        try withErrors { model(x).sum().backward() }
      case .loss:
        let model = try DistributedDataParallel(net)
        try world.withErrors { crossEntropy(model(good), rank == 1 ? classes + 3 : classes).backward() }
      case .trainer:
        let failing = trainer { x, y in
          if rank == 1 { throw TensorError(.value, "reading", "the third picture is damaged") }
          return crossEntropy(net(x), y)
        }
        try failing.fit(loader, epochs: 1)
      case .evaluation:
        let failing = trainer { x, y in crossEntropy(net(rank == 1 ? x[0..., 0..<4] : x), y) }
        _ = try failing.evaluate(loader)
      }
      // What comes after that in a loop.
      try world.barrier()
    }
    print("rank \(rank) caught: \(error.map { "\($0)" } ?? "nothing")")
  }
}
