import ApusCore
import ApusFormats

/// Which modules get a low-rank adapter.
public enum LoraTargets: Sendable, Hashable {
  /// Modules of these names: the last part of a path, several of them, or all of it.
  case names([String])
  /// Modules whose whole path a regular expression matches.
  case pattern(String)
  /// All linear layers but the model's head.
  case allLinear
}

/// Which biases are trained beside adapters.
public enum LoraBias: String, Sendable, Hashable { case none, all, loraOnly = "lora_only" }

/// What low-rank adapters there are and how they are scaled: the `adapter_config.json` of the `peft` library.
public struct LoraConfiguration: Sendable {
  /// The rank r of the two matrices.
  public var rank = 8
  /// What the product is multiplied by, divided by the rank.
  public var alpha = 8.0
  /// Where adapters stand.
  public var targets = LoraTargets.names(["q_proj", "v_proj"])
  /// Modules that get none, though ``targets`` names them.
  public var excluded: LoraTargets?
  /// The layers that get adapters; nil: all.
  public var layers: [Int]?
  /// What holds the layers in paths; empty: whatever stands before a number.
  public var layersPattern: [String] = []
  /// Ranks of modules whose path ends with a name, or matches it as a regular expression.
  public var rankPattern: [String: Int] = [:]
  /// The same for ``alpha``.
  public var alphaPattern: [String: Double] = [:]
  /// Whether alpha is divided by the root of the rank (Kalajdzievski, 2023).
  public var isRankStabilised = false
  /// Whether sizes of rows are trained apart from their directions (DoRA, Liu et al., 2024).
  public var usesDora = false
  /// The share of inputs that adapters do not see while they are trained.
  public var dropout = 0.0
  /// Which biases are trained.
  public var bias = LoraBias.none
  /// Whether the second matrix has a bias of its own.
  public var hasOwnBias = false
  /// Modules that are trained whole and saved with the adapters.
  public var modulesToSave: [String] = []
  /// Where the base model lies, for the file.
  public var baseModel = ""
  /// What the model is for, in peft's words: `CAUSAL_LM`, `SEQ_CLS`.
  public var task: String?
  /// Every other value of the file, which is written as it was read.
  package var others: [String: JSON] = [:]

  /// Rank and alpha 8 on queries and values.
  public init() {}

  /// What `alpha` and the rank of the module at `path` make of a product.
  func scale(of path: String, rank: Int) -> Double {
    let alpha = alphaPattern.first { ModulePaths.matches(path, $0.key) }?.value ?? alpha
    return rank == 0 ? 0 : alpha / (isRankStabilised ? Double(rank).squareRoot() : Double(rank))
  }

  /// The rank of the module at `path`.
  func rank(of path: String) -> Int { rankPattern.first { ModulePaths.matches(path, $0.key) }?.value ?? rank }

  /// Whether the module at `path` gets an adapter; whether it may be one is asked elsewhere.
  func includes(_ path: String, isHead: Bool) -> Bool {
    if let excluded, ModulePaths.includes(excluded, path) { return false }
    switch targets {
    case .allLinear: if isHead { return false }
    default: if !ModulePaths.includes(targets, path) { return false }
    }
    // A regular expression says everything itself.
    if case .pattern = targets { return true }
    guard let layers else { return true }
    guard let layer = ModulePaths.layer(of: path, layersPattern) else { return false }
    return layers.contains(layer)
  }

  /// Whether the module at `path` is trained whole.
  func saves(_ path: String) -> Bool { modulesToSave.contains { path == $0 || path.hasSuffix(".\($0)") } }
}

/// Names and patterns of modules.
enum ModulePaths {
  static func includes(_ targets: LoraTargets, _ path: String) -> Bool {
    switch targets {
    case .names(let names): names.contains { path == $0 || path.hasSuffix(".\($0)") }
    case .pattern(let pattern): isWhole(path, pattern)
    case .allLinear: true
    }
  }

  /// Whether `path` ends with `key`, from a point on, or matches it there as a regular expression.
  static func matches(_ path: String, _ key: String) -> Bool {
    if path == key || path.hasSuffix(".\(key)") { return true }
    return isPlain(key) ? false : isWhole(path, "(.*\\.)?(\(key))")
  }

  /// The number of the layer in a path.
  static func layer(of path: String, _ patterns: [String]) -> Int? {
    let parts = path.split(separator: ".").map(String.init)
    for (i, part) in parts.enumerated() where i > 0 {
      if let number = Int(part), patterns.isEmpty || patterns.contains(parts[i - 1]) { return number }
    }
    return nil
  }

  private static func isPlain(_ key: String) -> Bool {
    key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
  }

  private static func isWhole(_ path: String, _ pattern: String) -> Bool {
    guard pattern.utf8.count <= 2048, let expression = try? Regex(pattern) else { return false }
    return (try? expression.wholeMatch(in: path)) != nil
  }
}
