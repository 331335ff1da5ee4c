/// What statistics are made of, and of which rows.
///
///     var options = StatisticsOptions()
///     options.weightColumn = "weight"
///     options.slices = [["country"], ["country", "sex"]]
///     let statistics = try TableStatistics(of: table, options: options)
public struct StatisticsOptions: Sendable {
  /// The column with the weight of each row, a number; nil where all rows count alike. Figures by weight stand beside the others.
  public var weightColumn: String?
  /// The columns by whose values rows are sliced: each entry makes a slice of every combination of values that its columns have.
  /// Columns are of texts, byte strings, whole numbers or truth values, or lists of them; a row is in a slice of each of its
  /// values, and in none where a value is missing.
  public var slices: [[String]] = []
  /// The columns to look at; nil for all.
  public var columns: [String]?
  /// What is known of the features: pictures are byte strings that are not looked into, and numbers that are categories are counted
  /// as texts are.
  public var schema: TableSchema?
  /// So many of the most frequent texts are named.
  public var topValues = 20
  /// So many texts the histogram of ranks has.
  public var rankBuckets = 1000
  /// So many buckets the histograms of numbers have.
  public var histogramBuckets = 10
  /// Texts are counted exactly as long as no more than so many differ in a column. Beyond, the number of different texts is an
  /// estimate (a standard error of 0.8 %), and frequencies are too small by twice the number of values divided by this at most.
  public var exactValues = 200_000

  /// The usual options.
  public init() {}

  /// So many slices there can be.
  static let mostSlices = 10_000
}
