import Apus

/// `apus classify`: labels of texts or pictures.
struct ClassifyCommand: Command {
  static let name = "classify"
  static let summary = "tell what lines of text or pictures are"
  static let help = """
    usage: apus classify MODEL PICTURE...
           apus classify MODEL < lines

    Writes the likeliest labels of each picture, or of each line of the standard input, with a published classifier.

      --top N    how many labels (5 for pictures, 1 for lines)
      --json     write an object of JSON for each: labels, scores (probabilities)
    """

  private let path: String
  private let files: [String]
  private let count: Int?
  private let writesJSON: Bool

  init(_ words: inout Words) throws {
    count = try words.takeNumber("--top", in: 1...1_000_000)
    writesJSON = words.takeFlag("--json")
    path = try words.takeOperand("MODEL")
    var files: [String] = []
    while let file = try? words.takeOperand("PICTURE") { files.append(file) }
    self.files = files
  }

  func run() throws {
    let configuration = try ModelSource(path: path).configuration
    let isVisual = configuration.architectures.contains { $0.contains("ForImageClassification") }
    if isVisual {
      guard !files.isEmpty else { throw UsageError(message: "the model classifies pictures; give some") }
      let classifier = try ImageClassifier(path: path)
      for file in files { show(try classifier.classify(file: file, count: count ?? 5), file) }
      return
    }
    guard files.isEmpty else {
      throw UsageError(message: "the model classifies texts: give them as lines of the standard input")
    }
    let model = try AutoModel.load(path, head: .sequenceClassification)
    let tokenizer = try Tokenizer(path: path)
    let length = model.configuration["max_position_embeddings"]?.int ?? 512
    Interrupt.watch()
    while let line = nextLine(), !Interrupt.isThere {
      let most = max(8, min(length, tokenizer.configuration.modelMaxLength ?? length))
      let encoding = try tokenizer.encode(line, truncation: Truncation(maxLength: most))
      let inputs = ModelInputs([encoding], padding: 0)
      let scores = try inference { model(inputs).logits }
      if let labels = try rankedLabels(scores, of: model, rows: 1, count: count ?? 1).first { show(labels, line) }
    }
  }

  private func show(_ labels: [ClassLabel], _ name: String) {
    if writesJSON {
      let value: ChatValue = [
        "input": .string(name), "labels": .array(labels.map { .string($0.name) }),
        "scores": .array(labels.map { .double($0.probability) }),
      ]
      print(value.json)
      return
    }
    let list = labels.map { "\($0.name) \(($0.probability * 100).text(digits: 1)) %" }
    print("\(name)\t\(list.joined(separator: ", "))")
  }
}
