import Apus
import ApusMedia
import TestSupport
import Testing

import ApusFeatures

/// Statistics against those of TensorFlow Data Validation.
@Suite struct StatisticsTests {
  private func expectSame(_ mine: TableStatistics, _ theirs: TableStatistics) throws {
    let found = try differences(mine, theirs)
    #expect(found.isEmpty, "\(found.count): \(found.prefix(6))")
  }

  @Test(arguments: ["penguins", "wine"]) func filesOfText(_ name: String) throws {
    let mine = try TableStatistics(files: [Recorded.path(name + ".csv")])
    let theirs = try TableStatistics(contentsOf: Recorded.path(name + ".pb"))
    try expectSame(mine, theirs)
  }

  @Test func weights() throws {
    var options = StatisticsOptions()
    options.weightColumn = "weight"
    let mine = try TableStatistics(files: [Recorded.path("weighted.csv")], options: options)
    let theirs = try TableStatistics(contentsOf: Recorded.path("weighted.pb"))
    try expectSame(mine, theirs)
  }

  /// Lists, lists of lists, structures, NaN, infinite numbers, bytes that are no texts, columns of nothing.
  @Test func everyKind() throws {
    let mine = try TableStatistics(files: [Recorded.path("kinds.arrow")])
    let theirs = try TableStatistics(contentsOf: Recorded.path("kinds.pb"))
    try expectSame(mine, theirs)
  }

  @Test func oneRowAndNone() throws {
    let one = try Table([("a", Column([3])), ("b", Column(["x"])), ("c", Column([nil] as [Double?]))])
    try expectSame(TableStatistics(of: one), TableStatistics(contentsOf: Recorded.path("one.pb")))
    let none = try Table([("a", Column([Int]())), ("b", Column([String]()))])
    try expectSame(TableStatistics(of: none), TableStatistics(contentsOf: Recorded.path("none.pb")))
  }

  /// What `print` shows.
  @Test func printing() throws {
    let table = try Table([("age", Column([20, 30, 40])), ("sex", Column(["f", "m", nil] as [String?]))])
    #expect(
      try "\(TableStatistics(of: table))" == """
        3 rows
          age: INT, 20 – 30 – 40, mean 30
          sex: STRING, 1 missing, 2 different, 'm' 50.0 %, 'f' 50.0 %
        """)
  }

  /// A number that comes often is its own mean, to the last digit.
  @Test func constants() throws {
    let statistics = try TableStatistics(of: Table([("a", Column([Double](repeating: 0.1, count: 1000)))]))
    #expect(statistics["a"]?.numeric?.mean == 0.1 && statistics["a"]?.numeric?.standardDeviation == 0)
  }

  @Test func manyValues() throws {
    let values = (0..<20000).map { ($0 * 2_654_435_761) % 5003 }
    let table = try Table([
      ("t", Column(values.map { "t\($0 % 901)" })), ("n", Column(values.map { Double($0) * 0.25 })),
      ("i", Column(values)),
    ])
    try expectSame(TableStatistics(of: table), TableStatistics(contentsOf: Recorded.path("big.pb")))
  }
}
