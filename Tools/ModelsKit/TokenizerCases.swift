import ApusCore
import ApusFormats
import ApusText
import FormatsKit
import Foundation

/// Runs the recorded tokenisers: rows of texts, batches, sentencepiece's and tiktoken's own, and single components.
@Sendable func runTokenizerCases(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
  for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where only == nil || only == name {
    let path = "\(folder)/\(name)"
    if name == "components.jsonl" { try runComponents(path, folder, &tally) }
    guard
      FileManager.default.fileExists(atPath: "\(path)/tokenizer_config.json")
        || FileManager.default.fileExists(atPath: "\(path)/tiktoken.json")
    else { continue }
    let start = Date()
    try TokenizerFolder(path: path, name: name).run(&tally)
    if only != nil { print("\(name): \(Date().timeIntervalSince(start)) s") }
  }
}

/// The lines of a file of JSON values.
func jsonLines(_ path: String) throws -> [JSON] {
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10).map { try JSON(parsing: $0) }
}

private struct TokenizerFolder {
  let path: String
  let name: String

  func run(_ tally: inout Tally) throws {
    let file = "\(path)/tokenizer.json"
    let hasFile = FileManager.default.fileExists(atPath: file)
    try check("cases", &tally) { () -> Tokenizer in
      try Tokenizer(path: hasFile ? file : path)
    } row: {
      try compare($0, $1)
    }
    try check("cleanup", &tally) {
      try Tokenizer(path: path)
    } row: { tokenizer, row in
      let ids = row["ids"]?.array?.compactMap(\.int) ?? []
      try expect(
        try tokenizer.decode(ids, skipsSpecialTokens: true, cleansUpSpaces: true), row["decode_skip_hf"]?.string ?? "",
        "decode")
    }
    try check("spm_cases", &tally) {
      try Tokenizer(path: "\(path)/tokenizer.model")
    } row: {
      try comparePieces($0, $1)
    }
    try checkTiktoken(&tally)
    try checkBatches(&tally)
  }

  private func check(
    _ kind: String, _ tally: inout Tally, _ open: () throws -> Tokenizer, row compare: (Tokenizer, JSON) throws -> Void
  ) throws {
    let rows = try jsonLines("\(path)/\(kind).jsonl")
    if rows.isEmpty { return }
    let tokenizer: Tokenizer
    do { tokenizer = try open() } catch {
      for i in rows.indices { tally.add(.failed("\(error)"), id: "\(name)/\(kind):\(i + 1)") }
      return
    }
    for (i, row) in rows.enumerated() {
      tally.add(outcome { try compare(tokenizer, row) }, id: "\(name)/\(kind):\(i + 1)")
    }
  }

  private func compare(_ tokenizer: Tokenizer, _ row: JSON) throws {
    let encoding = try tokenizer.encode(
      row["text"]?.string ?? "", pair: row["pair"]?.string, addsSpecialTokens: row["add_special_tokens"]?.bool ?? true)
    try expect(encoding.ids, row["ids"]?.array?.compactMap(\.int) ?? [], "ids")
    try expect(
      encoding.tokens.map { Array($0.utf8) },
      row["tokens"]?.array?.compactMap { $0.string.map { Array($0.utf8) } } ?? [], "tokens")
    try expect(
      encoding.offsets.map { [$0.lowerBound, $0.upperBound] },
      row["offsets"]?.array?.compactMap { $0.array?.compactMap(\.int) } ?? [], "offsets")
    try expect(encoding.attentionMask, row["attention_mask"]?.array?.compactMap(\.int) ?? [], "attention_mask")
    try expect(encoding.typeIds, row["type_ids"]?.array?.compactMap(\.int) ?? [], "type_ids")
    try expect(
      encoding.specialTokensMask, row["special_tokens_mask"]?.array?.compactMap(\.int) ?? [], "special_tokens_mask")
    try expect(encoding.wordIds, row["word_ids"]?.array?.map(\.int) ?? [], "word_ids")
    try expect(bytes(try tokenizer.decode(encoding.ids)), bytes(row["decode"]?.string ?? ""), "decode")
    try expect(
      bytes(try tokenizer.decode(encoding.ids, skipsSpecialTokens: true)), bytes(row["decode_skip"]?.string ?? ""),
      "decode_skip")
    var stream = tokenizer.stream(skipsSpecialTokens: true)
    var streamed = ""
    for id in encoding.ids { streamed += try stream.append(id) }
    streamed += try stream.finish()
    try expect(bytes(streamed), bytes(row["decode_skip"]?.string ?? ""), "stream")
  }

  private func comparePieces(_ tokenizer: Tokenizer, _ row: JSON) throws {
    let encoding = try tokenizer.encode(row["text"]?.string ?? "", addsSpecialTokens: false)
    try expect(encoding.ids, row["ids"]?.array?.compactMap(\.int) ?? [], "ids")
    try expect(encoding.tokens.map(bytes), row["pieces"]?.array?.compactMap { $0.string.map(bytes) } ?? [], "pieces")
    try expect(
      encoding.ids.map { bytes(tokenizer.idToToken($0) ?? "") },
      row["id_to_piece"]?.array?.compactMap { $0.string.map(bytes) } ?? [], "id_to_piece")
    try expect(bytes(try tokenizer.decode(encoding.ids)), bytes(row["decode"]?.string ?? ""), "decode")
  }

  private func checkTiktoken(_ tally: inout Tally) throws {
    let rows = try jsonLines("\(path)/tiktoken_cases.jsonl")
    if rows.isEmpty { return }
    let tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(path: path) } catch {
      for i in rows.indices { tally.add(.failed("\(error)"), id: "\(name)/tiktoken_cases:\(i + 1)") }
      return
    }
    for (i, row) in rows.enumerated() {
      tally.add(
        outcome {
          let text = row["text"]?.string ?? ""
          let ids = try tokenizer.ids(of: text)
          let wanted = row["ids"]?.array?.compactMap(\.int) ?? []
          try expect(ids, wanted, "ids")
          let ordinary = try tokenizer.ids(of: text, ignoresSpecialTokens: true)
          try expect(ordinary, row["ids_ordinary"]?.array?.compactMap(\.int) ?? wanted, "ids_ordinary")
          try expect(bytes(try tokenizer.decode(ids)), bytes(row["decode"]?.string ?? ""), "decode")
        }, id: "\(name)/tiktoken_cases:\(i + 1)")
    }
  }

  // MARK: - Batches

  private func checkBatches(_ tally: inout Tally) throws {
    let file = "\(path)/batch.json"
    guard FileManager.default.fileExists(atPath: file) else { return }
    let cases = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: file))).array ?? []
    for item in cases {
      tally.add(outcome { try compareBatch(item) }, id: "\(name)/batch:\(item["name"]?.string ?? "")")
    }
  }

  private func compareBatch(_ item: JSON) throws {
    let tokenizer = try Tokenizer(path: path)
    let options = item["kwargs"] ?? .null
    let side: (JSON?, Truncation.Side) -> Truncation.Side = { json, other in
      json?.string.map { $0 == "left" ? .left : .right } ?? other
    }
    var truncation: Truncation?
    if let wanted = options["truncation"], wanted != .bool(false) {
      truncation = Truncation(
        maxLength: options["max_length"]?.int ?? tokenizer.configuration.modelMaxLength ?? 512,
        stride: options["stride"]?.int ?? 0,
        strategy: wanted.string == "only_first"
          ? .onlyFirst : wanted.string == "only_second" ? .onlySecond : .longestFirst,
        side: side(options["_truncation_side"], .right))
    }
    var padding: TokenPadding?
    if let wanted = options["padding"], wanted != .bool(false) {
      padding = TokenPadding(
        length: wanted.string == "max_length" ? options["max_length"]?.int : nil,
        multiple: options["pad_to_multiple_of"]?.int,
        side: side(options["padding_side"], tokenizer.configuration.paddingSide))
    }
    let adds = options["add_special_tokens"]?.bool ?? true
    let encodings: [Encoding]
    if item["split_into_words"]?.bool == true {
      func words(_ json: JSON?) -> [[String]]? { json?.array?.map { $0.array?.compactMap(\.string) ?? [] } }
      encodings = try tokenizer.encodeBatch(
        words: words(item["texts"]) ?? [], pairs: words(item["pairs"]), addsSpecialTokens: adds, truncation: truncation,
        padding: padding)
    } else {
      encodings = try tokenizer.encodeBatch(
        item["texts"]?.array?.compactMap(\.string) ?? [], pairs: item["pairs"]?.array?.compactMap(\.string),
        addsSpecialTokens: adds, truncation: truncation, padding: padding)
    }
    var rows: [(Int, Encoding)] = []
    for (i, encoding) in encodings.enumerated() {
      rows.append((i, encoding))
      if options["return_overflowing_tokens"]?.bool == true { rows += encoding.overflowing.map { (i, $0) } }
    }
    let out = item["out"] ?? .null
    func lists(_ name: String) -> [[Int]] { out[name]?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? [] }
    try expect(rows.map { $0.1.ids }, lists("input_ids"), "input_ids")
    try expect(rows.map { $0.1.attentionMask }, lists("attention_mask"), "attention_mask")
    try expect(rows.map { $0.1.typeIds }, lists("token_type_ids"), "token_type_ids")
    try expect(rows.map { $0.1.specialTokensMask }, lists("special_tokens_mask"), "special_tokens_mask")
    try expect(
      rows.map { $0.1.offsets.map { [$0.lowerBound, $0.upperBound] } },
      out["offset_mapping"]?.array?.map { $0.array?.compactMap { $0.array?.compactMap(\.int) } ?? [] } ?? [],
      "offset_mapping")
    if let samples = out["overflow_to_sample_mapping"]?.array?.compactMap(\.int) {
      try expect(rows.map(\.0), samples, "overflow_to_sample_mapping")
    }
  }
}

// MARK: - Components

private func runComponents(_ path: String, _ folder: String, _ tally: inout Tally) throws {
  let map = try String(contentsOfFile: "\(folder)/components-charsmap.txt", encoding: .utf8)
  var parts: [String: TokenizerComponent] = [:]
  for (i, line) in try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10).enumerated() {
    let row = try JSON(parsing: line)
    let id = "components:\(i + 1)"
    guard let kind = row["kind"]?.string, let config = row["config"] else { continue }
    tally.add(
      outcome {
        let source = config.text().replacingOccurrences(of: "@components-charsmap.txt", with: map)
        let part = try parts["\(kind) \(source)"] ?? TokenizerComponent(kind: kind, json: Array(source.utf8))
        parts["\(kind) \(source)"] = part
        try compareComponent(part, kind, row)
      }, id: "\(id) \(kind) \(config["type"]?.string ?? "")")
  }
}

private func compareComponent(_ part: TokenizerComponent, _ kind: String, _ row: JSON) throws {
  switch kind {
  case "normalizer":
    let got = try part.normalize(row["input"]?.string ?? "")
    if let want = row["output"]?.string { try expect(bytes(got), bytes(want), "normalised") }
  case "pre_tokenizer":
    let got = try part.cut(row["input"]?.string ?? "")
    guard let want = row["output"]?.array else { return }
    try expect(got.map { bytes($0.text) }, want.compactMap { $0.array?.first?.string.map(bytes) }, "pieces")
    try expect(
      got.map { [$0.offsets.lowerBound, $0.offsets.upperBound] },
      want.compactMap { $0.array?.last?.array?.compactMap(\.int) }, "offsets")
  default:
    let got = try part.decode(row["input"]?.array?.compactMap(\.string) ?? [])
    if let want = row["output"]?.string { try expect(bytes(got), bytes(want), "decoded") }
  }
}

// MARK: - Comparing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func outcome(_ body: () throws -> Void) -> Outcome {
  do {
    try body()
    return .passed
  } catch { return .failed("\(error)") }
}

func expect<Value: Equatable>(_ got: Value, _ want: Value, _ what: String) throws {
  guard got != want else { return }
  func shown(_ value: Value) -> String {
    if let bytes = value as? [UInt8] { return "'\(String(decoding: bytes, as: UTF8.self))'" }
    if let lists = value as? [[UInt8]] { return "\(lists.map { String(decoding: $0, as: UTF8.self) })" }
    return "\(value)"
  }
  throw FormatDifference("\(what): \(shown(got).prefix(400)), expected \(shown(want).prefix(400))")
}
