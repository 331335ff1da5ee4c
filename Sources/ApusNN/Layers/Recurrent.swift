import ApusCore
import ApusFunctional

// Recurrent layers over whole sequences.

/// Elman's recurrent layers: `h' = tanh(W x + b + V h + d)` at each step, or relu in place of tanh.
///
///     let rnn = RNN(inputSize: 10, hiddenSize: 20, numLayers: 2)
///     let (output, h) = rnn(x)
public final class RNN: ModuleContainer {
  public let state = ModuleState()
  @Changeable private var weights: [Tensor]
  let settings: RecurrentSettings
  /// What is done with the sums.
  public let nonlinearity: RecurrentNonlinearity

  /// Weights and biases are drawn uniformly from ±1 / sqrt(hiddenSize), in PyTorch's order.
  ///
  /// - Parameters:
  ///   - inputSize, hiddenSize, numLayers: at least 1.
  ///   - nonlinearity: `tanh` or `relu`.
  ///   - bias: whether the sums have biases.
  ///   - batchFirst: whether inputs and outputs are `[N, steps, ...]`; states are `[layers, N, ...]` in any case.
  ///   - dropout: the probability, in 0 ... 1, with which what a layer but the last gives is dropped in training.
  ///   - bidirectional: whether each layer also goes from the last step to the first.
  public init(
    inputSize: Int, hiddenSize: Int, numLayers: Int = 1, nonlinearity: RecurrentNonlinearity = .tanh, bias: Bool = true,
    batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.nonlinearity = nonlinearity
    settings = RecurrentSettings(
      "RNN", nonlinearity.cell, inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, dtype: dtype)
    weights = settings.drawnWeights(device, dtype)
  }

  /// Features of the input at each step.
  public var inputSize: Int { settings.inputSize }
  /// Features of the hidden state.
  public var hiddenSize: Int { settings.hiddenSize }
  /// Layers, each of which takes what the one before gives.
  public var numLayers: Int { settings.numLayers }
  /// Whether there are biases.
  public var bias: Bool { settings.bias }
  /// Whether inputs and outputs are `[N, steps, ...]`.
  public var batchFirst: Bool { settings.batchFirst }
  /// The probability with which what a layer but the last gives is dropped.
  public var dropout: Double { settings.dropout }
  /// Whether there is a second direction, from the last step to the first.
  public var bidirectional: Bool { settings.bidirectional }

  /// - Parameters:
  ///   - input: `[steps, N, inputSize]`, `[N, steps, inputSize]` with `batchFirst`, or `[steps, inputSize]`.
  ///   - hx: the first hidden state, `[numLayers directions, N, hiddenSize]`, without N where the input has none; zeros if nil.
  /// - Returns: what the last layer gives at each step, `[steps, N, directions hiddenSize]` in the input's order, and the last
  ///   hidden state, of the shape of the first.
  public func forward(_ input: Tensor, _ hx: Tensor? = nil) -> (Tensor, Tensor) {
    let made = settings.run(input, hx.map { [$0] }, weights, isTraining: isTraining)
    return (made[0], made[1])
  }

  /// The same for packed sequences: what it gives is packed likewise.
  public func forward(_ input: PackedSequence, _ hx: Tensor? = nil) -> (PackedSequence, Tensor) {
    let (output, states) = settings.run(input, hx.map { [$0] }, weights, isTraining: isTraining)
    return (output, states[0])
  }

  /// Runs ``forward(_:_:)-(Tensor,_)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: Tensor? = nil) -> (Tensor, Tensor) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// Runs ``forward(_:_:)-(PackedSequence,_)`` with hooks and module path.
  public func callAsFunction(_ input: PackedSequence, _ hx: Tensor? = nil) -> (PackedSequence, Tensor) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// The weights of each direction of each layer, in PyTorch's order: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
  /// `getParameter("weight_ih_l0")` finds one by name.
  public var allWeights: [[Tensor]] { settings.grouped(weights) }

  /// Does nothing: weights need no common block of memory here. PyTorch's `flatten_parameters`.
  public func flattenParameters() {}

  public var extraRepresentation: String { settings.representation }

  var namedValues: [(name: String, value: Any)] { settings.named(weights) }
}

/// Long short-term memory: with gates i, f, g, o, `c' = f c + i g` and `h' = o tanh(c')` at each step.
///
///     let lstm = LSTM(inputSize: 10, hiddenSize: 20, numLayers: 2)
///     let (output, (h, c)) = lstm(x)
public final class LSTM: ModuleContainer {
  public let state = ModuleState()
  @Changeable private var weights: [Tensor]
  let settings: RecurrentSettings

  /// Weights and biases are drawn uniformly from ±1 / sqrt(hiddenSize), in PyTorch's order.
  ///
  /// - Parameters:
  ///   - inputSize, hiddenSize, numLayers: at least 1.
  ///   - bias: whether the sums have biases.
  ///   - batchFirst: whether inputs and outputs are `[N, steps, ...]`; states are `[layers, N, ...]` in any case.
  ///   - dropout: the probability, in 0 ... 1, with which what a layer but the last gives is dropped in training.
  ///   - bidirectional: whether each layer also goes from the last step to the first.
  ///   - projSize: where it is not 0, `h' = P (o tanh(c'))` with a matrix P of that many rows; smaller than hiddenSize.
  public init(
    inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, projSize: Int = 0, device: Device? = nil,
    dtype: DType = .default
  ) {
    settings = RecurrentSettings(
      "LSTM", .lstm, inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, projSize: projSize, dtype: dtype)
    weights = settings.drawnWeights(device, dtype)
  }

  /// Features of the input at each step.
  public var inputSize: Int { settings.inputSize }
  /// Features of the hidden state.
  public var hiddenSize: Int { settings.hiddenSize }
  /// Layers, each of which takes what the one before gives.
  public var numLayers: Int { settings.numLayers }
  /// Whether there are biases.
  public var bias: Bool { settings.bias }
  /// Whether inputs and outputs are `[N, steps, ...]`.
  public var batchFirst: Bool { settings.batchFirst }
  /// The probability with which what a layer but the last gives is dropped.
  public var dropout: Double { settings.dropout }
  /// Whether there is a second direction, from the last step to the first.
  public var bidirectional: Bool { settings.bidirectional }

  /// The size of what a projection makes of the hidden state; 0 without one.
  public var projSize: Int { settings.projSize }

  /// - Parameters:
  ///   - input: `[steps, N, inputSize]`, `[N, steps, inputSize]` with `batchFirst`, or `[steps, inputSize]`.
  ///   - hx: the first hidden state, `[numLayers directions, N, hiddenSize or projSize]`, and that of the cells,
  ///     `[numLayers directions, N, hiddenSize]`, without N where the input has none; zeros if nil.
  /// - Returns: what the last layer gives at each step, `[steps, N, directions hiddenSize or projSize]` in the input's order,
  ///   and the last states, of the shapes of the first.
  public func forward(_ input: Tensor, _ hx: (Tensor, Tensor)? = nil) -> (Tensor, (Tensor, Tensor)) {
    let made = settings.run(input, hx.map { [$0.0, $0.1] }, weights, isTraining: isTraining)
    return (made[0], (made[1], made[2]))
  }

  /// The same for packed sequences: what it gives is packed likewise.
  public func forward(
    _ input: PackedSequence, _ hx: (Tensor, Tensor)? = nil
  ) -> (PackedSequence, (Tensor, Tensor)) {
    let (output, states) = settings.run(input, hx.map { [$0.0, $0.1] }, weights, isTraining: isTraining)
    return (output, (states[0], states[1]))
  }

  /// Runs ``forward(_:_:)-(Tensor,_)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: (Tensor, Tensor)? = nil) -> (Tensor, (Tensor, Tensor)) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// Runs ``forward(_:_:)-(PackedSequence,_)`` with hooks and module path.
  public func callAsFunction(
    _ input: PackedSequence, _ hx: (Tensor, Tensor)? = nil
  ) -> (PackedSequence, (Tensor, Tensor)) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// The weights of each direction of each layer, in PyTorch's order: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, `weight_hr`.
  /// `getParameter("weight_ih_l0")` finds one by name.
  public var allWeights: [[Tensor]] { settings.grouped(weights) }

  /// Does nothing: weights need no common block of memory here. PyTorch's `flatten_parameters`.
  public func flattenParameters() {}

  public var extraRepresentation: String { settings.representation }

  var namedValues: [(name: String, value: Any)] { settings.named(weights) }
}

/// Gated recurrent units: with gates r and z, `n = tanh(Wn x + bn + r (Vn h + dn))` and `h' = (1 - z) n + z h` at each step.
///
///     let gru = GRU(inputSize: 10, hiddenSize: 20, numLayers: 2)
///     let (output, h) = gru(x)
public final class GRU: ModuleContainer {
  public let state = ModuleState()
  @Changeable private var weights: [Tensor]
  let settings: RecurrentSettings

  /// Weights and biases are drawn uniformly from ±1 / sqrt(hiddenSize), in PyTorch's order.
  ///
  /// - Parameters:
  ///   - inputSize, hiddenSize, numLayers: at least 1.
  ///   - bias: whether the sums have biases.
  ///   - batchFirst: whether inputs and outputs are `[N, steps, ...]`; states are `[layers, N, ...]` in any case.
  ///   - dropout: the probability, in 0 ... 1, with which what a layer but the last gives is dropped in training.
  ///   - bidirectional: whether each layer also goes from the last step to the first.
  public init(
    inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0.0, bidirectional: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    settings = RecurrentSettings(
      "GRU", .gru, inputSize: inputSize, hiddenSize: hiddenSize, numLayers: numLayers, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, dtype: dtype)
    weights = settings.drawnWeights(device, dtype)
  }

  /// Features of the input at each step.
  public var inputSize: Int { settings.inputSize }
  /// Features of the hidden state.
  public var hiddenSize: Int { settings.hiddenSize }
  /// Layers, each of which takes what the one before gives.
  public var numLayers: Int { settings.numLayers }
  /// Whether there are biases.
  public var bias: Bool { settings.bias }
  /// Whether inputs and outputs are `[N, steps, ...]`.
  public var batchFirst: Bool { settings.batchFirst }
  /// The probability with which what a layer but the last gives is dropped.
  public var dropout: Double { settings.dropout }
  /// Whether there is a second direction, from the last step to the first.
  public var bidirectional: Bool { settings.bidirectional }

  /// - Parameters:
  ///   - input: `[steps, N, inputSize]`, `[N, steps, inputSize]` with `batchFirst`, or `[steps, inputSize]`.
  ///   - hx: the first hidden state, `[numLayers directions, N, hiddenSize]`, without N where the input has none; zeros if nil.
  /// - Returns: what the last layer gives at each step, `[steps, N, directions hiddenSize]` in the input's order, and the last
  ///   hidden state, of the shape of the first.
  public func forward(_ input: Tensor, _ hx: Tensor? = nil) -> (Tensor, Tensor) {
    let made = settings.run(input, hx.map { [$0] }, weights, isTraining: isTraining)
    return (made[0], made[1])
  }

  /// The same for packed sequences: what it gives is packed likewise.
  public func forward(_ input: PackedSequence, _ hx: Tensor? = nil) -> (PackedSequence, Tensor) {
    let (output, states) = settings.run(input, hx.map { [$0] }, weights, isTraining: isTraining)
    return (output, states[0])
  }

  /// Runs ``forward(_:_:)-(Tensor,_)`` with hooks and module path.
  public func callAsFunction(_ input: Tensor, _ hx: Tensor? = nil) -> (Tensor, Tensor) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// Runs ``forward(_:_:)-(PackedSequence,_)`` with hooks and module path.
  public func callAsFunction(_ input: PackedSequence, _ hx: Tensor? = nil) -> (PackedSequence, Tensor) {
    callModule(self, input, hx) { forward($0, $1) }
  }

  /// The weights of each direction of each layer, in PyTorch's order: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
  /// `getParameter("weight_ih_l0")` finds one by name.
  public var allWeights: [[Tensor]] { settings.grouped(weights) }

  /// Does nothing: weights need no common block of memory here. PyTorch's `flatten_parameters`.
  public func flattenParameters() {}

  public var extraRepresentation: String { settings.representation }

  var namedValues: [(name: String, value: Any)] { settings.named(weights) }
}
