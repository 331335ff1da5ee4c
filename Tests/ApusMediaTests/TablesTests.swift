import ApusCore
import ApusFormats
import ApusMedia
import TestSupport
import Testing

@Suite struct TablesTests {
  func csv(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) throws -> Table {
    var options = CSVOptions()
    change(&options)
    return try Table(csv: Array(text.utf8), name: "test.csv", options: options)
  }

  /// The types that pyarrow 26 gives for columns of these values.
  @Test(arguments: [
    ("1\n-2", "int64"), ("0x1F", "int64"), ("+1", "double"), ("1\n1.5", "double"), ("true\n1", "bool"),
    ("2024-02-29", "date32[day]"), ("2024-02-30", "string"), ("12:30", "time32[s]"),
    ("2024-01-01 01:02:03", "timestamp[s]"), ("2024-01-01T01:02:03.5", "timestamp[ns]"),
    ("2024-01-01T01:02:03+02:00", "timestamp[s, tz=UTC]"), ("9223372036854775808", "double"), ("NA", "null"),
    ("1\nx", "string"),
  ])
  func typesAreFound(_ values: String, _ type: String) throws {
    #expect("\(try csv("a\n\(values)\n").fields[0].type)" == type)
  }

  @Test func quotesEscapesAndLineEnds() throws {
    let table = try csv("a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2,\"two\nlines\"\r\n3,plain\"quote")
    #expect(try table["b"].strings() == ["x, \"y\"", "two\nlines", "plain\"quote"])
    let escaped = try csv("a\nx\\,y\n") { $0.escape = "\\" }
    #expect(escaped.columns[0][0] == .text("x,y"))
  }

  @Test func wrongRowsAndValuesAreNamed() {
    #expect(
      throws: TensorError(
        .format, "test.csv",
        "row 2 (after the header) has 3 fields, and the rows before have 2: '3,4,5'; check the delimiter and the quotes"
      )
    ) { try csv("a,b\n1,2\n3,4,5\n") }
    #expect(
      throws: TensorError(
        .format, "test.csv", "row 2 (after the header): column 'a' has '300', which is no int8")
    ) { try csv("a\n1\n300\n") { $0.types = ["a": .int8] } }
  }

  /// Plain rows and others in turn, of lengths around those that are read at a time.
  @Test(arguments: ["\n", "\r\n", "\r"]) func plainRowsAndOthers(_ lineEnd: String) throws {
    var state: UInt64 = 1
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let parts = ["x", "yz ", "long words ", "a\"b", ",", "line\nend", "\"", "\"\"", "ö"]
    var rows: [[String]] = []
    for _ in 0..<500 {
      let choices = random(3) == 0 ? parts.count : 4
      rows.append((0..<3).map { _ in (0..<random(12)).map { _ in parts[random(choices)] }.joined() })
    }
    let text = rows.map { row in
      row.map { field in
        let mustQuote = field.contains { ",\n\"".contains($0) }
        return mustQuote || random(4) == 0 ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
      }.joined(separator: ",") + lineEnd
    }.joined()
    let table = try csv("a,b,c\(lineEnd)\(text)") {
      $0.newlinesInValues = true
      $0.types = ["a": .string, "b": .string, "c": .string]
    }
    for (i, name) in ["a", "b", "c"].enumerated() {
      let expected = rows.map { $0[i] }
      #expect(try table[name].strings() == expected)
    }
  }

  /// The standard library reads the same numbers.
  @Test func numbersOfAllLengths() throws {
    var texts: [String] = []
    for whole in ["", "0", "7", "12", "00123", "12345678", "123456789012"] {
      for part in [nil, "", "0", "5", "05", "1234567", "12345678", "123456789"] as [String?] {
        guard !(whole.isEmpty && (part ?? "").isEmpty) else { continue }
        for sign in ["", "-", "+"] { texts.append(sign + whole + (part.map { ".\($0)" } ?? "")) }
      }
    }
    texts += ["1e3", "1.5e-3", "12345678.5e2", ".5e1"]
    let table = try csv("a\n\(texts.joined(separator: "\n"))\n") { $0.types = ["a": .float64] }
    let numbers = try table["a"].tensor().array(as: Double.self)
    let expected = texts.map { text in
      let text = text.hasSuffix(".") ? text + "0" : text
      return Double(text.hasPrefix("+") ? String(text.dropFirst()) : text)
    }
    #expect(numbers.map { Optional($0) } == expected)
  }

  /// Blocks of a few bytes: each piece finds its own types, and all have to agree.
  @Test func piecesAgree() throws {
    let text = "a,b\n" + (0..<200).map { "\($0),\($0 < 150 ? "\($0)" : $0 < 199 ? "\($0).5" : "text")\n" }.joined()
    let (whole, pieces) = (try csv(text), try csv(text) { $0.blockSize = 16 })
    #expect(whole.fields == pieces.fields && whole.fields[1].type == .string)
    #expect(zip(whole.columns, pieces.columns).allSatisfy { $0.values == $1.values })
  }

  @Test func batchesMakeUpTheTable() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.csv")
    put(Array(("a,b\n" + (0..<500).map { "\($0),\"line\n\($0)\"\n" }.joined()).utf8), at: path)
    var options = CSVOptions()
    options.blockSize = 100
    options.newlinesInValues = true
    let reader = try CSVReader(path: path, options: options)
    var (rows, batches, last) = (0, 0, ColumnValue.null)
    while let batch = try reader.nextBatch() {
      rows += batch.rows
      batches += 1
      last = batch.columns[1][batch.rows - 1]
    }
    #expect(rows == 500 && batches > 10 && last == .text("line\n499"))
  }

  /// Numbers are rounded as the standard library rounds them.
  @Test func numbersAreRoundedCorrectly() throws {
    var generator = SystemRandomNumberGenerator()
    var texts = [
      "1.7976931348623157e308", "5e-324", "2.4703282292062327e-324", "1e23", "9007199254740993", "0.1", "1e-400",
    ]
    for _ in 0..<5000 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { texts.append("\(value)") }
      texts.append("\(generator.next() as UInt64)e\(Int.random(in: -330...300))")
    }
    let column = try csv("a\n0.5\n" + texts.joined(separator: "\n")).columns[0]
    for (i, text) in texts.enumerated() { #expect(column[i + 1] == .double(Double(text) ?? .nan), "\(text)") }
  }

  @Test func jsonLinesNest() throws {
    let text = #"{"id":1,"o":{"x":1},"l":[1,2.5]}"# + "\n" + #"{"id":2,"o":null,"t":"2024-01-02"}"# + "\n{}\n"
    let table = try Table(jsonLines: Array(text.utf8))
    let types = ["int64", "struct<x: int64>", "list<item: double>", "timestamp[s]"]
    #expect(table.fields.map { "\($0.type)" } == types)
    #expect(table.columns[2][0] == .list([.double(1), .double(2.5)]) && table.columns[1][1] == .null)
    #expect(
      throws: TensorError(
        .format, "JSON Lines",
        "line 2, column 6: column '/a' changes from number to string; all its values need one type")
    ) { try Table(jsonLines: Array("{\"a\":1}\n{\"a\":\"x\"}\n".utf8)) }
    #expect(throws: TensorError.self) { try Table(jsonLines: Array(String(repeating: "{\"a\":", count: 20_000).utf8)) }
  }

  func sample() throws -> Table {
    let lines =
      #"{"i":1,"f":1.5,"s":"é","b":true,"l":[[1],[],null],"o":{"p":{"q":[{"r":"x"}]}},"n":null}"# + "\n"
      + #"{"i":null,"f":-0.0,"s":null,"b":false,"l":null,"o":null,"n":null}"# + "\n"
      + #"{"i":-3,"f":2,"s":"","b":null,"l":[],"o":{"p":null},"n":null}"#
    return try Table(jsonLines: Array(lines.utf8))
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = TemporaryFolder()
    let table = try sample()
    try table.write(arrow: folder.file("x.arrow"))
    try table.write(parquet: folder.file("x.parquet"))
    try table.write(jsonLines: folder.file("x.jsonl"))
    let copies = [
      try Table(arrow: folder.file("x.arrow")), try Table(parquet: folder.file("x.parquet")),
      try Table(jsonLines: folder.file("x.jsonl")),
    ]
    for copy in copies {
      #expect(copy.names == table.names && copy.rows == 3)
      for (a, b) in zip(copy.columns, table.columns) { #expect(a.values == b.values) }
    }
  }

  /// Damaged files are refused or read, and nothing else.
  @Test func damagedFilesDoNoHarm() throws {
    let folder = TemporaryFolder()
    let table = try sample()
    try table.write(arrow: folder.file("x.arrow"))
    try table.write(parquet: folder.file("x.parquet"))
    let (arrow, parquet) = (contents(of: folder.file("x.arrow")), contents(of: folder.file("x.parquet")))
    for length in stride(from: 0, to: arrow.count, by: 7) {
      #expect(throws: TensorError.self) { try Table(arrow: Array(arrow[..<length])) }
    }
    for length in stride(from: 0, to: parquet.count, by: 7) {
      #expect(throws: TensorError.self) { try Table(parquet: Array(parquet[..<length])) }
    }
    var state: UInt64 = 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<2000 {
      var (a, p) = (arrow, parquet)
      for _ in 0...next(3) {
        a[next(a.count)] = UInt8(next(256))
        p[next(p.count)] = UInt8(next(256))
      }
      _ = try? Table(arrow: a)
      _ = try? Table(parquet: p)
    }
  }

  @Test func columnsBecomeTensors() throws {
    let table = try csv("a,b,c,d\n1,1.5,x,\n2,2.5,y,4\n")
    let both = try table.tensor(["a", "b"])
    #expect(both.shape == [2, 2] && both.dtype == .float64 && both.array(as: Double.self) == [1, 1.5, 2, 2.5])
    #expect(try table["d"].tensor(nulls: 9).array(as: Int64.self) == [9, 4])
    #expect(try table.droppingNulls().rows == 1)
    #expect(try table["c"].categories().codes.array(as: Int64.self) == [0, 1])
    #expect(
      throws: TensorError(
        .value, "tensor",
        "column 'd' misses 1 of its 2 values; fill them with tensor(nulls: 0) or leave the rows out with droppingNulls()"
      )
    ) { try table.tensor(["a", "d"]) }
    #expect(throws: TensorError.self) { try table["c"].tensor() }
    #expect(throws: TensorError.self) { try table["e"] }
    let lists = try Table(jsonLines: Array("{\"l\":[1,2]}\n{\"l\":[3,4]}".utf8))
    #expect(try lists["l"].tensor().shape == [2, 2])
  }

  @Test func flatbuffersAreChecked() throws {
    let bytes = FlatValue.table([
      (0, .int16(-5)), (1, .string("name")), (3, .tables([.table([(0, .int64(7))]), .table([])])),
      (4, .elements([1, 0, 2, 0], count: 2, alignment: 2)),
    ]).encoded()
    func read(_ bytes: [UInt8]) throws -> (Int16, String?, [Int64], [Int16]) {
      try bytes.withUnsafeBytes { bytes in
        let root = try FlatBuffer(bytes, name: "test").root()
        return (
          try root.integer(0, default: 0), try root.string(1),
          try root.tables(3).map { try $0.integer(0, default: -1) }, try root.integers(4)
        )
      }
    }
    let found = try read(bytes)
    #expect(found.0 == -5 && found.1 == "name" && found.2 == [7, -1] && found.3 == [1, 2])
    for i in bytes.indices {
      for value in [UInt8(0), 1, 127, 255] {
        var damaged = bytes
        damaged[i] = value
        _ = try? read(damaged)
      }
      _ = try? read(Array(bytes[..<i]))
    }
  }

  /// Blocks written down by the formats' descriptions.
  @Test func shortBlocksAreDecompressed() throws {
    func plain(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows -> [UInt8] {
      var result = [UInt8](repeating: 0, count: count)
      try result.withUnsafeMutableBytes { try body($0) }
      return result
    }
    // "ab", then 6 bytes from 2 before.
    let snappy: [UInt8] = [8, 1 << 2, 97, 98, (6 - 4) << 2 | 1, 2]
    let lz4: [UInt8] = [2 << 4 | 0, 97, 98, 2, 0, 2 << 4, 97, 98]
    let first = try plain(8) { target in
      try snappy.withUnsafeBytes { try Snappy.decompress($0, into: target, name: "x") }
    }
    let second = try plain(8) { target in
      try lz4.withUnsafeBytes { try LZ4.decompressBlock($0, into: target, name: "x") }
    }
    #expect(first == Array("abababab".utf8) && second == Array("abababab".utf8))
    #expect(throws: TensorError.self) {
      try plain(9) { target in try snappy.withUnsafeBytes { try Snappy.decompress($0, into: target, name: "x") } }
    }
  }
}
