import ApusCore
import ApusFunctional
import ApusNumerics

// What metrics of images share: ranges of values, sizes, filters.

/// The range of the values of images: its width, or its bounds, to which images are clamped.
public enum DataRange: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The difference of the largest and the least value.
  case width(Double)
  /// The least and the largest value.
  case bounds(Double, Double)

  public init(floatLiteral value: Double) { self = .width(value) }
  public init(integerLiteral value: Int) { self = .width(Double(value)) }

  var width: Double {
    switch self {
    case .width(let width): width
    case .bounds(let low, let high): high - low
    }
  }

  func clamped(_ x: Tensor) -> Tensor {
    if case .bounds(let low, let high) = self { x.clamp(min: low, max: high) } else { x }
  }
}

/// One value for all spatial dimensions, or one for each: `11`, `[11, 7]`.
public struct PerDimension<Value: Sendable & Hashable>: Sendable, Hashable, ExpressibleByArrayLiteral {
  let values: [Value]

  /// One for each dimension; a single one for all.
  public init(_ values: [Value]) { self.values = values }
  public init(arrayLiteral elements: Value...) { values = elements }

  /// - Throws: `TensorError` unless there are as many as dimensions, or one.
  func resolved(_ dimensions: Int, _ what: String, _ name: String) throws(TensorError) -> [Value] {
    if values.count == dimensions { return values }
    guard values.count == 1 else {
      throw TensorError(.value, name, "\(what) has \(values.count) values, and the images \(dimensions) dimensions")
    }
    return [Value](repeating: values[0], count: dimensions)
  }
}

extension PerDimension: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Value.IntegerLiteralType) { self.init([Value(integerLiteral: value)]) }
}

extension PerDimension: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Value.FloatLiteralType) { self.init([Value(floatLiteral: value)]) }
}

/// - Throws: `TensorError` unless both are `[N, C, H, W]` of one shape and floating point type.
func requireImages(_ preds: Tensor, _ target: Tensor, _ name: String) throws(TensorError) {
  try requireSameShape(preds, target, name)
  guard preds.rank == 4 else {
    throw TensorError(.shape, name, "needs images [N, C, H, W], and found \(preds.shape)")
  }
  guard preds.dtype == target.dtype else {
    throw TensorError(.dtype, name, "needs images of one type, and found \(preds.dtype) and \(target.dtype)")
  }
}

/// Weights of a normal distribution that sum to 1: `[size]`.
func gaussian(_ size: Int, _ sigma: Double, _ dtype: DType) -> Tensor {
  let values = (0..<size).map { i in
    let x = (Double(i) - Double(size - 1) / 2) / sigma
    return Tensor(-x * x / 2, dtype: .float64).exp().item(as: Double.self)
  }
  let sum = values.reduce(0, +)
  return Tensor(values.map { $0 / sum }, shape: [size], dtype: dtype)
}

/// The outer product of weights along each dimension, for each channel: `[channels, 1, sizes...]`.
func filter(_ weights: [Tensor], channels: Int) -> Tensor {
  var product = weights[0]
  for next in weights.dropFirst() { product = product.unsqueeze(-1) * next }
  return product.expand([channels, 1] + product.shape)
}

/// The mean over windows, of the size of the images, which are mirrored at their border, the border element included.
func uniformFilter(_ x: Tensor, _ window: Int) -> Tensor {
  let (before, after) = (window / 2, window / 2 + window % 2 - 1)
  func mirrored(_ x: Tensor, _ dim: Int) -> Tensor {
    let n = x.shape[dim]
    var parts = [x]
    if before > 0 { parts.insert(x.narrow(dim, 0, min(before, n)).flip([dim]), at: 0) }
    if after > 0 { parts.append(x.narrow(dim, max(0, n - after), min(after, n)).flip([dim])) }
    return cat(parts, dim: dim)
  }
  let padded = mirrored(mirrored(x, 2), 3)
  let channels = x.shape[1]
  let weight = Tensor.full([channels, 1, window, window], 1 / Double(window * window), dtype: x.dtype)
  return conv2d(padded, weight, groups: channels)
}

extension Tensor {
  /// Images without a margin.
  func cropped(_ margin: Int) -> Tensor {
    margin == 0 ? self : slice(rank - 2, margin, -margin).slice(rank - 1, margin, -margin)
  }
}

/// A metric that has a value for each image.
public class ImageValuesMetric: Metric {
  private let reduction: MetricReduction
  private let sum: MetricState
  private let total = MetricState(0)

  init(_ reduction: MetricReduction) {
    self.reduction = reduction
    sum = reduction == .none ? .list() : MetricState(0)
  }

  func add(_ values: Tensor) {
    if reduction == .none { sum.append(values) } else { sum.add(values.sum()) }
    total.add(values.count)
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    switch reduction {
    case .none, .sum: sum.value
    case .mean, .elementwiseMean: sum.value / total.value
    }
  }
}
