import ApusCore
import ApusNN
import ApusTrain

/// A way to make a published model one's own: settings with documented fields, and what is done with them.
public protocol Recipe: SendableMetatype {
  /// What it can be told.
  associatedtype Settings: FinetuneSettings
  /// What it is called.
  static var name: String { get }
  /// What it does, in a line.
  static var summary: String { get }

  /// With settings.
  init(_ settings: Settings)
  var settings: Settings { get }

  /// Trains and writes the result.
  /// - Parameter resumes: whether a run that was broken off in the output's folder goes on.
  func run(resumes: Bool) throws -> RecipeReport

  /// What memory a run will need.
  func plan() throws -> MemoryPlan

  /// What is wrong with the data, how long examples are, and some of them as the model sees them.
  func preview(_ count: Int) throws -> String
}

/// A recipe by the name that the command line has for it, with the settings that the name stands for.
public struct RecipeEntry: Sendable {
  public let name: String
  public let summary: String
  /// What the name sets before all else, by path.
  public let presets: [(path: String, value: String)]
  /// The file of the recipe's source.
  public let file: String
  private let make: @Sendable (SettingValue?, String, [(path: String, value: String)]) throws -> any Recipe

  /// A recipe under a name of its own.
  public init<Kind: Recipe>(
    _ name: String, _ kind: Kind.Type, _ summary: String? = nil, presets: [(path: String, value: String)] = []
  ) {
    (self.name, self.summary, self.presets) = (name, summary ?? kind.summary, presets)
    file = "\(kind).swift"
    make = { configuration, path, changes in
      var settings = Kind.Settings()
      for (path, value) in presets { try settings.set(path, value) }
      if let configuration { try settings.take(configuration, from: path) }
      for (path, value) in changes { try settings.set(path, value) }
      return Kind(settings)
    }
  }

  /// The recipe with its presets, then what a file says, then single changes.
  /// - Throws: `TensorError` of kind `value` that names the field.
  public func recipe(path: String? = nil, changes: [(path: String, value: String)] = []) throws -> any Recipe {
    try make(path.map { try SettingValue(path: $0) }, path ?? "", changes)
  }

  /// The recipe of that name.
  /// - Throws: `TensorError` of kind `value` that lists those there are.
  public static func named(_ name: String) throws -> RecipeEntry {
    if let found = all.first(where: { $0.name == name }) { return found }
    let names = all.map(\.name)
    let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? "."
    throw TensorError(
      .value, "finetune", "there is no recipe '\(name)'\(hint) There are \(names.joined(separator: ", "))")
  }
}
