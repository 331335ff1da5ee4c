import ApusCore
import ApusNN
import ApusNumerics
import ApusOptim
import ApusSpelling
import ApusFormats
import ApusFunctional
import ApusModels
import Testing

/// Scores of tokens without the scores of all tokens, adapters added in place, layers computed again: all are what the plain way gives.
@Suite struct TokenScoringTests {
  private func model(_ changes: [String: JSON] = [:]) throws -> any TokenScoringModel {
    var values: [String: JSON] = [
      "architectures": .array([.string("LlamaForCausalLM")]), "model_type": .string("llama"), "vocab_size": .int(96),
      "hidden_size": .int(32), "intermediate_size": .int(64), "num_hidden_layers": .int(3),
      "num_attention_heads": .int(4), "num_key_value_heads": .int(2), "tie_word_embeddings": .bool(true),
    ]
    for (name, value) in changes { values[name] = value }
    manualSeed(3)
    let made = try AutoModel.make(ModelConfiguration(values, path: "test"), head: .causalLM)
    return try #require(made as? any TokenScoringModel)
  }

  private var inputs: ModelInputs {
    var inputs = ModelInputs()
    manualSeed(5)
    inputs.inputIds = randint(0, 96, [2, 12])
    var labels = inputs.inputIds! * 1
    labels[0, 3] = Tensor(-100)
    inputs.labels = labels
    return inputs
  }

  private func isClose(_ a: Tensor?, _ b: Tensor?, _ tolerance: Float = 1e-5) -> Bool {
    guard let a, let b, a.shape == b.shape else { return false }
    return (a - b).abs().max().item() <= tolerance * max(1e-3, b.abs().max().item())
  }

  private func gradients(_ model: any PretrainedModel, _ loss: Tensor) -> [Tensor?] {
    model.zeroGrad()
    loss.backward()
    return model.parameters().map { $0.grad.map { $0 * 1 } }
  }

  @Test(arguments: [(7, 5, 3), (40, 16, 5000)]) func chosenLogarithmsAreThoseOfSoftmax(_ sizes: (Int, Int, Int)) {
    let (n, features, classes) = sizes
    manualSeed(1)
    let x = randn([n, features]).requiresGrad_(true)
    let weight = randn([classes, features]).requiresGrad_(true)
    var targets = randint(0, classes, [n])
    targets[0] = Tensor(-100)
    let g = randn([n])
    let fused = linearLogProbabilities(x, weight, targets)
    (fused * g).sum().backward()
    let (dx, dw) = (x.grad! * 1, weight.grad! * 1)
    x.grad = nil
    weight.grad = nil
    let all = logSoftmax(linear(x, weight), dim: 1)
    let chosen = all.gather(1, targets.clamp(min: 0).unsqueeze(1)).squeeze([1]) * targets.ne(-100).to(.float32)
    (chosen * g).sum().backward()
    #expect(isClose(fused, chosen))
    #expect(isClose(dx, x.grad))
    #expect(isClose(dw, weight.grad))
  }

  @Test func targetsThatAreNoClassesAreNamed() {
    let complaint = { (targets: [Int]) -> String in
      do {
        _ = try withErrors { linearLogProbabilities(randn([2, 3]), randn([4, 3]), Tensor(targets, dtype: .int64)) }
        return ""
      } catch { return "\(error)" }
    }
    #expect(complaint([0, 4]).contains("targets lie from 0 to 3 or are -100, and found 4"))
    #expect(complaint([0]).contains("needs integer targets [2]"))
  }

  @Test(arguments: [false, true]) func theLossAloneHasTheGradientsOfTheLossWithScores(_ isCapped: Bool) throws {
    let model =
      isCapped
      ? try self.model([
        "architectures": .array([.string("Gemma2ForCausalLM")]), "model_type": .string("gemma2"), "head_dim": .int(8),
        "final_logit_softcapping": .double(3),
      ]) : try self.model()
    let plain = try #require(model(inputs).loss)
    let wanted = gradients(model, plain)
    var alone = inputs
    alone.omitsLogits = true
    let output = model(alone)
    #expect(output.logits == nil && isClose(output.loss, plain))
    for (found, wanted) in zip(gradients(model, output.loss!), wanted) { #expect(isClose(found, wanted, 2e-5)) }
    // Of weights that are kept in blocks as well.
    if !isCapped {
      try quantize(model, as: .blocks(.q8_0))
      let loss = try #require(model(inputs).loss)
      #expect(isClose(model(alone).loss, loss, 1e-4))
    }
  }

  @Test func layersThatAreComputedAgainHaveTheSameGradients() throws {
    let model = try model()
    let wanted = gradients(model, model(inputs).loss!)
    var again = inputs
    again.recomputesLayer = { $0 != 1 }
    for (found, wanted) in zip(gradients(model, model(again).loss!), wanted) { #expect(isClose(found, wanted, 1e-6)) }
  }

  @Test(arguments: [false, true]) func adaptersInPlaceAreThoseBesides(_ hasBias: Bool) throws {
    let model = try model(["attention_bias": .bool(hasBias)])
    var configuration = LoraConfiguration()
    (configuration.targets, configuration.rank, configuration.alpha) = (.allLinear, 3, 5)
    let adapter = try LoraAdapter(on: model, configuration)
    noGrad { for (_, tensor) in adapter.parameters { tensor.copy_(randn(tensor.shape) * 0.3) } }
    let whole = model(inputs).loss!
    let projection = try #require(model.namedModules().first { $0.name.hasSuffix("q_proj") }?.module as? Projection)
    let lora = try #require(projection.adapter as? LoraLinear)
    let x = randn([2, 5, 32]).requiresGrad_(true)
    let g = randn([2, 5, 32])
    func gradients(_ result: Tensor) -> [Tensor] {
      for tensor in [x, lora.loraA, lora.loraB] { tensor.grad = nil }
      (result * g).sum().backward()
      return [x, lora.loraA, lora.loraB].map { $0.grad! * 1 }
    }
    let besides = projection.plain(x) + matmul(matmul(x, lora.loraA.mT), lora.loraB.mT) * lora.scale
    #expect(isClose(projection(x), besides))
    for (found, wanted) in zip(gradients(projection(x)), gradients(besides)) { #expect(isClose(found, wanted)) }
    adapter.merge()
    #expect(isClose(model(inputs).loss, whole))
    adapter.unmerge()
    #expect(isClose(model(inputs).loss, whole, 0))
  }

  @Test func weightsTrainedForFewBitsLoseNothingWhenTheyGetThem() throws {
    let model = try model()
    #expect(try QuantizationAware.put(on: model, as: .blocks(.q4_0)) == 21)
    let seen = model(inputs).logits!
    let loss = model(inputs).loss!
    loss.backward()
    let trained = model.namedParameters().filter { $0.name.hasSuffix("q_proj.weight") }
    #expect(trained.allSatisfy { $0.tensor.grad != nil })
    QuantizationAware.remove(from: model)
    #expect(!isClose(model(inputs).logits, seen, 1e-3))
    try quantize(model, as: .blocks(.q4_0))
    // The table of tokens alone is in 8 bits, and products of blocks differ by their activations.
    #expect(isClose(model(inputs).logits, seen, 3e-2))
  }
}
