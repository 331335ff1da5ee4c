import ApusFormats

/// Where a feature is: the name of a column, then the names of fields within structures.
///
///     let age: FeaturePath = "age"
///     let zip = FeaturePath(["person", "home", "zip"])
///     print(zip)  // person.home.zip
public struct FeaturePath: Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
  /// The names from the outermost to the innermost.
  public var steps: [String]

  /// The path of these names.
  public init(_ steps: [String]) { self.steps = steps }
  /// The path of a column.
  public init(stringLiteral name: String) { steps = [name] }

  /// The path of what lies in this feature under `name`.
  public func child(_ name: String) -> FeaturePath { FeaturePath(steps + [name]) }

  /// The path of the structure that this feature lies in; nil for a column.
  public var parent: FeaturePath? { steps.count > 1 ? FeaturePath(Array(steps.dropLast())) : nil }

  /// The innermost name.
  public var name: String { steps.last ?? "" }

  /// By the names, from the outermost.
  public static func < (a: FeaturePath, b: FeaturePath) -> Bool {
    a.steps.lexicographicallyPrecedes(b.steps) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension FeaturePath: CustomStringConvertible {
  /// The names with points between them; a name with points, parentheses or quotes stands in single quotes.
  public var description: String { steps.map(Self.written).joined(separator: ".") }

  private static func written(_ step: String) -> String {
    let special = step.utf8.contains { "().'".utf8.contains($0) }
    if !step.isEmpty, !special { return step }
    let inner = step.dropFirst().dropLast()
    if step.hasPrefix("("), step.hasSuffix(")"), step.utf8.count > 1,
      !inner.utf8.contains(where: { "()".utf8.contains($0) })
    {
      return step
    }
    return "'" + step.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}

/// The steps of a path in a file.
struct PathMessage: MessageView {
  static let messageName = "Path"
  var message: ProtobufMessage
  init(message: ProtobufMessage) { self.message = message }

  init(_ path: FeaturePath) {
    self.init()
    self[texts: 1] = path.steps
  }

  var path: FeaturePath { FeaturePath(self[texts: 1]) }
}
