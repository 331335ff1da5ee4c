import ApusCore
import ApusFormats

/// What a folder says about its tokeniser beside the vocabulary (`tokenizer_config.json` and its neighbours).
public struct TokenizerConfiguration: Sendable {
  /// What a text begins with.
  public var bosToken: String?
  /// What a text ends with.
  public var eosToken: String?
  /// What stands for text that the vocabulary does not have.
  public var unkToken: String?
  /// What fills up short rows.
  public var padToken: String?
  /// What stands between two texts.
  public var sepToken: String?
  /// What stands for the whole text.
  public var clsToken: String?
  /// What stands for a token to be found out.
  public var maskToken: String?
  /// Special tokens that have no role.
  public var additionalSpecialTokens: [String] = []
  /// The number of ``bosToken``.
  public var bosId: Int?
  /// The number of ``eosToken``.
  public var eosId: Int?
  /// The number of ``unkToken``.
  public var unkId: Int?
  /// The number of ``padToken``.
  public var padId: Int?
  /// The number of ``sepToken``.
  public var sepId: Int?
  /// The number of ``clsToken``.
  public var clsId: Int?
  /// The number of ``maskToken``.
  public var maskId: Int?
  /// The chat template, Jinja; of several the one called `default`.
  public var chatTemplate: String?
  /// All chat templates by their names, where there are several.
  public var chatTemplates: [String: String] = [:]
  /// The name of the class in `transformers`.
  public var tokenizerClass: String?
  /// How many tokens the model takes; nil where nothing sensible is said.
  public var modelMaxLength: Int?
  /// Whether decoding removes spaces before punctuation.
  public var cleansUpSpaces = false
  /// The end at which padding is added.
  public var paddingSide = Truncation.Side.right
  /// The end at which tokens are cut off.
  public var truncationSide = Truncation.Side.right
  /// Truncation that the tokenizer.json asks for.
  public var truncation: Truncation?
  /// Padding that the tokenizer.json asks for.
  public var padding: TokenPadding?

  /// Nothing known.
  public init() {}

  /// All special tokens, each once.
  public var specialTokens: [String] {
    var seen: Set<String> = []
    return
      ([bosToken, eosToken, unkToken, sepToken, padToken, clsToken, maskToken].compactMap { $0 }
      + additionalSpecialTokens)
      .filter { seen.insert($0).inserted }
  }

  /// Finds the numbers of the tokens with roles.
  mutating func findNumbers(_ number: (String) -> Int?) {
    bosId = bosToken.flatMap(number)
    eosId = eosToken.flatMap(number)
    unkId = unkToken.flatMap(number)
    padId = padToken.flatMap(number)
    sepId = sepToken.flatMap(number)
    clsId = clsToken.flatMap(number)
    maskId = maskToken.flatMap(number)
  }
}

extension TokenizerConfiguration {
  /// Reads the files of a folder; what is not there is not known.
  init(folder: String) throws {
    if let node = try Self.node("\(folder)/tokenizer_config.json") { try read(node) }
    if let map = try Self.node("\(folder)/special_tokens_map.json") { try readTokens(map, isFallback: true) }
    let template = "\(folder)/chat_template.jinja"
    if fileExists(template) {
      chatTemplate = text(try fileBytes(template))
    } else if chatTemplate == nil, let node = try Self.node("\(folder)/chat_template.json") {
      try readTemplates(node)
    }
  }

  static func node(_ path: String) throws -> ConfigNode? { fileExists(path) ? try ConfigNode(path: path) : nil }

  private mutating func read(_ node: ConfigNode) throws {
    guard case .object = node.json else { throw node.expected("an object") }
    try readTokens(node, isFallback: false)
    try readTemplates(node)
    tokenizerClass = try node.child("tokenizer_class")?.string()
    if case .int(let length)? = node.child("model_max_length")?.json, (1..<1 << 40).contains(length) {
      modelMaxLength = length
    }
    if case .bool(let value)? = node.child("clean_up_tokenization_spaces")?.json { cleansUpSpaces = value }
    if case .string(let side)? = node.child("padding_side")?.json {
      paddingSide = text(side) == "left" ? .left : .right
    }
    if case .string(let side)? = node.child("truncation_side")?.json {
      truncationSide = text(side) == "left" ? .left : .right
    }
  }

  private mutating func readTokens(_ node: ConfigNode, isFallback: Bool) throws {
    func token(_ name: StaticString, _ value: inout String?) throws {
      if isFallback, value != nil { return }
      guard let child = node.child(name) else { return }
      if case .string(let bytes) = child.json {
        value = text(bytes)
      } else if let content = child.child("content") {
        value = try content.string()
      }
    }
    try token("bos_token", &bosToken)
    try token("eos_token", &eosToken)
    try token("unk_token", &unkToken)
    try token("pad_token", &padToken)
    try token("sep_token", &sepToken)
    try token("cls_token", &clsToken)
    try token("mask_token", &maskToken)
    if isFallback, !additionalSpecialTokens.isEmpty { return }
    for name in ["additional_special_tokens", "extra_special_tokens"] as [StaticString] {
      guard let list = node.child(name), case .array = list.json else { continue }
      for item in try list.items() {
        if case .string(let bytes) = item.json {
          additionalSpecialTokens.append(text(bytes))
        } else if let content = item.child("content") {
          additionalSpecialTokens.append(try content.string())
        }
      }
    }
  }

  private mutating func readTemplates(_ node: ConfigNode) throws {
    guard let child = node.child("chat_template") else { return }
    if case .string(let bytes) = child.json {
      chatTemplate = text(bytes)
      return
    }
    guard case .array = child.json else { return }
    for item in try child.items() {
      chatTemplates[try item.needed("name").string()] = try item.needed("template").string()
    }
    chatTemplate = chatTemplates["default"]
  }
}
