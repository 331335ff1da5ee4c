import Apus
import ApusFormats
import ApusMedia
import Foundation
import TestSupport
import Testing

import ApusFeatures

/// One data set against one schema, and what TensorFlow Data Validation says of them.
struct RecordedCase: Decodable, CustomTestStringConvertible {
  let name: String
  let schema: String
  let statistics: String
  let previous: String?
  let serving: String?
  let version: String?
  let environment: String?
  let anomalies: String
  let updated: String

  var testDescription: String { name }

  static let all =
    (try? JSONDecoder().decode(
      [RecordedCase].self, from: Data(contentsOf: URL(fileURLWithPath: Recorded.path("validation.json")))))
    ?? []

  static func statistics(_ text: String?) throws -> TableStatistics? {
    guard let text, let data = Data(base64Encoded: text) else { return nil }
    return try TableStatistics(bytes: Array(data))
  }
}

@Suite struct ValidationTests {
  @Test func casesAreThere() { #expect(RecordedCase.all.count == 46) }

  @Test(arguments: RecordedCase.all) func anomalies(_ recorded: RecordedCase) throws {
    let schema = try TableSchema(text: recorded.schema)
    let statistics = try #require(try RecordedCase.statistics(recorded.statistics))
    let mine = try schema.validate(
      statistics, previous: RecordedCase.statistics(recorded.previous),
      serving: RecordedCase.statistics(recorded.serving), previousVersion: RecordedCase.statistics(recorded.version),
      environment: recorded.environment)
    // Theirs forgets the name before it is said.
    let text = mine.text.replacingOccurrences(of: "missing domain: gone", with: "missing domain: ")
    var theirs = try Anomalies(text: recorded.anomalies)
    // A map has no order.
    theirs = try Anomalies(text: theirs.text)
    let found = differences(try Anomalies(text: text).sorted.message, try theirs.sorted.message)
    #expect(found.isEmpty, "\(found.prefix(4))")
    #expect(try Anomalies(bytes: mine.bytes) == mine)
  }

  @Test(arguments: RecordedCase.all) func updates(_ recorded: RecordedCase) throws {
    let schema = try TableSchema(text: recorded.schema)
    let statistics = try #require(try RecordedCase.statistics(recorded.statistics))
    let mine = try schema.updated(from: statistics)
    let theirs = try TableSchema(text: recorded.updated)
    let found = differences(mine.message, theirs.message)
    #expect(found.isEmpty, "\(found.prefix(4))")
  }

  @Test func severities() throws {
    let schema = TableSchema()
    let statistics = try TableStatistics(of: Table([("a", Column([1]))]))
    let anomalies = try schema.validate(statistics, severities: [.schemaNewColumn: .warning])
    #expect(anomalies["a"]?.severity == .warning && !anomalies.hasErrors && !anomalies.isEmpty)
    #expect(throws: TensorError.self) { try schema.validate(statistics, environment: "NONE") }
  }

  /// Every row by itself, against what is found by halving.
  @Test func rowsOneByOne() throws {
    let reader = try TableReader(path: Recorded.path("kinds.arrow"))
    let table = try #require(try reader.nextBatch())
    var schema = try TableSchema(contentsOf: Recorded.path("kinds.shape.pbtxt"))
    schema["ints"]?.valueCount = ValueCount(min: 2, max: 2)
    schema["ints"]?.intDomain = IntDomain(0...400)
    schema["floats"]?.floatDomain = FloatDomain(1...9)
    schema["constant"]?.intDomain = IntDomain(8...9)
    schema["mostly missing"]?.shape = [1]
    schema["nested"]?.valueCounts = [ValueCount(min: 1), ValueCount(min: 1)]
    schema["umlaute"]?.textDomain = TextDomain(["grün"])
    schema[FeaturePath(["person", "age"])]?.intDomain = IntDomain(0...30)
    schema[FeaturePath(["visits", "cost"])]?.floatDomain = FloatDomain(0...0.25)
    let found = try schema.anomalousRows(of: table)
    var alone: [String: [Int]] = [:]
    for row in 0..<table.rows {
      let budget = DecodeBudget(fileSize: 0, limit: nil, name: "row")
      let columns = try zip(table.names, table.columns).map { ($0, try $1.gathering([row], budget: budget)) }
      for group in try schema.anomalousRows(of: Table(columns)) { alone[group.name, default: []].append(row) }
    }
    #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.rows) }) == alone)
    #expect(alone.count > 8)
  }

  @Test func rows() throws {
    var schema = TableSchema([SchemaFeature("age", .int), SchemaFeature("sex", .bytes), SchemaFeature("part", .float)])
    schema["age"]?.intDomain = IntDomain(0...120)
    schema["sex"]?.textDomain = TextDomain(["f", "m"])
    schema["sex"]?.presence = FeaturePresence(minFraction: 1)
    schema["part"]?.floatDomain = FloatDomain(0...1)
    schema["part"]?.floatDomain?.disallowsNaN = true
    var ages = (0..<3000).map { $0 % 100 }
    ages[1500] = -1
    ages[2999] = 500
    var sexes: [String?] = (0..<3000).map { $0 % 2 == 0 ? "f" : "m" }
    sexes[7] = "x"
    sexes[8] = nil
    sexes[9] = "x"
    var parts = (0..<3000).map { Double($0) / 3000 }
    parts[5] = .nan
    parts[6] = 2
    let table = try Table([("age", Column(ages)), ("sex", Column(sexes)), ("part", Column(parts))])
    let found = try schema.anomalousRows(of: table)
    #expect(
      Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.rows) }) == [
        "age_INT_TYPE_SMALL_INT": [1500], "age_INT_TYPE_BIG_INT": [2999],
        "sex_ENUM_TYPE_UNEXPECTED_STRING_VALUES": [7, 9], "part_FLOAT_TYPE_HAS_NAN": [5],
        "part_FLOAT_TYPE_BIG_FLOAT": [6],
      ])
    #expect(try schema.anomalousRows(of: table, findsMissing: true).contains { $0.rows == [8] })
    #expect(
      try schema.anomalousRows(of: table.selecting(["age", "part"])).contains { $0.reason.type == .schemaMissingColumn }
    )
  }
}

extension Anomalies {
  /// With the entries of the map in the order of their keys.
  fileprivate var sorted: Anomalies {
    get throws {
      var copy = message
      copy.setAll(
        2,
        copy.values(2).sorted { a, b in
          guard case .message(let a) = a, case .message(let b) = b, case .text(let x)? = a[1], case .text(let y)? = b[1]
          else { return false }
          return x < y
        })
      return try Anomalies(bytes: copy.bytes)
    }
  }
}
