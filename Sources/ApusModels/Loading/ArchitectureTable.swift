import ApusCore
import ApusNN

/// What a model is for: which head is on it.
public enum ModelHead: String, Sendable, Hashable, CaseIterable {
  /// No head; half of a model with two; the next token; hidden tokens; what a model was first trained for; whether a sentence
  /// follows; a text of a text or of sound; labels of texts and of tokens.
  case base, encoder, causalLM, maskedLM, preTraining, nextSentence, seq2seqLM, sequenceClassification,
    tokenClassification
  /// Where an answer stands; which answer it is; labels of pictures, of their points, of sounds; features for other models.
  case questionAnswering, multipleChoice, imageClassification, semanticSegmentation, audioClassification, backbone
}

/// One class of the table.
public struct ModelClass: Sendable {
  /// Its name in `transformers`, which configurations give under `architectures`.
  public let name: String
  /// The `model_type` of its configurations.
  public let modelType: String
  public let head: ModelHead
  let type: any PretrainedModel.Type
  /// Makes a model of a configuration.
  public let make: @Sendable (ModelConfiguration) throws(TensorError) -> any PretrainedModel

  init<Model: PretrainedModel>(_ name: String, _ modelType: String, _ head: ModelHead, _ type: Model.Type) {
    (self.name, self.modelType, self.head, self.type) = (name, modelType, head, type)
    make = { (configuration) throws(TensorError) in try type.init(configuration) }
  }
}

/// All architectures that load: a line for each class, which nothing else lists.
public enum ArchitectureTable {
  /// Models that continue texts.
  static let decoders: [ModelClass] = [
    .init("LlamaModel", "llama", .base, LlamaModel.self),
    .init("LlamaForCausalLM", "llama", .causalLM, CausalLanguageModel<LlamaModel>.self),
    .init(
      "LlamaForSequenceClassification", "llama", .sequenceClassification, DecoderSequenceClassifier<LlamaModel>.self),
    .init("LlamaForTokenClassification", "llama", .tokenClassification, DecoderTokenClassifier<LlamaModel>.self),
    .init("LlamaForQuestionAnswering", "llama", .questionAnswering, DecoderQuestionAnswerer<LlamaModel>.self),
    .init("MistralModel", "mistral", .base, MistralModel.self),
    .init("MistralForCausalLM", "mistral", .causalLM, CausalLanguageModel<MistralModel>.self),
    .init(
      "MistralForSequenceClassification", "mistral", .sequenceClassification,
      DecoderSequenceClassifier<MistralModel>.self),
    .init("MistralForTokenClassification", "mistral", .tokenClassification, DecoderTokenClassifier<MistralModel>.self),
    .init("MistralForQuestionAnswering", "mistral", .questionAnswering, DecoderQuestionAnswerer<MistralModel>.self),
    .init("Qwen2Model", "qwen2", .base, Qwen2Model.self),
    .init("Qwen2ForCausalLM", "qwen2", .causalLM, CausalLanguageModel<Qwen2Model>.self),
    .init(
      "Qwen2ForSequenceClassification", "qwen2", .sequenceClassification, DecoderSequenceClassifier<Qwen2Model>.self),
    .init("Qwen2ForTokenClassification", "qwen2", .tokenClassification, DecoderTokenClassifier<Qwen2Model>.self),
    .init("Qwen2ForQuestionAnswering", "qwen2", .questionAnswering, DecoderQuestionAnswerer<Qwen2Model>.self),
    .init("Qwen3Model", "qwen3", .base, Qwen3Model.self),
    .init("Qwen3ForCausalLM", "qwen3", .causalLM, CausalLanguageModel<Qwen3Model>.self),
    .init(
      "Qwen3ForSequenceClassification", "qwen3", .sequenceClassification, DecoderSequenceClassifier<Qwen3Model>.self),
    .init("Qwen3ForTokenClassification", "qwen3", .tokenClassification, DecoderTokenClassifier<Qwen3Model>.self),
    .init("Qwen3ForQuestionAnswering", "qwen3", .questionAnswering, DecoderQuestionAnswerer<Qwen3Model>.self),
    .init("Gemma2Model", "gemma2", .base, Gemma2Model.self),
    .init("Gemma2ForCausalLM", "gemma2", .causalLM, CausalLanguageModel<Gemma2Model>.self),
    .init(
      "Gemma2ForSequenceClassification", "gemma2", .sequenceClassification, DecoderSequenceClassifier<Gemma2Model>.self),
    .init("Gemma2ForTokenClassification", "gemma2", .tokenClassification, DecoderTokenClassifier<Gemma2Model>.self),
    .init("Gemma3TextModel", "gemma3_text", .base, Gemma3TextModel.self),
    .init("Gemma3ForCausalLM", "gemma3_text", .causalLM, CausalLanguageModel<Gemma3TextModel>.self),
    .init(
      "Gemma3TextForSequenceClassification", "gemma3_text", .sequenceClassification,
      DecoderSequenceClassifier<Gemma3TextModel>.self),
    .init("Phi3Model", "phi3", .base, Phi3Model.self),
    .init("Phi3ForCausalLM", "phi3", .causalLM, CausalLanguageModel<Phi3Model>.self),
    .init(
      "Phi3ForSequenceClassification", "phi3", .sequenceClassification, DecoderSequenceClassifier<Phi3Model>.self),
    .init("Phi3ForTokenClassification", "phi3", .tokenClassification, DecoderTokenClassifier<Phi3Model>.self),
    .init("Olmo2Model", "olmo2", .base, Olmo2Model.self),
    .init("Olmo2ForCausalLM", "olmo2", .causalLM, CausalLanguageModel<Olmo2Model>.self),
    .init(
      "Olmo2ForSequenceClassification", "olmo2", .sequenceClassification, DecoderSequenceClassifier<Olmo2Model>.self),
    .init("GPT2Model", "gpt2", .base, GPT2Model.self),
    .init("GPT2LMHeadModel", "gpt2", .causalLM, CausalLanguageModel<GPT2Model>.self),
    .init(
      "GPT2ForSequenceClassification", "gpt2", .sequenceClassification, DecoderSequenceClassifier<GPT2Model>.self),
    .init("GPT2ForTokenClassification", "gpt2", .tokenClassification, DecoderTokenClassifier<GPT2Model>.self),
    .init("GPT2ForQuestionAnswering", "gpt2", .questionAnswering, DecoderQuestionAnswerer<GPT2Model>.self),
    .init("GPTNeoXModel", "gpt_neox", .base, GPTNeoXModel.self),
    .init("GPTNeoXForCausalLM", "gpt_neox", .causalLM, CausalLanguageModel<GPTNeoXModel>.self),
    .init(
      "GPTNeoXForSequenceClassification", "gpt_neox", .sequenceClassification,
      DecoderSequenceClassifier<GPTNeoXModel>.self),
    .init("GPTNeoXForTokenClassification", "gpt_neox", .tokenClassification, DecoderTokenClassifier<GPTNeoXModel>.self),
    .init("GPTNeoXForQuestionAnswering", "gpt_neox", .questionAnswering, DecoderQuestionAnswerer<GPTNeoXModel>.self),
    .init("MixtralModel", "mixtral", .base, MixtralModel.self),
    .init("MixtralForCausalLM", "mixtral", .causalLM, CausalLanguageModel<MixtralModel>.self),
    .init(
      "MixtralForSequenceClassification", "mixtral", .sequenceClassification,
      DecoderSequenceClassifier<MixtralModel>.self),
    .init("MixtralForTokenClassification", "mixtral", .tokenClassification, DecoderTokenClassifier<MixtralModel>.self),
    .init("MixtralForQuestionAnswering", "mixtral", .questionAnswering, DecoderQuestionAnswerer<MixtralModel>.self),
    .init("Qwen3MoeModel", "qwen3_moe", .base, Qwen3MoeModel.self),
    .init("Qwen3MoeForCausalLM", "qwen3_moe", .causalLM, CausalLanguageModel<Qwen3MoeModel>.self),
    .init(
      "Qwen3MoeForSequenceClassification", "qwen3_moe", .sequenceClassification,
      DecoderSequenceClassifier<Qwen3MoeModel>.self),
    .init(
      "Qwen3MoeForTokenClassification", "qwen3_moe", .tokenClassification, DecoderTokenClassifier<Qwen3MoeModel>.self),
    .init("Qwen3MoeForQuestionAnswering", "qwen3_moe", .questionAnswering, DecoderQuestionAnswerer<Qwen3MoeModel>.self),
    .init("MambaModel", "mamba", .base, MambaModel.self),
    .init("MambaForCausalLM", "mamba", .causalLM, CausalLanguageModel<MambaModel>.self),
  ]

  /// Encoders of texts, and models that make a text of a text or of sound.
  static let encoders: [ModelClass] = textEncoders + encoderDecoders

  /// Models of pictures.
  static let vision: [ModelClass] = [
    ModelClass("ViTModel", "vit", .base, ViTModel.self),
    ModelClass("ViTForImageClassification", "vit", .imageClassification, ViTForImageClassification.self),
    ModelClass("ViTForMaskedImageModeling", "vit", .preTraining, ViTForMaskedImageModeling.self),
    ModelClass("DeiTModel", "deit", .base, DeiTModel.self),
    ModelClass("DeiTForImageClassification", "deit", .imageClassification, DeiTForImageClassification.self),
    ModelClass(
      "DeiTForImageClassificationWithTeacher", "deit", .imageClassification, DeiTForImageClassificationWithTeacher.self),
    ModelClass("DeiTForMaskedImageModeling", "deit", .preTraining, DeiTForMaskedImageModeling.self),
    ModelClass("Dinov2Model", "dinov2", .base, Dinov2Model.self),
    ModelClass("Dinov2ForImageClassification", "dinov2", .imageClassification, Dinov2ForImageClassification.self),
    ModelClass("Dinov2WithRegistersModel", "dinov2_with_registers", .base, Dinov2WithRegistersModel.self),
    ModelClass(
      "Dinov2WithRegistersForImageClassification", "dinov2_with_registers", .imageClassification,
      Dinov2WithRegistersForImageClassification.self),
    ModelClass("CLIPModel", "clip", .base, CLIPModel.self),
    ModelClass("CLIPForImageClassification", "clip", .imageClassification, CLIPForImageClassification.self),
    ModelClass("CLIPTextModel", "clip_text_model", .base, CLIPTextModel.self),
    ModelClass("CLIPTextModelWithProjection", "clip_text_model", .base, CLIPTextModelWithProjection.self),
    ModelClass("CLIPVisionModel", "clip_vision_model", .base, CLIPVisionModel.self),
    ModelClass("CLIPVisionModelWithProjection", "clip_vision_model", .base, CLIPVisionModelWithProjection.self),
    ModelClass("SiglipModel", "siglip", .base, SiglipModel.self),
    ModelClass("SiglipForImageClassification", "siglip", .imageClassification, SiglipForImageClassification.self),
    ModelClass("SiglipTextModel", "siglip_text_model", .base, SiglipTextModel.self),
    ModelClass("SiglipVisionModel", "siglip_vision_model", .base, SiglipVisionModel.self),
    ModelClass("ConvNextModel", "convnext", .base, ConvNextModel.self),
    ModelClass("ConvNextForImageClassification", "convnext", .imageClassification, ConvNextForImageClassification.self),
    ModelClass("ConvNextV2Model", "convnextv2", .base, ConvNextV2Model.self),
    ModelClass(
      "ConvNextV2ForImageClassification", "convnextv2", .imageClassification, ConvNextV2ForImageClassification.self),
    ModelClass("ResNetModel", "resnet", .base, ResNetModel.self),
    ModelClass("ResNetForImageClassification", "resnet", .imageClassification, ResNetForImageClassification.self),
    ModelClass("EfficientNetModel", "efficientnet", .base, EfficientNetModel.self),
    ModelClass(
      "EfficientNetForImageClassification", "efficientnet", .imageClassification,
      EfficientNetForImageClassification.self),
    ModelClass("SwinModel", "swin", .base, SwinModel.self),
    ModelClass("SwinForImageClassification", "swin", .imageClassification, SwinForImageClassification.self),
    ModelClass("SwinForMaskedImageModeling", "swin", .preTraining, SwinForMaskedImageModeling.self),
    ModelClass("SegformerModel", "segformer", .base, SegformerModel.self),
    ModelClass(
      "SegformerForImageClassification", "segformer", .imageClassification, SegformerForImageClassification.self),
    ModelClass(
      "SegformerForSemanticSegmentation", "segformer", .semanticSegmentation, SegformerForSemanticSegmentation.self),
    ModelClass("SwinBackbone", "swin", .backbone, SwinBackbone.self),
    ModelClass("Dinov2Backbone", "dinov2", .backbone, Dinov2Backbone.self),
    ModelClass("Dinov2WithRegistersBackbone", "dinov2_with_registers", .backbone, Dinov2Backbone.self),
    ModelClass("ConvNextBackbone", "convnext", .backbone, ConvNextBackbone.self),
    ModelClass("ConvNextV2Backbone", "convnextv2", .backbone, ConvNextBackbone.self),
    ModelClass("ResNetBackbone", "resnet", .backbone, ResNetBackbone.self),
  ]

  /// All classes.
  public static let all: [ModelClass] = decoders + encoders + vision

  /// The kinds of models, in alphabetical order.
  public static var modelTypes: [String] { Set(all.map(\.modelType)).sorted() }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// The name in `transformers` of a model's class.
  static func name(of model: any PretrainedModel) -> String {
    let type = ObjectIdentifier(Swift.type(of: model))
    return all.first { ObjectIdentifier($0.type) == type }?.name ?? Swift.type(of: model).typeName
  }

  /// The class called `name`; nil: the one that the configuration names.
  static func named(_ name: String?, _ configuration: ModelConfiguration) throws(TensorError) -> ModelClass {
    if let name {
      if let found = byName[name] { return found }
      throw unknown("the class '\(name)'", configuration)
    }
    for name in configuration.architectures { if let found = byName[name] { return found } }
    let type = configuration.modelType
    if configuration.architectures.isEmpty, let base = all.first(where: { $0.modelType == type && $0.head == .base }) {
      return base
    }
    throw unknown("the architecture \(configuration.architectures) of model_type '\(type)'", configuration)
  }

  /// The class with a head for the kind of model that the configuration names.
  static func with(_ head: ModelHead, _ configuration: ModelConfiguration) throws(TensorError) -> ModelClass {
    let type = configuration.modelType
    if let named = configuration.architectures.compactMap({ byName[$0] }).first(where: { $0.head == head }) {
      return named
    }
    if let found = all.first(where: { $0.modelType == type && $0.head == head }) { return found }
    let heads = all.filter { $0.modelType == type }.map(\.head.rawValue)
    if heads.isEmpty { throw unknown("model_type '\(type)'", configuration) }
    throw TensorError(
      .unsupported, configuration.path,
      "model_type '\(type)' has no head '\(head.rawValue)'; it has \(heads.joined(separator: ", "))")
  }

  private static func unknown(_ what: String, _ configuration: ModelConfiguration) -> TensorError {
    TensorError(
      .unsupported, configuration.path,
      "\(what) is unknown; known are the classes \(all.map(\.name).joined(separator: ", "))")
  }
}
