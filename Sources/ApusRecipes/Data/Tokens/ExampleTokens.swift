import ApusCore
import ApusText

/// Makes tokens of what rows say, and knows which of them are learned.
struct ExampleTokens: Sendable {
  let tokenizer: Tokenizer
  /// Nil where there is no chat template.
  let writer: ChatWriter?
  private let settings: DataSettings

  /// - Throws: `TensorError` where the settings name a template that is none.
  init(_ tokenizer: Tokenizer, _ settings: DataSettings) throws {
    (self.tokenizer, self.settings) = (tokenizer, settings)
    let hasTemplate = settings.chatTemplate != nil || tokenizer.configuration.chatTemplate != nil
    writer = hasTemplate ? try ChatWriter(tokenizer, template: settings.chatTemplate) : nil
  }

  // MARK: - One text

  /// A conversation.
  func chat(_ messages: [ChatMessage], _ context: ChatContext) throws -> TokenizedExample {
    // Where only the last answer counts, how others are written does not matter.
    let first = settings.learn == .last ? messages.count - 1 : 0
    return try learned(write(messages, context, from: settings.learn == .all ? messages.count : first))
  }

  /// The answers of a conversation, each as an example of its own that ends with it: what a template writes of a conversation up
  /// to an answer is what the model sees when it is asked for that answer.
  func answers(of messages: [ChatMessage], _ context: ChatContext) throws -> [TokenizedExample] {
    try messages.indices.filter { messages[$0].role == "assistant" }.compactMap { i in
      let example = try learned(write(Array(messages[...i]), context, from: i))
      return example.answerTokens == 0 ? nil : example
    }
  }

  /// A prompt and its answer; of messages those of the assistant are learned.
  func completion(_ prompt: Passage, _ completion: Passage, _ context: ChatContext) throws -> TokenizedExample {
    if case .messages(let asked) = prompt, case .messages(let answered) = completion {
      let all = asked + answered
      let first = settings.learn == .all ? all.count : settings.learn == .last ? all.count - 1 : asked.count
      return try learned(write(all, context, from: first))
    }
    let (before, after) = try parts(prompt, completion, context)
    let labels = settings.learn == .all ? before + after : before.map { _ in -100 } + after
    return TokenizedExample(ids: before + after, labels: labels)
  }

  /// A text that is learned as it is.
  func text(_ text: String) throws -> TokenizedExample {
    let ids = ended(try tokenizer.ids(of: text))
    return TokenizedExample(ids: ids, labels: ids)
  }

  /// The tokens up to where the assistant answers, and their text.
  func prompt(_ prompt: Passage, _ context: ChatContext) throws -> (ids: [Int], text: String) {
    switch prompt {
    case .text(let text): return (try tokenizer.ids(of: text), text)
    case .messages(let messages):
      let text = try needed().prompt(messages, tools: context.tools, variables: context.variables)
      return (try tokenizer.ids(of: text, addsSpecialTokens: false), text)
    }
  }

  /// A prompt with each of several answers. The prompt is what is alike in all of them, so that each answer is judged
  /// behind the same tokens.
  func answers(
    _ prompt: Passage, _ answers: [Passage], _ context: ChatContext
  ) throws -> [(prompt: [Int], answer: [Int])] {
    let all = try answers.map { try parts(prompt, $0, context) }
    var common = all.map(\.0.count).min() ?? 0
    if let first = all.first?.0 {
      for other in all.dropFirst() { common = min(common, zip(first, other.0).prefix { $0 == $1 }.count) }
    }
    return all.map { (Array($0.0[..<common]), Array($0.0[common...]) + $0.1) }
  }

  // MARK: - Parts

  /// The tokens of a prompt and of its answer behind it. A token that reaches over the border is the answer's.
  private func parts(_ prompt: Passage, _ answer: Passage, _ context: ChatContext) throws -> ([Int], [Int]) {
    switch (prompt, answer) {
    case (.text(let asked), .text(let answered)):
      let encoding = try tokenizer.encode(asked + answered)
      let border = asked.unicodeScalars.count
      let first = encoding.offsets.firstIndex { $0.upperBound > border } ?? encoding.count
      let ids = ended(encoding.ids)
      return (Array(ids[..<min(first, ids.count)]), Array(ids[min(first, ids.count)...]))
    case (.messages(let asked), .messages(let answered)):
      let written = try write(asked + answered, context, from: asked.count)
      let encoding = try tokenizer.encode(written.text, addsSpecialTokens: false)
      let border = written.answers.first?.lowerBound ?? written.text.unicodeScalars.count
      let first = encoding.offsets.firstIndex { $0.upperBound > border } ?? encoding.count
      return (Array(encoding.ids[..<first]), Array(encoding.ids[first...]))
    case (.text, .messages), (.messages, .text):
      return try parts(
        .messages(prompt.messages(as: "user")), .messages(answer.messages(as: "assistant")), context)
    }
  }

  private func write(_ messages: [ChatMessage], _ context: ChatContext, from first: Int) throws -> ChatWriter.Written {
    try needed().write(messages, tools: context.tools, variables: context.variables, from: first)
  }

  private func needed() throws -> ChatWriter { try writer ?? ChatWriter(tokenizer) }

  /// The tokens of a text; those that reach into an answer are learned.
  private func learned(_ written: ChatWriter.Written) throws -> TokenizedExample {
    let encoding = try tokenizer.encode(written.text, addsSpecialTokens: false)
    if settings.learn == .all { return TokenizedExample(ids: encoding.ids, labels: encoding.ids) }
    var labels = [Int](repeating: -100, count: encoding.count)
    var next = 0
    for (i, range) in encoding.offsets.enumerated() {
      while next < written.answers.count, range.lowerBound >= written.answers[next].upperBound { next += 1 }
      guard next < written.answers.count else { break }
      if range.upperBound > written.answers[next].lowerBound { labels[i] = encoding.ids[i] }
    }
    return TokenizedExample(ids: encoding.ids, labels: labels)
  }

  /// With the end token behind, where the settings say so and it is not there yet.
  private func ended(_ ids: [Int]) -> [Int] {
    guard settings.endToken, let end = tokenizer.configuration.eosId, ids.last != end else { return ids }
    return ids + [end]
  }
}
