import Apus

// The digits network of `make demo`, with settings that a study finds: how wide it is, how it is trained, and how much the pictures are
// moved, turned and stretched while it learns.
//
//   swift run -c release examples tune-digits --trials 60

/// The settings of the digits network. The defaults are those of the demo.
public struct DigitSettings: SearchSpace, Sendable {
  @Tuned(12...40, log: true, "channels of the first convolution") public var width = 16
  @Tuned(1e-3...3e-2, log: true, "largest learning rate") public var lr = 8e-3
  @Tuned(1e-3...0.3, log: true, "weight decay") public var weightDecay = 0.01
  @Tuned(0.0...0.6, step: 0.1, "share of features that is dropped") public var dropout = 0.3
  @Tuned(0.0...0.2, step: 0.05, "share of certainty that labels give up") public var smoothing = 0.0
  @Tuned(0.0...1.5, step: 0.25, "pixels that each picture is moved by at most") public var shift = 0.0
  @Tuned(0.0...20, step: 5, "degrees that it is turned by at most") public var rotation = 0.0
  @Tuned(0.0...0.25, step: 0.05, "share that it is stretched by at most") public var stretch = 0.0

  public init() {}
}

/// A convolution that keeps the size, normalised and cut off at 0.
final class DigitBlock: Layer {
  let conv: Conv2d
  let norm: BatchNorm2d

  init(_ inChannels: Int, _ outChannels: Int) {
    conv = Conv2d(inChannels, outChannels, kernelSize: 3, padding: 1)
    norm = BatchNorm2d(outChannels)
  }

  func forward(_ x: Tensor) -> Tensor { norm(conv(x)).relu() }
}

/// The network of the demo, as wide as wished.
final class DigitNetwork: Layer {
  let stem: DigitBlock
  let middle: DigitBlock
  let top: DigitBlock
  let dropout: Dropout
  let classifier: Linear

  init(_ settings: DigitSettings) {
    let width = settings.width
    stem = DigitBlock(1, width)
    middle = DigitBlock(width, 2 * width)
    top = DigitBlock(2 * width, 4 * width)
    dropout = Dropout(settings.dropout)
    classifier = Linear(4 * width * 2 * 2, 10)
  }

  func forward(_ x: Tensor) -> Tensor {
    var x = maxPool2d(middle(stem(x)), 2)
    x = maxPool2d(top(x), 2)
    return classifier(dropout(x.flatten(1)))
  }
}

/// Finds settings of the digits network, and compares them with those of the demo.
public struct DigitTuning: Example {
  public static let name = "tune-digits"
  public static let summary = "find better settings for the digits network"
  public static var options: [Option<Self>] {
    [
      Option("trials", \.trials, "settings that are tried"), Option("epochs", \.epochs, "epochs of each training"),
      Option("seeds", \.seeds, "trainings of the best settings and of the demo's, which are compared"),
      Option("storage", \.storage, "where the study lives"), Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (trials, epochs, seeds, storage, seed) = (60, 40, 5, "memory", 0)
  public init() {}

  /// What was found.
  public struct Outcome: Sendable {
    /// The best settings.
    public var settings: DigitSettings
    /// Mean accuracy on the test digits over the seeds, with the demo's settings and with the best ones.
    public var demo: Double
    public var best: Double
  }

  public func run() throws -> Outcome {
    let training = Digits(train: true)
    let test = Digits(train: false)
    // Hands that the network has not seen judge the settings; the test digits do not take part.
    let known = training.count * 4 / 5
    let learned = (training.images.narrow(0, 0, known), training.labels.narrow(0, 0, known))
    let judged = (
      training.images.narrow(0, known, training.count - known), training.labels.narrow(0, known, training.count - known)
    )
    let study = try Study(
      "digits", storage: openStudyStorage(storage), sampler: TPESampler(seed: UInt32(seed)),
      pruner: MedianPruner(nStartupTrials: 8, nWarmupSteps: 10), ifExists: .resume)
    let clock = ContinuousClock.now
    try study.optimize(
      DigitSettings.self, trials: trials,
      afterTrial: { _, trial in
        let value = trial.state == .complete ? "\(trial.values[0])" : trial.state.rawValue
        print("trial \(trial.number): \(value)")
      }
    ) { settings, trial in
      try train(settings, learned, seed: seed) { network, epoch in
        let loss = self.loss(network, judged)
        if epoch % 2 == 0 || epoch == epochs { try trial.reportOrPrune(loss, step: epoch) }
        return loss
      }.judgement
    }
    let settings = try DigitSettings(study.bestParams)
    print("\(trials) trials took \(ContinuousClock.now - clock); the best one is \(try study.bestTrial.number):")
    for (name, value) in try study.bestTrial.parameters { print("  \(name) = \(value.value)") }
    print(
      "what mattered: \(try study.paramImportances().map { "\($0.name) \(($0.value * 100).rounded()) %" }.joined(separator: ", "))"
    )
    let all = (training.images, training.labels)
    let demo = try (0..<seeds).map { try accuracy(DigitSettings(), all, test, seed: $0) }
    let best = try (0..<seeds).map { try accuracy(settings, all, test, seed: $0) }
    print("accuracy on test digits with the demo's settings \(demo), with the best ones \(best)")
    return Outcome(settings: settings, demo: demo.reduce(0, +) / Double(seeds), best: best.reduce(0, +) / Double(seeds))
  }

  private func accuracy(
    _ settings: DigitSettings, _ data: (Tensor, Tensor), _ test: Digits, seed: Int
  ) throws -> Double {
    let network = try train(settings, data, seed: seed) { _, _ in 0 }.network
    return noGrad { network(test.images).argmax(1).eq(test.labels).to(.float32).mean().item() }
  }

  private func loss(_ network: DigitNetwork, _ data: (Tensor, Tensor)) -> Double {
    network.eval()
    defer { network.train() }
    return noGrad { crossEntropy(network(data.0), data.1).item() }
  }

  private func train(
    _ settings: DigitSettings, _ data: (Tensor, Tensor), seed: Int,
    _ judge: (DigitNetwork, Int) throws -> Double
  ) throws -> (network: DigitNetwork, judgement: Double) {
    manualSeed(seed)
    let network = DigitNetwork(settings)
    let loader = DataLoader(TensorDataset(data.0, data.1), batchSize: 64, shuffle: true)
    let optimizer = AdamW(network.parameters(), lr: 1e-3, weightDecay: settings.weightDecay)
    let schedule = OneCycleLR(optimizer, maxLR: settings.lr, totalSteps: epochs * loader.count)
    var judgement = 0.0
    for epoch in 1...max(1, epochs) {
      for (images, labels) in loader {
        let loss = crossEntropy(network(changed(images, settings)), labels, labelSmoothing: settings.smoothing)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        schedule.step()
      }
      judgement = try judge(network, epoch)
    }
    network.eval()
    return (network, judgement)
  }

  /// Pictures moved, turned and stretched, each in its own way; where nothing is asked for, all moved by a pixel as in the demo.
  private func changed(_ images: Tensor, _ settings: DigitSettings) -> Tensor {
    if settings.shift == 0, settings.rotation == 0, settings.stretch == 0 {
      let moves = randint(0, 3, [2]).array(as: Int.self)
      return images.pad([1, 1, 1, 1]).narrow(2, moves[0], 8).narrow(3, moves[1], 8)
    }
    let count = images.size(0)
    func random(_ most: Double) -> Tensor { (rand([count]) * 2 - 1) * most }
    let angle = random(settings.rotation * .pi / 180)
    let (sine, cosine) = (angle.sin(), angle.cos())
    let (wide, high) = (1 + random(settings.stretch), 1 + random(settings.stretch))
    // From -1 to 1 there are 8 pixels.
    let (right, down) = (random(settings.shift / 4), random(settings.shift / 4))
    let matrix = stack([cosine * wide, -sine * wide, right, sine * high, cosine * high, down], dim: 1)
    let grid = affineGrid(matrix.reshape([count, 2, 3]), [count, 1, 8, 8], alignCorners: false)
    return gridSample(images, grid, alignCorners: false)
  }
}
