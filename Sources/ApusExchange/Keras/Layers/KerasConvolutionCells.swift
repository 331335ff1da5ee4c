import ApusCore
import ApusFormats
import ApusFunctional

/// The cells of recurrent layers whose products are convolutions.
enum KerasConvolutionCells {
  static func convLSTM(_ config: KerasConfig, _ input: KerasShape) throws(TensorError) -> (KerasPlan, KerasCell) {
    let rank = config.className.contains("1D") ? 1 : config.className.contains("2D") ? 2 : 3
    let config = KerasCells.inner(config, "ConvLSTMCell")
    let window = try KerasWindow(config, rank)
    let filters = try config.size("filters", in: 1...1 << 30)
    let activation = try KerasActivations.function(config, "activation", "tanh")
    let gate = try KerasActivations.function(config, "recurrent_activation", "sigmoid")
    let hasBias = try config.bool("use_bias", true)
    let sizes = window.kernel.map(Optional.init)
    let channels = input.rank == rank + 2 ? input[window.channels(rank)] : nil
    var weights = [
      KerasPlan.Weight(name: "kernel", shape: KerasShape(sizes + [channels, 4 * filters])),
      KerasPlan.Weight(name: "recurrent_kernel", shape: KerasShape(sizes + [filters, 4 * filters])),
    ]
    if hasBias { weights.append(KerasPlan.Weight(name: "bias", shape: KerasShape([4 * filters]))) }
    var output = window.output(input, filters)
    let recurrent = KerasWindow(same: window)
    let last = window.channelsLast
    let cell = KerasCell(
      initial: { x, _ in
        var shape = [x.shape[0]]
        let spatial = (0..<rank).map { window.size(x.shape[window.spatial($0)], $0) }
        shape += last ? spatial + [filters] : [filters] + spatial
        return [Tensor.zeros(shape, dtype: x.dtype), Tensor.zeros(shape, dtype: x.dtype)]
      },
      project: { x, layer in
        let weights = layer.converted
        return window.last(
          window.convolve(window.first(x), window.kernel(weights[0]), hasBias ? weights[2] : nil, groups: 1))
      },
      step: { x, states, layer in
        let kernel = recurrent.kernel(layer.converted[1])
        let inner = recurrent.last(recurrent.convolve(recurrent.first(states[0]), kernel, nil, groups: 1))
        let sums = x + inner
        let gates = sums.hasFailed ? [] : sums.split(filters, dim: last ? -1 : 1)
        guard gates.count == 4 else { return (sums, states) }
        let carry = gate(gates[1]) * states[1] + gate(gates[0]) * activation(gates[2])
        let output = gate(gates[3]) * activation(carry)
        return (output, [output, carry])
      }, outputState: 0, output: output.sizes.map { Array($0.dropFirst()) } ?? [], stateCount: 2)
    output = .unknown
    return (KerasCells.plan(config, weights), cell)
  }
}

extension KerasWindow {
  /// The window of the same kernel that keeps sizes.
  init(same other: KerasWindow) {
    rank = other.rank
    kernel = other.kernel
    stride = [Int](repeating: 1, count: other.rank)
    dilation = stride
    isSame = true
    isCausal = false
    channelsLast = other.channelsLast
  }
}
