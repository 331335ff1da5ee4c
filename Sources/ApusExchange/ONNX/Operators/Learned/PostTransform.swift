import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What classifiers and regressors of ai.onnx.ml make of their scores.
enum PostTransform: Int, Sendable {
  case none = 0
  case softmax, logistic, softmaxZero, probit

  init(_ name: String) throws(TensorError) {
    switch name {
    case "NONE": self = .none
    case "SOFTMAX": self = .softmax
    case "LOGISTIC": self = .logistic
    case "SOFTMAX_ZERO": self = .softmaxZero
    case "PROBIT": self = .probit
    default:
      throw TensorError(
        .value, "", "knows no post_transform '\(name)'; there are NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO and PROBIT")
    }
  }

  func callAsFunction(_ row: [Double]) -> [Double] {
    switch self {
    case .none: return row
    case .logistic: return row.map { 1 / (1 + exp(-$0)) }
    case .probit: return row.map { 1.41421356 * Self.inverseErrorFunction(2 * $0 - 1) }
    case .softmax:
      let most = row.max() ?? 0
      let powers = row.map { exp($0 - most) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    case .softmaxZero:
      // A score of 0 stays one.
      let most = row.max() ?? 0
      let powers = row.map { abs($0) > 0.0000001 ? exp($0 - most) : $0 * exp(-most) }
      let sum = powers.reduce(0, +)
      return sum == 0 ? row.map { _ in 0.5 } : powers.map { $0 / sum }
    }
  }

  /// Winitzki's approximation, which the operators are defined with.
  private static func inverseErrorFunction(_ x: Double) -> Double {
    let rest = (1 - x) * (1 + x)
    guard rest != 0 else { return 0 }
    let logarithm = log(rest)
    let v = 2 / (Double.pi * 0.147) + 0.5 * logarithm
    return (x < 0 ? -1 : 1) * (-v + (v * v - logarithm / 0.147).squareRoot()).squareRoot()
  }

  /// Two scores from that of one class. `isShare`: the score is a share of 1.
  func pair(_ score: Double, isShare: Bool) -> [Double] {
    if self == .probit { return self([score]) }
    return isShare ? [1 - score, score] : self([-score, score])
  }
}

/// The labels of a classifier.
enum ClassLabels: Sendable {
  case integers([Int])
  case strings([String])

  var count: Int {
    switch self {
    case .integers(let all): all.count
    case .strings(let all): all.count
    }
  }

  /// From the attributes of those names; nil: none is given.
  init?(_ node: ONNXNode, integers: String, strings: String) throws(TensorError) {
    if let all = try node.strings(strings), !all.isEmpty {
      self = .strings(all)
    } else if let all = try node.ints(integers), !all.isEmpty {
      self = .integers(all)
    } else {
      return nil
    }
  }

  /// The labels at `places`, one for each row.
  func tensor(_ places: [Int]) -> ONNXValue {
    switch self {
    case .integers(let all):
      .tensor(Tensor(places.map { all.indices.contains($0) ? Int64(all[$0]) : Int64($0) }, shape: [places.count]))
    case .strings(let all): .strings(StringTensor(places.map { all.indices.contains($0) ? all[$0] : "" }))
    }
  }
}

extension ONNXCall {
  /// Input 0 as rows of features.
  func rows() throws -> (count: Int, width: Int, values: [Double]) {
    let x = try tensor(0)
    guard x.rank == 1 || x.rank == 2 else { throw error(.shape, "needs features [N, F], and found \(x.shape)") }
    let width = x.size(-1)
    return (x.rank == 2 ? x.size(0) : 1, width, try doubles(0))
  }
}

/// Rows of results as a tensor.
func rowsTensor(_ rows: [[Double]], width: Int, _ dtype: DType = .float32) -> Tensor {
  Tensor(rows.flatMap { $0 }, shape: [rows.count, width], dtype: .float64).to(dtype)
}

/// The place of the first largest number.
func placeOfLargest(_ row: [Double]) -> Int {
  row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
}
