/// Tokenised examples in little memory: five bytes for a token.
public struct TokenizedExamples: RandomAccessCollection, Sendable {
  private var ids: [Int32] = []
  private var isLearned: [Bool] = []
  /// Where each example ends.
  private var ends: [Int] = []

  public init() {}

  /// The same examples, kept in little memory. Labels other than the token itself are taken for the token.
  public init(_ examples: some Sequence<TokenizedExample>) {
    for example in examples { append(example) }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.count }
  /// How many examples there are.
  public var count: Int { ends.count }

  /// How many tokens each example has.
  public var lengths: [Int] { ends.indices.map { ends[$0] - ($0 == 0 ? 0 : ends[$0 - 1]) } }
  /// How many tokens all of them have.
  public var tokens: Int { ids.count }
  /// How many of the tokens are learned.
  public var learnedTokens: Int { isLearned.count { $0 } }

  public subscript(index: Int) -> TokenizedExample {
    let range = (index == 0 ? 0 : ends[index - 1])..<ends[index]
    return TokenizedExample(
      ids: ids[range].map { Int($0) }, labels: range.map { isLearned[$0] ? Int(ids[$0]) : -100 })
  }

  public mutating func append(_ example: TokenizedExample) {
    ids += example.ids.map { Int32(truncatingIfNeeded: $0) }
    isLearned += example.labels.map { $0 != -100 }
    ends.append(ids.count)
  }

  /// The examples of these numbers.
  public func selecting(_ indices: some Sequence<Int>) -> TokenizedExamples {
    TokenizedExamples(indices.lazy.map { self[$0] })
  }

  /// All tokens behind each other, cut into pieces of `length`; the last one may be shorter. The end tokens of the examples stand
  /// between them.
  public func wrapped(to length: Int) -> TokenizedExamples {
    var result = self
    result.ends = Array(stride(from: length, to: ids.count, by: length)) + (ids.isEmpty ? [] : [ids.count])
    return result
  }

  /// Each example cut into pieces of at most `length` tokens.
  public func split(to length: Int) -> TokenizedExamples {
    var result = self
    result.ends = ends.indices.flatMap { i -> [Int] in
      Array(stride(from: (i == 0 ? 0 : ends[i - 1]) + length, to: ends[i], by: length)) + [ends[i]]
    }
    return result
  }
}
