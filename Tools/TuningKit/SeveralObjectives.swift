import ApusTune

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension TuningProblem {
  /// Problems of two objectives (Zitzler, Deb and Thiele, Comparison of multiobjective evolutionary algorithms, 2000: ZDT1 to ZDT3 of
  /// six numbers) and of three (Deb, Thiele, Laumanns and Zitzler, Scalable multi-objective optimization test problems, 2002: DTLZ2 of
  /// seven).
  package static var severalObjectives: [TuningProblem] {
    let front: [(name: String, height: @Sendable (_ first: Double, _ ratio: Double) -> Double)] = [
      ("zdt1", { 1 - $1.squareRoot() }), ("zdt2", { 1 - $1 * $1 }),
      ("zdt3", { 1 - $1.squareRoot() - $1 * sin(10 * .pi * $0) }),
    ]
    let two = front.map { name, height in
      several(name, dim: 6, reference: [1.1, 6]) { x in
        let g = 1 + 9 * x.dropFirst().reduce(0, +) / Double(x.count - 1)
        return [x[0], g * height(x[0], x[0] / g)]
      }
    }
    return two + [several("dtlz2", dim: 7, reference: [2.5, 2.5, 2.5], sphere)]
  }

  private static func several(
    _ name: String, dim: Int, reference: [Double], _ values: @escaping @Sendable ([Double]) -> [Double]
  ) -> TuningProblem {
    TuningProblem(
      name: name, kind: .several, dim: dim, reference: reference,
      objective: { trial in values(try (0..<dim).map { try trial.suggest("x\($0)", 0...1.0) }) }, checks: [],
      checksHypervolume: nil)
  }

  /// DTLZ2: an eighth of a sphere, the first two numbers being its angles.
  private static func sphere(_ x: [Double]) -> [Double] {
    let radius = 1 + x.dropFirst(2).reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) }
    let (a, b) = (x[0] * .pi / 2, x[1] * .pi / 2)
    return [radius * cos(a) * cos(b), radius * cos(a) * sin(b), radius * sin(a)]
  }
}
