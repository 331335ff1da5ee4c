import ApusCore
import ApusFormats

/// Layers around another one.
enum KerasWrappers {
  static let makers: [String: KerasBuilder.Maker] = [
    "TimeDistributed": timeDistributed, "SpectralNormalization": spectral,
  ]

  private static func timeDistributed(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    guard let object = config["layer"] else { throw config.fail(.format, "has no layer inside") }
    let input = request.input
    let step = KerasShape(input.sizes.map { $0.count > 1 ? [$0[0]] + $0[2...] : $0 })
    let inner = try request.builder.plan(object, [step])
    let outputs = inner.outputs.map { shape in
      KerasShape(shape.sizes.map { $0.isEmpty ? [input[0], input[1]] : [$0[0], input[1]] + $0[1...] })
    }
    return KerasPlan(config, parts: [("layer", inner)], outputs: outputs, masking: .passes) {
      call throws(TensorError) in
      let x = try call.tensor()
      guard x.rank > 2, let layer = call.parts.first else {
        throw call.fail("needs at least 3 dimensions, and found \(x.shape)")
      }
      // The steps are computed as one batch.
      let (batch, steps) = (x.shape[0], x.shape[1])
      let flat = x.reshape([batch * steps] + x.shape[2...])
      // A mask of the steps means nothing to one step, but where it has more dimensions.
      let mask = call.mask.flatMap { $0.rank > 2 ? $0.reshape([batch * steps] + $0.shape[2...]) : nil }
      let result = try layer.call([.tensor(flat, mask: mask)])
      return result.map { tensor, _ in KerasValue(tensor.reshape([batch, steps] + tensor.shape.dropFirst())) }
    }
  }

  /// In inference the weights are as training left them.
  private static func spectral(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    guard let object = config["layer"] else { throw config.fail(.format, "has no layer inside") }
    let inner = try request.builder.plan(object, request.inputs)
    let width = inner.weights.first?.shape[-1]
    var weights = [request.weight(config.isOld ? "sn_u" : "vector_u", [1, width], trainable: false)]
    if !config.isOld, let kernel = inner.weights.first {
      // Keras 3 stores the kernel with the wrapper and with the layer inside.
      weights.insert(KerasPlan.Weight(name: "kernel", shape: kernel.shape, isKept: false), at: 0)
    }
    return KerasPlan(config, weights: weights, parts: [("layer", inner)], outputs: inner.outputs, masking: .own) {
      call throws(TensorError) in
      guard let layer = call.parts.first else { throw call.fail("has no layer inside") }
      return try layer.call(call.arguments, call.options)
    }
  }
}
