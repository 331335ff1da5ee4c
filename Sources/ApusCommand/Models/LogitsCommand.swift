import Apus

/// `apus logits`: what a model thinks comes next.
struct LogitsCommand: Command {
  static let name = "logits"
  static let summary = "show the scores that a language model gives to the next token"
  static let help = """
    usage: apus logits MODEL --ids 1,2,3 [--json]
           apus logits MODEL --prompt TEXT [--json]

    Writes the likeliest tokens behind the last one.

      --top N    how many (10)
      --json     write one object of JSON: ids, and logits as a list for each position, float32
      --last     with --json, the logits of the last position alone
    """

  private let path: String
  private let ids: [Int]?
  private let prompt: String?
  private let count: Int
  private let writesJSON: Bool
  private let onlyLast: Bool

  init(_ words: inout Words) throws {
    ids = try words.take("--ids").map { text in
      try text.split(separator: ",").map { word in
        guard let id = Int(word.drop { $0 == " " }), id >= 0 else {
          throw UsageError(message: "--ids needs numbers with commas between, and got '\(word)'")
        }
        return id
      }
    }
    prompt = try words.take("--prompt")
    count = try words.takeNumber("--top", in: 1...1_000_000) ?? 10
    writesJSON = words.takeFlag("--json")
    onlyLast = words.takeFlag("--last")
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    let tokenizer = prompt != nil || !writesJSON ? try? Tokenizer(path: path) : nil
    let ids =
      try ids ?? prompt.map { text in
        guard let tokenizer else { throw TensorError(.file, path, "there is no tokeniser; give --ids") }
        return try tokenizer.ids(of: text)
      } ?? []
    guard !ids.isEmpty else { throw UsageError(message: "give --ids 1,2,3 or --prompt TEXT") }
    let model = try AutoModel.load(path, ModelLoading(dtype: nil))
    var inputs = ModelInputs([Encoding(ids: ids)], padding: 0)
    if model.isEncoderDecoder {
      inputs.decoderInputIds = Tensor([[model.configuration["decoder_start_token_id"]?.int ?? 0]], dtype: .int64)
    } else if onlyLast || !writesJSON {
      inputs.logitsToKeep = 1
    }
    guard let logits = try inference({ model(inputs).logits }), logits.ndim == 3 else {
      throw TensorError(.unsupported, path, "the model gives no logits of tokens")
    }
    if writesJSON { return try write(logits, ids) }
    let last = logits.select(1, logits.size(1) - 1).reshape([-1]).to(.float32)
    let shares = last.softmax(0).array()
    let values = last.array()
    for id in values.indices.sorted(by: { values[$0] > values[$1] }).prefix(count) {
      let token = tokenizer?.idToToken(id).map { ChatValue.string($0).json } ?? ""
      print("\(id)\t\(Double(values[id]).text(digits: 4))\t\(Double(shares[id] * 100).text(digits: 2)) %\t\(token)")
    }
  }

  private func write(_ logits: Tensor, _ ids: [Int]) throws {
    let rows = onlyLast ? logits.narrow(1, logits.size(1) - 1, 1) : logits
    let values = rows.to(.float32).array()
    let size = rows.size(2)
    var text = ChatValue.object([.init("ids", .array(ids.map { .int($0) }))]).json.dropLast() + ", \"logits\": ["
    for row in 0..<rows.size(1) {
      if row > 0 { text += ", " }
      text +=
        "[" + values[row * size..<(row + 1) * size].map { $0.isFinite ? "\($0)" : "null" }.joined(separator: ", ") + "]"
    }
    print(text + "]}")
  }
}

/// What a body computes, without gradients; errors are thrown.
func inference<Value>(_ body: () throws -> Value) throws -> Value { try withErrors { try noGrad(body) } }
