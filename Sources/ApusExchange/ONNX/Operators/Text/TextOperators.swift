import ApusCore
import ApusFormats
import ApusText

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

/// The steps that matching all texts of a tensor with a regular expression may take.
private let mostSteps = 50_000_000

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
    let separator = Array(delimiter.utf8)
    var parts: [String] = []
    var rest = Array(text.utf8)[...]
    while parts.count < limit, let found = rest.firstRange(of: separator) {
      parts.append(String(decoding: rest[..<found.lowerBound], as: UTF8.self))
      rest = rest[found.upperBound...]
    }
    return parts + [String(decoding: rest, as: UTF8.self)]
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

  /// With the letters that Turkish and Azeri change in their own way changed: their i keeps its dot.
  private static func turkic(_ text: String, _ letters: [Unicode.Scalar: Unicode.Scalar]) -> String {
    var changed = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { changed.append(letters[scalar] ?? scalar) }
    return String(changed)
  }

  /// Of the languages that `locale` may name, Turkish and Azeri have letters of their own; all others change as Unicode says.
  static func stringNormalizer(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let stopWords = try node.strings("stopwords") ?? []
    let isSensitive = try node.flag("is_case_sensitive")
    let action = try node.choice("case_change_action", default: "NONE", of: ["LOWER", "UPPER", "NONE"])
    let isTurkic = try node.has("locale") && ["tr", "az"].contains(node.string("locale").prefix(2).lowercased())
    // Without regard to case, words are compared as they become.
    @Sendable func changed(_ text: String, _ action: String) -> String {
      switch action {
      case "LOWER": isTurkic ? turkic(text, ["I": "\u{131}", "\u{130}": "i"]).lowercased() : text.lowercased()
      case "UPPER": isTurkic ? turkic(text, ["i": "\u{130}", "\u{131}": "I"]).uppercased() : text.uppercased()
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
    let pattern = try WholePattern(node.string("pattern"), file: "", key: "pattern")
    return { call in
      let x = try call.strings(0)
      var steps = mostSteps
      let matches = try x.elements.map { try pattern.matches($0, steps: &steps) }
      return [.tensor(Tensor(matches, shape: x.shape))]
    }
  }
}
