import ApusCore
import ApusFunctional
import ApusNumerics

// Single operators of matrices and channels.

extension ONNXOperators {
  static func determinant(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    // Factorisations know types of 32 and 64 bits.
    return [.tensor(x.dtype.size < 4 ? x.to(.float32).det().to(x.dtype) : x.det())]
  }

  /// 1 where the first largest value of a row is, 0 elsewhere. Before opset 13 a row is all from the axis on.
  static func hardmax(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let isOld = call.opset < 13
    let axis = try call.axis("axis", isOld ? 1 : -1, rank: x.rank, mayBeEnd: isOld)
    let rows = isOld ? x.reshape([x.shape.prefix(axis).reduce(1, *), -1]) : x
    let dim = isOld ? 1 : axis
    guard rows.size(dim) > 0 else { return [.tensor(x)] }
    let best = rows.argmax(dim, keepDim: true)
    let made = Tensor.zeros(rows.shape, dtype: x.dtype)
      .scatter(dim, best, Tensor.ones(best.shape, dtype: x.dtype))
    return [.tensor(made.reshape(x.shape))]
  }

  static func meanVarianceNormalization(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let axes = try (try call.ints("axes") ?? [0, 2, 3]).map { try call.axis($0, rank: x.rank) }
    let mean = x.mean(axes, keepDim: true)
    let deviation = ((x * x).mean(axes, keepDim: true) - mean * mean).sqrt()
    return [.tensor((x - mean) / (deviation + 1e-9))]
  }
}
