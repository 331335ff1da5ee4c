import ApusFormats
import ApusModels
import ApusText

/// How many tokens a request took.
struct Usage: Sendable {
  var prompt = 0
  var completion = 0

  var value: ChatValue {
    [
      "prompt_tokens": .int(prompt), "completion_tokens": .int(completion), "total_tokens": .int(prompt + completion),
    ]
  }
}

/// Objects of OpenAI's interface about one request.
struct OpenAIAnswers: Sendable {
  let service: LanguageService
  let id: String
  let created: Int

  init(_ service: LanguageService, kind: String, now: Int) {
    self.service = service
    id = "\(kind)-\(Self.randomName())"
    created = now
  }

  static func randomName() -> String {
    String(UInt64.random(in: 0...UInt64.max), radix: 36) + String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  /// The object of an answer, or of a part of one.
  func object(_ kind: String, choices: [ChatValue], usage: Usage? = nil) -> ChatValue {
    var members: [ChatValue.Member] = [
      .init("id", .string(id)), .init("object", .string(kind)), .init("created", .int(created)),
      .init("model", .string(service.name)), .init("choices", .array(choices)),
    ]
    if let usage { members.append(.init("usage", usage.value)) }
    return .object(members)
  }

  static func finish(_ reason: FinishReason?, hasCalls: Bool = false) -> ChatValue {
    switch reason {
    case nil: .null
    case .length, .time: "length"
    case .end, .stop, .cancelled: hasCalls ? "tool_calls" : "stop"
    }
  }

  static func calls(_ calls: [ToolCallReader.Call], isStreamed: Bool) -> ChatValue {
    .array(
      calls.enumerated().map { i, call in
        var members: [ChatValue.Member] = isStreamed ? [.init("index", .int(i))] : []
        members += [
          .init("id", .string("call_\(randomName())")), .init("type", "function"),
          .init("function", ["name": .string(call.name), "arguments": .string(call.arguments)]),
        ]
        return .object(members)
      })
  }

  /// What the model thought of the tokens of an answer to a chat.
  func chatProbabilities(_ tokens: [TokenLogProbability]) -> ChatValue {
    func entry(_ token: Int, _ value: Float) -> [ChatValue.Member] {
      let text = service.text(token)
      return [
        .init("token", .string(text)), .init("logprob", .double(Self.finite(value))),
        .init("bytes", .array(text.utf8.map { .int(Int($0)) })),
      ]
    }
    return [
      "content": .array(
        tokens.map { token in
          .object(
            entry(token.token, token.logProbability) + [
              .init("top_logprobs", .array(token.alternatives.map { .object(entry($0.token, $0.logProbability)) }))
            ])
        })
    ]
  }

  /// The same for continued texts; nil stands for a token behind nothing.
  func probabilities(_ tokens: [(id: Int, known: TokenLogProbability?)], offset: Int) -> ChatValue {
    var place = offset
    var (texts, values, tops, offsets): ([ChatValue], [ChatValue], [ChatValue], [ChatValue]) = ([], [], [], [])
    for token in tokens {
      let text = service.text(token.id)
      texts.append(.string(text))
      values.append(token.known.map { .double(Self.finite($0.logProbability)) } ?? .null)
      tops.append(
        token.known.map { known in
          .object(known.alternatives.map { .init(service.text($0.token), .double(Self.finite($0.logProbability))) })
        } ?? .null)
      offsets.append(.int(place))
      place += text.unicodeScalars.count
    }
    return [
      "tokens": .array(texts), "token_logprobs": .array(values), "top_logprobs": .array(tops),
      "text_offset": .array(offsets),
    ]
  }

  /// JSON knows no infinity.
  private static func finite(_ value: Float) -> Double { value.isFinite ? Double(value) : -9999 }
}

extension EmbeddingRequest {
  /// The answer with vectors in the form that was asked for.
  package func answer(_ rows: [[Float]], tokens: Int) throws(OpenAIError) -> ChatValue {
    let width = rows.first?.count ?? 0
    if let dimensions, dimensions > width {
      throw OpenAIError(
        400, "'dimensions' is \(dimensions), and the vectors have \(width)", parameter: "dimensions")
    }
    let data = rows.enumerated().map { i, row -> ChatValue in
      var row = row
      if let dimensions, dimensions < width {
        row = Array(row.prefix(dimensions))
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if length > 0 { row = row.map { $0 / length } }
      }
      let bytes = row.flatMap { value in
        let bits = value.bitPattern
        return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
      }
      let vector: ChatValue = isBase64 ? .string(encodeBase64(bytes)) : .array(row.map { .double(Double($0)) })
      return ["object": "embedding", "index": .int(i), "embedding": vector]
    }
    return [
      "object": "list", "data": .array(data), "model": .string(model),
      "usage": ["prompt_tokens": .int(tokens), "total_tokens": .int(tokens)],
    ]
  }
}
