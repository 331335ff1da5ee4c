import Apus

// Two networks play against each other (Goodfellow et al., 2014): one draws pictures, the other tells them from real ones. Both
// are convolutional, as in DCGAN (Radford et al., 2015).
//
//   swift run -c release examples gan

/// Draws pictures of `size` from noise `[batch, noise, 1, 1]`.
func makeGenerator(size: Int, noise: Int, width: Int) -> Sequential {
  Sequential(
    ConvTranspose2d(noise, 2 * width, size / 4, bias: false), BatchNorm2d(2 * width), ReLU(),
    ConvTranspose2d(2 * width, width, 4, stride: 2, padding: 1, bias: false), BatchNorm2d(width), ReLU(),
    ConvTranspose2d(width, 1, 4, stride: 2, padding: 1), Sigmoid())
}

/// Scores pictures: high for real ones.
func makeDiscriminator(size: Int, width: Int) -> Sequential {
  Sequential(
    Conv2d(1, width, 4, stride: 2, padding: 1), LeakyReLU(0.2),
    Conv2d(width, 2 * width, 4, stride: 2, padding: 1, bias: false), BatchNorm2d(2 * width), LeakyReLU(0.2),
    Conv2d(2 * width, 1, size / 4), Flatten(0))
}

/// Trains both on pictures and shows what the one draws.
public struct GAN: Example {
  public static let name = "gan"
  public static let summary = "two networks, one that draws pictures and one that tells them from real ones"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the pictures are gone through"),
      Option("pictures", \.pictures, "pictures to learn from"), Option("data", \.data, "fashion or digits"),
      Option("width", \.width, "channels of the larger layers"),
      Option("noise", \.noise, "random numbers for a picture"),
      Option("batch", \.batch, "pictures in a step"), Option("rate", \.rate, "learning rate"),
      Option("output", \.output, "where the pictures go"), Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, pictures, data) = (10, 10_000, "")
  public var (width, noise, batch, rate) = (32, 32, 64, 5e-4)
  public var (output, seed) = ("runs/gan.png", 0)
  public init() {}

  /// What the training gave.
  public struct Outcome: Sendable {
    /// How far the drawn pictures are from real ones before training and after each epoch: their energy distance.
    public var distances: [Double]
  }

  public func run() throws -> Outcome {
    let data = try PictureData(self.data, limit: pictures)
    manualSeed(seed)
    let generator = makeGenerator(size: data.size, noise: noise, width: width)
    let discriminator = makeDiscriminator(size: data.size, width: width)
    for module in generator.layers + discriminator.layers {
      if let weight = (module as? ConvTranspose2d)?.weight ?? (module as? Conv2d)?.weight {
        Init.normal_(weight, std: 0.02)
      }
    }
    let drawing = Adam(generator.parameters(), lr: rate, betas: (0.5, 0.999))
    let judging = Adam(discriminator.parameters(), lr: rate, betas: (0.5, 0.999))
    let batches = DataLoader(data.training, batchSize: batch, shuffle: true, dropLast: true)
    let kept = randn([500, noise, 1, 1])
    print("\(data.training.size(0)) pictures of \(data.title)")

    /// How badly scores say that pictures are real, or that they are not.
    func loss(_ scores: Tensor, areReal: Bool) -> Tensor {
      binaryCrossEntropyWithLogits(scores, fullLike(scores, areReal ? 1.0 : 0.0))
    }
    func distance() -> Double {
      noGrad { energyDistance(generator(kept).flatten(1), data.testing[..<500].flatten(1)).item() }
    }

    var distances = [distance()]
    print("before training: distance from real pictures \(fixed(distances[0]))")
    for epoch in 1...max(1, epochs) {
      var (drawn, judged) = (0.0, 0.0)
      for real in batches {
        let fake = generator(randn([batch, noise, 1, 1]))
        // The judge learns from both, without telling the generator.
        let judgement = loss(discriminator(real), areReal: true) + loss(discriminator(fake.detach()), areReal: false)
        judging.zeroGrad()
        judgement.backward()
        judging.step()
        // The generator learns to be taken for real.
        let deception = loss(discriminator(fake), areReal: true)
        drawing.zeroGrad()
        deception.backward()
        drawing.step()
        judged += judgement.item()
        drawn += deception.item()
      }
      distances.append(distance())
      let steps = Double(max(1, batches.count))
      print(
        "epoch \(epoch)/\(epochs)  loss of the judge \(fixed(judged / steps)), of the generator \(fixed(drawn / steps)), "
          + "distance from real pictures \(fixed(distances[epoch]))")
    }
    generator.eval()
    try noGrad { try show(generator(kept[..<64]), output) }
    return Outcome(distances: distances)
  }

  /// How different two sets of points are (Székely, 2003): 0 when they are drawn from the same distribution.
  private func energyDistance(_ x: Tensor, _ y: Tensor) -> Tensor {
    2 * cdist(x, y).mean() - cdist(x, x).mean() - cdist(y, y).mean()
  }
}
