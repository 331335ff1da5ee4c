import ApusCore
import ApusData
import ApusFunctional
import ApusNN
import ApusOptim
import ApusTrain

/// Tunings of networks that read digits: what each setting of a grid comes to after 1, 2, 4 and 8 epochs. All begin from the same seed.
package enum DigitTables {
  /// Pictures that networks learn from; the rest, of other hands, judge them.
  private static let learned = 1000
  private static let epochs = [1, 2, 4, 8]

  /// A network and its training.
  private struct Training {
    var model: any Layer
    var optimizer: Optimizer
    var batch: Int
    var smoothing = 0.0
    /// Pixels that a batch is moved by at most.
    var shift = 0
    /// How many pictures it learns from.
    var examples = learned
  }

  private static func table(_ name: String, _ parameters: [TuningTable.Parameter]) -> TuningTable {
    TuningTable(name, parameters, epochs: epochs, judged: Digits.trainCount + Digits(train: false).count - learned)
  }

  /// A multilayer perceptron.
  private static let perceptron = table(
    "perceptron",
    [
      .init("lr", [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1]), .init("width", [8, 16, 32, 64, 128]),
      .init("layers", [1, 2]), .init("dropout", [0, 0.1, 0.2, 0.35, 0.5]), .init("optimizer", ["adam", "sgd"]),
      .init("momentum", [0, 0.5, 0.8, 0.95], where: ("optimizer", "sgd")),
    ])

  /// Two convolutions and a linear layer, which have 400 pictures to learn from.
  private static let convolutions = table(
    "convolutions",
    [
      .init("lr", [1e-3, 3e-3, 1e-2, 3e-2, 0.1]), .init("channels", [2, 4, 8, 12, 16]),
      .init("batch", [16, 32, 64, 128]), .init("pooling", ["max", "mean"]), .init("norm", ["none", "batch"]),
      .init("augmentation", ["none", "shift"]),
      .init("weightDecay", [1e-3, 1e-2, 0.1, 1], where: ("augmentation", "shift")),
    ])

  /// A network that has 150 pictures to learn from: a linear one, or with a hidden layer.
  private static let few = table(
    "few",
    [
      .init("lr", [1e-3, 3e-3, 1e-2, 3e-2, 0.1]), .init("weightDecay", [0, 1e-3, 1e-2, 0.1, 1]),
      .init("smoothing", [0, 0.05, 0.1, 0.2]), .init("batch", [4, 8, 16, 32]), .init("model", ["linear", "hidden"]),
      .init("width", [8, 24, 72, 216], where: ("model", "hidden")),
    ])

  /// The tables, with the training of each.
  private static var all: [(table: TuningTable, training: ([String: SettingValue]) -> Training)] {
    [(perceptron, perceptron), (convolutions, convolutions), (few, few)]
  }

  private static func perceptron(_ settings: [String: SettingValue]) -> Training {
    let width = Int(settings.number("width"))
    var layers: [any Layer] = [Flatten()]
    for i in 0..<Int(settings.number("layers")) {
      layers += [Linear(i == 0 ? 64 : width, width), ReLU(), Dropout(settings.number("dropout"))]
    }
    let model = Sequential(layers + [Linear(width, 10)])
    let lr = settings.number("lr")
    let optimizer: Optimizer =
      settings["momentum"] == nil
      ? Adam(model.parameters(), lr: lr)
      : SGD(model.parameters(), lr: lr, momentum: settings.number("momentum"))
    return Training(model: model, optimizer: optimizer, batch: 32)
  }

  private static func convolutions(_ settings: [String: SettingValue]) -> Training {
    let channels = Int(settings.number("channels"))
    let (isMax, isNormed) = (settings.text("pooling") == "max", settings.text("norm") == "batch")
    func block(_ from: Int, _ to: Int) -> [any Layer] {
      let pool: any Layer = isMax ? MaxPool2d(2) : AvgPool2d(2)
      return [Conv2d(from, to, kernelSize: 3, padding: 1)] + (isNormed ? [BatchNorm2d(to)] : []) + [ReLU(), pool]
    }
    let model = Sequential(
      block(1, channels) + block(channels, 2 * channels) + [Flatten(), Linear(2 * channels * 4, 10)])
    let isShifted = settings.text("augmentation") == "shift"
    return Training(
      model: model,
      optimizer: AdamW(
        model.parameters(), lr: settings.number("lr"), weightDecay: isShifted ? settings.number("weightDecay") : 0.01),
      batch: Int(settings.number("batch")), shift: isShifted ? 1 : 0, examples: 400)
  }

  private static func few(_ settings: [String: SettingValue]) -> Training {
    let model: Sequential
    if settings["width"] == nil {
      model = Sequential([Flatten(), Linear(64, 10)] as [any Layer])
    } else {
      let width = Int(settings.number("width"))
      model = Sequential([Flatten(), Linear(64, width), Tanh(), Linear(width, 10)] as [any Layer])
    }
    return Training(
      model: model,
      optimizer: AdamW(model.parameters(), lr: settings.number("lr"), weightDecay: settings.number("weightDecay")),
      batch: Int(settings.number("batch")), smoothing: settings.number("smoothing"), examples: 150)
  }

  /// Trains all networks and gives the tables as JSON.
  /// - Parameters:
  ///   - names: of the tables; nil for all.
  ///   - rows: how many of each; nil for all.
  ///   - watch: is told of each row before it is trained.
  package static func recorded(
    _ names: [String]? = nil, rows: Int? = nil, watch: (String, Int) -> Void = { _, _ in }
  ) -> String {
    let (first, last) = (Digits(train: true), Digits(train: false))
    let images = cat([first.images, last.images])
    let labels = cat([first.labels, last.labels])
    let judged = images.size(0) - learned
    let judges = (images: images.narrow(0, learned, judged), labels: labels.narrow(0, learned, judged))
    let tables = all.filter { names?.contains($0.table.name) ?? true }.map { item in
      var table = item.table
      for row in 0..<min(rows ?? table.count, table.count) {
        watch(table.name, row)
        manualSeed(0)
        let training = item.training(table.settings(row))
        let examples = (images.narrow(0, 0, training.examples), labels.narrow(0, 0, training.examples))
        table.errors += errors(training, examples, judges)
      }
      return table.json
    }
    return "{\"tables\":[\n\(tables.joined(separator: ",\n"))\n]}\n"
  }

  private static func errors(
    _ training: Training, _ examples: (images: Tensor, labels: Tensor), _ judges: (images: Tensor, labels: Tensor)
  ) -> [Int] {
    let model = training.model
    var errors: [Int] = []
    for epoch in 1...(epochs.last ?? 0) {
      let order = randperm(training.examples)
      for start in stride(from: 0, to: training.examples, by: training.batch) {
        let places = order.narrow(0, start, min(training.batch, training.examples - start))
        var images = examples.images.indexSelect(0, places)
        if training.shift > 0 {
          let most = training.shift
          let moves = randint(0, 2 * most + 1, [2]).array(as: Int.self)
          images = images.pad([most, most, most, most]).narrow(2, moves[0], 8).narrow(3, moves[1], 8)
        }
        let loss = crossEntropy(
          model(images), examples.labels.indexSelect(0, places), labelSmoothing: training.smoothing)
        training.optimizer.zeroGrad()
        loss.backward()
        training.optimizer.step()
      }
      guard epochs.contains(epoch) else { continue }
      model.eval()
      // Numbers that have overflowed are classes, too: the first one.
      errors.append(noGrad { model(judges.images).argmax(1).ne(judges.labels).sum().item(as: Int.self) })
      model.train()
    }
    return errors
  }
}

extension [String: SettingValue] {
  fileprivate func number(_ name: String) -> Double { if case .double(let number) = self[name] { number } else { 0 } }
  fileprivate func text(_ name: String) -> String {
    if case .string(let text) = self[name] { text } else { "" }
  }
}
