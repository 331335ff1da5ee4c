import Apus
import ApusDistributed
import ApusFormats
import ApusModels
import Foundation
import Testing

// Plans of tensor parallelism for encoders, models of two halves and of pictures, against one process.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct ModelPlanTests {
  @Test(arguments: [2, 4]) func modelsDividedEqualOneProcess(_ ranks: Int) throws {
    let ended = try Launcher.all[0].run("plans of models", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  private static func configuration(_ type: String, _ changes: [String: JSON]) -> ModelConfiguration {
    var values: [String: JSON] = [
      "model_type": .string(type), "vocab_size": .int(29), "hidden_size": .int(16), "intermediate_size": .int(24),
      "num_hidden_layers": .int(2), "num_attention_heads": .int(4), "max_position_embeddings": .int(40),
      "hidden_dropout_prob": .int(0), "attention_probs_dropout_prob": .int(0), "dropout": .int(0),
      "attention_dropout": .int(0), "dropout_rate": .int(0), "d_model": .int(16), "encoder_layers": .int(2),
      "decoder_layers": .int(2), "encoder_attention_heads": .int(4), "decoder_attention_heads": .int(4),
      "encoder_ffn_dim": .int(24), "decoder_ffn_dim": .int(20), "pad_token_id": .int(1),
    ]
    for (name, value) in changes { values[name] = value }
    return ModelConfiguration(values, path: "config.json")
  }

  /// A few steps of a model on the processes of a group and of the same model alone.
  private static func compare<Model: PretrainedModel>(
    _ group: ProcessGroup, _ inputs: ModelInputs, steps: Int = 6, _ make: () throws -> Model
  ) throws {
    func seeded() throws -> Model {
      manualSeed(9)
      let model = try make()
      for parameter in model.parameters() where parameter.rank > 1 {
        var variable = parameter
        noGrad { variable.assign(parameter * 3) }
      }
      model.to(.float64)
      return model
    }
    func loss(_ model: Model) throws -> Tensor {
      let output = model(inputs)
      return try #require(output.logits ?? output.poolerOutput ?? output.lastHiddenState).square().mean()
    }
    let (alone, divided) = (try seeded(), try seeded())
    let shared = try parallelize(divided, group: group)
    let optimizers = [AdamW(alone.parameters(), lr: 2e-3), AdamW(divided.parameters(), lr: 2e-3)]
    for step in 0..<steps {
      for optimizer in optimizers { optimizer.zeroGrad() }
      let (expected, found) = (try loss(alone), try loss(divided))
      expected.backward()
      found.backward()
      let difference = abs(found.item() - expected.item()) / expected.item()
      #expect(difference <= 1e-6, "\(Model.typeName), step \(step): \(found.item()) for \(expected.item())")
      if step == 0 {
        let gradients = try shared.fullGradients()
        for (name, parameter) in alone.namedParameters() {
          guard let expected = parameter.grad else { continue }
          let found = try #require(gradients[name], "gradient of \(name) of \(Model.typeName)")
          #expect(isNear(found, expected, 1e-5), "gradient of \(name) of \(Model.typeName)")
        }
      }
      let norms = [
        clipGradNorm(alone.parameters(), maxNorm: 1).to(.float64).item(), try shared.clipGradNorm(maxNorm: 1).item(),
      ]
      #expect(abs(norms[0] - norms[1]) <= 1e-5 * norms[0], "norm of \(Model.typeName): \(norms)")
      for optimizer in optimizers { optimizer.step() }
    }
    let (whole, one) = (try shared.fullStateDict(), alone.stateDict())
    #expect(whole.names == one.names && zip(whole, one).allSatisfy { $0.tensor.shape == $1.tensor.shape })
    let (kept, all) = (divided.parameters().reduce(0) { $0 + $1.count }, alone.parameters().reduce(0) { $0 + $1.count })
    #expect(
      Double(kept) < Double(all) * (1 / Double(group.size) + 0.35), "\(Model.typeName): \(kept) of \(all) numbers")
  }

  static func plansOfModels() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let ids = Tensor((0..<21).map { (i: Int) -> Int64 in Int64((i * i + 5 * i) % 27 + 2) }).reshape([3, 7])
    let mask = Tensor((0..<21).map { (i: Int) -> Int64 in i % 7 < 7 - i / 7 ? 1 : 0 }).reshape([3, 7])
    var text = ModelInputs()
    (text.inputIds, text.attentionMask) = (ids, mask)
    var both = text
    both.decoderInputIds = ids.narrow(1, 0, 5)
    let t5: [String: JSON] = [
      "d_kv": .int(4), "d_ff": .int(24), "num_layers": .int(2), "num_heads": .int(4), "pad_token_id": .int(0),
    ]
    try compare(world, both) { try T5ForConditionalGeneration(configuration("t5", t5)) }
    try compare(world, both) {
      try T5ForConditionalGeneration(
        configuration("t5", t5.merging(["feed_forward_proj": .string("gated-gelu")]) { $1 }))
    }
    try compare(world, both) { try BartForConditionalGeneration(configuration("bart", [:])) }
    var sound = ModelInputs()
    sound.inputFeatures = wave([2, 6, 20], 1).to(.float64)
    sound.decoderInputIds = ids.narrow(0, 0, 2)
    try compare(world, sound) {
      try WhisperForConditionalGeneration(
        configuration(
          "whisper",
          ["num_mel_bins": .int(6), "max_source_positions": .int(10), "max_target_positions": .int(12)]))
    }
    var pictures = ModelInputs()
    pictures.pixelValues = wave([2, 3, 8, 8], 2).to(.float64)
    try compare(world, pictures) {
      try ViTForImageClassification(
        configuration("vit", ["image_size": .int(8), "patch_size": .int(4), "num_labels": .int(3)]))
    }
    try compare(world, text) { try BertModel(configuration("bert", ["type_vocab_size": .int(2)]), isPooled: true) }
    try compare(world, text) {
      try RobertaModel(configuration("roberta", ["type_vocab_size": .int(1)]), isPooled: true)
    }
    let bart = try BartForConditionalGeneration(configuration("bart", [:]))
    #expect(throws: TensorError.self) { try ParallelPlan(for: bart, lossParallel: true) }
    try destroyProcessGroup()
  }
}
