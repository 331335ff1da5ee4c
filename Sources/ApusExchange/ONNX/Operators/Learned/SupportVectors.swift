import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a support vector machine compares features by.
struct VectorKernel: Sendable {
  enum Kind: Sendable {
    case linear, polynomial, radial, sigmoid
  }

  let kind: Kind
  let gamma: Double
  let offset: Double
  let degree: Double

  init(_ node: ONNXNode, isLinear: Bool) throws {
    let name = try node.string("kernel_type", default: "LINEAR")
    let kinds: [String: Kind] = ["LINEAR": .linear, "POLY": .polynomial, "RBF": .radial, "SIGMOID": .sigmoid]
    guard let found = kinds[name] else {
      throw TensorError(.value, "", "knows no kernel_type '\(name)'; there are \(kinds.keys.sorted())")
    }
    kind = isLinear ? .linear : found
    let numbers = try node.floats("kernel_params")?.map { Double($0) } ?? []
    guard numbers.isEmpty || numbers.count >= 3 else {
      throw TensorError(.format, "", "'kernel_params' needs 3 numbers, and has \(numbers.count)")
    }
    (gamma, offset, degree) = numbers.isEmpty ? (0, 0, 0) : (numbers[0], numbers[1], numbers[2])
  }

  func callAsFunction(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    switch kind {
    case .radial: exp(-gamma * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    case .linear: product(a, b)
    case .polynomial: pow(product(a, b) * gamma + offset, degree)
    case .sigmoid: tanh(product(a, b) * gamma + offset)
    }
  }

  private func product(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension ONNXOperators {
  private static func list(_ node: ONNXNode, _ name: String) throws -> [Double] {
    try node.floats(name)?.map { Double($0) } ?? []
  }

  static func svmRegressor(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let supports = try node.int("n_supports", default: 0)
    let kernel = try VectorKernel(node, isLinear: supports <= 0)
    let vectors = try list(node, "support_vectors")
    let weights = try list(node, "coefficients")
    let rho = try list(node, "rho").first ?? 0
    let isOneClass = try node.flag("one_class")
    let transform = try PostTransform(node.string("post_transform", default: "NONE"))
    guard supports <= 0 || vectors.count % supports == 0 && weights.count >= supports else {
      throw TensorError(
        .format, "", "\(vectors.count) numbers and \(weights.count) coefficients are not of \(supports) vectors")
    }
    let width = supports > 0 ? vectors.count / supports : weights.count
    return { call in
      let rows = try call.rows()
      guard rows.width == width else { throw call.error(.shape, "needs \(width) features, and found \(rows.width)") }
      let made = (0..<rows.count).map { i -> [Double] in
        let row = rows.values[i * width..<(i + 1) * width]
        var sum = rho
        if supports > 0 {
          for j in 0..<supports { sum += weights[j] * kernel(row, vectors[j * width..<(j + 1) * width]) }
        } else {
          sum += kernel(row, weights[...])
        }
        return isOneClass ? [sum > 0 ? 1 : -1] : transform([sum])
      }
      return [.tensor(rowsTensor(made, width: 1))]
    }
  }

  static func svmClassifier(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let machine = try VectorClassifier(node)
    return { call in
      let rows = try call.rows()
      guard rows.width == machine.width else {
        throw call.error(.shape, "needs \(machine.width) features, and found \(rows.width)")
      }
      var chosen: [Int] = []
      var made: [[Double]] = []
      for i in 0..<rows.count {
        let (label, scores) = machine(rows.values[i * rows.width..<(i + 1) * rows.width])
        chosen.append(label)
        made.append(scores)
      }
      let width = made.first?.count ?? machine.classes
      return [machine.labels.tensor(chosen), .tensor(rowsTensor(made, width: width))]
    }
  }
}

/// A support vector machine of several classes: one score for each pair of them, or one for each class if it is linear.
private struct VectorClassifier: Sendable {
  let labels: ClassLabels
  let classes: Int
  let width: Int
  private let kernel: VectorKernel
  private let perClass: [Int]
  private let starts: [Int]
  private let vectors: [Double]
  private let weights: [Double]
  private let rho: [Double]
  private let slopes: [Double]
  private let offsets: [Double]
  private let transform: PostTransform

  init(_ node: ONNXNode) throws {
    func list(_ name: String) throws -> [Double] { try node.floats(name)?.map { Double($0) } ?? [] }
    guard let labels = try ClassLabels(node, integers: "classlabels_ints", strings: "classlabels_strings") else {
      throw TensorError(.value, "", "needs classlabels_ints or classlabels_strings")
    }
    self.labels = labels
    classes = labels.count
    perClass = try node.ints("vectors_per_class") ?? []
    guard perClass.allSatisfy({ (0..<1 << 24).contains($0) }), perClass.count < 1 << 16 else {
      throw TensorError(.format, "", "'vectors_per_class' is \(perClass.prefix(5))")
    }
    var starts: [Int] = []
    var count = 0
    for one in perClass {
      starts.append(count)
      count += one
    }
    self.starts = starts
    kernel = try VectorKernel(node, isLinear: count == 0)
    vectors = try list("support_vectors")
    weights = try list("coefficients")
    rho = try list("rho")
    slopes = try list("prob_a")
    offsets = try list("prob_b")
    transform = try PostTransform(node.string("post_transform", default: "NONE"))
    let pairs = classes * (classes - 1) / 2
    if count > 0 {
      width = vectors.count / count
      guard vectors.count % count == 0, perClass.count == classes, weights.count == (classes - 1) * count,
        rho.count >= pairs, slopes.isEmpty || slopes.count >= pairs && offsets.count >= pairs
      else {
        throw TensorError(
          .format, "",
          "\(vectors.count) numbers, \(weights.count) coefficients and \(rho.count) values "
            + "of rho are not of \(count) vectors and \(classes) classes")
      }
    } else {
      width = weights.count / classes
      guard weights.count % classes == 0, !rho.isEmpty else {
        throw TensorError(.format, "", "\(weights.count) coefficients are not of \(classes) classes")
      }
    }
  }

  func callAsFunction(_ row: ArraySlice<Double>) -> (label: Int, scores: [Double]) {
    guard !perClass.isEmpty, starts.count == classes, !vectors.isEmpty else {
      let scores = (0..<classes).map { rho[0] + kernel(row, weights[$0 * width..<($0 + 1) * width]) }
      return (placeOfLargest(scores), transform(scores))
    }
    let count = vectors.count / width
    let near = (0..<count).map { kernel(row, vectors[$0 * width..<($0 + 1) * width]) }
    var votes = [Double](repeating: 0, count: classes)
    var scores: [Double] = []
    for i in 0..<classes {
      for j in i + 1..<max(classes, i + 1) {
        var sum = rho[scores.count]
        for k in starts[i]..<starts[i] + perClass[i] { sum += weights[(j - 1) * count + k] * near[k] }
        for k in starts[j]..<starts[j] + perClass[j] { sum += weights[i * count + k] * near[k] }
        votes[sum > 0 ? i : j] += 1
        scores.append(sum)
      }
    }
    let label = placeOfLargest(votes)
    if !slopes.isEmpty { return finished(shares(scores), label: nil, hasShares: true, votes) }
    return finished(scores, label: label, hasShares: false, votes)
  }

  private func finished(
    _ scores: [Double], label: Int?, hasShares: Bool, _ votes: [Double]
  ) -> (label: Int, scores: [Double]) {
    var chosen = label ?? placeOfLargest(votes)
    if rho.count == 1, classes == 2 {
      // Of two classes the most votes decide; with weights of one sign only, a clear majority.
      let most = votes.max() ?? 0
      if !hasShares, weights.allSatisfy({ $0 >= 0 }), most >= 0.5 { chosen = 1 }
      if scores.count == 1 { return (chosen, transform.pair(scores[0], isShare: false)) }
    }
    return (chosen, transform(scores))
  }

  /// The probability of each class from those of the pairs, by the second method of Wu, Lin and Weng (2004).
  private func shares(_ scores: [Double]) -> [Double] {
    let k = classes
    var pair = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
    var next = 0
    for i in 0..<k {
      for j in i + 1..<max(k, i + 1) {
        let share = 1 - 1 / (1 + exp(-(scores[next] * slopes[next] + offsets[next])))
        pair[i][j] = min(max(share, 1e-7), 1 - 1e-7)
        pair[j][i] = 1 - pair[i][j]
        next += 1
      }
    }
    var q = pair
    var p = [Double](repeating: 1 / Double(k), count: k)
    for t in 0..<k {
      for j in 0..<k {
        q[t][j] =
          j == t ? (0..<k).filter { $0 != t }.reduce(0) { $0 + pair[$1][t] * pair[$1][t] } : -pair[j][t] * pair[t][j]
      }
    }
    for _ in 0..<max(100, k) {
      var qp = (0..<k).map { t in (0..<k).reduce(0) { $0 + q[t][$1] * p[$1] } }
      var pqp = zip(p, qp).reduce(0) { $0 + $1.0 * $1.1 }
      if qp.allSatisfy({ abs($0 - pqp) < 0.005 / Double(k) }) { break }
      for t in 0..<k {
        let step = (pqp - qp[t]) / q[t][t]
        p[t] += step
        pqp = (pqp + step * (step * q[t][t] + 2 * qp[t])) / ((1 + step) * (1 + step))
        for j in 0..<k {
          qp[j] = (qp[j] + step * q[t][j]) / (1 + step)
          p[j] /= 1 + step
        }
      }
    }
    return p
  }
}
