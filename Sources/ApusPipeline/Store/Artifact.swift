import Apus

/// Something that a step made: a folder that never changes, named by the digest of its contents.
public struct Artifact: Sendable, Hashable {
  /// The number in the lineage.
  public let id: Int
  /// The name of its type, such as `Model`; see ``ArtifactKind``.
  public let type: String
  /// SHA-256 of its contents, in 64 hexadecimal digits.
  public let digest: String
  /// The folder in which it lies.
  public let path: String
  /// What the step said of it.
  public let properties: [String: SettingValue]

  package init(id: Int, type: String, digest: String, path: String, properties: [String: SettingValue]) {
    self.id = id
    self.type = type
    self.digest = digest
    self.path = path
    self.properties = properties
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { "\(path)/\(name)" }
}
