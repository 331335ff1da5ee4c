import Apus
import ApusDistributed
import ApusFormats
import ApusModels
import Foundation
import Testing

extension Cases {
  /// Whether both are alike up to rounding.
  static func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5) -> Bool {
    guard a.shape == b.shape else { return false }
    let (a, b) = (a.detach().to(.float64), b.detach().to(.float64))
    let scale = max(b.abs().sum().item() / Double(max(b.count, 1)), 1e-12)
    return a.count == 0 || (a - b).abs().max().item() <= tolerance * max(scale, b.abs().max().item())
  }

  private static let decoder: [String: JSON] = [
    "vocab_size": .int(11), "hidden_size": .int(16), "intermediate_size": .int(24), "num_hidden_layers": .int(4),
    "num_attention_heads": .int(2), "num_key_value_heads": .int(1), "n_embd": .int(16), "n_head": .int(2),
    "n_layer": .int(4), "n_positions": .int(16), "resid_pdrop": .double(0), "embd_pdrop": .double(0),
    "attn_pdrop": .double(0), "max_position_embeddings": .int(16),
  ]

  static let bert: [String: JSON] = decoder.merging(["model_type": .string("bert"), "type_vocab_size": .int(2)]) { $1 }

  /// Small language models: one whose head is its table of tokens, one with a head of its own, one with experts.
  static let languageModels: [(name: String, make: @Sendable () throws -> any PretrainedModel)] = [
    ("gpt2", { try CausalLanguageModel<GPT2Model>(ModelConfiguration(decoder, path: "config.json")) }),
    ("llama", { try CausalLanguageModel<LlamaModel>(ModelConfiguration(decoder, path: "config.json")) }),
    (
      "tied llama",
      {
        let values = decoder.merging(["tie_word_embeddings": .bool(true)]) { $1 }
        return try CausalLanguageModel<LlamaModel>(ModelConfiguration(values, path: "config.json"))
      }
    ),
    (
      "gpt_neox",
      { try CausalLanguageModel<GPTNeoXModel>(ModelConfiguration(decoder, path: "config.json")) }
    ),
    (
      "mixtral",
      {
        let values = decoder.merging(["num_local_experts": .int(4), "num_experts_per_tok": .int(2)]) { $1 }
        return try CausalLanguageModel<MixtralModel>(ModelConfiguration(values, path: "config.json"))
      }
    ),
  ]

  /// Numbers that follow a formula, which other programs have too.
  static func wave(_ shape: [Int], _ start: Double) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { sin(start + 1.7 * Double($0)) }, dtype: .float64).reshape(shape)
  }

  private static func net(_ dtype: DType) -> Sequential {
    let sizes = [6, 16, 16, 16, 16, 3]
    let net = Sequential()
    for k in 0..<5 {
      let layer = Linear(sizes[k], sizes[k + 1]).double()
      noGrad { layer.weight.assign(wave(layer.weight.shape, Double(k)) * 0.4) }
      noGrad { layer.bias.assign(wave(layer.bias.shape, Double(k + 10)) * 0.1) }
      net.append(layer.to(dtype))
      if k < 4 { net.append(Tanh()) }
    }
    return net
  }

  /// The losses of 50 steps of PyTorch 2.15 (gloo, GPipe, 1F1B, interleaved, on 2 and 4 ranks: all the same), every seventh.
  private static let losses = [
    1.111432726, 0.781435948, 0.607508364, 0.50614157, 0.479896079, 0.471850039, 0.46794015, 0.465164996,
  ]

  private static let data = (x: wave([12, 6], 3), y: Tensor((0..<12).map { (i: Int) -> Int64 in Int64(i * 7 % 3) }))

  /// Trains a whole model in one process.
  private static func reference(_ dtype: DType, _ x: Tensor, _ y: Tensor, steps: Int) -> (
    losses: [Double], net: Sequential
  ) {
    let net = net(dtype)
    let optimizer = SGD(net.parameters(), lr: 0.2, momentum: 0.9)
    var losses: [Double] = []
    for _ in 0..<steps {
      optimizer.zeroGrad()
      let loss = crossEntropy(net(x.to(dtype)), y)
      loss.backward()
      optimizer.step()
      losses.append(loss.to(.float64).item())
    }
    return (losses, net)
  }

  /// The stages of a rank for an order.
  private static func stages(_ net: Sequential, _ order: PipelineOrder, _ group: ProcessGroup) throws -> [PipelineStage]
  {
    let parts = try splitIntoStages(net, count: order.stageCount)
    return try order.stageRanks.indices.filter { order.stageRanks[$0] == group.rank }.map {
      try PipelineStage(parts[$0], stageIndex: $0, stageCount: order.stageCount, group: group)
    }
  }

  private static func orders(_ ranks: Int) throws -> [PipelineOrder] {
    // Nine layers make at most nine stages.
    let two = 2 * ranks <= 9
    return [
      try .gpipe(ranks: ranks, microbatches: 4), try .oneForwardOneBackward(ranks: ranks, microbatches: 6),
      try .oneForwardOneBackward(ranks: ranks, microbatches: 1),
      try .interleavedZeroBubble(ranks: ranks, stages: ranks, microbatches: 2 * ranks),
    ]
      + (two
        ? [
          try .interleaved(ranks: ranks, stages: 2 * ranks, microbatches: 2 * ranks),
          try .loopedBreadthFirst(ranks: ranks, stages: 2 * ranks, microbatches: 3),
          try .zeroBubbleV(ranks: ranks, microbatches: 5),
        ] : [])
  }

  /// Fifty steps of each schedule against one process, and PyTorch's.
  static func pipelines() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (x, y) = data
    for dtype in [DType.float64, .float32] {
      let tolerance = dtype == .float64 ? 1e-6 : 1e-4
      let (expected, whole) = reference(dtype, x, y, steps: 50)
      if dtype == .float64 {
        for (i, loss) in losses.enumerated() { #expect(abs(expected[7 * i] - loss) < 1e-8) }
      }
      for order in try orders(world.size) {
        let schedule = try PipelineSchedule(
          try stages(net(dtype), order, world), order: order, loss: .mean { crossEntropy($0, $1) })
        // A stage may have activations alone.
        let parameters = schedule.parameters()
        let optimizer = parameters.isEmpty ? nil : SGD(parameters, lr: 0.2, momentum: 0.9)
        var found: [Double] = []
        for _ in 0..<50 {
          optimizer?.zeroGrad()
          let result = try schedule.step(x.to(dtype), target: y)
          optimizer?.step()
          if let loss = result.loss { found.append(loss.to(.float64).item()) }
        }
        let hasLast = order.stageRanks[order.stageCount - 1] == world.rank
        #expect(found.count == (hasLast ? 50 : 0))
        let isEqual = zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
        #expect(isEqual, "\(dtype), \(order.csv): \(found) and \(expected)")
        let state = whole.stateDict()
        for stage in schedule.stages {
          for (name, tensor) in stage.module.stateDict() {
            #expect(state[name].map { close(tensor, $0, 10 * tolerance) } ?? false, "\(name)")
          }
        }
        // What ranks keep is what the order says.
        #expect(try schedule.gatherTimeline().peakMicrobatches == order.timeline().peakMicrobatches)
        // Without gradients: the same as the whole model.
        let evaluated = try schedule.evaluate(x.to(dtype), target: y)
        if hasLast {
          #expect(evaluated.output.map { close($0, whole(x.to(dtype)), 10 * tolerance) } ?? false)
        } else {
          #expect(evaluated.outputs.isEmpty && evaluated.loss == nil)
        }
      }
    }
    try named(world)
    try states(world)
    try accumulation(world)
    try severalTensors(world)
    try failures(world)
  }

  /// The state of all stages is that of the whole model, and goes back into the stages.
  private static func states(_ world: ProcessGroup) throws {
    let order = try PipelineOrder.loopedBreadthFirst(ranks: world.size, stages: 2 * world.size, microbatches: 2)
    let model = net(.float64)
    let schedule = try PipelineSchedule(try stages(model, order, world), order: order)
    let gathered = try schedule.gatherStateDict(to: 1)
    #expect((gathered != nil) == (world.rank == 1))
    let state = model.stateDict()
    if let gathered {
      #expect(Set(gathered.names) == Set(state.names))
      #expect(gathered.allSatisfy { entry in state[entry.name].map { equal(entry.tensor, $0) } ?? false })
    }
    for var parameter in model.parameters() {
      noGrad { parameter.assign(Tensor.zeros(parameter.shape, dtype: parameter.dtype)) }
    }
    try schedule.loadStateDict(state)
    for stage in schedule.stages {
      #expect(
        stage.module.stateDict().allSatisfy { entry in state[entry.name].map { equal(entry.tensor, $0) } ?? false })
    }
    let first = try #require(schedule.stages.first?.module.stateDict().names.first ?? state.names.first)
    var lacking = state
    lacking[first] = nil
    if schedule.stages.contains(where: { $0.module.stateDict().names.contains(first) }) {
      #expect(throws: TensorError.self) { try schedule.loadStateDict(lacking) }
    }
  }

  /// The schedules under PyTorch's names.
  private static func named(_ world: ProcessGroup) throws {
    let (x, y) = data
    let loss = PipelineLoss.mean { crossEntropy($0, $1) }
    let single = try splitIntoStages(net(.float64), count: world.size)[world.rank]
    let stage = try PipelineStage(single, stageIndex: world.rank, stageCount: world.size)
    func pair(_ second: Int) throws -> [PipelineStage] {
      let parts = try splitIntoStages(net(.float64), count: 2 * world.size)
      return try [world.rank, second].map {
        try PipelineStage(parts[$0], stageIndex: $0, stageCount: 2 * world.size)
      }
    }
    let looped = world.rank + world.size
    let schedules: [PipelineSchedule] = [
      try ScheduleGPipe(stage, microbatchCount: 3, loss: loss), try Schedule1F1B(stage, microbatchCount: 3, loss: loss),
      try ScheduleInterleaved1F1B(try pair(looped), microbatchCount: world.size, loss: loss),
      try ScheduleLoopedBFS(try pair(looped), microbatchCount: 2, loss: loss),
      try ScheduleInterleavedZeroBubble(try pair(looped), microbatchCount: world.size, loss: loss),
      try ScheduleZBVZeroBubble(try pair(2 * world.size - 1 - world.rank), microbatchCount: 2, loss: loss),
    ]
    for schedule in schedules {
      if let found = try schedule.step(x, target: y).loss { #expect(abs(found.item() - losses[0]) < 1e-8) }
    }
  }

  /// Steps whose gradients are added up, and rows that microbatches share unevenly.
  private static func accumulation(_ world: ProcessGroup) throws {
    let (x, y) = data
    let whole = net(.float64)
    (crossEntropy(whole(x[0..<7]), y[0..<7]) + crossEntropy(whole(x), y)).backward()
    let part = try splitIntoStages(net(.float64), count: world.size)[world.rank]
    let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
    let schedule = try Schedule1F1B(stage, microbatchCount: 5, loss: .mean { crossEntropy($0, $1) })
    try schedule.step(x[0..<7], target: y[0..<7], reducesGradients: false)
    try schedule.step(x, target: y)
    let gradients = Dictionary(uniqueKeysWithValues: whole.namedParameters().map { ($0.name, $0.tensor.grad) })
    for (name, parameter) in part.namedParameters() {
      #expect(close(parameter.grad ?? zeros(1), (gradients[name] ?? nil) ?? zeros(2), 1e-10), "\(name)")
    }
  }

  /// Stages with several tensors between them, of which some have no gradient, and inputs of their own.
  private static func severalTensors(_ world: ProcessGroup) throws {
    let layers = (0..<world.size).map { wave([4, 4], Double($0)) }
    func run(_ i: Int, _ weight: Tensor, _ tensors: [Tensor], _ scale: Tensor) -> [Tensor] {
      // The state, the count of stages, and the first input on its way to the end.
      [matmul(tensors[0], weight).tanh() * scale, tensors[1] + 1, tensors[2]]
    }
    final class Weight: Module {
      let weight: Tensor
      init(_ value: Tensor) { weight = parameter(value) }
    }
    let module = Weight(layers[world.rank])
    let stage = try PipelineStage(module, stageIndex: world.rank, stageCount: world.size) { inputs in
      run(world.rank, module.weight, inputs.tensors, inputs.extras["scale"] ?? ones(1))
    }
    let schedule = try ScheduleGPipe(
      stage, microbatchCount: 3,
      loss: .weighted(by: { Double($0[0].shape[0]) }) { outputs, targets in
        (outputs[0] * outputs[2] * targets[0]).mean() + outputs[1].to(.float64).mean()
      })
    let (x, counts, other) = (wave([6, 4], 1), Tensor.zeros([6, 1], dtype: .int64), wave([6, 4], 2))
    let (scale, target) = (wave([6, 1], 5), wave([6, 4], 4))
    let result = try schedule.step(
      [x, counts, other], extras: ["scale": scale], targets: [target], returnsOutputs: true)

    let weights = layers.map { Tensor($0, requiresGrad: true) }
    var y = [x, counts, other]
    for (i, weight) in weights.enumerated() { y = run(i, weight, y, scale) }
    let loss = (y[0] * y[2] * target).mean() + y[1].to(.float64).mean()
    loss.backward()
    #expect(close(module.weight.grad ?? zeros(1), weights[world.rank].grad ?? zeros(2), 1e-10))
    if world.rank == world.size - 1 {
      #expect(result.loss.map { close($0, loss, 1e-10) } ?? false)
      #expect(result.outputs.count == 3 && equal(result.outputs[1], y[1]) && close(result.outputs[0], y[0], 1e-10))
    }
  }

  /// What goes wrong on one rank is thrown on all, and the next step works.
  private static func failures(_ world: ProcessGroup) throws {
    let (x, y) = data
    let part = try splitIntoStages(net(.float64), count: world.size)[world.rank]
    let stage = try PipelineStage(part, stageIndex: world.rank, stageCount: world.size)
    let schedule = try Schedule1F1B(stage, microbatchCount: 4, loss: .mean { crossEntropy($0, $1) })
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    let wrong = message { try schedule.step(x[0..., 0..<5], target: y) }
    #expect(wrong.contains("in stage 0 of the pipeline"), "\(wrong)")
    let absent = message { try schedule.step(x) }
    #expect(absent.contains("the rank of the last stage gives no targets"), "\(absent)")
    let few = message { try schedule.step(world.rank == 0 ? x[0..<3] : x, target: y) }
    #expect(few.contains("4 microbatches need at least 4 rows"), "\(few)")
    for parameter in part.parameters() { parameter.grad = nil }
    if let loss = try schedule.step(x, target: y).loss { #expect(abs(loss.item() - losses[0]) < 1e-8) }
    // Orders that differ, and stages that are not there.
    let order = try PipelineOrder.gpipe(ranks: world.size, microbatches: world.rank + 1)
    let different = message { _ = try PipelineSchedule([stage], order: order) }
    #expect(different.contains("ranks 0 and 1 have different orders"), "\(different)")
    let second = try PipelineOrder.loopedBreadthFirst(ranks: world.size, stages: 2 * world.size, microbatches: 2)
    let missing = message { _ = try PipelineSchedule([stage], order: second) }
    #expect(missing.contains("and the order has \(2 * world.size) stages"), "\(missing)")
    #expect(message { _ = try PipelineStage(part, stageIndex: 9, stageCount: 3) }.contains("there is no stage 9"))
  }

  /// Two pipelines of two ranks beside each other, each with half of the batch.
  static func dataPipelines() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (x, y) = data
    let pipeline = try #require(try world.split(color: world.rank / 2))
    let replicas = try #require(try world.split(color: world.rank % 2))
    let half = world.rank / 2 == 0 ? 0..<6 : 6..<12
    let (expected, whole) = reference(.float64, x, y, steps: 50)
    for order in [
      try PipelineOrder.oneForwardOneBackward(ranks: 2, microbatches: 3),
      try .interleavedZeroBubble(ranks: 2, stages: 4, microbatches: 4),
    ] {
      let schedule = try PipelineSchedule(
        try stages(net(.float64), order, pipeline), order: order, loss: .mean { crossEntropy($0, $1) },
        dataGroup: replicas)
      let optimizer = SGD(schedule.parameters(), lr: 0.2, momentum: 0.9)
      for i in 0..<50 {
        optimizer.zeroGrad()
        let result = try schedule.step(x[half], target: y[half])
        optimizer.step()
        guard let own = result.loss else { continue }
        let loss = try replicas.allReduce(own, .mean).item()
        #expect(abs(loss - expected[i]) <= 1e-6 * expected[i])
      }
      let state = whole.stateDict()
      for stage in schedule.stages {
        for (name, tensor) in stage.module.stateDict() {
          #expect(state[name].map { close(tensor, $0, 1e-6) } ?? false, "\(name)")
        }
      }
    }
  }

  /// Language models against one process, with parameters in float64, for what rounding makes grows in these steps (norms and losses are in float32); of a tied head the table stays one.
  static func languagePipelines() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let numbers = (0..<48).map { (i: Int) -> Int64 in Int64((i * i + 3 * i) % 11) }
    let ids = Tensor(numbers).reshape([6, 8])
    // Padding at the end, of which microbatches have different parts.
    let isToken = (0..<48).map { (i: Int) -> Int64 in i % 8 < 8 - i / 8 % 4 ? 1 : 0 }
    let mask = Tensor(isToken).reshape([6, 8])
    let labels = where_(mask .== 1, ids, Tensor(Int64(-100)))
    for (name, make) in languageModels where name != "gpt_neox" {
      manualSeed(5)
      let model = try make()
      manualSeed(5)
      let divided = try make()
      for model in [model, divided] { model.to(.float64) }
      let split = try splitIntoStages(divided, count: world.size, by: .parameters)[world.rank]
      let stage = try PipelineStage(split, stageIndex: world.rank, stageCount: world.size)
      let schedule = try Schedule1F1B(stage, microbatchCount: 3, loss: .nextToken)
      let optimizers = (SGD(model.parameters(), lr: 0.01), SGD(schedule.parameters(), lr: 0.01))
      var inputs = ModelInputs()
      (inputs.inputIds, inputs.attentionMask, inputs.labels) = (ids, mask, labels)
      for i in 0..<50 {
        optimizers.0.zeroGrad()
        let loss = try #require(model.forward(inputs).loss)
        loss.backward()
        optimizers.0.step()
        optimizers.1.zeroGrad()
        let result = try schedule.step(ids, extras: ["attentionMask": mask], target: labels)
        optimizers.1.step()
        if let found = result.loss {
          #expect(abs(found.item() - loss.item()) <= 1e-4 * loss.item(), "\(name), step \(i)")
        }
      }
      let state = model.stateDict()
      for (name, tensor) in split.stateDict() {
        #expect(state[name].map { close(tensor, $0, 1e-3) } ?? false, "\(name)")
      }
      if let table = split.sharedParameters.first {
        let ends = try #require(try world.group(ranks: [0, world.size - 1]))
        let all = try ends.allGather(table.tensor.detach())
        #expect(equal(all[0], all[1]))
      } else if name == "gpt2", world.rank == 0 || world.rank == world.size - 1 {
        Issue.record("the table of gpt2 is shared")
      } else {
        _ = name == "gpt2" || name == "tied llama" ? try world.group(ranks: [0, world.size - 1]) : nil
      }
    }
  }

  /// Experts on several ranks against one process.
  static func experts() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    func expert(_ i: Int, _ dtype: DType) -> Sequential {
      let layers = [Linear(6, 10).double(), Linear(10, 6).double()]
      for (k, layer) in layers.enumerated() {
        noGrad { layer.weight.assign(wave(layer.weight.shape, Double(2 * i + k)) * 0.5) }
        noGrad { layer.bias.assign(wave(layer.bias.shape, Double(i)) * 0.1) }
        layer.to(dtype)
      }
      return Sequential(layers[0], Tanh(), layers[1])
    }
    func layer(_ gate: ExpertGate, _ capacity: Double?, _ chosen: Int, _ dtype: DType, _ group: ProcessGroup?) throws
      -> MixtureOfExperts
    {
      let layer = try MixtureOfExperts(
        features: 6, count: 8, chosen: chosen, gate: gate, capacityFactor: capacity, group: group
      ) { expert($0, dtype) }
      noGrad { layer.router.double().weight.assign(wave([8, 6], 7)) }
      layer.router.to(dtype)
      return layer
    }
    let settings: [(ExpertGate, Double?, Int, DType)] = [
      (.softmax(normalizes: true), nil, 2, .float64), (.softmax(normalizes: false), 1, 1, .float64),
      (.softmaxOfChosen, 0.75, 3, .float64), (.softmaxOfChosen, nil, 2, .float32),
    ]
    let (x, target) = (wave([16, 6], 1), wave([16, 6], 2))
    let own = (rank * 16 / size)..<((rank + 1) * 16 / size)
    for (gate, capacity, chosen, dtype) in settings {
      let tolerance = dtype == .float64 ? 1e-6 : 1e-4
      let whole = try layer(gate, capacity, chosen, dtype, nil)
      let part = try layer(gate, capacity, chosen, dtype, world)
      #expect(part.ownExperts == (rank * 8 / size)..<((rank + 1) * 8 / size))
      let optimizers = (SGD(whole.parameters(), lr: 0.1), SGD(part.parameters(), lr: 0.1))
      func loss(_ layer: MixtureOfExperts, _ rows: Range<Int>) -> (Tensor, Tensor) {
        let (x, target) = (Tensor(x[rows].to(dtype), requiresGrad: true), target[rows].to(dtype))
        let y = layer(x)
        let loss = mseLoss(y, target) + layer.losses.balance.to(dtype) * 0.01 + layer.losses.z.to(dtype) * 0.001
        return (loss, x)
      }
      for i in 0..<50 {
        optimizers.0.zeroGrad()
        let (expected, wholeInput) = loss(whole, 0..<16)
        expected.backward()
        optimizers.1.zeroGrad()
        let (found, input) = loss(part, own)
        found.backward()
        try reduceExpertGradients(of: part)
        let mean = try world.allReduce(found.detach(), .mean).item()
        #expect(abs(mean - expected.item()) <= tolerance * expected.item(), "\(gate), step \(i)")
        #expect(part.losses.dropped == whole.losses.dropped && part.losses.counts == whole.losses.counts)
        // The gradient of a rank's rows is that of the sum of the ranks' losses.
        if i == 0 {
          #expect(close((input.grad ?? zeros(1)) / Double(size), (wholeInput.grad ?? zeros(2))[own], tolerance))
          #expect((whole.losses.dropped > 0) == (capacity != nil))
        }
        optimizers.0.step()
        optimizers.1.step()
      }
      let state = whole.stateDict()
      for (name, tensor) in part.stateDict() {
        #expect(state[name].map { close(tensor, $0, 10 * tolerance) } ?? false, "\(name)")
      }
    }
  }
}

extension Cases {
  /// The experts of a published model on several ranks, each with its part of the batch, against one process.
  static func modelExperts() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    let make = try #require(languageModels.first { $0.name == "mixtral" }).make
    let numbers = (0..<32).map { (i: Int) -> Int64 in Int64((i * i + 3 * i) % 11) }
    let ids = Tensor(numbers).reshape([4, 8])
    manualSeed(5)
    let whole = try make()
    manualSeed(5)
    let model = try make()
    try divideExperts(of: model, group: world)
    #expect(model.parameters().count < whole.parameters().count)
    let optimizers = (SGD(whole.parameters(), lr: 0.5), SGD(model.parameters(), lr: 0.5))
    func loss(_ model: any PretrainedModel, _ rows: Range<Int>) throws -> Tensor {
      var inputs = ModelInputs()
      (inputs.inputIds, inputs.labels) = (ids[rows], ids[rows])
      return try #require(model.forward(inputs).loss)
    }
    for i in 0..<20 {
      optimizers.0.zeroGrad()
      let expected = try loss(whole, 0..<4)
      expected.backward()
      optimizers.0.step()
      optimizers.1.zeroGrad()
      let found = try loss(model, (rank * 4 / size)..<((rank + 1) * 4 / size))
      found.backward()
      try reduceExpertGradients(of: model)
      optimizers.1.step()
      let mean = try world.allReduce(found.detach(), .mean).item()
      #expect(abs(mean - expected.item()) <= 1e-4 * expected.item(), "step \(i)")
    }
    let state = whole.stateDict()
    for (name, tensor) in model.stateDict() {
      #expect(state[name].map { close(tensor, $0, 1e-3) } ?? false, "\(name)")
    }
    let plain = try #require(languageModels.first { $0.name == "llama" }).make()
    #expect(throws: TensorError.self) { try divideExperts(of: plain, group: world) }
  }
}

/// Pipelines and experts on several ranks.
@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct PipelineTests {
  private func expectSuccess(_ ended: Ended) {
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test(arguments: [2, 3, 4]) func schedulesEqualOneProcess(_ ranks: Int) throws {
    expectSuccess(try Launcher.all[ranks % Launcher.all.count].run("pipelines", ranks: ranks))
  }

  @Test func pipelinesBesideEachOther() throws {
    expectSuccess(try Launcher.all[0].run("data pipelines", ranks: 4))
  }

  @Test(arguments: [2, 3]) func languageModelsEqualOneProcess(_ ranks: Int) throws {
    expectSuccess(try Launcher.all[0].run("language pipelines", ranks: ranks))
  }

  @Test(arguments: [2, 4]) func expertsEqualOneProcess(_ ranks: Int) throws {
    expectSuccess(try Launcher.all[0].run("experts", ranks: ranks))
    expectSuccess(try Launcher.all[0].run("model experts", ranks: ranks))
  }
}
