import ApusCore

// What a file of PyTorch holds as a state dictionary: tensors by name.

extension PyTorchFile {
  /// The tensors of the state dictionary of the file, in its order.
  ///
  /// A file that is one itself gives all of its tensors; a checkpoint gives what it has under `state_dict`, `model_state_dict`,
  /// `model` and the like (see ``tensors(at:)`` for another choice); a TorchScript archive gives its parameters and buffers, an
  /// exported program its state dictionary. Of anything else all tensors come, under the path to each.
  public var tensors: [(name: String, tensor: PickledTensor)] {
    switch form {
    case .torchScript: return scriptState
    case .exportedProgram: return Self.flat(root["state_dict"] ?? .none)
    case .zip, .legacy, .tar: break
    }
    if let entries = root.dictionary {
      if entries.contains(where: { $0.value.tensor != nil && $0.key.string != nil }) { return Self.flat(root) }
      for name in Self.usualNames {
        if let part = entries[name], let inner = part.dictionary, inner.contains(where: { $0.value.tensor != nil }) {
          return Self.flat(part)
        }
      }
    }
    return allTensors
  }

  /// All tensors of the file, each under the path to it: `optimizer.state.0.exp_avg`.
  public var allTensors: [(name: String, tensor: PickledTensor)] {
    form == .torchScript ? scriptState : Self.flat(root)
  }

  /// The tensors of a part of the file, given by keys: `file.tensors(at: "ema", "model")`.
  /// - Throws: `TensorError` of kind `index` when there is no such part.
  public func tensors(at keys: String...) throws(TensorError) -> [(name: String, tensor: PickledTensor)] {
    var part = root
    for key in keys {
      guard let next = part[key] else {
        let known = part.dictionary?.names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") ?? ""
        throw TensorError(
          .index, path,
          "there is nothing under '\(key)'; there is a \(part.typeName)\(known.isEmpty ? "" : " with \(known)")")
      }
      part = next
    }
    return Self.flat(part)
  }

  /// The tensor called `name` among ``tensors``.
  /// - Throws: `TensorError` of kind `index` when there is none; as ``PickledTensor/tensor()``.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    let tensors = tensors
    if let found = tensors.first(where: { $0.name == name }) { return try found.tensor.tensor() }
    let known = tensors.prefix(5).map { "'\($0.name)'" }.joined(separator: ", ")
    throw TensorError(.index, path, "no tensor is called '\(name)'; there are \(tensors.count): \(known)")
  }

  /// Where checkpoints usually keep the weights, the likeliest first.
  private static let usualNames = [
    "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights", "params_ema",
    "params", "ema_state_dict", "state",
  ]

  /// The tensors of a tree by their paths.
  static func flat(_ value: PickledValue) -> [(name: String, tensor: PickledTensor)] {
    var result: [(name: String, tensor: PickledTensor)] = []
    func walk(_ value: PickledValue, _ path: String) {
      func inside(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
      switch value {
      case .tensor(let tensor): result.append((path, tensor))
      case .dictionary(let entries), .object(_, let entries):
        for (key, value) in entries { walk(value, inside(key.string ?? "\(key)")) }
      case .list(let items), .tuple(let items), .set(let items):
        for (i, item) in items.enumerated() { walk(item, inside(String(i))) }
      default: break
      }
    }
    walk(value, "")
    return result
  }

  /// The parameters and buffers of a scripted module: of each module its own ones first, then those of its parts.
  private var scriptState: [(name: String, tensor: PickledTensor)] {
    var result: [(name: String, tensor: PickledTensor)] = []
    func walk(_ type: String, _ attributes: PickledDictionary, _ prefix: String) {
      let state = scriptClasses[type]
      for (key, value) in attributes {
        guard let name = key.string, let tensor = value.tensor else { continue }
        if state?.contains(name) ?? true { result.append((prefix + name, tensor)) }
      }
      for (key, value) in attributes {
        if let name = key.string, case .object(let type, let inner) = value { walk(type, inner, "\(prefix)\(name).") }
      }
    }
    if case .object(let type, let attributes) = root { walk(type, attributes, "") }
    return result
  }
}
