import ApusText

/// A request of `/v1/completions`.
package struct CompletionRequest: Sendable {
  /// What a text begins with.
  package enum Prompt: Sendable, Hashable {
    case text(String)
    case tokens([Int])
  }

  package let sampling: SamplingFields
  package let prompts: [Prompt]
  /// Whether the answer begins with the prompt.
  package let echoes: Bool
  /// How many of the likeliest tokens come with each; nil: no probabilities.
  package let logProbabilities: Int?

  static let mostPrompts = 256

  /// Reads the body of a request.
  /// - Throws: what the client is told.
  package init(body: [UInt8]) throws(OpenAIError) {
    let fields = try RequestFields(body: body)
    sampling = try SamplingFields(fields)
    prompts = try Self.prompts(fields)
    echoes = try fields.bool("echo") ?? false
    logProbabilities = try fields.int("logprobs", in: 0...20)
    if let best = try fields.int("best_of", in: 1...SamplingFields.mostChoices), best != sampling.choices {
      throw fields.wrong("best_of", "left out: all texts are given")
    }
    if try fields.string("suffix") != nil { throw fields.wrong("suffix", "left out: texts are only continued") }
    if sampling.maxTokens == 0, !echoes { throw fields.wrong("max_tokens", "at least 1 without 'echo'") }
  }

  private static func prompts(_ fields: RequestFields) throws(OpenAIError) -> [Prompt] {
    let wrong = fields.wrong(
      "prompt", "a text, a list of numbers of tokens, or a list of \(mostPrompts) of either at most")
    guard let value = fields["prompt"] else { throw wrong }
    if let text = value.string { return [.text(text)] }
    guard let items = value.array, !items.isEmpty else { throw wrong }
    if items.allSatisfy({ $0.int != nil }) { return [.tokens(items.compactMap(\.int))] }
    guard items.count <= mostPrompts else { throw wrong }
    var result: [Prompt] = []
    for item in items {
      if let text = item.string {
        result.append(.text(text))
      } else if let tokens = item.array, !tokens.isEmpty, tokens.allSatisfy({ $0.int != nil }) {
        result.append(.tokens(tokens.compactMap(\.int)))
      } else {
        throw wrong
      }
    }
    return result
  }
}

/// A request of `/v1/embeddings`.
package struct EmbeddingRequest: Sendable {
  package let model: String
  package let texts: [String]
  /// Whether vectors are given as bytes in base64.
  package let isBase64: Bool
  /// How many of the first numbers are given; nil: all.
  package let dimensions: Int?

  /// Reads the body of a request.
  /// - Throws: what the client is told.
  package init(body: [UInt8]) throws(OpenAIError) {
    let fields = try RequestFields(body: body)
    model = try fields.needed("model")
    texts = try fields.strings("input", most: 2048)
    guard !texts.isEmpty else { throw fields.wrong("input", "a text or a list of at least one text") }
    let format = try fields.string("encoding_format") ?? "float"
    guard ["float", "base64"].contains(format) else { throw fields.wrong("encoding_format", "float or base64") }
    isBase64 = format == "base64"
    dimensions = try fields.int("dimensions", in: 1...(1 << 20))
  }
}
