import ApusCore

extension TensorFileFormat {
  static let safetensors = TensorFileFormat(
    name: "safetensors", extensions: ["safetensors"],
    recognizes: { sample in
      guard sample.bytes.count >= 10, sample.bytes[8] == UInt8(ascii: "{") else { return false }
      let length = UInt64(littleEndian: sample.bytes.loadUnaligned(as: UInt64.self))
      return length <= UInt64(sample.bytes.count - 8) && length <= UInt64(SafetensorsHeader.longest)
    },
    open: { try SafetensorsTensorFile(SafetensorsFile(path: $0)) },
    write: { request in
      let tensors = request.tensors.map { tensor in
        SafetensorsTensor(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape) { body in
          try tensor.load().withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
        }
      }
      // Transformers refuses files that do not say for whom they are.
      let metadata = request.metadata.merging(["format": "pt"]) { own, _ in own }
      guard let most = request.maxShardSize else {
        return try writeSafetensors(tensors, metadata: metadata, to: request.path)
      }
      let (folder, file) = splitPath(request.path)
      let name = file.hasSuffix(".safetensors") ? String(file.dropLast(12)) : file
      try writeShardedSafetensors(tensors, metadata: metadata, maxShardSize: most, name: name, to: folder)
    })

  static let safetensorsIndex = TensorFileFormat(
    name: "safetensors in several files", extensions: ["safetensors.index.json"],
    recognizes: { sample in
      sample.path.hasSuffix(ShardedSafetensors.indexSuffix)
        || sample.starts(with: [UInt8(ascii: "{")]) && sample.bytes.count < SafetensorsHeader.longest
          && sample.path.hasSuffix(".json") && (try? JSON(parsing: sample.bytes))?["weight_map"] != nil
    },
    open: { try ShardedTensorFile(ShardedSafetensors(path: $0)) }, write: nil)
}

private struct SafetensorsTensorFile: TensorFile, PageForgetting {
  let file: SafetensorsFile
  init(_ file: SafetensorsFile) { self.file = file }

  var entries: [TensorFileEntry] { file.entries.map(describe) }
  var metadata: [String: String] { file.metadata }
  var sections: [TensorFileSection] { metadataSection(file.metadata) }
  func tensor(named name: String) throws -> Tensor { try file.tensor(named: name) }
}

private struct ShardedTensorFile: TensorFile, PageForgetting {
  let model: ShardedSafetensors
  init(_ model: ShardedSafetensors) { self.model = model }

  var entries: [TensorFileEntry] {
    model.names.compactMap { name in (try? model.entry(named: name)).map(describe) }
  }
  var metadata: [String: String] { model.shards.first?.metadata ?? [:] }
  var sections: [TensorFileSection] {
    let shards = model.shards.map { shard in
      "\(splitPath(shard.path).name): \(shard.entries.count) tensors, \(sizeText(shard.mapping.bytes.count))"
    }
    return [TensorFileSection("files", shards)] + metadataSection(metadata)
  }
  func tensor(named name: String) throws -> Tensor { try model.tensor(named: name) }
}

private func describe(_ entry: SafetensorsFile.Entry) -> TensorFileEntry {
  TensorFileEntry(
    name: entry.name, typeName: entry.dtypeName, dtype: entry.dtype, shape: entry.shape,
    byteCount: entry.byteRange.count)
}

/// Texts under their names, in alphabetical order.
func metadataSection(_ metadata: [String: String]) -> [TensorFileSection] {
  guard !metadata.isEmpty else { return [] }
  return [
    TensorFileSection("metadata", metadata.sorted { $0.key < $1.key }.map { "\($0.key): \(shortText($0.value))" })
  ]
}

/// A text of one line, cut where it is long.
func shortText(_ text: String, most: Int = 100) -> String {
  let line = text.prefix(most + 1).map { $0.isNewline ? " " : $0 }
  return line.count > most ? String(line.prefix(most)) + "..." : String(line)
}

/// A number of bytes for people: `1.2 MB`.
package func sizeText(_ bytes: Int) -> String {
  let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
  var (size, unit) = (Double(bytes), 0)
  while size >= 999.5, unit + 1 < units.count { (size, unit) = (size / 1000, unit + 1) }
  return unit == 0 ? "\(bytes) bytes" : "\(NumberText.fixed(size, decimals: size < 9.95 ? 1 : 0)) \(units[unit])"
}

/// A file of tensors that lies in memory as it is on disk, parts of which can leave memory.
package protocol PageForgetting {
  /// Gives up the memory of a tensor's elements, which are read again when they are touched.
  func forgetPages(of name: String)
}

extension SafetensorsTensorFile {
  func forgetPages(of name: String) { file.forgetPages(of: name) }
}

extension ShardedTensorFile {
  func forgetPages(of name: String) { model.forgetPages(of: name) }
}
