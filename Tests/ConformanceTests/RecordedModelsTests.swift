import FormatsKit
import Foundation
import ModelsKit
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures/models").path

/// Recorded models, tokenisers, templates and generations of the real libraries; scripts/select-models.py chooses them.
@Suite(.serialized) struct RecordedModels {
  /// The vocabularies of llama.cpp are no part of the fixtures.
  @Test(arguments: ModelGroup.names.filter { $0 != "llama-vocabularies" })
  func recorded(group: String) throws {
    let tally = try #require(try ModelGroup.run(group, in: fixtures))
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    #expect(tally.passed > 0)
  }

  /// Damaged configurations, weights, tokenisers, templates, grammars and adapters neither crash nor take much time or memory.
  @Test func damagedModels() throws {
    let (status, text) = try conformance("models", fixtures, "--fuzz", "30")
    #expect(status == 0, "\(text)")
  }
}
