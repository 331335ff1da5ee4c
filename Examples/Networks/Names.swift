import Apus

// Which language a given name is from, letter by letter: an LSTM over sequences of different lengths.
//
//   swift run -c release examples names

/// Names as the numbers of their letters, with the number of the language.
struct NameList: Dataset {
  let names: [(letters: [Int], language: Int)]
  var count: Int { names.count }
  subscript(index: Int) -> (Tensor, Int) { (Tensor(names[index].letters), names[index].language) }
}

/// Reads a name forwards and backwards, and scores the languages by what both ends of it left behind.
@Module
final class NameReader {
  let letters: Embedding
  let lstm: LSTM
  let dropout = Dropout(0.3)
  let head: Linear

  init(alphabet: Int, width: Int, languages: Int) {
    letters = Embedding(alphabet, 16)
    lstm = LSTM(16, width, bidirectional: true)
    head = Linear(2 * width, languages)
  }

  func forward(_ names: PackedSequence) -> Tensor {
    // The letters of all names lie in one row, so that nothing is computed for padding.
    let vectors = PackedSequence(
      letters(names.data), batchSizes: names.batchSizes, sortedIndices: names.sortedIndices,
      unsortedIndices: names.unsortedIndices)
    let (_, (h, _)) = lstm(vectors)  // the last state of each direction: [2, batch, width]
    return head(dropout(cat([h[0], h[1]], dim: 1)))
  }
}

/// Trains a reader of names on most of the list and tests it on the others.
public struct Names: Example {
  public static let name = "names"
  public static let summary = "an LSTM that tells the language of a given name"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the names are gone through"),
      Option("width", \.width, "numbers in a state"),
      Option("rate", \.rate, "learning rate"), Option("name", \.name, "a name to be told the language of"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (epochs, width, rate, name, seed) = (30, 64, 5e-3, "Ottilie", 0)
  public init() {}

  /// What the training gave.
  public struct Outcome: Sendable {
    /// The mean loss of each epoch.
    public var losses: [Double]
    /// Which share of the names that were not trained on is right; one in eight is by chance.
    public var accuracy: Double
  }

  public func run() throws -> Outcome {
    let languages = givenNames.map(\.language)
    let alphabet = Set(givenNames.flatMap { Array($0.names.lowercased()) }).subtracting([" "]).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(alphabet, 1...))  // 0 is for letters that there are not
    func letters(_ name: some StringProtocol) -> [Int] { name.lowercased().map { number[$0] ?? 0 } }
    let all = givenNames.enumerated().flatMap { i, list in
      list.names.split(separator: " ").map { (letters: letters($0), language: i) }
    }

    manualSeed(seed)
    let (training, held) = randomSplit(NameList(names: all), [0.8, 0.2])
    let pack = { @Sendable (examples: [(Tensor, Int)]) in
      (packSequence(examples.map(\.0), enforceSorted: false), Tensor(examples.map(\.1)))
    }
    let batches = DataLoader(training, batchSize: 32, shuffle: true, collateFn: pack)
    let tests = DataLoader(held, batchSize: held.count, collateFn: pack)

    let model = NameReader(alphabet: alphabet.count + 1, width: width, languages: languages.count)
    let optimizer = Adam(model.parameters(), lr: rate)
    print("\(training.count) names of \(languages.count) languages, and \(held.count) to test with\n\(model)")
    var losses: [Double] = []
    for epoch in 1...max(1, epochs) {
      model.train()
      var total = 0.0
      for (names, language) in batches {
        let loss = crossEntropy(model(names), language)
        optimizer.zeroGrad()
        loss.backward()
        clipGradNorm(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * Double(language.count)
      }
      losses.append(total / Double(training.count))
      if isReported(epoch, of: epochs) { print("epoch \(epoch)/\(epochs)  loss \(fixed(losses[epoch - 1]))") }
    }

    model.eval()
    return try noGrad {
      var confusion = ConfusionMatrix(classNames: languages)
      for (names, language) in tests {
        try confusion.add(actual: language.array(), predicted: model(names).argmax(1).array())
      }
      let accuracy = confusion.accuracy ?? 0
      print("\n\(confusion.text())\n\(fixed(100 * accuracy, 1)) % of the names that it has not seen are right")
      if !name.isEmpty {
        let chances = softmax(model(packSequence([Tensor(letters(name))]))[0], dim: 0)
        let (values, places) = chances.topk(3)
        let guesses = zip(values.array(as: Double.self), places.array(as: Int.self))
        print("\(name): " + guesses.map { "\(languages[$1]) \(fixed(100 * $0, 0)) %" }.joined(separator: ", "))
      }
      return Outcome(losses: losses, accuracy: accuracy)
    }
  }
}
