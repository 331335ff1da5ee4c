import ApusCore
import ApusFormats

/// A language model or a model of sentences among the models of a folder, which OpenAI's interface answers for.
public struct LanguageFolder: Sendable, Hashable {
  /// What such a model does.
  public enum Kind: Sendable, Hashable {
    /// It writes texts.
    case language
    /// It makes vectors of texts.
    case embedding
  }

  /// The name of its folder, by which clients ask for it.
  public let name: String
  /// The GGUF file, or the folder as Hugging Face has it.
  public let path: String
  /// What it does.
  public let kind: Kind

  /// A model of that name.
  public init(_ name: String, path: String, _ kind: Kind) { (self.name, self.path, self.kind) = (name, path, kind) }

  /// The model that is a GGUF file or a folder of Hugging Face itself, under its name; nil where it is none.
  public init?(at path: String) {
    guard let path = realPath(expandedPath(path)) else { return nil }
    if path.hasSuffix(".gguf"), !isFolder(path) {
      self.init(servedName(of: path), path: path, .language)
    } else if isFolder(path), let kind = Self.kind(of: path) {
      self.init(servedName(of: path), path: path, kind)
    } else {
      return nil
    }
  }

  /// Those in a folder of models: `FOLDER/NAME/VERSION/model.gguf`, `FOLDER/NAME/model.gguf`, or in the place of the file a folder of
  /// Hugging Face with a tokeniser. Of several versions the newest counts.
  public static func all(in folder: String) -> [LanguageFolder] {
    guard let folder = realPath(expandedPath(folder)) else { return [] }
    return folderContents(folder).sorted().compactMap { name in
      guard isPlainName(name), isFolder("\(folder)/\(name)"), let found = LanguageFolder(name, in: "\(folder)/\(name)"),
        // A link may not lead out of the folder.
        realPath(found.path)?.hasPrefix(folder + "/") ?? false
      else { return nil }
      return found
    }
  }

  /// What lies in the folder of a model; nil where it is none of these.
  init?(_ name: String, in folder: String) {
    let versions = folderContents(folder).compactMap { Int($0) }.filter { $0 > 0 }.sorted(by: >)
    for place in versions.map({ "\(folder)/\($0)" }) + [folder] {
      if servedFileNames.contains(where: { fileExists("\(place)/\($0)") }) { return nil }
      if fileExists("\(place)/model.gguf") {
        (self.name, path, kind) = (name, "\(place)/model.gguf", .language)
        return
      }
      if let kind = Self.kind(of: place) {
        (self.name, path, self.kind) = (name, place, kind)
        return
      }
    }
    return nil
  }

  /// What a folder of Hugging Face has.
  private static func kind(of folder: String) -> Kind? {
    let tokenisers = ["tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt"]
    guard tokenisers.contains(where: { fileExists("\(folder)/\($0)") }) else { return nil }
    if fileExists("\(folder)/modules.json") { return .embedding }
    guard let configuration = try? JSON(file: "\(folder)/config.json") else { return nil }
    let names = (configuration["architectures"]?.array ?? []).compactMap(\.string)
    return names.contains { $0.hasSuffix("ForCausalLM") || $0.hasSuffix("LMHeadModel") } ? .language : nil
  }
}

/// The name of a model that is served by its path alone: that of the file, without its ending; of one that is called `model` that of
/// its folder.
func servedName(of path: String) -> String {
  let parts = path.split(separator: "/").map(String.init)
  guard let last = parts.last else { return "model" }
  let endings = [".apus", ".onnx", ".gguf"]
  let name = endings.first(where: last.hasSuffix).map { String(last.dropLast($0.count)) } ?? last
  return name == "model" && parts.count > 1 ? parts[parts.count - 2] : name
}
