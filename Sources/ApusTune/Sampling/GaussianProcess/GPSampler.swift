import ApusCore
import ApusTrain

/// Fits a Gaussian process to the trials and proposes what promises the largest gain: for objectives that take long, and some hundred
/// trials. Its cost grows with the cube of the number of trials.
///
/// The process has a Matérn 5/2 kernel with a length for each parameter, found as the most probable ones; the gain is the logarithm of
/// the expected improvement, of several objectives that of the hypervolume, times the probability of meeting the constraints. What
/// other trials are computing is taken into account by guesses of their values. Kernel, priors and gains are those of Optuna's
/// `GPSampler`.
public final class GPSampler: FallbackSampler {
  private struct State: Sendable {
    var reader = FinishedTrialReader()
    var complete: [TrialRecord] = []
    var space: NamedValues<ParameterDistribution>?
    /// Where the next fits begin: of the objectives, then of the constraints.
    var kernels: [KernelParameters?] = []
  }

  private let state = GatheredByPart(State())
  private let intersection = IntersectionSpace()
  private let generator: NumPyGenerator
  /// Draws the parameters that are not drawn together.
  public let independent: any TrialSampler
  private let startupTrials: Int
  private let deterministicObjective: Bool
  /// Guesses of values that are being computed, and samples of several objectives.
  private static let samples = 128
  private static let starts = 10

  /// - Parameters:
  ///   - startupTrials: how many trials the independent sampler draws first.
  ///   - deterministicObjective: whether the objective gives the same value each time; else its noise is found as well.
  ///   - independentSampler: draws these, and parameters that only some trials have; nil for a ``RandomTrialSampler`` of the same seed.
  ///   - seed: of the draws; nil for another one in every process.
  public init(
    startupTrials: Int = 10, deterministicObjective: Bool = false, independentSampler: (any TrialSampler)? = nil,
    seed: UInt32? = nil
  ) {
    let seed = seed ?? UInt32.random(in: 0...UInt32.max)
    (self.startupTrials, self.deterministicObjective) = (startupTrials, deterministicObjective)
    independent = independentSampler ?? RandomTrialSampler(seed: seed)
    generator = NumPyGenerator(seed: seed)
  }

  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    try intersection.varying(study)
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] {
    let values = try state.withLock(study) { state -> [String: Double] in
      let (areAll, trials, open) = try state.reader.read(study)
      if areAll { state.complete = [] }
      state.complete += trials.filter { $0.state == .complete && $0.values.count == study.directions.count }
      if state.space != space { (state.space, state.kernels) = (space, []) }
      let unit = ProcessSpace(space)
      let seen = state.complete.compactMap { trial in unit.unit.point(trial).map { (trial: trial, point: $0) } }
      guard seen.count >= max(startupTrials, 1) else { return [:] }
      let running = open.filter { $0.state == .running && $0.id != trial.id }
        .compactMap { other in Self.proposed(other, space).flatMap { values in unit.unit.point { values[$0] } } }
      let search = try search(study, unit, seen, running, &state.kernels)
      let point = try search.search.best(from: search.known, generator)
      return unit.unit.values(point)
    }
    if !values.isEmpty { try share(values, space, study, trial) }
    return values
  }

  private typealias Seen = (trial: TrialRecord, point: [Double])

  private func search(
    _ study: StudyView, _ space: ProcessSpace, _ seen: [Seen], _ running: [[Double]],
    _ kernels: inout [KernelParameters?]
  ) throws -> (search: AcquisitionSearch, known: [[Double]]) {
    let objectives = study.directions.count
    let signs = study.signs
    let scores = (0..<objectives).map { j in standardized(seen.map { -signs[j] * $0.trial.values[j] }).values }
    // Constraints that some trials lack say nothing of these: they count only where all have them.
    let names = seen[0].trial.constraints.names.filter { name in seen.allSatisfy { $0.trial.constraints[name] != nil } }
    let broken = names.map { name in standardized(seen.map { -($0.trial.constraints[name] ?? 0) }) }
    let isFeasible = seen.map(\.trial.isFeasible)

    let fitted = fit(scores + broken.map(\.values), seen.map(\.point), space.isChoice, &kernels)
    let samples = running.isEmpty && objectives == 1 ? 1 : Self.samples
    let normals = try evenNormals(samples, running.count * fitted.count + (objectives > 1 ? objectives : 0), generator)
    let points = ProcessPoints(seen.map(\.point) + running, isChoice: space.isChoice)
    let processes = zip(fitted.indices, zip(scores + broken.map(\.values), fitted)).map { i, pair -> GaussianProcess in
      let own = running.isEmpty ? [[]] : normals.map { Array($0[(i * running.count)..<((i + 1) * running.count)]) }
      return process(points, pair.0, pair.1, own)
    }
    let constraints = zip(processes.dropFirst(objectives), broken).map {
      Acquisition.Constraint(process: $0, threshold: $1.threshold)
    }
    /// Whether a guess of running trial r meets the constraints.
    func guessMeets(_ sample: Int, _ r: Int) -> Bool {
      constraints.allSatisfy { $0.process.guesses[sample][r] >= $0.threshold }
    }

    let feasible = seen.indices.filter { isFeasible[$0] }
    var known: [[Double]] = []
    let gain: Acquisition.Gain
    if feasible.isEmpty {
      gain = .none
    } else if objectives == 1 {
      let best = feasible.max { scores[0][$0] < scores[0][$1] } ?? 0
      known = [seen[best].point]
      gain = .improvement(
        processes[0],
        best: processes[0].guesses.enumerated().map { sample, guesses in
          guesses.indices.filter { guessMeets(sample, $0) }.map { guesses[$0] }.reduce(scores[0][best], max)
        })
    } else {
      let losses = feasible.map { i in (0..<objectives).map { -scores[$0][i] } }
      var front = paretoFront(losses).map { seen[feasible[$0]].point }
      generator.shuffle(&front)
      known = Array(front.prefix(Self.starts / 2))
      let guesses =
        running.isEmpty
        ? [[]]
        : (0..<samples).map { sample in
          running.indices.filter { guessMeets(sample, $0) }.map { r in
            (0..<objectives).map { -processes[$0].guesses[sample][r] }
          }
        }
      let reference = (0..<objectives).map { j in
        let worst = losses.map { $0[j] }.max() ?? 0
        return max(1.1 * worst, 0.9 * worst).nextUp
      }
      gain = .hypervolume(
        Array(processes.prefix(objectives)),
        Acquisition.Front(
          boxes: guesses.map { boxes(losses + $0, reference) }, normals: normals.flatMap { $0.suffix(objectives) }))
    }
    // Without a gain and without constraints that all trials have, nothing tells points apart: the objectives' improvement does.
    if case .none = gain, constraints.isEmpty {
      let best = scores[0].indices.max { scores[0][$0] < scores[0][$1] } ?? 0
      let improvement = Acquisition.Gain.improvement(
        processes[0], best: processes[0].guesses.map { _ in scores[0][best] })
      return (
        AcquisitionSearch(space: space, acquisition: Acquisition(gain: improvement, constraints: [])),
        [seen[best].point]
      )
    }
    return (AcquisitionSearch(space: space, acquisition: Acquisition(gain: gain, constraints: constraints)), known)
  }

  private func fit(
    _ targets: [[Double]], _ points: [[Double]], _ isChoice: [Bool], _ kernels: inout [KernelParameters?]
  ) -> [KernelParameters] {
    let points = ProcessPoints(points, isChoice: isChoice)
    if kernels.count != targets.count { kernels = [KernelParameters?](repeating: nil, count: targets.count) }
    let fitted = zip(targets, kernels).map { values, start in
      KernelFit(points, values, isNoisy: !deterministicObjective).parameters(from: start)
    }
    kernels = fitted
    return fitted
  }

  /// The process of fitted parameters; with more noise where points that lie together make it singular.
  private func process(
    _ points: ProcessPoints, _ values: [Double], _ parameters: KernelParameters, _ normals: [[Double]]
  ) -> GaussianProcess {
    var parameters = parameters
    while true {
      if let process = GaussianProcess(points, values, parameters, normals: normals) { return process }
      parameters.noise = max(parameters.noise * 10, 1e-6 * parameters.scale)
      if !parameters.noise.isFinite || !parameters.scale.isFinite {
        parameters = KernelParameters(inverseSquares: [Double](repeating: 1, count: points.axes))
      }
    }
  }

  /// Boxes in which hypervolume may be gained, of values that are to become large.
  private func boxes(_ losses: [[Double]], _ reference: [Double]) -> (low: [Double], length: [Double]) {
    let boxes = nonDominatedBoxes(losses, reference: reference)
    return (
      boxes.flatMap { $0.upper.map { -$0 } },
      boxes.flatMap { box in zip(box.lower, box.upper).map { max($1 - $0, Acquisition.leastSide) } }
    )
  }

  // MARK: what other processes propose

  private static let sharedKey = "gp:relative_params:"
  /// How much of a text one note holds in the tables.
  private static let pieceLength = 2045

  /// Notes the proposal, so that other processes know of it before the trial has asked for its parameters.
  private func share(
    _ values: [String: Double], _ space: NamedValues<ParameterDistribution>, _ study: StudyView, _ trial: TrialRecord
  ) throws {
    var members: [String: SettingValue] = [:]
    for (name, distribution) in space { members[name] = values[name].flatMap { distribution.value($0) } }
    let text = Array(SettingValue.dictionary(members).pythonJSON())
    for (i, start) in stride(from: 0, to: text.count, by: Self.pieceLength).enumerated() {
      let piece = String(text[start..<min(start + Self.pieceLength, text.count)])
      try study.storage.setAttribute(Self.sharedKey + "\(i)", .string(piece), of: .system, trial: trial.id)
    }
  }

  /// The internal values of a trial that runs, as far as it has them or has noted them; nil where some are not known.
  private static func proposed(_ trial: TrialRecord, _ space: NamedValues<ParameterDistribution>) -> [String: Double]? {
    var text = ""
    var i = 0
    while case .string(let piece) = trial.systemAttributes[sharedKey + "\(i)"] {
      text += piece
      i += 1
    }
    var noted: [String: SettingValue] = [:]
    if !text.isEmpty, case .dictionary(let members)? = try? SettingValue(pythonJSON: text, sharedKey) {
      noted = members
    }
    var values: [String: Double] = [:]
    for (name, distribution) in space {
      if let parameter = trial.parameters[name] {
        values[name] = parameter.internal
      } else if let value = noted[name],
        let internalValue = try? distribution.internalValue(value, name)
      {
        values[name] = internalValue
      } else {
        return nil
      }
    }
    return values
  }
}

/// Values with mean 0 and variance 1, and where 0 lies among them. Infinities become the nearest finite value.
private func standardized(_ values: [Double]) -> (values: [Double], threshold: Double) {
  let finite = values.filter(\.isFinite)
  let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
  let clipped = values.map { min(max($0, low), high) }
  let count = Double(values.count)
  // Halves first: the sum of large values must not overflow.
  let mean = clipped.reduce(0) { $0 + $1 / count }
  let deviation = clipped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }.squareRoot()
  let scale = max(deviation, 1e-10)
  return (clipped.map { ($0 - mean) / scale }, -mean / scale)
}
