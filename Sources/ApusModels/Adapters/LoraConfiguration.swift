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
  /// Ranks of modules whose path ends with a name, or matches it as a regular expression; the first that does counts.
  public var rankPattern: LoraPattern<Int> = [:]
  /// The same for ``alpha``.
  public var alphaPattern: LoraPattern<Double> = [:]
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

  /// Whether the module at `path` is trained whole.
  func saves(_ path: String) -> Bool { modulesToSave.contains { path == $0 || path.hasSuffix(".\($0)") } }
}
