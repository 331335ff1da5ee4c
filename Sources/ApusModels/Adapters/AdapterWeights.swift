import ApusCore
import ApusFormats

/// The tensors of a folder of adapters, by the paths of modules.
final class AdapterWeights {
  /// What peft puts before the names of the base model.
  static let prefix = "base_model.model."
  private let file: any TensorFile
  private var left: Set<String>
  private let path: String

  /// The matrices beside one module.
  struct Pair {
    let a: Tensor
    let b: Tensor
    let bias: Tensor?
    let magnitude: Tensor?
    let isEmbedding: Bool
    var rank: Int { a.shape[0] }
  }

  init(path: String) throws {
    let names = ["adapter_model.safetensors", "adapter_model.bin"]
    guard let name = names.first(where: { fileExists("\(path)/\($0)") }) else {
      throw TensorError(.file, path, "the folder has no \(names.joined(separator: " and no "))")
    }
    self.path = "\(path)/\(name)"
    file = try openTensorFile(self.path)
    left = Set(file.entries.map(\.name))
  }

  private func tensor(_ name: String) throws -> Tensor? {
    guard left.remove(Self.prefix + name) != nil else { return nil }
    let stored = try file.tensor(named: Self.prefix + name)
    guard stored.dtype.isFloatingPoint else {
      throw TensorError(
        .format, path, "tensor '\(Self.prefix)\(name)' holds \(stored.dtype), and must hold floating point numbers")
    }
    // A copy: what is trained shall not lie in the file's memory.
    return (stored.dtype == .float32 ? stored * 1 : stored.to(.float32)).detach()
  }

  /// The matrices of the module at `path`; nil where it has none.
  func take(_ path: String, _ configuration: LoraConfiguration, _ problems: inout [String]) throws -> Pair? {
    for (first, second, isEmbedding) in [
      ("lora_A.weight", "lora_B.weight", false), ("lora_embedding_A", "lora_embedding_B", true),
    ] {
      let (a, b) = (try tensor("\(path).\(first)"), try tensor("\(path).\(second)"))
      if a == nil, b == nil { continue }
      guard let a, let b, a.rank == 2, b.rank == 2, a.shape[0] > 0 else {
        problems.append("missing or no matrix: \(path).\(first) or \(path).\(second)")
        continue
      }
      let magnitude = try tensor("\(path).lora_magnitude_vector") ?? tensor("\(path).lora_magnitude_vector.weight")
      if configuration.usesDora, magnitude == nil { problems.append("missing: \(path).lora_magnitude_vector") }
      return Pair(
        a: a, b: b, bias: try tensor("\(path).lora_B.bias"), magnitude: magnitude, isEmbedding: isEmbedding)
    }
    return nil
  }

  /// A parameter of the base that is stored with the adapters; nil where it is not.
  func whole(_ name: String) throws -> Tensor? {
    if let found = try tensor(name) { return found }
    guard let point = name.lastIndex(of: ".") else { return nil }
    // Older files name the copy that was trained.
    return try tensor("\(name[..<point]).modules_to_save\(name[point...])")
  }

  /// Names that nobody has asked for, but those of the base's weights, which peft may store with an adapted table.
  func rest(allows known: Set<String>) -> [String] {
    left.filter { name in
      guard name.hasPrefix(Self.prefix) else { return true }
      return !known.contains(String(name.dropFirst(Self.prefix.count)).replacing(".base_layer", with: ""))
    }.sorted()
  }
}
