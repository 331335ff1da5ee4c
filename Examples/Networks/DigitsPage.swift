import Apus

// A network that recognises digits drawn in a web page: trained here, written as WebAssembly, run by `Examples/web/digits`.
//
//   swift run -c release examples digits-page
//   cd Examples/web && python3 -m http.server    # then open http://localhost:8000/digits/

/// Trains a small convolutional network on the digits, moved and stretched a little, and writes it for the page.
public struct DigitsPage: Example {
  public static let name = "digits-page"
  public static let summary = "a network for a web page in which one draws digits, as WebAssembly"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "passes over the training pictures"), Option("lr", \.lr, "largest learning rate"),
      Option("to", \.path, "the file of the module, or nothing for none"),
    ]
  }

  public var epochs = 60
  public var lr = 5e-3
  public var path = "Examples/web/digits/digits.wasm"

  public init() {}

  /// The share of test pictures that are recognised.
  public func run() throws -> Double {
    manualSeed(1)
    let net = Sequential(
      Conv2d(1, 12, kernelSize: 3, padding: 1), ReLU(), Conv2d(12, 24, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
      Conv2d(24, 32, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Dropout(0.3), Linear(128, 10))
    Self.train(net, epochs: epochs, lr: lr)
    net.eval()
    let test = Digits(train: false)
    let accuracy = noGrad { net(test.images).argmax(1).eq(test.labels).to(.float32).mean().item() }
    print("\(net.parameters().reduce(0) { $0 + $1.count }) parameters, \(accuracy * 100) % of test pictures recognised")
    if !path.isEmpty {
      try CLibrary({ (x: Tensor) in net(x) }, example: Tensor.zeros(1, 1, 8, 8), name: "digits")
        .write(.webAssembly, to: path)
      print("wrote \(path)")
    }
    return accuracy
  }

  /// Trains a network that gives a score to each digit on the training pictures, moved at random.
  static func train(_ net: some Layer, epochs: Int, lr: Double) {
    let optimizer = AdamW(net.parameters(), lr: lr, weightDecay: 0.02)
    let batches = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let schedule = OneCycleLR(optimizer, maxLR: lr, totalSteps: max(1, epochs) * batches.count)
    for _ in 0..<epochs {
      for (images, labels) in batches {
        optimizer.zeroGrad()
        let loss = crossEntropy(net(moved(images)), labels, labelSmoothing: 0.05)
        loss.backward()
        optimizer.step()
        schedule.step()
      }
    }
  }

  /// The pictures turned, stretched and moved at random, each by itself: hands that draw with a mouse do so.
  private static func moved(_ images: Tensor) -> Tensor {
    let n = images.shape[0]
    func number(_ most: Double) -> Tensor { (rand(n) * 2 - 1) * most }
    let (turn, width, height, slant) = (number(0.25), number(0.2) + 1, number(0.2) + 1, number(0.2))
    let rows = [
      stack([turn.cos() * width, slant - turn.sin(), number(0.15)], dim: 1),
      stack([turn.sin(), turn.cos() * height, number(0.15)], dim: 1),
    ]
    let grid = affineGrid(stack(rows, dim: 1), [n, 1, 8, 8], alignCorners: false)
    return gridSample(images, grid, alignCorners: false)
  }
}
