import ApusCore

/// Writes a value as `torch.save` does: a zip archive that `torch.load(path, weights_only=True)` reads.
///
///     try writePyTorch(["epoch": 3, "model": PickledValue(weights)], to: "checkpoint.pt")
///
/// Tensors that share memory share a storage in the file, strides and offsets are kept, and elements begin at multiples of 64
/// bytes, so that readers can map them. An existing file is replaced only when the new one is wholly on disk.
/// - Throws: `TensorError` of kind `dtype` for elements that PyTorch does not have, of kind `value` or `unsupported` for what a
///   file cannot hold, of kind `file` when writing fails.
public func writePyTorch(_ value: PickledValue, to path: String) throws {
  let plan = StoragePlan(value)
  var writer = PickleWriter(plan: plan, path: path)
  try writer.finish(value)
  let folder = archiveName(path)
  try writeZip(to: path) { zip in
    func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
      try zip.add("\(folder)/\(name)", bytes, method: .stored(alignment: 64))
    }
    func add(_ name: String, _ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try add(name, $0) } }
    try add("data.pkl", writer.bytes)
    try add("byteorder", Array((UInt16(littleEndian: 1) == 1 ? "little" : "big").utf8))
    for (number, content) in plan.contents.enumerated() {
      switch content {
      case .storage(let storage): try storage.withBytes { try add("data/\(number)", $0) }
      case .memory(let bytes, let owner):
        try withExtendedLifetime(owner) { try add("data/\(number)", bytes) }
      }
    }
    try add("version", Array("3\n".utf8))
  }
}

/// Writes named tensors as a state dictionary: an `OrderedDict` in the given order.
/// - Throws: as ``writePyTorch(_:to:)-(PickledValue,_)``.
public func writePyTorch(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
  try writePyTorch(PickledValue(tensors), to: path)
}

/// The folder inside the archive: PyTorch takes the file's name without its ending.
private func archiveName(_ path: String) -> String {
  let (_, name) = splitPath(path)
  let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
  let isPlain = stem.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
  return isPlain && !stem.isEmpty && !stem.hasPrefix(".") ? String(stem) : "archive"
}
