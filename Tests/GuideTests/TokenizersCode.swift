import Apus
import TestSupport
import Testing

/// The code of docs/tokenizers.md.
@Suite struct TokenizersCode {
  func folders() throws {
    let tokenizer = try Tokenizer(path: "bert-base-uncased")  // a folder or a file
    let encoding = try tokenizer.encode("Hello, world!", pair: "How are you?")
    print(encoding.ids, encoding.tokens, encoding.offsets)
    let text = try tokenizer.decode(encoding.ids, skipsSpecialTokens: true)
    let batch = try tokenizer.encodeBatch(
      ["a text", "another, longer text"], truncation: Truncation(maxLength: 128), padding: TokenPadding())
    print(text, batch.count)
  }

  @Test func templates() throws {
    let template = try ChatTemplate(source: "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
    let prompt = try template.render(messages: [.system("Be brief."), .user("Hello")], addGenerationPrompt: true)
    #expect(prompt == "<system>Be brief.<user>Hello")
  }

  func training() throws {
    var trainer = TokenizerTrainer(.bytePairs(unknown: "<unk>"), vocabularySize: 1000, specialTokens: ["<unk>"])
    trainer.minFrequency = 2
    let trained = try trainer.train(["a corpus of texts", "as many as there are"])
    try trained.write("tokenizer.json")
  }
}
