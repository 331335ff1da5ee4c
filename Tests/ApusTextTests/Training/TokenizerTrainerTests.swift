import ApusCore
import ApusText
import Foundation
import Testing

/// Expected vocabularies were recorded from Hugging Face's `tokenizers` 0.23.3.
@Suite struct TokenizerTrainerTests {
  private let texts = ["low lower lowest", "new newer newest wider widest low low"]

  @Test func pairsAreJoinedTheMostFrequentFirst() throws {
    var trainer = TokenizerTrainer(.bytePairs(), vocabularySize: 30, specialTokens: ["<s>"])
    trainer.preTokenizer = #"{"type": "Whitespace"}"#
    let trained = try trainer.train(texts)
    #expect(
      trained.vocabulary == [
        "<s>", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w", "lo", "low", "er", "es", "ew", "new", "est", "id",
        "wid", "lower",
        "lowest", "newer", "newest", "wider", "widest",
      ])
    #expect(trained.merges.prefix(4).map { [$0.0, $0.1] } == [["l", "o"], ["lo", "w"], ["e", "r"], ["e", "s"]])
  }

  @Test func piecesAreWeighedByLikelihood() throws {
    var trainer = TokenizerTrainer(.unigram(), vocabularySize: 24, specialTokens: ["<unk>"])
    trainer.preTokenizer = #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"#
    let trained = try trainer.train(texts + texts + texts)
    #expect(Set(trained.vocabulary).isSuperset(of: ["<unk>", "▁low", "▁wide", "▁newe", "▁lowe", "▁new"]))
    let place = try #require(trained.vocabulary.firstIndex(of: "▁low"))
    #expect(abs(trained.scores[place] + 1.8789895899664062) < 1e-6)
  }

  @Test func specialTokensAreListedOnceByTheirNumbers() throws {
    var trainer = TokenizerTrainer(.bytePairs(), vocabularySize: 20, specialTokens: ["<s>", "w", "<s>"])
    trainer.preTokenizer = #"{"type": "Whitespace"}"#
    let json = try trainer.train(texts).json
    #expect(json.components(separatedBy: "\"content\": \"<s>\"").count == 2)
    #expect(try Tokenizer(json: Array(json.utf8)).encode("<s>w").ids == [0, 1])
  }

  @Test func senselessSizesAreErrors() {
    #expect(throws: TensorError.self) { try TokenizerTrainer(.bytePairs(), vocabularySize: 0).train(texts) }
    #expect(throws: TensorError.self) { try TokenizerTrainer(.unigram(), vocabularySize: 3).train(texts) }
  }
}
