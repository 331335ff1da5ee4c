import ApusCore
import ApusModels
import ApusText
import ApusTrain

/// What a language model answers, compared with right answers or checked.
struct GenerationEvaluation {
  let model: LanguageSubject
  let settings: EvaluationSettings

  /// A question and how its answer is checked.
  struct Item {
    let prompt: String
    let messages: [ChatMessage]?
    let check: AnswerCheck
    /// The right answer; nil where the check needs none.
    let answer: SettingValue?
    let pattern: String?
    /// The whole line, which a checking program gets.
    let values: [String: SettingValue]

    init(_ row: EvaluationTask.Row, _ settings: EvaluationSettings) throws(EvaluationTask.Row.Mistake) {
      let conversation = try row.conversation()
      messages = conversation
      prompt = conversation == nil ? try row.text(.prompt) : ""
      values = row.values
      if let given = row.value(.check) {
        guard let found = AnswerCheck(setting: given) else {
          throw .init(message: "column 'check' is to be \(AnswerCheck.settingWords), and is \(given.excerpt)")
        }
        check = found
      } else {
        check = settings.check
      }
      pattern = row.value(.pattern)?.plainText
      switch check {
      case .exact:
        answer = .list(try row.texts(.answer).map { .string($0) })
      case .number:
        let given = try row.required(.answer)
        let number = Double(setting: given) ?? given.plainText.flatMap { Answers.lastNumber(in: $0) }
        guard let number else { throw .init(message: "the answer is to be a number, and is \(given.excerpt)") }
        answer = .double(number)
      case .json:
        // The answer as a text that is JSON, or as a value.
        let given = try row.required(.answer)
        if case .string(let text) = given, let value = Answers.firstJSON(in: text) {
          answer = value
        } else {
          answer = given
        }
      case .regex:
        answer = nil
        if pattern == nil { throw .init(message: "column 'pattern' is missing") }
      case .program:
        answer = row.value(.answer)
        if settings.program.isEmpty {
          throw .init(message: "a program is to check the answer, and the settings name none")
        }
      }
    }
  }

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    var items: [Item] = []
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) { items.append(try Item(row, settings)) } catch {
        problems.append(.init(line: row.line, message: error.message))
      }
    }
    var prompts: [[Int]] = []
    for item in items {
      let (context, isChat) = try model.context(item.prompt, item.messages, settings)
      prompts.append(try model.ids(of: context, hasSpecialTokens: isChat))
    }
    progress.begin("answers", prompts.count)
    let answers = try model.answers(to: prompts, settings) { progress.advance($0) }
    var names: [String] = []
    var columns: [String: [Double]] = [:]
    var shown: [[String: SettingValue]] = []
    for (i, (item, answer)) in zip(items, answers).enumerated() {
      let found = try results(of: item, answer)
      for (name, value) in found {
        if columns[name] == nil {
          names.append(name)
          columns[name] = [Double](repeating: .nan, count: items.count)
        }
        columns[name]?[i] = value
      }
      var entry: [String: SettingValue] = ["response": .string(answer)]
      if let wanted = item.answer { entry["answer"] = wanted }
      for (name, value) in found { entry[name] = .double(value) }
      shown.append(entry)
    }
    // Checks may differ from line to line: a measure is the mean over those that have it.
    let measures = names.map { name -> EvaluationScores.Measure in
      let values = columns[name] ?? []
      return .ratio(
        name, values.map { $0.isNaN ? 0 : $0 }, values.map { $0.isNaN ? 0 : 1 }, isHigherBetter: true)
    }
    return EvaluationScores(measures: measures, items: shown)
  }

  /// The values of an answer, each from 0 to 1.
  private func results(of item: Item, _ answer: String) throws -> [(String, Double)] {
    switch item.check {
    case .exact:
      guard case .list(let right)? = item.answer else { return [] }
      let given = AnswerNormalization.apply(settings.normalizations, to: answer)
      let isRight = right.contains { value in
        guard case .string(let text) = value else { return false }
        return AnswerNormalization.apply(settings.normalizations, to: text) == given
      }
      return [("exact_match", isRight ? 1 : 0)]
    case .number:
      guard let wanted = item.answer.flatMap({ Double(setting: $0) }) else { return [] }
      let isRight = Answers.lastNumber(in: answer).map { Answers.isSame($0, wanted) } ?? false
      return [("number_match", isRight ? 1 : 0)]
    case .json:
      guard let wanted = item.answer else { return [] }
      let found = Answers.firstJSON(in: answer)
      let fields = Answers.fields(of: found, asIn: wanted)
      return [
        ("json_match", found.map { Answers.isSame($0, wanted) } ?? false ? 1 : 0),
        ("json_fields", Double(fields.right) / Double(fields.count)), ("json_valid", found == nil ? 0 : 1),
      ]
    case .regex:
      return [("regex_match", try Answers.contains(answer, pattern: item.pattern ?? "") ? 1 : 0)]
    case .program:
      return [("program_score", try ProgramCheck(settings).score(answer, item))]
    }
  }
}

/// A program that checks answers: it reads a JSON object (the columns of the line, and the answer as `response`) from its standard
/// input. A number from 0 to 1 in its last line is the score; without one, an answer is right where the program ends with 0.
private struct ProgramCheck {
  private let words: [String]
  private let seconds: Double

  init(_ settings: EvaluationSettings) { (words, seconds) = (settings.program, settings.programSeconds) }

  func score(_ answer: String, _ item: GenerationEvaluation.Item) throws -> Double {
    var values = item.values
    values["response"] = .string(answer)
    let process = try ChildProcess(words, environment: [:], input: "\(SettingValue.dictionary(values))\n")
    var last = ""
    let ending = try process.finish(timeout: seconds, isStopping: { false }) { last = $0 }
    switch ending {
    case .exited(let status):
      let word = last.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
      if status == 0, let score = Double(word) {
        guard (0...1).contains(score) else {
          throw TensorError(.value, words[0], "a score is a number from 0 to 1, and the program wrote \(word)")
        }
        return score
      }
      guard status != 126, status != 127 else {
        throw TensorError(.file, words[0], "the program that checks answers could not be run: \(last)")
      }
      return status == 0 ? 1 : 0
    case .signalled, .timedOut, .stopped: return 0
    }
  }
}

extension LanguageSubject {
  /// The answers to prompts in tokens, those of about one length together, without what ends them.
  /// - Parameter progress: called with how many are done.
  func answers(
    to prompts: [[Int]], _ settings: EvaluationSettings, progress: (Int) -> Void
  ) throws -> [String] {
    var options = generator.configuration
    options.maxNewTokens = settings.maxNewTokens
    options.doSample = settings.temperature > 0
    // What a model was published with for sampling does not change the likeliest token.
    options.temperature = settings.temperature > 0 ? settings.temperature : 1
    if settings.temperature == 0 { (options.topK, options.topP, options.minP) = (0, 1, nil) }
    options.numReturnSequences = 1
    options.numBeams = 1
    let stops = settings.stop.filter { !$0.isEmpty } + options.stopStrings
    options.stopStrings = []
    var extras = generator.extras
    let tokenizer = tokenizer
    if !stops.isEmpty { extras.stopping.append(StopStrings(stops) { (try? tokenizer.decode($0)) ?? "" }) }
    var answers = [String](repeating: "", count: prompts.count)
    let order = prompts.indices.sorted { prompts[$0].count > prompts[$1].count }
    var start = 0
    while start < order.count {
      let length = prompts[order[start]].count + settings.maxNewTokens
      var end = min(order.count, start + max(1, settings.batchTokens / length))
      // Padding on the left is work: prompts of a batch are of about one length.
      while end - 1 > start, 4 * prompts[order[end - 1]].count < 3 * prompts[order[start]].count { end -= 1 }
      let batch = Array(order[start..<end])
      options.seed = settings.seed + start
      let found = try model.generate(batch.map { prompts[$0] }, options, extras)
      for (place, ids) in zip(batch, found) {
        let isEnded = ids.last.map { options.eosTokenIds.contains($0) } ?? false
        var text = try tokenizer.decode(isEnded ? Array(ids.dropLast()) : ids, skipsSpecialTokens: true)
        for stop in stops { if let cut = text.firstPlace(of: stop) { text = String(text[..<cut]) } }
        answers[place] = text
      }
      start = end
      progress(start)
    }
    return answers
  }
}

extension String {
  /// Where `other` begins in the text for the first time.
  fileprivate func firstPlace(of other: String) -> String.Index? {
    let (bytes, wanted) = (Array(utf8), Array(other.utf8))
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    let place = (0...(bytes.count - wanted.count)).first { bytes[$0...].starts(with: wanted) }
    return place.map { utf8.index(utf8.startIndex, offsetBy: $0) }
  }
}
