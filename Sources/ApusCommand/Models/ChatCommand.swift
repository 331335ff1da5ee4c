import Apus

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `apus chat`: a conversation with a language model.
struct ChatCommand: Command {
  static let name = "chat"
  static let summary = "talk with a language model"
  static let help = """
    usage: apus chat MODEL [--system TEXT] [OPTIONS]

    A conversation with a published model, a folder or a .gguf file, written the way its chat template says. Each line is a message.
    Ctrl-C ends an answer; an empty line or Ctrl-D ends the conversation; /new begins a new one.

      --system TEXT            what the model is told before
    \(GenerationSettings.help)
    """

  private let path: String
  private let system: String?
  private let settings: GenerationSettings

  init(_ words: inout Words) throws {
    system = try words.take("--system")
    settings = try GenerationSettings(&words)
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    var generation = try TextGeneration(path: path, settings)
    if settings.maxNewTokens == nil { generation.options.maxNewTokens = 1024 }
    generation.prefix = PrefixCache()
    let tokenizer = generation.tokenizer
    guard let source = tokenizer.configuration.chatTemplate else {
      throw TensorError(.unsupported, path, "the model has no chat template; 'apus generate' continues texts")
    }
    let template = try ChatTemplate(source: source)
    let isTerminal = isatty(STDIN_FILENO) == 1
    if isTerminal {
      complain("Type a message. Ctrl-C ends an answer, an empty line the conversation, /new begins a new one.")
    }
    let opening = system.map { [ChatMessage.system($0)] } ?? []
    var messages = opening
    while true {
      Interrupt.ignore()
      if isTerminal { show("\n> ") }
      guard let line = nextLine(), !line.isEmpty else { break }
      if line == "/new" {
        messages = opening
        continue
      }
      messages.append(.user(line))
      let text = try template.render(
        messages: messages, addGenerationPrompt: true, variables: tokenizer.configuration.chatVariables)
      // The template has written the special tokens.
      let ids = try tokenizer.ids(of: text, addsSpecialTokens: false)
      Interrupt.forget()
      Interrupt.watch()
      let result = try generation.run(ids) { show($0) }
      print()
      if isTerminal { complain("(\(result.rate))") }
      messages.append(.assistant(result.text))
    }
  }
}

extension TokenizerConfiguration {
  /// The special tokens as chat templates know them.
  var chatVariables: [String: ChatValue] {
    let tokens = [
      "bos_token": bosToken, "eos_token": eosToken, "unk_token": unkToken, "pad_token": padToken, "sep_token": sepToken,
      "cls_token": clsToken, "mask_token": maskToken,
    ]
    return tokens.compactMapValues { $0.map { .string($0) } }
  }
}
