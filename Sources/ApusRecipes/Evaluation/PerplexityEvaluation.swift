import ApusCore
import ApusModels
import ApusText
import ApusTrain
#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How well a language model foretells texts, per token, per word, per byte.
package struct PerplexityEvaluation {
  let model: LanguageSubject
  let settings: EvaluationSettings

  func scores(
    _ task: EvaluationTask, _ problems: inout [EvaluationTask.Problem], _ progress: EvaluationProgress
  ) throws -> EvaluationScores {
    var texts: [String] = []
    for row in task.rows {
      do throws(EvaluationTask.Row.Mistake) {
        let text = try row.text(.text)
        if text.isEmpty { throw EvaluationTask.Row.Mistake(message: "the text is empty") }
        texts.append(text)
      } catch { problems.append(.init(line: row.line, message: error.message)) }
    }
    let scorer = model.scorer(settings)
    var requests: [ScoredTokens] = []
    var owners: [Int] = []
    for (i, text) in texts.enumerated() {
      let windows = try Self.windows(
        model.tokenizer.ids(of: text, addsSpecialTokens: false), start: settings.predictsFirst ? model.startToken : nil,
        context: scorer.maxLength, stride: settings.stride)
      requests += windows
      owners += [Int](repeating: i, count: windows.count)
    }
    progress.begin("texts", requests.count)
    let found = try scorer.scores(requests) { progress.advance($0) }
    var losses = [Double](repeating: 0, count: texts.count)
    var tokens = losses
    for (owner, values) in zip(owners, found) {
      losses[owner] -= values.reduce(0, +)
      tokens[owner] += Double(values.count)
    }
    let words = texts.map { Double(Self.wordCount($0)) }
    let bytes = texts.map { Double($0.utf8.count) }
    let items = texts.indices.map { i -> [String: SettingValue] in
      [
        "loss": .double(losses[i]), "tokens": .int(Int(tokens[i])), "words": .int(Int(words[i])),
        "bytes": .int(Int(bytes[i])),
      ]
    }
    return EvaluationScores(
      measures: [
        .ratio("perplexity", losses, tokens, isHigherBetter: false) { exp($0) },
        .ratio("word_perplexity", losses, words, isHigherBetter: false) { exp($0) },
        .ratio("byte_perplexity", losses, bytes, isHigherBetter: false) { exp($0) },
        .ratio("bits_per_byte", losses, bytes, isHigherBetter: false) { $0 / log(2) },
      ], items: items)
  }

  /// The windows of a text, each token foretold once from as much before it as its window has.
  /// - Parameters:
  ///   - start: what the first token is foretold from; nil: it is not.
  ///   - context: the most tokens that the model reads.
  ///   - stride: how many tokens further the next window begins; nil: as many as there are in one, but for the last one, which the next
  ///     window begins with.
  package static func windows(_ ids: [Int], start: Int?, context: Int, stride: Int?) -> [ScoredTokens] {
    let tokens = (start.map { [$0] } ?? []) + ids
    let step = max(1, min(stride ?? context, context))
    var windows: [ScoredTokens] = []
    // The window that ends before `end` foretells what the one before it did not.
    var (done, end) = (1, min(tokens.count, context + 1))
    while done < tokens.count {
      let begin = max(0, min(end - context - 1, done - 1))
      windows.append(
        ScoredTokens(context: Array(tokens[begin..<done]), continuation: Array(tokens[done..<end])))
      done = end
      end = min(tokens.count, end + step)
    }
    return windows
  }

  /// The parts of a text between spaces, as Python's `re.split(r"\s+", text)` counts them.
  package static func wordCount(_ text: String) -> Int {
    var count = 1
    var isSpace = false
    for scalar in text.unicodeScalars {
      let space = scalar.properties.isWhitespace || (0x1c...0x1f).contains(scalar.value)
      if space, !isSpace { count += 1 }
      isSpace = space
    }
    return count
  }
}
