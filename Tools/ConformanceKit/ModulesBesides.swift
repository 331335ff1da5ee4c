import Apus
import ApusCore

// What no recorded case has: packed sequences, masks, attention in all its forms, recurrences of one's own.

/// Numbers of a fixed seed: the same in every type.
struct Draws {
  let dtype: DType
  private let generator = Generator(seed: 11)

  init(_ dtype: DType) { self.dtype = dtype }

  func callAsFunction(_ shape: Int...) -> Tensor { self(shape) }
  func callAsFunction(_ shape: [Int]) -> Tensor { randn(shape, dtype: .float32, generator: generator).to(dtype) }
}

/// A module that no recorded case has.
func besides(
  _ name: String, _ id: String, _ make: @escaping @Sendable (Draws) throws -> ModuleFunction
) -> CheckedModule {
  CheckedModule("\(name), \(id)", name) { isWidened in
    manualSeed(5)
    return try withErrors { try make(Draws(isWidened ? .float64 : .float32)) }
  }
}

/// A function of tensors of these shapes.
private func besides(
  _ name: String, _ id: String, _ inputs: [[Int]], _ call: @escaping @Sendable ([Tensor]) -> [Tensor]
) -> CheckedModule {
  besides(name, id) { draws in ModuleFunction(nil, inputs.map { draws($0) }, call) }
}

/// Sequences of different lengths through a recurrent layer, from padded ones to padded ones.
private func packed(_ x: Tensor, _ layer: (PackedSequence) -> (PackedSequence, [Tensor])) -> [Tensor] {
  let (y, states) = layer(packPaddedSequence(x, [3, 5, 2], enforceSorted: false))
  return [padPackedSequence(y).0] + states
}

private let recurrent: [CheckedModule] = [
  besides("LSTM of packed sequences", "two directions") { draws in
    let lstm = LSTM(inputSize: 4, hiddenSize: 3, numLayers: 2, bidirectional: true)
    lstm.to(draws.dtype)
    return ModuleFunction(lstm, [draws(5, 3, 4)]) {
      packed($0[0]) { x in
        let (y, (h, c)) = lstm(x)
        return (y, [h, c])
      }
    }
  },
  besides("LSTM of packed sequences", "projected, with states") { draws in
    let lstm = LSTM(inputSize: 4, hiddenSize: 3, projSize: 2)
    lstm.to(draws.dtype)
    return ModuleFunction(lstm, [draws(5, 3, 4), draws(1, 3, 2), draws(1, 3, 3)]) { inputs in
      packed(inputs[0]) { x in
        let (y, (h, c)) = lstm(x, (inputs[1], inputs[2]))
        return (y, [h, c])
      }
    }
  },
  besides("GRU of packed sequences", "two directions") { draws in
    let gru = GRU(inputSize: 4, hiddenSize: 3, bidirectional: true)
    gru.to(draws.dtype)
    return ModuleFunction(gru, [draws(5, 3, 4)]) {
      packed($0[0]) { x in
        let (y, h) = gru(x)
        return (y, [h])
      }
    }
  },
  besides("RNN of packed sequences", "backward") { draws in
    let rnn = RNN(inputSize: 4, hiddenSize: 3, bidirectional: true)
    rnn.to(draws.dtype)
    return ModuleFunction(rnn, [draws(5, 3, 4)]) {
      packed($0[0]) { x in
        let (y, h) = rnn(x)
        return (y, [h])
      }
    }
  },
  besides("scan", "a cell of one's own", [[6, 3, 4], [3, 5], [5, 4], [5, 5], [5]]) { t in
    let (last, all) = scan(over: t[0], initial: t[1]) { (h: Tensor, x: Tensor) in
      let next = (linear(x, t[2], t[4]) + linear(h, t[3])).tanh()
      return (next, next * 2)
    }
    return [last, all]
  },
  besides("scan", "as a loop", [[12, 3, 4], [3, 5], [5, 4], [5, 5], [5]]) { t in
    let (last, all) = scan(over: t[0], initial: t[1]) { (h: Tensor, x: Tensor) in
      let next = (linear(x, t[2], t[4]) + h.matmul((t[3] * 0.5).t())).tanh()
      return (next, next * 2)
    }
    return [last, all]
  },
  besides("scan", "a module, as a loop, backward") { draws in
    let cell = LSTMCell(inputSize: 4, hiddenSize: 3)
    cell.to(draws.dtype)
    return ModuleFunction(cell, [draws(11, 2, 4), draws(2, 3), draws(2, 3)]) { t in
      let (last, all) = scan(over: t[0], initial: [t[1], t[2]], reverse: true) { (state: [Tensor], x: Tensor) in
        let (h, c) = cell(x, (state[0], state[1]))
        return ([h, c], h * 2)
      }
      return last + [all]
    }
  },
  besides("scan", "two states, backward", [[5, 2, 4], [2, 3], [2, 3], [12, 4], [12, 3]]) { t in
    let (last, all) = scan(over: t[0], initial: [t[1], t[2]], reverse: true) { (state: [Tensor], x: Tensor) in
      let gates = (linear(x, t[3]) + linear(state[0], t[4])).chunk(4, dim: -1)
      let c = gates[0].sigmoid() * state[1] + gates[1].sigmoid() * gates[2].tanh()
      let h = gates[3].sigmoid() * c.tanh()
      return ([h, c], h)
    }
    return last + [all]
  },
]

private let attention: [CheckedModule] = {
  let (q, k, v) = ([2, 4, 5, 6], [2, 4, 7, 6], [2, 4, 7, 3])
  @Sendable func seen(_ rows: Int, _ columns: Int) -> Tensor {
    (arange(rows * columns) % 3).ne(1).reshape([rows, columns])
  }
  let name = "attention"
  return [
    besides(name, "plain", [q, k, v]) { [scaledDotProductAttention($0[0], $0[1], $0[2])] },
    besides(name, "causal", [q, q, q]) { [scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true)] },
    besides(name, "bool mask", [q, k, v]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2], attnMask: seen(5, 7))]
    },
    besides(name, "added mask", [q, k, v, [5, 7]]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2], attnMask: $0[3])]
    },
    besides(name, "constant added mask", [q, k, v]) {
      let mask = Tensor.zeros([5, 7], dtype: $0[0].dtype).maskedFill(seen(5, 7), -Double.infinity)
      return [scaledDotProductAttention($0[0], $0[1], $0[2], attnMask: mask)]
    },
    besides(name, "grouped heads", [q, [2, 2, 7, 6], [2, 2, 7, 3]]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2], enableGQA: true)]
    },
    besides(name, "sliding window", [q, k, v]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true, slidingWindow: 3, position: 2)]
    },
    besides(name, "soft cap", [q, k, v]) { [scaledDotProductAttention($0[0], $0[1], $0[2], softCap: 1.5)] },
    besides(name, "grouped heads, mask and soft cap", [q, [2, 2, 7, 6], [2, 2, 7, 3], [4, 5, 7]]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2], attnMask: $0[3], enableGQA: true, softCap: 2)]
    },
    besides(name, "heads that broadcast", [[2, 1, 5, 6], [4, 7, 6], [1, 4, 7, 3]]) {
      [scaledDotProductAttention($0[0], $0[1], $0[2])]
    },
    besides("MultiheadAttention with masks", "added and padding") { draws in
      let attention = MultiheadAttention(embedDim: 8, numHeads: 2)
      attention.to(draws.dtype)
      let padding = Tensor([0.0, 0, 0, 0, -1, 0, 0, 0, -1, -2]).reshape([2, 5]).to(draws.dtype)
      return ModuleFunction(attention, [draws(4, 2, 8), draws(5, 2, 8), draws(5, 2, 8), draws(4, 5), padding]) {
        let (y, w) = attention($0[0], $0[1], $0[2], keyPaddingMask: $0[4], attnMask: $0[3])
        return [y] + (w.map { [$0] } ?? [])
      }
    },
    besides("MultiheadAttention with masks", "bool, without weights") { draws in
      let attention = MultiheadAttention(embedDim: 8, numHeads: 2, addBiasKv: true, kdim: 6, vdim: 5, batchFirst: true)
      attention.to(draws.dtype)
      let padding = Tensor([0, 0, 0, 0, 1, 0, 0, 0, 1, 1]).reshape([2, 5]).ne(0)
      return ModuleFunction(attention, [draws(2, 4, 8), draws(2, 5, 6), draws(2, 5, 5)]) {
        [
          attention(
            $0[0], $0[1], $0[2], keyPaddingMask: padding, needWeights: false, attnMask: seen(4, 5).logicalNot()
          ).0
        ]
      }
    },
    besides("Transformer with masks", "causal and padding") { draws in
      let model = Transformer(
        dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 6, dropout: 0, activation: .gelu)
      model.to(draws.dtype)
      let mask = Transformer.generateSquareSubsequentMask(4, dtype: draws.dtype)
      let padding = Tensor([0, 0, 0, 0, 1, 0, 0, 0, 1, 1]).reshape([2, 5]).ne(0)
      return ModuleFunction(model, [draws(5, 2, 8), draws(4, 2, 8)]) {
        [
          model(
            $0[0], $0[1], tgtMask: mask, srcKeyPaddingMask: padding, memoryKeyPaddingMask: padding, tgtIsCausal: true)
        ]
      }
    },
  ]
}()

private let others: [CheckedModule] = [
  besides("CTCLoss", "of one sequence of labels for each") { draws in
    let loss = CTCLoss()
    let labels = Tensor([1, 2, 2, 3, 1, 4]).reshape([2, 3])
    return ModuleFunction(loss, [draws(8, 2, 5)]) {
      [loss($0[0].logSoftmax(-1), labels, Tensor([8, 7]), Tensor([3, 2]))]
    }
  },
  besides("EmbeddingBag", "sum, with weights") { draws in
    let bag = EmbeddingBag(numEmbeddings: 7, embeddingDim: 3, mode: .sum)
    bag.to(draws.dtype)
    let indices = Tensor([1, 2, 4, 6, 2, 0]).reshape([2, 3])
    return ModuleFunction(bag, [draws(2, 3)]) { [bag(indices, nil, perSampleWeights: $0[0])] }
  },
  besides("EmbeddingBag", "mean") { draws in
    let bag = EmbeddingBag(numEmbeddings: 7, embeddingDim: 3, mode: .mean, paddingIdx: 2)
    bag.to(draws.dtype)
    return ModuleFunction(bag, [Tensor([1, 2, 4, 6, 2, 0])]) { [bag($0[0], Tensor([0, 2, 2]))] }
  },
  besides("EmbeddingBag", "max") { draws in
    let bag = EmbeddingBag(numEmbeddings: 7, embeddingDim: 3, mode: .max)
    bag.to(draws.dtype)
    return ModuleFunction(bag, [Tensor([1, 2, 4, 6, 2, 0])]) { [bag($0[0], Tensor([0, 2, 4]))] }
  },
  besides("Dropout without dropping", "p = 0") { draws in
    let layers = Sequential([Linear(inFeatures: 4, outFeatures: 3), Dropout(p: 0), AlphaDropout(p: 0), Tanh()])
    layers.to(draws.dtype)
    return ModuleFunction(layers, [draws(2, 4)]) { [layers($0[0])] }
  },
  besides("computed weights", "by weight normalisation") { draws in
    let layer = weightNorm(Linear(inFeatures: 4, outFeatures: 3))
    layer.to(draws.dtype)
    return ModuleFunction(layer, [draws(2, 4)]) { [layer($0[0])] }
  },
]

/// Modules and functions that no recorded case has.
package let modulesBesides: [CheckedModule] =
  recurrent + attention + others + modulesInTraining(Spatial1d.self) + modulesInTraining(Spatial2d.self)
  + modulesInTraining(Spatial3d.self) + layersInTraining
