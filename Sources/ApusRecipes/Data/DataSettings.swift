import ApusCore

/// Which tokens of an example are learned.
public enum LearnedTokens: String, Sendable, CaseIterable, SettingFieldValue {
  /// Those of all answers of the assistant, and completions.
  case answers
  /// Those of the last answer alone.
  case last
  /// All of them, prompts too.
  case all
}

/// What happens with an example of more tokens than there may be.
public enum LongExamples: String, Sendable, CaseIterable, SettingFieldValue {
  /// It is a problem, as other mistakes in data are.
  case error
  /// Its end is cut off.
  case keepStart
  /// Its beginning is cut off.
  case keepEnd
  /// It is left out.
  case drop
}

/// What happens where examples have problems.
public enum OnProblem: String, Sendable, CaseIterable, SettingFieldValue {
  /// Reading ends with an error that shows all problems.
  case stop
  /// Those examples are left out; the report shows them.
  case skip
}

/// How examples share a row of a batch.
public enum PackingStrategy: String, Sendable, CaseIterable, SettingFieldValue {
  /// One example is one row, filled up to the longest; raw texts run on from row to row.
  case none
  /// The longest examples first, each into the fullest row that has room (best fit decreasing, arXiv 2404.10830).
  case bestFit
  /// One after the other, a new row where the next does not fit.
  case inOrder
}

/// How a plain text file becomes examples.
public enum TextSplit: String, Sendable, CaseIterable, SettingFieldValue {
  /// The whole file is one.
  case file
  /// Empty lines stand between them.
  case paragraph
  /// Each line is one.
  case line
}

/// How rows of instruction, input and output become a text.
public enum InstructStyle: String, Sendable, CaseIterable, SettingFieldValue {
  /// Chat where there is a chat template, else Alpaca's text.
  case automatic
  /// A message of the user (instruction, line end, input) and one of the assistant.
  case chat
  /// The text with the headings `### Instruction:`, `### Input:`, `### Response:`.
  case alpaca
}

/// What is known about data for fine-tuning: where they are, what they mean, and what becomes of them.
public struct DataSettings: RecipeSettings {
  @Field("files, folders or patterns of files with examples: .jsonl, .json, .csv, .tsv, .parquet, .arrow, .txt, .md")
  public var files: [String] = []
  @Field("files of the same kinds to validate with")
  public var validationFiles: [String] = []
  @Field("the share of the examples that is kept for validation", 0...0.9)
  public var validationShare = 0.0
  @Field("how many examples are kept for validation, in place of a share", 1...Int.max)
  public var validationCount: Int? = nil
  @Field("the form of the examples; null: found from the columns")
  public var form: DataForm? = nil
  @Field("columns of other names, as prompt=question")
  public var columns: [String] = []
  @Field("roles of other names, as user=customer")
  public var roles: [String] = []
  @Field("a system prompt for conversations that have none")
  public var systemPrompt: String? = nil
  @Field("a built-in chat template (chatml, llama3, zephyr) or a file of one; null: the model's")
  public var chatTemplate: String? = nil
  @Field("whether plain prompts and answers are written as messages of the chat template")
  public var asChat = false
  @Field("how rows of instruction, input and output become a text")
  public var instructStyle = InstructStyle.automatic
  @Field("which tokens are learned")
  public var learn = LearnedTokens.answers
  @Field("whether each answer of a conversation is an example of its own, behind what was said before it")
  public var splitAnswers = false
  @Field("whether texts and completions end with the end token, which is learned")
  public var endToken = true
  @Field("the most tokens of an example or row", 2...Int.max)
  public var maxLength = 1024
  @Field("what happens with longer examples")
  public var truncation = LongExamples.error
  @Field("what happens where examples have problems")
  public var onProblem = OnProblem.stop
  @Field("how plain text files become examples")
  public var textSplit = TextSplit.file
  @Field("how examples share a row")
  public var packing = PackingStrategy.none
  @Field("how many examples are packed together, so that packing mixes only neighbours", 1...Int.max)
  public var packingWindow = 1000
  @Field("whether batches are made of examples of similar length")
  public var bucketing = true
  @Field("what the length of batches is a multiple of", 1...4096)
  public var padMultiple = 1
  @Field("the names of classes in their order; empty: found in the data")
  public var labels: [String] = []
  @Field("the most rows that are read", 1...Int.max)
  public var limit: Int? = nil
  @Field("what the split and the order of examples are drawn from", 0...Int.max)
  public var seed = 0

  public init() {}

  public func validate() throws {
    if validationShare > 0, validationCount != nil {
      throw TensorError(
        .value, "data", "validationShare is \(validationShare) and validationCount is given; one of them works")
    }
    for (name, list) in [("columns", columns), ("roles", roles)] {
      if let wrong = list.first(where: { Self.renaming($0) == nil }) {
        throw TensorError(.value, "data", "\(name) are pairs as prompt=question, and one is '\(wrong)'")
      }
    }
  }

  /// The two names of a pair `ours=theirs`.
  static func renaming(_ pair: String) -> (ours: String, theirs: String)? {
    guard let middle = pair.firstIndex(of: "=") else { return nil }
    let (ours, theirs) = (pair[..<middle], pair[pair.index(after: middle)...])
    return ours.isEmpty || theirs.isEmpty ? nil : (String(ours), String(theirs))
  }
}
