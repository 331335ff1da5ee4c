import FormatsKit
import Foundation

/// The groups whose damaged forms are read: what of published models comes from outside.
enum FuzzedGroups {
  private static let targets: [String: @Sendable (_ set: String) throws -> any FuzzTarget] = [
    "features": { FeatureFuzzing("\($0)/features") },
    "generation": { GenerationFuzzing("\($0)/models") },
    "gguf": { GGUFModelFuzzing("\($0)/gguf") },
    "grammars": { _ in GrammarFuzzing() },
    "lora": { LoraFuzzing("\($0)/lora") },
    "models": { try ModelFuzzing("\($0)/models") },
    "sentencepiece": { TokenizerFuzzing("sentencepiece", "\($0)/tokenizers") },
    "templates": { try TemplateFuzzing("\($0)/chat") },
    "tiktoken": { TokenizerFuzzing("tiktoken", "\($0)/tokenizers") },
    "tokenizers": { TokenizerFuzzing("tokenizers", "\($0)/tokenizers") },
  ]

  static var names: [String] { targets.keys.sorted() }

  static func target(_ name: String, in set: String) throws -> any FuzzTarget {
    guard let make = targets[name] else {
      throw FormatDifference("no group that is damaged is called '\(name)'; there are \(names.joined(separator: ", "))")
    }
    return try make(set)
  }
}
