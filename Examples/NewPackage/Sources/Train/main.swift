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
