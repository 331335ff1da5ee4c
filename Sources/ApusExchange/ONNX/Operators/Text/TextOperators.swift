import ApusCore
import ApusFormats
import Foundation

extension ONNXOperatorTable {
  /// Text, and files inside of tensors.
  static let text: [ONNXOperator] = [
    .reading("StringConcat", since: 20, inputs: 2...2, ONNXOperators.stringConcat),
    .reading("StringSplit", since: 20, inputs: 1...1, outputs: 1...2, ONNXOperators.stringSplit),
    ONNXOperator("StringNormalizer", since: 10, inputs: 1...1, prepare: ONNXOperators.stringNormalizer),
    ONNXOperator("RegexFullMatch", since: 20, inputs: 1...1, prepare: ONNXOperators.regexFullMatch),
    ONNXOperator("TfIdfVectorizer", since: 9, inputs: 1...1, prepare: ONNXOperators.tfIdf),
    .reading("ImageDecoder", since: 20, inputs: 1...1, ONNXOperators.imageDecoder),
  ]
}

extension ONNXOperators {
  static func stringConcat(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (a, b) = (try call.strings(0), try call.strings(1))
    let shape = try broadcastShapes([a.shape, b.shape], "")
    try call.requireMemory(shape, .complex128)
    let (left, right) = (a.moved { $0.expand(shape) }, b.moved { $0.expand(shape) })
    return [.strings(StringTensor(zip(left.elements, right.elements).map { $0 + $1 }, shape: shape))]
  }

  static func stringSplit(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.strings(0)
    let delimiter = try call.string("delimiter", "")
    let most = try call.optionalInt("maxsplit") ?? Int.max
    let limit = most < 0 ? Int.max : most
    let parts = x.elements.map { text in
      delimiter.isEmpty ? words(text, limit) : pieces(text, delimiter, limit)
    }
    let width = parts.map(\.count).max() ?? 0
    let counts = Tensor(parts.map { Int64($0.count) }, shape: x.shape, dtype: .int64)
    try call.requireMemory(x.shape + [width], .complex128)
    let filled = parts.flatMap { $0 + [String](repeating: "", count: width - $0.count) }
    return [.strings(StringTensor(filled, shape: x.shape + [width])), .tensor(counts)]
  }

  /// The parts between `delimiter`, at most `limit` of them cut off.
  private static func pieces(_ text: String, _ delimiter: String, _ limit: Int) -> [String] {
    var parts: [String] = []
    var rest = text[...]
    while parts.count < limit, let found = rest.range(of: delimiter, options: .literal) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }

  /// The parts between white space of any length, at most `limit` of them cut off.
  private static func words(_ text: String, _ limit: Int) -> [String] {
    var parts: [String] = []
    var rest = text.drop { $0.isWhitespace }
    while !rest.isEmpty {
      guard parts.count < limit, let end = rest.firstIndex(where: { $0.isWhitespace }) else {
        parts.append(String(rest))
        break
      }
      parts.append(String(rest[..<end]))
      rest = rest[end...].drop { $0.isWhitespace }
    }
    return parts
  }

  static func stringNormalizer(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let stopWords = try node.strings("stopwords") ?? []
    let isSensitive = try node.flag("is_case_sensitive")
    let action = try node.choice("case_change_action", default: "NONE", of: ["LOWER", "UPPER", "NONE"])
    let locale = try node.has("locale") ? Locale(identifier: node.string("locale")) : nil
    // Without regard to case, words are compared as they become.
    @Sendable func changed(_ text: String, _ action: String) -> String {
      switch action {
      case "LOWER": text.lowercased(with: locale)
      case "UPPER": text.uppercased(with: locale)
      default: text
      }
    }
    let stops = Set(isSensitive ? stopWords : stopWords.map { changed($0, "LOWER") })
    return { call in
      let x = try call.strings(0)
      guard x.shape.count == 1 || x.shape.count == 2 && x.shape[0] == 1 else {
        throw call.error(.shape, "needs texts [C] or [1, C], and found \(x.shape)")
      }
      let kept = x.elements.filter { !stops.contains(isSensitive ? $0 : changed($0, "LOWER")) }
        .map { changed($0, action) }
      let made = kept.isEmpty ? [""] : kept
      return [.strings(StringTensor(made, shape: x.shape.count == 1 ? [made.count] : [1, made.count]))]
    }
  }

  static func regexFullMatch(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let pattern = try node.string("pattern")
    let expression: NSRegularExpression
    do { expression = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z") } catch {
      throw TensorError(.value, "", "'\(pattern)' is no regular expression")
    }
    return { call in
      let x = try call.strings(0)
      let matches = x.elements.map { text in
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
      }
      return [.tensor(Tensor(matches, shape: x.shape))]
    }
  }
}
