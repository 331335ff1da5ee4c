import Apus

/// `apus demo`: trains a small network on the bundled digits and shows what it has learned.
struct DemoCommand: Command {
  static let name = "demo"
  static let summary = "train a small network on handwritten digits and show what it has learned"
  static let help = """
    usage: apus demo [--epochs N] [--seed N] [--device D] [--output FOLDER]

    Trains a convolutional network on 1437 handwritten digits and tests it on 360 others. Takes a few seconds.

    options:
      --epochs N        how often the training images are gone through (40)
      --seed N          where random numbers start; the same seed gives the same run (0)
      --device D        where it computes (APUS_DEVICE, else cpu); apus info lists what there is
      --output FOLDER   where the results go (runs/demo)

    results:
      model.safetensors      the trained weights; Python's safetensors reads them
      events.out.tfevents.*  curves for TensorBoard: tensorboard --logdir FOLDER
      learning-curve.svg     the curves as a picture
    """

  private let epochs: Int
  private let seed: Int
  private let device: Device
  private let output: String

  init(_ words: inout Words) throws {
    epochs = try words.takeNumber("--epochs", in: 1...10_000) ?? 40
    seed = try words.takeNumber("--seed", in: 0...Int(UInt32.max)) ?? 0
    let place = try words.take("--device") ?? getDefaultDevice().description
    device = Device(place)
    guard Devices.available.contains(device) else {
      let known = Devices.available.map(\.description).joined(separator: ", ")
      throw UsageError(message: "--device '\(place)' is not on this machine, which has \(known)")
    }
    output = try words.take("--output") ?? "runs/demo"
    if output.isEmpty { throw UsageError(message: "--output needs the path of a folder") }
  }

  func run() throws {
    manualSeed(seed)
    let (training, testing) = (Digits(train: true), Digits(train: false))
    let model = DigitNet()
    print(model.summary(input: [1, 1, 8, 8]))
    model.to(device)
    let place = device == .cpu ? "threads: \(getNumThreads())" : "on \(device)"
    print("\nTraining on \(training.count) digits, testing on \(testing.count) others, \(place).\n")

    let batches = DataLoader(training, batchSize: 64, shuffle: true)
    let tests = DataLoader(testing, batchSize: 360)
    let optimizer = AdamW(model.parameters(), lr: 1e-3, weightDecay: 0.01)
    let trainer = Trainer<(Tensor, Tensor)>(model, optimizer: optimizer) { [device] inputs, labels in
      let labels = labels.to(device)
      let output = model((model.isTraining ? shifted(inputs) : inputs).to(device))
      return .init(loss: crossEntropy(output, labels), count: labels.count, output: output.detach(), target: labels)
    }
    trainer.metrics = [.accuracy]
    trainer.schedule = OneCycleLR(optimizer, maxLR: 8e-3, totalSteps: epochs * batches.count)
    trainer.scheduleUnit = .step
    trainer.loggers = [try TensorBoardLogger(logDir: output)]
    let history = try trainer.fit(batches, validation: tests, epochs: epochs)

    model.eval()
    let probabilities = noGrad { model(testing.images.to(device)).softmax(1) }
    let predictions = probabilities.argmax(1).array(as: Int.self)
    let labels = testing.labels.array(as: Int.self)
    var matrix = ConfusionMatrix(classes: 10)
    try matrix.add(actual: labels, predicted: predictions)
    print("\n" + matrix.text())
    print("Some test digits, what they are taken for and how surely; in brackets what a wrong one is:\n")
    print(try gallery(testing, predictions, labels, probabilities))

    try save(model.stateDict(), to: output + "/model.safetensors", metadata: ["format": "pt"])
    try learningCurve(history).write(to: output + "/learning-curve.svg")
    let correct = zip(labels, predictions).count { $0 == $1 }
    let share = (Double(correct) / Double(labels.count) * 10_000).rounded() / 100
    print("\(correct) of \(labels.count) test digits are right: \(share) %")
    print("Weights, TensorBoard events and learning-curve.svg are in \(output)")
  }

  /// A few digits with what the network makes of them, mistakes first.
  private func gallery(
    _ digits: Digits, _ predictions: [Int], _ labels: [Int], _ probabilities: Tensor
  ) throws -> String {
    let wrong = labels.indices.filter { labels[$0] != predictions[$0] }
    let right = (0..<10).compactMap { digit in labels.indices.first { labels[$0] == digit && predictions[$0] == digit }
    }
    let shown = wrong.prefix(3) + right.prefix(8 - min(3, wrong.count))
    let pixels = digits.images.array(as: Float.self)
    let shares = probabilities.array(as: Float.self)
    let captions = shown.map { i in
      let percent = Int((shares[i * 10 + predictions[i]] * 100).rounded())
      return "\(predictions[i]) \(percent)%" + (labels[i] == predictions[i] ? "" : " (\(labels[i]))")
    }
    let pictures = shown.map { i in Array(pixels[(i * 64)..<((i + 1) * 64)]) }
    return try drawImages(pictures, width: 8, height: 8, captions: captions)
  }

  private func learningCurve(_ history: [EpochValues]) -> Chart {
    func series(_ label: String, _ name: String, dashed: Bool) -> Chart.Series {
      Chart.Series(
        name: label, x: history.map { Double($0.epoch) }, y: history.map { $0[name] ?? .nan }, isDashed: dashed)
    }
    return Chart(
      title: "Handwritten digits",
      panels: [
        Chart.Panel(
          title: "Loss", xLabel: "epoch", yScale: .logarithmic,
          series: [series("training", "loss", dashed: false), series("test", "validation loss", dashed: true)]),
        Chart.Panel(
          title: "Accuracy", xLabel: "epoch",
          series: [series("training", "accuracy", dashed: false), series("test", "validation accuracy", dashed: true)]),
      ])
  }
}

/// The images moved by at most one pixel in each direction: a little more variety than there is in the data.
func shifted(_ images: Tensor) -> Tensor {
  let (height, width) = (images.size(2), images.size(3))
  let moves = randint(0, 3, [2]).array(as: Int.self)
  return images.pad([1, 1, 1, 1]).narrow(2, moves[0], height).narrow(3, moves[1], width)
}
