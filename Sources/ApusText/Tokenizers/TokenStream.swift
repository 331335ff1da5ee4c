import ApusCore

/// The text of tokens that come one by one, without broken characters: what a token adds is given out as soon as it is whole.
///
///     var stream = tokenizer.stream()
///     for id in ids { print(try stream.append(id), terminator: "") }
///     print(try stream.finish())
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// The tokens whose text may still change, and those before them that it depends on.
  private var ids: [Int] = []
  /// The text of those before, and how many they are.
  private var prefix = ""
  private var prefixCount = 0

  init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool) {
    (self.tokenizer, self.skipsSpecialTokens) = (tokenizer, skipsSpecialTokens)
  }

  /// What a token adds to the text; nothing as long as a character is not whole.
  public mutating func append(_ id: Int) throws(TensorError) -> String { try append([id]) }

  /// What tokens add to the text.
  public mutating func append(_ new: [Int]) throws(TensorError) -> String {
    ids += new
    let whole = try decode(ids)
    // A character of more than four tokens will not become whole.
    if whole.utf8.elementsEqual(prefix.utf8) || whole.unicodeScalars.last == "\u{fffd}" && ids.count - prefixCount < 16
    {
      return ""
    }
    return try take(whole)
  }

  /// What is left, broken characters included.
  public mutating func finish() throws(TensorError) -> String {
    let whole = try decode(ids)
    let text = try take(whole)
    (ids, prefix, prefixCount) = ([], "", 0)
    return text
  }

  private func decode(_ ids: [Int]) throws(TensorError) -> String {
    try tokenizer.decode(ids, skipsSpecialTokens: skipsSpecialTokens)
  }

  private mutating func take(_ whole: String) throws(TensorError) -> String {
    let (old, new) = (Array(prefix.utf8), Array(whole.utf8))
    let common = zip(old, new).prefix { $0 == $1 }.count
    let added = text(new[min(common, new.count)...])
    ids.removeFirst(prefixCount)
    prefix = try decode(ids)
    prefixCount = ids.count
    return added
  }
}

extension Tokenizer {
  /// What makes text of tokens that come one by one.
  public func stream(skipsSpecialTokens: Bool = true) -> TokenStream {
    TokenStream(self, skipsSpecialTokens: skipsSpecialTokens)
  }
}
