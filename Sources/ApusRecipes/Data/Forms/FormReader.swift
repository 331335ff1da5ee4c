import ApusCore
import ApusText

/// Reads what rows of one form say.
struct FormReader: Sendable {
  let form: DataForm
  private let settings: DataSettings
  private let names: ColumnNames
  private let messages: MessageReader
  /// Whether rows of instructions become messages.
  private let writesChat: Bool

  /// - Parameter hasTemplate: whether there is a chat template.
  init(_ form: DataForm, _ settings: DataSettings, hasTemplate: Bool) {
    (self.form, self.settings) = (form, settings)
    names = ColumnNames(settings)
    messages = MessageReader(settings)
    writesChat = settings.instructStyle == .automatic ? hasTemplate : settings.instructStyle == .chat
  }

  func content(_ row: DataRow) throws(RowProblem) -> RowContent {
    switch form {
    case .instruct: return try instruct(row)
    case .chat:
      guard let value = names.find(.messages, row) else { throw missing(.messages) }
      let conversation = withSystem(try messages.messages(value, names.name(.messages)))
      guard conversation.last?.role == "assistant" || settings.learn == .all else {
        throw RowProblem(.lastNotAssistant, conversation.last?.role ?? "")
      }
      return .chat(conversation, try context(row))
    case .completion:
      let (prompt, completion) = try (self.prompt(row), answer(.completion, row))
      let (first, second) = alike(prompt, completion)
      return .completion(prompt: first, completion: second, try context(row))
    case .text:
      let text = try names.text(.text, row)
      guard !text.allSatisfy(\.isWhitespace) else { throw RowProblem(.emptyAnswer, "'\(names.name(.text))'") }
      return .text(text)
    case .preference: return try preference(row)
    case .feedback:
      let (first, second) = alike(try prompt(row), try answer(.completion, row))
      guard let label = names.find(.feedback, row) else { throw missing(.feedback) }
      return .feedback(
        prompt: first, completion: second, isDesirable: try truth(label, names.name(.feedback)), try context(row))
    case .prompt: return .prompt(asMessages(try prompt(row)), try context(row))
    case .labelled:
      guard let label = names.find(.label, row) else { throw missing(.label) }
      let second = try names.optionalText(.secondText, row)
      return .labelled(try names.text(.firstText, row), second: second, label: label)
    case .pairs: return try pair(row)
    }
  }

  private func missing(_ column: FormColumn) -> RowProblem {
    RowProblem(.missingColumn, "'\(names.name(column))'")
  }

  // MARK: - Parts of rows

  private func prompt(_ row: DataRow) throws(RowProblem) -> Passage {
    guard let value = names.find(.prompt, row) else { throw missing(.prompt) }
    let prompt = try messages.passage(value, names.name(.prompt))
    if prompt.isEmpty { throw RowProblem(.emptyPrompt, "'\(names.name(.prompt))'") }
    return prompt
  }

  private func answer(_ column: FormColumn, _ row: DataRow) throws(RowProblem) -> Passage {
    guard let value = names.find(column, row) else { throw missing(column) }
    let answer = try messages.passage(value, names.name(column))
    if answer.isEmpty { throw RowProblem(.emptyAnswer, "'\(names.name(column))'") }
    return answer
  }

  /// Prompt and answer as messages where one of them is, or the settings say so.
  private func alike(_ prompt: Passage, _ answer: Passage) -> (Passage, Passage) {
    if prompt.isText, answer.isText, !settings.asChat { return (prompt, answer) }
    return (.messages(withSystem(prompt.messages(as: "user"))), .messages(answer.messages(as: "assistant")))
  }

  /// A prompt as messages where it is some, or the settings say so.
  private func asMessages(_ prompt: Passage) -> Passage {
    prompt.isText && !settings.asChat ? prompt : .messages(withSystem(prompt.messages(as: "user")))
  }

  private func withSystem(_ messages: [ChatMessage], _ own: String? = nil) -> [ChatMessage] {
    guard let text = own ?? settings.systemPrompt, let first = messages.first?.role, first != "system",
      first != "developer"
    else { return messages }
    return [.system(text)] + messages
  }

  private func context(_ row: DataRow) throws(RowProblem) -> ChatContext {
    var context = ChatContext()
    var tools = names.find(.tools, row)
    if case .string(let text)? = tools {
      guard let parsed = try? ChatValue(json: text) else {
        throw RowProblem(.wrongValue, "'\(names.name(.tools))' is no JSON")
      }
      tools = parsed
    }
    if let tools, tools != .null {
      guard case .array(let list) = tools else {
        throw RowProblem(.wrongValue, "'\(names.name(.tools))' is no list")
      }
      // Some templates write an introduction to no tools at all.
      if !list.isEmpty { context.tools = list }
    }
    for variable in row["chat_template_kwargs"]?.object ?? [] { context.variables[variable.name] = variable.value }
    return context
  }

  private func truth(_ value: ChatValue, _ name: String) throws(RowProblem) -> Bool {
    switch value {
    case .bool(let truth): return truth
    case .int(0), .int(1): return value == .int(1)
    case .double(0), .double(1): return value == .double(1)
    case .string(let text):
      switch text.lowercased() {
      case "true", "1", "yes", "good", "desirable", "thumbs_up": return true
      case "false", "0", "no", "bad", "undesirable", "thumbs_down": return false
      case _: break
      }
    case .null, .int, .double, .array, .object: break
    }
    throw RowProblem(.wrongValue, "'\(name)' is neither true nor false")
  }

  // MARK: - Forms of several parts

  private func instruct(_ row: DataRow) throws(RowProblem) -> RowContent {
    let instruction = try names.text(.instruction, row)
    let input = try names.optionalText(.input, row) ?? ""
    guard !(instruction + input).allSatisfy(\.isWhitespace) else { throw RowProblem(.emptyPrompt) }
    let output = try names.text(.output, row)
    guard !output.allSatisfy(\.isWhitespace) else { throw RowProblem(.emptyAnswer, "'\(names.name(.output))'") }
    let hasInput = !input.allSatisfy(\.isWhitespace)
    if writesChat {
      let asked = ChatMessage.user(hasInput ? "\(instruction)\n\(input)" : instruction)
      let prompt = withSystem([asked], try names.optionalText(.system, row))
      return .chat(prompt + [.assistant(output)], try context(row))
    }
    return .completion(
      prompt: .text(Self.alpaca(instruction, hasInput ? input : nil)), completion: .text(output), ChatContext())
  }

  /// The text that Alpaca was trained on (https://github.com/tatsu-lab/stanford_alpaca).
  private static func alpaca(_ instruction: String, _ input: String?) -> String {
    let task = "Below is an instruction that describes a task"
    let request = "Write a response that appropriately completes the request.\n\n### Instruction:\n\(instruction)\n\n"
    guard let input else { return "\(task). \(request)### Response:\n" }
    return
      "\(task), paired with an input that provides further context. \(request)### Input:\n\(input)\n\n### Response:\n"
  }

  private func preference(_ row: DataRow) throws(RowProblem) -> RowContent {
    let (chosen, rejected) = try (answer(.chosen, row), answer(.rejected, row))
    let margin = try names.number(.margin, row)
    if chosen == rejected { throw RowProblem(.sameAnswers) }
    let given = names.find(.prompt, row) == nil ? nil : try prompt(row)
    // Whole conversations have the prompt in them, whatever else a column of that name says.
    let areWhole: Bool
    if case .messages(let first) = chosen { areWhole = first.first?.role != "assistant" } else { areWhole = false }
    if let given, !areWhole {
      if given.isText, chosen.isText, rejected.isText, !settings.asChat {
        return .preference(prompt: given, chosen: chosen, rejected: rejected, margin: margin, try context(row))
      }
      return .preference(
        prompt: .messages(withSystem(given.messages(as: "user"))),
        chosen: .messages(chosen.messages(as: "assistant")),
        rejected: .messages(rejected.messages(as: "assistant")), margin: margin, try context(row))
    }
    switch (chosen, rejected) {
    case (.messages(let first), .messages(let second)):
      let common = zip(first, second).prefix { $0 == $1 }.count
      guard common > 0 else { throw RowProblem(.missingColumn, "'\(names.name(.prompt))'") }
      guard common < first.count, common < second.count else { throw RowProblem(.emptyAnswer) }
      return .preference(
        prompt: .messages(withSystem(Array(first[..<common]))), chosen: .messages(Array(first[common...])),
        rejected: .messages(Array(second[common...])), margin: margin, try context(row))
    case (.text(let first), .text(let second)):
      let (first, second) = (Array(first.unicodeScalars), Array(second.unicodeScalars))
      var common = zip(first, second).prefix { $0 == $1 }.count
      guard common > 0 else { throw RowProblem(.missingColumn, "'\(names.name(.prompt))'") }
      // The space before a word belongs to it.
      if first[common - 1] == " " { common -= 1 }
      func text(_ part: ArraySlice<Unicode.Scalar>) -> Passage {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part)
        return .text(String(text))
      }
      return .preference(
        prompt: text(first[..<common]), chosen: text(first[common...]), rejected: text(second[common...]),
        margin: margin, try context(row))
    case (.messages, .text), (.text, .messages):
      throw RowProblem(.wrongValue, "one answer is a text and the other messages")
    }
  }

  private func pair(_ row: DataRow) throws(RowProblem) -> RowContent {
    func said(_ column: FormColumn) throws(RowProblem) -> String {
      let text = try names.text(column, row)
      if text.allSatisfy(\.isWhitespace) { throw RowProblem(.emptyPrompt, "'\(names.name(column))'") }
      return text
    }
    if names.find(.sentence1, row) != nil, names.find(.sentence2, row) != nil {
      return .pair([try said(.sentence1), try said(.sentence2)], score: try names.number(.score, row))
    }
    var texts = [try said(.anchor), try said(.positive)]
    for column in row.columns where column.name.hasPrefix("negative") && column.value != .null {
      // A list of negatives is as many columns.
      if case .array(let items) = column.value {
        for item in items { texts.append(try ColumnNames.text(item, column.name)) }
      } else {
        texts.append(try ColumnNames.text(column.value, column.name))
      }
    }
    return .pair(texts, score: texts.count == 2 ? try names.number(.score, row) : nil)
  }
}
