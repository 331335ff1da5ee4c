import Apus
import ApusMedia
import Foundation
import TestSupport
import Testing

import ApusFeatures

/// Statistics of data in parts.
@Suite struct CollectingTests {
  private func numbers(_ count: Int, _ seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return pow(Double(state >> 11) * 0x1p-53, 3) * 1000 - 100
    }
  }

  private func table(_ range: Range<Int>) throws -> Table {
    let values = range.map { Double($0 * 7919 % 1000) / 8 }
    return try Table([
      ("n", Column(values)), ("t", Column(range.map { $0 % 11 == 3 ? nil : "t\($0 % 5)" })),
      ("i", Column(range.map { $0 % 7 })), ("w", Column(range.map { 1 + Double($0 % 3) })),
    ])
  }

  /// Parts one after the other, and collectors that are merged, give what all rows at once give.
  @Test func partsAndMerging() throws {
    var options = StatisticsOptions()
    options.weightColumn = "w"
    options.slices = [["i"], ["t", "i"]]
    let whole = try TableStatistics(of: table(0..<900), options: options)
    let parts = StatisticsCollector(options: options)
    for start in stride(from: 0, to: 900, by: 100) { try parts.add(table(start..<start + 100)) }
    #expect(try differences(parts.statistics, whole).isEmpty)
    let (first, second) = (StatisticsCollector(options: options), StatisticsCollector(options: options))
    try first.add(table(0..<333))
    try second.add(table(333..<900))
    try first.merge(second)
    #expect(try differences(first.statistics, whole).isEmpty)
    let names = Set(whole.datasets.map(\.name))
    #expect(names.contains("All Examples") && names.contains("i_2") && names.contains("i_0_t_t0"))
    #expect(whole.slice("i_2")?.rows == (0..<900).filter { $0 % 7 == 2 }.count)
    for slice in ["i_2", "i_0_t_t0"] {
      let (a, b) = (try #require(first.statistics.slice(slice)), try #require(whole.slice(slice)))
      for (x, y) in zip(a.features, b.features) { #expect(differences(x.message, y.message).isEmpty) }
    }
  }

  /// More values than are kept: ranks are off by less than is said.
  @Test func quantilesOfManyNumbers() throws {
    let all = numbers(400_000, 7)
    let collectors = (0..<2).map { _ in StatisticsCollector() }
    for start in stride(from: 0, to: all.count, by: 50_000) {
      try collectors[start / 50_000 % 2].add(Table([("n", Column(Array(all[start..<start + 50_000])))]))
    }
    try collectors[0].merge(collectors[1])
    let numeric = try #require(collectors[0].statistics["n"]?.numeric)
    let sorted = all.sorted()
    func rank(_ value: Double) -> Double { Double(sorted.partitioningIndex { $0 >= value }) / Double(all.count) }
    #expect(abs(rank(numeric.median) - 0.5) < 0.002)
    let edges = try #require(numeric.histogram(.quantiles)?.buckets)
    for (i, bucket) in edges.enumerated() { #expect(abs(rank(bucket.high) - Double(i + 1) / 10) < 0.002) }
    #expect(numeric.minimum == sorted[0] && numeric.maximum == sorted[all.count - 1])
    let mean = all.reduce(0, +) / Double(all.count)
    #expect(abs(numeric.mean - mean) < 1e-9 * abs(mean))
    let buckets = try #require(numeric.histogram(.standard)?.buckets)
    for bucket in buckets {
      let exact = Double(all.count { $0 >= bucket.low && $0 < bucket.high })
      #expect(abs(bucket.count - exact) < 0.004 * Double(all.count))
    }
  }

  /// More texts than are counted exactly: frequencies are too small by less than is said, the number of texts is near.
  @Test func textsOfManyValues() throws {
    var options = StatisticsOptions()
    options.exactValues = 2000
    var texts: [String] = []
    for i in 0..<60_000 { texts.append(i % 4 == 0 ? "often\(i / 4 % 5)" : "rare\(i)") }
    let collectors = (0..<2).map { _ in StatisticsCollector(options: options) }
    try collectors[0].add(Table([("t", Column(Array(texts[..<20_000])))]))
    try collectors[1].add(Table([("t", Column(Array(texts[20_000...])))]))
    try collectors[0].merge(collectors[1])
    let feature = try #require(collectors[0].statistics["t"])
    let text = try #require(feature.text)
    #expect(abs(Double(text.uniqueCount) / 45_005 - 1) < 0.03)
    let error = try #require(feature.custom.first { $0.name == "top_values_error" }?.number)
    #expect(error <= 2 * 60_000 / 2000)
    for value in text.topValues.prefix(5) {
      #expect(value.value.hasPrefix("often") && value.frequency <= 3000 && value.frequency >= 3000 - error)
    }
    #expect(text.common.valueCount == 60_000 && text.averageLength > 5)
  }

  /// The same rows from files of every format.
  @Test func formats() throws {
    let folder = TemporaryFolder()
    let table = try table(0..<200)
    try table.write(csv: folder.file("t.csv"))
    try table.write(jsonLines: folder.file("t.jsonl"))
    try table.write(parquet: folder.file("t.parquet"))
    try table.write(arrow: folder.file("t.arrow"))
    let whole = try TableStatistics(of: table)
    for name in ["t.csv", "t.jsonl", "t.parquet", "t.arrow"] {
      let found = try differences(TableStatistics(files: [folder.file(name)]), whole)
      #expect(found.isEmpty, "\(name): \(found.prefix(3))")
    }
    #expect(throws: TensorError.self) { try TableStatistics(files: [folder.file("t.doc")]) }
  }

  /// Columns of several files of text are what fits all of them.
  @Test func textsAndNumbersInSeveralFiles() throws {
    let folder = TemporaryFolder()
    try Data("a,b,c,d\n1,1,true,2020-01-01\n2,2,,\n".utf8).write(to: URL(fileURLWithPath: folder.file("1.csv")))
    try Data("a,b,c,d\n3,x,1,7\n4.5,,0,8\n".utf8).write(to: URL(fileURLWithPath: folder.file("2.csv")))
    let statistics = try TableStatistics(files: [folder.file("1.csv"), folder.file("2.csv")])
    #expect(["a", "b", "c", "d"].map { statistics[FeaturePath([$0])]?.kind } == [.float, .string, .string, .string])
    #expect(statistics["b"]?.common?.missingCount == 1 && statistics["a"]?.numeric?.maximum == 4.5)
    // A text and a number in one column of a table cannot be.
    let collector = StatisticsCollector()
    try collector.add(Table([("a", Column([1]))]))
    #expect(throws: TensorError.self) { try collector.add(Table([("a", Column(["x"]))])) }
  }

  @Test func schemasTellOfCategoriesAndPictures() throws {
    var schema = TableSchema([SchemaFeature("code", .int), SchemaFeature("picture", .bytes)])
    schema["code"]?.intDomain = IntDomain()
    schema["code"]?.intDomain?.isCategorical = true
    schema["picture"]?.imageDomain = ImageDomain()
    var options = StatisticsOptions()
    options.schema = schema
    let statistics = try TableStatistics(
      of: Table([("code", Column([7, 7, 9])), ("picture", Column(["ab", "cdef", ""]))]), options: options)
    #expect(statistics["code"]?.text?.topValues.map(\.value) == ["7", "9"] && statistics["code"]?.kind == .int)
    #expect(statistics["picture"]?.bytes?.mostLength == 4 && statistics["picture"]?.kind == .bytes)
  }

  @Test func weightsThatAreNone() throws {
    var options = StatisticsOptions()
    options.weightColumn = "w"
    #expect(throws: TensorError.self) { try TableStatistics(of: Table([("a", Column([1]))]), options: options) }
    #expect(throws: TensorError.self) {
      try TableStatistics(of: Table([("w", Column([1, nil] as [Double?]))]), options: options)
    }
  }

  @Test func pages() throws {
    let statistics = try TableStatistics(contentsOf: Recorded.path("kinds.pb"))
    let schema = try TableSchema(inferredFrom: TableStatistics(contentsOf: Recorded.path("penguins.pb")))
    let page = try statistics.page(
      title: "<All> kinds", other: TableStatistics(contentsOf: Recorded.path("penguins.pb")),
      anomalies: schema.validate(statistics))
    #expect(
      page.contains("&lt;All&gt; kinds") && page.contains("numbers as texts") && page.contains("flipper_length_mm"))
    #expect(page.contains("Column is completely missing") && !page.contains("http"))
  }
}

extension Array {
  /// The first position whose element fulfils a condition that all behind it fulfil.
  fileprivate func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
