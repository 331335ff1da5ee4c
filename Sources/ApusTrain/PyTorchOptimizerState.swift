import ApusCore
import ApusFormats
import ApusNN

// An optimiser's state under PyTorch's nesting: {"state": {0: {"exp_avg": ...}}, "param_groups": [{"lr": ..., "params": [0]}]}.

extension PickledValue {
  /// The state of an optimiser (``Optimizer/stateDict()``) as PyTorch's `optimizer.load_state_dict` takes it:
  ///
  ///     try writePyTorch(
  ///       ["model": PickledValue(model.stateDict()), "optimizer": PickledValue(optimizerState: optimizer.stateDict())],
  ///       to: "checkpoint.pt")
  public init(optimizerState flat: StateDict) {
    var states = PickledDictionary()
    var groups: [Int: PickledDictionary] = [:]
    for (name, tensor) in flat {
      let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
      guard parts.count == 3, let index = Int(parts[1]) else { continue }
      switch parts[0] {
      case "state":
        var entry = states[index]?.dictionary ?? PickledDictionary()
        entry[parts[2]] = PickledValue(tensor)
        states[index] = .dictionary(entry)
      case "param_groups": groups[index, default: PickledDictionary()][parts[2]] = Self.option(parts[2], tensor)
      default: break
      }
    }
    let ordered = groups.sorted { $0.key < $1.key }.map { PickledValue.dictionary($0.value) }
    self = ["state": .dictionary(states), "param_groups": .list(ordered)]
  }

  /// The entries of a state dictionary as an `OrderedDict` of tensors.
  public init(_ state: StateDict) { self.init(state.map { (name: $0.name, tensor: $0.tensor) }) }

  /// An option of a group as Python has it: a number, a truth value, a pair, or the list of the parameters' numbers.
  private static func option(_ name: String, _ tensor: Tensor) -> PickledValue {
    if name == "params" { return .list(tensor.array(as: Int.self).map { .int($0) }) }
    let values = tensor.to(.float64).array(as: Double.self).map { value -> PickledValue in
      tensor.dtype == .bool ? .bool(value != 0) : tensor.dtype.isInteger ? .int(Int(value)) : .float(value)
    }
    return tensor.rank == 0 ? values.first ?? .none : .tuple(values)
  }
}

extension StateDict {
  /// The state that PyTorch's `optimizer.state_dict()` gave, under the flat names that ``Optimizer/loadStateDict(_:)`` takes.
  /// Options that are `None` or a text are left out.
  ///
  ///     let file = try PyTorchFile(path: "checkpoint.pt")
  ///     if let state = file.root["optimizer"] { try optimizer.loadStateDict(StateDict(optimizerState: state)) }
  ///
  /// - Throws: `TensorError` of kind `format` when the value is no state of an optimiser; as ``PickledTensor/tensor()``.
  public init(optimizerState value: PickledValue) throws(TensorError) {
    guard let states = value["state"]?.dictionary, let groups = value["param_groups"]?.items else {
      throw TensorError(
        .format, "StateDict",
        "a \(value.typeName) is no state of an optimiser: that has the entries 'state' and 'param_groups'")
    }
    self.init()
    for (key, entries) in states {
      guard let index = key.int else {
        throw TensorError(.format, "StateDict", "the state of a parameter is kept under \(key), not under its number")
      }
      for (name, value) in entries.dictionary ?? PickledDictionary() {
        guard let name = name.string, let tensor = try Self.tensor(value) else { continue }
        self["state.\(index).\(name)"] = tensor
      }
    }
    for (index, group) in groups.enumerated() {
      for (name, value) in group.dictionary ?? PickledDictionary() {
        guard let name = name.string else { continue }
        if name == "params", let numbers = value.ints {
          self["param_groups.\(index).params"] = Tensor(numbers, shape: [numbers.count], dtype: .int64)
        } else if let tensor = try Self.tensor(value) {
          self["param_groups.\(index).\(name)"] = tensor
        }
      }
    }
  }

  /// A value as a tensor; nil where it is neither a tensor nor made of numbers.
  private static func tensor(_ value: PickledValue) throws(TensorError) -> Tensor? {
    switch value {
    case .tensor(let tensor): return try tensor.tensor()
    case .bool(let flag): return Tensor(flag)
    case .int, .float: return value.double.map { Tensor($0, dtype: .float64) }
    case .list(let items), .tuple(let items):
      let numbers = items.compactMap(\.double)
      return numbers.count == items.count && !items.isEmpty
        ? Tensor(numbers, shape: [numbers.count], dtype: .float64) : nil
    default: return nil
    }
  }
}
