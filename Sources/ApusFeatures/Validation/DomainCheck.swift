/// Holds domains of a schema against statistics, and changes them so that they fit.
enum DomainCheck {
  /// What is wrong, and whether the domain is of no use any more.
  struct Result {
    var reasons: [AnomalyReason] = []
    var clears = false
  }

  // MARK: - Texts

  static func texts(_ view: CheckedFeature, _ domain: inout TextDomain, maxOff: Double) -> Result {
    if view.hasInvalidTexts {
      let reason = AnomalyReason(
        .enumTypeInvalidUtf8, "Invalid UTF8 strings", "Found strings that were not valid UTF8 strings.")
      return Result(reasons: [reason], clears: true)
    }
    let known = Set(domain.values)
    let unknown = view.texts.filter { !known.contains($0.text) }
    let count = unknown.reduce(0) { $0 + $1.count }
    let total = view.valueCount
    guard count / total > maxOff || maxOff == 0 && !unknown.isEmpty else { return Result() }
    let shown = unknown.map { "\(escaped($0.text)) (\(percentage($0.count.rounded(.towardZero), of: total)))" }
    domain.values += unknown.map(\.text)
    return Result(reasons: [
      AnomalyReason(
        .enumTypeUnexpectedStringValues, "Unexpected string values",
        "Examples contain values missing from the schema: \(shown.joined(separator: ", ")). ")
    ])
  }

  private static func percentage(_ count: Double, of total: Double) -> String {
    if total == 0 { return "?" }
    let percent = 100 * count / total
    return percent < 1 ? "<1%" : "~\(CText.text("%.0f", percent.rounded(.down)))%"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}", "\u{7f}":
        let digits = String(scalar.value, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  // MARK: - Numbers

  /// The least and the greatest number that texts stand for, or a text that is no number; nil where there are no texts.
  enum Interval<Number: Comparable> {
    case range(Number, Number)
    case other(String)
  }

  static func interval<Number: Comparable>(_ texts: [String], _ number: (String) -> Number?) -> Interval<Number>? {
    var range: (low: Number, high: Number)?
    for text in texts {
      guard let value = number(text) else { return .other(text) }
      range = range.map { (min($0.low, value), max($0.high, value)) } ?? (value, value)
    }
    return range.map { .range($0.low, $0.high) }
  }

  /// A whole number in a text, with space around it or not.
  static func wholeNumber(_ text: String) -> Int? { Int(bare(text)) }

  /// A text without the space around it.
  private static func bare(_ text: String) -> String {
    let inner = text.utf8.drop { $0 == 32 || (9...13).contains($0) }
    return String(decoding: inner.reversed().drop { $0 == 32 || (9...13).contains($0) }.reversed(), as: UTF8.self)
  }

  /// A number of single precision in a text.
  static func number(_ text: String) -> Float? {
    let bare = bare(text)
    switch bare.lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default:
      guard bare.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }) else { return nil }
      return Float(bare.hasPrefix("+") ? String(bare.dropFirst()) : bare)
    }
  }

  /// The whole numbers of a feature: of texts only where they all are some.
  static func wholeInterval(_ view: CheckedFeature) -> Interval<Int>? {
    switch view.kind {
    case .structure, .float: return nil
    case .int where view.texts.isEmpty:
      for value in [view.minimum, view.maximum] where Int(exactly: value.rounded(.towardZero)) == nil {
        // The greatest whole number is not among those of double precision; its neighbour stands for it.
        if value == 0x1p63 { continue }
        return .other(CText.text("%f", value))
      }
      return .range(clamped(view.minimum), clamped(view.maximum))
    case .int, .bytes, .string: return interval(view.texts.map(\.text), wholeNumber)
    }
  }

  private static func clamped(_ value: Double) -> Int { Int(exactly: value.rounded(.towardZero)) ?? .max }

  static func wholeNumbers(_ view: CheckedFeature, _ domain: inout IntDomain) -> Result {
    switch wholeInterval(view) {
    case nil: return Result()
    case .other(let text):
      if view.type == .bytes {
        let reason = AnomalyReason(
          .intTypeNotIntString, "Invalid values",
          "String values that were not ints were found, such as \"\(text)\".")
        return Result(reasons: [reason], clears: true)
      }
      guard domain.min != nil || domain.max != nil else { return Result() }
      let reason = AnomalyReason(
        .domainInvalidForType, "Invalid values",
        "Integer had values that were not valid Int64, such as \"\(text)\".")
      return Result(reasons: [reason], clears: true)
    case .range(let low, let high):
      var result = Result()
      if let least = domain.min, least > low {
        result.reasons.append(
          AnomalyReason(.intTypeSmallInt, "Out-of-range values", "Unexpectedly small value: \(low)."))
        domain.min = low
      }
      if let most = domain.max, most < high {
        result.reasons.append(
          AnomalyReason(.intTypeBigInt, "Out-of-range values", "Unexpectedly large value: \(high)."))
        domain.max = high
      }
      return result
    }
  }

  /// The numbers of a feature: of texts only where they all are some.
  static func realInterval(_ view: CheckedFeature) -> Interval<Float>? {
    switch view.kind {
    // Of values that all are NaN there is no least one.
    case .float where view.statistics.numeric.map { $0.nanCount > 0 && $0.nanCount == $0.common.valueCount } == true:
      nil
    case .float: .range(Float(view.minimum), Float(view.maximum))
    case .bytes, .string: interval(view.texts.map(\.text), number)
    case .int, .structure: nil
    }
  }

  static func numbers(_ view: CheckedFeature, _ domain: inout FloatDomain) -> Result {
    var result = Result()
    if domain.disallowsNaN {
      let hasNaN =
        view.kind == .float
        ? view.statistics.numeric?.histograms.contains { $0.nanCount > 0 } == true
        : view.kind == .string && view.texts.contains { number($0.text)?.isNaN == true }
      if hasNaN {
        result.reasons.append(AnomalyReason(.floatTypeHasNan, "Invalid values", "Float feature has NaN values."))
        // False and not cleared: the schema says that it may be.
        domain[optionalInteger: 5] = 0
      }
    }
    switch realInterval(view) {
    case nil: break
    case .other(let text):
      result.reasons.append(
        AnomalyReason(
          .floatTypeStringNotFloat, "Invalid values",
          "String values that were not floats were found, such as \"\(text)\"."))
      result.clears = true
    case .range(let low, let high):
      if let least = domain.min, low < Float(least) {
        result.reasons.append(
          AnomalyReason(
            .floatTypeSmallFloat, "Out-of-range values",
            "Unexpectedly low values: \(SixDigits.text(Double(low)))<\(SixDigits.text(least))(upto six significant digits)"
          ))
        domain.min = Double(low)
      }
      if let most = domain.max, high > Float(most) {
        result.reasons.append(
          AnomalyReason(
            .floatTypeBigFloat, "Out-of-range values",
            "Unexpectedly high value: \(SixDigits.text(Double(high)))>\(SixDigits.text(most))(upto six significant digits)"
          ))
        domain.max = Double(high)
      }
      if domain.disallowsInfinity, low.isInfinite || high.isInfinite {
        result.reasons.append(AnomalyReason(.floatTypeHasInf, "Invalid values", "Float feature has Inf values."))
        domain[optionalInteger: 6] = 0
      }
    }
    return result
  }

  // MARK: - Truth values

  static let trueTexts: Set<String> = ["TRUE", "true", "SET", "set", "1", ""]
  static let falseTexts: Set<String> = ["FALSE", "false", "CLEAR", "clear", "0"]

  static func truthValues(_ view: CheckedFeature, _ feature: inout SchemaFeature) -> AnomalyReason? {
    switch view.kind {
    case .bytes, .structure: return nil
    case .int:
      let (type, value): (AnomalyType, Double)
      if view.minimum < 0 {
        (type, value) = (.boolTypeSmallInt, view.minimum)
      } else if view.maximum > 1 {
        (type, value) = (.boolTypeBigInt, view.maximum)
      } else {
        return nil
      }
      feature.intDomain = IntDomain(clamped(view.minimum)...max(clamped(view.minimum), clamped(view.maximum)))
      return AnomalyReason(
        type, "Non-boolean values",
        "Integers (such as \(SixDigits.text(value))) not in {0, 1}: converting to an integer.")
    case .float:
      guard let found = otherThanTruth(view) else { return nil }
      var domain = FloatDomain()
      domain.max = view.maximum
      domain.min = view.minimum
      feature.floatDomain = domain
      return AnomalyReason(.boolTypeUnexpectedFloat, "Non-boolean values", found)
    case .string:
      let domain = feature.boolDomain ?? BoolDomain()
      let valid = Set([domain.trueText, domain.falseText].compactMap { $0 })
      guard let other = view.texts.first(where: { !valid.contains($0.text) }) else { return nil }
      feature.boolDomain = nil
      let shown = valid.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "\", \"")
      return AnomalyReason(
        .boolTypeUnexpectedString, "Non-boolean values",
        "Saw unexpected value \"\(other.text)\" instead of \(valid.isEmpty ? "{}" : "{\"\(shown)\"}").")
    }
  }

  private static func otherThanTruth(_ view: CheckedFeature) -> String? {
    for value in [view.minimum, view.maximum] where value != 0 && value != 1 {
      return "Floats (such as \(SixDigits.text(value))) not in {0, 1}: converting to float_domain."
    }
    for histogram in view.statistics.numeric?.histograms ?? [] {
      if histogram.nanCount > 0 { return "Floats (such as NaN) not in {0, 1}: converting to float_domain." }
      for bucket in histogram.buckets where bucket.count > 0 {
        if bucket.high < 0 { return "Float values < 0 not in {0, 1}: converting to float_domain." }
        if bucket.low > 1 { return "Float values > 1 not in {0, 1}: converting to float_domain." }
        if histogram.kind == .quantiles, bucket.high < 1, bucket.low > 0 {
          return "Float values falling between 0 and 1: converting to float_domain."
        }
      }
    }
    return nil
  }
}
