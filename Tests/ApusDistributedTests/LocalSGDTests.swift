import Apus
import ApusDistributed
import Foundation
import Testing

/// Ranks that train apart and average their parameters once in a while.
@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct LocalSGDTests {
  @Test func lossesAreThoseOfPyTorch() throws {
    guard let launcher = Launcher.all.first else { return }
    let ended = try launcher.run("localSGD", ranks: 4)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  static func localSGD() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let pairs = try #require(try world.split(color: world.rank / 2, key: world.rank))
    func network() -> Sequential {
      let net = Sequential(Linear(6, 16), Tanh(), Linear(16, 3))
      net.double()
      fill(net)
      for (i, tensor) in net.parameters().enumerated() where tensor.rank == 1 {
        set(tensor, to: ripple(tensor.shape, 0.2 + Double(i), 0.1))
      }
      return net
    }
    func batch(_ step: Int) -> (Tensor, Tensor) {
      (ripple([24, 6], 0.71 + Double(step) * 0.01), ripple([24, 3], 0.53))
    }

    /// The mean losses of 24 steps as PyTorch's script makes them.
    func losses(_ hook: PostLocalSGD, _ averager: any ModelAverager) throws -> [Double] {
      let net = network()
      let model = try DistributedDataParallel(net)
      model.registerCommHook(hook.hook)
      let optimizer = PostLocalSGDOptimizer(SGD(net.parameters(), lr: 0.1, momentum: 0.9), averager: averager)
      var losses: [Double] = []
      for step in 0..<24 {
        let (x, y) = batch(step)
        optimizer.zeroGrad()
        let loss = mseLoss(model(rows(x, world)), rows(y, world))
        loss.backward()
        optimizer.step()
        losses.append(try world.allReduce(loss.detach(), .mean).item())
      }
      // The state has the number of steps, and an optimiser that takes it goes on from there.
      let state = optimizer.stateDict()
      let other = try PeriodicModelAverager(period: 4)
      try PostLocalSGDOptimizer(SGD(net.parameters(), lr: 0.1, momentum: 0.9), averager: other).loadStateDict(state)
      #expect(averager.step == 24 && other.step == 24 && state["step"]?.item() == 24)
      return losses
    }
    let found = [
      "periodic": try losses(
        PostLocalSGD(startStep: 6, subgroup: pairs), PeriodicModelAverager(period: 4, warmupSteps: 6)),
      "alone": try losses(
        PostLocalSGD(startStep: 6, averagesInSubgroup: false), PeriodicModelAverager(period: 4, warmupSteps: 6)),
      "hierarchical": try losses(
        PostLocalSGD(startStep: 0, averagesInSubgroup: false),
        HierarchicalModelAverager(periodGroupSizes: [2: 2, 4: 4], warmupSteps: 3)),
    ]
    for (name, recorded) in localSGDLosses {
      let ours = found[name] ?? []
      #expect(ours.count == recorded.count)
      for (ours, theirs) in zip(ours, recorded) { #expect(abs(ours - theirs) <= 1e-6 * theirs, "\(name)") }
    }

    // Steps of plain descent that are averaged each time are those of one process with the whole batch. One parameter has no gradient
    // anywhere, another on one rank alone.
    let (net, alone) = (network(), network())
    let (idle, seldom) = (
      parameter(Tensor([Double(world.rank)])), parameter(Tensor([Double(world.rank)], dtype: .float64))
    )
    let optimizer = PostLocalSGDOptimizer(
      SGD(net.parameters() + [idle, seldom], lr: 0.1), averager: try PeriodicModelAverager(period: 1))
    let single = SGD(alone.parameters(), lr: 0.1)
    for step in 0..<5 {
      let (x, y) = batch(step)
      optimizer.zeroGrad()
      single.zeroGrad()
      let loss = mseLoss(net(rows(x, world)), rows(y, world))
      (world.rank == 2 ? loss + seldom.sum() : loss).backward()
      mseLoss(alone(x), y).backward()
      optimizer.step()
      single.step()
    }
    for (p, q) in zip(net.parameters(), alone.parameters()) {
      #expect((p.detach() - q.detach()).abs().max().item() < 1e-12)
    }
    #expect(idle.item() == Double(world.rank))
    let expected: Double = 1.375  // 1.5, and five steps of 0.1 / 4
    #expect(abs(seldom.item() - expected) < 1e-12)

    // With a trainer: averaged after each step, descent without momentum is that of data-parallel training.
    func parameters(_ strategy: TrainingStrategy, isLocal: Bool) throws -> [Tensor] {
      let net = network()
      let descent = SGD(net.parameters(), lr: 0.1)
      let optimizer = isLocal ? PostLocalSGDOptimizer(descent, averager: try PeriodicModelAverager(period: 1)) : descent
      let trainer = Trainer(net, optimizer: optimizer, loss: MSELoss())
      trainer.showsProgress = false
      trainer.onInterrupt = .ignore
      trainer.strategy = strategy
      let data = TensorDataset(ripple([32, 6], 0.77), ripple([32, 3], 0.53))
      _ = try trainer.fit(DataLoader(data, batchSize: 4), epochs: 2)
      return net.parameters()
    }
    let local = try parameters(
      .dataParallel(hook: PostLocalSGD(startStep: 1, averagesInSubgroup: false).hook), isLocal: true)
    for (p, q) in zip(local, try parameters(.dataParallel, isLocal: false)) {
      #expect((p.detach() - q.detach()).abs().max().item() < 1e-12)
    }

    #expect(throws: TensorError.self) { try PeriodicModelAverager(period: 0) }
    #expect(throws: TensorError.self) { try PeriodicModelAverager(period: 2, warmupSteps: -1) }
    #expect(throws: TensorError.self) { try PostLocalSGD(startStep: -1) }
    for wrong: KeyValuePairs<Int, Int> in [[:], [2: 2], [2: 3, 4: 4], [4: 2, 2: 4], [0: 2, 4: 4]] {
      #expect(throws: TensorError.self) { try HierarchicalModelAverager(periodGroupSizes: wrong) }
    }
    try destroyProcessGroup()
  }
}

/// The mean losses of four ranks that PyTorch 2.15 gives (gloo): `PostLocalSGDOptimizer` with a `PeriodicModelAverager` (period 4, warm-up 6) and gradients
/// of pairs of ranks after step 6; the same with each rank's own gradients; a `HierarchicalModelAverager` (2: 2, 4: 4, warm-up 3).
private let localSGDLosses: [String: [Double]] = [
  "periodic": [
    0.498434061595, 0.493748138343, 0.496584514633, 0.502842050381, 0.480531638516, 0.422633547867,
    0.394392441442, 0.499282548184, 0.691045768676, 0.744903186105, 0.715660348122, 0.794478502233,
    0.632265488962, 0.642834965534, 0.714203345105, 0.589721937962, 0.586522599089, 0.558281795598,
    0.537168769348, 0.499422934103, 0.506785016828, 0.514837092094, 0.515328668573, 0.515700991364,
  ],
  "alone": [
    0.498434061595, 0.493748138343, 0.496584514633, 0.502842050381, 0.480531638516, 0.422633547867,
    0.394392441442, 0.499282548184, 0.684454526936, 0.72187526833, 0.672947600016, 0.789079420626,
    0.599283993093, 0.605653804362, 0.660588926256, 0.585673144975, 0.532965326968, 0.491721363476,
    0.466612586295, 0.503361008963, 0.478000520065, 0.47615693642, 0.493180036718, 0.531472621408,
  ],
  "hierarchical": [
    0.498434061595, 0.449360175486, 0.44940300842, 0.528013259156, 0.581405882584, 0.420327985793,
    0.390899087945, 0.523393679711, 0.622733694333, 0.761272503978, 0.704717809486, 0.706380223928,
    0.673449551757, 0.554890679698, 0.48368766256, 0.606625300195, 0.538487001681, 0.55683585405,
    0.473632552249, 0.525832623701, 0.491789672997, 0.535447164972, 0.507685967289, 0.530758167655,
  ],
]
