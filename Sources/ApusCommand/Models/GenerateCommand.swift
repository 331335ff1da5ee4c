import Apus

/// `apus generate`: continues a text.
struct GenerateCommand: Command {
  static let name = "generate"
  static let summary = "continue a text with a language model"
  static let help = """
    usage: apus generate MODEL --prompt TEXT [OPTIONS]

    Writes what a published language model, a folder or a .gguf file, makes of a text, as it comes; how fast it was goes to the
    error output. Without --prompt the text is read from the standard input. Ctrl-C ends the text.

    \(GenerationSettings.help)
      --no-special-tokens      do not begin with the token that the model expects before a text
      --json                   write one object of JSON: prompt, text, ids, finish_reason, seconds
    """

  private let path: String
  private let prompt: String?
  private let addsSpecialTokens: Bool
  private let writesJSON: Bool
  private let settings: GenerationSettings

  init(_ words: inout Words) throws {
    prompt = try words.take("--prompt")
    settings = try GenerationSettings(&words)
    addsSpecialTokens = !words.takeFlag("--no-special-tokens")
    writesJSON = words.takeFlag("--json")
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    let text = prompt ?? nextLines(.max).joined(separator: "\n")
    var generation = try TextGeneration(path: path, settings)
    let ids = try generation.tokenizer.ids(of: text, addsSpecialTokens: addsSpecialTokens)
    guard !ids.isEmpty else { throw UsageError(message: "the prompt has no tokens; give --prompt TEXT") }
    Interrupt.watch()
    if !writesJSON { show(text) }
    let result = try generation.run(ids) { [writesJSON] in if !writesJSON { show($0) } }
    if writesJSON {
      let value: ChatValue = [
        "prompt": .string(text), "text": .string(result.text), "prompt_ids": .array(ids.map { .int($0) }),
        "ids": .array(result.ids.map { .int($0) }), "finish_reason": .string(result.reason),
        "seconds_to_first_token": .double(result.first), "seconds": .double(result.total),
      ]
      print(value.json)
    } else {
      print()
      complain(result.rate)
    }
  }
}
