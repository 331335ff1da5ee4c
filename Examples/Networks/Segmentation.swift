import Apus

// Wordsfoundinatextwithoutspaces: each letter gets one of four tags, and a chain of tags is decoded as a whole by Viterbi's
// algorithm, which is a product of matrices in the max-plus semiring. A conditional random field (Lafferty, McCallum and Pereira,
// 2001) is trained so too, by the same product in the semiring of logarithms.
//
//   swift run -c release examples segmentation

/// What a letter is in its word: its beginning, its middle, its end, or a word of its own.
public enum WordTag: Int, CaseIterable, Sendable {
  case begin, middle, end, single

  /// Whether the next letter's tag can be `next`.
  func precedes(_ next: WordTag) -> Bool {
    switch self {
    case .begin, .middle: next == .middle || next == .end
    case .end, .single: next == .begin || next == .single
    }
  }

  /// 0 where one tag can follow another, -∞ where it cannot.
  static let rules = Tensor(
    allCases.map { tag in allCases.map { tag.precedes($0) ? 0.0 : -Double.infinity } }, dtype: .float32)
}

/// Letters of a text without spaces, and their tags.
struct TaggedText {
  var letters: [Int] = []
  var tags: [Int] = []

  init(_ text: String) {
    for word in text.lowercased().split(whereSeparator: { !$0.isASCII || !$0.isLetter }) {
      for (i, letter) in word.utf8.enumerated() {
        letters.append(Int(letter) - 97)
        let isLast = i == word.utf8.count - 1
        let tag: WordTag = i == 0 ? (isLast ? .single : .begin) : (isLast ? .end : .middle)
        tags.append(tag.rawValue)
      }
    }
  }

  /// Pieces of `length` letters, `[pieces, length]`, and their tags.
  func pieces(_ range: Range<Int>, length: Int) -> (letters: Tensor, tags: Tensor) {
    let count = range.count / length
    let part = range.lowerBound..<range.lowerBound + count * length
    return (
      Tensor(Array(letters[part])).reshape([count, length]), Tensor(Array(tags[part])).reshape([count, length])
    )
  }
}

/// Scores of tags for each letter, from the letters around it.
@Module
final class Tagger {
  let embedding: Embedding
  let window: Conv1d
  let scores: Conv1d
  /// Scores of one tag after another, for the chain.
  let transitions: Tensor

  init(width: Int) {
    embedding = Embedding(26, 16)
    window = Conv1d(16, width, kernelSize: 11, padding: 5)
    scores = Conv1d(width, 4, kernelSize: 1)
    transitions = Parameter(Tensor.zeros([4, 4]))
  }

  func forward(_ letters: Tensor) -> Tensor {
    scores(relu(window(embedding(letters).transpose(1, 2)))).transpose(1, 2)
  }
}

/// Finds the words of a text without spaces: tag by tag, and by the best chain of tags.
public struct Segmentation: Example {
  public static let name = "segmentation"
  public static let summary =
    "words found in a text without spaces, by Viterbi's algorithm as products of max-plus matrices"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the text is gone through"),
      Option("width", \.width, "channels of the window"), Option("length", \.length, "letters of a piece"),
      Option("batch", \.batch, "pieces in a step"), Option("rate", \.rate, "learning rate"),
      Option("letters", \.letters, "letters of the text that are used; 0: all"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, width, length, batch, rate, letters, seed) = (6, 128, 48, 64, 2e-3, 300_000, 0)
  public init() {}

  /// How many words of the rest of the text were found: the harmonic mean of the shares of words found and of findings
  /// that are words.
  public struct Outcome: Sendable {
    /// The likeliest tag of each letter, from a network that learned the tags one by one.
    public let tagByTag: Double
    /// The best chain of the same scores.
    public let chain: Double
    /// The best chain of a network that learned chains.
    public let field: Double
  }

  public func run() throws -> Outcome {
    let text = TaggedText(try Novels.text() ?? firstChapters)
    let all = letters > 0 ? min(letters, text.letters.count) : text.letters.count
    let split = all * 9 / 10
    let training = text.pieces(0..<split, length: length)
    let testing = text.pieces(split..<all, length: length)
    print("\(all) letters, \(training.letters.size(0)) pieces to learn from")

    let single = train(training) { model, letters, tags in crossEntropy(model(letters).flatten(0, 1), tags.flatten()) }
    let scores = noGrad { logSoftmax(single(testing.letters), dim: -1) }
    let greedy = quality(scores.argmax(-1), testing.tags)
    let chain = quality(viterbi(scores, transitions: WordTag.rules).path, testing.tags)
    print("tag by tag: \(percent(greedy)), best chain of the same scores: \(percent(chain))")

    let field = train(training) { model, letters, tags in
      let (scores, transitions) = (model(letters), model.transitions + WordTag.rules)
      let total = forwardAlgorithm(scores, transitions: transitions)
      let steps = tags[0..., ..<(-1)] * 4 + tags[0..., 1...]
      let path = scores.gather(-1, tags.unsqueeze(-1)).sum([1, 2]) + transitions.flatten().take(steps).sum([1])
      return (total - path).mean() / Double(length)
    }
    let best = noGrad { viterbi(field(testing.letters), transitions: field.transitions + WordTag.rules).path }
    let learned = quality(best, testing.tags)
    print("best chain of a network that learned chains: \(percent(learned))\n")
    show(testing.letters[0], best[0])
    return Outcome(tagByTag: greedy, chain: chain, field: learned)
  }

  private func percent(_ share: Double) -> String { "\(fixed(100 * share, 1)) % of the words" }

  private func train(
    _ data: (letters: Tensor, tags: Tensor), _ loss: (Tagger, Tensor, Tensor) -> Tensor
  ) -> Tagger {
    manualSeed(seed)
    let model = Tagger(width: width)
    let optimizer = Adam(model.parameters(), lr: rate)
    for epoch in 1...max(1, epochs) {
      var (total, steps) = (0.0, 0)
      for (letters, tags) in DataLoader(TensorDataset(data.letters, data.tags), batchSize: batch, shuffle: true) {
        optimizer.zeroGrad()
        let value = loss(model, letters, tags)
        value.backward()
        optimizer.step()
        (total, steps) = (total + value.item(), steps + 1)
      }
      print("epoch \(epoch): loss \(fixed(total / Double(max(1, steps)), 4))")
    }
    return model
  }

  /// The words of a piece as ranges of letters: they end where a tag says so.
  private func words(_ tags: [Int]) -> Set<Range<Int>> {
    var (found, start): (Set<Range<Int>>, Int) = ([], 0)
    for (i, tag) in tags.enumerated() where tag == WordTag.end.rawValue || tag == WordTag.single.rawValue {
      found.insert(start..<i + 1)
      start = i + 1
    }
    return found
  }

  private func quality(_ found: Tensor, _ tags: Tensor) -> Double {
    var (right, given, there) = (0, 0, 0)
    for i in 0..<tags.size(0) {
      let (mine, real) = (words(found[i].array(as: Int.self)), words(tags[i].array(as: Int.self)))
      (right, given, there) = (right + mine.intersection(real).count, given + mine.count, there + real.count)
    }
    return 2 * Double(right) / Double(max(1, given + there))
  }

  private func show(_ letters: Tensor, _ tags: Tensor) {
    var line = ""
    for (letter, tag) in zip(letters.array(as: Int.self), tags.array(as: Int.self)) {
      line.unicodeScalars.append(Unicode.Scalar(UInt8(97 + letter)))
      if tag == WordTag.end.rawValue || tag == WordTag.single.rawValue { line += " " }
    }
    print(line)
  }
}
