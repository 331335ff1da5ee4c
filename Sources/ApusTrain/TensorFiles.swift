import ApusCore
import ApusFormats
import ApusNN

/// Writes named tensors to a safetensors file, which Python's `safetensors` reads. A missing folder is made; a file that is
/// there is replaced only when the new one is wholly on disk.
///
///     try save(model.stateDict(), to: "model.safetensors")
///
/// - Throws: `TensorError` when the file cannot be written.
public func save(_ state: StateDict, to path: String, metadata: [String: String] = [:]) throws {
  let tensors = state.map { name, tensor in
    let value = tensor.detach()
    return SafetensorsTensor(name: name, dtype: value.dtype, shape: value.shape) { body in
      try value.withUnsafeBytes { bytes in try body(bytes) }
    }
  }
  if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolders(String(path[..<slash])) }
  try writeSafetensors(tensors, metadata: metadata, to: path)
}

/// Writes named tensors to a safetensors file, in order of their names.
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

/// ``loadSafetensors(_:)`` under PyTorch's name.
/// - Throws: as that one.
public func load(_ path: String) throws -> StateDict { try loadSafetensors(path) }

/// Reads all tensors of a safetensors file.
/// - Throws: `TensorError` when it cannot be read, is damaged or something else, or has an element type that tensors do
///   not have.
public func loadSafetensors(_ path: String) throws -> StateDict {
  let file = try SafetensorsFile(path: path)
  var state = StateDict()
  for entry in file.entries {
    let dtype = try entry.requireDType()
    state[entry.name] = try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
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
