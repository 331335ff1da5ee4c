import ApusCore
import ApusFormats
import ApusNN

/// Writes named tensors to a file: a PyTorch checkpoint where the path ends in `.pt`, `.pth`, `.bin` or `.ckpt`, which
/// `torch.load(path, weights_only=True)` reads, and else a safetensors file, which Python's `safetensors` reads. A missing folder
/// is made; a file that is there is replaced only when the new one is wholly on disk.
///
///     try save(model.stateDict(), to: "model.safetensors")
///     try save(model.stateDict(), to: "model.pt")
///
/// - Parameter metadata: texts for a safetensors file; a PyTorch checkpoint has no place for them.
/// - Throws: `TensorError` when the file cannot be written.
public func save(_ state: StateDict, to path: String, metadata: [String: String] = [:]) throws {
  let path = expandedPath(path)
  if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolders(String(path[..<slash])) }
  if endsAsPyTorch(path) {
    guard metadata.isEmpty else {
      throw TensorError(
        .unsupported, path,
        "a PyTorch checkpoint has no place for metadata; write a .safetensors file, or a tree with writePyTorch")
    }
    return try writePyTorch(state.map { (name: $0.name, tensor: $0.tensor) }, to: path)
  }
  let tensors = state.map { name, tensor in
    let value = tensor.detach()
    return SafetensorsTensor(name: name, dtype: value.dtype, shape: value.shape) { body in
      try value.withUnsafeBytes { bytes in try body(bytes) }
    }
  }
  try writeSafetensors(tensors, metadata: metadata, to: path)
}

/// Whether a path has one of the endings of PyTorch's files.
private func endsAsPyTorch(_ path: String) -> Bool {
  let lower = path.lowercased()
  return [".pt", ".pth", ".bin", ".ckpt"].contains { lower.hasSuffix($0) }
}

/// Writes named tensors to a file, in order of their names, as ``save(_:to:metadata:)-(StateDict,_,_)`` does.
/// - Throws: `TensorError` when the file cannot be written.
public func save(_ tensors: [String: Tensor], to path: String, metadata: [String: String] = [:]) throws {
  try save(
    StateDict(tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }), to: path,
    metadata: metadata)
}

/// ``save(_:to:metadata:)`` as PyTorch's hand writes it.
/// - Throws: `TensorError` when the file cannot be written.
public func save(_ state: StateDict, _ path: String) throws { try save(state, to: path) }

/// ``save(_:to:metadata:)`` as PyTorch's hand writes it.
/// - Throws: `TensorError` when the file cannot be written.
public func save(_ tensors: [String: Tensor], _ path: String) throws { try save(tensors, to: path) }

/// Reads the named tensors of a file, which tells by its first bytes what it is: a PyTorch checkpoint (see ``loadPyTorch(_:)``)
/// or a safetensors file (see ``loadSafetensors(_:)``).
///
///     try model.loadStateDict(load("resnet18.pth"))
///
/// - Throws: as those.
public func load(_ path: String) throws -> StateDict {
  try isPyTorchFile(path) ? loadPyTorch(path) : loadSafetensors(path)
}

/// Reads the state dictionary of a PyTorch file: all of its tensors, or those that a checkpoint has under `state_dict`, `model`
/// and the like, see ``PyTorchFile/tensors``. Tensors that shared memory when they were saved do so again, and elements that lie
/// in the file as tensors need them are mapped into memory: loading takes no time for them, and the file must not be
/// overwritten in place as long as they are in use.
/// - Throws: `TensorError` when it cannot be read, is damaged or something else, holds objects that are no data, or has an
///   element type that tensors do not have.
public func loadPyTorch(_ path: String) throws -> StateDict {
  let file = try PyTorchFile(path: path)
  var state = StateDict()
  for (name, tensor) in file.tensors {
    do throws(TensorError) {
      state[name] = try tensor.tensor()
    } catch {
      throw TensorError(error.kind, file.path, "tensor '\(name)': \(error.message)")
    }
  }
  return state
}

/// Reads all tensors of a safetensors file.
/// - Throws: `TensorError` when it cannot be read, is damaged or something else, or has an element type that tensors do
///   not have, or that is registered in another program or another version.
public func loadSafetensors(_ path: String) throws -> StateDict {
  let file = try SafetensorsFile(path: expandedPath(path))
  var state = StateDict()
  for entry in file.entries {
    let type = try file.type(of: entry)
    state[entry.name] = try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: type.shape, dtype: type.dtype) }
  }
  return state
}

extension StateDict {
  /// The entries whose names begin with `prefix` and a point, under the rest of their names.
  public func part(_ prefix: String) -> StateDict {
    StateDict(
      filter { $0.name.hasPrefix(prefix + ".") }.map {
        (name: String($0.name.dropFirst(prefix.count + 1)), tensor: $0.tensor)
      })
  }

  /// Adds the entries of another one, their names behind `prefix` and a point.
  public mutating func add(_ other: StateDict, prefix: String) {
    for (name, tensor) in other { self[prefix + "." + name] = tensor }
  }
}
