import ApusCore
import ApusTrain
import TestSupport
import Testing

import ApusTune

/// The texts in which storages keep values: those of Python's `json`.
@Suite struct StorageTextTests {
  /// Numbers as `json.dumps` of Python writes them.
  @Test(arguments: [
    (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (-1.5e16, "-1.5e+16"),
    (9_007_199_254_740_992, "9007199254740992.0"),
    (12_345_678_901_234_568, "1.2345678901234568e+16"), (17_000_000_000_000_000, "1.7e+16"), (1e22, "1e+22"),
    (-9_025_711_058_712_150, "-9025711058712150.0"), (9.1e15, "9100000000000000.0"),
    (123_456_789_012_345_680, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00001, "1e-05"), (2e-7, "2e-07"),
    (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.infinity, "Infinity"),
    (-.infinity, "-Infinity"), (.nan, "NaN"),
  ]) func numbersAreThoseOfPython(value: Double, text: String) throws {
    #expect(SettingValue.double(value).pythonJSON() == text)
    let read = try SettingValue(pythonJSON: text, "")
    guard case .double(let number) = read else {
      Issue.record("\(read)")
      return
    }
    #expect(number == value || number.isNaN && value.isNaN)
  }

  @Test func textsAndListsAreThoseOfPython() throws {
    let value: SettingValue = ["b": [1, 2.5, nil, true], "a": "é\n\u{1F600}\u{7f}\"\\", "c": [:], "d": []]
    let text = #"{"a": "\u00e9\n\ud83d\ude00\u007f\"\\", "b": [1, 2.5, null, true], "c": {}, "d": []}"#
    #expect(value.pythonJSON() == text)
    #expect(value.pythonJSON(isCompact: true) == text.replacing(", ", with: ",").replacing(": ", with: ":"))
    #expect(try SettingValue(pythonJSON: text, "") == value)
    #expect(try SettingValue(pythonJSON: "123456789012345678901234567890", "") == .double(1.2345678901234568e29))
    #expect(throws: TensorError.self) { try SettingValue(pythonJSON: "{\"a\": ", "here") }
  }

  @Test(arguments: [
    (
      ParameterDistribution.float(low: 0, high: 1, step: 0.25),
      #"{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}"#
    ),
    (
      .float(low: 1e-5, high: 0.1, log: true),
      #"{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}"#
    ),
    (
      .int(low: -3, high: 9, step: 2),
      #"{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": -3, "high": 9}}"#
    ),
    (
      .categorical(["a", "ü", nil, true, 1.5, 7]),
      #"{"name": "CategoricalDistribution", "attributes": {"choices": ["a", "\u00fc", null, true, 1.5, 7]}}"#
    ),
  ]) func distributionsAreKeptAsOptunaKeepsThem(distribution: ParameterDistribution, text: String) throws {
    #expect(distribution.json == text)
    #expect(try ParameterDistribution(json: text) == distribution)
  }

  @Test(arguments: [
    (
      #"{"name": "UniformDistribution", "attributes": {"low": 0, "high": 1}}"#,
      ParameterDistribution.float(low: 0, high: 1)
    ),
    (
      #"{"name": "LogUniformDistribution", "attributes": {"high": 1.0, "low": 0.1}}"#,
      .float(low: 0.1, high: 1, log: true)
    ),
    (
      #"{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.1, "q": 0.25}}"#,
      .float(low: 0, high: 1, step: 0.25)
    ),
    (#"{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9}}"#, .int(low: 1, high: 9)),
    (
      #"{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 1}}"#,
      .int(low: 1, high: 9, log: true)
    ),
    (#"{"type": "int", "low": 0, "high": 5, "step": 2}"#, .int(low: 0, high: 4, step: 2)),
    (#"{"type": "categorical", "choices": [1]}"#, .categorical([1])),
  ]) func olderAndShortTextsAreRead(text: String, distribution: ParameterDistribution) throws {
    #expect(try ParameterDistribution(json: text) == distribution)
  }

  static let mistakes = [
    Mistake("an unknown kind", .format, "'NormalDistribution' is unknown", "FloatDistribution") {
      try ParameterDistribution(json: #"{"name": "NormalDistribution", "attributes": {"low": 0}}"#)
    },
    Mistake("no end", .format, "no number 'high'") {
      try ParameterDistribution(json: #"{"name": "FloatDistribution", "attributes": {"low": 0}}"#)
    },
    Mistake("an empty range", .format, "the range is empty") {
      try ParameterDistribution(json: #"{"name": "IntDistribution", "attributes": {"low": 4, "high": 2}}"#)
    },
    Mistake("a range too wide", .format, "cannot be read") {
      try ParameterDistribution(
        json: #"{"name": "IntDistribution", "attributes": {"low": -9223372036854775807, "high": 9223372036854775807}}"#)
    },
    Mistake("no JSON", .format, "is not JSON") { try ParameterDistribution(json: "uniform(0, 1)") },
  ]

  @Test(arguments: mistakes) func mistakesAreExplained(mistake: Mistake) { #expect(mistake.complaint() == nil) }
}
