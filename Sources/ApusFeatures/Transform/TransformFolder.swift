import ApusCore
import ApusFormats

// A fitted transform as a folder: `transform.json`, and a vocabulary file for each column of texts, with a word a line. Both are
// described in docs/formats/table-transforms.md.

extension FittedTransform {
  static let fileName = "transform.json"
  private static let version = 1

  /// Writes the transform into a folder, which is made where it is not there: `transform.json` and the vocabularies, one word a line.
  /// What ``load(_:)`` reads is the same to the last bit.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func save(to folder: String) throws {
    let folder = expandedPath(folder)
    try makeFolders(folder)
    let files = vocabularyFiles
    for column in fitted {
      guard let words = column.fileWords, let file = files[column.name] else { continue }
      try writeText(words.map { $0 + "\n" }.joined(), to: "\(folder)/\(file)")
    }
    let json = JSON.object([
      "format": .string("table transform"), "version": .int(Self.version),
      "columns": .array(fitted.map { $0.json(file: files[$0.name]) }),
    ])
    try writeText(json.text(indented: true) + "\n", to: "\(folder)/\(Self.fileName)")
  }

  /// The file of each column's vocabulary: its name, with `_` for what file names do not have everywhere.
  var vocabularyFiles: [String: String] {
    var used: Set<String> = []
    var files: [String: String] = [:]
    for column in fitted where column.fileWords != nil {
      let plain = String(
        String.UnicodeScalarView(
          column.name.unicodeScalars.prefix(60).map { scalar in
            let isPlain =
              scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalar))
            return isPlain ? scalar : "_"
          }))
      var name = plain.isEmpty ? "column" : plain
      // File systems may not tell small letters from large ones.
      while !used.insert(name.lowercased()).inserted { name += "_" }
      files[column.name] = name + ".txt"
    }
    return files
  }

  /// Reads what ``save(to:)`` wrote.
  /// - Throws: `TensorError` that names the file: it cannot be read, is damaged, or was written by a newer version.
  public static func load(_ folder: String) throws -> FittedTransform {
    let folder = expandedPath(folder)
    let path = "\(folder)/\(fileName)"
    let json = try JSON(file: path)
    guard json["format"]?.string == "table transform" else {
      throw TensorError(.format, path, "this is no transform of a table: 'format' is not \"table transform\"")
    }
    guard let found = json["version"]?.int, found >= 1 else {
      throw TensorError(.format, path, "'version' is no number")
    }
    guard found <= version else {
      throw TensorError(
        .unsupported, path,
        "the transform is of version \(found), and this library reads up to \(version); use a newer one")
    }
    guard let items = json["columns"]?.array, !items.isEmpty, items.count <= 100_000 else {
      throw TensorError(.format, path, "'columns' is no list of columns")
    }
    var columns: [FittedColumn] = []
    for item in items {
      let column = try FittedColumn(ColumnJSON(item, path, folder), columns)
      guard !columns.contains(where: { $0.name == column.name }) else {
        throw TensorError(.format, path, "the column '\(column.name)' is there twice")
      }
      columns.append(column)
    }
    guard columns.lazy.filter(\.isLabel).count <= 1, columns.contains(where: { !$0.isLabel }) else {
      throw TensorError(.format, path, "there has to be a column that is no label, and one label at most")
    }
    return FittedTransform(columns)
  }
}

/// A column in `transform.json` as it is read.
private struct ColumnJSON {
  let json: JSON
  let path: String
  let folder: String
  let name: String

  init(_ json: JSON, _ path: String, _ folder: String) throws(TensorError) {
    (self.json, self.path, self.folder) = (json, path, folder)
    guard let name = json["name"]?.string else { throw TensorError(.format, path, "a column has no name") }
    self.name = name
  }

  func mistake(_ message: String) -> TensorError { TensorError(.format, path, "the column '\(name)': \(message)") }

  func text(_ key: String) throws(TensorError) -> String {
    guard let value = json[key]?.string else { throw mistake("'\(key)' is no text") }
    return value
  }

  func whole(_ key: String, in range: ClosedRange<Int>) throws(TensorError) -> Int {
    guard let value = json[key]?.int, range.contains(value) else {
      throw mistake("'\(key)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func flag(_ key: String) throws(TensorError) -> Bool {
    guard let value = json[key]?.bool else { throw mistake("'\(key)' is neither true nor false") }
    return value
  }

  func choice<Choice: RawRepresentable<String>>(_ key: String, _: Choice.Type) throws(TensorError) -> Choice {
    let text = try text(key)
    guard let value = Choice(rawValue: text) else { throw mistake("there is no '\(key)' called '\(text)'") }
    return value
  }

  func numbers(_ json: JSON?, _ what: String, rises: Bool, least: Int) throws(TensorError) -> [Double] {
    guard let items = json?.array, items.count >= least, items.count <= 1 << 20 else {
      throw mistake("\(what) are no list of \(least) numbers or more")
    }
    var numbers: [Double] = []
    for item in items {
      guard let value = item.double, value.isFinite else {
        throw mistake("\(what) have \(item.text()), no finite number")
      }
      if let last = numbers.last, rises ? last >= value : last > value { throw mistake("\(what) do not rise") }
      numbers.append(value)
    }
    return numbers
  }

  /// The words of the file of the vocabulary.
  func words() throws(TensorError) -> [String] {
    let file = try text("vocabulary_filename")
    guard !file.isEmpty, !file.hasPrefix("."), !file.contains("/"), !file.contains("\0") else {
      throw mistake("vocabulary_filename '\(file)' is no name of a file in the folder")
    }
    return try Vocabulary(path: "\(folder)/\(file)").words
  }
}

extension FittedColumn {
  func json(file: String?) -> JSON {
    var members: [String: JSON] = ["name": .string(name)]
    members["vocabulary_filename"] = file.map { .string($0) }
    switch self {
    case .numeric(let it):
      members["kind"] = .string("numeric")
      members["dtype"] = .string(it.dtype == .float64 ? "float64" : "float32")
      members["fill"] = it.fill.map { .double($0) }
      members["indicator"] = .bool(it.hasIndicator)
      members["operations"] = .array(it.operations.map(\.json))
      members["role"] = .string(it.role.rawValue)
    case .category(let it):
      members["kind"] = .string("category")
      if it.isWhole { members["values"] = .array(it.words.map { .int(Int($0) ?? 0) }) }
      members["buckets"] = .int(it.buckets)
      members["own_missing"] = .bool(it.hasOwnMissing)
      members["missing"] = .int(it.missing)
      members["encoding"] = .string(it.encoding.rawValue)
      members["role"] = .string(it.role.rawValue)
    case .crossed(let it):
      members["kind"] = .string("crossed")
      members["members"] = .array(it.members.map { .string($0) })
      members["buckets"] = .int(it.buckets)
      members["encoding"] = .string(it.encoding.rawValue)
    case .text(let it):
      members["kind"] = .string("text")
      members["buckets"] = .int(it.buckets)
      members["length"] = .int(it.length)
      members["ngrams"] = .int(it.ngrams)
      members["features"] = .string(it.features.rawValue)
    }
    return .object(members)
  }

  /// - Parameter known: the columns before it.
  fileprivate init(_ json: ColumnJSON, _ known: [FittedColumn]) throws(TensorError) {
    switch try json.text("kind") {
    case "numeric":
      let dtype = try json.text("dtype")
      guard dtype == "float32" || dtype == "float64" else { throw json.mistake("numbers are no '\(dtype)'") }
      var fill: Double?
      if let found = json.json["fill"], !found.isNull {
        guard let value = found.double, value.isFinite else { throw json.mistake("'fill' is no finite number") }
        fill = value
      }
      guard let items = json.json["operations"]?.array, items.count <= 100 else {
        throw json.mistake("'operations' is no list")
      }
      var operations: [NumericOperation] = []
      for item in items {
        if case .buckets? = operations.last { throw json.mistake("there is an operation behind its buckets") }
        operations.append(try NumericOperation(item, json))
      }
      self = .numeric(
        FittedNumeric(
          name: json.name, dtype: dtype == "float64" ? .float64 : .float32, fill: fill,
          hasIndicator: try json.flag("indicator"), operations: operations,
          role: try json.choice("role", ColumnRole.self)))
    case "category":
      let encoding = try json.choice("encoding", CategoryEncoding.self)
      let buckets = try json.whole("buckets", in: 0...encoding.mostBuckets)
      let hasOwnMissing = try json.flag("own_missing")
      var words: [String] = []
      let values = json.json["values"]?.array
      if let values {
        for value in values {
          guard let number = value.int else { throw json.mistake("'values' has \(value.text()), no whole number") }
          words.append("\(number)")
        }
        guard Set(words).count == words.count, buckets <= 1 else { throw json.mistake("'values' has a number twice") }
      } else {
        words = try json.words()
      }
      let role = try json.choice("role", ColumnRole.self)
      let count = words.count + buckets + (hasOwnMissing ? 1 : 0)
      let missing = try json.whole("missing", in: -1...max(-1, count - 1))
      guard count > 0, encoding != .index || role == .label || buckets > 0 && missing >= 0 else {
        throw json.mistake("it has no number for each category")
      }
      self = .category(
        FittedCategory(
          name: json.name, words: words, isWhole: values != nil, buckets: buckets, hasOwnMissing: hasOwnMissing,
          missing: missing, encoding: encoding, role: role))
    case "crossed":
      var members: [String] = []
      var sizes: [Int] = []
      for item in json.json["members"]?.array ?? [] {
        guard let member = item.string, let column = known.first(where: { $0.name == member }),
          let size = column.categoryCount, !members.contains(member)
        else { throw json.mistake("\(item.text()) is no column of categories before it") }
        members.append(member)
        sizes.append(size + 1)
      }
      guard members.count >= 2, sizes.reduce(1.0, { $0 * Double($1) }) < 0x1p31 else {
        throw json.mistake("'members' are no two or more columns with at most 2^31 combinations")
      }
      let encoding = try json.choice("encoding", CategoryEncoding.self)
      let cross = FittedCross(
        members: members, sizes: sizes, buckets: try json.whole("buckets", in: 1...encoding.mostBuckets),
        encoding: encoding)
      guard cross.name == json.name, cross.encoding != .crossedOnly, cross.buckets <= cross.combinations else {
        throw json.mistake("name, encoding and buckets do not fit its members")
      }
      self = .crossed(cross)
    case "text":
      let text = FittedText(
        name: json.name, words: try json.words(), ngrams: try json.whole("ngrams", in: 1...8),
        buckets: try json.whole("buckets", in: 0...1 << 20),
        length: try json.whole("length", in: 1...1 << 16), features: try json.choice("features", TextFeatures.self))
      guard text.words.count + text.buckets > 0 else { throw json.mistake("it has neither words nor buckets") }
      self = .text(text)
    case let kind: throw json.mistake("there is no kind '\(kind)'; there are numeric, category, crossed, text")
    }
  }
}

extension NumericOperation {
  var json: JSON {
    func list(_ numbers: [Double]) -> JSON { .array(numbers.map { .double($0) }) }
    switch self {
    case .log1p: return .object(["kind": .string("log1p")])
    case .clip(let low, let high):
      return .object(["kind": .string("clip"), "low": .double(low), "high": .double(high)])
    case .linear(let shift, let divisor, let offset):
      return .object([
        "kind": .string("linear"), "shift": .double(shift), "divisor": .double(divisor), "offset": .double(offset),
      ])
    case .interpolate(let marks): return .object(["kind": .string("interpolate"), "marks": list(marks)])
    case .buckets(let bounds, let encoding):
      return .object([
        "kind": .string("buckets"), "boundaries": list(bounds), "encoding": .string(encoding.rawValue),
      ])
    }
  }

  fileprivate init(_ json: JSON, _ column: ColumnJSON) throws(TensorError) {
    func number(_ key: String) throws(TensorError) -> Double {
      guard let value = json[key]?.double, value.isFinite else { throw column.mistake("'\(key)' is no finite number") }
      return value
    }
    switch json["kind"]?.string {
    case "log1p": self = .log1p
    case "clip":
      self = .clip(try number("low"), try number("high"))
      if case .clip(let low, let high) = self, low > high { throw column.mistake("'low' is more than 'high'") }
    case "linear":
      let divisor = try number("divisor")
      guard divisor > 0 else { throw column.mistake("'divisor' is not more than 0") }
      self = .linear(shift: try number("shift"), divisor: divisor, offset: try number("offset"))
    case "interpolate":
      self = .interpolate(try column.numbers(json["marks"], "marks", rises: false, least: 2))
    case "buckets":
      guard let encoding = json["encoding"]?.string.flatMap({ CategoryEncoding(rawValue: $0) }) else {
        throw column.mistake("its buckets have no encoding")
      }
      self = .buckets(try column.numbers(json["boundaries"], "boundaries", rises: true, least: 0), encoding)
    case let kind: throw column.mistake("there is no operation '\(kind ?? "")'")
    }
  }
}
