import Apus
import TestSupport
import Testing

/// The code of docs/models.md. It names models that a test does not have, so that it is compiled only.
@Suite struct ModelsCode {
  func chat() async throws {
    let generator = try TextGenerator(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
    print(try generator.chat([.user("What is the capital of France?")]))
    for try await piece in try generator.stream("Once upon a time", maxNewTokens: 50) { print(piece, terminator: "") }

    var options = GenerationConfiguration(maxNewTokens: 100)
    options.doSample = true
    options.temperature = 0.7
    options.topP = 0.9
    options.seed = 0
    var storyteller = generator
    storyteller.configuration = options
    print(try storyteller.generate("Once upon a time"))
  }

  func conversation(_ model: any GenerativeModel, _ options: GenerationConfiguration, ids: [Int], more: [Int]) throws {
    var prefix = PrefixCache()
    let first = try prefix.generate(model, ids, options)
    let second = try prefix.generate(model, first.sequences[0] + more, options)
    print(second.sequences)
  }

  func loading() throws {
    let model = try AutoModel.load("bert-base-uncased")
    let base = try AutoModel.load("bert-base-uncased", as: "BertModel")
    let classifier = try AutoModelForSequenceClassification.load("my-classifier")
    let small = try AutoModel.load("Qwen3-0.6B", ModelLoading(dtype: .bfloat16))
    try model.save(to: "copy")
    print(classifier, small)

    var inputs = ModelInputs()
    inputs.inputIds = Tensor([[101, 7592, 2088, 102]])
    inputs.outputHiddenStates = true
    let output = model(inputs)
    print(output.logits?.shape ?? [], output.hiddenStates?.count ?? 0)

    let adapter = try LoraAdapter(on: model, LoraConfiguration())
    adapter.merge()
    adapter.unmerge()
    try adapter.save(to: "adapter")
    let again = try LoraAdapter(path: "adapter", on: base)
    print(again.configuration)

    try quantize(model, as: .int8)
    let report = try quantizeModel("SmolLM2-135M", to: "SmolLM2-135M-int8", as: .int8)
    print(report.bytesBefore, report.bytesAfter)
  }
}
