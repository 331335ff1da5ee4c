import Apus

// The digits network with weights and activations of Laegna numbers of one to four digits, beside float32: how many digits it still reads, how
// much room it takes, how fast it is, and what its weights look like.
//
//   swift run -c release examples laegna

/// A number type that a network is brought to: for training, and then for use.
public struct NumberWay: Sendable {
  /// How it is called in the table.
  public let name: String
  /// The network with rounding in it, to be trained further, for a trained one and inputs to calibrate it with.
  public let prepare: @Sendable (_ network: Sequential, _ calibration: [Tensor]) throws -> Sequential
  /// The network for use, and the bytes that its parameters take, for one that was prepared and perhaps trained.
  public let finish: @Sendable (_ network: Sequential) throws -> (network: any Layer, bytes: Int)

  /// A way by two functions.
  public init(
    _ name: String, prepare: @escaping @Sendable (_ network: Sequential, _ calibration: [Tensor]) throws -> Sequential,
    finish: @escaping @Sendable (_ network: Sequential) throws -> (network: any Layer, bytes: Int)
  ) {
    (self.name, self.prepare, self.finish) = (name, prepare, finish)
  }

  /// Laegna numbers of so many digits: sums of integers from the rounded picture to the answer.
  public static func laegna(_ digits: Int) -> NumberWay {
    NumberWay("Laegna R = \(digits)") { network, calibration in
      try Quantize.laegnaTraining(network, digits: digits, calibration: calibration)
    } finish: { network in
      let made = try Quantize.laegna(trained: network)
      return (made, made.packedBytes)
    }
  }
}

/// What a network of some number type is worth on the test digits.
public struct NumberRow: Sendable {
  /// The number type.
  public let name: String
  /// The share of right answers where only weights and activations were rounded.
  public let rounded: Double
  /// And where it was trained with the rounding in it.
  public let trained: Double
  /// Bytes of the parameters.
  public let bytes: Int
  /// Pictures in a second, 360 at once.
  public let picturesPerSecond: Double
}

/// Compares number types on the digits network.
public struct LaegnaNumbers: Example {
  public static let name = "laegna"
  public static let summary = "train the digits network with weights and activations of Laegna numbers"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "epochs of the network of float32"),
      Option("more", \.more, "epochs of training with rounding"),
      Option("digits", \.digits, "the most digits that a number has"),
      Option("beside", \.beside, "1: fixed point and posits of eight bits beside them"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, more, digits, beside, seed) = (40, 20, 4, 1, 0)
  public init() {}

  public func run() throws -> [NumberRow] {
    let ways: [NumberWay] = (1...max(1, min(7, digits))).reversed().map { .laegna($0) }
    let others: [NumberWay] = [.elements("fixed point", .fixed8), .elements("posit8", .posit8)]
    let rows = try compare(ways + (beside > 0 ? others : [])) { way, network in
      if way.name == "Laegna R = 4" || digits < 4, let network = network as? LaegnaNetwork { show(network) }
    }
    print("numbers         rounded  trained   bytes  pictures/s")
    for row in rows {
      print(
        row.name.padded(to: 14) + percent(row.rounded) + percent(row.trained) + "\(row.bytes)".padded(to: -8)
          + "\(Int(row.picturesPerSecond))".padded(to: -12))
    }
    return rows
  }

  /// The network of float32, and one for each way, in the order given.
  public func compare(
    _ ways: [NumberWay], _ inspect: (NumberWay, any Layer) throws -> Void = { _, _ in }
  ) throws -> [NumberRow] {
    manualSeed(seed)
    let (training, test) = (Digits(train: true), Digits(train: false))
    let network = laegnaDigitNetwork()
    try train(network, training, epochs: epochs, lr: 8e-3)
    let real = accuracy(network, test)
    let count = network.parameters().reduce(0) { $0 + $1.count }
    var rows = [
      NumberRow(
        name: "float32", rounded: real, trained: real, bytes: 4 * count, picturesPerSecond: speed(network, test))
    ]
    for way in ways {
      let rounding = try way.prepare(network, [training.images])
      let rounded = accuracy(try way.finish(rounding).network, test)
      manualSeed(seed + 1)
      try train(rounding, training, epochs: more, lr: 2e-3)
      let made = try way.finish(rounding)
      rows.append(
        NumberRow(
          name: way.name, rounded: rounded, trained: accuracy(made.network, test), bytes: made.bytes,
          picturesPerSecond: speed(made.network, test)))
      try inspect(way, made.network)
    }
    return rows
  }

  private func train(_ network: Sequential, _ digits: Digits, epochs: Int, lr: Double) throws {
    network.train()
    let loader = DataLoader(digits, batchSize: 64, shuffle: true)
    let optimizer = AdamW(network.parameters(), lr: 1e-3, weightDecay: 0.01)
    let schedule = OneCycleLR(optimizer, maxLR: lr, totalSteps: max(1, epochs * loader.count))
    for _ in 0..<epochs {
      for (images, labels) in loader {
        let moves = randint(0, 3, [2]).array(as: Int.self)
        let moved = images.pad([1, 1, 1, 1]).narrow(2, moves[0], 8).narrow(3, moves[1], 8)
        let loss = crossEntropy(network(moved), labels)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        schedule.step()
      }
    }
    network.eval()
  }

  private func accuracy(_ network: any Layer, _ test: Digits) -> Double {
    noGrad { network(test.images).argmax(1).eq(test.labels).to(.float32).mean().item() }
  }

  private func speed(_ network: any Layer, _ test: Digits) -> Double {
    let clock = ContinuousClock.now
    var rounds = 0
    while rounds < 3 || ContinuousClock.now - clock < .milliseconds(200) && rounds < 100 {
      noGrad { _ = network(test.images) }
      rounds += 1
    }
    return Double(rounds * test.count) / ((ContinuousClock.now - clock) / .seconds(1))
  }

  /// The first kernels as digits.
  private func show(_ network: LaegnaNetwork) {
    guard let layer = network.weighted.first else { return }
    print("Two of the kernels of the first layer, \(layer.format):")
    let kernels = layer.weight.narrow(0, 0, 2)
    let (numbers, width) = (kernels.laegnaNumerals(), kernels.size(-1))
    for row in 0..<numbers.count / width {
      let texts = numbers[row * width..<(row + 1) * width].map { $0.padded(to: layer.format.digits) }
      print("  " + texts.joined(separator: "  "))
    }
    print("")
  }

  private func percent(_ share: Double) -> String { (fixed(100 * share, 2) + " %").padded(to: -9) }
}

extension String {
  /// At least so many characters wide, to the left or, where the width is negative, to the right.
  fileprivate func padded(to width: Int) -> String {
    let spaces = String(repeating: " ", count: Swift.max(0, Swift.abs(width) - count))
    return width < 0 ? spaces + self : self + spaces
  }
}

/// The network of `apus demo` as layers in a row.
public func laegnaDigitNetwork() -> Sequential {
  Sequential(
    [
      "stem": Conv2d(1, 16, kernelSize: 3, padding: 1), "stem_norm": BatchNorm2d(16), "stem_act": ReLU(),
      "middle": Conv2d(16, 32, kernelSize: 3, padding: 1), "middle_norm": BatchNorm2d(32), "middle_act": ReLU(),
      "middle_pool": MaxPool2d(2), "top": Conv2d(32, 64, kernelSize: 3, padding: 1), "top_norm": BatchNorm2d(64),
      "top_act": ReLU(), "top_pool": MaxPool2d(2), "flatten": Flatten(), "dropout": Dropout(0.3),
      "classifier": Linear(64 * 2 * 2, 10),
    ])
}
