import ApusCore

extension TokenBatch {
  /// Examples as rows, shorter ones filled up on the right.
  /// - Parameters:
  ///   - padding: the token that rows are filled up with.
  ///   - multiple: what the length is raised to a multiple of.
  public init(_ examples: [TokenizedExample], padding: Int, multipleOf multiple: Int = 1) {
    let longest = examples.map(\.ids.count).max() ?? 0
    let length = Self.raised(longest, multiple)
    let isPadded = examples.contains { $0.ids.count < length }
    func rows(_ list: (TokenizedExample) -> [Int], _ fill: Int) -> Tensor {
      var values: [Int] = []
      values.reserveCapacity(examples.count * length)
      for example in examples {
        let row = list(example)
        values += row
        values += repeatElement(fill, count: length - row.count)
      }
      return Tensor(values, shape: [examples.count, length], dtype: .int64)
    }
    self.init(
      inputIds: rows({ $0.ids }, padding), labels: rows({ $0.labels }, -100),
      attentionMask: isPadded ? rows({ $0.ids.map { _ in 1 } }, 0) : nil,
      answerTokens: examples.reduce(0) { $0 + $1.answerTokens })
  }

  /// Rows of several examples each, behind each other. The first token of an example is not learned, since nothing stands before
  /// it; filling up is a text of its own, token by token.
  public init(packed rows: [[TokenizedExample]], padding: Int, multipleOf multiple: Int = 1) {
    let longest = rows.map { $0.reduce(0) { $0 + $1.ids.count } }.max() ?? 0
    let length = Self.raised(longest, multiple)
    var (ids, labels, positions): ([Int], [Int], [Int]) = ([], [], [])
    for (i, row) in rows.enumerated() {
      for example in row {
        ids += example.ids
        labels += example.labels
        if !example.labels.isEmpty { labels[labels.count - example.labels.count] = -100 }
        positions += example.ids.indices
      }
      let missing = (i + 1) * length - ids.count
      ids += repeatElement(padding, count: missing)
      labels += repeatElement(-100, count: missing)
      positions += repeatElement(0, count: missing)
    }
    let shape = [rows.count, length]
    self.init(
      inputIds: Tensor(ids, shape: shape, dtype: .int64), labels: Tensor(labels, shape: shape, dtype: .int64),
      positionIds: Tensor(positions, shape: shape, dtype: .int64),
      answerTokens: rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.answerTokens } })
  }

  private static func raised(_ length: Int, _ multiple: Int) -> Int {
    (length + multiple - 1) / max(1, multiple) * max(1, multiple)
  }
}

extension PreferenceBatch {
  /// Pairs of answers as rows, shorter ones filled up on the right.
  public init(_ examples: [PreferenceExample], padding: Int, multipleOf multiple: Int = 1) {
    func numbers(_ value: (PreferenceExample) -> Double?) -> Tensor? {
      let values = examples.compactMap(value)
      return values.count == examples.count ? Tensor(values, dtype: .float32) : nil
    }
    self.init(
      tokens: TokenBatch(
        examples.map(\.chosen) + examples.map(\.rejected), padding: padding, multipleOf: multiple),
      pairs: examples.count, margins: numbers(\.margin), referenceChosen: numbers { $0.reference?.chosen },
      referenceRejected: numbers { $0.reference?.rejected })
  }
}

extension FeedbackBatch {
  /// Answers as rows, and each prompt with the answer of the row before.
  /// - Parameter maxLength: the most tokens of a prompt with another's answer, which is cut at its end.
  public init(
    _ examples: [FeedbackExample], padding: Int, maxLength: Int = .max, multipleOf multiple: Int = 1
  ) {
    func row(_ prompt: [Int], _ answer: [Int]) -> TokenizedExample {
      TokenizedExample(
        ids: Array((prompt + answer).prefix(maxLength)),
        labels: Array((prompt.map { _ in -100 } + answer).prefix(maxLength)))
    }
    let matched = examples.map { row($0.prompt, $0.completion) }
    let mismatched = examples.indices.map { i in
      row(examples[i].prompt, examples[i == 0 ? examples.count - 1 : i - 1].completion)
    }
    let references = examples.compactMap(\.reference)
    self.init(
      tokens: TokenBatch(matched, padding: padding, multipleOf: multiple), isDesirable: examples.map(\.isDesirable),
      mismatched: examples.count > 1 ? TokenBatch(mismatched, padding: padding, multipleOf: multiple) : nil,
      reference: references.count == examples.count && !references.isEmpty
        ? Tensor(references, dtype: .float32) : nil)
  }
}
