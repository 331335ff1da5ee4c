import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import Foundation

/// A problem with known values on which samplers are compared: an objective whose parameters come to be by asking for them. All
/// values are to become small.
package struct TuningProblem: Sendable {
  package enum Kind: String, Sendable {
    /// One value of numbers x0, x1 ...
    case function
    /// One value of choices, whole numbers and numbers, some of which exist only under conditions.
    case mixed
    /// A recorded tuning.
    case table
    /// Two values of numbers x0, x1 ...
    case bi
    /// Two or three values of numbers x0, x1 ...
    case several
  }

  package let name: String
  package let kind: Kind
  /// How many parameters there are; of a mixed problem 0, as it depends.
  package let dim: Int
  /// Where a hypervolume of several objectives ends; of one objective empty.
  package let reference: [Double]
  package let objective: @Sendable (Trial) throws -> [Double]
  /// Settings and the values that they have.
  package let checks: [(params: [String: SettingValue], values: [Double])]
  /// The hypervolume of the points of all checks.
  package let checksHypervolume: Double?
}

extension TuningProblem {
  /// The problems of a `regret.json`.
  package static func all(in file: String) throws -> [TuningProblem] {
    let json = try ByteJSON(file: file)
    return try (json["functions"]?.array ?? []).map(function) + (json["mixed"]?.array ?? []).map(mixed)
      + (json["two_objectives"]?.array ?? []).map(twoObjectives)
  }

  private static func function(_ json: ByteJSON) throws -> TuningProblem {
    let dim = try json.required("dim").whole
    let value = try testFunction(try json.required("name").textValue, json)
    return TuningProblem(
      name: try json.required("name").textValue, kind: .function, dim: dim, reference: [],
      objective: { trial in [value(try numbers(trial, dim, -5...5))] }, checks: try checks(json), checksHypervolume: nil
    )
  }

  private static func mixed(_ json: ByteJSON) throws -> TuningProblem {
    let name = try json.required("name").textValue
    let c = try json.required("c").numbers
    let problem = MixedProblem(c)
    let objective: @Sendable (Trial) throws -> Double
    switch name {
    case "kernel": objective = problem.kernel
    case "network": objective = problem.network
    case "flat": objective = problem.flat
    default: throw JSON.SyntaxError(description: "there is no mixed problem '\(name)'")
    }
    return TuningProblem(
      name: name, kind: .mixed, dim: 0, reference: [], objective: { [try objective($0)] }, checks: try checks(json),
      checksHypervolume: nil)
  }

  private static func twoObjectives(_ json: ByteJSON) throws -> TuningProblem {
    let name = try json.required("name").textValue
    let dim = try json.required("dim").whole
    let shift = try json.required("shift").numbers
    let range = try json.required("low").number...json.required("high").number
    let values: @Sendable ([Double]) -> [Double]
    switch name {
    case "zdt1":
      values = { x in
        var sum = 0.0
        for i in 1..<dim { sum += abs(x[i] - shift[i]) }
        let g = 1 + 9 * sum / Double(dim - 1)
        return [x[0], g * (1 - (x[0] / g).squareRoot())]
      }
    case "fonseca":
      values = { x in
        [1.0, -1].map { side in
          var sum = 0.0
          for i in 0..<dim {
            let part = x[i] - shift[i] - side / 3.0.squareRoot()
            sum += part * part
          }
          return 1 - exp(-sum)
        }
      }
    default: throw JSON.SyntaxError(description: "there is no problem '\(name)' of two objectives")
    }
    return TuningProblem(
      name: name, kind: .bi, dim: dim, reference: try json.required("ref").numbers,
      objective: { trial in values(try numbers(trial, dim, range)) }, checks: try checks(json),
      checksHypervolume: try json["checks_hypervolume"]?.number)
  }

  /// The parameters x0, x1 ...
  private static func numbers(_ trial: Trial, _ count: Int, _ range: ClosedRange<Double>) throws -> [Double] {
    try (0..<count).map { try trial.suggest("x\($0)", range) }
  }

  private static func checks(_ json: ByteJSON) throws -> [(params: [String: SettingValue], values: [Double])] {
    try (json["checks"]?.array ?? []).map { check in
      let found = try check.required("f")
      let values = try found.array == nil ? [found.number] : found.numbers
      var params: [String: SettingValue] = [:]
      if let x = try check["x"]?.numbers {
        for (i, value) in x.enumerated() { params["x\(i)"] = .double(value) }
      } else {
        for pair in try check.required("params").items {
          params[try pair.items[0].textValue] = try pair.items[1].setting
        }
      }
      return (params, values)
    }
  }
}

/// The functions of many numbers, with their shifts, rotations and weights.
private func testFunction(_ name: String, _ json: ByteJSON) throws -> @Sendable ([Double]) -> Double {
  let dim = try json.required("dim").whole
  let shift = try json["shift"]?.numbers ?? []
  let rotation = try json["rotation"]?.items.map { try $0.numbers } ?? []
  let condition = try json["cond"]?.numbers ?? []
  let moved: @Sendable ([Double]) -> [Double] = { x in zip(x, shift).map { $0 - $1 } }
  let rotated: @Sendable ([Double]) -> [Double] = { z in
    rotation.map { row in zip(row, z).reduce(0) { $0 + $1.0 * $1.1 } }
  }
  switch name {
  case "sphere": return { x in sum(moved(x).map { $0 * $0 }) }
  case "ellipsoid": return { x in sum(zip(condition, rotated(moved(x))).map { $0 * $1 * $1 }) }
  case "rosenbrock":
    return { x in
      let w = moved(x).map { $0 / 2 + 1 }
      return sum((0..<dim - 1).map { 100 * square(w[$0 + 1] - w[$0] * w[$0]) + square(1 - w[$0]) })
    }
  case "rastrigin": return { x in 10 * Double(dim) + sum(moved(x).map { $0 * $0 - 10 * cos(2 * .pi * $0) }) }
  case "ackley":
    return { x in
      let w = moved(x).map { 3 * $0 }
      return -20 * exp(-0.2 * (sum(w.map { $0 * $0 }) / Double(dim)).squareRoot())
        - exp(sum(w.map { cos(2 * .pi * $0) }) / Double(dim)) + 20 + exp(1)
    }
  case "schwefel":
    let sign = try json.required("sign").numbers
    return { x in
      let w = zip(sign, moved(x)).map { 100 * $0 * $1 }
      return 418.9828872724339 * Double(dim) - sum(w.map { $0 * sin(abs($0).squareRoot()) })
    }
  case "griewank":
    return { x in
      let w = moved(x).map { 60 * $0 }
      let product = w.enumerated().reduce(1.0) { $0 * cos($1.element / Double($1.offset + 1).squareRoot()) }
      return 1 + sum(w.map { $0 * $0 }) / 4000 - product
    }
  case "step_ellipsoid":
    return { x in
      let y = rotated(moved(x))
      let stepped = y.map { abs($0) > 0.5 ? (0.5 + $0).rounded(.down) : (0.5 + 10 * $0).rounded(.down) / 10 }
      return 0.1 * max(abs(y[0]) / 1e4, sum(zip(condition, stepped).map { $0 * $1 * $1 }))
    }
  case "sharp_ridge":
    return { x in
      let y = rotated(moved(x))
      return y[0] * y[0] + 100 * sum(y.dropFirst().map { $0 * $0 }).squareRoot()
    }
  case "gallagher":
    let peaks = try json.required("peaks").items.map { try $0.numbers }
    let weights = try json.required("weight").numbers
    let scales = try json.required("scale").items.map { try $0.numbers }
    return { x in
      var most = -Double.infinity
      for (k, peak) in peaks.enumerated() {
        let y = rotated(zip(x, peak).map { $0 - $1 })
        most = max(most, weights[k] * exp(-sum(zip(scales[k], y).map { $0 * $1 * $1 }) / Double(2 * dim)))
      }
      return square(10 - most)
    }
  default: throw JSON.SyntaxError(description: "there is no function '\(name)'")
  }
}

private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
private func square(_ x: Double) -> Double { x * x }
/// The logarithm to the base 2 as a quotient of natural ones.
private func binaryLogarithm(_ x: Double) -> Double { log(x) / log(2) }

/// Spaces of several kinds of parameters, with conditions; `c` places their optima.
private struct MixedProblem: Sendable {
  let c: [Double]

  init(_ c: [Double]) { self.c = c }

  /// A support vector machine's settings.
  func kernel(_ trial: Trial) throws -> Double {
    let kernel = try trial.suggest("kernel", ["linear", "rbf", "poly"])
    let t = log10(try trial.suggest("C", 1e-3...1e3, log: true)) - (4 * c[0] - 2)
    let f = 0.05 * t * t
    switch kernel {
    case "linear": return f + 0.3 + 0.2 * c[1]
    case "rbf":
      let u = log10(try trial.suggest("gamma", 1e-4...10, log: true)) - (3 * c[2] - 2.5)
      return f + 0.08 * u * u + 0.1 * (1 - cos(3 * u)) + 0.05 * c[3] + 0.02 * abs(t + u)
    default:
      let v = Double(try trial.suggest("degree", 2...5)) - (2 + (4 * c[4]).rounded(.down))
      let w = try trial.suggest("coef0", 0...1.0, step: 0.1) - c[5]
      let shrinking = try trial.suggest("shrinking", [true, false])
      return f + 0.06 * v * v + 0.4 * w * w + (shrinking == (c[6] < 0.5) ? 0 : 0.1) + 0.1 + 0.1 * c[7]
    }
  }

  /// A network's settings, a width for each layer.
  func network(_ trial: Trial) throws -> Double {
    let layers = try trial.suggest("n_layers", 1...4)
    let optimizer = try trial.suggest("optimizer", ["sgd", "adam", "rmsprop"])
    let rate = log10(try trial.suggest("lr", 1e-5...1.0, log: true))
    let dropout = try trial.suggest("dropout", 0...0.5, step: 0.05)
    let (target, base) =
      switch optimizer {
      case "sgd": (-1 - c[0], 0.05)
      case "adam": (-3 + c[1], 0.02)
      default: (-3.5 + c[2], 0.04)
      }
    let t = rate - target
    var f = 0.1 * t * t + base
    if optimizer == "sgd" {
      f += 0.3 * square(try trial.suggest("momentum", 0...0.99) - (0.7 + 0.2 * c[3]))
    }
    var total = 0.0
    for i in 0..<layers {
      let w = binaryLogarithm(Double(try trial.suggest("width\(i)", 4...256, log: true)))
      let u = w - (3 + 4 * c[4 + i] - Double(i) / 2)
      f += 0.03 * u * u
      total += w
    }
    return f + 0.01 * square(total - (10 + 8 * c[8])) + 0.8 * square(dropout - 0.4 * c[9])
  }

  /// Ten parameters without conditions.
  func flat(_ trial: Trial) throws -> Double {
    let letters = ["p", "q", "r", "s"]
    let powers = [1, 2, 4, 8]
    let a = letters.firstIndex(of: try trial.suggest("a", letters)) ?? 0
    let b = powers.firstIndex(of: try trial.suggest("b", powers)) ?? 0
    let e = Int(try trial.suggest("e", .categorical([.none, .string("x"), .bool(false)])))
    let i = Double(try trial.suggest("i", 1...20))
    let j = Double(try trial.suggest("j", 1...1024, log: true))
    let k = Double(try trial.suggest("k", 0...100, step: 10))
    let u = try trial.suggest("u", -5...5.0)
    let v = try trial.suggest("v", -5...5.0)
    let w = try trial.suggest("w", 1e-6...1.0, log: true)
    let z = try trial.suggest("z", -1...1.0, step: 0.25)
    let pa = (a + Int(4 * c[0])) % 4
    let pe = (e + Int(3 * c[1])) % 3
    let p = u - (8 * c[6] - 4)
    let q = v - (8 * c[7] - 4)
    var f = 0.5 * Double(pa) + 0.25 * Double(pe) + 0.2 * abs(Double(b) - (4 * c[2]).rounded(.down))
    f += square((i - 1 - 19 * c[3]) / 5) + 0.1 * square(binaryLogarithm(j) - 10 * c[4])
    f += 0.25 * square((k - 100 * c[5]) / 25)
    f += p * p + q * q + (pa == 0 ? p * q : -p * q)
    f += 0.2 * square(log10(w) + 6 * c[8]) + square(z - 2 * c[9] + 1)
    return f + 0.1 * c[10] * abs(p) + 0.1 * c[11] * abs(q)
  }
}
