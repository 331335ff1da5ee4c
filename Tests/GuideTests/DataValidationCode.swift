import Apus
import ApusFeatures
import TestSupport
import Testing

/// The code of docs/data-validation.md.
@Suite struct DataValidationCode {
  @Test func validation() throws {
    let folder = TemporaryFolder()
    let table = try Table([("age", Column([31, 45, 62])), ("country", Column(["US", "CH", "US"]))])
    let statistics = try TableStatistics(of: table)
    var schema = try TableSchema(inferredFrom: statistics)
    schema["age"]?.intDomain = IntDomain(0...50)
    try schema.write(to: folder.file("schema.pbtxt"))
    let anomalies = try TableSchema(contentsOf: folder.file("schema.pbtxt")).validate(statistics)
    #expect(anomalies["age"]?.reasons.map(\.type) == [.intTypeBigInt])
    #expect(try schema.anomalousRows(of: table).map(\.rows) == [[2]])
    try statistics.writePage(to: folder.file("page.html"), anomalies: anomalies)
  }

  // What the guide shows, of files that are not there.

  private func firstLook() throws {
    let statistics = try TableStatistics(files: ["train-1.csv", "train-2.csv"])  // read part by part, however large
    print(statistics["age"]?.numeric?.mean ?? 0, statistics["age"]?.common?.missingCount ?? 0)
    try statistics.write(to: "statistics/FeatureStats.pb")  // tfdv.load_stats_binary reads it

    var schema = try TableSchema(inferredFrom: statistics)
    try schema.write(to: "schema.pbtxt")
    schema["age"] = nil
  }

  private func editing() throws {
    var schema = try TableSchema(contentsOf: "schema.pbtxt")
    schema["age"]?.intDomain = IntDomain(0...120)
    schema["price"]?.floatDomain = FloatDomain(0...1e6)
    schema["price"]?.floatDomain?.disallowsNaN = true
    schema["country"]?.minDomainMass = 0.99  // one text in a hundred may be a new one
    schema["country"]?.driftComparator = FeatureComparator(infinityNorm: 0.01)
    schema["age"]?.skewComparator = FeatureComparator(jensenShannonDivergence: 0.05)
    schema.defaultEnvironments = ["TRAINING", "SERVING"]
    schema["label"]?.notInEnvironment = ["SERVING"]
    try schema.write(to: "schema.pbtxt")
  }

  private func anomalies(_ schema: TableSchema, _ table: Table) throws {
    let today = try TableStatistics(files: ["today.parquet"])
    let yesterday = try TableStatistics(contentsOf: "yesterday/FeatureStats.pb")
    let anomalies = try schema.validate(today, previous: yesterday, environment: "TRAINING")
    for anomaly in anomalies.features { print(anomaly.path, anomaly.shortDescription, anomaly.description) }
    if anomalies.hasErrors { try anomalies.write(to: "SchemaDiff.pb") }

    for found in try schema.anomalousRows(of: table) { print(found.name, found.rows.prefix(10)) }

    try today.writePage(
      to: "today.html", title: "Clicks", name: "today", other: yesterday, otherName: "yesterday", anomalies: anomalies)
  }

  private func choices(_ schema: TableSchema) throws {
    var options = StatisticsOptions()
    options.weightColumn = "weight"  // figures by weight stand beside the others, and validation reads them
    options.slices = [["country"], ["country", "sex"]]  // also for the rows of each country, and of each of both
    options.schema = schema  // whole numbers that are categories are counted as texts, pictures are not looked into
    let statistics = try TableStatistics(files: ["train.parquet"], options: options)
    print(statistics.slice("country_US")?["age"]?.numeric?.median ?? 0)
  }
}
