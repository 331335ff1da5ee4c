import Apus
import Foundation

// A sentence encoder in a web page: one types sentences and sees which of them are near, `Examples/web/sentences`.
//
//   scripts/web-models.sh        // fetches the model, and runs this
//   cd Examples/web && python3 -m http.server    // then open http://localhost:8000/sentences/

/// Writes a published encoder of sentences, with weights of 8 bits, as WebAssembly.
public struct SentencesPage: Example {
  public static let name = "sentences-page"
  public static let summary = "a published encoder of sentences for a web page, as WebAssembly"
  public static var options: [Option<Self>] {
    [
      Option("model", \.model, "the folder of the encoder"), Option("form", \.form, "how weights are kept: int8, int4"),
      Option("to", \.path, "the folder of the page"),
    ]
  }

  public var model = ""
  public var form = "int8"
  public var path = "Examples/web/sentences"

  /// How many tokens the functions of the module take; sentences are filled up to the next of them.
  public static let lengths = [16, 32, 64, 128]

  public init() {}

  /// The bytes of the weights.
  public func run() throws -> Int {
    guard let folder = model.isEmpty ? dataFolder("search").map({ $0 + "/minilm" }) : model else {
      throw ExampleError("there is no encoder; scripts/web-models.sh fetches one, or name its folder with --model")
    }
    let module = try Self.module(folder, form)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try module.write(to: path + "/sentences.wasm")
    let vocabulary = path + "/vocab.txt"
    if FileManager.default.fileExists(atPath: vocabulary) { try FileManager.default.removeItem(atPath: vocabulary) }
    try FileManager.default.copyItem(atPath: folder + "/vocab.txt", toPath: vocabulary)
    print("wrote \(path)/sentences.wasm, with \(module.weights.count) bytes of weights beside it, and vocab.txt")
    return module.weights.count
  }

  /// The encoder of a folder as a module with a function `embed16`, ... for each of ``lengths``: the numbers of tokens and 1 for
  /// each that is no padding give a vector of length 1.
  public static func module(_ folder: String, _ form: String) throws -> WebModule {
    guard let form = WeightForm(name: form) else { throw ExampleError("'\(form)' is no form of weights; int8 is one") }
    let embedder = try TextEmbedder(path: folder)
    try quantize(embedder.model, as: form)
    return try WebModule(
      "sentences",
      functions: lengths.map { length in
        let example = Tensor.zeros([1, length], dtype: .int32)
        return WebFunction("embed\(length)", example: [example, example]) { arguments, _ in
          var inputs = ModelInputs()
          (inputs.inputIds, inputs.attentionMask) = (arguments[0], arguments[1])
          return [embedder(inputs)]
        }
      })
  }
}
