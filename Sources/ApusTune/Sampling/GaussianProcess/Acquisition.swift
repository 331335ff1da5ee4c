#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How promising a point is: the logarithm of an expected gain, over the guesses of what is being computed. Values are to become large
/// here, and standardised.
struct Acquisition: Sendable {
  /// What a point may gain.
  enum Gain: Sendable {
    /// How far the objective exceeds the best value, which for each guess is another.
    case improvement(GaussianProcess, best: [Double])
    /// How much hypervolume several objectives add, for each of some normal numbers.
    case hypervolume([GaussianProcess], Front)
    /// Nothing: only the constraints count, as no trial meets them.
    case none
  }

  /// A process and what it must reach.
  struct Constraint: Sendable {
    let process: GaussianProcess
    let threshold: Double
  }

  /// Where several objectives may add hypervolume.
  struct Front: Sendable {
    /// For each sample the boxes that nothing dominates: low ends and lengths, one objective after another.
    let boxes: [(low: [Double], length: [Double])]
    /// For each sample a standard normal number of each objective, one sample after another.
    let normals: [Double]
  }

  let gain: Gain
  let constraints: [Constraint]
  /// So that no variance is zero.
  private static let stabilizer = 1e-12
  /// The least side of a box that is gained: logarithms and slopes stay finite.
  static let leastSide = 1e-12

  private var processes: [GaussianProcess] {
    let own: [GaussianProcess] =
      switch gain {
      case .improvement(let process, _): [process]
      case .hypervolume(let processes, _): processes
      case .none: []
      }
    return own + constraints.map(\.process)
  }

  /// How far along each coordinate it depends on itself.
  var lengths: [Double] {
    let processes: [GaussianProcess] =
      switch gain {
      case .improvement(let process, _): [process]
      case .hypervolume(let processes, _): processes
      case .none: constraints.map(\.process)
      }
    return processes[0].lengths.indices.map { axis in
      processes.reduce(0) { $0 + $1.lengths[axis] } / Double(processes.count)
    }
  }

  func values(_ points: [[Double]]) -> [Double] {
    let predictions = processes.map { $0.predictions(points) }
    return points.indices.map { i in score(predictions.map { $0[i] }).value }
  }

  func value(_ point: [Double]) -> Double { values([point])[0] }

  /// The value and its gradient; 0 for choices.
  func slope(_ point: [Double]) -> (value: Double, gradient: [Double]) {
    let processes = processes
    let locals = processes.map { $0.local(point) }
    let (value, slopes) = score(locals.map(\.prediction), wantsSlopes: true)
    var gradient = [Double](repeating: 0, count: point.count)
    for ((process, local), slope) in zip(zip(processes, locals), slopes) {
      let part = process.gradient(local, byMeans: slope.means, byVariance: slope.variance)
      for i in gradient.indices { gradient[i] += part[i] }
    }
    return (value, gradient)
  }

  /// The value of what the processes predict, and its derivatives by their means and variances.
  private func score(
    _ predictions: [GaussianProcess.Prediction], wantsSlopes: Bool = false
  ) -> (value: Double, slopes: [GaussianProcess.Prediction]) {
    let objectives = predictions.count - constraints.count
    let deviations = predictions.map { ($0.variance + Self.stabilizer).squareRoot() }
    let samples: Int =
      switch gain {
      case .improvement(_, let best): best.count
      case .hypervolume(_, let front): front.normals.count / objectives
      case .none: constraints.first?.process.guessCount ?? 1
      }
    let width = predictions.count
    var logarithms = [Double](repeating: 0, count: samples)
    // Of each sample the derivatives of the logarithm of its gain by mean and deviation of each process.
    var partials = [(mean: Double, deviation: Double)](repeating: (0, 0), count: wantsSlopes ? samples * width : 0)
    switch gain {
    case .improvement(_, let best):
      for sample in 0..<samples {
        let part = Self.improvement(predictions[0].mean(sample), deviations[0], best[sample])
        logarithms[sample] = part.value
        if wantsSlopes { partials[sample * width] = (part.mean, part.deviation) }
      }
    case .hypervolume(_, let front):
      var values = [Double](repeating: 0, count: objectives)
      var slopes = [Double](repeating: 0, count: wantsSlopes ? objectives : 0)
      for sample in 0..<samples {
        for j in 0..<objectives {
          values[j] = predictions[j].mean(sample) + deviations[j] * front.normals[sample * objectives + j]
        }
        let boxes = front.boxes[front.boxes.count == 1 ? 0 : sample]
        let gain = Self.gain(values, boxes.low, boxes.length, &slopes)
        logarithms[sample] = log(gain)
        for j in slopes.indices {
          let slope = slopes[j] / gain
          partials[sample * width + j] = (slope, slope * front.normals[sample * objectives + j])
        }
      }
    case .none: break
    }
    for (i, constraint) in constraints.enumerated() {
      let place = objectives + i
      // Where nothing is guessed all samples have the same.
      var last: (mean: Double, logarithm: Double)?
      for sample in 0..<samples {
        let mean = predictions[place].mean(sample)
        let z = (mean - constraint.threshold) / deviations[place]
        let logarithm: Double
        if let last, last.mean == mean {
          logarithm = last.logarithm
        } else {
          logarithm = StandardNormal.logCumulative(z)
        }
        last = (mean, logarithm)
        logarithms[sample] += logarithm
        guard wantsSlopes else { continue }
        let slope = exp(-0.5 * z * z - StandardNormal.halfLogTwoPi - logarithm) / deviations[place]
        partials[sample * width + place] = (slope, -z * slope)
      }
    }
    let most = logarithms.max() ?? 0
    guard most.isFinite else { return (most, predictions.map { .init(means: $0.means.map { _ in 0 }, variance: 0) }) }
    let shares = logarithms.map { exp($0 - most) }
    let total = shares.reduce(0, +)
    let value = most + log(total / Double(samples))
    guard wantsSlopes else { return (value, []) }
    var slopes = predictions.map { GaussianProcess.Prediction(means: $0.means.map { _ in 0 }, variance: 0) }
    for sample in 0..<samples {
      let share = shares[sample] / total
      for i in 0..<width {
        let partial = partials[sample * width + i]
        slopes[i].means[slopes[i].means.count == 1 ? 0 : sample] += share * partial.mean
        slopes[i].variance += share * partial.deviation / (2 * deviations[i])
      }
    }
    return (value, slopes)
  }

  /// log E max(0, y - best) of a normal y, and its derivatives.
  private static func improvement(
    _ mean: Double, _ deviation: Double, _ best: Double
  ) -> (value: Double, mean: Double, deviation: Double) {
    let z = (mean - best) / deviation
    let logarithm = StandardNormal.logImprovement(z)
    let slope = exp(StandardNormal.logCumulative(z) - logarithm)
    return (logarithm + log(deviation), slope / deviation, (1 - z * slope) / deviation)
  }

  /// The hypervolume that values add; where `slopes` has room, also its derivatives.
  private static func gain(
    _ values: [Double], _ low: [Double], _ length: [Double], _ slopes: inout [Double]
  ) -> Double {
    let objectives = values.count
    let wantsSlopes = !slopes.isEmpty
    for j in slopes.indices { slopes[j] = 0 }
    return values.withUnsafeBufferPointer { values in
      low.withUnsafeBufferPointer { low in
        length.withUnsafeBufferPointer { length in
          var sum = 0.0
          var start = 0
          while start < low.count {
            var volume = 1.0
            for j in 0..<objectives { volume *= min(max(values[j] - low[start + j], leastSide), length[start + j]) }
            sum += volume
            if wantsSlopes {
              for j in 0..<objectives {
                let side = values[j] - low[start + j]
                if side > leastSide, side < length[start + j] { slopes[j] += volume / side }
              }
            }
            start += objectives
          }
          return sum
        }
      }
    }
  }
}

extension GaussianProcess.Prediction {
  /// The mean of a sample: all samples have the same where nothing is guessed.
  fileprivate func mean(_ sample: Int) -> Double { means[means.count == 1 ? 0 : sample] }
}
