/// Encoders of texts, and models that make a text of a text or of sound.
extension ArchitectureTable {
  static let textEncoders: [ModelClass] =
    bert + roberta + xlmRoberta + camembert + distilBert + electra + albert + modernBert
  static let encoderDecoders: [ModelClass] = t5 + bart + whisper

  private static let bert: [ModelClass] = [
    ModelClass("BertModel", "bert", .base, BertModel.self),
    ModelClass("BertForMaskedLM", "bert", .maskedLM, MaskedLanguageModel<BertModel>.self),
    ModelClass("BertLMHeadModel", "bert", .causalLM, BertLMHeadModel.self),
    ModelClass("BertForPreTraining", "bert", .preTraining, BertForPreTraining.self),
    ModelClass("BertForNextSentencePrediction", "bert", .nextSentence, BertForNextSentencePrediction.self),
    ModelClass(
      "BertForSequenceClassification", "bert", .sequenceClassification, PooledSequenceClassifier<BertModel>.self),
    ModelClass("BertForTokenClassification", "bert", .tokenClassification, TextTokenClassifier<BertModel>.self),
    ModelClass("BertForQuestionAnswering", "bert", .questionAnswering, TextQuestionAnswerer<BertModel>.self),
    ModelClass("BertForMultipleChoice", "bert", .multipleChoice, TextMultipleChoice<BertModel>.self),
  ]

  private static let roberta: [ModelClass] = [
    ModelClass("RobertaModel", "roberta", .base, RobertaModel.self),
    ModelClass("RobertaForMaskedLM", "roberta", .maskedLM, MaskedLanguageModel<RobertaModel>.self),
    ModelClass(
      "RobertaForSequenceClassification", "roberta", .sequenceClassification, FirstTokenClassifier<RobertaModel>.self),
    ModelClass(
      "RobertaForTokenClassification", "roberta", .tokenClassification, TextTokenClassifier<RobertaModel>.self),
    ModelClass("RobertaForQuestionAnswering", "roberta", .questionAnswering, TextQuestionAnswerer<RobertaModel>.self),
  ]

  private static let xlmRoberta: [ModelClass] = [
    ModelClass("XLMRobertaModel", "xlm-roberta", .base, RobertaModel.self),
    ModelClass("XLMRobertaForMaskedLM", "xlm-roberta", .maskedLM, MaskedLanguageModel<RobertaModel>.self),
    ModelClass(
      "XLMRobertaForSequenceClassification", "xlm-roberta", .sequenceClassification,
      FirstTokenClassifier<RobertaModel>.self),
    ModelClass(
      "XLMRobertaForTokenClassification", "xlm-roberta", .tokenClassification, TextTokenClassifier<RobertaModel>.self),
    ModelClass(
      "XLMRobertaForQuestionAnswering", "xlm-roberta", .questionAnswering, TextQuestionAnswerer<RobertaModel>.self),
  ]

  private static let camembert: [ModelClass] = [
    ModelClass("CamembertModel", "camembert", .base, RobertaModel.self),
    ModelClass("CamembertForMaskedLM", "camembert", .maskedLM, MaskedLanguageModel<RobertaModel>.self),
    ModelClass(
      "CamembertForSequenceClassification", "camembert", .sequenceClassification,
      FirstTokenClassifier<RobertaModel>.self),
    ModelClass(
      "CamembertForTokenClassification", "camembert", .tokenClassification, TextTokenClassifier<RobertaModel>.self),
    ModelClass(
      "CamembertForQuestionAnswering", "camembert", .questionAnswering, TextQuestionAnswerer<RobertaModel>.self),
  ]

  private static let distilBert: [ModelClass] = [
    ModelClass("DistilBertModel", "distilbert", .base, DistilBertModel.self),
    ModelClass("DistilBertForMaskedLM", "distilbert", .maskedLM, MaskedLanguageModel<DistilBertModel>.self),
    ModelClass(
      "DistilBertForSequenceClassification", "distilbert", .sequenceClassification,
      DistilBertForSequenceClassification.self),
    ModelClass(
      "DistilBertForTokenClassification", "distilbert", .tokenClassification, TextTokenClassifier<DistilBertModel>.self),
    ModelClass(
      "DistilBertForQuestionAnswering", "distilbert", .questionAnswering, TextQuestionAnswerer<DistilBertModel>.self),
  ]

  private static let electra: [ModelClass] = [
    ModelClass("ElectraModel", "electra", .base, ElectraModel.self),
    ModelClass("ElectraForMaskedLM", "electra", .maskedLM, MaskedLanguageModel<ElectraModel>.self),
    ModelClass(
      "ElectraForSequenceClassification", "electra", .sequenceClassification, FirstTokenClassifier<ElectraModel>.self),
    ModelClass(
      "ElectraForTokenClassification", "electra", .tokenClassification, TextTokenClassifier<ElectraModel>.self),
    ModelClass("ElectraForQuestionAnswering", "electra", .questionAnswering, TextQuestionAnswerer<ElectraModel>.self),
    ModelClass("ElectraForPreTraining", "electra", .preTraining, ElectraForPreTraining.self),
  ]

  private static let albert: [ModelClass] = [
    ModelClass("AlbertModel", "albert", .base, AlbertModel.self),
    ModelClass("AlbertForMaskedLM", "albert", .maskedLM, MaskedLanguageModel<AlbertModel>.self),
    ModelClass("AlbertForPreTraining", "albert", .preTraining, AlbertForPreTraining.self),
    ModelClass(
      "AlbertForSequenceClassification", "albert", .sequenceClassification, PooledSequenceClassifier<AlbertModel>.self),
    ModelClass("AlbertForTokenClassification", "albert", .tokenClassification, TextTokenClassifier<AlbertModel>.self),
    ModelClass("AlbertForQuestionAnswering", "albert", .questionAnswering, TextQuestionAnswerer<AlbertModel>.self),
    ModelClass("AlbertForMultipleChoice", "albert", .multipleChoice, TextMultipleChoice<AlbertModel>.self),
  ]

  private static let modernBert: [ModelClass] = [
    ModelClass("ModernBertModel", "modernbert", .base, ModernBertModel.self),
    ModelClass("ModernBertForMaskedLM", "modernbert", .maskedLM, MaskedLanguageModel<ModernBertModel>.self),
    ModelClass(
      "ModernBertForSequenceClassification", "modernbert", .sequenceClassification,
      ModernBertForSequenceClassification.self),
    ModelClass(
      "ModernBertForTokenClassification", "modernbert", .tokenClassification, ModernBertForTokenClassification.self),
    ModelClass("ModernBertForQuestionAnswering", "modernbert", .questionAnswering, ModernBertForQuestionAnswering.self),
  ]

  private static let t5: [ModelClass] = [
    ModelClass("T5Model", "t5", .base, T5Model.self),
    ModelClass("T5ForConditionalGeneration", "t5", .seq2seqLM, T5ForConditionalGeneration.self),
    ModelClass("T5EncoderModel", "t5", .encoder, T5EncoderModel.self),
    ModelClass("T5ForSequenceClassification", "t5", .sequenceClassification, T5ForSequenceClassification.self),
    ModelClass("T5ForTokenClassification", "t5", .tokenClassification, T5ForTokenClassification.self),
    ModelClass("T5ForQuestionAnswering", "t5", .questionAnswering, T5ForQuestionAnswering.self),
  ]

  private static let bart: [ModelClass] = [
    ModelClass("BartModel", "bart", .base, BartModel.self),
    ModelClass("BartForConditionalGeneration", "bart", .seq2seqLM, BartForConditionalGeneration.self),
    ModelClass("BartForSequenceClassification", "bart", .sequenceClassification, BartForSequenceClassification.self),
    ModelClass("BartForQuestionAnswering", "bart", .questionAnswering, BartForQuestionAnswering.self),
    ModelClass("BartForCausalLM", "bart", .causalLM, BartForCausalLM.self),
  ]

  private static let whisper: [ModelClass] = [
    ModelClass("WhisperModel", "whisper", .base, WhisperModel.self),
    ModelClass("WhisperForConditionalGeneration", "whisper", .seq2seqLM, WhisperForConditionalGeneration.self),
    ModelClass("WhisperForAudioClassification", "whisper", .audioClassification, WhisperForAudioClassification.self),
  ]
}
