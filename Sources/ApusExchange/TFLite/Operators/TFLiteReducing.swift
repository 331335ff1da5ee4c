import ApusCore
import ApusFormats
import ApusNumerics

extension TFLiteOperator {
  /// Sums, extremes and their places.
  static let reducing: [TFLiteOperator] = [
    reduction(40, "MEAN") { $0.mean($1, keepDim: $2) },
    reduction(74, "SUM") { $0.sum($1, keepDim: $2) },
    reduction(81, "REDUCE_PROD") { $0.prod($1, keepDim: $2) },
    reduction(82, "REDUCE_MAX") { $0.amax($1, keepDim: $2) },
    reduction(89, "REDUCE_MIN") { $0.amin($1, keepDim: $2) },
    reduction(91, "REDUCE_ANY") { x, axes, keeps in x.to(.int32).amax(axes, keepDim: keeps).ne(0) },
    place(56, "ARG_MAX") { $0.argmax($1) },
    place(79, "ARG_MIN") { $0.argmin($1) },
    TFLiteOperator(128, "CUMSUM") { node in
      let (isExclusive, isReverse) = (try node.flag(0), try node.flag(1))
      return { call in
        let x = try call.tensor(0)
        guard let axis = try call.axes(1, rank: x.rank).first else { throw TensorError(.value, "", "there is no axis") }
        let forward = isReverse ? x.flip([axis]) : x
        let sums = isExclusive ? forward.cumsum(axis).to(x.dtype) - forward : forward.cumsum(axis).to(x.dtype)
        return [isReverse ? sums.flip([axis]) : sums]
      }
    },
    TFLiteOperator(48, "TOPK_V2") { _ in
      { call in
        guard let k = try call.ints(1).first else { throw TensorError(.value, "", "there is no number of elements") }
        let found = try call.tensor(0).topk(k, dim: -1)
        return [found.values, found.indices.to(.int32)]
      }
    },
  ]

  private static func reduction(
    _ code: Int, _ name: String, _ compute: @escaping @Sendable (Tensor, [Int], Bool) -> Tensor
  ) -> TFLiteOperator {
    TFLiteOperator(code, name) { node in
      let keeps = try node.flag(0)
      return { call in
        let x = try call.tensor(0)
        let axes = Array(Set(try call.axes(1, rank: x.rank))).sorted()
        return [axes.isEmpty ? x : compute(x, axes, keeps)]
      }
    }
  }

  private static func place(
    _ code: Int, _ name: String, _ compute: @escaping @Sendable (Tensor, Int) -> Tensor
  ) -> TFLiteOperator {
    TFLiteOperator(code, name) { node in
      let dtype = node.output(0)?.element.dtype ?? .int64
      return { call in
        let x = try call.tensor(0)
        guard let axis = try call.axes(1, rank: x.rank).first else { throw TensorError(.value, "", "there is no axis") }
        return [compute(x, axis).to(dtype)]
      }
    }
  }
}
