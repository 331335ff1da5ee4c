import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import ApusText
import FormatsKit
import Foundation

/// Folders of models whose configuration or weights are damaged: loaded, and run once.
struct ModelFuzzing: FuzzTarget {
  let name = "models"
  private let folders: FuzzedFolders
  /// Holds what is written for it.
  private let made: MadeFolder

  var files: [FuzzFile] { folders.files }
  var losesFiles: Bool { true }
  var mostMemory: Int { 192 << 20 }
  var words: [String] {
    [
      "\"hidden_size\": 65536, ", "\"num_hidden_layers\": 4096, ", "\"num_attention_heads\": 3, ",
      "\"layer_types\": [], ",
      "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 1e300}, ", "\"torch_dtype\": \"int8\", ",
    ]
  }

  init(_ path: String) throws {
    made = try MadeFolder()
    var sources: [(folder: String, file: String, name: String)] = []
    func add(_ folder: String) {
      for file in contents(folder) {
        switch file {
        case "config_v4.json": sources.append((folder, file, "config.json"))
        case "config.json", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json":
          sources.append((folder, file, file))
        case _ where file.hasPrefix("model") && file.hasSuffix(".safetensors"): sources.append((folder, file, file))
        default: break
        }
      }
    }
    for name in contents(path) {
      let folder = "\(path)/\(name)"
      // Without weights beside it there is nothing to load.
      if contents(folder).contains(where: { $0.hasPrefix("model") && $0.hasSuffix(".safetensors") }) { add(folder) }
    }
    // Folders of PyTorch's files and of quantised matrices are none of those that are recorded.
    try made.fill { folder in
      for name in ["bert-seqcls", "gpt2"] { try Self.writePyTorch("\(path)/\(name)", to: "\(folder)/bin-\(name)") }
      for (name, form) in [("llama-linear", "int8"), ("gpt2", "int4"), ("bert-base", "Q4_0")] {
        guard let form = WeightForm(name: form), isThere("\(path)/\(name)") else { continue }
        let target = "\(folder)/\(form)-\(name)"
        _ = try quantizeModel("\(path)/\(name)", to: target, as: form)
        try copyCases("\(path)/\(name)", to: target)
      }
    }
    for name in contents(made.path) { add("\(made.path)/\(name)") }
    folders = FuzzedFolders(sources)
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    try folders.withDamaged(index, bytes, in: scratch) { folder in
      try withErrors {
        let model = try AutoModel.load(folder)
        let run = try ModelRun(name: name, folder: folders.folder(index))
        guard let item = run.spec["cases"]?.array?.first else { return }
        _ = noGrad { model(run.inputs(item, labels: false)) }
      }
    }
  }

  /// The same model with `pytorch_model.bin` in two files.
  private static func writePyTorch(_ source: String, to target: String) throws {
    guard isThere(source) else { return }
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    let weights = try FolderWeights(path: source)
    let tensors = try weights.names.map { (name: $0, tensor: try weights.tensor(named: $0)) }
    let half = tensors.count / 2
    var map: [String: JSON] = [:]
    for (i, part) in [tensors[..<half], tensors[half...]].enumerated() {
      let file = "pytorch_model-0000\(i + 1)-of-00002.bin"
      try ApusFormats.writePyTorch(Array(part), to: "\(target)/\(file)")
      for (name, _) in part { map[name] = .string(file) }
    }
    try JSON.object(["weight_map": .object(map)]).text().write(
      toFile: "\(target)/pytorch_model.bin.index.json", atomically: true, encoding: .utf8)
    try FileManager.default.copyItem(atPath: "\(source)/config.json", toPath: "\(target)/config.json")
    try copyCases(source, to: target)
  }
}

private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

private func copyCases(_ source: String, to target: String) throws {
  for file in ["cases.json", "cases.safetensors"] where !isThere("\(target)/\(file)") {
    try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(target)/\(file)")
  }
}

/// GGUF files whose metadata or tensors are damaged: model and tokeniser are loaded and run.
struct GGUFModelFuzzing: FuzzTarget {
  let name = "gguf"
  let files: [FuzzFile]

  var mostMemory: Int { 192 << 20 }
  var words: [String] { TemplateFuzzing.hostile }

  init(_ path: String) {
    files = contents(path).filter { $0.hasSuffix(".gguf") }.compactMap { FuzzFile(path: "\(path)/\($0)", name: $0) }
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    let file = "\(scratch)/damaged.gguf"
    try Data(bytes ?? []).write(to: URL(fileURLWithPath: file))
    // Either may be whole while the other is not.
    var first: (any Error)?
    do {
      let tokenizer = try Tokenizer(path: file)
      try TokenizerFuzzing.use(tokenizer)
      if let template = tokenizer.configuration.chatTemplate {
        _ = try ChatTemplate(source: template).render(messages: [.user("Hello")], addGenerationPrompt: true)
      }
    } catch { first = error }
    try withErrors {
      let model = try AutoModel.load(file)
      var inputs = ModelInputs()
      inputs.inputIds = Tensor([1, 5, 3, 2, 0].map { Int64($0) }, shape: [1, 5])
      _ = noGrad { model(inputs) }
    }
    if let first { throw first }
  }
}

/// A folder that is gone when nobody holds it any more.
final class MadeFolder: Sendable {
  let path: String

  init() throws {
    path = "\(NSTemporaryDirectory())/apus-fuzz-made-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Lets a child write files there: threads of this process would be lost in its children.
  func fill(_ body: (String) throws -> Void) throws {
    let problem = try inChild(path) { try body(path) }
    if let problem { throw FormatDifference("files to damage could not be written: \(problem)") }
    try? FileManager.default.removeItem(atPath: "\(path)/log")
  }
}
