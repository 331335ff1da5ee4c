import Apus

// A variational autoencoder (Kingma and Welling, 2013): pictures become a few numbers with an uncertainty, and pictures again.
// Numbers drawn at random then give pictures that nobody has seen.
//
//   swift run -c release examples vae

/// From pictures to a distribution over codes, and back.
@Module
final class Autoencoder {
  let encoder: Sequential
  let mean: Linear
  let logVariance: Linear
  let decoder: Sequential

  init(size: Int, width: Int, code: Int) {
    encoder = Sequential(Flatten(), Linear(size * size, width), ReLU())
    mean = Linear(width, code)
    logVariance = Linear(width, code)
    decoder = Sequential(
      Linear(code, width), ReLU(), Linear(width, size * size), Sigmoid(), Unflatten(1, [1, size, size]))
  }

  /// The pictures again, and what is known of their codes.
  func forward(_ pictures: Tensor) -> (Tensor, Normal) {
    let h = encoder(pictures)
    let codes = Normal(mean(h), exp(logVariance(h) / 2))
    return (decoder(codes.rsample()), codes)  // a sample that the gradient flows through
  }
}

/// Trains an autoencoder on pictures and draws new ones.
public struct VAE: Example {
  public static let name = "vae"
  public static let summary = "a variational autoencoder that draws pictures"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the pictures are gone through"),
      Option("pictures", \.pictures, "pictures to learn from"), Option("data", \.data, "fashion or digits"),
      Option("width", \.width, "units of the hidden layers"), Option("code", \.code, "numbers for a picture"),
      Option("batch", \.batch, "pictures in a step"), Option("rate", \.rate, "learning rate"),
      Option("output", \.output, "where the pictures go"), Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, pictures, data) = (10, 60_000, "")
  public var (width, code, batch, rate) = (400, 20, 128, 1e-3)
  public var (output, seed) = ("runs/vae.png", 0)
  public init() {}

  /// What the training gave: the negative lower bound of the pictures' log likelihood, in nats for a picture.
  public struct Outcome: Sendable {
    /// The mean of each epoch.
    public var losses: [Double]
    /// Of the pictures to test with.
    public var testLoss: Double
  }

  public func run() throws -> Outcome {
    let data = try PictureData(self.data, limit: pictures)
    manualSeed(seed)
    let model = Autoencoder(size: data.size, width: width, code: code)
    let optimizer = Adam(model.parameters(), lr: rate)
    let batches = DataLoader(data.training, batchSize: batch, shuffle: true)
    print("\(data.training.size(0)) pictures of \(data.title)\n\(model)")

    // How badly the pictures are made again, and how much is known of their codes: the divergence from knowing nothing.
    func loss(_ pictures: Tensor) -> Tensor {
      let (again, codes) = model(pictures)
      let difference = binaryCrossEntropy(again, pictures, reduction: .sum)
      let knowledge = klDivergence(codes, Normal(0.0, 1.0)).sum()
      return (difference + knowledge) / pictures.size(0)
    }

    var losses: [Double] = []
    for epoch in 1...max(1, epochs) {
      model.train()
      var total = 0.0
      for pictures in batches {
        let value = loss(pictures)
        optimizer.zeroGrad()
        value.backward()
        optimizer.step()
        total += value.item() * Double(pictures.size(0))
      }
      losses.append(total / Double(data.training.size(0)))
      if isReported(epoch, of: epochs) { print("epoch \(epoch)/\(epochs)  loss \(fixed(losses[epoch - 1], 2))") }
    }

    model.eval()
    return try noGrad {
      let testLoss = loss(data.testing).item()
      print("loss of \(data.testing.size(0)) pictures that it has not seen: \(fixed(testLoss, 2))\n\nNew pictures:")
      try show(model.decoder(randn([64, code])), output)
      return Outcome(losses: losses, testLoss: testLoss)
    }
  }
}
