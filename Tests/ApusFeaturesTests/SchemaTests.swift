import Apus
import ApusFormats
import TestSupport
import Testing

import ApusFeatures

@Suite struct SchemaTests {
  /// As TensorFlow Data Validation infers schemas, line for line.
  @Test(arguments: [
    ("penguins", true), ("penguins", false), ("weighted", true), ("kinds", true), ("kinds", false), ("big", true),
    ("wine", true),
  ]) func inferred(_ name: String, _ shapes: Bool) throws {
    let statistics = try TableStatistics(contentsOf: Recorded.path(name + ".pb"))
    let schema = try TableSchema(inferredFrom: statistics, infersShapes: shapes)
    let theirs = try TableSchema(contentsOf: Recorded.path(name + (shapes ? ".shape" : ".count") + ".pbtxt"))
    #expect(schema.text == theirs.text)
  }

  /// The text of a file of theirs comes out as it went in.
  @Test func textsComeOutAsTheyWentIn() throws {
    let text = try Recorded.text("penguins.shape.pbtxt")
    let schema = try TableSchema(text: text)
    #expect(schema.text == text)
    #expect(try TableSchema(bytes: schema.bytes) == schema)
  }

  @Test func whatIsNotKnownStays() throws {
    let text = """
      # A comment.
      feature {
        name: "age"  type: INT
        future_rule { limit: 3 names: ["a", 'b'] [some.extension] { x: -1 } }
        int_domain < min: 0, max: 0x7f >
      }
      future_switch: ON
      """
    var schema = try TableSchema(text: text)
    #expect(schema["age"]?.intDomain == IntDomain(0...127))
    schema["age"]?.presence = FeaturePresence(minFraction: 1)
    #expect(
      schema.text == """
        feature {
          name: "age"
          type: INT
          int_domain {
            min: 0
            max: 127
          }
          presence {
            min_fraction: 1.0
          }
          future_rule {
            limit: 3
            names: "a"
            names: "b"
            [some.extension] {
              x: -1
            }
          }
        }
        future_switch: ON

        """)
  }

  /// Fields of numbers that are not known pass through bytes.
  @Test func unknownNumbersStay() throws {
    let known = try TableSchema(text: "feature { name: \"a\" }").bytes
    let bytes = known + [0xa2, 0x06, 0x02, 0x68, 0x69]  // Field 100, a text.
    let schema = try TableSchema(bytes: bytes)
    #expect(schema.bytes == bytes)
  }

  @Test func editing() throws {
    var schema = TableSchema([SchemaFeature("age", .int), SchemaFeature("person", .structure)])
    schema["age"]?.driftComparator = FeatureComparator(jensenShannonDivergence: 0.1)
    schema["age"]?.driftComparator?.usesQuantiles = true
    schema[FeaturePath(["person", "zip"])] = SchemaFeature("zip", .bytes)
    schema[FeaturePath(["person", "zip"])]?.textDomain = TextDomain(["a"])
    schema.defaultEnvironments = ["TRAINING"]
    #expect(schema["age"]?.driftComparator?.jensenShannonDivergence == 0.1)
    #expect(schema[FeaturePath(["person", "zip"])]?.textDomain?.values == ["a"])
    schema["age"] = nil
    #expect(schema.features.map(\.name) == ["person"])
    // One domain at a time.
    schema["person"]?.intDomain = IntDomain()
    #expect(schema["person"]?.structure == nil)
  }

  @Test func filesOfBothKinds() throws {
    let folder = TemporaryFolder()
    let schema = try TableSchema(contentsOf: Recorded.path("kinds.shape.pbtxt"))
    for name in ["schema.pbtxt", "schema.pb"] {
      try schema.write(to: folder.file(name))
      #expect(try TableSchema(contentsOf: folder.file(name)) == schema)
    }
  }

  @Test func wrongTexts() {
    for (text, words) in [
      ("feature { name: 3 }", "'name' of Feature is '3', and should be a text in quotes"),
      ("feature { type: LONG }", "one of BYTES, FLOAT, INT, STRUCT, TYPE_UNKNOWN"),
      ("feature { name: \"a\"", "expected '}' in line 1"), ("feature", "expected ':'"),
      ("feature { name: \"a\" name: \"b\" }", "given twice"),
      ("feature { presence { min_count: 1.5 } }", "a whole number"),
    ] {
      do {
        _ = try TableSchema(text: text, name: "schema.pbtxt")
        Issue.record("\(text) was read")
      } catch {
        #expect(error.kind == .format && "\(error)".contains(words) && "\(error)".contains("schema.pbtxt"), "\(error)")
      }
    }
  }
}
