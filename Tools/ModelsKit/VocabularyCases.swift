import ApusCore
import ApusFormats
import ApusText
import FormatsKit
import Foundation

/// Runs the tokeniser in the metadata of the recorded GGUF files.
@Sendable func runGGUFTokenizerCases(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
  let rows = try jsonLines("\(folder)/tokenizer_cases.jsonl")
  let file = "\(folder)/tiny-llama-F32.gguf"
  guard !rows.isEmpty, FileManager.default.fileExists(atPath: file) else { return }
  let tokenizer = try Tokenizer(path: file)
  for (i, row) in rows.enumerated() {
    tally.add(
      outcome {
        let ids = try tokenizer.encode(row["text"]?.string ?? "").ids
        try expect(ids, row["ids"]?.array?.compactMap(\.int) ?? [], "ids")
        let text = try tokenizer.decode(ids, skipsSpecialTokens: true)
        try expect(Array(text.utf8), Array((row["decode_skip"]?.string ?? "").utf8), "decode")
      }, id: "tokenizer_cases:\(i + 1)")
  }
}

/// Runs the vocabularies of llama.cpp's own tests: `ggml-vocab-*.gguf` beside texts (`.inp`) and the numbers of their tokens (`.out`).
@Sendable func runLlamaVocabularies(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
  for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
    guard name.hasSuffix(".gguf"), only == nil || name.contains(only ?? "") else { continue }
    let path = "\(folder)/\(name)"
    guard let input = try? String(contentsOfFile: path + ".inp", encoding: .utf8),
      let output = try? String(contentsOfFile: path + ".out", encoding: .utf8)
    else {
      // There is nothing to compare with; it has to be read.
      tally.add(outcome { _ = try Tokenizer(path: path).encode("Hello, world") }, id: name)
      continue
    }
    let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = output.components(separatedBy: "\n")
    let tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(path: path) } catch {
      tally.add(.failed("\(error)"), id: name)
      continue
    }
    for (i, text) in texts.enumerated() where i < lines.count {
      tally.add(
        outcome {
          let wanted = lines[i].split(separator: " ").compactMap { Int($0) }
          let got = try tokenizer.encode(text, addsSpecialTokens: false, ignoresSpecialTokens: true).ids
          try expect(got, wanted, "ids of '\(text.prefix(80))'")
        }, id: "\(name):\(i + 1)")
    }
  }
}
