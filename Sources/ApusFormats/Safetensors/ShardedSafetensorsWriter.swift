import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes tensors to safetensors files of at most `maxShardSize` bytes of elements each, in their order, and an index, as Hugging
/// Face's `save_pretrained` does: `model-00001-of-00003.safetensors` ... and `model.safetensors.index.json`, or
/// `model.safetensors` alone where one file is enough. The index is written last; a missing folder is made.
///
/// - Parameters:
///   - maxShardSize: a tensor that is larger alone gets a file of its own.
///   - name: what the names of the files begin with.
/// - Returns: the names of the files that hold tensors.
/// - Throws: `TensorError` of kind `value` where a name occurs twice or `maxShardSize` is not positive; else as
///   ``writeSafetensors(_:metadata:to:)``.
@discardableResult
public func writeShardedSafetensors(
  _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], maxShardSize: Int = 5_000_000_000,
  name: String = "model", to folder: String
) throws -> [String] {
  let folder = expandedPath(folder)
  guard maxShardSize > 0, !name.isEmpty, !name.contains("/") else {
    throw TensorError(
      .value, folder, "shards of \(maxShardSize) bytes called '\(name)' cannot be written; give a size and a plain name"
    )
  }
  var names: Set<String> = []
  var shards: [[SafetensorsTensor]] = []
  var shardSize = 0
  var total = 0
  for tensor in tensors {
    guard names.insert(tensor.name).inserted else {
      throw TensorError(.value, folder, "two tensors are called '\(tensor.name)'; names must differ")
    }
    guard let size = SafetensorsHeader.byteCount(tensor.shape, bits: 8 * tensor.dtype.size) else {
      throw TensorError(.shape, folder, "tensor '\(tensor.name)': \(tensor.shape) is no shape of a tensor")
    }
    if shards.isEmpty || shardSize > 0 && size > maxShardSize - shardSize {
      shards.append([])
      shardSize = 0
    }
    shards[shards.count - 1].append(tensor)
    shardSize = shardSize.clampedAdding(size)
    total = total.clampedAdding(size)
  }
  try makeFolders(folder)
  let indexPath = "\(folder)/\(name)\(ShardedSafetensors.indexSuffix)"
  guard shards.count > 1 else {
    try writeSafetensors(tensors, metadata: metadata, to: "\(folder)/\(name).safetensors")
    // The index of an earlier, larger model would hide the file.
    unlink(indexPath)
    return ["\(name).safetensors"]
  }
  var files: [String] = []
  var map: [(name: String, file: String)] = []
  for (number, shard) in shards.enumerated() {
    let file = "\(name)-\(fiveDigits(number + 1))-of-\(fiveDigits(shards.count)).safetensors"
    try writeSafetensors(shard, metadata: metadata, to: "\(folder)/\(file)")
    files.append(file)
    map += shard.map { ($0.name, file) }
  }
  map.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  let lines = map.map { "    \(quotedJSON($0.name)): \(quotedJSON($0.file))" }.joined(separator: ",\n")
  try writeText(
    "{\n  \"metadata\": {\n    \"total_size\": \(total)\n  },\n  \"weight_map\": {\n\(lines)\n  }\n}\n", to: indexPath)
  return files
}

private func fiveDigits(_ number: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, 5 - text.count)) + text
}
