import Apus

/// `apus tokenize`: the tokens of lines.
struct TokenizeCommand: Command {
  static let name = "tokenize"
  static let summary = "make tokens of lines of text, or text of tokens"
  static let help = """
    usage: apus tokenize MODEL|tokenizer.json [OPTIONS] < lines

    Writes the numbers of the tokens of each line as a list in JSON, a line each. MODEL is the folder of a published model, a
    tokenizer.json, a sentencepiece .model, a .tiktoken or a .gguf file.

      --tokens              write the tokens themselves
      --no-special-tokens   leave out tokens such as [CLS] that the model expects around a text
      --decode              lines are lists of numbers: write their text as a string in JSON
    """

  private let path: String
  private let writesTokens: Bool
  private let addsSpecialTokens: Bool
  private let decodes: Bool

  init(_ words: inout Words) throws {
    writesTokens = words.takeFlag("--tokens")
    addsSpecialTokens = !words.takeFlag("--no-special-tokens")
    decodes = words.takeFlag("--decode")
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    let tokenizer = try Tokenizer(path: path)
    while true {
      let lines = nextLines(4096)
      if lines.isEmpty { return }
      if decodes {
        for line in lines { print(try text(of: line, tokenizer)) }
        continue
      }
      for encoding in try tokenizer.encodeBatch(lines, addsSpecialTokens: addsSpecialTokens) {
        let list = writesTokens ? encoding.tokens.map { ChatValue.string($0) } : encoding.ids.map { ChatValue.int($0) }
        print(ChatValue.array(list).json)
      }
    }
  }

  private func text(of line: String, _ tokenizer: Tokenizer) throws -> String {
    let ids = try ChatValue(json: line).array?.compactMap(\.int) ?? []
    return ChatValue.string(try tokenizer.decode(ids, skipsSpecialTokens: !addsSpecialTokens)).json
  }
}
