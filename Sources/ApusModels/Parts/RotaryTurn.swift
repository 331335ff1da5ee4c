import ApusCore

/// `x * cos + roll(x, width / 2) * sin` over the last dimension in one pass: `x` `[batch, heads, length, width]` in any order of memory,
/// `cos` and `sin` `[batch or 1, 1, length, width]`.
struct RotaryTurn: ComposedPrimitive, Hashable {
  var name: String { "RotaryTurn" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (x, cos) = (inputs[0].shape, inputs[1].shape)
    guard x.count == 4, cos.count == 4, inputs[2].shape == cos, cos[1] == 1, cos[0] == 1 || cos[0] == x[0],
      cos[2] == x[2], cos[3] == x[3], x[3] % 2 == 0
    else {
      throw TensorError(
        .shape, "rotary embedding", "heads of shape \(x) cannot be turned by angles of shape \(cos)")
    }
    return [inputs[0]]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    var x = inputs[0].body
    if x.dtype != .float32 || x.strides[3] != 1 && x.shape[3] > 1 {
      return results[0].fill(with: noGrad { composed(inputs)[0] })
    }
    if x.shape[3] == 1 { x = try inputs[0].dense() }
    let (cos, sin) = (try inputs[1].dense(.float32), try inputs[2].dense(.float32))
    let (heads, length, width) = (x.shape[1], x.shape[2], x.shape[3])
    let (strides, half) = (x.strides, width / 2)
    let isShared = inputs[1].shape[0] == 1
    let source = x.data.assumingMemoryBound(to: Float.self)
    let (c, s) = (cos.data.assumingMemoryBound(to: Float.self), sin.data.assumingMemoryBound(to: Float.self))
    let out = results[0].body.data.assumingMemoryBound(to: Float.self)
    withExtendedLifetime((x, cos, sin, results)) {
      parallelFor(x.shape[0] * heads * length, grain: max(1, 16384 / max(width, 1))) { range in
        for row in range {
          let (matrix, place) = (row / length, row % length)
          let (batch, head) = (matrix / heads, matrix % heads)
          let from = source + batch * strides[0] + head * strides[1] + place * strides[2]
          let angle = ((isShared ? 0 : batch) * length + place) * width
          let (to, cosines, sines) = (out + row * width, c + angle, s + angle)
          for j in 0..<half {
            let (a, b) = (from[j], from[j + half])
            to[j] = a * cosines[j] + b * sines[j]
            to[j + half] = b * cosines[j + half] + a * sines[j + half]
          }
        }
      }
    }
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    [inputs[0] * inputs[1] + inputs[0].roll([inputs[0].shape[3] / 2], [-1]) * inputs[2]]
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, cos, sin) = (inputs[0], inputs[1], inputs[2])
    let half = x.type.shape[3] / 2
    return cLoops([x.type.shape[0], x.type.shape[1], x.type.shape[2], half]) { i in
      let upper = "\(i[3]) + \(half)"
      let angle = [x.type.shape[0] == cos.type.shape[0] ? i[0] : "0", "0", i[2]]
      let (low, high) = (Array(i.prefix(3)) + [i[3]], Array(i.prefix(3)) + [upper])
      return """
        const float a = \(x(low)), b = \(x(high));
        \(outputs[0](low)) = a * \(cos(angle + [i[3]])) + b * \(sin(angle + [i[3]]));
        \(outputs[0](high)) = b * \(cos(angle + [upper])) + a * \(sin(angle + [upper]));
        """
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (x, cos, sin) = (node.input(0), node.input(1), node.input(2))
    let half = x.size(-1) / 2
    return [
      node.needs(0) ? g * cos + (g * sin).roll([half], [-1]) : nil,
      node.needs(1) ? (g * x).sum(toShape: cos.shape) : nil,
      node.needs(2) ? (g * x.roll([half], [-1])).sum(toShape: sin.shape) : nil,
    ]
  }
}
