import ApusCore
import ApusFormats
import ApusFunctional

/// Layers of products, and tables of vectors.
enum KerasDenses {
  static let makers: [String: KerasBuilder.Maker] = [
    "Dense": dense, "EinsumDense": einsumDense, "Embedding": embedding, "ReversibleEmbedding": reversibleEmbedding,
    "Masking": masking,
  ]

  private static func dense(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let units = try config.size("units")
    let activation = try KerasActivations.function(config, "activation")
    var weights = [request.weight("kernel", [request.input[-1], units])]
    if try config.bool("use_bias", true) { weights.append(request.weight("bias", [units])) }
    return KerasPlan(config, request.input.with(-1, units), masking: .passes, weights: weights) {
      x, weights throws(TensorError) in
      let product = matmul(x, weights[0])
      return activation(weights.count > 1 ? product + weights[1] : product)
    }
  }

  private static func einsumDense(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let equation = try config.string("equation")
    let activation = try KerasActivations.function(config, "activation")
    let sides = equation.replacingArrow()
    guard let sides else { throw config.fail(.format, "the equation '\(equation)' is not of the form 'ab,bc->ac'") }
    let output = KerasShape((config["output_shape"]?.array ?? [config["output_shape"] ?? .null]).map(\.int))
    // The sizes of letters, from the input and the asked output.
    var sizes: [Character: Int] = [:]
    func learn(_ letters: [Character], _ shape: KerasShape) {
      for (i, letter) in letters.reversed().enumerated() where letter != "." {
        if let size = shape[-1 - i], sizes[letter] == nil { sizes[letter] = size }
      }
    }
    learn(sides.output, output)
    learn(sides.input, request.input)
    var weights = [request.weight("kernel", sides.kernel.map { sizes[$0] })]
    let axes = config["bias_axes"]?.string ?? ""
    if !axes.isEmpty {
      // A bias has the asked dimensions in the order of the output, and 1 for those behind its first.
      let first = sides.output.firstIndex { axes.contains($0) } ?? 0
      weights.append(request.weight("bias", sides.output[first...].map { axes.contains($0) ? sizes[$0] : 1 }))
    }
    var shape = KerasShape(sides.output.contains(".") ? nil : sides.output.map { sizes[$0] })
    if shape.rank != nil { shape[0] = request.input[0] }
    return KerasPlan(config, shape, weights: weights) { x, weights throws(TensorError) in
      let product = einsum(equation, x, weights[0])
      return activation(weights.count > 1 ? product + weights[1] : product)
    }
  }

  private static func embedding(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let width = try config.size("output_dim")
    let masksZero = try config.bool("mask_zero")
    let weights = [request.weight("embeddings", [try config.size("input_dim"), width])]
    let shape = KerasShape(request.input.sizes.map { $0 + [width] })
    let plan = KerasPlan(config, weights: weights, outputs: [shape], masking: .own) { call throws(TensorError) in
      let indices = try call.tensor().to(.int64)
      return .tensor(ApusFunctional.embedding(indices, call.weights[0]), mask: masksZero ? indices.ne(0) : nil)
    }
    plan.convertsInputs = false
    return plan
  }

  /// An embedding that also gives scores of all entries, by its own table or one apart.
  private static func reversibleEmbedding(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let (rows, width) = (try config.size("input_dim"), try config.size("output_dim"))
    let tied = try config.bool("tie_weights", true)
    let masksZero = try config.bool("mask_zero")
    let cap = config["logit_soft_cap"] == nil ? nil : try config.number("logit_soft_cap")
    var weights = [request.weight("embeddings", [rows, width])]
    if !tied { weights.append(request.weight("reverse_embeddings", [width, rows])) }
    let shape = KerasShape(request.input.sizes.map { $0 + [width] })
    let plan = KerasPlan(config, weights: weights, outputs: [shape], masking: .own) { call throws(TensorError) in
      let x = try call.tensor()
      if call.flag("reverse") {
        let logits = matmul(x, tied ? call.weights[0].transpose(0, 1) : call.weights[1])
        return KerasValue(cap.map { (logits / $0).tanh() * $0 } ?? logits)
      }
      let indices = x.to(.int64)
      return .tensor(ApusFunctional.embedding(indices, call.weights[0]), mask: masksZero ? indices.ne(0) : nil)
    }
    plan.convertsInputs = false
    return plan
  }

  private static func masking(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let value = try request.config.number("mask_value", 0)
    return KerasPlan(request.config, outputs: [request.input], masking: .own) { call throws(TensorError) in
      let x = try call.tensor()
      let mask = x.ne(value).any(-1, keepDim: true)
      return .tensor(x * mask.to(x.dtype), mask: mask.squeeze([-1]))
    }
  }
}

extension String {
  /// The letters of an equation `ab,bc->ac`.
  fileprivate func replacingArrow() -> (input: [Character], kernel: [Character], output: [Character])? {
    let parts = split(separator: ">", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].last == "-" else { return nil }
    let operands = parts[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    guard operands.count == 2, utf8.count < 200 else { return nil }
    let letters = { (text: Substring) in text.filter { !$0.isWhitespace }.map { $0 } }
    return (letters(operands[0]), letters(operands[1]), letters(parts[1]))
  }
}
