import Apus
import Foundation

// A language model that answers in a web page, `Examples/web/chat`.
//
//   scripts/web-models.sh        // fetches the model, and runs this
//   cd Examples/web && python3 -m http.server    // then open http://localhost:8000/chat/

/// Writes a published language model as WebAssembly: a function that reads tokens and one that tells the next.
public struct ChatPage: Example {
  public static let name = "chat-page"
  public static let summary = "a published language model for a web page, as WebAssembly"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "a GGUF file with a tokeniser of byte pairs"),
      Option("form", \.form, "how weights are kept: int8, int4, or nothing for that of the file"),
      Option("context", \.context, "the most tokens of a conversation"), Option("to", \.path, "the folder of the page"),
    ]
  }

  public var model = ""
  public var form = ""
  public var context = 1024
  public var path = "Examples/web/chat"

  /// How many tokens are read at once.
  public static let chunk = 32

  public init() {}

  /// The bytes of the weights.
  public func run() throws -> Int {
    guard let file = model.isEmpty ? dataFolder("smollm2").map({ $0 + "/SmolLM2-135M-Instruct.Q4_1.gguf" }) : model
    else {
      throw ExampleError(
        "there is no language model; scripts/web-models.sh fetches one, or name a GGUF file with --model")
    }
    let model = try Self.load(file, form)
    let module = try Self.module(model, context: context)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try module.write(to: path + "/chat.wasm")
    // For pages that may share memory, with the same weights.
    let several = try Self.module(model, context: context, threads: 8).bytes()
    try Data(several).write(to: URL(fileURLWithPath: path + "/chat-threads.wasm"))
    try Self.tokens(of: file).write(toFile: path + "/tokens.json", atomically: true, encoding: .utf8)
    print(
      "wrote \(path)/chat.wasm and chat-threads.wasm, with \(module.weights.count) bytes of weights beside it, and tokens.json"
    )
    return module.weights.count
  }

  /// The model of a GGUF file, its matrices as they are there or in another form.
  public static func load(_ file: String, _ form: String) throws -> any PretrainedModel {
    var loading = ModelLoading(dtype: nil)
    if !form.isEmpty {
      guard let form = WeightForm(name: form) else {
        throw ExampleError("'\(form)' is no form of weights; int8 is one")
      }
      (loading.dtype, loading.keepsPacked, loading.quantizes) = (.float32, false, form)
    }
    return try AutoModel.load(file, head: .causalLM, loading)
  }

  /// A model as a module: `read` takes ``chunk`` tokens and the position of the first, `next` one token and its position and gives the
  /// scores of the token that follows. Keys and values are the module's state.
  public static func module(
    _ model: any PretrainedModel, context: Int, threads: Int = 1
  ) throws -> WebModule {
    let cache = try FixedCache.zeros(for: model, capacity: context)
    func step(_ arguments: [Tensor], _ state: inout [Tensor]) -> Tensor? {
      let cache = FixedCache(keysAndValues: state, position: arguments[1])
      var inputs = ModelInputs()
      (inputs.inputIds, inputs.cache, inputs.logitsToKeep) = (arguments[0], cache, 1)
      let logits = model(inputs).logits
      state = cache.keysAndValues
      return logits
    }
    let position = Tensor.zeros([1], dtype: .int32)
    let names = cache.indices.map { "\($0 % 2 == 0 ? "keys" : "values")\($0 / 2)" }
    return try WebModule(
      "chat", state: zip(names, cache).map { ($0, $1) }, threads: threads,
      functions: [
        WebFunction("next", example: [Tensor.zeros([1, 1], dtype: .int32), position]) { arguments, state in
          step(arguments, &state).map { [$0.flatten()] } ?? []
        },
        WebFunction("read", example: [Tensor.zeros([1, chunk], dtype: .int32), position]) { arguments, state in
          _ = step(arguments, &state)
          return []
        },
      ])
  }

  /// The tokens of a GGUF file as JSON, as `BytePairs` of `Examples/web/text.js` takes them.
  public static func tokens(of file: String) throws -> String {
    let metadata = try GGUFFile(path: file).metadata
    guard metadata["tokenizer.ggml.model"]?.string == "gpt2",
      let tokens = metadata["tokenizer.ggml.tokens"]?.array?.strings,
      let merges = metadata["tokenizer.ggml.merges"]?.array?.strings,
      let kinds = metadata["tokenizer.ggml.token_type"]?.array?.ints, kinds.count == tokens.count
    else { throw ExampleError("\(file) has no tokeniser of byte pairs, which the page needs") }
    // 3: tokens that stand for themselves.
    let special = zip(tokens, kinds).filter { $1 == 3 }.map(\.0)
    let kind = metadata["tokenizer.ggml.pre"]?.string ?? ""
    guard ["smollm", "gpt-2", "default"].contains(kind) else {
      throw ExampleError("the tokeniser of \(file) is of the kind '\(kind)', and the page knows smollm and gpt-2")
    }
    struct Tokens: Encodable {
      let tokens, merges, special: [String]
      let separatesDigits: Bool
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    let made = Tokens(tokens: tokens, merges: merges, special: special, separatesDigits: kind == "smollm")
    return String(decoding: try encoder.encode(made), as: UTF8.self)
  }
}
