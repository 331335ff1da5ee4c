import ApusCore
import ApusFormats
import ApusText
import ApusTrain

/// How an answer of a model is checked.
public enum AnswerCheck: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// It is one of the right answers, both normalised.
  case exact
  /// Its last number is the right one.
  case number
  /// The first JSON value in it has the right one's fields.
  case json
  /// A regular expression is found in it.
  case regex
  /// A program says so.
  case program
}

/// What is done to answers before they are compared.
public enum AnswerNormalization: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// Spaces at the ends go, others become one.
  case spaces
  /// Letters become small.
  case lowercase
  /// Signs of ASCII that are no letters or digits go.
  case punctuation
  /// The words a, an, the go.
  case articles
  /// Digits go.
  case digits

  /// `text` after all of `steps`; spaces come last.
  public static func apply(_ steps: [AnswerNormalization], to text: String) -> String {
    var text = text
    let steps = Set(steps)
    if steps.contains(.lowercase) { text = text.lowercased() }
    if steps.contains(.punctuation) || steps.contains(.digits) {
      text.unicodeScalars.removeAll { scalar in
        let isDigit = ("0"..."9").contains(scalar)
        let isLetter = scalar.properties.isAlphabetic || isDigit || scalar.properties.isWhitespace
        return steps.contains(.digits) && isDigit || steps.contains(.punctuation) && scalar.isASCII && !isLetter
      }
    }
    if steps.contains(.articles) {
      text = text.split(separator: " ", omittingEmptySubsequences: false)
        .filter { !["a", "an", "the"].contains($0.lowercased()) }.joined(separator: " ")
    }
    if steps.contains(.spaces) { text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    return text
  }
}

/// The checks themselves, as functions of texts.
public enum Answers {
  /// The last number in a text: with a sign, thousands separated by commas, a fraction, an exponent; nil where there is none.
  public static func lastNumber(in text: String) -> Double? {
    let bytes = Array(text.utf8)
    func isDigit(_ i: Int) -> Bool { bytes.indices.contains(i) && (48...57).contains(bytes[i]) }
    var last: Double?
    var i = 0
    while i < bytes.count {
      guard isDigit(i) else {
        i += 1
        continue
      }
      var start = i
      // `.5`, but not the end of `1.5`, which has been read.
      let hasPoint = start > 0 && bytes[start - 1] == 46 && !isDigit(start - 2)
      if hasPoint { start -= 1 }
      var digits = hasPoint ? "0." : ""
      var isFraction = hasPoint
      while i < bytes.count {
        if isDigit(i) {
          digits.unicodeScalars.append(Unicode.Scalar(bytes[i]))
        } else if bytes[i] == 44, !isFraction, isDigit(i + 1), isDigit(i + 2), isDigit(i + 3), !isDigit(i + 4) {
          // A comma before three digits separates thousands.
        } else if bytes[i] == 46, !isFraction, isDigit(i + 1) {
          digits += "."
          isFraction = true
        } else {
          break
        }
        i += 1
      }
      if i < bytes.count, bytes[i] | 0x20 == 101 {
        var end = i + 1
        if end < bytes.count, bytes[end] == 43 || bytes[end] == 45 { end += 1 }
        if isDigit(end) {
          while isDigit(end) { end += 1 }
          digits += String(decoding: bytes[i..<end], as: UTF8.self)
          i = end
        }
      }
      // A hyphen between letters or digits is no sign.
      let isNegative =
        start > 0 && bytes[start - 1] == 45
        && (start == 1 || !(isDigit(start - 2) || (97...122).contains(bytes[start - 2] | 0x20)))
      if let value = Double(digits) { last = isNegative ? -value : value }
    }
    return last
  }

  /// Whether two numbers are one, up to a millionth.
  public static func isSame(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-6 * max(1, max(abs(a), abs(b)))
  }

  /// The first JSON object or list in a text, be it in a fence or between words; where there is none, the text itself if it is JSON.
  public static func firstJSON(in text: String) -> SettingValue? {
    let bytes = Array(text.utf8)
    for start in bytes.indices where bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
      guard let end = end(of: bytes, from: start) else { continue }
      if let found = parsed(bytes[start..<end]) { return found }
    }
    return parsed(bytes[...])
  }

  private static func parsed(_ bytes: ArraySlice<UInt8>) -> SettingValue? {
    (try? ByteJSON(parsing: Array(bytes))).map { SettingValue(JSON($0)) }
  }

  /// Where the bracket at `start` is closed; brackets in strings do not count.
  private static func end(of bytes: [UInt8], from start: Int) -> Int? {
    var (depth, isString, isEscaped) = (0, false, false)
    for i in start..<bytes.count {
      let byte = bytes[i]
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return i + 1 }
      default: break
      }
    }
    return nil
  }

  /// Whether two JSON values are one: whole and other numbers by their value, objects without regard to order.
  public static func isSame(_ a: SettingValue, _ b: SettingValue) -> Bool {
    switch (a, b) {
    case (.list(let x), .list(let y)): return x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1) }
    case (.dictionary(let x), .dictionary(let y)):
      return x.count == y.count && x.allSatisfy { key, value in y[key].map { isSame(value, $0) } ?? false }
    case (.int, .double), (.double, .int), (.double, .double):
      guard let x = Double(setting: a), let y = Double(setting: b) else { return false }
      return isSame(x, y)
    default: return a == b
    }
  }

  /// How many of the fields of `wanted` the value `found` has, and how many there are; a value that is no object is one field. Fields
  /// that nobody asked for count against it.
  public static func fields(of found: SettingValue?, asIn wanted: SettingValue) -> (right: Int, count: Int) {
    guard case .dictionary(let asked) = wanted else { return (found.map { isSame($0, wanted) } ?? false ? 1 : 0, 1) }
    guard case .dictionary(let given)? = found else { return (0, max(1, asked.count)) }
    let right = asked.count { key, value in given[key].map { isSame($0, value) } ?? false }
    let others = given.keys.count { asked[$0] == nil }
    return (asked.isEmpty && given.isEmpty ? 1 : right, max(1, asked.count + others))
  }

  /// Whether a regular expression (Perl's syntax) is found in a text.
  /// - Throws: `TensorError` where it is none, or where matching takes too many steps.
  public static func contains(_ text: String, pattern: String) throws(TensorError) -> Bool {
    // Anything before and behind it, lines included.
    let whole = try WholePattern("(?s:.*?)(?:\(pattern))(?s:.*)", file: "the pattern", key: pattern)
    var steps = 10_000_000
    return try whole.matches(text, steps: &steps)
  }
}
