import ApusCore
import ApusFormats

/// What an evaluation found: the value of each metric for each slice.
public struct EvaluationResults: Sendable {
  /// A metric that was measured.
  public struct Metric: Sendable, Hashable {
    /// What it is called.
    public let name: String
    /// Whether larger values are better; nil where neither is.
    public let higherIsBetter: Bool?
  }

  /// A value with its uncertainty.
  public struct Estimate: Sendable, Equatable {
    /// NaN where the slice does not have what the metric needs, such as examples of both classes.
    public let value: Double
    /// Where it lies, by the level of the evaluation; nil where that was not asked for or cannot be told.
    public let interval: ClosedRange<Double>?

    init(value: Double, interval: ClosedRange<Double>? = nil) { (self.value, self.interval) = (value, interval) }

    public static func == (a: Estimate, b: Estimate) -> Bool {
      (a.value == b.value || a.value.isNaN && b.value.isNaN) && a.interval == b.interval
    }
  }

  /// A slice and what was measured there.
  public struct Slice: Sendable, Equatable {
    /// Which rows these are.
    public let key: SliceKey
    /// How many there are.
    public let examples: Int
    /// The sum of their weights.
    public let weight: Double
    /// Whether there are so few that values say little.
    public let isSmall: Bool
    /// By the names of the metrics.
    public let values: [String: Estimate]
  }

  /// The metrics in their order.
  public let metrics: [Metric]
  /// The share of intervals that hold the value; nil where none were asked for.
  public let level: Double?
  /// All slices: those of no column first, then those of one, and so on.
  public let slices: [Slice]

  /// The slice of these columns and values; nil where no row was in it.
  public subscript(key: SliceKey) -> Slice? { slices.first { $0.key == key } }

  /// The value of a metric for all rows, or for a slice; nil where it was not measured.
  public func value(_ metric: String, _ key: SliceKey = .whole) -> Double? { self[key]?.values[metric]?.value }
}

extension EvaluationResults: CustomStringConvertible {
  /// A line for each slice, with the number of rows and the values.
  public var description: String {
    let width = slices.map { $0.key.description.count }.max() ?? 0
    return slices.map { slice in
      let name = slice.key.description
      let values = metrics.map { metric in "\(metric.name) \(slice.values[metric.name]?.text ?? "-")" }
      return name + String(repeating: " ", count: width - name.count)
        + "  \(slice.examples) rows\(slice.isSmall ? " (few)" : "")  "
        + values.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension EvaluationResults.Estimate {
  /// The value in a few digits, with half the interval.
  var text: String {
    guard let interval else { return shortNumber(value) }
    return "\(shortNumber(value)) ± \(shortNumber((interval.upperBound - interval.lowerBound) / 2))"
  }
}

/// A number in four digits.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "none" : "\(value)" }
  guard value != 0, abs(value) < 1e6, abs(value) >= 1e-4 else { return value == 0 ? "0" : "\(Float(value))" }
  let factor: Double = abs(value) >= 100 ? 100 : 10_000
  return plainNumber((value * factor).rounded() / factor)
}

// MARK: Files

// The file is described in docs/formats/evaluations.md.

extension EvaluationResults {
  /// Writes the results as JSON; ``init(path:)`` reads them.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    try makeFolder(of: path)
    try writeText(json.text(indented: true) + "\n", to: expandedPath(path))
  }

  /// Reads what ``write(to:)`` wrote.
  /// - Throws: `TensorError` that names the file: it cannot be read, is damaged, or something else.
  public init(path: String) throws(TensorError) {
    let path = expandedPath(path)
    let json = try JSON(file: path)
    do throws(TensorError) { try self.init(json) } catch { throw TensorError(error.kind, path, error.message) }
  }

  var json: JSON {
    func number(_ value: Double) -> JSON {
      value.isFinite ? .double(value) : .string(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
    }
    func estimate(_ estimate: Estimate) -> JSON {
      var members = ["value": number(estimate.value)]
      if let interval = estimate.interval {
        (members["lower"], members["upper"]) = (number(interval.lowerBound), number(interval.upperBound))
      }
      return .object(members)
    }
    return .object([
      "format": .string("sliced evaluation"), "version": .int(1), "level": level.map(number) ?? .null,
      "metrics": .array(
        metrics.map { metric in
          .object([
            "name": .string(metric.name), "higher_is_better": metric.higherIsBetter.map { .bool($0) } ?? .null,
          ])
        }),
      "slices": .array(
        slices.map { slice in
          .object([
            "slice": slice.key.json, "examples": .int(slice.examples), "weight": number(slice.weight),
            "small": .bool(slice.isSmall), "values": .object(slice.values.mapValues(estimate)),
          ])
        }),
    ])
  }

  init(_ json: JSON) throws(TensorError) {
    func mistake(_ message: String) -> TensorError { TensorError(.format, "", message) }
    guard json["format"]?.string == "sliced evaluation" else {
      throw mistake("these are no results of an evaluation: 'format' is not \"sliced evaluation\"")
    }
    guard let version = json["version"]?.int, version == 1 else {
      throw TensorError(
        .unsupported, "", "results of version \(json["version"]?.text() ?? "none"); this library reads 1")
    }
    var metrics: [Metric] = []
    for item in json["metrics"]?.array ?? [] {
      guard let name = item["name"]?.string else { throw mistake("a metric has no name") }
      metrics.append(Metric(name: name, higherIsBetter: item["higher_is_better"]?.bool))
    }
    var slices: [Slice] = []
    for item in json["slices"]?.array ?? [] {
      guard let key = item["slice"].flatMap({ SliceKey($0) }), let examples = item["examples"]?.int, examples >= 0,
        let weight = item["weight"]?.double, let isSmall = item["small"]?.bool, let found = item["values"]?.object
      else { throw mistake("slice \(slices.count) lacks one of slice, examples, weight, small, values") }
      var values: [String: Estimate] = [:]
      for (name, value) in found {
        guard let number = value["value"]?.double else { throw mistake("'\(name)' of \(key) has no value") }
        var interval: ClosedRange<Double>?
        if let low = value["lower"]?.double, let high = value["upper"]?.double {
          guard low <= high else { throw mistake("'\(name)' of \(key) has an interval from \(low) to \(high)") }
          interval = low...high
        }
        values[name] = Estimate(value: number, interval: interval)
      }
      slices.append(Slice(key: key, examples: examples, weight: weight, isSmall: isSmall, values: values))
    }
    self.init(metrics: metrics, level: json["level"]?.double, slices: slices)
  }
}

extension SliceKey {
  /// Pairs of column and value.
  var json: JSON { .array(members.map { .array([.string($0.column), .string($0.value)]) }) }

  init?(_ json: JSON) {
    guard let items = json.array else { return nil }
    var members: [Member] = []
    for item in items {
      guard let pair = item.array, pair.count == 2, let column = pair[0].string, let value = pair[1].string else {
        return nil
      }
      members.append(Member(column: column, value: value))
    }
    self.init(members: members)
  }
}
