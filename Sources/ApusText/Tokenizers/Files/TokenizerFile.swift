import ApusCore
import ApusFormats

/// What a tokenizer.json describes (Hugging Face's `tokenizers`, version 1.0 of the format).
struct TokenizerFile {
  let pipeline: TokenPipeline
  let postProcessor: PostProcessor?
  let truncation: Truncation?
  let padding: TokenPadding?

  init(path: String) throws { try self.init(try ConfigNode(path: path)) }

  init(_ node: ConfigNode) throws {
    guard case .object = node.json else { throw node.expected("an object") }
    if let version = try node.child("version")?.string(), version != "1.0" {
      throw node.error("this is version '\(version)' of the format; 1.0 can be read", .unsupported)
    }
    let normalizer = try node.child("normalizer").map { try TextNormalizer($0) }
    let preTokenizer = try node.child("pre_tokenizer").map { try PreTokenizer($0) }
    let model = try TokenModel(try node.needed("model"), readsBytes: preTokenizer?.endsWithByteLetters ?? false)
    let list = node.child("added_tokens")
    let added = try list?.items().map { try AddedToken($0) } ?? []
    do {
      pipeline = TokenPipeline(
        normalizer: normalizer, preTokenizer: preTokenizer, model: model,
        decoder: try node.child("decoder").map { try TokenDecoder($0) },
        added: try AddedTokens(Self.numbered(added, model.vocabulary), normalizer: normalizer))
    } catch let mistake as PatternMistake { throw node.error(mistake.description) }
    postProcessor = try node.child("post_processor").map { try PostProcessor($0) }
    truncation = try node.child("truncation").map { try Truncation($0) }
    padding = try node.child("padding").map { try TokenPadding($0) }
  }

  /// The tokens with the numbers that the library gives them: that of the vocabulary, or the next after all.
  static func numbered(_ tokens: [AddedToken], _ vocabulary: TokenTable) -> [AddedToken] {
    var next = vocabulary.count
    var known: [[UInt8]: Int] = [:]
    return tokens.map { token in
      var token = token
      let content = Array(token.content.utf8)
      if let number = known[content] ?? vocabulary.number(content) {
        token.id = number
      } else {
        token.id = next
        next += 1
      }
      known[content] = token.id
      return token
    }
  }
}
