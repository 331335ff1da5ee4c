#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many of `count` events of probability `prob` happen: numbers of the binomial distribution, of the operands' common shape and
/// type. They have no gradient.
public func binomial(_ count: Tensor, _ prob: Tensor, generator: Generator = .default) -> Tensor {
  attempt(count, prob) { () throws(TensorError) in
    guard count.dtype == prob.dtype, prob.dtype.isFloatingPoint else {
      throw TensorError(
        .dtype, "binomial",
        "needs counts and probabilities of one floating type, and found \(count.dtype) and \(prob.dtype); convert one with .to(...)"
      )
    }
    let shape = try broadcastShapes([count.shape, prob.shape], "binomial")
    let counts = count.detach().expand(shape).array(as: Double.self)
    let chances = prob.detach().expand(shape).array(as: Double.self)
    let fill: @Sendable (UnsafeMutableRawPointer, Int, DType) throws -> Void = { out, items, dtype in
      generator.withEngine { engine in
        var index = 0
        engine.drawEach(out, items, dtype) { engine -> Double in
          defer { index += 1 }
          return engine.binomial(counts[index], chances[index], isWide: dtype == .float64)
        }
      }
    }
    return Draw.tensor("binomial", TensorType(shape, prob.dtype), on: prob.deviceIfUsed, fill)
  }
}

extension MersenneTwister {
  /// One number of the binomial distribution. Few events are waited for one after the other, many are drawn by rejection.
  fileprivate mutating func binomial(_ count: Double, _ chance: Double, isWide: Bool) -> Double {
    if count.isNaN || chance.isNaN { return .nan }
    if count <= 0 || chance <= 0 { return 0 }
    if chance >= 1 { return count }
    guard count.isFinite else { return count }
    if chance <= 0.5 { return events(count, chance) }
    return count - events(count, isWide ? 1 - chance : Double(Float(1 - chance)))
  }

  private mutating func events(_ count: Double, _ chance: Double) -> Double {
    count * chance >= 10 ? manyEvents(count, chance) : fewEvents(count, chance)
  }

  /// The waiting times between events are geometric: as many as fit into `count` trials.
  private mutating func fewEvents(_ count: Double, _ chance: Double) -> Double {
    let logMiss = log1p(-chance)
    var (trials, found) = (0.0, 0.0)
    while true {
      trials += (log(uniform()) / logMiss).rounded(.up)
      if trials > count || trials.isNaN { return found }
      found += 1
    }
  }

  /// Hörmann's transformed rejection with a squeeze (1993), the algorithm BTRS.
  private mutating func manyEvents(_ count: Double, _ chance: Double) -> Double {
    let deviation = (count * chance * (1 - chance)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * chance
    let center = count * chance + 0.5
    let squeeze = 0.92 - 4.2 / b
    let odds = chance / (1 - chance)
    let alpha = (2.83 + 5.1 / b) * deviation
    let mode = ((count + 1) * chance).rounded(.down)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + center).rounded(.down)
      if k < 0 || k > count { continue }
      if us >= 0.07, v <= squeeze { return k }
      let height = log(v * alpha / (a / (us * us) + b))
      let first = (mode + 0.5) * log((mode + 1) / (odds * (count - mode + 1)))
      let second = (count + 1) * log((count - mode + 1) / (count - k + 1))
      let third = (k + 0.5) * log(odds * (count - k + 1) / (k + 1))
      let tails = stirlingTail(mode) + stirlingTail(count - mode) - stirlingTail(k) - stirlingTail(count - k)
      if height <= first + second + third + tails { return k }
    }
  }
}

/// What Stirling's formula lacks of log k!.
private func stirlingTail(_ k: Double) -> Double {
  if k < 10 { return lgamma(k + 1) - ((k + 0.5) * log(k + 1) - (k + 1) + 0.91893853320467274178) }
  let square = (k + 1) * (k + 1)
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
}
