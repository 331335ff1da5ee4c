import Apus
import ApusCore

// How recurrent layers and cells are built and called: with states or without, padded or packed.

extension BuiltModule {
  /// A module with one state.
  init(
    _ module: any Module, _ call: @escaping (Tensor, Tensor?) -> (Tensor, Tensor),
    packed: @escaping (PackedSequence, Tensor?) -> (PackedSequence, Tensor)
  ) {
    self.init(module, inputCounts: 1...2) { inputs in
      let (y, h) = call(inputs[0], inputs.count > 1 ? inputs[1] : nil)
      return [y, h]
    }
    callPacked = { sequence, states in
      let (y, h) = packed(sequence, states.first)
      return (y, [h])
    }
  }
}

/// Settings that all recurrent layers have.
private let recurrentSettings = "num_layers bias batch_first dropout bidirectional"

let recurrentBuilders: [String: ModuleBuilder] = [
  "nn.RNN": ModuleBuilder(
    parameters: "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional"
  ) { a in
    let rnn = try RNN(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), numLayers: a.int("num_layers", 1),
      nonlinearity: RecurrentNonlinearity(named: a.string("nonlinearity", "tanh")), bias: a.truth("bias"),
      batchFirst: a.bool("batch_first", false), dropout: a.double("dropout", 0),
      bidirectional: a.bool("bidirectional", false), dtype: a.dtype)
    return BuiltModule(rnn, { rnn($0, $1) }, packed: { rnn($0, $1) })
  },
  "nn.GRU": ModuleBuilder(parameters: "input_size hidden_size \(recurrentSettings)") { a in
    let gru = try GRU(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), numLayers: a.int("num_layers", 1),
      bias: a.truth("bias"), batchFirst: a.bool("batch_first", false), dropout: a.double("dropout", 0),
      bidirectional: a.bool("bidirectional", false), dtype: a.dtype)
    return BuiltModule(gru, { gru($0, $1) }, packed: { gru($0, $1) })
  },
  "nn.LSTM": ModuleBuilder(parameters: "input_size hidden_size \(recurrentSettings) proj_size") { a in
    let lstm = try LSTM(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), numLayers: a.int("num_layers", 1),
      bias: a.truth("bias"), batchFirst: a.bool("batch_first", false), dropout: a.double("dropout", 0),
      bidirectional: a.bool("bidirectional", false), projSize: a.int("proj_size", 0), dtype: a.dtype)
    var made = BuiltModule(lstm, inputCounts: 1...3) { inputs in
      let (y, (h, c)) = lstm(inputs[0], inputs.count == 3 ? (inputs[1], inputs[2]) : nil)
      return [y, h, c]
    }
    made.callPacked = { sequence, states in
      let (y, (h, c)) = lstm(sequence, states.count == 2 ? (states[0], states[1]) : nil)
      return (y, [h, c])
    }
    return made
  },
  "nn.RNNCell": ModuleBuilder(parameters: "input_size hidden_size bias nonlinearity") { a in
    let cell = try RNNCell(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), bias: a.truth("bias"),
      nonlinearity: RecurrentNonlinearity(named: a.string("nonlinearity", "tanh")), dtype: a.dtype)
    return BuiltModule(cell, inputCounts: 1...2) { [cell($0[0], $0.count > 1 ? $0[1] : nil)] }
  },
  "nn.GRUCell": ModuleBuilder(parameters: "input_size hidden_size bias") { a in
    let cell = try GRUCell(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), bias: a.truth("bias"), dtype: a.dtype)
    return BuiltModule(cell, inputCounts: 1...2) { [cell($0[0], $0.count > 1 ? $0[1] : nil)] }
  },
  "nn.LSTMCell": ModuleBuilder(parameters: "input_size hidden_size bias") { a in
    let cell = try LSTMCell(
      inputSize: a.int("input_size"), hiddenSize: a.int("hidden_size"), bias: a.truth("bias"), dtype: a.dtype)
    return BuiltModule(cell, inputCounts: 1...3) { inputs in
      let (h, c) = cell(inputs[0], inputs.count == 3 ? (inputs[1], inputs[2]) : nil)
      return [h, c]
    }
  },
]

extension ModuleArguments {
  /// A setting that Python takes by its truth: any text is true.
  mutating func truth(_ name: String) throws -> Bool {
    if case .string(let text)? = values[name] {
      values[name] = nil
      return !text.isEmpty
    }
    return try bool(name, true)
  }
}

/// The parts of a recorded packed sequence, each a VALUE or the name of a tensor.
struct RecordedPacking {
  static let parts = ["data", "batch_sizes", "sorted_indices", "unsorted_indices"]
  private let members: [String: JSON]

  /// Nil where `json` describes something else.
  init?(_ json: JSON) {
    guard let members = json["packed_sequence"]?.object else { return nil }
    self.members = members
  }

  private func value(_ part: String, _ path: String, _ arguments: inout CaseArguments) throws -> OperationValue? {
    guard let json = members[part] else { return nil }
    if let name = json.string { return .tensor(try arguments.tensors(name)) }
    if let numbers = json.array { return .tensor(Tensor(numbers.compactMap(\.int))) }
    return json.object == nil ? nil : try arguments.value(json, path: "\(path).\(part)")
  }

  /// The tensors among the parts, in order.
  func tensors(_ path: String, _ arguments: inout CaseArguments) throws -> [(part: String, tensor: Tensor)] {
    try Self.parts.compactMap { part in
      switch try value(part, path, &arguments) {
      case .tensor(let tensor): return (part, tensor)
      case .list(let items):
        return (part, Tensor(items.compactMap { if case .int(let number) = $0 { number } else { nil } }))
      default: return nil
      }
    }
  }

  func sequence(_ path: String, _ arguments: inout CaseArguments) throws -> PackedSequence {
    let all = Dictionary(uniqueKeysWithValues: try tensors(path, &arguments).map { ($0.part, $0.tensor) })
    guard let data = all["data"], let sizes = all["batch_sizes"] else {
      throw TensorError(.unsupported, path, "a packed sequence without data or batch sizes")
    }
    return PackedSequence(
      data, batchSizes: sizes.array(as: Int64.self).map(Int.init), sortedIndices: all["sorted_indices"],
      unsortedIndices: all["unsorted_indices"])
  }
}

extension PackedSequence {
  /// A part by its name in PyTorch.
  func part(_ name: String) -> Tensor? {
    switch name {
    case "data": data
    case "batch_sizes": Tensor(batchSizes)
    case "sorted_indices": sortedIndices
    default: unsortedIndices
    }
  }
}
