import Apus

// What a network says of every picture near one, proved: the picture as intervals goes through the network, and what comes out
// bounds all answers (Gowal et al., 2018). Where the lowest score of the right digit is above the highest of all others, no change
// of the pixels within the radius can change the answer.
//
//   swift run -c release examples certificate

/// Trains a network on digits and certifies its answers by interval arithmetic.
public struct Certificate: Example {
  public static let name = "certificate"
  public static let summary = "guaranteed bounds of a network's answers by intervals, beside what samples find"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the pictures are gone through"),
      Option("width", \.width, "units of the hidden layer"), Option("rate", \.rate, "learning rate"),
      Option("samples", \.samples, "changed pictures that are tried against the bounds"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, width, rate, samples, seed) = (30, 32, 3e-3, 1_000_000, 0)
  public init() {}

  /// What holds for the pictures to test with, at one radius.
  public struct Row: Sendable {
    /// How far each pixel may change; pixels are between 0 and 1.
    public let radius: Double
    /// The share of answers that are right and proved to stay so.
    public let certified: Double
    /// The share that is right for all samples at the corners of the neighbourhood: no proof, and no less.
    public let unbroken: Double
  }

  /// The rows, and how the bounds of one picture compare with samples.
  public struct Outcome: Sendable {
    public let accuracy: Double
    public let rows: [Row]
    /// Samples of which some score was outside of its bounds.
    public let escaped: Int
    /// How much wider the bounds of the first layer are than what the samples cover, at most.
    public let firstLayerRatio: Double
  }

  public func run() throws -> Outcome {
    manualSeed(seed)
    let model = Sequential(Linear(64, width), ReLU(), Linear(width, 10))
    let (training, testing) = (Digits(train: true), Digits(train: false))
    let optimizer = AdamW(model.parameters(), lr: rate, weightDecay: 0.1)
    for _ in 0..<max(1, epochs) {
      for (x, y) in DataLoader(training, batchSize: 64, shuffle: true) {
        optimizer.zeroGrad()
        crossEntropy(model(x.flatten(1)), y).backward()
        optimizer.step()
      }
    }
    return noGrad { report(model, testing.images.flatten(1).to(.float64), testing.labels) }
  }

  private func report(_ model: Sequential, _ pictures: Tensor, _ labels: Tensor) -> Outcome {
    // The numbers of the weights as they are, in double precision and as intervals of one point.
    let exact = deepCopy(model).to(.float64)
    let bounding = deepCopy(model).to(.interval)
    let right = exact(pictures).argmax(1).eq(labels)
    let accuracy: Double = right.mean(dtype: .float64).item()
    print("read right: \(fixed(100 * accuracy, 1)) %\n")
    print("radius   certified   not broken by 100 samples")

    var rows: [Row] = []
    let own = oneHot(labels, numClasses: 10).to(.bool)
    for radius in [0.01, 0.02, 0.04, 0.06, 0.08] {
      let bounds = bounding(Tensor.interval(around: pictures, radius: radius))
      let least = bounds.lower.maskedFill(!own, .infinity).amin(1)
      let most = bounds.upper.maskedFill(own, -.infinity).amax(1)
      var unbroken = right
      for _ in 0..<100 {
        let corner = pictures + (randint(0, 2, pictures.shape).to(.float64) * 2 - 1) * radius
        unbroken = unbroken & exact(corner).argmax(1).eq(labels)
      }
      let row = Row(
        radius: radius, certified: least.gt(most).mean(dtype: .float64).item(),
        unbroken: unbroken.mean(dtype: .float64).item())
      rows.append(row)
      print("\(fixed(radius, 2))     \(fixed(100 * row.certified, 1)) %       \(fixed(100 * row.unbroken, 1)) %")
    }

    // One picture: no sample may leave the bounds, and the bounds of a layer should not be much wider than the samples.
    let (picture, radius) = (pictures[0], 0.05)
    let neighbourhood = Tensor.interval(around: picture, radius: radius)
    let (scores, first) = (bounding(neighbourhood), bounding[0](neighbourhood))
    var escaped = 0
    var (lowest, highest) = (
      Tensor.full([width], .infinity, dtype: .float64), Tensor.full([width], -.infinity, dtype: .float64)
    )
    var rest = samples
    while rest > 0 {
      let count = min(10_000, rest)
      // At the corners every other time: what a linear layer makes greatest lies there.
      let steps =
        rest / 10_000 % 2 == 0 ? rand([count, 64], dtype: .float64) : randint(0, 2, [count, 64]).to(.float64)
      let near = picture + (steps * 2 - 1) * radius
      let found = exact(near)
      let isInside = found.ge(scores.lower) & found.le(scores.upper)
      escaped += (!isInside).any(1).sum().item()
      let hidden = exact[0](near)
      (lowest, highest) = (minimum(lowest, hidden.amin(0)), maximum(highest, hidden.amax(0)))
      rest -= count
    }
    let ratio: Double = (first.width / (highest - lowest)).amax().item()
    print("\n\(escaped) of \(samples) samples around one picture left the bounds of their scores")
    print("bounds of the first layer: at most \(fixed(ratio, 2)) times as wide as what the samples cover")
    return Outcome(accuracy: accuracy, rows: rows, escaped: escaped, firstLayerRatio: ratio)
  }
}
