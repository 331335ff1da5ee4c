import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import Foundation
import Testing

/// Small models of pictures with weights by a formula, `0.3 sin(0.7 i + t)` for element `i` of the `t`-th weight in alphabetical
/// order, against what `transformers` 5.24 computes with the same.
@Suite struct VisionModelTests {
  private func configuration(_ text: String) throws -> ModelConfiguration {
    guard case .object(let values) = try JSON(parsing: Data(text.utf8)) else {
      throw JSON.SyntaxError(description: text)
    }
    return ModelConfiguration(values, path: "config.json")
  }

  private func filled(_ shape: [Int], _ element: (Double) -> Double) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { Float(element(Double($0))) }).reshape(shape)
  }

  private func made<Model: PretrainedModel>(_ type: Model.Type, _ text: String) throws -> Model {
    let model = try type.init(configuration(text))
    let weights = (model.namedParameters() + model.namedBuffers())
      .filter { !$0.name.hasSuffix("num_batches_tracked") }.sorted { $0.name < $1.name }
    for (t, (name, tensor)) in weights.enumerated() {
      let offset = name.hasSuffix("running_var") ? 1.0 : 0
      var tensor = tensor
      let numbers = filled(tensor.shape) { offset + 0.3 * sin(0.7 * $0 + Double(t)) }
      noGrad { tensor.assign(numbers) }
    }
    return model.eval()
  }

  private func picture(_ shape: Int...) -> ModelInputs {
    var inputs = ModelInputs()
    inputs.pixelValues = filled(shape) { cos(0.1 * $0) }
    return inputs
  }

  private func expect(_ got: Tensor?, _ want: [Float], _ comment: Comment? = nil) {
    let numbers = got.map { Array($0.detach().reshape(-1).array().prefix(want.count)) } ?? []
    #expect(numbers.count == want.count, comment)
    for (a, b) in zip(numbers, want) { #expect(abs(a - b) < 2e-4 * max(1, abs(b)), comment) }
  }

  private let tiny =
    #""hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":12,"num_labels":3"#

  @Test func vit() throws {
    let model = try made(
      ViTForImageClassification.self,
      #"""
      {\#(tiny),"image_size":8,"patch_size":4}
      """#)
    let inputs = picture(1, 3, 8, 8)
    expect(noGrad { model(inputs).logits }, [-0.19758, -0.12203, 0.00415])
  }

  @Test func vitOfAnotherSize() throws {
    let model = try made(
      ViTForImageClassification.self,
      #"""
      {\#(tiny),"image_size":8,"patch_size":4}
      """#)
    var inputs = picture(1, 3, 16, 12)
    inputs.interpolatePosEncoding = true
    expect(noGrad { model(inputs).logits }, [-0.19747, -0.12188, 0.00427])
  }

  @Test func deit() throws {
    let model = try made(
      DeiTForImageClassificationWithTeacher.self,
      #"""
      {\#(tiny),"image_size":8,"patch_size":4}
      """#)
    let inputs = picture(1, 3, 8, 8)
    expect(noGrad { model(inputs).logits }, [-0.41783, -0.16296, 0.16126])
  }

  @Test func dinov2() throws {
    let model = try made(
      Dinov2ForImageClassification.self,
      #"""
      {\#(tiny),"mlp_ratio":2,"use_swiglu_ffn":true,"image_size":8,"patch_size":4}
      """#)
    let inputs = picture(1, 3, 8, 8)
    expect(noGrad { model(inputs).logits }, [0.57846, 0.75057, -0.05656])
  }

  @Test func dinov2WithRegisters() throws {
    let model = try made(
      Dinov2WithRegistersForImageClassification.self,
      #"""
      {\#(tiny),"mlp_ratio":2,"image_size":16,"patch_size":4}
      """#)
    let inputs = picture(1, 3, 8, 8)
    expect(noGrad { model(inputs).logits }, [0.65418, 0.26268, -0.33037])
  }

  @Test func convnext() throws {
    let model = try made(
      ConvNextForImageClassification.self,
      #"""
      {"hidden_sizes":[4,8],"depths":[1,1],"num_stages":2,"num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [-0.30838, -0.19120, 0.00767])
  }

  @Test func convnextV2() throws {
    let model = try made(
      ConvNextV2ForImageClassification.self,
      #"""
      {"hidden_sizes":[4,8],"depths":[1,1],"num_stages":2,"num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [-0.34799, 0.09910, 0.49756])
  }

  @Test func resnet() throws {
    let model = try made(
      ResNetForImageClassification.self,
      #"""
      {"embedding_size":4,"hidden_sizes":[8,16],"depths":[1,1],"num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [0.12221, 1.00867, 0.50449])
    // With gradients, convolutions and their normalisations are computed one by one.
    expect(model(inputs).logits, [0.12221, 1.00867, 0.50449])
  }

  @Test func efficientnet() throws {
    let model = try made(
      EfficientNetForImageClassification.self,
      #"""
      {"width_coefficient":0.1,"depth_coefficient":1.0,"depth_divisor":4,"kernel_sizes":[3,5],"in_channels":[32,16],
      "out_channels":[16,24],"strides":[1,2],"num_block_repeats":[1,2],"expand_ratios":[1,6],"hidden_dim":128,"num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [0.30536, 3.07602, -0.38197])
  }

  @Test func swin() throws {
    let model = try made(
      SwinForImageClassification.self,
      #"""
      {"image_size":16,"patch_size":2,"embed_dim":4,"depths":[2,1],"num_heads":[2,2],"window_size":3,"mlp_ratio":2.0,
      "num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [-0.48088, -0.37729, -0.10849])
  }

  @Test func segformer() throws {
    let model = try made(
      SegformerForSemanticSegmentation.self,
      #"""
      {"num_encoder_blocks":2,"depths":[1,1],"sr_ratios":[2,1],"hidden_sizes":[4,8],"patch_sizes":[3,3],"strides":[2,2],
      "num_attention_heads":[1,2],"mlp_ratios":[2,2],"decoder_hidden_size":8,"num_labels":3}
      """#)
    let inputs = picture(1, 3, 16, 16)
    expect(noGrad { model(inputs).logits }, [-0.11970, -0.11905, -0.11906, -0.11907, -0.11906])
  }

  @Test func clip() throws {
    let model = try made(
      CLIPModel.self,
      #"""
      {"model_type":"clip","projection_dim":4,"text_config":{\#(text),"eos_token_id":19},"vision_config":{\#(vision)}}
      """#)
    expect(noGrad { model(pair).others["logits_per_image"] }, [-0.46403, -0.46086])
  }

  @Test func clipOfOlderFiles() throws {
    let model = try made(
      CLIPModel.self,
      #"""
      {"model_type":"clip","projection_dim":4,"text_config":{\#(text),"eos_token_id":2},"vision_config":{\#(vision)}}
      """#)
    expect(noGrad { model(pair).others["logits_per_image"] }, [-0.46403, -0.46086])
  }

  @Test func siglip() throws {
    let model = try made(
      SiglipModel.self,
      #"""
      {"model_type":"siglip","text_config":{\#(text)},"vision_config":{\#(vision)}}
      """#)
    expect(noGrad { model(pair).others["logits_per_image"] }, [0.22782, 0.21990])
  }

  private let text =
    #""hidden_size":8,"intermediate_size":12,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":20,"max_position_embeddings":6"#
  private let vision =
    #""hidden_size":8,"intermediate_size":12,"num_hidden_layers":1,"num_attention_heads":2,"image_size":8,"patch_size":4"#

  /// Two texts, of which one is padded, and a picture.
  private var pair: ModelInputs {
    var inputs = picture(1, 3, 8, 8)
    inputs.inputIds = Tensor([[3, 5, 19, 1], [3, 7, 8, 19]])
    inputs.attentionMask = Tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
    return inputs
  }

  @Test func foldedWeightsFollowTheirSources() throws {
    let model = try made(
      ResNetForImageClassification.self,
      #"{"embedding_size":4,"hidden_sizes":[8,16],"depths":[1,1],"num_labels":3}"#)
    let inputs = picture(1, 3, 16, 16)
    _ = noGrad { model(inputs) }
    for (name, tensor) in model.namedParameters() where name.hasSuffix("normalization.weight") {
      var tensor = tensor
      noGrad { tensor.assign(tensor.detach() * 0.5) }
    }
    let folded = noGrad { model(inputs).logits }
    let plain = try #require(model(inputs).logits?.detach().reshape(-1).array())
    expect(folded, plain)
  }

  @Test func configurationsThatMakeNoSenseAreRefused() throws {
    for text in [
      #"{"hidden_size":0}"#, #"{"hidden_size":-8}"#, #"{"num_attention_heads":"many"}"#, #"{"patch_size":[1,2,3]}"#,
      #"{"hidden_act":"unheard-of"}"#, #"{"layer_norm_eps":"small"}"#,
    ] {
      #expect(throws: TensorError.self, "\(text)") { try ViTModel(configuration(text)) }
    }
    for text in [#"{"depths":[1]}"#, #"{"hidden_sizes":[1,2]}"#, #"{"layer_type":"other"}"#, #"{"depths":[]}"#] {
      #expect(throws: TensorError.self, "\(text)") { try ResNetModel(configuration(text)) }
    }
    for text in [#"{"num_heads":[5,6,12,24]}"#, #"{"window_size":0}"#, #"{"mlp_ratio":-1}"#, #"{"embed_dim":1e12}"#] {
      #expect(throws: TensorError.self, "\(text)") { try SwinModel(configuration(text)) }
    }
    for text in [#"{"sr_ratios":[0,1,1,1]}"#, #"{"num_encoder_blocks":9}"#, #"{"mlp_ratios":["a"]}"#] {
      #expect(throws: TensorError.self, "\(text)") { try SegformerModel(configuration(text)) }
    }
    #expect(throws: TensorError.self) { try EfficientNetModel(configuration(#"{"hidden_dim":7}"#)) }
  }
}
