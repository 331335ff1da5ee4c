#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How the numbers of a child come from those of its parents, on a scale on which they lie evenly (logarithms where logarithmic).
/// Of choices each is one of either parent's.
public enum Crossover: Sendable, Hashable {
  /// Each number is the first parent's, or with probability `swapping` the second one's (Syswerda, Uniform crossover in genetic
  /// algorithms, 1989).
  case uniform(swapping: Double = 0.5)
  /// Evenly from the parents' range, wider by `alpha` times its length on both sides (Eshelman and Schaffer, Real-coded genetic
  /// algorithms and interval-schemata, 1993).
  case blxAlpha(alpha: Double = 0.5)
  /// Simulated binary crossover within the bounds (Deb and Agrawal, Simulated binary crossover for continuous search space, 1995).
  /// - Parameters:
  ///   - eta: the larger, the nearer to the parents; nil for 20 with several objectives and 2 with one.
  ///   - exchange: probability of exchanging the numbers of both children.
  ///   - childGene: probability of a child's number rather than a parent's.
  case sbx(eta: Double? = nil, exchange: Double = 0.5, childGene: Double = 0.5)
  /// The same with children that may lie anywhere (Ballester and Carter, Real-parameter genetic algorithms for finding multiple
  /// optimal solutions in multi-modal optimization, 2003).
  case vsbx(eta: Double? = nil, exchange: Double = 0.5, childGene: Double = 0.5)
  /// Evenly from the simplex of three parents, `epsilon` times as large (Tsutsui, Yamamura and Higuchi, Multi-parent recombination
  /// with simplex crossover, 1999); nil for √(parameters + 2).
  case spx(epsilon: Double? = nil)
  /// Normally around the middle of two parents, along their line by `sigmaXi`² and across it by `sigmaEta`² times the distance of a
  /// third one (Ono and Kobayashi, A real-coded genetic algorithm using the unimodal normal distribution crossover, 1999); nil for
  /// 0.35 / √parameters.
  case undx(sigmaXi: Double = 0.5, sigmaEta: Double? = nil)

  /// How many parents a child has.
  public var parents: Int {
    switch self {
    case .uniform, .blxAlpha, .sbx, .vsbx: 2
    case .spx, .undx: 3
    }
  }

  /// What is wrong with the settings, or nil.
  var mistake: String? {
    func probability(_ name: String, _ value: Double) -> String? {
      (0...1).contains(value) ? nil : "\(name) is a probability, from 0 to 1, not \(value)"
    }
    switch self {
    case .uniform(let swapping): return probability("swapping", swapping)
    case .sbx(let eta, let exchange, let childGene), .vsbx(let eta, let exchange, let childGene):
      if let eta, !(eta >= 0) { return "eta must not be negative, as \(eta) is" }
      return probability("exchange", exchange) ?? probability("childGene", childGene)
        ?? (childGene > 0 ? nil : "childGene must be above 0: all children would be copies")
    case .blxAlpha, .spx, .undx: return nil
    }
  }

  /// The numbers of a child; they may lie outside the bounds.
  func child(
    of parents: [[Double]], bounds: [ClosedRange<Double>], hasSeveralObjectives: Bool, _ generator: NumPyGenerator
  ) -> [Double] {
    switch self {
    case .uniform(let swapping):
      return bounds.indices.map { parents[generator.uniform() >= swapping ? 1 : 0][$0] }
    case .blxAlpha(let alpha):
      return bounds.indices.map { i in
        let (least, most) = (min(parents[0][i], parents[1][i]), max(parents[0][i], parents[1][i]))
        let wider = alpha * (most - least)
        return ((most + wider) - (least - wider)) * generator.uniform() + (least - wider)
      }
    case .sbx(let eta, let exchange, let childGene):
      let power = eta ?? (hasSeveralObjectives ? 20 : 2)
      let children = Self.simulatedBinary(parents, bounds, power, generator)
      return Self.mixed(parents, children, exchange, childGene, generator)
    case .vsbx(let eta, let exchange, let childGene):
      let power = eta ?? (hasSeveralObjectives ? 20 : 2)
      let children = Self.unboundedBinary(parents, power, generator)
      return Self.mixed(parents, children, exchange, childGene, generator)
    case .spx(let epsilon):
      return Self.simplex(parents, epsilon ?? Double(bounds.count + 2).squareRoot(), generator)
    case .undx(let sigmaXi, let sigmaEta):
      let across = sigmaEta ?? 0.35 / Double(bounds.count).squareRoot()
      return Self.unimodalNormal(parents, sigmaXi, across, generator)
    }
  }

  private static func simulatedBinary(
    _ parents: [[Double]], _ bounds: [ClosedRange<Double>], _ eta: Double, _ generator: NumPyGenerator
  ) -> ([Double], [Double]) {
    var children = ([Double](), [Double]())
    for (i, bound) in bounds.enumerated() {
      let (least, most) = (min(parents[0][i], parents[1][i]), max(parents[0][i], parents[1][i]))
      let distance = max(most - least, 1e-10)
      let drawn = generator.uniform()
      /// How many distances away, with a density that ends at the bound.
      func spread(_ room: Double) -> Double {
        let alpha = 2 - pow(1 + 2 * room / distance, -(eta + 1))
        return pow(drawn > 1 / alpha ? 1 / (2 - drawn * alpha) : drawn * alpha, 1 / (eta + 1))
      }
      children.0.append(0.5 * ((least + most) - spread(least - bound.lowerBound) * distance))
      children.1.append(0.5 * ((least + most) + spread(bound.upperBound - most) * distance))
    }
    return children
  }

  private static func unboundedBinary(
    _ parents: [[Double]], _ eta: Double, _ generator: NumPyGenerator
  ) -> ([Double], [Double]) {
    let drawn = parents[0].map { _ in generator.uniform() }
    let first = drawn.map { pow(1 / max(2 * $0, 1e-10), 1 / (eta + 1)) }
    let second = drawn.map { pow(1 / max(2 * (1 - $0), 1e-10), 1 / (eta + 1)) }
    let isOuterFirst = generator.uniform() <= 0.5
    let isOuterSecond = generator.uniform() <= 0.5
    let (x, y) = (parents[0], parents[1])
    return (
      x.indices.map { i in
        isOuterFirst
          ? 0.5 * ((1 + first[i]) * x[i] + (1 - second[i]) * y[i])
          : 0.5 * ((1 - first[i]) * x[i] + (1 + second[i]) * y[i])
      },
      x.indices.map { i in
        isOuterSecond
          ? 0.5 * ((3 - first[i]) * x[i] - (1 - second[i]) * y[i])
          : 0.5 * (-(1 - first[i]) * x[i] + (3 - second[i]) * y[i])
      }
    )
  }

  /// One of two children, each of whose numbers is a child's or a parent's, possibly exchanged.
  private static func mixed(
    _ parents: [[Double]], _ children: ([Double], [Double]), _ exchange: Double, _ childGene: Double,
    _ generator: NumPyGenerator
  ) -> [Double] {
    var pair = ([Double](), [Double]())
    for i in parents[0].indices {
      let isChilds = generator.uniform() < childGene
      var (a, b) = isChilds ? (children.0[i], children.1[i]) : (parents[0][i], parents[1][i])
      if generator.uniform() < exchange { swap(&a, &b) }
      pair.0.append(a)
      pair.1.append(b)
    }
    return generator.uniform() < 0.5 ? pair.0 : pair.1
  }

  private static func simplex(_ parents: [[Double]], _ epsilon: Double, _ generator: NumPyGenerator) -> [Double] {
    let shares = (1..<parents.count).map { pow(generator.uniform(), 1 / Double($0)) }
    return parents[0].indices.map { i in
      let centre = parents.reduce(0) { $0 + $1[i] } / Double(parents.count)
      let corners = parents.map { centre + epsilon * ($0[i] - centre) }
      var offset = 0.0
      for k in 1..<parents.count { offset = shares[k - 1] * (corners[k - 1] - corners[k] + offset) }
      return corners[parents.count - 1] + offset
    }
  }

  private static func unimodalNormal(
    _ parents: [[Double]], _ along: Double, _ across: Double, _ generator: NumPyGenerator
  ) -> [Double] {
    let (a, b, c) = (parents[0], parents[1], parents[2])
    let n = a.count
    let etas = a.map { _ in across * across * generator.normal() }
    let xi = along * along * generator.normal()
    var child = a.indices.map { (a[$0] + b[$0]) / 2 + xi * (a[$0] - b[$0]) }
    guard n > 1 else { return child }
    let line = zip(b, a).map { $0 - $1 }
    let length = max(dot(line, line).squareRoot(), 1e-10)
    let unit = line.map { $0 / length }
    let toThird = zip(c, a).map { $0 - $1 }
    let share = dot(toThird, unit)
    let rest = zip(toThird, unit).map { $0 - share * $1 }
    let distance = dot(rest, rest).squareRoot()
    for (i, direction) in orthogonalDirections(to: unit).enumerated() {
      for j in 0..<n { child[j] += distance * etas[i] * direction[j] }
    }
    return child
  }

  /// Unit vectors that are orthogonal to a vector and to each other: all columns but the first of the Q of the matrix whose first
  /// column is the vector and whose others are those of the identity, by Householder reflections.
  private static func orthogonalDirections(to vector: [Double]) -> [[Double]] {
    let n = vector.count
    var columns = (0..<n).map { j in (0..<n).map { $0 == j ? 1.0 : 0.0 } }
    if vector.contains(where: { $0 != 0 }) { columns[0] = vector }
    var reflections: [(vector: [Double], factor: Double)] = []
    for k in 0..<n {
      let tail = columns[k][(k + 1)...].reduce(0) { $0 + $1 * $1 }
      guard tail > 0 else {
        reflections.append(([Double](repeating: 0, count: n), 0))
        continue
      }
      let head = columns[k][k]
      let norm = (head * head + tail).squareRoot()
      let beta = head >= 0 ? -norm : norm
      var mirror = [Double](repeating: 0, count: n)
      mirror[k] = 1
      for i in (k + 1)..<n { mirror[i] = columns[k][i] / (head - beta) }
      let factor = (beta - head) / beta
      reflections.append((mirror, factor))
      for j in k..<n { reflect(&columns[j], mirror, factor) }
    }
    return (1..<n).map { j in
      var direction = (0..<n).map { $0 == j ? 1.0 : 0.0 }
      for reflection in reflections.reversed() { reflect(&direction, reflection.vector, reflection.factor) }
      return direction
    }
  }

  private static func reflect(_ vector: inout [Double], _ mirror: [Double], _ factor: Double) {
    let share = factor * dot(vector, mirror)
    for i in vector.indices { vector[i] -= share * mirror[i] }
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// What happens to a value that is to mutate.
public enum Mutation: Sendable, Hashable {
  /// It is drawn anew.
  case resampling
  /// It moves by a polynomial density (Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, 2002), the less far
  /// the larger `eta` is. Choices are drawn anew.
  case polynomial(eta: Double = 20)

  /// The moved value of a number; nil where it is to be drawn anew.
  func moved(_ value: Double, _ distribution: ParameterDistribution, _ generator: NumPyGenerator) -> Double? {
    guard case .polynomial(let eta) = self, !distribution.isCategorical else { return nil }
    let range = distribution.continuousRange
    let point = distribution.toContinuous(value)
    let width = range.upperBound - range.lowerBound
    let drawn = generator.uniform()
    guard width > 0 else { return value }
    let step: Double
    if drawn <= 0.5 {
      let rest = 1 - (point - range.lowerBound) / width
      step = pow(2 * drawn + (1 - 2 * drawn) * pow(rest, eta + 1), 1 / (eta + 1)) - 1
    } else {
      let rest = 1 - (range.upperBound - point) / width
      step = 1 - pow(2 * (1 - drawn) + 2 * (drawn - 0.5) * pow(rest, eta + 1), 1 / (eta + 1))
    }
    return distribution.fromContinuous(min(max(point + step * width, range.lowerBound), range.upperBound))
  }
}

extension ParameterDistribution {
  var isCategorical: Bool {
    switch self {
    case .categorical: true
    case .float, .int: false
    }
  }
}
