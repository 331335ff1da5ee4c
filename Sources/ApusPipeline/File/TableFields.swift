import Apus
import ApusFeatures

extension TableTransform {
  /// Adds the column that an entry of a file describes.
  mutating func add(_ fields: inout StepFields) throws(TensorError) {
    let type = try fields.choice("type", [("numeric", 0), ("category", 1), ("crossed", 2), ("text", 3)])
    let role = try fields.choice("role", [("feature", ColumnRole.feature), ("label", .label)]) ?? .feature
    switch type {
    case 0: try addNumeric(&fields, role)
    case 1: try addCategory(&fields, role)
    case 2:
      let columns = try fields.texts("columns")
      guard let columns else { throw fields.mistake("columns", "a list of names of columns") }
      let buckets = try fields.whole("buckets", in: 1...1 << 24)
      guard let buckets else { throw fields.mistake("buckets", "a whole number from 1") }
      crossed(columns, buckets: buckets)
    case 3:
      text(
        try fields.need("column", "the name of a column") { $0.asString },
        try fields.choice("features", [("counts", TextFeatures.counts), ("presence", .presence)]) ?? .counts,
        vocabulary: try Self.vocabulary(&fields) ?? .most(1000),
        hashed: try fields.whole("hashed", in: 0...1 << 24) ?? 0,
        length: try fields.whole("length", in: 1...1 << 16) ?? 64)
    default: throw fields.mistake("type", "one of numeric, category, crossed, text")
    }
  }

  private mutating func addNumeric(_ fields: inout StepFields, _ role: ColumnRole) throws(TensorError) {
    let name = try fields.need("column", "the name of a column") { $0.asString }
    let missing = try fields.take("missing", "mean, median or a number") { value -> MissingNumber? in
      switch value.asString {
      case "mean": .mean
      case "median": .median
      default: value.asDouble.map { .value($0) }
      }
    }
    var steps: [NumericStep] = []
    for step in try fields.list("steps") ?? [] {
      guard let read = NumericStep(step) else {
        throw TensorError(
          .format, fields.place,
          "\(step.json) is no step of numbers; there are \"standardised\", \"robust\", \"log1p\", {\"clipped\": [0, 1]}, {\"scaled\": [0, 1]}, "
            + "{\"uniform\": 100}, {\"bucketised\": 10} and {\"buckets\": [1, 2.5]}")
      }
      steps.append(read)
    }
    numeric(
      name, steps: steps, missing: missing ?? .refused, indicator: try fields.flag("indicator") ?? false, role: role)
  }

  private mutating func addCategory(_ fields: inout StepFields, _ role: ColumnRole) throws(TensorError) {
    let name = try fields.need("column", "the name of a column") { $0.asString }
    let unknown = try fields.take("unknown", "\"ignored\" or a number of buckets") { value -> UnknownCategories? in
      value.asString == "ignored" ? .ignored : value.asInt.flatMap { $0 > 0 ? .buckets($0) : nil }
    }
    let missing = try fields.choice(
      "missing",
      [("unknown", MissingCategory.unknown), ("own_category", .ownCategory), ("most_frequent", .mostFrequent)])
    category(
      name,
      try fields.choice("encoding", [("one_hot", CategoryEncoding.oneHot), ("crossed_only", .crossedOnly)]) ?? .oneHot,
      vocabulary: try Self.vocabulary(&fields) ?? .all, unknown: unknown, missing: missing ?? .unknown, role: role)
  }

  private static func vocabulary(_ fields: inout StepFields) throws(TensorError) -> VocabularyRule? {
    try fields.take("vocabulary", "a list of texts, {\"most\": N} or {\"at_least\": N}") { value -> VocabularyRule? in
      if let list = value.asList {
        let texts = list.compactMap(\.asString)
        return texts.count == list.count ? .given(texts) : nil
      }
      if let count = value["most"]?.asInt { return .most(count) }
      return value["at_least"]?.asInt.map { .atLeast($0) }
    }
  }
}

extension NumericStep {
  /// A step as a file writes it.
  fileprivate init?(_ value: SettingValue) {
    func numbers(_ name: String) -> [Double]? {
      value[name]?.asList.flatMap { list in
        let numbers = list.compactMap(\.asDouble)
        return numbers.count == list.count ? numbers : nil
      }
    }
    func range(_ name: String) -> ClosedRange<Double>? {
      numbers(name).flatMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
    }
    switch value.asString {
    case "standardised": self = .standardised
    case "robust": self = .robust
    case "log1p": self = .log1p
    default:
      if let range = range("clipped") {
        self = .clipped(range)
      } else if let range = range("scaled") {
        self = .scaled(to: range)
      } else if let count = value["uniform"]?.asInt {
        self = .uniform(quantiles: count)
      } else if let count = value["bucketised"]?.asInt {
        self = .bucketised(count)
      } else if let bounds = numbers("buckets") {
        self = .buckets(at: bounds)
      } else {
        return nil
      }
    }
  }
}

extension SliceSpecification {
  /// A slice as a file writes it: `"whole"`, `"island"`, `["island", "sex"]`, `{"column": "mass", "ranges": [3500, 4500]}`,
  /// `{"column": "sex", "value": "male"}`.
  init(_ value: SettingValue, _ place: String) throws(TensorError) {
    if let name = value.asString {
      self = name == "whole" ? .whole : .column(name)
      return
    }
    if let list = value.asList {
      let names = list.compactMap(\.asString)
      if names.count == list.count {
        self = names.isEmpty ? .whole : .columns(names)
        return
      }
    }
    if let column = value["column"]?.asString {
      if let text = value["value"] {
        self = .value(column, text.asString ?? text.json)
        return
      }
      if let list = value["ranges"]?.asList {
        let bounds = list.compactMap(\.asDouble)
        if bounds.count == list.count {
          self = .ranges(column, at: bounds)
          return
        }
      }
    }
    throw TensorError(
      .format, place,
      "\(value.json) is no slice; write \"whole\", a column, a list of columns, {\"column\": \"mass\", \"ranges\": [3500]} or "
        + "{\"column\": \"sex\", \"value\": \"male\"}")
  }
}

extension MetricThreshold {
  /// A threshold as a file writes it: `{"metric": "accuracy", "from": 0.9}`, `{"metric": "accuracy", "change": -0.01, "slices": "all"}`.
  init(_ fields: inout StepFields) throws(TensorError) {
    let metric = try fields.need("metric", "the name of a metric") { $0.asString }
    let (lower, upper) = (try fields.number("from"), try fields.number("to"))
    let (change, relative) = (try fields.number("change"), try fields.number("relative_change"))
    let least = try fields.whole("least_examples", in: 0...1 << 40) ?? 0
    let slices = try fields.take("slices", "\"whole\", \"all\" or a list of columns") {
      value -> MetricThreshold.Slices? in
      switch value.asString {
      case "whole": return .whole
      case "all": return .all
      default:
        guard let list = value.asList else { return nil }
        let names = list.compactMap(\.asString)
        return names.count == list.count ? .columns(names) : nil
      }
    }
    if change != nil || relative != nil {
      guard lower == nil, upper == nil else {
        throw TensorError(.format, fields.place, "a threshold has bounds or changes; write two of them")
      }
      self = .change(metric, absolute: change, relative: relative, slices: slices ?? .whole, leastExamples: least)
    } else {
      self = .bounds(metric, from: lower, to: upper, slices: slices ?? .whole, leastExamples: least)
    }
  }
}
