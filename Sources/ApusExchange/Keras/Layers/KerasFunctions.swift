import ApusCore
import ApusFormats
import ApusFunctional

/// Operations with settings of their own: activations, products, conversions.
enum KerasFunctions {
  static let table: [String: KerasOperations.Function] = [
    "Softmax": one { x, call throws(TensorError) in KerasActivationLayers.softmax(x, try call.axes() ?? [-1]) },
    "LogSoftmax": one { x, call throws(TensorError) in logSoftmax(x, dim: try call.axes()?.first ?? -1) },
    "Sparsemax": one { x, call throws(TensorError) in KerasActivations.sparsemax(x, try call.axes()?.first ?? -1) },
    "Gelu": one { x, call in x.gelu(approximate: call.isSet("approximate", true) ? .tanh : .none) },
    "Elu": one { x, call throws(TensorError) in x.elu(alpha: try call.number("alpha", 1)) },
    "Celu": one { x, call throws(TensorError) in x.celu(alpha: try call.number("alpha", 1)) },
    "Glu": one { x, call throws(TensorError) in x.glu(dim: try call.axes()?.first ?? -1) },
    "LeakyRelu": one { x, call throws(TensorError) in x.leakyRelu(negativeSlope: try call.number("negative_slope", 0.2))
    },
    "HardShrink": one { x, call throws(TensorError) in x.hardshrink(lambd: try call.number("threshold", 0.5)) },
    "SoftShrink": one { x, call throws(TensorError) in x.softshrink(lambd: try call.number("threshold", 0.5)) },
    "Squareplus": one { x, call throws(TensorError) in KerasActivations.squareplus(x, try call.number("b", 4)) },
    "Threshold": one { x, call throws(TensorError) in
      let (threshold, other) =
        (
          try call.number("threshold", try call.number("threshold_value", 0)),
          try call.number("default_value", try call.number("value", 0))
        )
      return `where`(x.gt(threshold), x, Tensor.full([], other, dtype: x.dtype))
    },
    "ReLU": one { x, call throws(TensorError) in
      KerasActivationLayers.rectified(
        x, try call.number("negative_slope", 0), call.setting("max_value")?.double, try call.number("threshold", 0))
    },
    "Clip": one { x, call throws(TensorError) in
      x.clamp(min: call.setting("x_min")?.double, max: call.setting("x_max")?.double)
    },
    "Round": one { x, call throws(TensorError) in
      let decimals = try call.integer("decimals", 0)
      return decimals == 0 ? x.round() : x.round(decimals: decimals)
    },
    "Cast": one { x, call throws(TensorError) in
      guard let name = call.setting("dtype")?.string ?? call.argument("dtype", 1)?.json?.string,
        let type = KerasConfig.dtype(name)
      else { throw call.fail("'dtype' is no type that is known here") }
      return x.to(type)
    },
    "SaturateCast": one { x, call throws(TensorError) in
      guard let name = call.setting("dtype")?.string, let type = KerasConfig.dtype(name) else {
        throw call.fail("'dtype' is no type that is known here")
      }
      return x.to(type)
    },
    "Normalize": one { x, call throws(TensorError) in
      let axes = try call.axes() ?? [-1]
      let order = try call.number("order", 2)
      let epsilon = try call.number("epsilon", 1e-7)
      let sum =
        order == 2
        ? x.square().sum(axes, keepDim: true).sqrt() : x.abs().pow(order).sum(axes, keepDim: true).pow(1 / order)
      return x / sum.clamp(min: epsilon)
    },
    "OneHot": one { x, call throws(TensorError) in
      let depth = try call.integer("num_classes", 0)
      guard (1...1 << 24).contains(depth) else { throw call.fail("'num_classes' is \(depth)") }
      let type = KerasConfig.dtype(call.setting("dtype")?.string ?? "float32") ?? .float32
      let result = x.to(.int64).unsqueeze(-1).eq(arange(0, depth, dtype: .int64)).to(type)
      let axis = try call.axes()?.first ?? -1
      return axis == -1 ? result : result.movedim(-1, axis)
    },
    "Einsum": { call throws(TensorError) in
      guard let equation = call.setting("subscripts")?.string else { throw call.fail("'subscripts' is missing") }
      return KerasValue(einsum(equation, call.arguments.flatMap(\.flat).compactMap(\.tensor)))
    },
    "Tensordot": { call throws(TensorError) in
      let (a, b) = (try call.operand(0, "x1"), try call.operand(1, "x2"))
      let axes = call.setting("axes") ?? .int(2)
      if let count = axes.int {
        guard (0...min(a.rank, b.rank)).contains(count) else { throw call.fail("'axes' is \(count)") }
        return KerasValue(KerasPointwise.tensordot(a, b, axes: Array(a.rank - count..<a.rank), Array(0..<count)))
      }
      let lists = axes.array?.map { item in item.int.map { [$0] } ?? item.array?.compactMap(\.int) ?? [] } ?? []
      guard lists.count == 2, lists[0].count == lists[1].count else { throw call.fail("'axes' should be two lists") }
      let (left, right) = (lists[0].map { $0 < 0 ? $0 + a.rank : $0 }, lists[1].map { $0 < 0 ? $0 + b.rank : $0 })
      guard left.allSatisfy(a.shape.indices.contains), right.allSatisfy(b.shape.indices.contains) else {
        throw call.fail("'axes' are not in tensors of shapes \(a.shape) and \(b.shape)")
      }
      return KerasValue(KerasPointwise.tensordot(a, b, axes: left, right))
    },
    "Isclose": { call throws(TensorError) in
      let (a, b) = (try call.operand(0, "x1"), try call.operand(1, "x2"))
      return KerasValue(
        a.isclose(
          b, rtol: try call.number("rtol", 1e-5), atol: try call.number("atol", 1e-8), equalNan: call.isSet("equal_nan")
        ))
    },
    "MaxPool": pool { $0.maximum($1) }, "AveragePool": pool { $0.average($1) },
  ]

  private static func one(
    _ function: @escaping @Sendable (Tensor, KerasCall) throws(TensorError) -> Tensor
  ) -> KerasOperations.Function {
    { call throws(TensorError) in KerasValue(try function(try call.operand(0, "x"), call)) }
  }

  private static func pool(
    _ function: @escaping @Sendable (KerasWindow, Tensor) -> Tensor
  ) -> KerasOperations.Function {
    { call throws(TensorError) in
      let x = try call.operand(0, "inputs")
      guard (3...5).contains(x.rank) else { throw call.fail("needs 3 to 5 dimensions, and found \(x.shape)") }
      let window = try KerasWindow(call.layer.config, x.rank - 2, kernel: "pool_size")
      return KerasValue(window.last(function(window, window.first(x))))
    }
  }
}
