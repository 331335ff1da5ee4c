import ApusCore

/// How a CSV file is written and what its columns are. What is not given is as pyarrow's reader has it.
///
///     var options = CSVOptions()
///     options.delimiter = ";"
///     options.types = ["zip": .string]
///     let table = try Table(csv: "towns.csv", options: options)
public struct CSVOptions: Sendable {
  /// What stands between fields: one ASCII character.
  public var delimiter: Character = ","
  /// What stands around fields that have delimiters or line ends in them; nil for none.
  public var quote: Character? = "\""
  /// Whether a quote inside a quoted field is written twice.
  public var doublesQuotes = true
  /// What makes the next character stand for itself; nil for none.
  public var escape: Character?
  /// Whether the first row has the names; without it columns are called `f0`, `f1`, ...
  public var hasHeader = true
  /// The names of the columns, in place of those of the file; then there is no header.
  public var names: [String]?
  /// How the letters are written.
  public var encoding = TextEncoding.utf8
  /// How many lines before the header are left out.
  public var skipRows = 0
  /// Words that stand for a missing value.
  public var nullValues = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "N/A", "NA", "NULL",
    "NaN", "n/a", "nan", "null",
  ]
  /// Words that stand for a truth value that holds.
  public var trueValues = ["1", "True", "TRUE", "true"]
  /// Words that stand for one that does not.
  public var falseValues = ["0", "False", "FALSE", "false"]
  /// Whether a text can be missing: false keeps such words as texts.
  public var stringsCanBeNull = false
  /// Whether a word in quotes can stand for a missing value.
  public var quotedStringsCanBeNull = true
  /// What stands before the decimals of a number.
  public var decimalPoint: Character = "."
  /// Whether quoted fields may have line ends in them. Short files are read with them anyway; in large ones this makes
  /// reading slower.
  public var newlinesInValues = false
  /// Whether empty lines are left out; they are rows of missing values otherwise.
  public var ignoresEmptyLines = true
  /// The types of columns by name; other columns' types are found from all of their values.
  public var types: [String: ColumnType] = [:]
  /// The columns to keep, in this order; nil for all.
  public var columns: [String]?
  /// About how many bytes a thread takes at a time; a batch of ``CSVReader`` is read from so many for each thread.
  public var blockSize = 1 << 20

  /// The usual options.
  public init() {}
}

/// The options in bytes, checked.
struct CSVDialect: Sendable {
  let delimiter: UInt8
  /// 0 where there is none: a zero byte is never taken for a quote.
  let quote: UInt8
  let hasQuote: Bool
  let doublesQuotes: Bool
  let escape: UInt8
  let hasEscape: Bool
  let point: UInt8
  let ignoresEmptyLines: Bool
  let nulls: WordSet
  let trues: WordSet
  let falses: WordSet
  let stringsCanBeNull: Bool
  let quotedCanBeNull: Bool

  init(_ options: CSVOptions, name: String) throws(TensorError) {
    func byte(_ character: Character?, _ what: String) throws(TensorError) -> UInt8 {
      guard let character else { return 0 }
      guard let value = character.asciiValue, value != 10, value != 13, value != 0 else {
        throw TensorError(
          .value, name, "the \(what) is '\(character)'; one ASCII character other than a line end works")
      }
      return value
    }
    delimiter = try byte(options.delimiter, "delimiter")
    quote = try byte(options.quote, "quote")
    hasQuote = options.quote != nil
    doublesQuotes = options.doublesQuotes
    escape = try byte(options.escape, "escape character")
    hasEscape = options.escape != nil
    point = try byte(options.decimalPoint, "decimal point")
    ignoresEmptyLines = options.ignoresEmptyLines
    guard options.quote != options.delimiter, options.escape != options.delimiter else {
      throw TensorError(
        .value, name, "the delimiter '\(options.delimiter)' cannot be a quote or an escape character too")
    }
    guard options.blockSize > 0, options.skipRows >= 0 else {
      throw TensorError(
        .value, name,
        "blockSize is \(options.blockSize) and skipRows \(options.skipRows); blocks have bytes, and no row is before the "
          + "first")
    }
    nulls = WordSet(options.nullValues)
    trues = WordSet(options.trueValues)
    falses = WordSet(options.falseValues)
    stringsCanBeNull = options.stringsCanBeNull
    quotedCanBeNull = options.quotedStringsCanBeNull
  }
}
