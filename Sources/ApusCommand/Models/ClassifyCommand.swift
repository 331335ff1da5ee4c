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
      let model = try AutoModel.load(path, head: .imageClassification)
      let processor = try ImageProcessor(path: path)
      for file in files {
        var inputs = ModelInputs()
        inputs.pixelValues = try processor(files: [file])
        try show(try inference { model(inputs).logits }, file, configuration.labels, most: count ?? 5)
      }
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
      try show(try inference { model(inputs).logits }, line, configuration.labels, most: count ?? 1)
    }
  }

  private func show(_ logits: Tensor?, _ name: String, _ labels: [Int: String], most: Int) throws {
    guard let logits else { throw TensorError(.unsupported, path, "the model gives no scores of labels") }
    let row = logits.reshape([-1]).to(.float32)
    let shares = (row.count > 1 ? row.softmax(0) : row.sigmoid()).array()
    let best = shares.indices.sorted { shares[$0] > shares[$1] }.prefix(most)
    if writesJSON {
      let value: ChatValue = [
        "input": .string(name), "labels": .array(best.map { .string(labels[$0] ?? "LABEL_\($0)") }),
        "scores": .array(best.map { .double(Double(shares[$0])) }),
      ]
      print(value.json)
      return
    }
    let list = best.map { "\(labels[$0] ?? "LABEL_\($0)") \(Double(shares[$0] * 100).text(digits: 1)) %" }
    print("\(name)\t\(list.joined(separator: ", "))")
  }
}
