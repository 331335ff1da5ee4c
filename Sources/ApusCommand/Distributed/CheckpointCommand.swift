import Apus
import ApusDistributed
import ApusFormats
import ApusTrain

/// `apus checkpoint`: what a checkpoint of several processes holds, whether it is whole, and the same as one model.
struct CheckpointCommand: Command {
  static let name = "checkpoint"
  static let summary = "look at, check and consolidate checkpoints that several processes wrote"
  static let help = """
    usage: apus checkpoint info FOLDER [--tensors N]
           apus checkpoint verify FOLDER
           apus checkpoint consolidate FOLDER --into PATH [OPTIONS]

    FOLDER is what saveSharded wrote: checkpoint.json, and a safetensors file of each rank. info lists its tensors, files and ranks without
    reading elements. verify reads all of it: files, types, shapes, and the bytes where their checks were saved; the status is 1 where
    something is wrong. consolidate puts the tensors of the model together: into a folder as Hugging Face's libraries read it
    (model.safetensors, or several files with an index), or one file where PATH ends in .safetensors.

      --tensors N      list at most N tensors
      --into PATH      where the model goes
      --prefix NAME    what the names of its tensors begin with in the checkpoint: model without it; '' takes all, with their whole names
      --max-size GB    the size of a file in a folder: 5 without it
      --like FOLDER    a published model whose configuration and tokeniser go with the folder
    """

  private enum Action: String { case info, verify, consolidate }
  private let action: Action
  private let folder: String
  private let mostTensors: Int
  private let target: String?
  private let prefix: String
  private let maxSize: Int
  private let likeness: String?

  init(_ words: inout Words) throws {
    mostTensors = try words.takeNumber("--tensors", in: 0...Int.max) ?? .max
    target = try words.take("--into")
    prefix = try words.take("--prefix") ?? "model"
    maxSize = try (words.takeNumber("--max-size", in: 1...1_000_000) ?? 5) * 1_000_000_000
    likeness = try words.take("--like")
    let word = try words.takeOperand("info, verify or consolidate")
    guard let action = Action(rawValue: word) else {
      throw UsageError(
        message: "'\(word)' is nothing that is done with a checkpoint; there are info, verify and consolidate")
    }
    self.action = action
    folder = try words.takeOperand("FOLDER")
    guard action == .consolidate || (target == nil && likeness == nil) else {
      throw UsageError(message: "--into and --like are for consolidate")
    }
    guard action != .consolidate || target != nil else {
      throw UsageError(message: "consolidate needs --into PATH: a folder, or a file that ends in .safetensors")
    }
    if likeness != nil, target?.hasSuffix(".safetensors") == true {
      throw UsageError(message: "--like needs a folder for --into, and '\(target ?? "")' is one file")
    }
  }

  func run() throws {
    guard isFolder(folder) else { throw UsageError(message: "there is no folder '\(folder)'") }
    let checkpoint = try ShardedCheckpoint(path: folder)
    switch action {
    case .info: for line in lines(of: checkpoint) { print(line) }
    case .verify: try verify(checkpoint)
    case .consolidate: try consolidate(checkpoint)
    }
  }

  private func lines(of checkpoint: ShardedCheckpoint) -> [String] {
    let (tensors, files) = (checkpoint.tensors, checkpoint.shardFiles)
    let bytes = tensors.reduce(0) { $0 + $1.bytes }
    var lines = ["\(folder): \(tensors.count) tensors, \(sizeText(bytes)), in \(files.count) files"]
    let parts = Dictionary(grouping: tensors) { String($0.name.prefix { $0 != "." }) }
    for (part, tensors) in parts.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(part): \(tensors.count) tensors, \(sizeText(tensors.reduce(0) { $0 + $1.bytes }))")
    }
    lines += checkpoint.texts.sorted { $0.key < $1.key }.map { "  \($0.key): \(oneLine($0.value))" }
    lines.append("files:")
    let rows = files.map { file in
      [
        "  " + file.name, file.rank.map { "rank \($0)" } ?? "", "\(file.pieces) pieces",
        file.bytes.map { sizeText($0) } ?? "missing",
      ]
    }
    lines += aligned(rows, texts: 2).split(separator: "\n").map(String.init)
    lines += files.compactMap { file in file.problem.map { "  \(file.name): \($0)" } }
    let unfinished = checkpoint.unfinishedFiles
    if !unfinished.isEmpty {
      lines.append(
        "of a checkpoint that is being written, or was not finished: \(unfinished.prefix(8).joined(separator: ", "))"
          + (unfinished.count > 8 ? " and \(unfinished.count - 8) more" : ""))
    }
    lines.append(
      files.contains { $0.problem != nil }
        ? "it is not whole" : "it is whole; 'apus checkpoint verify' reads the elements too")
    lines.append("tensors:")
    let shown = tensors.prefix(mostTensors)
    let table = shown.map { tensor in
      ["  " + tensor.name, "\(tensor.type)", "\(tensor.pieces)", sizeText(tensor.bytes)]
    }
    lines += aligned([["  name", "type", "pieces", "size"]] + table, texts: 2).split(separator: "\n").map(String.init)
    if tensors.count > shown.count { lines.append("  and \(tensors.count - shown.count) more") }
    return lines
  }

  private func verify(_ checkpoint: ShardedCheckpoint) throws {
    let found = checkpoint.verify()
    guard found.problems.isEmpty else {
      let rest = found.problems.count > 20 ? "\n  and \(found.problems.count - 20) more" : ""
      throw TensorError(
        .format, folder, "the checkpoint is damaged:\n  \(found.problems.prefix(20).joined(separator: "\n  "))\(rest)")
    }
    let (checked, pieces) = (found.checked, found.pieces)
    let bytes =
      checked == pieces
      ? "all \(pieces) pieces have the bytes that were written"
      : "all \(pieces) pieces are there, and of \(pieces - checked) no check of the bytes was saved"
    print("\(folder): \(checkpoint.tensors.count) tensors are whole; \(bytes)")
  }

  private func consolidate(_ checkpoint: ShardedCheckpoint) throws {
    let target = expandedPath(target ?? "")
    // A model is made of what is sound.
    try verify(checkpoint)
    let names = try consolidateCheckpoint(folder, to: target, prefix: prefix, maxShardSize: maxSize)
    var copied: [String] = []
    if let likeness {
      let source = expandedPath(likeness)
      guard isFolder(source) else { throw UsageError(message: "--like: there is no folder '\(likeness)'") }
      for name in folderContents(source) where Self.isCompanion(name) {
        let contents = try MappedFile(path: "\(source)/\(name)")
        try replaceFile(at: "\(target)/\(name)") { file in try file.write(UnsafeRawBufferPointer(contents.bytes)) }
        copied.append(name)
      }
      guard !copied.isEmpty else {
        throw TensorError(
          .file, likeness, "there is no configuration or tokeniser in this folder; the weights have been written")
      }
    }
    print("\(target): \((names + copied).joined(separator: ", "))")
  }

  /// Whether a file of a published model belongs to its configuration or its tokeniser.
  private static func isCompanion(_ name: String) -> Bool {
    let beginnings = [
      "config", "generation_config", "tokenizer", "special_tokens", "vocab", "merges", "added_tokens", "preprocessor",
    ]
    return beginnings.contains { name.hasPrefix($0) } && !name.hasSuffix(".safetensors") && !name.hasSuffix(".bin")
  }

  private func oneLine(_ text: String) -> String {
    let line = text.prefix(100).map { $0.isNewline ? " " : $0 }
    return String(line) + (text.count > 100 ? "..." : "")
  }
}
