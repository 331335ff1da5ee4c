import ApusFormats

/// What a training screen knows of a run.
package struct ScreenState {
  /// An epoch that is over.
  struct Epoch {
    var number: Int
    /// With `lr` left out.
    var values: [(name: String, value: Double)]
    /// Nil for epochs of an earlier run.
    var seconds: Double?

    func value(_ name: String) -> Double? { values.first { $0.name == name }?.value }
  }

  /// How a run ended.
  package enum End { case done, stopped, failed }

  // What is known when a run begins.
  let title: String
  /// What the run is about, in a few words: parameters, precision.
  let notes: [String]
  let epochs: Int
  let stepsPerEpoch: Int?
  let started: Double
  /// The epochs that were over then.
  let earlierEpochs: Int
  /// The value that makes an epoch the best, and whether less of it is better.
  let watched: String?
  let isLossWatched: Bool

  // Where it is.
  var epoch: Int
  var step = 0
  var epochStarted: Double
  /// The time of the first step, with which the compilation and the allocations lie behind.
  private var firstStep: Double?
  /// Steps since ``firstStep``.
  private var timedSteps = 0
  private var now: Double
  var items = 0
  var values: [ProgressBar.Value] = []
  package var end: End?
  /// The last lines for the user.
  package var messages: [String] = []

  // What is drawn as curves.
  var losses = Curve()
  /// The metrics of the epoch that goes on, as they are when the screen is drawn.
  var live: [String: Curve] = [:]
  /// What was measured at the end of epochs and in between, by name.
  var measured: [String: [Curve.Point]] = [:]
  var rates = Curve(limit: 64)
  var learningRates = Curve(limit: 256)
  var gradientNorms = Curve(limit: 256)
  var memory = 0
  var history: [Epoch] = []
  private var lastRate: (time: Double, items: Int, steps: Int)

  package init(
    title: String, notes: [String], epochs: Int, stepsPerEpoch: Int?, now: Double, history: [EpochValues],
    watched: String?, isLossWatched: Bool
  ) {
    (self.title, self.notes, self.epochs) = (title, notes, max(1, epochs))
    self.stepsPerEpoch = stepsPerEpoch.flatMap { $0 > 0 ? $0 : nil }
    (started, epochStarted, self.now) = (now, now, now)
    (self.watched, self.isLossWatched) = (watched, isLossWatched)
    earlierEpochs = history.last?.epoch ?? 0
    epoch = earlierEpochs + 1
    lastRate = (now, 0, 0)
    for values in history {
      note(Epoch(number: values.epoch, values: Self.shown(values), seconds: nil))
      if let loss = values["loss"] { losses.append(Double(values.epoch), loss) }
    }
  }

  private static func shown(_ values: EpochValues) -> [(name: String, value: Double)] {
    values.names.compactMap { name in name == "lr" ? nil : values[name].map { (name, $0) } }
  }

  /// Where the run is, in epochs; in steps where nobody knows how many there are.
  var place: Double { stepsPerEpoch.map { Double(epoch - 1) + Double(step) / Double($0) } ?? Double(epoch - 1) }

  private mutating func note(_ epoch: Epoch) {
    history.append(epoch)
    for (name, value) in epoch.values where value.isFinite {
      measured[name, default: []].append(.init(x: Double(epoch.number), y: value))
    }
  }

  /// A step is over.
  package mutating func update(epoch: Int, step: Int, items: Int, loss: Double, now: Double) {
    if epoch != self.epoch {
      self.epoch = epoch
      epochStarted = now
      lastRate = (now, 0, 0)
    }
    if firstStep == nil { firstStep = now } else { timedSteps += 1 }
    (self.step, self.items, self.now) = (step, items, now)
    losses.append(stepsPerEpoch == nil ? Double(epoch - 1) + 1e-9 * Double(step) : place, loss)
  }

  /// Takes what changes slowly, when the screen is about to be drawn.
  package mutating func sample(values: [ProgressBar.Value], learningRate: Double, memory: Int, now: Double) {
    self.values = values
    self.memory = memory
    for value in values where value.name != "loss" { live[value.name, default: Curve()].append(place, value.value) }
    learningRates.append(place, learningRate)
    let seconds = now - lastRate.time
    if seconds >= 0.25, items > lastRate.items {
      rates.append(now, Double(items - lastRate.items) / seconds)
      lastRate = (now, items, step)
    }
  }

  /// The norm of all gradients of the step that is over.
  package mutating func noteGradientNorm(_ norm: Double) { gradientNorms.append(place, norm) }

  /// Values of a validation inside of an epoch.
  package mutating func noteValidation(_ values: [(name: String, value: Double)]) {
    for (name, value) in values where value.isFinite { measured[name, default: []].append(.init(x: place, y: value)) }
  }

  /// An epoch is over.
  package mutating func endEpoch(_ values: EpochValues, now: Double) {
    note(Epoch(number: values.epoch, values: Self.shown(values), seconds: now - epochStarted))
    live = [:]
    (epoch, step, epochStarted, self.now) = (min(values.epoch + 1, epochs), 0, now, now)
    if values.epoch >= epochs { (epoch, step) = (values.epoch, stepsPerEpoch ?? 0) }
    lastRate = (now, 0, 0)
  }

  /// The share of the run that is done.
  var fraction: Double { min(1, max(place, Double(history.last?.number ?? 0)) / Double(epochs)) }

  /// The seconds that the rest will take, by those of this run so far.
  func secondsLeft(_ now: Double) -> Double? {
    let done = place - Double(earlierEpochs)
    guard stepsPerEpoch != nil, done > 0, now > started else { return nil }
    return max(0, (now - started) / done * (Double(epochs) - place))
  }

  /// The time of a step on average, without the first one.
  var secondsPerStep: Double? {
    guard let firstStep, timedSteps > 0, now > firstStep else { return nil }
    return (now - firstStep) / Double(timedSteps)
  }

  /// The best epoch so far by what is watched.
  var best: Epoch? {
    guard let watched else { return nil }
    let known = history.compactMap { epoch in
      epoch.value(watched).flatMap { $0.isNaN ? nil : (epoch: epoch, value: $0) }
    }
    return (isLossWatched ? known.min { $0.value < $1.value } : known.max { $0.value < $1.value })?.epoch
  }

  /// The names of what is measured beside the loss, in training and validation: `accuracy`.
  var metricNames: [String] {
    var found: [String] = []
    let names = (history.last?.values.map(\.name) ?? []) + values.map(\.name)
    for name in names {
      let plain = name.hasPrefix("validation ") ? String(name.dropFirst(11)) : name
      if plain != "loss", !found.contains(plain) { found.append(plain) }
    }
    return found
  }

  /// The curve of a metric in training: the means of epochs, and where there are few of them what is known of this one.
  func trainingCurve(_ name: String) -> [Curve.Point] {
    let epochs = measured[name] ?? []
    return epochs.count < 2 ? epochs + (live[name]?.points ?? []).filter { $0.x > epochs.last?.x ?? -1 } : epochs
  }
}
