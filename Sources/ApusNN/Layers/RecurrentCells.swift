import ApusCore
import ApusFunctional

// Single steps of recurrent layers.

/// One step of a recurrent cell: the new states.
///
/// - Parameters:
///   - input: `[N, inputSize]` or `[inputSize]`.
///   - states: `[N, hiddenSize]` or `[hiddenSize]` each; zeros if nil.
private func step(
  _ name: String, _ cell: RecurrentCell, _ input: Tensor, _ states: [Tensor]?, inputSize: Int, hiddenSize: Int,
  _ weightIh: Tensor, _ weightHh: Tensor, _ biasIh: Tensor?, _ biasHh: Tensor?
) -> [Tensor] {
  let count = cell.hasCellState ? 2 : 1
  let made = attempt(input, states?.first, states?.last) { () throws(TensorError) -> [Tensor] in
    func mistake(_ text: String) -> TensorError { TensorError(.shape, name, text) }
    let stateNames = cell.hasCellState ? ["hx.0", "hx.1"] : ["hidden"]
    for (tensor, label) in zip([input] + (states ?? []), ["input"] + stateNames)
    where tensor.rank != 1 && tensor.rank != 2 {
      throw mistake("expected \(label) to have 1 or 2 dimensions, and found \(tensor.shape)")
    }
    let isBatched = input.rank == 2
    let x = isBatched ? input : input.unsqueeze(0)
    guard x.shape[1] == inputSize else {
      throw mistake("expected an input of inputSize \(inputSize), and found \(input.shape)")
    }
    let first =
      states ?? (0..<count).map { _ in Tensor.zeros([x.shape[0], hiddenSize], dtype: x.dtype).placed(with: x) }
    var rows: [Tensor] = []
    for (state, label) in zip(first, stateNames) {
      let row = isBatched || states == nil ? state : state.rank == 1 ? state.unsqueeze(0) : state
      guard row.shape == [x.shape[0], hiddenSize], isBatched || states == nil || state.rank == 1 else {
        let expected = isBatched ? [x.shape[0], hiddenSize] : [hiddenSize]
        throw mistake(
          "\(label) must have shape \(expected) for an input of shape \(input.shape) and hiddenSize \(hiddenSize), and found "
            + "\(state.shape)")
      }
      rows.append(row)
    }
    let setup = RecurrenceSetup(cell: cell, hasBias: biasIh != nil)
    let made = recurrence(
      setup,
      RecurrentOperands(
        x: x.unsqueeze(0), h: rows[0], c: cell.hasCellState ? rows[1] : nil, weightIh: weightIh, weightHh: weightHh,
        biasIh: biasIh, biasHh: biasHh, weightHr: nil))
    if made[0].hasFailed { return [made[0]] }
    return made.dropFirst().map { isBatched ? $0 : $0.squeeze([0]) }
  }
  return results(made, count)
}

/// The weights of a cell with `gates` blocks, drawn in PyTorch's order.
private func drawn(
  _ gates: Int, _ inputSize: Int, _ hiddenSize: Int, _ bias: Bool, _ device: Device?, _ dtype: DType
) -> (Tensor, Tensor, Tensor?, Tensor?) {
  let width = hiddenSize.clampedMultiplying(gates)
  func draw(_ shape: [Int]) -> Tensor { initialBias(shape, fanIn: hiddenSize, device, dtype) }
  let weights = (draw([width, inputSize]), draw([width, hiddenSize]))
  guard bias else { return (weights.0, weights.1, nil, nil) }
  return (weights.0, weights.1, draw([width]), draw([width]))
}

/// A step of ``RNN``: `h' = tanh(W x + b + V h + d)`, or relu in place of tanh.
public final class RNNCell: Module {
  public let state = ModuleState()
  /// `[hiddenSize, inputSize]`.
  @Changeable public var weightIh: Tensor
  /// `[hiddenSize, hiddenSize]`.
  @Changeable public var weightHh: Tensor
  /// `[hiddenSize]`, or nil.
  @Changeable public var biasIh: Tensor!
  /// `[hiddenSize]`, or nil.
  @Changeable public var biasHh: Tensor!
  public let inputSize: Int
  public let hiddenSize: Int
  /// Whether there are biases.
  public let bias: Bool
  /// What is done with the sums.
  public let nonlinearity: RecurrentNonlinearity

  /// Weights and, unless `bias` is false, biases, drawn uniformly from ±1 / sqrt(hiddenSize).
  public init(
    inputSize: Int, hiddenSize: Int, bias: Bool = true, nonlinearity: RecurrentNonlinearity = .tanh,
    device: Device? = nil, dtype: DType = .default
  ) {
    (self.inputSize, self.hiddenSize, self.bias) = (inputSize, hiddenSize, bias)
    self.nonlinearity = nonlinearity
    let made = drawn(1, inputSize, hiddenSize, bias, device, dtype)
    weightIh = made.0
    weightHh = made.1
    biasIh = made.2
    biasHh = made.3
  }

  /// - Parameters:
  ///   - input: `[N, inputSize]` or `[inputSize]`.
  ///   - hx: the hidden state, `[N, hiddenSize]` or `[hiddenSize]`; zeros if nil.
  /// - Returns: the new hidden state.
  public func forward(_ input: Tensor, _ hx: Tensor? = nil) -> Tensor {
    let made = step(
      "RNNCell", nonlinearity.cell, input, hx.map { [$0] }, inputSize: inputSize, hiddenSize: hiddenSize, weightIh,
      weightHh, biasIh, biasHh)
    return made[0]
  }

  /// Runs ``forward(_:_:)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: Tensor? = nil) -> Tensor {
    callModule(self, input, hx) { forward($0, $1) }
  }

  public var extraRepresentation: String {
    "\(inputSize), \(hiddenSize)" + (bias ? "" : ", bias=False")
      + (nonlinearity == .tanh ? "" : ", nonlinearity=relu")
  }
}

/// A step of ``LSTM``: with gates i, f, g, o, `c' = f c + i g` and `h' = o tanh(c')`.
public final class LSTMCell: Module {
  public let state = ModuleState()
  /// `[4 hiddenSize, inputSize]`.
  @Changeable public var weightIh: Tensor
  /// `[4 hiddenSize, hiddenSize]`.
  @Changeable public var weightHh: Tensor
  /// `[4 hiddenSize]`, or nil.
  @Changeable public var biasIh: Tensor!
  /// `[4 hiddenSize]`, or nil.
  @Changeable public var biasHh: Tensor!
  public let inputSize: Int
  public let hiddenSize: Int
  /// Whether there are biases.
  public let bias: Bool

  /// Weights and, unless `bias` is false, biases, drawn uniformly from ±1 / sqrt(hiddenSize).
  public init(
    inputSize: Int, hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    (self.inputSize, self.hiddenSize, self.bias) = (inputSize, hiddenSize, bias)
    let made = drawn(4, inputSize, hiddenSize, bias, device, dtype)
    weightIh = made.0
    weightHh = made.1
    biasIh = made.2
    biasHh = made.3
  }

  /// - Parameters:
  ///   - input: `[N, inputSize]` or `[inputSize]`.
  ///   - hx: the hidden and cell state, `[N, hiddenSize]` or `[hiddenSize]` each; zeros if nil.
  /// - Returns: the new hidden and cell state.
  public func forward(_ input: Tensor, _ hx: (Tensor, Tensor)? = nil) -> (Tensor, Tensor) {
    let made = step(
      "LSTMCell", .lstm, input, hx.map { [$0.0, $0.1] }, inputSize: inputSize, hiddenSize: hiddenSize, weightIh,
      weightHh, biasIh, biasHh)
    return (made[0], made[1])
  }

  /// Runs ``forward(_:_:)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: (Tensor, Tensor)? = nil) -> (Tensor, Tensor) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  public var extraRepresentation: String {
    "\(inputSize), \(hiddenSize)" + (bias ? "" : ", bias=False")
  }
}

/// A step of ``GRU``: with gates r and z, `n = tanh(Wn x + bn + r (Vn h + dn))` and `h' = (1 - z) n + z h`.
public final class GRUCell: Module {
  public let state = ModuleState()
  /// `[3 hiddenSize, inputSize]`.
  @Changeable public var weightIh: Tensor
  /// `[3 hiddenSize, hiddenSize]`.
  @Changeable public var weightHh: Tensor
  /// `[3 hiddenSize]`, or nil.
  @Changeable public var biasIh: Tensor!
  /// `[3 hiddenSize]`, or nil.
  @Changeable public var biasHh: Tensor!
  public let inputSize: Int
  public let hiddenSize: Int
  /// Whether there are biases.
  public let bias: Bool

  /// Weights and, unless `bias` is false, biases, drawn uniformly from ±1 / sqrt(hiddenSize).
  public init(
    inputSize: Int, hiddenSize: Int, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    (self.inputSize, self.hiddenSize, self.bias) = (inputSize, hiddenSize, bias)
    let made = drawn(3, inputSize, hiddenSize, bias, device, dtype)
    weightIh = made.0
    weightHh = made.1
    biasIh = made.2
    biasHh = made.3
  }

  /// - Parameters:
  ///   - input: `[N, inputSize]` or `[inputSize]`.
  ///   - hx: the hidden state, `[N, hiddenSize]` or `[hiddenSize]`; zeros if nil.
  /// - Returns: the new hidden state.
  public func forward(_ input: Tensor, _ hx: Tensor? = nil) -> Tensor {
    let made = step(
      "GRUCell", .gru, input, hx.map { [$0] }, inputSize: inputSize, hiddenSize: hiddenSize, weightIh, weightHh, biasIh,
      biasHh)
    return made[0]
  }

  /// Runs ``forward(_:_:)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: Tensor? = nil) -> Tensor {
    callModule(self, input, hx) { forward($0, $1) }
  }

  public var extraRepresentation: String {
    "\(inputSize), \(hiddenSize)" + (bias ? "" : ", bias=False")
  }
}
