import ApusCore
import ApusText
import Foundation
import TestSupport
import Testing

import ApusRecipes

/// Recorded cases, and the models' files that the tests of conformance have.
enum RecordedData {
  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let models = here.deletingLastPathComponent().appendingPathComponent("ConformanceTests/Fixtures/models").path

  static func tokenizer(_ name: String) throws -> Tokenizer { try Tokenizer(path: "\(models)/tokenizers/\(name)") }

  static func file() throws -> ChatValue {
    try ChatValue(json: String(contentsOf: here.appendingPathComponent("Recorded/data.json"), encoding: .utf8))
  }

  static func cases(_ kind: String) throws -> [ChatValue] {
    (try file()["cases"]?.array ?? []).filter { $0["kind"]?.string == kind }
  }
}

extension ChatValue {
  var ints: [Int] { array?.compactMap(\.int) ?? [] }
}

/// Tokens and labels of examples, compared with those of TRL and transformers.
@Suite struct TrainingDataTests {
  /// Settings whose file has the rows of a case, and the tokeniser.
  private func prepared(
    _ item: ChatValue, _ folder: TemporaryFolder
  ) throws -> (settings: DataSettings, tokenizer: Tokenizer, name: String) {
    var settings = DataSettings()
    let rows = item["rows"]?.array ?? []
    let file = folder.file("rows.jsonl")
    put(Array(rows.map(\.json).joined(separator: "\n").utf8), at: file)
    settings.files = [file]
    let name = item["tokenizer"]?.string ?? ""
    if let template = item["template"]?.string {
      settings.chatTemplate = "\(RecordedData.models)/chat/\(template).jinja"
    } else if let source = item["source"]?.string {
      settings.chatTemplate = folder.file("template.jinja")
      put(Array(source.utf8), at: folder.file("template.jinja"))
    }
    return (settings, try RecordedData.tokenizer(name), "\(name) \(item["template"]?.string ?? "")")
  }

  @Test(arguments: ["chat", "completion"]) func supervisedExamplesAreThoseOfTRL(kind: String) throws {
    var compared = 0
    for item in try RecordedData.cases(kind) {
      let folder = TemporaryFolder()
      let (settings, tokenizer, name) = try prepared(item, folder)
      let data = try TrainingData(supervised: settings, tokenizer)
      let expected = item["examples"]?.array ?? []
      #expect(data.train.count == expected.count, "\(name)")
      for (i, (example, recorded)) in zip(data.train, expected).enumerated() {
        #expect(example.ids == recorded["ids"]?.ints, "\(kind) \(name) \(i)")
        #expect(example.labels == recorded["labels"]?.ints, "\(kind) \(name) \(i)")
        compared += 1
      }
    }
    #expect(compared > 30)
  }

  /// What TRL warns of is refused here: a prompt that the whole conversation does not begin with.
  @Test func promptsThatAreNoBeginningsAreRefused() throws {
    for item in try RecordedData.cases("refused") {
      let folder = TemporaryFolder()
      var (settings, tokenizer, name) = try prepared(item, folder)
      settings.onProblem = .skip
      #expect(throws: TensorError.self, "\(name)") { try TrainingData(supervised: settings, tokenizer) }
    }
  }

  @Test func rawTextsAreThoseOfTRLBehindEachOther() throws {
    for item in try RecordedData.cases("text") {
      let folder = TemporaryFolder()
      var (settings, tokenizer, name) = try prepared(item, folder)
      let expected = (item["examples"]?.array ?? []).flatMap { $0["ids"]?.ints ?? [] }
      settings.maxLength = 7
      let data = try TrainingData(supervised: settings, tokenizer)
      #expect(data.train.flatMap(\.ids) == expected, "\(name)")
      #expect(data.train.dropLast().allSatisfy { $0.ids.count == 7 } && data.train.allSatisfy { $0.labels == $0.ids })
      settings.packing = .bestFit
      let pieces = try TrainingData(supervised: settings, tokenizer)
      #expect(pieces.train.flatMap(\.ids) == expected && pieces.train.allSatisfy { $0.ids.count <= 7 })
      #expect(pieces.train.count >= data.train.count)
    }
  }

  @Test func pairsOfAnswersAreThoseOfTRL() throws {
    var compared = 0
    for item in try RecordedData.cases("preference") {
      let folder = TemporaryFolder()
      let (settings, tokenizer, name) = try prepared(item, folder)
      let data = try TrainingData(preferences: settings, tokenizer)
      for (example, recorded) in zip(data.train, item["examples"]?.array ?? []) {
        let prompt = recorded["prompt_ids"]?.ints ?? []
        for (row, answer) in [(example.chosen, "chosen_ids"), (example.rejected, "rejected_ids")] {
          #expect(row.ids == prompt + (recorded[answer]?.ints ?? []), "\(name)")
          #expect(row.labels == prompt.map { _ in -100 } + (recorded[answer]?.ints ?? []), "\(name)")
        }
        compared += 1
      }
    }
    #expect(compared == 9)
  }

  @Test func feedbackIsMismatchedAsTRLDoes() throws {
    for item in try RecordedData.cases("feedback") {
      let folder = TemporaryFolder()
      var (settings, tokenizer, _) = try prepared(item, folder)
      settings.bucketing = false
      let data = try TrainingData(feedback: settings, tokenizer)
      let padding = tokenizer.configuration.padId ?? 0
      let loader = data.train.loader(settings, batchSize: 3, padding: padding, shuffles: false)
      let batch = try #require(Array(loader).first)
      let recorded = try #require(item["batch"])
      func rows(_ name: String) -> [[Int]] { (recorded[name]?.array ?? []).map(\.ints) }
      for (tokens, prefix) in [(batch.tokens, ""), (try #require(batch.mismatched), "KL_")] {
        let shape = tokens.inputIds.shape
        #expect(tokens.inputIds.array(as: Int.self) == rows("\(prefix)input_ids").flatMap { $0 })
        let learned = tokens.labels.array(as: Int.self).map { $0 == -100 ? 0 : 1 }
        #expect(learned == rows("\(prefix)completion_mask").flatMap { $0 } && shape[0] == 3)
      }
      let labels = (recorded["label"]?.array ?? []).map { $0.bool ?? ($0.int == 1) }
      #expect(batch.isDesirable == labels)
    }
  }
}
