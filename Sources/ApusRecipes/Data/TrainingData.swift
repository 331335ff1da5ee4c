import ApusCore
import ApusText
import ApusTrain

/// The examples of a recipe in tokens: those to learn, those to validate with, and what was wrong with the data.
///
///     var settings = DataSettings()
///     settings.files = ["chats.jsonl"]
///     let data = try TrainingData(supervised: settings, tokenizer)
///     print(data.report)
///     let loader = data.train.loader(settings, batchSize: 8, padding: 0)
public struct TrainingData<Examples: Sendable>: Sendable {
  /// What is learned from.
  public var train: Examples
  /// None where the settings keep none for validation.
  public var validation: Examples
  /// What was read, and what was wrong with it.
  public let report: DataReport
  /// The names of the classes of labelled texts, in the order of their numbers; none for numbers to be predicted and other forms.
  public let classes: [String]
}

extension TrainingData where Examples == TokenizedExamples {
  /// Examples of the forms instruct, chat, completion and text, for supervised fine-tuning and continued pre-training.
  /// - Throws: `TensorError` where files cannot be read, and where rows have problems and ``DataSettings/onProblem`` says stop:
  ///   the error shows all problems.
  public init(supervised settings: DataSettings, _ tokenizer: Tokenizer) throws {
    let tokens = try ExampleTokens(tokenizer, settings)
    var reading = try DataReading(
      settings, forms: [.instruct, .chat, .completion, .text], hasTemplate: tokens.writer != nil)
    let fit = LengthRule(settings)
    let parts: (train: Examples, validation: Examples) = try reading.parts { content in
      switch content {
      case .text(let text): return Made([try tokens.text(text)])
      case .chat(let messages, let context):
        guard settings.splitAnswers else { return try fit(tokens.chat(messages, context)) }
        return try tokens.answers(of: messages, context).map { try fit($0) }.reduce(into: Made([])) { $0.add($1) }
      case .completion(let prompt, let completion, let context):
        return try fit(tokens.completion(prompt, completion, context))
      case .preference, .feedback, .prompt, .labelled, .pair: return Made([])
      }
    }
    func finished(_ examples: TokenizedExamples) -> TokenizedExamples {
      guard reading.report.form == .text else { return examples }
      return settings.packing == .none
        ? examples.wrapped(to: settings.maxLength) : examples.split(to: settings.maxLength)
    }
    self.init(
      train: finished(parts.train), validation: finished(parts.validation), report: reading.report, classes: [])
  }
}

extension TrainingData where Examples == [PreferenceExample] {
  /// Pairs of answers, for preference tuning and reward models.
  /// - Throws: as ``init(supervised:_:)``.
  public init(preferences settings: DataSettings, _ tokenizer: Tokenizer) throws {
    let tokens = try ExampleTokens(tokenizer, settings)
    var reading = try DataReading(settings, forms: [.preference], hasTemplate: tokens.writer != nil)
    let fit = LengthRule(settings)
    let parts: (train: Examples, validation: Examples) = try reading.parts { content in
      guard case .preference(let prompt, let chosen, let rejected, let margin, let context) = content else {
        return Made([])
      }
      let answers = try tokens.answers(prompt, [chosen, rejected], context)
      let rows = answers.map {
        TokenizedExample(ids: $0.prompt + $0.answer, labels: $0.prompt.map { _ in -100 } + $0.answer)
      }
      let (first, second) = try (fit(rows[0]), fit(rows[1]))
      guard let chosen = first.examples.first, let rejected = second.examples.first else {
        return Made([], dropped: first.dropped ?? second.dropped)
      }
      return Made(
        [PreferenceExample(chosen: chosen, rejected: rejected, margin: margin)], cut: first.cut ?? second.cut)
    }
    self.init(train: parts.train, validation: parts.validation, report: reading.report, classes: [])
  }
}

extension TrainingData where Examples == [FeedbackExample] {
  /// Answers that are liked or not; of pairs of answers each is one.
  /// - Throws: as ``init(supervised:_:)``.
  public init(feedback settings: DataSettings, _ tokenizer: Tokenizer) throws {
    let tokens = try ExampleTokens(tokenizer, settings)
    var reading = try DataReading(settings, forms: [.feedback, .preference], hasTemplate: tokens.writer != nil)
    let fit = LengthRule(settings)
    let parts: (train: Examples, validation: Examples) = try reading.parts { content in
      let answers: [(prompt: [Int], answer: [Int], isDesirable: Bool)]
      switch content {
      case .feedback(let prompt, let completion, let isDesirable, let context):
        answers = try tokens.answers(prompt, [completion], context).map { ($0.prompt, $0.answer, isDesirable) }
      case .preference(let prompt, let chosen, let rejected, _, let context):
        let both = try tokens.answers(prompt, [chosen, rejected], context)
        answers = zip(both, [true, false]).map { ($0.prompt, $0.answer, $1) }
      case .chat, .completion, .text, .prompt, .labelled, .pair: answers = []
      }
      var made = Made<FeedbackExample>([])
      for (prompt, answer, isDesirable) in answers {
        let row = try fit(TokenizedExample(ids: prompt + answer, labels: prompt.map { _ in -100 } + answer))
        let examples = row.examples.map { kept in
          let asked = kept.labels.prefix { $0 == -100 }.count
          return FeedbackExample(
            prompt: Array(kept.ids[..<asked]), completion: Array(kept.ids[asked...]), isDesirable: isDesirable)
        }
        made.add(Made(examples, cut: row.cut, dropped: row.dropped))
      }
      return made
    }
    self.init(train: parts.train, validation: parts.validation, report: reading.report, classes: [])
  }
}

extension TrainingData where Examples == [PromptExample] {
  /// Prompts with all columns of their rows, for reinforcement. Cut prompts keep their end, behind which the answer is to come.
  /// - Throws: as ``init(supervised:_:)``.
  public init(prompts settings: DataSettings, _ tokenizer: Tokenizer) throws {
    let tokens = try ExampleTokens(tokenizer, settings)
    var reading = try DataReading(settings, forms: [.prompt], hasTemplate: tokens.writer != nil)
    let fit = LengthRule(settings)
    let parts: (train: Examples, validation: Examples) = try reading.parts(withRows: { content, row in
      guard case .prompt(let prompt, let context) = content else { return Made([]) }
      let (ids, text) = try tokens.prompt(prompt, context)
      let kept = try fit(prompt: ids)
      var columns: [String: SettingValue] = [:]
      for column in row.columns { columns[column.name] = SettingValue(column.value) }
      return Made(
        kept.examples.map { PromptExample(ids: $0, text: text, columns: columns) }, cut: kept.cut,
        dropped: kept.dropped)
    })
    self.init(train: parts.train, validation: parts.validation, report: reading.report, classes: [])
  }
}

extension TrainingData where Examples == [PairExample] {
  /// Texts that belong together, for sentence embeddings. Longer texts are cut at their end, as encoders do.
  /// - Throws: as ``init(supervised:_:)``, and where rows have different numbers of texts.
  public init(pairs settings: DataSettings, _ tokenizer: Tokenizer) throws {
    var reading = try DataReading(settings, forms: [.pairs], hasTemplate: false)
    let truncation = Truncation(maxLength: settings.maxLength)
    let parts: (train: Examples, validation: Examples) = try reading.parts { content in
      guard case .pair(let texts, let score) = content else { return Made([]) }
      let encodings = try texts.map { try tokenizer.encode($0, truncation: truncation) }
      let isCut = encodings.contains { !$0.overflowing.isEmpty }
      return Made(
        [PairExample(texts: encodings.map(\.whole), score: score)],
        cut: isCut ? LengthRule.problem(settings.maxLength) : nil)
    }
    self.init(train: parts.train, validation: parts.validation, report: reading.report, classes: [])
  }
}

extension TrainingData where Examples == [LabelledExample] {
  /// Texts with labels, for classifiers and regression. Longer texts are cut at their end, as encoders do. Labels that are texts
  /// are classes; so are whole numbers, unless one of all labels is none.
  /// - Throws: as ``init(supervised:_:)``, and where labels are of different kinds.
  public init(labelled settings: DataSettings, _ tokenizer: Tokenizer) throws {
    var reading = try DataReading(settings, forms: [.labelled], hasTemplate: false)
    let truncation = Truncation(maxLength: settings.maxLength)
    let known = Set(settings.labels)
    let parts: (train: [(Encoding, ChatValue)], validation: [(Encoding, ChatValue)]) = try reading.parts { content in
      guard case .labelled(let text, let second, let label) = content else { return Made([]) }
      switch label {
      case .int, .double, .bool: break
      case .string(let name):
        if !known.isEmpty, !known.contains(name), Double(name) == nil {
          throw RowProblem(.wrongValue, "there is no class '\(name)'")
        }
      case .null, .array, .object: throw RowProblem(.wrongValue, "'label' is neither a text nor a number")
      }
      let encoding = try tokenizer.encode(text, pair: second, truncation: truncation)
      return Made(
        [(encoding.whole, label)], cut: encoding.overflowing.isEmpty ? nil : LengthRule.problem(settings.maxLength))
    }
    let labels = try LabelTable((parts.train + parts.validation).map(\.1), names: settings.labels)
    func finished(_ examples: [(Encoding, ChatValue)]) throws -> [LabelledExample] {
      try examples.map { LabelledExample(encoding: $0.0, label: try labels.value($0.1)) }
    }
    self.init(
      train: try finished(parts.train), validation: try finished(parts.validation), report: reading.report,
      classes: labels.names)
  }
}

extension Encoding {
  /// Without what was cut off.
  fileprivate var whole: Encoding {
    var encoding = self
    encoding.overflowing = []
    return encoding
  }
}
