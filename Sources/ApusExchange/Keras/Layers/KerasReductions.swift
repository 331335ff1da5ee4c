import ApusCore
import ApusFormats
import ApusFunctional

/// Operations over dimensions.
enum KerasReductions {
  private typealias Reduction = @Sendable (Tensor, [Int]?, Bool) -> Tensor

  static let table: [String: KerasOperations.Function] = {
    let reductions: [String: Reduction] = [
      "Sum": { $0.sum($1, keepDim: $2, dtype: $0.dtype.isFloatingPoint ? nil : $0.dtype == .bool ? .int32 : $0.dtype) },
      "Mean": { ($0.dtype.isFloatingPoint ? $0 : $0.to(.float32)).mean($1, keepDim: $2) },
      "Max": { $0.amax($1, keepDim: $2) }, "Min": { $0.amin($1, keepDim: $2) }, "Amax": { $0.amax($1, keepDim: $2) },
      "Amin": { $0.amin($1, keepDim: $2) },
      "Prod": { $0.prod($1, keepDim: $2) },
      "Any": { $0.to(.bool).any($1, keepDim: $2) }, "All": { $0.to(.bool).all($1, keepDim: $2) },
      "Std": { ($0.dtype.isFloatingPoint ? $0 : $0.to(.float32)).std($1, correction: 0, keepDim: $2) },
      "Var": { x, axes, keeps in
        let x = x.dtype.isFloatingPoint ? x : x.to(.float32)
        return (x - x.mean(axes, keepDim: true)).square().mean(axes, keepDim: keeps)
      },
      "Logsumexp": { x, axes, keeps in x.logsumexp(axes ?? Array(0..<x.rank), keepDim: keeps) },
      "CountNonzero": { x, axes, keeps in x.ne(0).to(.int32).sum(axes, keepDim: keeps, dtype: .int32) },
    ]
    var table: [String: KerasOperations.Function] = [:]
    for (name, reduction) in reductions {
      table.add(name) { call throws(TensorError) in
        KerasValue(reduction(try call.operand(0, "x"), try call.axes(), call.isSet("keepdims")))
      }
    }
    for (name, isMaximum) in [("Argmax", true), ("Argmin", false)] {
      table.add(name) { call throws(TensorError) in
        let x = try call.operand(0, "x")
        let axis = try call.axes()?.first
        let keeps = call.isSet("keepdims")
        let places = isMaximum ? x.argmax(axis, keepDim: keeps) : x.argmin(axis, keepDim: keeps)
        return KerasValue(places.to(.int32))
      }
    }
    table.add("Average") { call throws(TensorError) in
      let x = try call.operand(0, "x")
      let axes = try call.axes()
      guard let weights = call.argument("weights", 1)?.tensor else { return KerasValue(x.mean(axes)) }
      var shape = [Int](repeating: 1, count: x.rank)
      if weights.rank == 1, let axis = axes?.first {
        let place = axis < 0 ? axis + x.rank : axis
        guard shape.indices.contains(place) else { throw call.fail("'axis' \(axis) is not in \(x.shape)") }
        shape[place] = weights.count
      }
      let spread = weights.rank == 1 && x.rank > 1 ? weights.reshape(shape) : weights
      return KerasValue((x * spread).sum(axes) / spread.expand(x.shape).sum(axes))
    }
    table.add("Cumsum") { call throws(TensorError) in try scan(call) { $0.cumsum($1) } }
    table.add("Cumprod") { call throws(TensorError) in try scan(call) { $0.cumprod($1) } }
    table.add("Moments") { call throws(TensorError) in
      let x = try call.operand(0, "x")
      let (axes, keeps) = (try call.axes("axes"), call.isSet("keepdims"))
      let mean = x.mean(axes, keepDim: true)
      let variance = (x - mean).square().mean(axes, keepDim: keeps)
      return .list([KerasValue(x.mean(axes, keepDim: keeps)), KerasValue(variance)])
    }
    table.add("TopK") { call throws(TensorError) in
      let result = try call.operand(0, "x").topk(call.integer("k", 1), dim: -1)
      return .list([KerasValue(result.values), KerasValue(result.indices.to(.int32))])
    }
    table.add("Sort") { call throws(TensorError) in
      KerasValue(try call.operand(0, "x").sort(call.axes()?.first ?? -1).values)
    }
    table.add("Argsort") { call throws(TensorError) in
      KerasValue(try call.operand(0, "x").argsort(call.axes()?.first ?? -1).to(.int32))
    }
    return table
  }()

  private static func scan(
    _ call: KerasCall, _ function: (Tensor, Int) -> Tensor
  ) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    guard let axis = try call.axes()?.first else { return KerasValue(function(x.reshape([-1]), 0).to(x.dtype)) }
    return KerasValue(function(x, axis).to(x.dtype))
  }
}
