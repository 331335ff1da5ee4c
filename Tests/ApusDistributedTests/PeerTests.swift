import Apus
import ApusDistributed
import Foundation
import Testing

// Parallel trainings against PyTorch's, whose losses scripts/record-distributed.py has recorded.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct PeerTests {
  @Test func lossesArePyTorchs() throws {
    let ended = try Launcher.all[0].run("peers", ranks: 4)
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test(arguments: [4]) func expertsOverMeshes(_ ranks: Int) throws {
    let ended = try Launcher.all[0].run("combined experts", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

/// Steps 1, 11, 21, 31, 41 and 50 of PyTorch 2.15, gloo, four processes, float64.
private let recorded: [String: [Double]] = [
  "tensors": [4.3709779201, 3.2621703551, 3.1635284551, 3.1617918350, 3.1575152972, 3.1300660260],
  "sharding and tensors": [4.3709779201, 3.2621703551, 3.1635284551, 3.1617918350, 3.1575152972, 3.1300660260],
  "pipeline": [3.1202084402, 3.2215195397, 3.6117397136, 3.2898606338, 3.1580822196, 3.1332620734],
  "data": [3.1202084402, 3.2215195397, 3.6117397136, 3.2898606338, 3.1580822196, 3.1332620734],
  "pictures": [1.4215403881, 1.3990969819, 1.3877888046, 1.3895743762, 1.4001156623, 1.3826301122],
]

extension Cases {
  /// All matrices by a formula of their place among the sorted names; vectors as they are made, biases 0.
  private static func filled<Model: Module>(_ model: Model) -> Model {
    for (i, (name, tensor)) in model.namedParameters().sorted(by: { $0.name < $1.name }).enumerated() {
      if tensor.rank > 1 {
        set(tensor, to: ripple(tensor.shape, 0.37 + 0.11 * Double(i), 0.3))
      } else if name.hasSuffix("bias") {
        set(tensor, to: Tensor.zeros(tensor.shape, dtype: tensor.dtype))
      }
    }
    return model
  }

  private static func tokens(_ step: Int) -> Tensor {
    Tensor((0..<72).map { (i: Int) -> Int64 in Int64((step * 5 + i * i + 3 * i) % 23) }).reshape([8, 9])
  }

  private static func nextToken(_ logits: Tensor, _ x: Tensor) -> Tensor {
    crossEntropy(logits.narrow(1, 0, 8).reshape([-1, 23]), x.narrow(1, 1, 8).reshape([-1]))
  }

  private static func expectRecorded(_ name: String, _ losses: [Double]) throws {
    let theirs = try #require(recorded[name])
    let ours = [0, 10, 20, 30, 40, 49].map { losses[$0] }
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 1e-3 * b, "\(name): \(ours) and PyTorch's \(theirs)") }
  }

  private static func llama() throws -> CausalLanguageModel<LlamaModel> {
    let model = try smallLlama(["rms_norm_eps": .double(1e-6)])
    model.to(.float64)
    return filled(model)
  }

  private static func gpt() -> Sequential {
    let model = Sequential(Embedding(23, 16), ShardedBlock(), ShardedBlock(), LayerNorm(16), Linear(16, 23))
    model.to(.float64)
    return filled(model)
  }

  static func peers() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let mesh = try DeviceMesh([2, 2], names: ["data", "tensor"])
    let data = try mesh.group("data")
    for (name, isSharded) in [("tensors", false), ("sharding and tensors", true)] {
      let model = try llama()
      try parallelize(model, try mesh["tensor"])
      if isSharded { try fullyShard(model, group: data) }
      let optimizer = AdamW(model.parameters(), lr: 2e-3)
      var losses: [Double] = []
      for step in 0..<50 {
        let x = isSharded ? tokens(step).narrow(0, data.rank * 4, 4) : tokens(step)
        optimizer.zeroGrad()
        var inputs = ModelInputs()
        inputs.inputIds = x
        let loss = nextToken(try #require(model(inputs).logits), x)
        loss.backward()
        optimizer.step()
        losses.append(try data.allReduce(loss.detach().to(.float64), .mean).item())
      }
      try expectRecorded(name, losses)
    }
    do {
      let part = try splitIntoStages(gpt(), count: 4, by: .counts([1, 1, 1, 2]))[world.rank]
      let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: 4)
      let schedule = try Schedule1F1B(stage, microbatchCount: 4, loss: .mean { nextToken($0, $1) })
      let optimizer = SGD(schedule.parameters(), lr: 0.05, momentum: 0.9)
      var losses: [Double] = []
      for step in 0..<50 {
        optimizer.zeroGrad()
        let loss = try schedule.step(tokens(step), target: tokens(step)).loss
        optimizer.step()
        losses.append(try world.broadcastObject(loss?.item() ?? 0, from: 3))
      }
      try expectRecorded("pipeline", losses)
    }
    do {
      let model = try DistributedDataParallel(gpt())
      let optimizer = SGD(model.parameters(), lr: 0.05, momentum: 0.9)
      var losses: [Double] = []
      for step in 0..<50 {
        let x = rows(tokens(step), world)
        optimizer.zeroGrad()
        let loss = nextToken(model(x), x)
        loss.backward()
        optimizer.step()
        losses.append(try world.allReduce(loss.detach(), .mean).item())
      }
      try expectRecorded("data", losses)
    }
    let pictures = filled(SmallResNet().double())
    try SyncBatchNorm.convert(pictures, group: world)
    let model = try DistributedDataParallel(pictures)
    let optimizer = SGD(model.parameters(), lr: 0.02, momentum: 0.9)
    var losses: [Double] = []
    for step in 0..<50 {
      let x = rows(ripple([12, 2, 6, 6], 0.71 + Double(step) * 0.01), world)
      let y = rows(Tensor((0..<12).map { ($0 * 5 + step) % 4 }, dtype: .int64), world)
      optimizer.zeroGrad()
      let loss = crossEntropy(model(x), y)
      loss.backward()
      optimizer.step()
      losses.append(try world.allReduce(loss.detach(), .mean).item())
    }
    try expectRecorded("pictures", losses)
    try destroyProcessGroup()
  }

  /// Experts over one dimension of a mesh, copies or rows of everything over the other, against one process with the whole batch.
  static func combinedExperts() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let mesh = try DeviceMesh([2, 2], names: ["data", "expert"])
    let (data, group) = (try mesh.group("data"), try mesh.group("expert"))
    func make(_ group: ProcessGroup?) throws -> MixtureOfExperts {
      let layer = try MixtureOfExperts(features: 6, count: 4, chosen: 2, group: group) { i in
        let expert = Sequential(Linear(6, 10), Tanh(), Linear(10, 6)).double()
        for (k, parameter) in expert.parameters().enumerated() {
          set(parameter, to: wave(parameter.shape, Double(2 * i + k)) * (parameter.rank > 1 ? 0.5 : 0.1))
        }
        return expert
      }
      layer.router.double()
      set(layer.router.weight, to: wave([4, 6], 7))
      return layer
    }
    let (x, target) = (wave([16, 6], 1), wave([16, 6], 2))
    for isSharded in [false, true] {
      let (whole, part) = (try make(nil), try make(group))
      if isSharded { try fullyShard(part, group: data) }
      let optimizers = (SGD(whole.parameters(), lr: 0.1), SGD(part.parameters(), lr: 0.1))
      for step in 0..<50 {
        optimizers.0.zeroGrad()
        let expected = mseLoss(whole(x), target)
        expected.backward()
        optimizers.1.zeroGrad()
        let found = mseLoss(part(rows(x, world)), rows(target, world))
        found.backward()
        try reduceExpertGradients(of: part, group: group)
        if !isSharded {
          for parameter in part.parameters() {
            if let gradient = parameter.grad { parameter.grad = try data.allReduce(gradient, .mean) }
          }
        }
        let norms = [
          clipGradNorm(whole.parameters(), maxNorm: 0.5).to(.float64).item(),
          try clipShardedGradNorm(part.parameters(), maxNorm: 0.5).item(),
        ]
        #expect(abs(norms[0] - norms[1]) <= 1e-8 * norms[0], "step \(step): norms \(norms)")
        optimizers.0.step()
        optimizers.1.step()
        let mean = try world.allReduce(found.detach(), .mean).item()
        #expect(abs(mean - expected.item()) <= 1e-6 * expected.item(), "sharded: \(isSharded), step \(step)")
      }
      var state = ShardedState()
      state.add(part)
      try saveSharded(state, to: "\(try world.broadcastObject(folderOfExperts, from: 0))")
      let checkpoint = try ShardedCheckpoint(path: try world.broadcastObject(folderOfExperts, from: 0))
      for (name, tensor) in whole.stateDict() {
        #expect(close(try checkpoint.tensor(named: "model.\(name)"), tensor, 1e-8), "\(name)")
      }
      try world.barrier()
    }
    if world.rank == 0 { try? FileManager.default.removeItem(atPath: folderOfExperts) }
    try destroyProcessGroup()
  }

  private static var folderOfExperts: String {
    FileManager.default.temporaryDirectory.path + "/apus-experts-\(ProcessInfo.processInfo.processIdentifier)"
  }
}
