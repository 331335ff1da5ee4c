import ApusCore
import ApusFormats
import ApusFunctional

/// Layers that make one tensor of several.
enum KerasMerges {
  private typealias Function = @Sendable (Tensor, Tensor) -> Tensor

  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = ["Concatenate": concatenate, "Dot": dot]
    let functions: [String: Function] = [
      "Add": { $0 + $1 }, "Subtract": { $0 - $1 }, "Multiply": { $0 * $1 }, "Average": { $0 + $1 },
      "Maximum": { $0.maximum($1) }, "Minimum": { $0.minimum($1) },
    ]
    for (name, function) in functions {
      makers.add(name) { request throws(TensorError) in
        let output = request.inputs.dropFirst().reduce(request.input) { $0.broadcast($1) }
        return KerasPlan(request.config, outputs: [output], masking: .own) { call throws(TensorError) in
          try merged(call, function, name)
        }
      }
    }
    return makers
  }()

  private static func merged(_ call: KerasCall, _ function: Function, _ name: String) throws(TensorError) -> KerasValue
  {
    let values = call.inputs
    let rank = values.compactMap(\.tensor?.rank).max() ?? 0
    // Dimensions that are missing stand behind the batch.
    var tensors = values.compactMap(\.tensor).map { tensor -> Tensor in
      var tensor = tensor
      while tensor.rank < rank, tensor.rank > 0 { tensor = tensor.unsqueeze(1) }
      return tensor
    }
    guard let first = tensors.first else { throw call.fail("is called without a tensor") }
    // The result is masked where all inputs are, if all have a mask.
    let masks = values.map(\.mask)
    let all = masks.compactMap(\.self)
    let mask = all.count == masks.count ? all.dropFirst().reduce(all.first) { $0?.logicalOr($1) } : nil
    // Products and extremes leave out what is masked; sums do not, nor does anything in Keras 2.
    let skips = !call.layer.config.isOld && !all.isEmpty
    if skips, name == "Multiply" {
      tensors = zip(tensors, masks).map { tensor, mask in
        mask.map { tensor.maskedFill($0.logicalNot().unsqueeze(-1), 1.0) } ?? tensor
      }
      let product = tensors.dropFirst().reduce(tensors[0], function)
      return .tensor(mask.map { product.maskedFill($0.logicalNot().unsqueeze(-1), 0.0) } ?? product, mask: mask)
    }
    if skips, name == "Maximum" || name == "Minimum" {
      var (result, known) = (first, masks[0]?.unsqueeze(-1))
      for (x, mask) in zip(tensors, masks).dropFirst() {
        let own = mask?.unsqueeze(-1)
        let other = own.map { `where`($0, x, result) } ?? x
        if let known { result = `where`(known, result, other) }
        known = known.flatMap { a in own.map { a.logicalOr($0) } }
        result = function(result, other)
      }
      return .tensor(result, mask: mask)
    }
    let result = tensors.dropFirst().reduce(first, function)
    return .tensor(name == "Average" ? result / Double(tensors.count) : result, mask: mask)
  }

  private static func concatenate(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let axis = try request.config.int("axis", -1)
    var output = request.input
    let sizes = request.inputs.map { $0[axis] }
    output[axis] = sizes.contains(nil) ? nil : sizes.compactMap(\.self).reduce(0, &+)
    return KerasPlan(request.config, outputs: [output], masking: .own) { call throws(TensorError) in
      let values = call.inputs
      let tensors = values.compactMap(\.tensor)
      guard !tensors.isEmpty else { throw call.fail("is called without a tensor") }
      let result = cat(tensors, dim: axis)
      guard values.contains(where: { $0.mask != nil }) else { return KerasValue(result) }
      let masks = zip(values, tensors).map { value, tensor -> Tensor in
        let mask = value.mask ?? Tensor.ones([1], dtype: .bool)
        return (mask.rank < tensor.rank && value.mask != nil ? mask.unsqueeze(-1) : mask).broadcastTo(tensor.shape)
      }
      return .tensor(result, mask: cat(masks, dim: axis).any(-1))
    }
  }

  private static func dot(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let given = try config.ints("axes")
    let normalizes = try config.bool("normalize")
    guard (1...2).contains(given.count) else { throw config.fail(.format, "'axes' should be one number or two") }
    var output = KerasShape.unknown
    if request.inputs.count == 2, let a = request.inputs[0].sizes, let b = request.inputs[1].sizes {
      let (x, y) = (
        given[0] < 0 ? given[0] + a.count : given[0],
        given[given.count - 1] < 0 ? given[given.count - 1] + b.count : given[given.count - 1]
      )
      if a.indices.contains(x), b.indices.contains(y), !b.isEmpty {
        var left = a
        left.remove(at: x)
        var right = b
        right.remove(at: y)
        let both = left + right.dropFirst()
        output = KerasShape(both.count == 1 ? both + [1] : both)
      }
    }
    return KerasPlan(config, outputs: [output]) { call throws(TensorError) in
      var (a, b) = (try call.tensor(0), try call.tensor(1))
      let x = given[0] < 0 ? given[0] + a.rank : given[0]
      let y = given[given.count - 1] < 0 ? given[given.count - 1] + b.rank : given[given.count - 1]
      guard (1..<max(a.rank, 2)).contains(x), (1..<max(b.rank, 2)).contains(y), a.rank > 1, b.rank > 1 else {
        throw call.fail("'axes' \(given) are not in tensors of shapes \(a.shape) and \(b.shape)")
      }
      if normalizes {
        a = a * a.square().sum(x, keepDim: true).clamp(min: 1e-12).rsqrt()
        b = b * b.square().sum(y, keepDim: true).clamp(min: 1e-12).rsqrt()
      }
      // [batch, rest of a, x] and [batch, y, rest of b].
      let left = a.movedim(x, -1)
      let right = b.movedim(y, 1)
      let (restA, restB) = (Array(left.shape[1..<left.rank - 1]), Array(right.shape[2...]))
      let product = matmul(
        left.reshape([a.shape[0], restA.reduce(1, *), a.shape[x]]),
        right.reshape([b.shape[0], b.shape[y], restB.reduce(1, *)]))
      let shape = [a.shape[0]] + restA + restB
      return KerasValue(product.reshape(shape.count == 1 ? shape + [1] : shape))
    }
  }
}
