import ApusCore
import ApusModels
import ApusText
import ApusTrain

/// Which of several answers a language model finds likeliest: by the log-likelihood as it is, by character (`acc_norm`, as
/// lm-evaluation-harness has it), by byte and by token.
struct MultipleChoiceEvaluation {
  let model: LanguageSubject
  let settings: EvaluationSettings

  /// A question with its answers.
  struct Item {
    let prompt: String
    let messages: [ChatMessage]?
    let choices: [String]
    let answer: Int

    init(_ row: EvaluationTask.Row) throws(EvaluationTask.Row.Mistake) {
      let conversation = try row.conversation()
      messages = conversation
      prompt = conversation == nil ? try row.text(.prompt) : ""
      let given = try row.required(.choices)
      var labels: [String] = []
      if case .dictionary(let parts) = given {
        // Texts and their letters side by side.
        guard case .list(let texts)? = parts["text"] else {
          throw .init(message: "column 'choices' is to be a list of texts, or an object with 'text' and 'label'")
        }
        if case .list(let letters)? = parts["label"] { labels = letters.compactMap(\.plainText) }
        choices = texts.compactMap(\.plainText)
      } else {
        choices = try row.texts(.choices)
      }
      guard choices.count > 1 else { throw .init(message: "a question needs two choices or more") }
      answer = try Self.answer(try row.required(.gold), choices, labels)
    }

    /// The number of the right choice: given as such, as its text, or as its letter.
    private static func answer(
      _ given: SettingValue, _ choices: [String], _ labels: [String]
    ) throws(EvaluationTask.Row.Mistake) -> Int {
      var found: Int?
      switch given {
      case .int(let number): found = number
      case .string(let text):
        found =
          labels.firstIndex(of: text) ?? choices.firstIndex(of: text)
          ?? Int(text) ?? letter(text)
      case .bool(let truth): found = truth ? 1 : 0
      case .double(let number): found = Int(exactly: number)
      case .none, .list, .dictionary: found = nil
      }
      guard let found, choices.indices.contains(found) else {
        throw .init(
          message:
            "the answer is to be the number (from 0), the letter or the text of a choice, and is \(given.excerpt)")
      }
      return found
    }

    private static func letter(_ text: String) -> Int? {
      guard text.utf8.count == 1, let byte = text.utf8.first else { return nil }
      let upper = byte & 0xdf
      return upper >= 65 && upper <= 90 ? Int(upper) - 65 : nil
    }
  }

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    var items: [Item] = []
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) { items.append(try Item(row)) } catch {
        problems.append(.init(line: row.line, message: error.message))
      }
    }
    var requests: [ScoredTokens] = []
    for item in items {
      let (context, isChat) = try model.context(item.prompt, item.messages, settings)
      for choice in item.choices {
        let text = isChat ? choice : settings.delimiter + choice
        requests.append(try model.request(context, text, hasSpecialTokens: isChat))
      }
    }
    let scorer = model.scorer(settings)
    progress.begin("choices", requests.count)
    let tokens = try scorer.scores(requests) { progress.advance($0) }
    var place = 0
    var right = [[Double]](repeating: [], count: 4)
    var found: [[String: SettingValue]] = []
    for item in items {
      let own = tokens[place..<place + item.choices.count]
      place += item.choices.count
      let sums = own.map { $0.reduce(0, +) }
      let sizes: [[Double]] = [
        item.choices.map { _ in 1 }, item.choices.map { Double($0.unicodeScalars.count) },
        item.choices.map { Double($0.utf8.count) }, own.map { Double($0.count) },
      ]
      var picks: [Int] = []
      for (kind, sizes) in sizes.enumerated() {
        let pick = Self.best(zip(sums, sizes).map { $1 == 0 ? $0 : $0 / $1 })
        picks.append(pick)
        right[kind].append(pick == item.answer ? 1 : 0)
      }
      found.append([
        "log_likelihoods": .list(sums.map { .double($0) }), "answer": .int(item.answer), "choice": .int(picks[0]),
        "choice_norm": .int(picks[1]),
      ])
    }
    let cut = scorer.cutCount(requests)
    return EvaluationScores(
      measures: zip(["acc", "acc_norm", "acc_bytes", "acc_tokens"], right).map { .mean($0, $1) }, items: found,
      notes: cut == 0
        ? [] : ["of \(cut) choices the question was cut: the model reads \(scorer.maxLength) tokens"])
  }

  /// The place of the largest value, the first of equal ones.
  private static func best(_ values: [Double]) -> Int {
    values.indices.max { values[$0] < values[$1] || values[$0] == values[$1] && $0 > $1 } ?? 0
  }
}
