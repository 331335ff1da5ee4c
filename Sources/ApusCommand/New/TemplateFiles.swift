// Written by scripts/make-template.py.

/// The files of a new package, by their paths in it, with `NewPackage`, `NAME`, `APUS` and `IDENTITY` where names stand.
enum Template {
  static let files: [(path: String, text: String)] = [
    (
      "Package.swift",
      #"""
      // swift-tools-version: 6.0
      import PackageDescription

      let package = Package(
        name: "NAME",
        dependencies: [.package(path: "APUS")],
        targets: [
          .target(name: "NewPackage", dependencies: [.product(name: "ApusEssentials", package: "IDENTITY")]),
          .executableTarget(name: "train", dependencies: ["NewPackage"], path: "Sources/Train"),
          .testTarget(name: "NewPackageTests", dependencies: ["NewPackage"]),
        ]
      )
      """#
    ),
    (
      "README.md",
      #"""
      # NAME

      A network in Swift, trained with Apus.

      ```
      swift run -c release train               # trains on handwritten digits, 12 epochs
      swift run -c release train 40            # 40 epochs
      swift test                               # what has to hold of the network
      ```

      The first build takes some minutes, since Apus is built too; later ones take seconds.

      | file | what it is |
      |---|---|
      | `Package.swift` | what the package needs: `ApusEssentials` is enough for networks and their training, `Apus` is the whole library, with published models, ONNX, transforms of pictures and more; what is named here is what the files import |
      | `Sources/NewPackage/Network.swift` | the network |
      | `Sources/Train/main.swift` | data, optimiser, training, what is saved |
      | `Tests/NewPackageTests` | what has to hold of it |
      | `runs/digits` | what a run leaves: `last.safetensors` and `best.safetensors` (checkpoints), `network.safetensors` (the weights), `values.csv`, `report.html` (to open in a browser) |

      While you write, `swift build` and `swift run train` are built quicker and name lines of your files when something stops;
      `-c release` is for training.
      """#
    ),
    (
      "Sources/NewPackage/Network.swift",
      #"""
      import ApusEssentials

      /// What is learned: scores for the ten digits from images of 8x8 pixels, `[batch, 1, 8, 8]`.
      ///
      /// The properties are the layers; `forward` says how a batch flows through them. Change both as you like: parameters, their names in
      /// files and the summary follow.
      public final class Network: Layer {
        let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
        let conv2 = Conv2d(16, 32, kernelSize: 3, padding: 1)
        let dropout = Dropout(0.2)
        let output = Linear(32 * 2 * 2, 10)

        public init() {}

        public func forward(_ x: Tensor) -> Tensor {
          var x = maxPool2d(conv1(x).relu(), 2)  // [batch, 16, 4, 4]
          x = maxPool2d(conv2(x).relu(), 2)  // [batch, 32, 2, 2]
          return output(dropout(x.flatten(1)))
        }
      }
      """#
    ),
    (
      "Sources/Train/main.swift",
      #"""
      import ApusEssentials
      import NewPackage

      // Trains the network and saves it; the number of epochs may follow:
      //
      //   swift run -c release train 20

      let epochs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 12
      let folder = "runs/digits"

      // The same seed gives the same weights and the same order of the data.
      manualSeed(0)

      // The digits come with the library. Data of your own: ImageFolder("photos") with a folder of pictures for each class, a
      // TableDataset of any table, or a type with `count` and a subscript that conforms to Dataset.
      let training = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
      let testing = DataLoader(Digits(train: false), batchSize: 360)

      let network = Network()
      print(network.summary(input: [1, 1, 8, 8]))

      let optimizer = AdamW(network.parameters(), lr: 2e-3)
      let trainer = Trainer(network, optimizer: optimizer, loss: CrossEntropyLoss())
      trainer.metrics = [.accuracy]
      trainer.checkpoints = CheckpointPlan(folder: folder, monitor: "validation loss")
      trainer.callbacks = [EarlyStopping(patience: 5)]
      trainer.loggers = [
        CSVLogger(path: folder + "/values.csv"), ReportLogger(path: folder + "/report.html", title: "Digits"),
      ]
      try trainer.fit(training, validation: testing, epochs: epochs)

      // Weights under PyTorch's names, in a file that Python's safetensors reads.
      try save(network.stateDict(), to: folder + "/network.safetensors")
      for (name, value) in try trainer.test(testing) { print("\(name): \(value)") }
      print("weights, checkpoints, values.csv and the report.html are in \(folder)")
      """#
    ),
    (
      "Tests/NewPackageTests/NetworkTests.swift",
      #"""
      import ApusEssentials
      import NewPackage
      import Testing

      @Suite struct NetworkTests {
        @Test func givesAScoreForEveryDigit() {
          let scores = Network()(rand([5, 1, 8, 8]))
          #expect(scores.shape == [5, 10])
        }

        /// A network without a fault learns a few examples by heart.
        @Test func learnsAFewDigits() throws {
          manualSeed(0)
          let network = Network()
          let digits = Digits(train: true)
          let (images, labels) = (digits.images[0..<32], digits.labels[0..<32])
          let optimizer = AdamW(network.parameters(), lr: 1e-2)
          var losses: [Double] = []
          for _ in 0..<40 {
            optimizer.zeroGrad()
            let loss = crossEntropy(network(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
          }
          #expect(losses[39] < losses[0] / 4)
        }

        @Test func savedWeightsGiveTheSameScores() throws {
          let (network, copy) = (Network(), Network())
          try copy.loadStateDict(network.stateDict())
          network.eval()
          copy.eval()
          let images = rand([3, 1, 8, 8])
          #expect(copy(images).allclose(network(images)))
        }
      }
      """#
    ),
    (
      ".gitignore",
      #"""
      .build
      runs
      """#
    ),
  ]
}
