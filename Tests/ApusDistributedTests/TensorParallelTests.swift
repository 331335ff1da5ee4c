import Apus
import ApusDistributed
import Foundation
import Testing

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct TensorParallelTests {
  @Test(arguments: [2, 3, 4]) func layersDivided(_ ranks: Int) throws {
    let ended = try #require(Launcher.all.first).run("layers divided", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test(arguments: [2, 3, 4]) func modelsDivided(_ ranks: Int) throws {
    let ended = try #require(Launcher.all.first).run("models divided", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

/// A network with a table, a norm, two layers that share their middle, and a head; its numbers are those of a formula.
final class TableNetwork: Layer {
  let table = Embedding(numEmbeddings: 10, embeddingDim: 6, dtype: .float64)
  let norm = LayerNorm(normalizedShape: 6, dtype: .float64)
  let up = Linear(inFeatures: 6, outFeatures: 8, dtype: .float64)
  let down = Linear(inFeatures: 8, outFeatures: 6, dtype: .float64)
  let head = Linear(inFeatures: 6, outFeatures: 10, bias: false, dtype: .float64)

  init() {
    func numbers(_ tensor: Tensor, _ step: Double, _ scale: Double) {
      var variable = tensor
      let values = (0..<tensor.count).map { sin(Double($0) * step) * scale }
      noGrad { variable.assign(Tensor(values, dtype: .float64).reshape(tensor.shape)) }
    }
    numbers(table.weight, 0.37, 1)
    numbers(up.weight, 0.73, 0.5)
    numbers(up.bias, 0.53, 0.1)
    numbers(down.weight, 0.41, 0.5)
    numbers(down.bias, 0.31, 0.1)
    numbers(head.weight, 0.59, 0.5)
  }

  func forward(_ x: Tensor) -> Tensor {
    let x = table(x)
    return head(x + down(up(norm(x)).gelu()))
  }
}

extension Cases {
  static func isNear(_ a: Tensor, _ b: Tensor, _ tolerance: Double) -> Bool {
    a.shape == b.shape
      && (a.to(.float64) - b.to(.float64)).abs().max().item() <= tolerance * max(1e-3, b.abs().max().item())
  }

  /// Layers of the library, against one process and PyTorch's `parallelize_module`.
  static func layersDivided() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    try losses(world)
    try compiled(world)
    try encoder(world)
    try randomNumbers(world)
    try plansThatDoNotFit(world)
  }

  /// 50 steps against one process, and against PyTorch on two processes (2.15, gloo, `parallelize_module`).
  private static func losses(_ world: ProcessGroup) throws {
    let x = (arange(12, dtype: .int64) * 7).remainder(10).reshape([2, 6])
    let y = (arange(12, dtype: .int64) * 3 + 1).remainder(10)
    let (alone, divided) = (TableNetwork(), TableNetwork())
    let shared = try parallelize(
      divided, group: world,
      plan: [
        "table": .rowwise, "up": .columnwise, "down": .rowwise, "head": .columnwise(output: .replicate),
      ])
    #expect(divided.up.weight.shape[0] < 8 && divided.down.weight.shape[1] == divided.up.weight.shape[0])
    let optimizers = [AdamW(alone.parameters(), lr: 0.01), AdamW(divided.parameters(), lr: 0.01)]
    let recorded = [
      0: 2.9089730230293562, 1: 2.765111975615613, 9: 1.94659075722811, 24: 1.094132464323884, 49: 0.3383387721530304,
    ]
    for step in 0..<50 {
      var found: [Double] = []
      for (model, optimizer) in zip([alone, divided], optimizers) {
        optimizer.zeroGrad()
        let loss = crossEntropy(model(x).reshape([-1, 10]), y)
        loss.backward()
        found.append(loss.item())
        if step == 3 {
          let norm =
            try model === alone
            ? clipGradNorm(model.parameters(), maxNorm: 1e3) : shared.clipGradNorm(maxNorm: 1e3)
          found.append(norm.item())
        }
        optimizer.step()
      }
      let half = found.count / 2
      for i in 0..<half { #expect(abs(found[i] - found[half + i]) <= 1e-6 * found[i], "step \(step): \(found)") }
      if let expected = recorded[step] {
        #expect(abs(found[half] - expected) < 1e-6 * expected, "PyTorch, step \(step)")
      }
    }
    // All of it again, as one process has it.
    let (whole, expected) = (try shared.fullStateDict(), alone.stateDict())
    #expect(whole.names == expected.names)
    for (name, tensor) in expected { #expect(isNear(try #require(whole[name]), tensor, 1e-6), "\(name)") }
    try shared.loadFullStateDict(TableNetwork().stateDict())
    #expect(isNear(try shared.fullStateDict()["up.weight"]!, TableNetwork().up.weight.detach(), 0))
    // Scores that stay divided.
    let scores = TableNetwork()
    try parallelize(scores, group: world, plan: ["head": .columnwise])
    let logits = scores(x).reshape([12, -1])
    let sizes = try world.allGatherObject(logits.size(-1))
    let found = VocabularyParallel.crossEntropy(logits, y, group: world, sizes: sizes).mean()
    found.backward()
    let one = TableNetwork()
    let loss = crossEntropy(one(x).reshape([-1, 10]), y)
    loss.backward()
    #expect(abs(found.item() - loss.item()) < 1e-12)
    #expect(isNear(try #require(scores.table.weight.grad), try #require(one.table.weight.grad), 1e-10))
  }

  /// A compiled step of a divided model has the losses of one process.
  private static func compiled(_ world: ProcessGroup) throws {
    let x = (arange(12, dtype: .int64) * 7).remainder(10).reshape([2, 6])
    let y = (arange(12, dtype: .int64) * 3 + 1).remainder(10)
    let (alone, divided) = (TableNetwork(), TableNetwork())
    try parallelize(
      divided, group: world,
      plan: ["table": .rowwise, "up": .columnwise, "down": .rowwise, "head": .columnwise(output: .replicate)])
    let pass = compile { (x: Tensor, y: Tensor) in
      let loss = crossEntropy(divided(x).reshape([-1, 10]), y)
      loss.backward()
      return loss
    }
    let optimizers = [AdamW(alone.parameters(), lr: 0.01), AdamW(divided.parameters(), lr: 0.01)]
    for step in 0..<5 {
      for optimizer in optimizers { optimizer.zeroGrad() }
      let expected = crossEntropy(alone(x).reshape([-1, 10]), y)
      expected.backward()
      let found = pass(x, y)
      #expect(abs(found.item() - expected.item()) <= 1e-6 * expected.item(), "compiled, step \(step)")
      for optimizer in optimizers { optimizer.step() }
    }
    #expect(pass.explain().contains("runs eagerly: a module has hooks"), "\(pass.explain())")
  }

  /// Layers of ``TransformerEncoder``; four heads among three processes are two, one and one.
  private static func encoder(_ world: ProcessGroup) throws {
    func make() -> TransformerEncoderLayer {
      manualSeed(7)
      return TransformerEncoderLayer(
        dModel: 16, nhead: 4, dimFeedforward: 20, dropout: 0, batchFirst: true, dtype: .float64)
    }
    let (alone, divided) = (make(), make())
    let shared = try parallelize(divided, group: world)
    #expect(divided.selfAttn.inProjWeight.shape[0] < 48 && divided.linear1.weight.shape[0] < 20)
    let x = randn(2, 5, 16, dtype: .float64)
    let inputs = [x.clone().requiresGrad_(), x.clone().requiresGrad_()]
    let results = zip([alone, divided], inputs).map { $0($1) }
    #expect(isNear(results[1], results[0], 1e-12))
    for result in results { (result * x.cos()).sum().backward() }
    #expect(isNear(try #require(inputs[1].grad), try #require(inputs[0].grad), 1e-11))
    let gradients = try shared.fullGradients()
    for (name, parameter) in alone.namedParameters() {
      #expect(isNear(try #require(gradients[name]), try #require(parameter.grad), 1e-11), "\(name)")
    }
  }

  /// Dropout agrees on what all have, and differs on what is divided.
  private static func randomNumbers(_ world: ProcessGroup) throws {
    final class Dropping: Layer {
      let up = Linear(inFeatures: 4, outFeatures: 4 * 64)
      let inner = Dropout(p: 0.5)
      let down = Linear(inFeatures: 4 * 64, outFeatures: 64)
      let outer = Dropout(p: 0.5)
      let seen = Changeable<Tensor?>(nil)
      func forward(_ x: Tensor) -> Tensor {
        let middle = inner(up(x) * 0 + 1)
        seen.value = middle
        return outer(down(middle) * 0 + 1)
      }
    }
    manualSeed(11)
    let model = Dropping()
    try parallelize(model, group: world, plan: ["up": .columnwise, "down": .rowwise])
    for _ in 0..<2 {
      let result = model(ones(1, 4))
      let all = try world.allGather(result.detach())
      #expect(all.allSatisfy { equal($0, all[0]) })
      let middle = try #require(model.seen.value).detach().narrow(1, 0, 64).contiguous()
      let parts = try world.allGather(middle)
      #expect(!equal(parts[0], parts[1]))
    }
  }

  private static func plansThatDoNotFit(_ world: ProcessGroup) throws {
    func message(_ plan: ParallelPlan, _ model: some Module) -> String {
      do throws(TensorError) {
        try parallelize(model, group: world, plan: plan)
        return ""
      } catch { return "\(error)" }
    }
    let model = TableNetwork()
    #expect(message(["middle": .columnwise], model).contains("no layer of TableNetwork has a name that fits 'middle'"))
    #expect(message(["norm": .columnwise], model).contains("'norm' is a LayerNorm"))
    #expect(message(["up": .columnwise(units: 3)], model).contains("8 features are not 3 units"))
    #expect(message(["up": .columnwise(units: 1)], model).contains("cannot be divided among"))
    #expect(message(["up": .rowwise(output: .shard(0))], model).contains("and the plan says"))
    #expect(model.up.weight.shape == [8, 6])
  }

  private static func configuration(_ type: String, _ changes: [String: JSON] = [:]) -> ModelConfiguration {
    var values: [String: JSON] = [
      "model_type": .string(type), "vocab_size": .int(37), "hidden_size": .int(32), "intermediate_size": .int(44),
      "num_hidden_layers": .int(2), "num_attention_heads": .int(8), "num_key_value_heads": .int(4),
      "max_position_embeddings": .int(64), "hidden_dropout_prob": .int(0), "attention_probs_dropout_prob": .int(0),
      "resid_pdrop": .int(0), "embd_pdrop": .int(0), "attn_pdrop": .int(0), "use_cache": .bool(false),
    ]
    for (name, value) in changes { values[name] = value }
    return ModelConfiguration(values, path: "config.json")
  }

  /// Published models: 50 steps of a Llama on the processes, on a mesh with data parallelism, with divided positions; other families a
  /// few steps; generation.
  static func modelsDivided() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    manualSeed(5)
    let tokens = randint(0, 37, [4, 9])
    let llama = { () throws in try CausalLanguageModel<LlamaModel>(configuration("llama")) }
    if world.size == 4 {
      let mesh = try DeviceMesh([2, 2], names: ["data", "tensor"])
      try train(try mesh["tensor"].group, data: try mesh.group("data"), tokens, .float64, 1e-6, steps: 50, llama)
    }
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 50, llama)
    try train(world, data: nil, tokens, .float32, 1e-4, steps: 50, isSequenceParallel: true, llama)
    let tied = { () throws in
      try CausalLanguageModel<Qwen3Model>(
        configuration("qwen3", ["tie_word_embeddings": .bool(true), "head_dim": .int(4), "pad_token_id": .int(30)]))
    }
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 3, tied)
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 3, isSequenceParallel: true, tied)
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 3) {
      try CausalLanguageModel<Phi3Model>(configuration("phi3", ["pad_token_id": .int(0)]))
    }
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 3) {
      try CausalLanguageModel<GPTNeoXModel>(configuration("gpt_neox", ["rotary_pct": .double(0.5)]))
    }
    try train(world, data: nil, tokens, .float64, 1e-6, steps: 3) {
      try CausalLanguageModel<GPT2Model>(
        configuration("gpt2", ["n_embd": .int(32), "n_head": .int(8), "n_layer": .int(2), "n_positions": .int(64)]))
    }
    try bert(world, tokens)
    try generation(world)
  }

  private static func train<Model: PretrainedModel>(
    _ group: ProcessGroup, data: ProcessGroup?, _ tokens: Tensor, _ dtype: DType, _ tolerance: Double, steps: Int,
    isSequenceParallel: Bool = false, _ make: () throws -> Model
  ) throws {
    func seeded() throws -> Model {
      manualSeed(9)
      let model = try make()
      // Larger numbers than those of a fresh model, so that mistakes show.
      for parameter in model.parameters() where parameter.rank > 1 {
        var variable = parameter
        noGrad { variable.assign(parameter * 4) }
      }
      model.to(dtype)
      return model
    }
    let (alone, divided) = (try seeded(), try seeded())
    let plan = try ParallelPlan(for: divided, sequenceParallel: isSequenceParallel)
    let shared = try parallelize(divided, group: group, plan: plan)
    let optimizers = [AdamW(alone.parameters(), lr: 2e-3), AdamW(divided.parameters(), lr: 2e-3)]
    let rows = data.map { 4 / $0.size } ?? 4
    let own = tokens.narrow(0, (data?.rank ?? 0) * rows, rows)
    func loss(_ model: Model, _ tokens: Tensor) throws -> Tensor {
      var inputs = ModelInputs()
      inputs.inputIds = tokens
      let logits = try #require(model.forward(inputs).logits)
      let length = tokens.size(1)
      return crossEntropy(
        logits.narrow(1, 0, length - 1).reshape([-1, logits.size(-1)]), tokens.narrow(1, 1, length - 1).reshape([-1]))
    }
    for step in 0..<steps {
      for optimizer in optimizers { optimizer.zeroGrad() }
      let expected = try loss(alone, tokens)
      expected.backward()
      let found = try loss(divided, own)
      found.backward()
      var value = found.detach()
      if let data {
        for parameter in divided.parameters() {
          if let gradient = parameter.grad { parameter.grad = try data.allReduce(gradient, .mean) }
        }
        value = try data.allReduce(value, .mean)
      }
      let difference = abs(value.item() - expected.item()) / expected.item()
      #expect(difference <= tolerance, "\(Model.typeName), step \(step): \(value.item()) for \(expected.item())")
      if step == 0 {
        let gradients = try shared.fullGradients()
        for (name, parameter) in alone.namedParameters() {
          guard let expected = parameter.grad else { continue }
          let found = try #require(gradients[name])
          #expect(isNear(found, expected, dtype == .float64 ? 1e-5 : 1e-3), "gradient of \(name) of \(Model.typeName)")
        }
      }
      for optimizer in optimizers { optimizer.step() }
    }
    let (whole, one) = (try shared.fullStateDict(), alone.stateDict())
    #expect(whole.names == one.names && zip(whole, one).allSatisfy { $0.tensor.shape == $1.tensor.shape })
    // What a process keeps: its part of nearly all.
    let (kept, all) = (divided.parameters().reduce(0) { $0 + $1.count }, alone.parameters().reduce(0) { $0 + $1.count })
    #expect(Double(kept) < Double(all) * (1 / Double(group.size) + 0.15), "\(kept) of \(all) numbers")
  }

  private static func bert(_ world: ProcessGroup, _ tokens: Tensor) throws {
    func make() throws -> BertModel {
      manualSeed(9)
      let model = try BertModel(configuration("bert"), isPooled: true)
      model.to(.float64)
      return model
    }
    let (alone, divided) = (try make(), try make())
    let shared = try parallelize(divided, group: world)
    var inputs = ModelInputs()
    inputs.inputIds = tokens
    for model in [alone, divided] {
      try #require(model.forward(inputs).poolerOutput).square().sum().backward()
    }
    let gradients = try shared.fullGradients()
    for (name, parameter) in alone.namedParameters() {
      guard let expected = parameter.grad else { continue }
      #expect(isNear(try #require(gradients[name]), expected, 1e-5), "gradient of \(name) of BERT")
    }
  }

  private static func generation(_ world: ProcessGroup) throws {
    func make() throws -> CausalLanguageModel<LlamaModel> {
      manualSeed(13)
      let model = try CausalLanguageModel<LlamaModel>(configuration("llama", ["use_cache": .bool(true)]))
      model.eval()
      return model
    }
    let (alone, divided) = (try make(), try make())
    try parallelize(divided, group: world)
    var options = GenerationConfiguration(maxNewTokens: 12)
    #expect(try divided.generate([3, 1, 4], options) == alone.generate([3, 1, 4], options))
    options.doSample = true
    manualSeed(1)
    let expected = try alone.generate([3, 1, 4], options)
    manualSeed(1)
    #expect(try divided.generate([3, 1, 4], options) == expected)
  }
}
