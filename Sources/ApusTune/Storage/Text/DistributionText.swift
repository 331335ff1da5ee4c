import ApusCore
import ApusFormats
import ApusTrain

extension ParameterDistribution {
  /// The text by which Optuna keeps the distribution: `{"name": "IntDistribution", "attributes": {"log": false, "step": 1, ...`.
  public var json: String {
    switch self {
    case .float(let low, let high, let log, let step):
      "{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": \(step.map(pythonNumber) ?? "null"), "
        + "\"low\": \(pythonNumber(low)), \"high\": \(pythonNumber(high)), \"log\": \(log)}}"
    case .int(let low, let high, let log, let step):
      "{\"name\": \"IntDistribution\", \"attributes\": {\"log\": \(log), \"step\": \(step), \"low\": \(low), "
        + "\"high\": \(high)}}"
    case .categorical(let choices):
      "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": \(SettingValue.list(choices).pythonJSON())}}"
    }
  }

  /// Reads the text of a distribution: today's three names, the older `UniformDistribution`, `LogUniformDistribution`,
  /// `DiscreteUniformDistribution`, `IntUniformDistribution` and `IntLogUniformDistribution`, and the short form
  /// `{"type": "float", "low": 0, "high": 1}`.
  /// - Throws: `TensorError` of kind `format` where it is none of them or lacks something.
  public init(json text: String) throws {
    let json: ByteJSON
    do {
      json = try ByteJSON(parsing: Array(text.utf8))
    } catch {
      throw TensorError(.format, "distribution", "\(text.prefix(200)) is not JSON: \(error.description)")
    }
    let reader = DistributionReader(text: text, json: json["attributes"] ?? json)
    guard let name = (json["name"] ?? json["type"])?.string else {
      throw reader.mistake("it has no name")
    }
    switch name {
    case "FloatDistribution", "float":
      try self.init(reader.float(log: reader.truth("log"), step: reader.optionalNumber("step")), reader)
    case "UniformDistribution": try self.init(reader.float(log: false, step: nil), reader)
    case "LogUniformDistribution": try self.init(reader.float(log: true, step: nil), reader)
    case "DiscreteUniformDistribution":
      try self.init(reader.float(log: false, step: reader.number("q")), reader)
    case "IntDistribution", "int": try self.init(reader.int(log: reader.truth("log")), reader)
    case "IntUniformDistribution": try self.init(reader.int(log: false), reader)
    case "IntLogUniformDistribution": try self.init(reader.int(log: true), reader)
    case "CategoricalDistribution", "categorical":
      guard let choices = reader.json["choices"]?.array else { throw reader.mistake("it has no choices") }
      try self.init(.categorical(choices.map { SettingValue($0) }), reader)
    default:
      throw reader.mistake(
        "'\(name)' is unknown; known are FloatDistribution, IntDistribution, CategoricalDistribution and the older names"
      )
    }
  }

  private init(_ read: ParameterDistribution, _ reader: DistributionReader) throws {
    do {
      self = try read.validated("")
    } catch let error as TensorError {
      // Whole numbers that a Double does not hold exactly are no longer made, and still read.
      guard case .int(let low, let high, _, let step) = read, low <= high, step > 0,
        !high.subtractingReportingOverflow(low).overflow
      else { throw reader.mistake(error.message) }
      self = read
    }
  }
}

/// The attributes of a distribution that is being read.
private struct DistributionReader {
  let text: String
  let json: ByteJSON

  func mistake(_ message: String) -> TensorError {
    TensorError(.format, "distribution", "\(text.prefix(200)) cannot be read: \(message)")
  }

  func number(_ name: String) throws -> Double {
    guard let value = json[name]?.double else { throw mistake("it has no number '\(name)'") }
    return value
  }

  func optionalNumber(_ name: String) throws -> Double? {
    switch json[name] {
    case nil, .null: nil
    case .int, .real: try number(name)
    case .bool, .string, .array, .object: throw mistake("'\(name)' is not a number")
    }
  }

  func truth(_ name: String) throws -> Bool {
    guard let value = json[name] else { return false }
    guard let truth = value.bool else { throw mistake("'\(name)' is neither true nor false") }
    return truth
  }

  /// A whole number, also one that is written with a point.
  func whole(_ name: String) throws -> Int {
    guard let value = json[name]?.int ?? json[name]?.double.flatMap({ Int(exactly: $0) }) else {
      throw mistake("it has no whole number '\(name)'")
    }
    return value
  }

  func float(log: Bool, step: Double?) throws -> ParameterDistribution {
    .float(low: try number("low"), high: try number("high"), log: log, step: step)
  }

  func int(log: Bool) throws -> ParameterDistribution {
    let step: Int
    switch json["step"] {
    case nil, .null: step = 1
    case .bool, .int, .real, .string, .array, .object: step = try whole("step")
    }
    return .int(low: try whole("low"), high: try whole("high"), log: log, step: step)
  }
}
