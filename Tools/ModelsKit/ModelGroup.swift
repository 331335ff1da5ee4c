import FormatsKit
import Foundation

/// The groups of recorded models, and who runs each.
package enum ModelGroup {
  /// Runs the cases in a folder, only those of the given name if there is one, and counts what came of them.
  typealias Runner = @Sendable (_ folder: String, _ only: String?, inout Tally) throws -> Void

  static let runners: [String: Runner] = [
    "features": FeatureCases.run,
    "generation": GenerationCases.run,
    "gguf": GGUFModelCases.run,
    "gguf-tokenizer": runGGUFTokenizerCases,
    "llama-vocabularies": runLlamaVocabularies,
    "lora": LoraCases.run,
    "models": ModelCases.run,
    "templates": TemplateCases.run,
    "tokenizers": runTokenizerCases,
  ]

  /// The groups, in alphabetical order.
  package static var names: [String] { runners.keys.sorted() }

  /// Runs the cases of a group in the set at `path`, only those of the given name if there is one; nil where the set has no
  /// such folder.
  package static func run(_ group: String, in path: String, only: String? = nil) throws -> Tally? {
    let folder = "\(path)/\(folder(of: group))"
    guard let runner = runners[group], FileManager.default.fileExists(atPath: folder) else { return nil }
    var tally = Tally()
    try runner(folder, only, &tally)
    return tally
  }

  /// The folder of a group: its name, but that of generations, which lie beside their models.
  static func folder(of group: String) -> String {
    switch group {
    case "generation": "models"
    case "templates": "chat"
    case "gguf-tokenizer": "gguf"
    default: group
    }
  }
}
