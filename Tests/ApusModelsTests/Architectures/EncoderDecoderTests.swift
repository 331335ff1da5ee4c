import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import Testing

/// Models with two halves give the same token by token, with a cache, as all at once.
@Suite struct EncoderDecoderTests {
  private func configuration(_ values: [String: JSON]) -> ModelConfiguration {
    ModelConfiguration(values, path: "config.json")
  }

  private let ids = Tensor([[4, 9, 3, 7, 1], [8, 5, 1, 0, 0]], dtype: .int64)
  private let mask = Tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], dtype: .int64)
  private let said = Tensor([[0, 6, 11, 2], [0, 3, 8, 10]], dtype: .int64)

  private func check(_ model: some PretrainedModel, _ inputs: ModelInputs) throws {
    model.eval()
    var inputs = inputs
    inputs.decoderInputIds = said
    try withErrors {
      try noGrad {
        let whole = model(inputs)
        let logits = try #require(whole.logits)
        var step = inputs
        step.encoderOutput = whole.encoderLastHiddenState
        step.cache = model.makeCache()
        for i in 0..<said.size(1) {
          step.decoderInputIds = said.narrow(1, i, 1)
          let one = try #require(model(step).logits).select(1, 0)
          #expect((one - logits.select(1, i)).abs().max().item() < 1e-4)
          #expect(step.cache?.length == i + 1)
        }
        // Rows that change places: the next step is that of the other text.
        step.cache?.truncate(to: said.size(1) - 1)
        step.cache?.reorder([1, 0])
        step.decoderInputIds = said.narrow(1, said.size(1) - 1, 1).flip([0])
        step.attentionMask = inputs.attentionMask?.flip([0])
        let turned = try #require(model(step).logits).select(1, 0)
        #expect((turned.flip([0]) - logits.select(1, said.size(1) - 1)).abs().max().item() < 1e-4)
      }
    }
  }

  @Test func t5() throws {
    let model = try T5ForConditionalGeneration(
      configuration([
        "d_model": .int(16), "d_kv": .int(4), "d_ff": .int(24), "num_layers": .int(2), "num_heads": .int(4),
        "vocab_size": .int(12), "relative_attention_num_buckets": .int(8), "relative_attention_max_distance": .int(10),
        "feed_forward_proj": .string("gated-gelu"),
      ]))
    var inputs = ModelInputs()
    (inputs.inputIds, inputs.attentionMask) = (ids, mask)
    try check(model, inputs)
  }

  @Test func bart() throws {
    let model = try BartForConditionalGeneration(
      configuration([
        "d_model": .int(16), "encoder_layers": .int(2), "decoder_layers": .int(2), "encoder_attention_heads": .int(4),
        "decoder_attention_heads": .int(2), "encoder_ffn_dim": .int(24), "decoder_ffn_dim": .int(20),
        "vocab_size": .int(12), "max_position_embeddings": .int(16),
      ]))
    var inputs = ModelInputs()
    (inputs.inputIds, inputs.attentionMask) = (ids, mask)
    try check(model, inputs)
  }

  @Test func whisper() throws {
    let model = try WhisperForConditionalGeneration(
      configuration([
        "d_model": .int(16), "encoder_layers": .int(1), "decoder_layers": .int(2), "encoder_attention_heads": .int(4),
        "decoder_attention_heads": .int(2), "encoder_ffn_dim": .int(24), "decoder_ffn_dim": .int(20),
        "vocab_size": .int(12), "num_mel_bins": .int(5), "max_source_positions": .int(6),
        "max_target_positions": .int(8),
        "pad_token_id": .int(0), "decoder_start_token_id": .int(0),
      ]))
    var inputs = ModelInputs()
    inputs.inputFeatures = randn(2, 5, 12)
    try check(model, inputs)
  }

  @Test func headsMustShareOutTheWidth() {
    #expect(throws: TensorError.self) {
      try BartModel(configuration(["d_model": .int(10), "encoder_attention_heads": .int(4)]))
    }
    #expect(throws: TensorError.self) { try BertModel(configuration(["hidden_size": .int(1 << 30)])) }
    #expect(throws: TensorError.self) {
      try T5Model(configuration(["feed_forward_proj": .string("gated-nonsense")]))
    }
  }
}
